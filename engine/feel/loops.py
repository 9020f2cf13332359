"""for, some and every (DMN 1.5 §10.3.2.14-15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from engine import errors
from engine.errors import N_
from engine.feel.runtime import Env, Run, State
from engine.feel.values import Range, compare, kind


def span(start: Any, end: Any, state: State) -> list[Any] | None:
    """List the whole numbers or days between two ends, in either direction."""
    if type(start) is Decimal and type(end) is Decimal and start == int(start) and end == int(end):
        first, last, make = int(start), int(end), Decimal
    elif type(start) is dt.date and type(end) is dt.date:
        first, last, make = start.toordinal(), end.toordinal(), dt.date.fromordinal  # type: ignore[assignment]
    else:
        state.warn("range", N_("A loop needs two whole numbers or two dates."))
        return None
    if abs(last - first) >= state.limits.items:
        raise errors.FeelListTooLong(limit=state.limits.items)
    step = 1 if first <= last else -1
    return [make(value) for value in range(first, last + step, step)]


def _items(value: Any, state: State) -> list[Any] | None:
    if type(value) is list:
        return value
    if type(value) is Range:
        return _of_range(value, state)
    return None if value is None else [value]


def _of_range(value: Range, state: State) -> list[Any] | None:
    if value.start is None or value.end is None:
        return None
    if (compare(value.start, value.end) or 0) > 0:
        state.warn("range", N_("The range begins after its end."))
        return None
    found = span(value.start, value.end, state)
    if not found:
        return found
    found = found if value.start_included else found[1:]
    return found if value.end_included else found[:-1]


class _Broken(Exception):
    """A source of a loop is no list."""


def _rounds(sources: list[tuple[str, Run]], env: Env) -> Iterator[Env]:
    """Give one scope per combination, the last iterator fastest; later sources see earlier variables."""
    (name, source), *rest = sources
    items = _items(source(env), env.state)
    if items is None:
        env.state.warn("loop", N_('"{name}" has nothing to run over.'), name=name)
        raise _Broken
    for item in items:
        env.state.step()
        inner = Env({name: item}, env, env.state)
        if rest:
            yield from _rounds(rest, inner)
        else:
            yield inner


def loop(sources: list[tuple[str, Run]], body: Run) -> Run:
    """Compile "for"; the body sees what came out so far as "partial"."""

    def run(env: Env) -> Any:
        found: list[Any] = []
        outer = Env({"partial": found}, env, env.state)
        try:
            for inner in _rounds(sources, outer):
                value = body(inner)
                if value is found:
                    env.state.step(len(found))
                    value = list(found)
                found.append(value)
        except _Broken:
            return None
        return env.state.sized(found)

    return run


def quantified(sources: list[tuple[str, Run]], condition: Run, every: bool) -> Run:
    """Compile "some" and "every", with three-valued logic."""

    def run(env: Env) -> Any:
        unknown = False
        try:
            for inner in _rounds(sources, env):
                answer = condition(inner)
                if answer is (not every):
                    return not every
                if type(answer) is not bool:
                    unknown = True
        except _Broken:
            return None
        if unknown:
            env.state.warn("condition", N_("A condition gave {kind} instead of true or false."), kind=kind(None))
            return None
        return every

    return run
