"""The values of FEEL that Python does not have, and what all values share: kind, equality, order (DMN 1.5 §10.3.2)."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import far
from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.instants import comparable, same_moment

NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emax=6144,
    Emin=-6143,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""IEEE 754-2008 decimal128, the arithmetic that DMN prescribes."""


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True
    one_sided: bool = False
    """A comparison such as ``(< 5)``, whose missing end is no bound; elsewhere a missing end is unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something FEEL can call.

    ``call`` gets the arguments in the order of ``parameters``; missing ones are None.
    """

    name: str
    parameters: tuple[str, ...]
    call: Callable[..., Any]
    types: tuple[Any, ...] = ()
    result: Any = None
    variadic: bool = False
    required: int = 0
    accepts: Callable[[list[Any]], bool] | None = None
    """Tells overloads apart: whether arguments in the order of the parameters are of the kinds it takes."""


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    dt.date: "date",
    dt.time: "time",
    dt.datetime: "date and time",
    far.FarDate: "date",
    far.FarMoment: "date and time",
    YearsMonths: "years and months duration",
    DaysTime: "days and time duration",
    Range: "range",
    Function: "function",
    list: "list",
    dict: "context",
}
SCALARS = frozenset(kind for kind in _KINDS if kind not in (list, dict))


def kind(value: Any) -> str:
    """Name the FEEL type of a normalised value."""
    return _KINDS.get(type(value), "context")


def number(value: int | float | str | Decimal) -> Decimal:
    """Take a number in as decimal; a float by its shortest spelling, as a person would write it."""
    return NUMBERS.create_decimal(repr(value) if isinstance(value, float) else value)


def normalise(value: Any) -> Any:
    """Turn what a host hands in (ints, floats, tuples, mappings) into FEEL values, all the way down."""
    if type(value) in SCALARS:
        return value
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int | float | Decimal):
        return _finite(value)
    if isinstance(value, Mapping):
        return {str(key): normalise(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [normalise(entry) for entry in value]
    if isinstance(value, dt.timedelta):
        return DaysTime.of(value)
    return str(value) if isinstance(value, str) else None


def _finite(value: int | float | Decimal) -> Decimal | None:
    try:
        result = number(value)
    except decimal.DecimalException:
        return None
    return result if result.is_finite() else None


def equal(left: Any, right: Any) -> bool | None:
    """Compare for equality; values of different kinds give None (DMN 1.5 table 53)."""
    if left is None or right is None:
        return left is right
    if type(left) is type(right) and type(left) in _PLAIN:
        return bool(left == right)
    left_kind = kind(left)
    if left_kind != kind(right):
        return None
    if left_kind == "list":
        return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    if left_kind == "context":
        return left.keys() == right.keys() and all(equal(left[key], right[key]) is True for key in left)
    if left_kind == "function":
        return left is right
    if left_kind == "range":
        return _equal_ranges(left, right)
    if left_kind in ("time", "date and time"):
        return same_moment(left, right)
    return bool(left == right)


def _equal_ranges(left: Range, right: Range) -> bool:
    return (
        left.one_sided == right.one_sided
        and left.start_included == right.start_included
        and left.end_included == right.end_included
        and equal(left.start, right.start) is True
        and equal(left.end, right.end) is True
    )


_ORDERED = frozenset(
    {"number", "string", "date", "time", "date and time", "years and months duration", "days and time duration"}
)


_PLAIN = frozenset({Decimal, str})
"""What is ordered most often, and as Python orders it."""


def compare(left: Any, right: Any) -> int | None:
    """Order two values: negative, 0 or positive; None where they have no order."""
    if type(left) is type(right) and type(left) in _PLAIN:
        return int(left > right) - int(left < right)
    left_kind = kind(left)
    if left_kind not in _ORDERED or left_kind != kind(right):
        return None
    if left_kind in ("time", "date and time"):
        pair = comparable(left, right)
        if pair is None:
            return None
        left, right = pair
    elif far.is_far(left, right):
        left, right = far.position(left), far.position(right)
    return int(left > right) - int(left < right)


def contains(range_: Range, value: Any) -> bool | None:
    """Tell whether a value lies in a range; None where it cannot be compared with an end."""
    if not range_.one_sided and (range_.start is None or range_.end is None):
        return None
    if range_.start is not None:
        order = compare(value, range_.start)
        if order is None:
            return None
        if order < 0 or (order == 0 and not range_.start_included):
            return False
    if range_.end is not None:
        order = compare(value, range_.end)
        if order is None:
            return None
        if order > 0 or (order == 0 and not range_.end_included):
            return False
    return True
