"""Days, moments, amounts and time left as people of the town write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask, g

from engine import clock
from web import i18n
from web.shown import formatting

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=clock.TOWN)


@pytest.fixture(params=["zh_CN", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    app = Flask(__name__)
    i18n.init_app(app)
    with app.test_request_context(headers={"Cookie": f"lang={request.param}"}):
        g.person = None
        yield request.param


def says(language: str, chinese: str, english: str, found: str) -> None:
    assert found == (chinese if language == "zh_CN" else english)


def test_a_day_is_written_in_full(language: str) -> None:
    says(language, "2026年3月5日", "5 March 2026", formatting.day(date(2026, 3, 5)))


def test_a_moment_is_written_in_the_towns_zone(language: str) -> None:
    says(language, "2026年3月5日 17:00", "5 March 2026 17:00", formatting.moment("2026-03-05T09:00:00+00:00"))


def test_a_table_leaves_this_year_out(language: str) -> None:
    assert formatting.short_moment(datetime(2026, 3, 5, 17, 0, tzinfo=clock.TOWN)) == "03-05 17:00"
    assert formatting.short_moment(date(2025, 12, 31)) == "2025-12-31"


def test_an_amount_names_its_currency(language: str) -> None:
    says(language, "12,000.5 元", "CNY 12,000.5", formatting.amount(Decimal("12000.50")))


def test_nothing_is_written_for_nothing() -> None:
    assert formatting.day(None) == formatting.short_moment(None) == formatting.amount(None) == ""


def test_time_left_counts_days(language: str) -> None:
    says(language, "剩 3 天", "3 days left", formatting.time_left(MORNING + timedelta(days=3)))


def test_time_left_counts_working_days_when_it_can(language: str) -> None:
    found = formatting.time_left(MORNING + timedelta(days=8), lambda _after, _until: 6)
    says(language, "剩 6 个工作日", "6 working days left", found)


def test_a_period_that_ends_at_midnight_ends_today(language: str) -> None:
    midnight = datetime(2026, 3, 3, 0, 0, tzinfo=clock.TOWN)
    says(language, "今日 24:00 到期", "due today, 24:00", formatting.time_left(midnight))
    says(language, "2026年3月2日 24:00", "2 March 2026 24:00", formatting.due_moment(midnight))


def test_what_was_missed_says_by_how_much(language: str) -> None:
    says(language, "超期 2 天", "overdue by 2 days", formatting.time_left(MORNING - timedelta(days=2)))
    says(language, "超期 1 小时", "overdue by 1 hour", formatting.time_left(MORNING - timedelta(minutes=5)))
