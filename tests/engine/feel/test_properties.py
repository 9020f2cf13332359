"""What holds for all expressions and values, tried on generated ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.feel.values import NUMBERS
from engine.feel.writing import write

NUMBER = st.decimals(-(10**12), 10**12, allow_nan=False, places=4)
NAME = st.sampled_from(["a", "amount", "罚款金额", "fee per day", "applicant.age", "l"])
ATOM = st.one_of(NUMBER.map(lambda n: format(abs(n), "f")), NAME, st.sampled_from(["true", "null", '"许可"', '@"P1D"']))


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or"]), inner).map(
            lambda p: f"({p[0]}) {p[1]} ({p[2]})"
        ),
        two.map(lambda p: f"if {p[0]} then {p[1]} else -({p[0]})"),
        two.map(lambda p: f"[{p[0]}, {p[1]}][item > 1]"),
        two.map(lambda p: f"{{a b: {p[0]}, c: {p[1]}}}.a b"),
        two.map(lambda p: f"for x in ({p[0]}), y in 1..3 return x + ({p[1]})"),
        two.map(lambda p: f"some x in [{p[0]}] satisfies x in (> 3, [1..5), {p[1]})"),
        two.map(lambda p: f"function(x: list<number>) ({p[0]}) between 1 and ({p[1]})"),
        inner.map(lambda p: f"max(n: {p}) instance of list<number>"),
    )


@given(st.recursive(ATOM, _grow, max_leaves=12))
@settings(max_examples=150, deadline=None)
def test_printing_and_reading_again_changes_nothing(text: str) -> None:
    tree = feel.parse(text).tree
    assert feel.parse(write(tree)).tree == tree


@given(NUMBER, NUMBER)
@settings(max_examples=100, deadline=None)
def test_arithmetic_is_that_of_34_digit_decimals(a: Decimal, b: Decimal) -> None:
    context = {"a": a, "b": b}
    with localcontext(NUMBERS):
        assert feel.evaluate("a + b", context) == a + b
        assert feel.evaluate("a - b", context) == a - b
        assert feel.evaluate("a * b", context) == a * b
        assert feel.evaluate("a / b", context) == (a / b if b else None)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)), st.integers(-20_000, 20_000))
@settings(max_examples=100, deadline=None)
def test_a_date_moved_by_days_and_back_is_the_same(day: dt.date, count: int) -> None:
    context = {"d": day, "n": count}
    assert feel.evaluate('(d + n * duration("P1D")) - d = n * duration("P1D")', context) is True
    assert feel.evaluate('d + n * duration("P1D") - n * duration("P1D") = d', context) is True


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('string(date("2012-12-24") - date("2012-12-23"))', "P1D"),
        ('string(duration("P2Y2M"))', "P2Y2M"),
        ('string(years and months duration(date("2011-12-22"), date("2013-08-24")))', "P1Y8M"),
        ('string(date and time("2012-12-24T23:59:00") + duration("PT1M"))', "2012-12-25T00:00:00"),
        ('time("23:59:00z") + duration("PT2M") = time("00:01:00@Etc/UTC")', True),
        ('date and time("2016-12-24T23:59:00-08:00") - date and time("2016-12-24T23:59:00Z") = duration("PT8H")', True),
        ('day of week(date("2019-09-17"))', "Tuesday"),
        ('week of year(date("2005-01-01"))', Decimal(53)),
        ('date("2026-01-31") + duration("P1M") = date("2026-02-28")', True),
    ],
)
def test_temporal_arithmetic_agrees_with_the_standard(expression: str, value: object) -> None:
    assert feel.evaluate(expression, {}) == value
