"""A parsed expression, ready to run; texts that were seen before are not parsed again."""

from __future__ import annotations

import decimal
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from engine import errors
from engine.feel import ast
from engine.feel.compile import compile_node
from engine.feel.lexer import PLAIN_NAME, Names
from engine.feel.library import LIBRARY
from engine.feel.limits import DEFAULT, Limits
from engine.feel.parser import Parser
from engine.feel.reading import read_paths
from engine.feel.runtime import Env, Root, State
from engine.feel.values import Function, normalise

_TYPES = ("date and time", "years and months duration", "days and time duration", "time offset", "start included")
_KNOWN = Names([*LIBRARY, *_TYPES, "end included"])
CACHED = 2_000
"""How many parsed expressions are kept."""


class Expression:
    """An immutable expression; may be evaluated any number of times, by several threads at once."""

    def __init__(self, text: str, tree: ast.Node, limits: Limits) -> None:
        self.text = text
        self.tree = tree
        self.limits = limits
        self._run = compile_node(tree)

    def evaluate(
        self,
        context: Mapping[str, Any],
        *,
        warnings: list[Any] | None = None,
        functions: Mapping[str, Function] | None = None,
        value: Any = None,
    ) -> Any:
        """Evaluate over the caller's variables.

        Parameters
        ----------
        warnings : gets a :class:`~engine.feel.runtime.Notice` for everything that became null on the way.
        functions : what the host offers besides the library, by FEEL name.
        value : what unary tests test, "?".

        Raises
        ------
        FeelLimitExceeded
            If a bound of :class:`~engine.feel.limits.Limits` is reached.
        """
        state = State(functions, [], self.limits)
        result = self._evaluate(context, value, state)
        if state.missing:
            other = self._respelled(context, functions)
            if other is not None:
                return other.evaluate(context, warnings=warnings, functions=functions, value=value)
        if warnings is not None and state.warnings:
            warnings.extend(state.warnings)
        return result

    def _evaluate(self, context: Mapping[str, Any], value: Any, state: State) -> Any:
        root = Env(context if type(context) is Root else Root(context), None, state)
        if isinstance(self.tree, ast.UnaryTests):
            root = Env({"?": normalise(value)}, root, state)
        return self.run(root)

    def run(self, env: Env) -> Any:
        """Evaluate in a scope that exists already, as a decision does.

        Raises
        ------
        FeelLimitExceeded
            If it calls too deep, or comes to more than the limits of the scope allow.
        """
        try:
            return env.state.weigh(self._run(env))
        except RecursionError:
            raise errors.FeelTooDeep(limit=env.state.limits.calls) from None

    def _respelled(self, context: Mapping[str, Any], functions: Mapping[str, Function] | None) -> Expression | None:
        """The expression read again, if the context has names with operators in them that the first reading cut."""
        names = frozenset(
            name for name in _odd_names([context, functions or {}]) if name in " ".join(self.text.split())
        )
        if not names:
            return None
        other = parse(self.text, names=names, limits=self.limits, unary=isinstance(self.tree, ast.UnaryTests))
        return None if other.tree == self.tree else other


def _odd_names(contexts: Iterable[Any], depth: int = 3) -> Iterable[str]:
    for context in contexts:
        if isinstance(context, Mapping):
            for name in context:
                if not PLAIN_NAME.fullmatch(name):
                    yield name
            if depth:
                yield from _odd_names(list(context.values()), depth - 1)
        elif isinstance(context, list) and depth:
            yield from _odd_names(context[:1], depth - 1)


@lru_cache(maxsize=CACHED)
def _parse(text: str, names: frozenset[str], limits: Limits, unary: bool) -> Expression:
    known = _KNOWN.copy()
    for name in names:
        known.add(name)
    try:
        parser = Parser(text, known, limits)
        return Expression(text, parser.tests() if unary else parser.expression(), limits)
    except RecursionError:
        raise errors.FeelTooDeep(limit=limits.nesting) from None
    except decimal.DecimalException:
        raise errors.FeelNumberTooLong(limit=limits.digits) from None


def parse(text: str, *, names: Iterable[str] = (), limits: Limits = DEFAULT, unary: bool = False) -> Expression:
    """Read an expression; the same text is read once.

    Parameters
    ----------
    names : variables known to exist whose names contain operators or keywords, such as ``profit-and-loss``. Names
        with blanks are understood without this.

    Raises
    ------
    FeelSyntaxError
        With line, column, the text near it and a suggestion.
    FeelLimitExceeded
        If the text is too long or nested too deep.
    """
    if len(text) > limits.length:
        raise errors.FeelTooLong(length=len(text), limit=limits.length)
    return _parse(text, frozenset(names), limits, unary)


def parse_unary(text: str, *, names: Iterable[str] = (), limits: Limits = DEFAULT) -> Expression:
    """Read the tests of a decision table's cell, such as ``> 3, [5..7]``; errors as :func:`parse`."""
    return parse(text, names=names, limits=limits, unary=True)


def evaluate(
    text: str,
    context: Mapping[str, Any],
    *,
    warnings: list[Any] | None = None,
    functions: Mapping[str, Function] | None = None,
) -> Any:
    """Read and evaluate in one go; errors as :func:`parse` and :meth:`Expression.evaluate`."""
    return parse(text).evaluate(context, warnings=warnings, functions=functions)


def paths(expression: str | Expression) -> frozenset[tuple[str, ...]]:
    """The dotted paths an expression reads from its context, such as ``("applicant", "age")``."""
    tree = parse(expression).tree if isinstance(expression, str) else expression.tree
    return frozenset(path for path in read_paths(tree) if path[0] not in LIBRARY and path[0] != "?")


def variables(expression: str | Expression) -> frozenset[str]:
    """The root names an expression reads from its context; built-in functions are none."""
    return frozenset(path[0] for path in paths(expression))
