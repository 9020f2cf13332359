"""The performance report counts how cases were worked, and reads no amount of money on the way (行政处罚法74(3))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases import deadline, remedy
from engine.cases.clocks import supervision
from engine.cases.docket import docket
from engine.cases.enforcement import officer
from engine.cases.enforcement.judging import draft, review
from engine.cases.reading import performance
from tests.engine.cases.enforcement.judging.breach import ALL_HOLD, FIRM, OFFICER, REVIEWER, content

DAY = datetime(2026, 4, 8, 10, tzinfo=clock.TOWN)
APRIL = performance.Span(date(2026, 4, 1))
MONEY = re.compile(
    r"fine|amount|paid|payment|price|gains|proceeds|forfeit|money|late_fee|instalment|auction|penalty_draft|penalty_decision"
)
"""What names an amount of money, or a table that holds one, in this schema."""
FORBIDDEN = {
    name for table in db.metadata.tables.values() for name in (table.name, *table.c.keys()) if MONEY.search(name)
}


@contextmanager
def money_read(connection: Connection) -> Iterator[list[str]]:
    """Collect every name of an amount that a statement speaks of within the block."""
    found: list[str] = []

    def heard(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.extend(sorted(set(re.findall(r"\w+", statement)) & FORBIDDEN))

    sa.event.listen(connection, "before_cursor_execute", heard)
    try:
        yield found
    finally:
        sa.event.remove(connection, "before_cursor_execute", heard)


@pytest.fixture
def case(connection: Connection) -> sa.Row[Any]:
    """A case of the second team with officer P058, received on 8 April."""
    given = cases.Opening(
        item={"code": "GL-CF2-201", "name": "超标排放油烟", "department": "执法二队"},
        catalogue_version=0, channel="巡查", applicant=FIRM, kind="enforcement",
    )  # fmt: skip
    with clock.frozen(DAY):
        row = cases.create(connection, OFFICER, given)
    named = {"case_id": row.id, "person": "P058", "licence": "L", "role": "lead", "since": DAY, "reason": ""}
    connection.execute(sa.insert(officer.case_officer).values(**named, appointed_by="P003"))
    return cases.change(connection, row.id, department="执法二队")


def figures(connection: Connection, by: str = "team", who: str = "执法二队") -> dict[str, tuple[int, int]]:
    with clock.frozen(DAY + timedelta(days=40)):
        found = performance.report(connection, APRIL, by)
    return {key: (cell.good, cell.count) for key, cell in found.get(who, {}).items()}


def add_deadline(connection: Connection, case: sa.Row[Any], state: str, ended: int | None) -> None:
    values = {"period": "cf_decision", "subject": str(ended), "state": state, "started_at": DAY, "length": 7}
    more = {"extended": 0, "unit": "day", "readings": {}, "provisional": False, "capped": False, "derivation": []}
    due = {"due_on": date(2026, 4, 15), "due_at": DAY + timedelta(days=7), "alarm": 0}
    ended_at = DAY + timedelta(days=ended) if ended else None
    connection.execute(sa.insert(deadline.deadline).values(case_id=case.id, **values, **more, **due, ended_at=ended_at))


def test_a_new_case_is_received_and_open_for_its_team_and_its_officer(
    connection: Connection, case: sa.Row[Any]
) -> None:
    assert figures(connection) == {"received": (1, 1), "open": (1, 1)}
    assert figures(connection, "officer", "P058") == {"received": (1, 1), "open": (1, 1)}
    assert figures(connection, "officer", "P059") == {}
    with clock.frozen(DAY):
        assert performance.report(connection, APRIL, "team", {case.number}).get("执法二队") is None


def test_periods_met_late_or_not_at_all_are_not_in_time(connection: Connection, case: sa.Row[Any]) -> None:
    for state, ended in (("met", 6), ("met", 8), ("open", None)):
        add_deadline(connection, case, state, ended)
    assert figures(connection)["in_time"] == (1, 3)


@pytest.mark.parametrize(("results", "share"), [(("passed",), (1, 1)), (("supplement", "passed"), (0, 1))])
def test_only_the_first_review_counts(
    connection: Connection, case: sa.Row[Any], results: tuple[str, ...], share: tuple[int, int]
) -> None:
    with clock.frozen(DAY):
        draft.keep(connection, OFFICER, case, content())
        for result in results:
            given = {"result": result, "checklist": ALL_HOLD, "opinion": "补充证据" if result != "passed" else ""}
            review.review(connection, REVIEWER, case, given)
    assert figures(connection)["first_pass"] == share


def test_the_last_file_that_was_bound_tells_whether_something_is_missing(
    connection: Connection, case: sa.Row[Any]
) -> None:
    for gaps in ([], [{"code": "case.open"}]):
        values = {"part": "main", "state": "failed", "done": 0, "sheets": 1, "gaps": gaps, "error": "—"}
        made = {"ordered_by": "P058", "ordered_at": DAY, "built_at": DAY}
        connection.execute(sa.insert(docket.docket).values(case_id=case.id, **values, **made))
    assert figures(connection)["complete"] == (0, 1)


def test_what_a_court_annulled_and_what_was_overdue_is_counted(connection: Connection, case: sa.Row[Any]) -> None:
    with clock.frozen(DAY):
        supervision.open_(connection, audit.SYSTEM, case, level="supervise", target="town.leader", reason="overdue")
    values = {"kind": "litigation", "received_on": DAY.date(), "authority": "法院", "filed_by": "某餐饮公司"}
    more = {"number": "1", "standpoint": "", "period": "", "result": "annulled", "closed_at": DAY}
    connection.execute(sa.insert(remedy.remedy).values(case_id=case.id, **values, **more))
    found = figures(connection)
    assert (found["overturned"], found["overdue"]) == ((1, 1), (1, 1))


@pytest.mark.parametrize("by", list(performance.BY))
def test_no_amount_of_money_is_read(connection: Connection, case: sa.Row[Any], by: str) -> None:
    assert {"fine", "fine_payment", "penalty_decision"} <= FORBIDDEN
    with clock.frozen(DAY), money_read(connection) as read:
        performance.report(connection, APRIL, by)
    assert read == []


@pytest.mark.parametrize("column", ["penalty_decision.fine", "fine_payment.amount", "penalty_draft.content"])
def test_the_guard_would_hear_an_amount(connection: Connection, column: str) -> None:
    table, _, name = column.partition(".")
    with money_read(connection) as read:
        connection.execute(sa.select(db.metadata.tables[table].c[name]).limit(1))
    assert read
