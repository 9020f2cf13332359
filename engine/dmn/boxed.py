"""Boxed expressions: context, list, relation, invocation, function, conditional, filter, loops (DMN 1.5 §10.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.dmn.item_types import Fit, ItemTypes
from engine.dmn.reading import Element, Reader, child, children, local, text, type_of
from engine.dmn.table import compile_table
from engine.errors import N_
from engine.feel import ast, calls, loops, reaching
from engine.feel.runtime import Env, State
from engine.feel.values import Function, kind

Run = Callable[[Env], Any]


class Boxes:
    """Compiles the boxed expressions of one model."""

    def __init__(self, reader: Reader, item_types: ItemTypes) -> None:
        self.reader = reader
        self.item_types = item_types

    def find(self, element: Element | None, name: str) -> Run | None:
        """Compile the first boxed expression among an element's children; None if there is none."""
        if element is None:
            return None
        for part in children(element):
            if local(part) in _BOXES:
                return self.compile(part, name)
        return None

    def compile(self, element: Element, name: str) -> Run:
        """Compile one boxed expression and fit its result to the type it names."""
        run = _BOXES[local(element)](self, element, name)
        declared = type_of(element)
        return run if not declared else fitted(run, self.item_types.named(declared), name)

    def literal(self, element: Element, name: str) -> Run:
        source = text(element)
        expression = self.reader.expression(source, name) if source else None
        return _nothing if expression is None else expression.run

    def table(self, element: Element, name: str) -> Run:
        return compile_table(element, self.reader, self.item_types, name)

    def context(self, element: Element, name: str) -> Run:
        entries: list[tuple[str | None, Run]] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            run = self.find(entry, name) or _nothing
            key = None if variable is None else variable.get("name")
            if key:
                run = fitted(run, self.item_types.named(type_of(variable)), key)
            entries.append((key, run))

        def context(env: Env) -> Any:
            made: dict[str, Any] = {}
            inner = Env(made, env, env.state)
            for key, run in entries:
                if key is None:
                    return run(inner)
                made[key] = run(inner)
            return made

        return context

    def list_of(self, element: Element, name: str) -> Run:
        items = [self.compile(part, name) for part in children(element) if local(part) in _BOXES]
        return lambda env: [item(env) for item in items]

    def relation(self, element: Element, name: str) -> Run:
        columns = [column.get("name") for column in children(element, "column")]
        rows = [
            [self.compile(part, name) for part in children(row) if local(part) in _BOXES]
            for row in children(element, "row")
        ]
        return lambda env: [{key: run(env) for key, run in zip(columns, row, strict=False)} for row in rows]

    def invocation(self, element: Element, name: str) -> Run:
        called = self.find(element, name) or _nothing
        bindings = [
            (_parameter(binding), self.find(binding, name) or _nothing) for binding in children(element, "binding")
        ]
        names = tuple(key for key, _ in bindings)
        return calls.call(called, [run for _, run in bindings], names)

    def function(self, element: Element, name: str) -> Run:
        parameters = [
            (part.get("name"), self.item_types.named(type_of(part))) for part in children(element, "formalParameter")
        ]
        with self.reader.knowing(key for key, _ in parameters):
            body = self.find(element, name) or _nothing
        if element.get("kind", "FEEL") == "Java":
            names = tuple(key for key, _ in parameters)
            return lambda env: calls.foreign({"java": body(env)}, names, env.state)
        if element.get("kind", "FEEL") != "FEEL":
            return _foreign
        return lambda env: make_function(name, parameters, body, env)

    def conditional(self, element: Element, name: str) -> Run:
        condition, then, otherwise = (
            self.find(child(element, part), name) or _nothing for part in ("if", "then", "else")
        )

        def run(env: Env) -> Any:
            answer = condition(env)
            if answer is not None and type(answer) is not bool:
                env.state.warn("condition", N_("A condition gave {kind} instead of true or false."), kind=kind(answer))
                return None
            return then(env) if answer is True else otherwise(env)

        return run

    def filter(self, element: Element, name: str) -> Run:
        source, match = (self.find(child(element, part), name) or _nothing for part in ("in", "match"))

        def run(env: Env) -> Any:
            items = source(env)
            if items is None:
                env.state.warn("filter", N_("There is nothing to filter."))
                return None
            return reaching.select(items, _boolean(match), env)

        return _or_null(run)

    def loop(self, element: Element, name: str) -> Run:
        source, body = self._iteration(element, name, "return")
        return loops.loop(source, body)

    def some(self, element: Element, name: str) -> Run:
        source, body = self._iteration(element, name, "satisfies")
        return _or_null(loops.quantified(source, _boolean(body), False))

    def every(self, element: Element, name: str) -> Run:
        source, body = self._iteration(element, name, "satisfies")
        return _or_null(loops.quantified(source, _boolean(body), True))

    def _iteration(self, element: Element, name: str, body: str) -> tuple[list[tuple[str, Run]], Run]:
        source = self._span(child(element, "in"), name) or self.find(child(element, "in"), name) or _nothing
        variable = element.get("iteratorVariable", "")
        with self.reader.knowing([variable]):
            return [(variable, source)], self.find(child(element, body), name) or _nothing

    def _span(self, element: Element | None, name: str) -> Run | None:
        """Read "1..5", which only iterations may say without brackets."""
        literal = None if element is None else child(element, "literalExpression")
        source = text(literal)
        if ".." not in source or source[:1] in "[(]":
            return None
        expression = self.reader.expression(f"for i in {source} return i", name)
        return None if expression is None or not isinstance(expression.tree, ast.For) else expression.run


