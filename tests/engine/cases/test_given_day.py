"""A day that was given is read in one way, wherever it stands: in a form, in a call, or left out."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import errors
from engine.cases import given_day


@pytest.mark.parametrize("value", ["2026-03-02", " 2026-03-02 ", "2026-03-02T09:30:00+08:00", date(2026, 3, 2)])
def test_a_day_is_read_as_text_as_moment_and_as_itself(value: object) -> None:
    assert given_day.read(value) == date(2026, 3, 2)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_nothing_is_no_day_and_may_mean_today(value: object, frozen: datetime) -> None:
    assert given_day.read(value) is None
    assert given_day.or_today(value) == given_day.past(value, errors.RemedyDayWrong(field="applied_on"))


def test_what_happened_does_not_lie_ahead(frozen: datetime) -> None:
    with pytest.raises(errors.RemedyDayWrong):
        given_day.past("2099-01-01", errors.RemedyDayWrong(field="applied_on"))
