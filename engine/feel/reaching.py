"""Reaching into values: a.b, list[condition], list[1] (DMN 1.5 §10.3.2.5 and tables 65-66)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.errors import N_
from engine.feel import instants, temporal
from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.far import FarDate, FarMoment
from engine.feel.runtime import MISSING, Env, State
from engine.feel.values import Range, kind


def get(base: Any, name: str, state: State) -> Any:
    """Read a property; of a list, that of each entry."""
    if type(base) is dict:
        value = base.get(name, MISSING)
        if value is MISSING:
            state.missing = True
            state.warn("missing", N_('There is no entry "{name}".'), name=name)
            return None
        return value
    if type(base) is list:
        state.step(len(base))
        return [get(entry, name, state) for entry in base]
    read = _PROPERTIES.get(type(base), {}).get(name)
    if read is None:
        state.missing = True
        if base is not None:
            state.warn("missing", N_('A {kind} has no property "{name}".'), kind=kind(base), name=name)
        return None
    return read(base)


def at(base: Any, index: Decimal, state: State) -> Any:
    """Read the entry at a position from 1, or from -1 at the end."""
    items = base if type(base) is list else [] if base is None else [base]
    place = int(index)
    if place != index or not 1 <= abs(place) <= len(items):
        state.warn("index", N_("The list has no entry {index}; it has {count}."), index=index, count=len(items))
        return None
    return items[place - 1 if place > 0 else place]


def select(base: Any, condition: Callable[[Env], Any], env: Env) -> Any:
    """Keep the entries for which the condition is true; a number selects by position."""
    items = base if type(base) is list else [] if base is None else [base]
    state = env.state
    first = True
    found = []
    if not items:
        chosen = condition(env)
        return at(base, chosen, state) if type(chosen) is Decimal else []
    for item in items:
        state.step()
        answer = condition(_inside(item, env))
        if first and type(answer) is Decimal:
            return at(base, answer, state)
        first = False
        if answer is True:
            found.append(item)
    return found


def _inside(item: Any, env: Env) -> Env:
    """The scope of a filter: "item", and the entries of a context by their names."""
    inner = Env({"item": item}, env, env.state)
    return Env(item, inner, env.state) if type(item) is dict else inner


def _number(value: int) -> Decimal:
    return Decimal(value)


def _offset(value: Any) -> Any:
    offset = instants.offset_of(value)
    return None if offset is None else DaysTime.of(offset)


def _zone(value: Any) -> Any:
    return None if value.tzinfo is None else temporal.print_zone(value.tzinfo, value).removeprefix("@")


def _cut(value: DaysTime, unit: int, within: int) -> Decimal:
    total = value.microseconds_total
    whole = abs(total) // (unit * 1_000_000)
    part = whole % within if within else whole
    return Decimal(-part if total < 0 else part)


def _years(value: YearsMonths) -> Decimal:
    return Decimal(abs(value.total) // 12 * (-1 if value.total < 0 else 1))


def _months(value: YearsMonths) -> Decimal:
    return Decimal(abs(value.total) % 12 * (-1 if value.total < 0 else 1))


_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.isoweekday()),
}
_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: Decimal(value.second) + Decimal(value.microsecond).scaleb(-6),
    "time offset": _offset,
    "timezone": _zone,
}
_PROPERTIES: dict[type, dict[str, Callable[[Any], Any]]] = {
    dt.date: _DATE,
    dt.time: _TIME,
    dt.datetime: _DATE | _TIME,
    FarDate: _DATE,
    FarMoment: _DATE | _TIME,
    YearsMonths: {"years": _years, "months": _months},
    DaysTime: {
        "days": lambda value: _cut(value, 86_400, 0),
        "hours": lambda value: _cut(value, 3600, 24),
        "minutes": lambda value: _cut(value, 60, 60),
        "seconds": lambda value: _cut(value, 1, 60) + Decimal(value.microseconds).scaleb(-6),
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
