"""A value on the diagram: FEEL if it begins with ``=``, else literal text; compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine import clock, errors, feel
from engine.feel import DaysTime, YearsMonths

MAX_PERSON = 80
"""The longest id of a person or a group."""
MAX_KEY = 200
"""The longest name and correlation key of a message."""


class Fault(Exception):  # a named fact, like the engine's errors
    """A token cannot go on; becomes an incident that keeps the token where it is."""

    def __init__(self, kind: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.facts = facts


class Value:
    """An attribute of an element that is FEEL or literal."""

    def __init__(self, text: str, *, always_feel: bool = False) -> None:
        self.text = text.strip()
        self.is_feel = self.text.startswith("=") or always_feel
        self.expression = feel.parse(self.text.removeprefix("=")) if self.is_feel else None

    def evaluate(self, view: Mapping[str, Any], functions: Mapping[str, feel.Function]) -> Any:
        """Return the literal or the FEEL result.

        Raises
        ------
        Fault
            ``EXTRACT_VALUE_ERROR`` if a limit of FEEL is reached.
        """
        if self.expression is None:
            return self.text
        try:
            return self.expression.evaluate(view, functions=functions)
        except errors.EngineError as error:
            raise Fault("EXTRACT_VALUE_ERROR", error.template, **error.facts) from error

    def __repr__(self) -> str:
        return f"Value({self.text!r})"


CONVERSATION = "conversation:"
"""What the key of a message begins with that pools of one file exchange without a key of its own."""


def moment(value: Any) -> datetime | None:
    """Return a FEEL or ISO 8601 date and time as an aware moment; a day means its beginning in the town.

    Raises
    ------
    Fault
        ``EXTRACT_VALUE_ERROR`` if it is neither.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        parsed = feel.evaluate("if date and time(x) != null then date and time(x) else date(x)", {"x": value})
        if parsed is None:
            raise Fault("EXTRACT_VALUE_ERROR", errors.N_("“{value}” is not a date and time."), value=value)
        value = parsed
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=clock.TOWN)
    if isinstance(value, date):
        return clock.midnight(value)
    raise Fault("EXTRACT_VALUE_ERROR", errors.N_("“{value}” is not a date and time."), value=str(value))


def after(start: datetime, duration: Any) -> datetime:
    """Return the moment one ISO 8601 or FEEL duration after ``start``.

    Raises
    ------
    Fault
        ``EXTRACT_VALUE_ERROR`` if it is no duration.
    """
    amount = feel.evaluate("duration(x)", {"x": duration}) if isinstance(duration, str) else duration
    if not isinstance(amount, DaysTime | YearsMonths):
        raise Fault("EXTRACT_VALUE_ERROR", errors.N_("“{value}” is not a duration."), value=str(duration))
    return moment(feel.evaluate("start + amount", {"start": start, "amount": amount})) or start


def names(value: Any) -> tuple[str, ...]:
    """Return the persons or groups that a FEEL list, a single name or comma-separated text gives.

    Raises
    ------
    Fault
        ``EXTRACT_VALUE_ERROR`` if it is something else.
    """
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(name, str) and len(name) <= MAX_PERSON for name in value):
        raise Fault("EXTRACT_VALUE_ERROR", errors.N_("“{value}” is not a list of names."), value=feel.text_of(value))
    # the comma parts names everywhere, so that no name can pass for two others
    return tuple(name.strip() for text in value for name in text.split(",") if name.strip())


def whole(value: Any, default: int | None, limit: int) -> int:
    """Return a whole number from 0 to ``limit``, also from its text; null is the default, if there is one.

    Raises
    ------
    Fault
        ``EXTRACT_VALUE_ERROR`` if it is something else.
    """
    if default is not None and (value is None or value == ""):
        return default
    text = value.strip() if isinstance(value, str) else "" if value is None else feel.text_of(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > limit:
        raise Fault(
            "EXTRACT_VALUE_ERROR", errors.N_("“{value}” is not a whole number from 0 to {limit}."),
            value=text, limit=limit,
        )  # fmt: skip
    return int(text)
