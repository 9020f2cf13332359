"""Functions over lists and boolean lists (DMN 1.5 §10.3.4.4, §10.3.4.10)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.arithmetic import add
from engine.feel.calls import invoke
from engine.feel.library.registry import LIBRARY, builtin, whole, with_state
from engine.feel.runtime import State
from engine.feel.values import NUMBERS, Function, compare, equal


def same(left: Any, right: Any) -> bool:
    """Equality as lists use it: nulls are alike, different kinds are not."""
    return equal(left, right) is True


def _spread(values: tuple[Any, ...]) -> list[Any]:
    """The list given, or the arguments as a list."""
    return list(values[0]) if len(values) == 1 and type(values[0]) is list else list(values)


def aggregate(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that takes a list or any number of arguments."""

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(state: State, *values: Any) -> Any:
            items = _spread(values)
            state.step(len(items) // 8)
            return state.sized(call(items))

        LIBRARY[name] = Function(name, ("list",), run, variadic=True, required=1)
        return call

    return register


def _numbers(items: list[Any]) -> bool:
    return bool(items) and all(type(item) is Decimal for item in items)


@builtin("list contains(list: list, element: any)")
def _contains(items: list[Any], element: Any) -> bool:
    return any(same(item, element) for item in items)


@aggregate("count")
def _count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


def _extreme(items: list[Any], sign: int) -> Any:
    best = items[0] if items else None
    for item in items:
        order = compare(item, best)
        if order is None:
            return None
        if order * sign > 0:
            best = item
    return best


@aggregate("min")
def _min(items: list[Any]) -> Any:
    return _extreme(items, -1)


@aggregate("max")
def _max(items: list[Any]) -> Any:
    return _extreme(items, 1)


@aggregate("sum")
def _sum(items: list[Any]) -> Any:
    if _numbers(items):
        return functools.reduce(NUMBERS.add, items)
    return functools.reduce(add, items) if items and not any(type(item) in (str, Decimal) for item in items) else None


@aggregate("product")
def _product(items: list[Any]) -> Any:
    return functools.reduce(NUMBERS.multiply, items) if _numbers(items) else None


@aggregate("mean")
def _mean(items: list[Any]) -> Any:
    return NUMBERS.divide(functools.reduce(NUMBERS.add, items), Decimal(len(items))) if _numbers(items) else None


@aggregate("median")
def _median(items: list[Any]) -> Any:
    if not _numbers(items):
        return None
    ordered, middle = sorted(items), len(items) // 2
    if len(items) % 2:
        return ordered[middle]
    return NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@aggregate("stddev")
def _stddev(items: list[Any]) -> Any:
    if len(items) < 2 or not _numbers(items):
        return None
    mean = _mean(items)
    squares = [NUMBERS.power(NUMBERS.subtract(item, mean), Decimal(2)) for item in items]
    return NUMBERS.sqrt(NUMBERS.divide(functools.reduce(NUMBERS.add, squares), Decimal(len(items) - 1)))


@aggregate("mode")
def _mode(items: list[Any]) -> Any:
    if not items:
        return []
    if not _numbers(items):
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values())
    return sorted(item for item, count in counts.items() if count == most)


@aggregate("all")
def _all(items: list[Any]) -> bool | None:
    if False in [item for item in items if type(item) is bool]:
        return False
    return True if all(item is True for item in items) else None


@aggregate("any")
def _any(items: list[Any]) -> bool | None:
    if True in [item for item in items if type(item) is bool]:
        return True
    return False if all(item is False for item in items) else None


LIBRARY["and"], LIBRARY["or"] = LIBRARY["all"], LIBRARY["any"]


@builtin("sublist(list: list, start position: number, length?: number)")
def _sublist(items: list[Any], start: Decimal, length: Decimal | None) -> list[Any] | None:
    first = whole(start)
    if not 1 <= abs(first) <= len(items) or (length is not None and length < 0):
        return None
    begin = first - 1 if first > 0 else len(items) + first
    return items[begin:] if length is None else items[begin : begin + whole(length)]


@builtin("append(list: list, item*: any)")
def _append(items: list[Any], *more: Any) -> list[Any]:
    return [*items, *more]


@builtin("concatenate(list*: list)")
def _concatenate(*lists: list[Any]) -> list[Any]:
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem: any)")
def _insert(items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    place = whole(position)
    if not 1 <= abs(place) <= len(items):
        return None
    index = place - 1 if place > 0 else len(items) + place
    return [*items[:index], item, *items[index:]]


@builtin("remove(list: list, position: number)")
def _remove(items: list[Any], position: Decimal) -> list[Any] | None:
    place = whole(position)
    if not 1 <= abs(place) <= len(items):
        return None
    index = place - 1 if place > 0 else len(items) + place
    return items[:index] + items[index + 1 :]


@builtin("list replace(list: list, match: function, newItem: any)")
@builtin("list replace(list: list, position: number, newItem: any)")
@with_state
def _list_replace(state: State, items: list[Any], position: Any, item: Any) -> list[Any] | None:
    if type(position) is Function:
        answers = [invoke(position, [old, item], state) for old in items]
        if any(type(answer) is not bool for answer in answers):
            return None
        return [item if answer else old for old, answer in zip(items, answers, strict=True)]
    place = int(position)
    if not 1 <= abs(place) <= len(items):
        return None
    index = place - 1 if place > 0 else len(items) + place
    return [*items[:index], item, *items[index + 1 :]]


@builtin("reverse(list: list)")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of(list: list, match: any)")
def _index_of(items: list[Any], match: Any) -> list[Decimal]:
    return [Decimal(index) for index, item in enumerate(items, 1) if same(item, match)]


def _distinct(state: State, items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        state.step(1 + len(found) // 16)
        if not any(same(item, other) for other in found):
            found.append(item)
    return found


@builtin("union(list*: list)")
@with_state
def _union(state: State, *lists: list[Any]) -> list[Any]:
    return _distinct(state, _concatenate(*lists))


@builtin("distinct values(list: list)")
@with_state
def _distinct_values(state: State, items: list[Any]) -> list[Any]:
    return _distinct(state, items)


@builtin("duplicate values(list: list)")
@with_state
def _duplicate_values(state: State, items: list[Any]) -> list[Any]:
    state.step(len(items) ** 2 // 16)
    return [item for item in _distinct(state, items) if sum(same(item, other) for other in items) > 1]


@builtin("flatten(list: list)")
def _flatten(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        found.extend(_flatten(item) if type(item) is list else [item])
    return found


@builtin("is empty(list: list)")
def _is_empty(items: list[Any]) -> bool:
    return not items


@builtin("partition(list: list, size: number)")
def _partition(items: list[Any], size: Decimal) -> list[Any] | None:
    width = whole(size)
    return [items[index : index + width] for index in range(0, len(items), width)] if width > 0 else None


@builtin("sort(list: list, precedes?: function)")
@with_state
def _sort(state: State, items: list[Any], precedes: Function | None) -> list[Any] | None:
    """Merge sort by Python's, which is stable; an order that is no order does no harm."""

    def order(left: Any, right: Any) -> int:
        if precedes is None:
            found = compare(left, right)
            if found is None:
                raise ValueError(left)
            return found
        if invoke(precedes, [left, right], state) is True:
            return -1
        return 1 if invoke(precedes, [right, left], state) is True else 0

    return sorted(items, key=functools.cmp_to_key(order))
