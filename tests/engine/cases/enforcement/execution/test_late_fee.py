"""Three per cent of the fine a day, never above the fine, silent while a remedy is open: counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.cases.enforcement.execution.late_fee import Debt, LateFee, Part, Pause, Readings, count


def d(text: str) -> date:
    """``09-04`` is a day of 2026."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def parts(*given: tuple[str, int]) -> list[Part]:
    return [Part(d(day), amount) for day, amount in given]


BUILDER = Debt(20000, d("09-04"))
PLAN = parts(("09-30", 5000), ("10-30", 5000), ("11-30", 5000), ("12-31", 5000))
THIRD_LATE = replace(BUILDER, plan=PLAN, paid=parts(("09-30", 5000), ("10-30", 5000), ("12-10", 5000)))
REST, ONE, FREE_DAY, THAT_DAY = (
    {"fee_base": "rest"},
    {"instalment_base": "instalment"},
    {"fee_day": "no"},
    {"fee_pause": "that_day"},
)
RECONSIDERED = replace(BUILDER, paid=parts(("10-20", 20000)), pauses=[Pause(d("09-20"), d("10-16"))])
SNACK_BAR = Debt(8000, d("02-04"))

TABLE: list[tuple[str, Debt, str, dict[str, str], int, int]] = [
    # name, debt, until, readings, days, amount
    ("SC08 A: the third instalment ten days late, on the fine", THIRD_LATE, "12-10", {}, 10, 6000),
    ("SC08 A: on the unpaid rest of 10,000", THIRD_LATE, "12-10", REST, 10, 3000),
    ("SC08 A: on that instalment only", THIRD_LATE, "12-10", ONE, 10, 1500),
    ("SC08 A: the day of payment is not late", THIRD_LATE, "12-10", FREE_DAY, 9, 5400),
    ("SC08 A: nothing before an instalment is due", THIRD_LATE, "11-30", {}, 0, 0),
    ("SC08 A: nothing more once it is paid", THIRD_LATE, "12-31", {}, 10, 6000),
    ("SC08 A: the last instalment not paid either", THIRD_LATE, "2027-01-02", {}, 12, 7200),
    ("SC08 B: capped at the fine", replace(BUILDER, paid=parts(("10-12", 20000))), "10-12", {}, 38, 20000),
    ("SC08 B: the day before the cap", BUILDER, "10-07", {}, 33, 19800),
    ("SC08 B: the cap is reached on the 34th day", BUILDER, "10-08", {}, 34, 20000),
    ("SC08 C: 16 days before and 4 after the reconsideration", RECONSIDERED, "10-20", {}, 20, 12000),
    ("SC08 C: the day of the application is free too", RECONSIDERED, "10-20", THAT_DAY, 19, 11400),
    ("SC08 C: nothing while it is open", replace(BUILDER, pauses=[Pause(d("09-20"))]), "12-31", {}, 16, 9600),
    ("SC09: the first late day", SNACK_BAR, "02-05", {}, 1, 240),
    ("SC09: the day before the cap", SNACK_BAR, "03-09", {}, 33, 7920),
    ("SC09: the cap on the 34th day", SNACK_BAR, "03-10", {}, 34, 8000),
    ("SC09: and never more", SNACK_BAR, "08-10", {}, 187, 8000),
    ("the due day is not late", SNACK_BAR, "02-04", {}, 0, 0),
    ("paid on the due day", replace(SNACK_BAR, paid=parts(("02-04", 8000))), "03-10", {}, 0, 0),
    ("paid on the next day", replace(SNACK_BAR, paid=parts(("02-05", 8000))), "03-10", {}, 1, 240),
    ("paid on the next day, which is free", replace(SNACK_BAR, paid=parts(("02-05", 8000))), "03-10", FREE_DAY, 0, 0),
    ("half paid in time, on the fine", replace(SNACK_BAR, paid=parts(("02-01", 4000))), "02-09", {}, 5, 1200),
    ("half paid in time, on the rest", replace(SNACK_BAR, paid=parts(("02-01", 4000))), "02-09", REST, 5, 600),
    ("half paid late, on the rest", replace(SNACK_BAR, paid=parts(("02-06", 4000))), "02-08", REST, 4, 720),
    ("over the end of a year and a leap day", Debt(1000, d("2027-12-30")), "2028-03-01", {}, 62, 1000),
    ("a fine of 50 is a yuan and a half a day", Debt(50, d("02-04")), "02-06", {}, 2, 3),
    ("less than a yuan is dropped", Debt(50, d("02-04")), "02-05", {}, 1, 1),
    (
        "reconsideration and then a lawsuit",
        replace(SNACK_BAR, pauses=[Pause(d("02-10"), d("02-20")), Pause(d("02-23"), d("03-02"))]),
        "03-04",
        {},
        11,
        2640,
    ),
]


@pytest.mark.parametrize(("debt", "until", "readings", "days", "amount"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])  # fmt: skip
def test_the_late_fee_of_a_debt(debt: Debt, until: str, readings: dict[str, Any], days: int, amount: int) -> None:
    found = count(debt, d(until), Readings(**readings))
    assert (found.days, found.amount) == (days, amount)


def test_it_tells_since_when_how_much_a_day_and_when_it_stopped_growing() -> None:
    found = count(BUILDER, d("10-12"))
    assert found == LateFee(20000, 38, d("09-05"), 600, d("10-08"))
    assert found.as_json()["capped_on"] == "2026-10-08"
    assert count(SNACK_BAR, d("02-04")).as_json()["from"] is None
