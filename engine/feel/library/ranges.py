"""How points and ranges lie to one another (DMN 1.5 §10.3.4.11, Allen's interval relations)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel.library.registry import builtin
from engine.feel.range_text import read_range
from engine.feel.values import Range, compare, contains, kind

_ANY = "any"


def _as_range(value: Any) -> Range:
    if value is None:
        raise ValueError("null")
    return value if type(value) is Range else Range(value, value)


def _order(left: Any, right: Any) -> int:
    order = compare(left, right)
    if order is None:
        raise ValueError((left, right))
    return order


def relation(name: str) -> Callable[[Callable[[Any, Any], bool]], Callable[[Any, Any], bool]]:
    """Register a relation under the parameter names the standard gives it."""

    def register(call: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        for first, second in (("point1", "point2"), ("point", "range"), ("range", "point"), ("range1", "range2")):
            builtin(f"{name}({first}: any, {second}: any)")(call)
        return call

    return register


@relation("before")
def _before(left: Any, right: Any) -> bool:
    a, b = _as_range(left), _as_range(right)
    if a.end is None or b.start is None:
        return False
    order = _order(a.end, b.start)
    return order < 0 or (order == 0 and not (a.end_included and b.start_included))


@relation("after")
def _after(left: Any, right: Any) -> bool:
    return _before(right, left)


def _ranges(*values: Any) -> None:
    if any(type(value) is not Range for value in values):
        raise ValueError(values)


@relation("meets")
def _meets(left: Any, right: Any) -> bool:
    _ranges(left, right)
    if left.end is None or right.start is None:
        return False
    return left.end_included and right.start_included and _order(left.end, right.start) == 0


@relation("met by")
def _met_by(left: Any, right: Any) -> bool:
    return _meets(right, left)


def _starts_before_end(left: Range, right: Range) -> bool:
    """Tell whether ``left`` begins before ``right`` is over."""
    if left.start is None or right.end is None:
        return True
    order = _order(left.start, right.end)
    return order < 0 or (order == 0 and left.start_included and right.end_included)


@relation("overlaps")
def _overlaps(left: Any, right: Any) -> bool:
    _ranges(left, right)
    return _starts_before_end(left, right) and _starts_before_end(right, left)


def _start_order(left: Range, right: Range) -> int:
    if left.start is None or right.start is None:
        return (left.start is not None) - (right.start is not None)
    return _order(left.start, right.start) or right.start_included - left.start_included


def _end_order(left: Range, right: Range) -> int:
    if left.end is None or right.end is None:
        return (left.end is None) - (right.end is None)
    return _order(left.end, right.end) or left.end_included - right.end_included


@relation("overlaps before")
def _overlaps_before(left: Any, right: Any) -> bool:
    return _overlaps(left, right) and _start_order(left, right) < 0 and _end_order(left, right) <= 0


@relation("overlaps after")
def _overlaps_after(left: Any, right: Any) -> bool:
    return _overlaps(left, right) and _start_order(left, right) > 0 and _end_order(left, right) >= 0


@relation("finishes")
def _finishes(left: Any, right: Any) -> bool:
    _ranges(right)
    if type(left) is not Range:
        return right.end is not None and right.end_included and _order(left, right.end) == 0
    return _end_order(left, right) == 0 and _start_order(left, right) >= 0


@relation("finished by")
def _finished_by(left: Any, right: Any) -> bool:
    return _finishes(right, left)


@relation("includes")
def _includes(left: Any, right: Any) -> bool:
    _ranges(left)
    if type(right) is not Range:
        answer = contains(left, right)
        if answer is None:
            raise ValueError(kind(right))
        return answer
    return _start_order(left, right) <= 0 and _end_order(left, right) >= 0


@relation("during")
def _during(left: Any, right: Any) -> bool:
    return _includes(right, left)


@relation("starts")
def _starts(left: Any, right: Any) -> bool:
    _ranges(right)
    if type(left) is not Range:
        return right.start is not None and right.start_included and _order(left, right.start) == 0
    return _start_order(left, right) == 0 and _end_order(left, right) <= 0


@relation("started by")
def _started_by(left: Any, right: Any) -> bool:
    return _starts(right, left)


@relation("coincides")
def _coincides(left: Any, right: Any) -> bool:
    a, b = _as_range(left), _as_range(right)
    return _start_order(a, b) == 0 and _end_order(a, b) == 0


@builtin("range(from: string)")
def _range(text: str) -> Range | None:
    return read_range(text)
