"""What somebody types, as values: a variable of any kind (text, number, yes or no, JSON), a telephone number."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from engine import db, errors
from engine.errors import N_

KINDS = {
    "text": N_("Text"),
    "number": N_("A number"),
    "boolean": N_("Yes or no"),
    "json": N_("JSON"),
    "null": N_("Empty"),
}
"""What a typed value may be; marked for translation."""
_TRUTH = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def value(kind: str, text: str) -> Any:
    """Return what was typed as a JSON value.

    Raises
    ------
    ValueUnreadable
        If the text is no value of that kind.
    """
    plain = text.strip()
    try:
        if kind == "text":
            return text
        if kind == "number" and plain:
            number = Decimal(plain)
            if number.is_finite():
                return number
        if kind == "boolean":
            return _TRUTH[plain.lower()]
        if kind == "json":
            return db.loads(plain)
        if kind == "null" and not plain:
            return None
    except (InvalidOperation, KeyError, ValueError):
        pass
    raise errors.ValueUnreadable(text=plain[:40], kind=KINDS.get(kind, kind))


def phone(text: str) -> str:
    """Return a telephone number as it is kept, without blanks, dashes and the country's code."""
    plain = re.sub(r"[\s()\-–—]", "", unicodedata.normalize("NFKC", text))[:40]
    return re.sub(r"^(\+|00)86", "", plain)
