"""How much the pages that people see all day ask of the database: statements are counted, for they do not drift."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from bench.measure import counting
from engine import audit, db
from engine.cases.reading import trail
from tests.web.conftest import CLERK, Make, Visit, Visitor
from web.blueprints import cases as pages

OF_A_CASE, OF_THE_INBOX = 8, 4
EVENTS = 300


@pytest.fixture
def clerk(visit: Visit, make: Make) -> Visitor:
    """The clerk of window 3, who has looked at the inbox and at another case before."""
    visitor = visit(CLERK)
    for page in ("/inbox", f"/cases/{make().number}"):
        assert visitor.get(page).status_code == 200
    return visitor


@pytest.mark.parametrize("tab", pages.TABS)
def test_a_case_of_many_events_is_opened_with_few_statements(
    tab: str,
    clerk: Visitor,
    make: Make,
    town: Engine,
) -> None:
    case = make()
    with db.transaction(town) as connection:
        for visits in range(EVENTS):
            who = audit.Actor(f"P{1 + visits % 30:03d}")
            trail.record(connection, case.number, who, "case.visited", visits=visits)
    with counting(town) as counted:
        page = clerk.get(f"/cases/{case.number}?tab={tab}")
    assert page.status_code == 200
    assert counted.statements <= OF_A_CASE


def test_the_inbox_is_shown_with_few_statements(clerk: Visitor, make: Make, town: Engine) -> None:
    numbers = [make().number for _ in range(20)]
    with counting(town) as counted:
        page = clerk.get("/inbox?view=claimable&sort=-received")
    assert all(number in page.text for number in numbers)
    assert counted.statements <= OF_THE_INBOX
