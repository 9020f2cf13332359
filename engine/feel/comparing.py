"""Comparing and joining: the closures of ``and``, ``or``, ``=``, ``<`` and ``between``, in three-valued logic."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.errors import N_
from engine.feel.runtime import Env, Run
from engine.feel.values import compare, equal, kind


def junction(left: Run, right: Run, decisive: bool) -> Run:
    """``left or right``, true as soon as one is; where false is ``decisive`` it is ``left and right``."""
    otherwise = not decisive

    def run(env: Env) -> Any:
        a = left(env)
        if a is decisive:
            return decisive
        b = right(env)
        if b is decisive:
            return decisive
        return otherwise if a is otherwise and b is otherwise else None

    return run


def equality(left: Run, right: Run, wanted: bool) -> Run:
    """``left = right``, or ``left != right`` where no is ``wanted``; null for values of two kinds."""

    def run(env: Env) -> Any:
        a, b = left(env), right(env)
        same = type(a)
        if same is type(b) and (same is Decimal or same is str or same is bool):
            return (a == b) is wanted
        env.state.weigh(a)
        result = equal(a, env.state.weigh(b))
        if result is None:
            env.state.warn("operands", N_("{left} and {right} cannot be compared."), left=kind(a), right=kind(b))
            return None
        return result is wanted

    return run


ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
"""What each sign asks of the order of two values, as :func:`engine.feel.values.compare` tells it."""


def order(left: Run, right: Run, sign: str) -> Run:
    """``left < right`` or another of :data:`ORDERS`; null for values that have no order."""
    test = ORDERS[sign]

    def run(env: Env) -> Any:
        a, b = left(env), right(env)
        if type(a) is Decimal and type(b) is Decimal:
            return test((a > b) - (a < b))
        apart = compare(a, b)
        if apart is None:
            env.state.warn("operands", N_("{left} and {right} cannot be compared."), left=kind(a), right=kind(b))
            return None
        return test(apart)

    return run


def between(value: Run, low: Run, high: Run) -> Run:
    """``value between low and high``, both ends included."""

    def run(env: Env) -> Any:
        subject = value(env)
        above, below = compare(subject, low(env)), compare(subject, high(env))
        if above is None or below is None:
            env.state.warn(
                "operands", N_("{left} and {right} cannot be compared."), left=kind(subject), right="between"
            )
            return None
        return above >= 0 and below <= 0

    return run
