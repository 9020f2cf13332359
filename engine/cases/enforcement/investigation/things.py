"""The list of things that are kept, seized or handed over: each with name, model, quantity, condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import errors

FIELDS = ("name", "model", "quantity", "condition")


def listed(given: Any, *marks: str) -> list[dict[str, Any]]:
    """Return the list as it is kept: texts, and ``marks`` that say yes or no of a thing.

    Raises
    ------
    ThingsMissing
        If nothing is listed, or a thing has no name or quantity.
    """
    rows: Iterable[Any] = given if isinstance(given, list | tuple) else []
    found = []
    for row in rows:
        said: Mapping[str, Any] = row if isinstance(row, Mapping) else {}
        thing: dict[str, Any] = {name: str(said.get(name) or "").strip()[:200] for name in FIELDS}
        if not thing["name"] or not thing["quantity"]:
            raise errors.ThingsMissing
        found.append(thing | {mark: bool(said.get(mark)) for mark in marks})
    if not found:
        raise errors.ThingsMissing
    return found


def named(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the names of things for a sentence."""
    return "、".join(str(row["name"]) for row in rows)
