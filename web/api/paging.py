"""Pages of lists: a page begins behind a place that is written as ``value~key``, and names the address of the next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

from engine import errors


def place(after: str | None) -> tuple[str, int] | None:
    """Read where a page begins.

    Raises
    ------
    PlaceUnreadable
        If it was not taken from ``next``.
    """
    if not after:
        return None
    value, tilde, key = after.rpartition("~")
    if not tilde or not key.isdecimal() or len(key) > 18:
        raise errors.PlaceUnreadable(after=after)
    return value, int(key)


def next_address(after: str | None) -> str | None:
    """Return the address of the page that begins behind ``after``."""
    if after is None:
        return None
    query = {**request.args.to_dict(), "after": after}
    return f"{request.path}?{urlencode(query)}"


def page(rows: Any, after: str | None) -> dict[str, Any]:
    """Return a page as it is answered."""
    return {"items": rows, "next": next_address(after)}
