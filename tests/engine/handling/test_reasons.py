"""A reason is kept whole or refused, never cut."""

from __future__ import annotations

import pytest

from engine import errors
from engine.handling import reasons


def test_a_reason_is_kept_whole_without_the_blanks_around_it() -> None:
    longest = "由" * reasons.LONGEST
    assert reasons.given(f"  {longest}\n") == longest


@pytest.mark.parametrize("text", ["", " \n\u3000"])
def test_nothing_is_no_reason(text: str) -> None:
    with pytest.raises(errors.ReasonMissing):
        reasons.given(text)


def test_what_is_too_long_is_refused_and_says_by_how_much() -> None:
    with pytest.raises(errors.ReasonTooLong) as refused:
        reasons.given("由" * 201, 200)
    assert refused.value.facts == {"length": 201, "most": 200}
