"""Calling functions: of the library, of the host, and those an expression defines itself (DMN 1.5 §10.3.2.13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine import errors
from engine.errors import N_
from engine.feel import ast, external, types
from engine.feel.runtime import Env, Run, State
from engine.feel.values import SCALARS, Function, Range, kind, normalise


def call(function: Run, arguments: list[Run], names: tuple[str, ...] | None) -> Run:
    """Compile a call by position or by name."""

    def run(env: Env) -> Any:
        called = function(env)
        values = [argument(env) for argument in arguments]
        if type(called) is Range and len(values) == 1:
            called = None
        if type(called) is not Function:
            env.state.warn("call", N_("A {kind} cannot be called."), kind=kind(called))
            return None
        return invoke(called, values, env.state, names)

    return run


def invoke(called: Function, values: Sequence[Any], state: State, names: tuple[str, ...] | None = None) -> Any:
    """Call a function with values; arguments that do not fit give None and a warning.

    Raises
    ------
    FeelTooDeep
        If functions call one another too deep.
    """
    overloads = called.types if called.types and isinstance(called.types[0], Function) else (called,)
    candidate, ordered = _chosen(overloads, values, names)
    if ordered is None:
        state.warn("arguments", N_("{name}(…) does not take these arguments."), name=called.name or "function")
        return None
    state.step()
    state.calls += 1
    if state.calls > state.limits.calls:
        raise errors.FeelTooDeep(limit=state.limits.calls)
    try:
        return candidate.call(state, *ordered)
    finally:
        state.calls -= 1


def _chosen(
    overloads: Sequence[Function], values: Sequence[Any], names: tuple[str, ...] | None
) -> tuple[Function, list[Any] | None]:
    """Choose the overload that takes these arguments by kind, else by number and name."""
    fitting = [(each, found) for each in overloads if (found := _ordered(each, values, names)) is not None]
    if len(fitting) > 1:
        by_kind = [pair for pair in fitting if pair[0].accepts is not None and pair[0].accepts(pair[1])]
        fitting = by_kind or fitting
    return fitting[0] if fitting else (overloads[0], None)


def _ordered(called: Function, values: Sequence[Any], names: tuple[str, ...] | None) -> list[Any] | None:
    """Put the arguments in the order of the parameters; None if they do not fit in number or name."""
    if names is not None:
        if len(set(names)) < len(names) or any(name not in called.parameters for name in names):
            return None
        given = dict(zip(names, values, strict=True))
        if any(name not in given for name in called.parameters[: called.required]):
            return None
        return [given.get(name) for name in called.parameters]
    if called.variadic:
        return list(values) if len(values) >= called.required else None
    if not called.required <= len(values) <= len(called.parameters):
        return None
    return [*values, *[None] * (len(called.parameters) - len(values))]


def make(node: ast.Lambda, body: Run) -> Run:
    """Compile a function definition; it keeps the scope it was written in."""
    names = tuple(name for name, _ in node.parameters)
    wanted = tuple(types.resolve(written) if written else None for _, written in node.parameters)

    written = dict(node.parameters)

    def run(env: Env) -> Any:
        if node.external:
            return foreign(body(env), names, env.state)

        def called(state: State, *values: Any) -> Any:
            bound: dict[str, Any] = {}
            for name, type_, value in zip(names, wanted, values, strict=True):
                fits, bound[name] = types.fit(value, type_) if type_ else _fit_item(state, written[name], value)
                if not fits:
                    state.warn("arguments", N_('"{name}" may not be a {kind}.'), name=name, kind=kind(value))
                    return None
            return body(Env(bound, env, state))

        return Function("", names, called, wanted, required=len(names))

    return run


def foreign(declared: Any, names: tuple[str, ...], state: State) -> Function | None:
    """Offer a function of another language, if it is one of those that are known here."""
    found = external.java(declared)
    if found is None:
        state.warn("external", N_("This function of another language is not available."))
        return None

    def called(state: State, *values: Any) -> Any:
        try:
            return found(*values)
        except (ArithmeticError, ValueError):
            state.warn("external", N_("The function of another language has no result."))
            return None

    return Function("", names, called, required=1)


def _fit_item(state: State, written: ast.TypeName | None, value: Any) -> tuple[bool, Any]:
    """Fit a value to an item definition of the decision model, if that is what the type names."""
    fit = state.types.get(written.name) if written else None
    return fit(value) if fit else (True, value)


def host(call: Callable[..., Any], parameters: Sequence[str], *, required: int | None = None) -> Function:
    """Offer a Python function to expressions; its result is taken in like any value from outside.

    Parameters
    ----------
    call : gets the arguments in the order of ``parameters``; missing optional ones are None.
    parameters : their names in FEEL, blanks allowed.
    required : how many of them must be given; all by default.
    """

    def run(state: State, *values: Any) -> Any:
        result = call(*values)
        return result if type(result) in SCALARS else normalise(result)

    names = tuple(parameters)
    return Function("", names, run, required=len(names) if required is None else required)
