"""Turns the shape of an expression into nested Python closures, once; running them is the evaluation."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.errors import N_
from engine.feel import ast, calls, comparing, loops, reaching, types
from engine.feel.arithmetic import operate
from engine.feel.library import LIBRARY
from engine.feel.reading import read_paths
from engine.feel.runtime import MISSING, Env, Run
from engine.feel.values import SCALARS, Range, compare, contains, equal


def compile_node(node: ast.Node) -> Run:
    """Compile one part of an expression and all below it."""
    return _COMPILERS[type(node)](node)


def _literal(node: ast.Literal) -> Run:
    value = node.value

    def run(env: Env) -> Any:
        return value

    return run


def _at(node: ast.At) -> Run:
    value, text = node.value, node.text

    def run(env: Env) -> Any:
        if value is None:
            env.state.warn("literal", N_('@"{text}" is no date, time or duration.'), text=text)
        return value

    return run


def _name(node: ast.Name) -> Run:
    name = node.name

    def run(env: Env) -> Any:
        value = env.vars.get(name, MISSING)
        if type(value) in SCALARS:
            return value
        if value is MISSING:
            value = env.find(name)
        if value is MISSING:
            value = env.state.functions.get(name, MISSING)
        if value is MISSING:
            value = LIBRARY.get(name, MISSING)
        if value is MISSING:
            env.state.missing = True
            env.state.warn("missing", N_('There is no variable "{name}".'), name=name)
            return None
        return value

    return run


def _path(node: ast.Path) -> Run:
    base, name = compile_node(node.base), node.name
    return lambda env: reaching.get(base(env), name, env.state)


def _filter(node: ast.Filter) -> Run:
    base = compile_node(node.base)
    if isinstance(node.condition, ast.Literal) and type(node.condition.value) is Decimal:
        index = node.condition.value
        return lambda env: reaching.at(base(env), index, env.state)
    condition = compile_node(node.condition)
    return lambda env: reaching.select(base(env), condition, env)


def _negate(node: ast.Negate) -> Run:
    operand = compile_node(node.operand)
    minus = operate("*")
    factor = Decimal(-1)

    def run(env: Env) -> Any:
        value = operand(env)
        if type(value) is Decimal:
            return -value if value else value
        return minus(value, factor, env.state)

    return run


def _binary(node: ast.Binary) -> Run:
    left, right = compile_node(node.left), compile_node(node.right)
    sign = node.operator
    if sign in ("and", "or"):
        return comparing.junction(left, right, sign == "or")
    if sign in ("=", "!="):
        return comparing.equality(left, right, sign == "=")
    if sign in comparing.ORDERS:
        return comparing.order(left, right, sign)
    operation = operate(sign)
    return lambda env: operation(left(env), right(env), env.state)


def _between(node: ast.Between) -> Run:
    return comparing.between(*(compile_node(part) for part in (node.value, node.low, node.high)))


def _test(node: ast.Test) -> Run:
    operand, sign = compile_node(node.operand), node.operator
    if sign in ("=", "!="):
        asked = comparing.equality(lambda env: env.find("?"), operand, sign == "=")
        if sign == "!=":
            return asked
        return lambda env: _point(operand(env)) if env.find("?") is MISSING else asked(env)

    def run(env: Env) -> Any:
        end = operand(env)
        if sign[0] == "<":
            return Range(None, end, False, sign == "<=", True)
        return Range(end, None, sign == ">=", False, True)

    return run


def _point(value: Any) -> Range:
    """The range of one value that ``(= 5)`` is where there is nothing to compare."""
    return Range(value, value, one_sided=True)


def matches(test: Any, value: Any) -> bool | None:
    """Tell whether a value passes one evaluated test: a range, a list of either, or the value itself."""
    if type(test) is Range and type(value) is not Range:
        return contains(test, value)
    if type(test) is list:
        if type(value) is list and equal(value, test) is True:
            return True
        return any(matches(entry, value) is True for entry in test)
    return equal(value, test)


def compile_test(node: ast.Node) -> Callable[[Env, Any], bool | None]:
    """Compile one unary test; it gets a scope in which "?" is the value."""
    if isinstance(node, ast.Test) and node.operator not in ("=", "!="):
        return _bound_test(node)
    if isinstance(node, ast.Literal) and type(node.value) in (Decimal, str):
        return _literal_test(node.value)
    if isinstance(node, ast.Interval):
        return _interval_test(node)
    return _general_test(node)


def _literal_test(wanted: Any) -> Callable[[Env, Any], bool | None]:
    """The most frequent cell of a decision table."""
    same = type(wanted)
    return lambda _, value: bool(value == wanted) if type(value) is same else matches(wanted, value)


def _interval_test(node: ast.Interval) -> Callable[[Env, Any], bool | None]:
    """The second most frequent one; numbers need no range made for them."""
    general = _general_test(node)
    if not (isinstance(node.start, ast.Literal) and isinstance(node.end, ast.Literal)):
        return general
    low, high = node.start.value, node.end.value
    if type(low) is not Decimal or type(high) is not Decimal:
        return general
    above = operator.le if node.start_included else operator.lt
    below = operator.le if node.end_included else operator.lt

    def test(env: Env, value: Any) -> bool | None:
        return above(low, value) and below(value, high) if type(value) is Decimal else general(env, value)

    return test


def _general_test(node: ast.Node) -> Callable[[Env, Any], bool | None]:
    run = compile_node(node)
    asks = isinstance(node, ast.Test) or "?" in names_in(node)

    def test(env: Env, value: Any) -> bool | None:
        result = env.state.weigh(run(env))
        if asks:
            return result if type(result) is bool else matches(result, value)
        if result is True and type(value) is not bool:
            return True
        return matches(result, value)

    return test


def _bound_test(node: ast.Test) -> Callable[[Env, Any], bool | None]:
    operand, test = compile_node(node.operand), comparing.ORDERS[node.operator]

    def run(env: Env, value: Any) -> bool | None:
        order = compare(value, operand(env))
        return None if order is None else test(order)

    return run


def names_in(node: ast.Node) -> frozenset[str]:
    """Collect the free names of a part, "?" among them."""
    return frozenset(path[0] for path in read_paths(node))


def _in(node: ast.In) -> Run:
    value = compile_node(node.value)
    tests = [compile_test(test) for test in node.tests]

    def run(env: Env) -> Any:
        subject = value(env)
        inner = Env({"?": subject}, env, env.state)
        answers = [test(inner, subject) for test in tests]
        if True in answers:
            return True
        return None if None in answers else False

    return run


def _always(env: Env) -> bool:
    return True


def _unary_tests(node: ast.UnaryTests) -> Run:
    tests = [compile_test(test) for test in node.tests]
    negated = node.negated
    if not tests:
        return _always

    def run(env: Env) -> Any:
        value = env.vars.get("?")
        if len(tests) == 1 and not negated:
            return tests[0](env, value)
        answers = [test(env, value) for test in tests]
        result = True if True in answers else None if None in answers else False
        return result if not negated or result is None else not result

    return run


def _interval(node: ast.Interval) -> Run:
    start, end = compile_node(node.start), compile_node(node.end)

    def run(env: Env) -> Any:
        low, high = start(env), end(env)
        if low is None and high is None:
            return None
        if low is not None and high is not None:
            order = compare(low, high)
            if order is None:
                env.state.warn("range", N_("A range needs two ends of one kind."))
                return None
        return Range(low, high, node.start_included, node.end_included)

    return run


def _list(node: ast.ListOf) -> Run:
    items = [compile_node(item) for item in node.items]
    return lambda env: [item(env) for item in items]


def _context(node: ast.Context) -> Run:
    entries = [(key, compile_node(entry)) for key, entry in node.entries]
    if len({key for key, _ in entries}) < len(entries):
        return _duplicate

    def run(env: Env) -> Any:
        made: dict[str, Any] = {}
        inner = Env(made, env, env.state)
        for key, entry in entries:
            made[key] = entry(inner)
        return made

    return run


def _duplicate(env: Env) -> Any:
    env.state.warn("context", N_("A context has the same key twice."))
    return None


def _if(node: ast.If) -> Run:
    condition, then, otherwise = (compile_node(part) for part in (node.condition, node.then, node.otherwise))
    return lambda env: then(env) if condition(env) is True else otherwise(env)


def _lambda(node: ast.Lambda) -> Run:
    return calls.make(node, compile_node(node.body))


def _call(node: ast.Call) -> Run:
    return calls.call(compile_node(node.function), [compile_node(item) for item in node.arguments], node.names)


def _instance_of(node: ast.InstanceOf) -> Run:
    value, wanted, name = compile_node(node.value), types.resolve(node.type), node.type.name

    def run(env: Env) -> Any:
        subject = env.state.weigh(value(env))
        if wanted is not None:
            return types.is_instance(subject, wanted)
        item_type = env.state.types.get(name)
        if item_type is None:
            env.state.warn("type", N_('There is no type "{name}".'), name=name)
            return None
        return subject is not None and item_type(subject)[0]

    return run


def _for(node: ast.For) -> Run:
    return loops.loop(_sources(node.iterators), compile_node(node.body))


def _quantified(node: ast.Quantified) -> Run:
    return loops.quantified(_sources(node.iterators), compile_node(node.condition), node.every)


def _sources(iterators: tuple[tuple[str, ast.Node], ...]) -> list[tuple[str, Run]]:
    return [(name, compile_node(source)) for name, source in iterators]


def _span(node: ast.Span) -> Run:
    start, end = compile_node(node.start), compile_node(node.end)
    return lambda env: loops.span(start(env), end(env), env.state)


_COMPILERS: dict[type, Callable[[Any], Run]] = {
    ast.Literal: _literal,
    ast.At: _at,
    ast.Name: _name,
    ast.Path: _path,
    ast.Filter: _filter,
    ast.Negate: _negate,
    ast.Binary: _binary,
    ast.Between: _between,
    ast.Test: _test,
    ast.In: _in,
    ast.UnaryTests: _unary_tests,
    ast.Interval: _interval,
    ast.ListOf: _list,
    ast.Context: _context,
    ast.If: _if,
    ast.Lambda: _lambda,
    ast.Call: _call,
    ast.InstanceOf: _instance_of,
    ast.For: _for,
    ast.Quantified: _quantified,
    ast.Span: _span,
}
