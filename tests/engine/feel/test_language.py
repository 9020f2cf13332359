"""What FEEL expressions mean, by examples from the town's work."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import errors, feel

CASE = {
    "amount": 30_000,
    "item": {"kind": "许可", "月 收入": 5},
    "a-b": 3,
    "fee per day": 2.5,
    "days": [1, 2, 3],
    "罚款金额": 25_000,
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ('amount > 20000 and item.kind = "许可"', True),
        ("罚款金额 > 20000", True),
        ("for i in 1..3 return i * 2", [Decimal(2), Decimal(4), Decimal(6)]),
        ("a-b", Decimal(3)),
        ("fee per day * 2", Decimal(5)),
        ("item.月 收入", Decimal(5)),
        ("days[item > 1]", [Decimal(2), Decimal(3)]),
        ("days[-1]", Decimal(3)),
        ("some d in days satisfies d > 2", True),
        ('string(date("2026-01-31") + duration("P1M"))', "2026-02-28"),
        ("5 in [1..10]", True),
        ("[1..10].start", Decimal(1)),
        ("(= 5).end", Decimal(5)),
        ('string(date("9999-12-31") + duration("P1D"))', "10000-01-01"),
        ('string(date and time("-0044-03-15T12:00:00") - duration("P1Y"))', "-0045-03-15T12:00:00"),
        ('date("10000-01-01") - date("9999-12-31") = duration("P1D")', True),
        ('date("-2021-02-01") < date("0001-01-01")', True),
        ('day of week(date("12026-03-02"))', "Monday"),
        ('last day of month(date("10000-02-01")) = date("10000-02-29")', True),
        ('date("2026-03-02") - date and time("2026-03-01T12:00:00")', None),
        ('context put({x: {a: 1}}, ["x", "a"], 2).x.a', Decimal(2)),
        ("list replace([1, 2, 3], function(old, new) old = 2, 9)", [Decimal(1), Decimal(9), Decimal(3)]),
        ('range("[date and time(\\"2026-01-01T00:00:00\\")..@\\"2026-01-02T00:00:00\\"]").start included', True),
        ('matches("hello world", "hello\\\\ sworld", "x")', True),
        ("null and false", False),
        ("null or 1 = 1", True),
        ("null and true", None),
        ("(function(a, b) a + b)(1, 2)", Decimal(3)),
        ("[1, 2] instance of list<number>", True),
        ('1 = "a"', None),
        ("-2 ** 2", Decimal(4)),
    ],
)
def test_an_expression_means_what_the_standard_says(expression: str, value: Any) -> None:
    assert feel.evaluate(expression, CASE) == value


def test_a_missing_variable_is_null_and_leaves_a_warning() -> None:
    warnings: list[Any] = []
    assert feel.evaluate("nobody > 3", {}, warnings=warnings) is None
    assert str(warnings[0]) == 'There is no variable "nobody".'


def test_a_syntax_error_names_line_column_and_a_remedy() -> None:
    with pytest.raises(errors.FeelSyntaxError) as caught:
        feel.parse("amount >\n 3 == 4")
    assert (caught.value.line, caught.value.column) == (2, 4)
    assert "one equals sign" in caught.value.suggestion


def test_a_cell_of_unary_tests_passes_when_one_of_them_does() -> None:
    tests = feel.parse_unary("> 30, [5..7]")
    assert tests.evaluate({}, value=6) is True
    assert tests.evaluate({}, value=8) is False


def test_variables_are_the_roots_that_an_expression_reads() -> None:
    expression = "applicant.age >= 18 and count(for m in materials return m.copies) > n"
    assert feel.variables(expression) == {"applicant", "materials", "n"}
    assert ("applicant", "age") in feel.paths(expression)


def test_host_functions_may_have_blanks_in_their_names() -> None:
    offered = {"working days after": feel.host(lambda start, days: start + days, ["from", "days"])}
    assert feel.evaluate("working days after(from: 1, days: 2)", {}, functions=offered) == 3
