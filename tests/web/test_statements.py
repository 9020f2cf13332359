"""How much the pages that people see all day ask of the database: statements are counted, for they do not drift."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench import workload
from bench.measure import counting
from engine import audit, db, instances, tasks
from engine.cases.reading import trail
from engine.ground import files
from engine.organisation import account
from tests.web import judged
from tests.web.conftest import CLERK, Make, Visit, Visitor
from web.blueprints import cases as pages

OF_A_CASE, OF_THE_INBOX, OF_A_COMPLETION, OF_THE_GRIDS, OF_THE_CENTRE = 8, 4, 10, 20, 5
EVENTS = 300
EARLIER = {"site.start": "2026-03-16T05:00:00+08:00", "site.end": "2026-03-16T05:40:00+08:00"}
OF_OPEN_ONES = {"supervision"}
"""Tables of which a page reads every row that is open, from an index of those."""


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


@pytest.mark.parametrize(
    ("who", "place", "element"),
    [
        (judged.REVIEWER, (), "E7"),
        ("demo058", "sc02_whole", "E5_sign"),
        ("demo058", ("sc02_whole", {"E5_act": EARLIER}), "E17"),
        ("demo001", "publicity_ended_early", "E17"),
    ],
    ids=["reviewed", "investigated", "paid", "published"],
)
def test_a_penalty_case_of_many_events_is_opened_with_few_statements(
    who: str, place: Any, element: str, visit: Visit, town: Engine, tmp_path: Path
) -> None:
    files.configure(tmp_path)
    way = judged.walked(town, place, element)
    with db.transaction(town) as connection:
        for visits in range(EVENTS):
            trail.record(connection, way.number, audit.Actor("P064"), "case.visited", visits=visits)
    asked = {}
    with judged.at_desk(way):
        visitor = visit(who)
        assert visitor.get(f"/cases/{way.number}").status_code == 200
        for tab in pages.TABS:
            with counting(town) as counted:
                assert visitor.get(f"/cases/{way.number}?tab={tab}").status_code == 200
            asked[tab] = counted.statements
    assert {tab: number for tab, number in asked.items() if number > OF_A_CASE} == {}


def test_the_inbox_is_shown_with_few_statements(clerk: Visitor, make: Make, town: Engine) -> None:
    numbers = [make().number for _ in range(20)]
    with counting(town) as counted:
        page = clerk.get("/inbox?view=claimable&sort=-received")
    assert all(number in page.text for number in numbers)
    assert counted.statements <= OF_THE_INBOX


def test_no_statement_of_a_page_is_parsed_anew_each_time(clerk: Visitor, make: Make, town: Engine) -> None:
    """A parameter that SQLite compares with the words of a partial index makes it plan the statement at each asking."""
    if town.dialect.name != "sqlite":
        pytest.skip("only SQLite plans by the value of a parameter, and tells how often it did")
    used: set[Any] = set()
    asked: set[str] = set()
    pages = ("/inbox", f"/cases/{make().number}")

    def note(_connection: Any, cursor: Any, text: str, *_: Any) -> None:
        used.add(cursor.connection)
        asked.add(text)

    sa.event.listen(town, "before_cursor_execute", note)
    for page in pages * 3:
        assert clerk.get(page).status_code == 200
    sa.event.remove(town, "before_cursor_execute", note)
    known = [row for raw in used for row in raw.execute("SELECT sql, run, reprep FROM sqlite_stmt").fetchall()]
    again = [(text, anew) for text, times, anew in known if text in asked and times > 1]
    assert len(again) > len(pages)
    assert [text for text, anew in again if anew > 1] == []


def test_no_page_of_one_case_reads_through_all_cases(clerk: Visitor, make: Make, town: Engine) -> None:
    if town.dialect.name != "sqlite":
        pytest.skip("an empty table of PostgreSQL is read whole whatever its indexes")
    number = make().number
    with db.reading(town) as connection:
        task = (
            connection.execute(sa.select(tasks.task.c.id).where(tasks.task.c.business_key == number)).scalars().first()
        )
    asked: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        asked[text] = values

    sa.event.listen(town, "before_cursor_execute", note)
    for page in (*(f"/cases/{number}?tab={tab}" for tab in pages.TABS), f"/tasks/{task}", "/inbox", "/inbox?view=all"):
        assert clerk.get(page).status_code == 200
    sa.event.remove(town, "before_cursor_execute", note)
    named = {"case_id", "business_key", "instance_id", "task_id", "stream"}
    growing = {"case_file"} | {table.name for table in db.metadata.tables.values() if named & {*table.c.keys()}}
    with db.reading(town) as connection:
        raw: Any = connection.connection.dbapi_connection
        plans = {text: raw.execute(f"EXPLAIN QUERY PLAN {text}", asked[text]).fetchall() for text in asked}
    scans = [(row[3], text) for text, plan in plans.items() for row in plan if row[3].startswith("SCAN")]
    assert [scan for scan in scans if scan[0].split()[1] in growing - OF_OPEN_ONES] == []


def test_a_task_is_completed_with_few_statements_and_one_commit(clerk: Visitor, town: Engine) -> None:
    with db.reading(town) as connection:
        query = sa.select(account.account.c.person_id).where(account.account.c.login == CLERK)
        person = connection.execute(query).scalar_one()
    assigned = f'assignee="{person}" {workload.OFFERED}'
    drawing = workload.diagram(workload.OURS_TASK.format(assigned), workload.OURS_SCRIPT, "=amount &gt; 20000", "w1")
    workload.deploy(town, "w1", source=drawing)
    for key in ("counted-1", "counted-2"):  # what is made once, the form above all, is made for the first
        with db.transaction(town) as connection:
            instances.start(connection, workload.ACTOR, "w1", business_key=key)
        task, sent = workload.open_task(town, key), {name: text[0] for name, text in workload.SENT.items()}
        with counting(town) as counted:
            answer = clerk.post(f"/tasks/{task}/completion", sent)
    assert answer.status_code == 303
    with db.reading(town) as connection:
        row = tasks.read(connection, task)
    assert row is not None
    assert row.state == "completed"
    assert (counted.statements <= OF_A_COMPLETION, counted.commits) == (True, 1), counted


def test_every_grid_is_told_with_its_people_in_a_few_statements(visit: Visit, town: Engine) -> None:
    centre = visit("demo082")
    with counting(town) as counted:
        told = [centre.get(path) for path in ("/grids", "/grids.csv")]
    assert [answer.status_code for answer in told] == [200, 200]
    assert counted.statements <= 2 * OF_THE_GRIDS


def test_the_centre_is_shown_with_few_statements(visit: Visit, town: Engine) -> None:
    leader = visit("demo001")
    assert leader.get("/centre").status_code == 200
    asked = {}
    for page in ("/centre", "/centre?grid=GL-01"):
        with counting(town) as counted:
            assert "S0201" in leader.get(page).text
        asked[page] = counted.statements
    assert asked == {"/centre": OF_THE_CENTRE, "/centre?grid=GL-01": OF_THE_CENTRE}
