"""One answer of a form: what was typed, what it means, and what is wrong with it in words that help."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import wtforms

from engine.errors import N_

LONGEST = 20_000
"""How many characters a text may have when its schema sets no limit."""
MANY = frozenset({"checklist", "taglist", "filepicker"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,15})?\Z", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?\Z", re.ASCII)
_LINES = re.compile(r"[\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SHAPES: dict[str, tuple[str, Callable[[str], date | time], str]] = {
    "date": (r"\d{4}-\d{2}-\d{2}\Z", date.fromisoformat, N_("There is no such day. Choose one, like 2026-03-05.")),
    "time": (r"\d{2}:\d{2}(:\d{2})?\Z", time.fromisoformat, N_("There is no such time. Write it like 09:30.")),
    "datetime": (
        r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2})?\Z",
        datetime.fromisoformat,
        N_("There is no such day and time. Write it like 2026-03-05 09:30."),
    ),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer: a text to translate, and its facts."""

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Answer(wtforms.Field):  # type: ignore[misc]  # WTForms publishes no types
    """A field of WTForms whose errors are :class:`Fault` and whose typing survives a refusal.

    It stands without a form of WTForms, which would make its fields anew, in two steps, for every request; label,
    widget and rules are the part's.
    """

    def __new__(cls, *_: Any) -> Answer:
        made: Answer = object.__new__(cls)
        return made

    def __init__(self, kind: str, subtype: str, given: Any, typed: Sequence[str] | None) -> None:
        """Take what the field began with and, if something was sent, what was typed."""
        # WTForms' own would make all that a field of its own form is shown and judged by
        self.kind, self.subtype, self.given, self.raw_data = kind, subtype, given, typed
        self.fault: Fault | None = None
        self.data: Any = given
        if typed is None:
            return
        self.data = [] if kind in MANY else False if kind == "checkbox" else None
        try:
            self.process_formdata(typed)
        except ValueError as refused:
            self.fault = refused.args[0]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; raise ValueError with the fault."""
        for entry in valuelist:
            _refuse_unreadable(entry)
        if self.kind in MANY:
            self.data = list(dict.fromkeys(entry for entry in valuelist if entry))
        elif self.kind == "checkbox":
            self.data = bool(valuelist) and valuelist[-1].lower() not in ("", "false", "0", "off")
        elif valuelist and valuelist[0].strip():
            self.data = read(self.kind, self.subtype, valuelist[0])

    @property
    def typed(self) -> Any:
        """What to show again: the typing if there was any, else the value."""
        if self.raw_data is None:
            return self.data
        if self.kind in MANY:
            return list(self.raw_data)
        return self.data if self.kind == "checkbox" else (self.raw_data[0] if self.raw_data else "")


def read(kind: str, subtype: str, text: str) -> Any:
    """Return the value that a text stands for.

    Raises
    ------
    ValueError : carrying a :class:`Fault`.
    """
    if kind == "number":
        return _number(text.strip())
    if kind == "datetime":
        return _moment(subtype, text.strip())
    if kind == "textarea":
        return text.replace("\r\n", "\n").strip()
    if kind == "textfield" and _LINES.search(text):
        raise ValueError(Fault(N_("This must be one line. Take out the line breaks.")))
    return text.strip()


def _refuse_unreadable(text: str) -> None:
    if _CONTROL.search(text):
        raise ValueError(Fault(N_("There are signs in it that cannot be read. Type it again instead of pasting it.")))
    if len(text) > LONGEST:
        facts = {"length": len(text), "limit": LONGEST}
        raise ValueError(Fault(N_("This has {length} characters; at most {limit} are allowed. Shorten it."), facts))


def _number(text: str) -> Decimal:
    plain = re.sub("[,，]", "", text) if _THOUSANDS.match(text) else text
    if not _NUMBER.match(plain):
        raise ValueError(Fault(N_("This is not a number. Use digits, with a point before decimals, like 1200.50.")))
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(Fault(N_("This is not a number. Use digits, with a point before decimals."))) from error


def _moment(subtype: str, text: str) -> str:
    shape, parse, message = _SHAPES[subtype]
    try:
        if not re.match(shape, text, re.ASCII):
            raise ValueError(text)
        return parse(text).isoformat()
    except ValueError as error:
        raise ValueError(Fault(message)) from error
