"""I1 to I16 hold against pages, programs and forged requests: the table of :mod:`tests.web.invariants`, tried.

Every try leaves the case as it was: the step open, nothing written, no fault for an administrator. The verbs behind it
are tested on both databases beside the engine; what comes in through the web is tried on one. That the diagrams leave
no way round is in ``tests/workflows/test_invariants_drawn.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection, Engine

from engine import audit, db, incidents, tasks
from engine.cases import case as cases
from engine.cases.enforcement.execution import service
from engine.cases.enforcement.investigation import act
from engine.cases.enforcement.judging import penalty
from engine.cases.items import figures
from engine.cases.papers import push, template
from engine.flow import steps
from engine.organisation import demo, person
from tests.web import judged
from tests.web.api.conftest import Program
from tests.web.conftest import Visit
from tests.web.desk import present
from tests.web.invariants import (
    DEAR,
    DECIDED,
    HEARD,
    LEADER,
    ONE,
    PASSED,
    SPOT,
    STREET,
    THREE,
    TRIES,
    TWO,
    Try,
)
from tests.web.test_permissions import named
from web.scenarios import Walk

pytestmark = pytest.mark.parametrize("town", ["sqlite"], indirect=True, scope="module")
Arrive = Callable[..., Walk]
AT_ONE_PLACE = sorted(TRIES, key=lambda one: f"{one.place} {one.element}")
ACTED = "demo061"
"""An officer of the first team who is at acts of a case and has no task of it."""


@pytest.fixture(scope="module")
def arrive(town: Engine) -> Arrive:
    """Call with a try: the case that waits where it is tried.

    What is refused leaves it for the next try at the same place; later ones walk on, and its time with them.
    """
    there: dict[str, Walk] = {}

    def arrived(one: Try) -> Walk:
        key = f"{one.place} {one.element} {one.draft}"
        if key not in there:
            there.clear()
            there[key] = judged.walked(town, one.place, one.element)
            if one.draft:
                judged.change_draft(town, there[key], one.draft)
        return there[key]

    return arrived


def _program(app: Flask, login: str) -> Program:
    return Program(app.test_client(), {"Authorization": f"Bearer {demo.bearer(login)}"})


def _written(town: Engine, number: str) -> int:
    """Return how many events the trail of a case has."""
    with db.reading(town) as connection:
        return len(audit.trail(connection, number))


def _faults(town: Engine) -> int | None:
    table = incidents.incident
    with db.reading(town) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.resolved_at.is_(None)))


@pytest.mark.parametrize("way_in", ["page", "program"])
@pytest.mark.parametrize("one", AT_ONE_PLACE, ids=lambda one: f"{one.invariant} {one.what}")
def test_it_is_refused_and_changes_nothing(
    one: Try, way_in: str, town: Engine, town_app: Flask, visit: Visit, arrive: Arrive
) -> None:
    way = arrive(one)
    with judged.at_desk(way), template.blank():
        task = judged.task_of(town, way, one.element)
        path = f"/tasks/{task.id}/completion"
        visitor, program = visit(one.login), _program(town_app, one.login)
        visitor.post(f"/tasks/{task.id}/claim")
        before = _written(town, way.number)
        if way_in == "page":
            assert visitor.post(path, one.values).status_code == (404 if one.error == "TaskUnknown" else 422)
        else:
            sent = {name: value if isinstance(value, list) else [value] for name, value in one.values.items()}
            answer = program.send(path, {"values": sent})
            assert answer.json is not None
            assert answer.json["type"].endswith(one.error.replace("form", "FormIncomplete")), answer.json
    assert present(town, task.id).state == "open"
    assert _written(town, way.number) == before
    assert _faults(town) == 0


TOLD_BY_ONE = (HEARD, {"E8": {"$by": "P058"}})
EARLY = {"site.start": "2026-03-16T05:00:00+08:00", "site.end": "2026-03-16T05:40:00+08:00"}
EARLIER = ("sc02_whole", {"E5_act": EARLY})
SIX = {"site.start": "2026-03-16T06:00:00+08:00", "site.end": "2026-03-16T06:40:00+08:00"}
AT_SIX = ("sc02_whole", {"E5_act": SIX})
PLANNED = {"hearing.at": "2026-07-06T09:00", "hearing.place": "三楼", "hearing.clerk": "邱", "hearing.public": "true"}
HELD = {"hearing.result": "held", "hearing.summary": "举证", "hearing.opinion": "采纳", "hearing.signed": "true"}


@pytest.mark.parametrize(
    ("place", "element", "values", "post", "who", "error"),
    [
        (AT_SIX, "E7", PASSED, "legal.reviewer", ONE, "InvestigatorKeptOut"),
        (EARLIER, "E7", PASSED, "legal.reviewer", ACTED, "InvestigatorKeptOut"),
        (TOLD_BY_ONE, "E9h_plan", PLANNED, "legal.hearing_chair", ONE, "TaskSeparated"),
        (TOLD_BY_ONE, "E9h_hold", HELD, "legal.hearing_chair", ONE, "TaskSeparated"),
    ],
    ids=["review", "review by an officer without a task", "plan of the hearing", "hearing"],
)
def test_who_investigated_neither_reviews_nor_chairs(
    place: Any,
    element: str,
    values: dict[str, str],
    post: str,
    who: str,
    error: str,
    town: Engine,
    town_app: Flask,
    visit: Visit,
) -> None:
    """I4: an officer of the case holds the other post too, and asks for the task by page and program."""
    way = judged.walked(town, place, element)
    task = judged.task_of(town, way, element)
    with _also_in(town, way, post, who), judged.at_desk(way), template.blank():
        before = _written(town, way.number)
        officer, program = visit(who), _program(town_app, who)
        for verb, refusal in (("claim", error), ("completion", "TaskUnclaimed")):
            assert officer.post(f"/tasks/{task.id}/{verb}", values).status_code == 403
            sent = {name: [value] for name, value in values.items()}
            answer = program.send(f"/tasks/{task.id}/{verb}", {"values": sent})
            assert answer.json is not None
            assert answer.json["type"].endswith(refusal), answer.json
        assert present(town, task.id).state == "open"
        assert _written(town, way.number) == before


@contextmanager
def _also_in(town: Engine, way: Walk, post: str, login: str) -> Iterator[None]:
    """Let an officer hold another post in the block; who has done no task of the case was at its acts."""
    who = login.replace("demo", "P")
    with db.transaction(town) as connection:
        held = {"person_id": who, "post": post, "scope": "", "since": way.now.date()}
        added = connection.execute(sa.insert(person.appointment).values(held)).inserted_primary_key
        if login == ACTED:
            acts = act.of(connection, cases.get(connection, way.number).id)
            rows = [{"act_id": row.id, "person_id": who, "licence": "苏A-1"} for row in acts]
            connection.execute(sa.insert(act.act_officer), rows)
    yield
    with db.transaction(town) as connection:
        connection.execute(sa.delete(person.appointment).where(person.appointment.c.id == added[0]))


def test_a_seizure_is_extended_once(town: Engine, town_app: Flask, visit: Visit) -> None:
    """I8: the head extends it, with the reason, and tries once more before the thirty further days are over."""
    noon = {"site.start": "2026-04-24T12:00:00+08:00", "site.end": "2026-04-24T12:40:00+08:00"}
    way = judged.walked(town, ("investigated", {"E5_act": noon}), "E5b_decide")
    extend = {"seize.action": "extend", "seize.why": "情况复杂，生产企业在外省"}
    with judged.at_desk(way), template.blank():
        head, program = visit(LEADER), _program(town_app, LEADER)
        for done in (303, 422):
            task = judged.task_of(town, way, "E5b_decide")
            head.post(f"/tasks/{task.id}/claim")
            assert head.post(f"/tasks/{task.id}/completion", extend).status_code == done
        sent = {name: [value] for name, value in extend.items()}
        answer = program.send(f"/tasks/{task.id}/completion", {"values": sent})
    assert answer.json is not None
    assert answer.json["type"].endswith("SeizureExtendedBefore"), answer.json
    assert present(town, task.id).state == "open"


def test_a_form_for_another_task_decides_nothing(town: Engine, visit: Visit, arrive: Arrive) -> None:
    """I1, I9: what the mayor would send is sent to the task of the plea, by the officer and by the mayor."""
    way = arrive(next(one for one in TRIES if one.element == "E9"))
    with judged.at_desk(way):
        task = judged.task_of(town, way, "E9")
        visit(judged.OFFICER).post(f"/tasks/{task.id}/claim")
        assert visit(judged.OFFICER).post(f"/tasks/{task.id}/completion", DECIDED).status_code == 422
        assert visit(judged.MAYOR).post(f"/tasks/{task.id}/completion", DECIDED).status_code == 404
    with db.reading(town) as connection:
        assert penalty.of(connection, cases.get(connection, way.number).id) is None


def test_an_activity_of_another_case_is_not_begun(town: Engine, town_app: Flask, visit: Visit) -> None:
    """I3, I4: the token of one investigation is sent to the page of another case."""
    way, other = (judged.walked(town, "investigated", "E5_act") for _ in range(2))
    with db.reading(town) as connection:
        offer = steps.load(connection, _instance(connection, way.number)).offers()[0]
    forged = {"process": way.number, "token": str(offer.token), "activity": "E5_over"}
    before = [_written(town, one.number) for one in (way, other)]
    with judged.at_desk(other):
        assert visit(THREE).post(f"/cases/{other.number}/activities", forged).status_code in (404, 409, 422)
        answer = _program(town_app, THREE).send(f"/cases/{other.number}/activities", forged)
        assert answer.status_code in (404, 409, 422)
    assert [_written(town, one.number) for one in (way, other)] == before


def _instance(connection: Connection, number: str) -> sa.Row[Any]:
    """Return the running instance of a case."""
    return connection.execute(sa.select(steps.instance).where(steps.instance.c.business_key == number)).one()


def test_on_the_spot_sent_twice_is_one_penalty_with_three_pushes(town: Engine, town_app: Flask, visit: Visit) -> None:
    """I12, I13: the form is sent with forged pushes, sent again, and sent anew; it counts once, and pushes are ours."""
    way = judged.walked(town, STREET, "S1")
    forged = {**SPOT, "pushes": "none", "push_targets": "", "penalty.amount": "1"}
    with judged.at_desk(way), template.blank():
        task, officer = judged.task_of(town, way, "S1"), visit(TWO)
        path = f"/tasks/{task.id}/completion"
        officer.post(f"/tasks/{task.id}/claim")
        first, again = (officer.post(path, forged, key="the-same-form-twice") for _ in range(2))
        anew = _program(town_app, TWO).send(path, {"values": {name: [value] for name, value in SPOT.items()}})
    assert (first.status_code, again.status_code, anew.status_code) == (303, 303, 409)
    with db.reading(town) as connection:
        case = cases.get(connection, way.number)
        told = [row.receiver for row in push.of(connection, case.id)]
        made = [event.details for event in audit.trail(connection, way.number) if event.action == "case.decided"]
    assert sorted(told) == ["approval", "command", "discipline"]
    assert len(made) == 1


def test_cash_beyond_the_small_sum_without_a_ground_is_offered_to_nobody(town: Engine) -> None:
    """I14: 200 yuan, and neither hard to collect later nor far away."""
    name, otherwise = DEAR
    way = judged.walked(town, (name, {"S1": {**otherwise["S1"], "spot.hard": False}}), "S3")
    assert "S2" not in way.open_tasks()


def test_what_was_served_is_served_once(town: Engine, visit: Visit) -> None:
    """I11: the proof of service is sent again after the decision was served."""
    way = judged.walked(town, "sc07_annulled_before_it_is_paid", "E18")
    with db.reading(town) as connection:
        case = cases.get(connection, way.number)
        served = service.of(connection, case.id)
        done = connection.execute(
            sa.select(tasks.task.c.id).where(
                tasks.task.c.business_key.startswith(way.number), tasks.task.c.element == "E13"
            )
        ).scalar_one()
    with judged.at_desk(way):
        assert visit("demo076").post(f"/tasks/{done}/completion", {"serving.mode": "direct"}).status_code in (404, 409)
    with db.reading(town) as connection:
        assert service.of(connection, case.id) == served


def test_nothing_can_be_deleted(town_app: Flask) -> None:
    """I15: what DELETE takes back is that somebody has a task, never what was said or done."""
    taken_back = {address for address in named(town_app) if address.startswith("DELETE ")}
    assert {address.rpartition("/")[2] for address in taken_back} == {"claim", "delegation"}


def test_no_figure_counts_fines(town: Engine) -> None:
    """I16: the figures of the town are counted from what is done and how long it takes (行政处罚法74(3))."""
    with db.reading(town) as connection:
        said = str(figures.town(connection))
    for word in ("fine", "罚款", "没收", "paid", "amount"):
        assert word not in said


MONEY = {table.name for table in db.metadata.tables.values() if {"amount", "fine", "proceeds"} & set(table.c.keys())}
"""Tables that hold what penalties bring in."""


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_performance_report_knows_no_amount(
    town: Engine, town_app: Flask, visit: Visit, paid: Walk, language: str
) -> None:
    """I16: 5,000 yuan were imposed and paid; page, cases behind, CSV and API neither show nor read the amount."""
    asked, month = "/performance{}?month={:%Y-%m}&by={}&measure={}&sort={}", paid.now
    with judged.at_desk(paid), _reads(town) as read:
        leader = visit("demo001", language=language)
        shown = {
            leader.get(asked.format(path, month, by, measure, "fine")).text
            for path in ("", "/export.csv", "/cases")
            for by in ("team", "officer", "fine")
            for measure in ("received", "fine", "amount")
        }
        program = _program(town_app, "demo001")
        shown |= {program.get(f"/performance?month={month:%Y-%m}&by={by}").text for by in ("team", "officer")}
        assert program.get(f"/performance?month={month:%Y-%m}&by=fine").status_code == 422
    assert any(paid.number in page for page in shown)
    for page in shown:
        assert re.search(r"(?<![\d-])5,?000(?!\d)|伍仟|[¥￥]", page) is None
    assert {"fine", "fine_payment", "penalty_decision", "cash_collection", "late_fee_decision", "auction"} <= MONEY
    assert {name for name in MONEY for one in read if re.search(rf"\b{name}\b", one)} == set()


@pytest.fixture(scope="module")
def paid(town: Engine) -> Walk:
    """A case whose fine of 5,000 yuan is paid: whoever may read the case finds the amount in its story."""
    later = {"E5_act": {"site.start": "2026-03-02T06:00:00+08:00", "site.end": "2026-03-02T06:40:00+08:00"}}
    way = judged.walked(town, ("sc07_annulled_before_it_is_closed", later), "E16")
    with db.reading(town) as connection:
        assert any(event.details.get("amount") == 5000 for event in audit.trail(connection, way.number))
    return way


@contextmanager
def _reads(town: Engine) -> Iterator[list[str]]:
    """Note every statement that the database is asked."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    sa.event.listen(town, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(town, "before_cursor_execute", note)