class _NotBooleanError(Exception):
    """A boxed condition gave something that is neither true, false nor null."""


def _boolean(condition: Run) -> Run:
    def run(env: Env) -> Any:
        answer = condition(env)
        if answer is not None and type(answer) is not bool:
            raise _NotBooleanError(kind(answer))
        return answer

    return run


def _or_null(run: Run) -> Run:
    """One condition that is none makes the whole boxed expression null (DMN 1.5 §10.2.2.10-12)."""

    def checked(env: Env) -> Any:
        try:
            return run(env)
        except _NotBooleanError as problem:
            env.state.warn("condition", N_("A condition gave {kind} instead of true or false."), kind=str(problem))
            return None

    return checked


def fitted(run: Run, fit: Fit, name: str) -> Run:
    """Fit what a part gives to its declared type; what does not fit is null, with a warning."""

    def checked(env: Env) -> Any:
        value = run(env)
        fits, result = fit(value)
        if not fits:
            env.state.warn("type", N_('"{name}" may not be this {kind}.'), name=name, kind=kind(value))
        return result

    return checked


def make_function(name: str, parameters: list[tuple[str, Fit]], body: Run, env: Env) -> Function:
    """Make a function that runs in the scope it was written in."""

    def called(state: State, *values: Any) -> Any:
        bound: dict[str, Any] = {}
        for (key, fit), value in zip(parameters, values, strict=True):
            fits, bound[key] = fit(value)
            if not fits:
                state.warn("arguments", N_('"{name}" may not be a {kind}.'), name=key, kind=kind(value))
                return None
        return body(Env(bound, env, state))

    return Function(name, tuple(key for key, _ in parameters), called, required=len(parameters))


def _parameter(binding: Element) -> str:
    parameter = child(binding, "parameter")
    return "" if parameter is None else str(parameter.get("name", ""))


def _nothing(env: Env) -> Any:
    return None


def _foreign(env: Env) -> Any:
    env.state.warn("external", N_("Functions of other languages are not available."))
    return None


_BOXES: dict[str, Callable[[Boxes, Element, str], Run]] = {
    "literalExpression": Boxes.literal,
    "decisionTable": Boxes.table,
    "context": Boxes.context,
    "list": Boxes.list_of,
    "relation": Boxes.relation,
    "invocation": Boxes.invocation,
    "functionDefinition": Boxes.function,
    "conditional": Boxes.conditional,
    "filter": Boxes.filter,
    "for": Boxes.loop,
    "some": Boxes.some,
    "every": Boxes.every,
}
