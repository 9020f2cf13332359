"""How a Python function becomes a built-in: its FEEL signature is the declaration, checked on every call."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.errors import N_
from engine.feel.runtime import State
from engine.feel.temporal import as_moment
from engine.feel.values import Function, kind

LIBRARY: dict[str, Function] = {}
"""Every built-in by its FEEL name."""

_FAILED: Any = object()


def builtin(signature: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under a FEEL signature such as ``substring(string: string, length?: number)``.

    Types are FEEL kinds, joined by ``|``; ``any`` takes everything and null. A parameter marked ``?`` may be left
    out, one marked ``*`` repeats. An argument of a wrong kind, null included, gives null and a warning. The Python
    function gets the arguments without the state; raising ``ValueError`` or a decimal error means "no result".
    """
    name, _, rest = signature.partition("(")
    declared = [_parameter(text) for text in rest.removesuffix(")").split(",") if text.strip()]
    parameters = tuple(declaration[0] for declaration in declared)
    variadic = bool(declared) and declared[-1][2] == "*"
    required = sum(1 for declaration in declared if declaration[2] == "")

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        checked, accepts = _checked(name, declared, call), _accepts(declared)
        function = Function(name, parameters, checked, (), None, variadic, required, accepts)
        known = LIBRARY.get(name)
        if known is None:
            LIBRARY[name] = function
        else:
            overloads = known.types if known.types else (known,)
            LIBRARY[name] = Function(name, parameters, known.call, (*overloads, function))
        return call

    return register


def _parameter(text: str) -> tuple[str, frozenset[str], str]:
    name, _, kinds = text.partition(":")
    name = name.strip()
    mark = name[-1] if name[-1] in "?*" else ""
    return name.rstrip("?*"), frozenset(part.strip() for part in kinds.split("|")), mark


def _checked(
    name: str, declared: list[tuple[str, frozenset[str], str]], call: Callable[..., Any]
) -> Callable[..., Any]:
    needs_state = getattr(call, "needs_state", False)

    def run(state: State, *values: Any) -> Any:
        arguments = []
        for index, value in enumerate(values):
            parameter, kinds, mark = declared[min(index, len(declared) - 1)]
            fitted = _fit(state.weigh(value), kinds, mark)
            if fitted is _FAILED:
                state.warn(
                    "arguments",
                    N_('{name}(…): "{parameter}" may not be a {kind}.'),
                    name=name,
                    parameter=parameter,
                    kind=kind(value),
                )
                return None
            arguments.append(fitted)
        try:
            result = call(state, *arguments) if needs_state else call(*arguments)
        except (ValueError, OverflowError, decimal.DecimalException):
            result = None
        if result is None and "any" not in declared[0][1] if declared else False:
            state.warn("function", N_("{name}(…) has no result for these arguments."), name=name)
        return state.sized(result)

    return run


def _accepts(declared: list[tuple[str, frozenset[str], str]]) -> Callable[[list[Any]], bool]:
    def accepts(values: list[Any]) -> bool:
        last = len(declared) - 1
        pairs = ((value, declared[min(index, last)]) for index, value in enumerate(values))
        return all(_fit(value, kinds, mark) is not _FAILED for value, (_, kinds, mark) in pairs)

    return accepts


def _fit(value: Any, kinds: frozenset[str], mark: str) -> Any:
    if "any" in kinds or (value is None and mark == "?"):
        return value
    given = kind(value)
    if given in kinds:
        return value
    if given == "list" and len(value) == 1 and kind(value[0]) in kinds:
        return value[0]
    if "list" in kinds and value is not None:
        return [value]
    if given == "date" and "date and time" in kinds:
        return as_moment(value)
    return _FAILED


def with_state(call: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that wants the evaluation's state as its first argument."""
    call.needs_state = True  # type: ignore[attr-defined]
    return call


def whole(value: Decimal) -> int:
    """A number that must be whole, as int.

    Raises
    ------
    ValueError
        If it is not.
    """
    if value != value.to_integral_value():
        raise ValueError(value)
    return int(value)
