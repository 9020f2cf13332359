"""JSON values as a browser would type them into a form, so that one form judges both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import db, errors

DEEPEST = 12


def typed(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the texts of a form's fields by name: ``{"rows": [{"ok": true}]}`` as ``rows[0].ok``: ``true``.

    Raises
    ------
    FormTooDeep
        If the values are nested deeper than any form.
    """
    found: dict[str, list[str]] = {}
    _put(found, "", values, 0)
    return found


def _put(found: dict[str, list[str]], name: str, value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise errors.FormTooDeep(limit=DEEPEST)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _put(found, f"{name}.{key}" if name else str(key), inner, depth + 1)
    elif isinstance(value, list) and any(isinstance(row, Mapping) for row in value):
        for index, row in enumerate(value):
            found[f"{name}[{index}]"] = [""]  # the row is there even if nothing in it is filled in
            _put(found, f"{name}[{index}]", row, depth + 1)
    elif isinstance(value, list):
        found[name] = [_text(entry) for entry in value if entry is not None]
    else:
        found[name] = [] if value is None else [_text(value)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else db.dumps(value)
