"""The operators + - * / ** over numbers, texts and temporal values (DMN 1.5 §10.3.2.11, tables 54-57)."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.errors import N_
from engine.feel import temporal
from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.far import FarDate, FarMoment
from engine.feel.runtime import State
from engine.feel.values import NUMBERS, kind

_DAYLIKE = (dt.date, dt.datetime, FarDate, FarMoment)
_POINTS = (*_DAYLIKE, dt.time)


def add(left: Any, right: Any) -> Any:
    """Add, join texts, or move a date by a duration."""
    a, b = type(left), type(right)
    if a is str and b is str:
        return left + right
    if a is DaysTime and b is DaysTime:
        return temporal.from_microseconds(left.microseconds_total + right.microseconds_total)
    if a is YearsMonths and b is YearsMonths:
        return YearsMonths(left.total + right.total)
    if a in _POINTS and b in (DaysTime, YearsMonths):
        return _move(left, right, 1)
    if b in _POINTS and a in (DaysTime, YearsMonths):
        return _move(right, left, 1)
    return None


def _move(point: Any, duration: Any, sign: int) -> Any:
    if type(duration) is YearsMonths:
        return temporal.plus_months(point, sign * duration.total) if type(point) in _DAYLIKE else None
    moved = temporal.from_microseconds(sign * duration.microseconds_total)
    return None if moved is None else temporal.plus_time(point, moved)


def subtract(left: Any, right: Any) -> Any:
    """Subtract, find the time between two points, or move a date back."""
    a, b = type(left), type(right)
    if a is DaysTime and b is DaysTime:
        return temporal.from_microseconds(left.microseconds_total - right.microseconds_total)
    if a is YearsMonths and b is YearsMonths:
        return YearsMonths(left.total - right.total)
    if a in _POINTS and b in (DaysTime, YearsMonths):
        return _move(left, right, -1)
    if (a in _DAYLIKE and b in _DAYLIKE) or (a is dt.time and b is dt.time):
        return temporal.minus(left, right)
    return None


def multiply(left: Any, right: Any) -> Any:
    """Multiply; one side may be a duration."""
    if type(left) is Decimal:
        left, right = right, left
    if type(right) is not Decimal:
        return None
    if type(left) is YearsMonths:
        return YearsMonths(int(NUMBERS.multiply(Decimal(left.total), right)))
    if type(left) is DaysTime:
        return temporal.from_microseconds(int(NUMBERS.multiply(Decimal(left.microseconds_total), right)))
    return None


def divide(left: Any, right: Any) -> Any:
    """Divide a duration by a number or by its like."""
    a, b = type(left), type(right)
    if a is YearsMonths and b is Decimal:
        return YearsMonths(int(NUMBERS.divide(Decimal(left.total), right)))
    if a is DaysTime and b is Decimal:
        return temporal.from_microseconds(int(NUMBERS.divide(Decimal(left.microseconds_total), right)))
    if a is YearsMonths and b is YearsMonths:
        return NUMBERS.divide(Decimal(left.total), Decimal(right.total))
    if a is DaysTime and b is DaysTime:
        return NUMBERS.divide(Decimal(left.microseconds_total), Decimal(right.microseconds_total))
    return None


def power(left: Any, right: Any) -> Any:
    """Nothing but numbers has powers."""
    return None


_OTHER: dict[str, Callable[[Any, Any], Any]] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}
_NUMERIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
    "/": NUMBERS.divide,
    "**": NUMBERS.power,
}


def operate(operator: str) -> Callable[[Any, Any, State], Any]:
    """Make the function of one operator; what has no result gives None and a warning."""
    numeric, other = _NUMERIC[operator], _OTHER[operator]

    def run(left: Any, right: Any, state: State) -> Any:
        try:
            if type(left) is Decimal and type(right) is Decimal:
                return numeric(left, right)
            result = other(left, right)
        except decimal.DecimalException:
            state.warn(
                "arithmetic", N_("{left} {operator} {right} has no result."), left=left, operator=operator, right=right
            )
            return None
        except OverflowError:
            result = None
        if result is None:
            state.warn(
                "operands",
                N_("{operator} does not work on {left} and {right}."),
                operator=operator,
                left=kind(left),
                right=kind(right),
            )
        return result if type(result) is not str else state.sized(result)

    return run
