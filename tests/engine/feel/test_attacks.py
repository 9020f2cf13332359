"""Hostile expressions reach nothing but FEEL and cost next to nothing: 100 ms of work and 50 MB at most."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest

from engine import errors, feel
from engine.feel.expression import _parse

REACHES = [
    "__import__('os').system('id')",
    '__import__("os")',
    "().__class__.__bases__[0].__subclasses__()",
    '"".__class__',
    '"".__class__.__mro__',
    "amount.__class__",
    "amount.real",
    "person.__init__",
    "person.__init__.__globals__",
    "person.keys",
    "person.keys()",
    "person.items()",
    '"a".format(1)',
    '"{0.__class__}".format(1)',
    "list.append",
    "[].append(1)",
    "sum.__globals__",
    "sum.call",
    "sum.parameters",
    "abs.types",
    "(function(x) x).call",
    "(function(x) x).__code__",
    "(function(x) x).__closure__",
    "date.today()",
    "today().replace",
    'today().strftime("%c")',
    "now().tzinfo",
    "now().astimezone()",
    'duration("P1D").total_seconds()',
    "[1..2].__class__",
    "eval",
    'eval("1")',
    'exec("1")',
    'open("/etc/passwd")',
    'compile("1", "", "eval")',
    "globals()",
    "locals()",
    "vars()",
    'getattr(amount, "real")',
    "env.state",
    "state.functions",
    "item.__dict__",
    "partial.__class__",
    "?.__class__",
    'get value(person, "__class__")',
    "get entries(person).__class__",
    'context put({}, "__class__", 1).__class__.__name__',
    'function(x) external {java: {class: "java.lang.Runtime", method signature: "exec(java.lang.String)"}}',
    '(function(x) external {java: {class: "java.lang.Runtime", method signature: "exec(java.lang.String)"}})("id")',
    '(function(x) external {java: {class: "java.lang.System", method signature: "exit(int)"}})(1)',
    '(function(x) external {java: {class: "os", method signature: "system(java.lang.String)"}})("id")',
    '(function(x) external {java: {class: "java.lang.Math", method signature: "__class__(double)"}})(1)',
    '(function(f) external {java: {class: "java.lang.String", '
    'method signature: "format(java.lang.String, [Ljava.lang.Object;)"}})("%s{0.__class__}", 1)',
    '@"../../etc/passwd"',
    '@"2026-01-01T00:00:00@../../../etc/passwd"',
    'time("10:00:00@/etc/passwd")',
    'date and time(@"2026-01-01T00:00:00", "../../../etc/passwd")',
    'from json("{\\"__class__\\": 1}").__class__',
    'replace("abc", "(a)", "$1{__import__}")',
    r'replace("abc", "(a)", "\g<0>")',
    'matches("a", "(?P<x>a)(?(x)b|c)")',
]
"""Harmless values, null or a named error; never something of Python's."""

