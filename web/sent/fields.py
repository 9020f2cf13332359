"""The fields of a small form with a reason: what each one asks for, and what is lacking in what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import clock

REASON, REASON_LONGEST = "reason", 2000


@dataclass(frozen=True)
class Field:
    """One field besides the reason: ``path`` is where its answer goes, ``accept`` the kinds of its files.

    ``longest`` is in characters.
    """

    path: str
    label: Any
    kind: str = "text"
    choices: Sequence[tuple[str, Any]] = ()
    optional: bool = False
    accept: str = ".pdf,.jpg,.jpeg,.png,.ofd,.docx"
    longest: int = 200


def lacking(fields: Sequence[Field], typed: Mapping[str, str]) -> set[str]:
    """Return what is missing, too long or no answer to its field."""
    missing = {REASON} if not 0 < len(typed.get(REASON, "")) <= REASON_LONGEST else set()
    for field in fields:
        value = typed.get(field.path, "")
        if len(value) > field.longest:
            missing.add(field.path)
        if field.kind == "file" or (field.optional and not value):
            continue
        known = dict(field.choices)
        if not value or (known and value not in known) or (field.kind == "date" and not _is_day(value)):
            missing.add(field.path)
        if field.kind == "number" and not (value.isascii() and value.isdecimal() and len(value) < 12):
            missing.add(field.path)
    return missing


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text) <= clock.today()
    except ValueError:
        return False
