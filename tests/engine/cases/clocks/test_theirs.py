"""A period that lapses for the party makes the organ late with nothing (行政复议法20, 行政诉讼法46)."""

from __future__ import annotations

import pytest

from engine.cases.clocks import period

OTHERS = {
    "hearing_request", "plea", "payment", "reconsideration_window", "suit_window", "suit_after_reconsideration",
    "court_acceptance", "court_ruling", "court_refusal", "reconsideration_copy",
}  # fmt: skip
OURS = {"decision", "cf_decision", "remedy_litigation", "remedy_reconsideration", "court_application", "cf_service"}


@pytest.mark.parametrize("key", sorted(OTHERS | OURS))
def test_whose_period_it_is(key: str) -> None:
    assert period.get(key).theirs is (key in OTHERS)