EXHAUSTS = [
    "9" * 5_000,
    "9" * 50_000,
    "(" * 5_000 + "1" + ")" * 5_000,
    "[" * 500 + "]" * 500,
    "-" * 3_000 + "1",
    "{a:" * 300 + "1" + "}" * 300,
    "if true then " * 500 + "1" + " else 1" * 500,
    "1" + "+1" * 9_000,
    "a" + ".a" * 9_000,
    "a" * 19_000,
    " ".join(["a"] * 9_000),
    "10 ** 1000000000",
    "9 ** 9 ** 9 ** 9",
    "10 ** 6144 * 10",
    "0.5 ** 1000000000",
    "1e6144 * 1e6144",
    "exp(1000000)",
    "string(10 ** 6000)",
    "decimal(1e-6000, 6000)",
    "round up(1, 99999999999)",
    "for i in 1..1000000000 return i",
    "for i in [1..1000000000] return i",
    "for i in 1..30000, j in 1..30000 return 1",
    "for i in 1..30000 return for j in 1..30000 return 1",
    "some i in 1..30000, j in 1..30000 satisfies false",
    "every i in 1..30000, j in 1..30000 satisfies true",
    "for i in 1..30 return partial",
    "for i in 1..10000 return partial",
    "count((for i in 1..30000 return i)[item in (for i in 1..30000 return i)])",
    "{f: function(n) f(n + 1), r: f(1)}.r",
    "{f: function(g) g(g), r: f(f)}.r",
    "(function(f) f(f))(function(f) f(f))",
    'for i in 1..40 return if i = 1 then "x" else partial[-1] + partial[-1]',
    "for i in 1..40 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
    "for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]]",
    "string(for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "flatten(for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "distinct values(for i in 1..30000 return i)",
    "duplicate values(for i in 1..30000 return i)",
    "sort(for i in 1..30000 return -i, function(a, b) a < b)",
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
    'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|aa)+$", "b")',
    'split("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|a)+$")',
    'extract("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|a?)+$")',
    'matches("a", "a{1,2}{1,1000}{1,1000}{1,1000}")',
    'from json("' + "[" * 9_000 + '")',
    'date("999999999-12-31") + duration("P999999999D")',
    '@"P999999999999999999Y" * 1000000000000',
    'duration("P99999999999999999999D")',
    "partition(for i in 1..30000 return i, 1)",
    "index of(for i in 1..30000 return 1, 1)",
]
"""Each stops by itself or by a limit that has a name."""

PERSON = {"amount": 3, "person": {"name": "Li"}}


def run(expression: str) -> Any:
    try:
        return feel.evaluate(expression, PERSON)
    except errors.FeelError as problem:
        return problem


def plain(value: Any) -> bool:
    """Tell whether a value is FEEL's and nothing of Python's."""
    if isinstance(value, dict):
        return all(map(plain, value.values()))
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or isinstance(value, errors.FeelError) or type(value).__name__ in {
        "bool", "str", "Decimal", "date", "time", "datetime", "DaysTime", "YearsMonths", "Range", "Function",
        "FarDate", "FarMoment",
    }  # fmt: skip


@pytest.mark.parametrize("expression", REACHES)
def test_an_expression_reaches_nothing_but_feel(expression: str) -> None:
    found = run(expression)
    assert plain(found)
    assert "class '" not in str(found)
    assert "root:" not in str(found)


@pytest.mark.parametrize("expression", EXHAUSTS, ids=lambda text: text[:40])
def test_an_expression_takes_neither_time_nor_memory(expression: str) -> None:
    assert min(_cold_seconds(expression) / _slowness() for _ in range(3)) < 0.1
    assert not isinstance(run(expression), RecursionError)


def _cold_seconds(expression: str) -> float:
    """CPU seconds of reading and running an expression for the first time; the best of a few runs is its own cost."""
    _parse.cache_clear()
    before = time.process_time()
    run(expression)
    return time.process_time() - before


def _slowness() -> float:
    """How much slower than usual this machine is right now: it is shared, and the bound is meant for a usual one."""
    before, entries = time.process_time(), {}
    for index in range(100_000):
        entries[index & 1023] = index
    return max(1.0, (time.process_time() - before) / 0.006)


@pytest.mark.parametrize("expression", EXHAUSTS, ids=lambda text: text[:40])
def test_an_expression_stays_below_50_megabytes(expression: str) -> None:
    tracemalloc.start()
    try:
        run(expression)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("1" * 10_001, errors.FeelTooLong),
        ("(" * 100 + "1" + ")" * 100, errors.FeelTooDeep),
        ("9" * 500, errors.FeelNumberTooLong),
        ("for i in 1..1000000 return i", errors.FeelListTooLong),
        ("for i in 1..300, j in 1..300 return 1", errors.FeelTooManySteps),
        ("{f: function(n) f(n + 1), r: f(1)}.r", errors.FeelTooDeep),
        ('for i in 1..40 return if i = 1 then "x" else partial[-1] + partial[-1]', errors.FeelTextTooLong),
        ('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|a)+$")', errors.FeelPatternTooSlow),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_limit_has_a_name(expression: str, named: type[errors.FeelError]) -> None:
    with pytest.raises(named):
        feel.evaluate(expression, {})


def test_the_wall_clock_has_a_limit() -> None:
    limits = feel.Limits(steps=10_000_000, items=10_000_000, seconds=0.01)
    with pytest.raises(errors.FeelTooSlow):
        feel.parse("for i in 1..3000, j in 1..3000 return 1", limits=limits).evaluate({})
