"""Handling: departments return once, whoever handled does not inspect, the clocks go to posts, links lead both ways."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors, outbox, tasks
from engine.cases import case as cases
from engine.cases import closing, deadline
from engine.cases.clocks import supervision
from engine.cases.enforcement import lead
from engine.cases.grid import clock as clocks
from engine.cases.grid import (
    commanding,
    context,
    event,
    handling,
    inspecting,
    link,
    photo,
    reporting,
    settling,
    supervising,
    unit_posts,
)
from engine.cases.grid.items import item_class
from engine.handling import offers
from engine.organisation import person
from engine.organisation.grid import node, redrawing, shape
from tests.engine.cases.grid.conftest import MORNING, WORKER, reported, stored

CENTRE = audit.Actor("P087")
DEPARTMENT = audit.Actor("P019")


@pytest.fixture
def case(connection: Connection) -> sa.Row[Any]:
    """A street lamp that does not burn, for the town to settle."""
    return reporting.report(connection, WORKER, reported(class_code="C0103"))[0]


def test_a_department_returns_an_event_once_and_the_database_knows(connection: Connection, case: sa.Row[Any]) -> None:
    row = handling.dispatch(connection, CENTRE, case, "b-construction", [])[0]
    last = datetime.fromisoformat(handling.shown(connection, row)["return_by"])
    assert last == row.dispatched_at + timedelta(hours=24)
    with clock.frozen(last + timedelta(minutes=1)), pytest.raises(errors.EventReturnLate):
        handling.give_back(connection, DEPARTMENT, row, "不属本单位职责")
    with pytest.raises(errors.ReasonMissing):
        handling.give_back(connection, DEPARTMENT, row, " ")
    handling.give_back(connection, DEPARTMENT, row, "不属本单位职责")
    assert event.of(connection, case.id).returns == 1
    assert "return_by" not in handling.shown(connection, row)
    again = handling.send_again(connection, CENTRE, row, "b-construction", designated=True)
    with pytest.raises(errors.EventDesignated):
        handling.give_back(connection, DEPARTMENT, again, "仍不属本单位")
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        values = {"returned_at": clock.now(), "return_reason": "再退", "designated": False}
        table = handling.grid_handling
        connection.execute(sa.update(table).where(table.c.id == again.id).values(**values))


def test_a_department_does_not_return_again_what_comes_to_it_in_another_round(
    connection: Connection, case: sa.Row[Any]
) -> None:
    handling.give_back(
        connection, DEPARTMENT, handling.dispatch(connection, CENTRE, case, "b-construction", [])[0], "不属本单位职责"
    )
    later = handling.dispatch(connection, CENTRE, case, "b-safety", ["b-construction"])[1]
    with pytest.raises(errors.EventReturnedBefore):
        handling.give_back(connection, DEPARTMENT, later, "仍不属本单位")


def test_an_event_is_dispatched_to_one_lead_that_exists(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.DispatchWithoutLead):
        handling.dispatch(connection, CENTRE, case, "", ["b-safety"])
    with pytest.raises(errors.DispatchWithoutLead):
        handling.dispatch(connection, CENTRE, case, "b-safety", ["b-safety"])
    with pytest.raises(errors.UnitUnknown):
        handling.dispatch(connection, CENTRE, case, "b-nowhere", [])
    with pytest.raises(errors.DepartmentWithoutPost):
        handling.dispatch(connection, CENTRE, case, "hall-W01", [])


def test_whoever_handled_it_does_not_inspect_it(connection: Connection, case: sa.Row[Any]) -> None:
    row = handling.dispatch(connection, CENTRE, case, "b-construction", [])[0]
    handling.receive(connection, DEPARTMENT, row)
    handling.finish(connection, DEPARTMENT, row, "已修复")
    with pytest.raises(errors.EventHandlerInspects):
        inspecting.inspect(connection, DEPARTMENT, case, "合格", passed=True)
    task = tasks.of_case(connection, case.number)[0]
    guarded = tasks.task.c.id == task.id
    connection.execute(sa.update(tasks.task).where(guarded).values(properties={"keeps_out": "handlers"}))
    with pytest.raises(errors.EventHandlerInspects):
        tasks.ask_guards(connection, tasks.Candidate(DEPARTMENT.id), tasks.read(connection, task.id), None)
    tasks.renew(connection, case.number)
    posts = frozenset(offers.of(connection, task.id)["group"])
    shown = {who: tasks.inbox(connection, tasks.Candidate(who, posts), view="all") for who in (DEPARTMENT.id, "P020")}
    assert (shown[DEPARTMENT.id], [row.id for row in shown["P020"]]) == ([], [task.id])
    inspecting.inspect(connection, WORKER, case, "灯已亮", passed=True)
    assert event.of(connection, case.id).checker == WORKER.id


def test_a_result_wants_the_photos_of_its_class_and_the_form_knows_how_many(
    connection: Connection, case: sa.Row[Any]
) -> None:
    assert context.of(connection, event.of(connection, case.id))["photos_wanted"] == 1
    with pytest.raises(errors.EventPhotosMissing, match="1"):
        settling.settle(connection, DEPARTMENT, case, "department", "已修复")
    taken = photo.Taken(stored(connection))
    settling.settle(connection, DEPARTMENT, case, "department", "已修复", photos=[taken])
    assert context.of(connection, event.of(connection, case.id))["photos_wanted"] == 0


def test_what_was_settled_before_the_report_is_settled_by_whoever_reported_it(connection: Connection) -> None:
    done = reporting.Settled(" 已当场清走 ", photos=[photo.Taken(stored(connection))])
    case, _ = reporting.report(connection, WORKER, reported(settled=done))
    me = event.of(connection, case.id)
    assert (me.handler, me.result, me.settled_note) == (WORKER.id, "in_grid", "已当场清走")
    assert handling.handled(connection, case.id) == {WORKER.id}
    assert [row.element for row in tasks.of_case(connection, case.number)] == ["G11"]
    (told,) = [row for row in audit.trail(connection, case.number) if row.action == "event.settled"]
    assert (told.actor, told.details["note"]) == (WORKER.id, "已当场清走")


@pytest.mark.parametrize(
    ("class_code", "signed", "task"),
    [("S0201", False, "G5"), ("V0201", False, "G5"), ("V0201", True, "G11"), ("E0108", False, "G6"),
     ("C0103", False, "G7_file")],
    ids=["no photo", "not signed", "signed", "for level 2", "for the town"],
)  # fmt: skip
def test_what_was_done_before_the_report_is_never_lost_where_it_does_not_settle_the_event(
    connection: Connection, class_code: str, signed: bool, task: str
) -> None:
    done = reporting.Settled("先行处置", signed=signed)
    case, _ = reporting.report(connection, WORKER, reported(class_code=class_code, settled=done))
    assert [row.element for row in tasks.of_case(connection, case.number)] == [task]
    assert "event.settled_before" in [row.action for row in audit.trail(connection, case.number)]


def test_what_was_done_about_an_event_that_is_merged_stands_at_the_one_it_follows(connection: Connection) -> None:
    first, _ = reporting.report(connection, CENTRE, reported())
    child, _ = reporting.report(connection, WORKER, reported(settled=reporting.Settled("我已清走一半")))
    assert child.outcome == "merged"
    assert event.done_before(connection, first.id) == event.done_before(connection, child.id) == ["我已清走一半"]


def test_only_the_town_settles_before_it_reports_and_says_how(connection: Connection) -> None:
    with pytest.raises(errors.EventUnreadable, match="settled"):
        reporting.report(connection, WORKER, reported(source="群众扫码", settled=reporting.Settled("已清走")))
    with pytest.raises(errors.EventMeasureMissing):
        reporting.report(connection, WORKER, reported(settled=reporting.Settled(" ")))


def test_who_handled_it_before_the_rework_does_not_inspect_it_either(connection: Connection) -> None:
    case = reporting.report(connection, WORKER, reported(class_code="V0201"))[0]
    settling.settle(connection, WORKER, case, "in_grid", "已办结", signed=True)
    inspecting.rework(connection, CENTRE, case)
    settling.settle(connection, audit.Actor("P133"), case, "in_grid", "已重新办结", signed=True)
    assert handling.handled(connection, case.id) == {WORKER.id, "P133"}
    with pytest.raises(errors.EventHandlerInspects):
        inspecting.inspect(connection, WORKER, case, "合格", passed=True)


def test_the_case_clock_begins_once_and_runs_on_after_rework(connection: Connection, case: sa.Row[Any]) -> None:
    begun = deadline.find(connection, case, clocks.CASE)
    assert begun is not None
    assert event.of(connection, case.id).due_at == begun.due_at
    with clock.frozen(MORNING + timedelta(hours=2)):
        clocks.finish(connection, CENTRE, case)
        inspecting.rework(connection, CENTRE, case)
        assert clocks.start(connection, CENTRE, case, 9, "days").id == begun.id
    after = deadline.find(connection, case, clocks.CASE)
    assert after is not None
    assert (after.due_at, after.state, event.of(connection, case.id).rework_count) == (begun.due_at, "open", 1)


def test_an_instruction_makes_no_second_extension_possible(connection: Connection, case: sa.Row[Any]) -> None:
    clocks.extend(connection, CENTRE, case, reason="等待材料", approved_by=CENTRE.id)
    clocks.hasten(connection, CENTRE, case, 4)
    with pytest.raises(errors.ExtensionAgain):
        clocks.extend(connection, CENTRE, case, reason="还要时间", approved_by=CENTRE.id)
    assert event.of(connection, case.id).due_at == clock.now() + timedelta(hours=4)


def test_rework_goes_to_those_who_did_it_and_they_cannot_return_it(connection: Connection, case: sa.Row[Any]) -> None:
    lead, helper = handling.dispatch(connection, CENTRE, case, "b-construction", ["b-safety"])
    handling.give_back(connection, DEPARTMENT, helper, "不属本单位职责")
    other = handling.send_again(connection, CENTRE, helper, "b-social", designated=False)
    for row in (lead, other):
        handling.receive(connection, DEPARTMENT, row)
        handling.finish(connection, DEPARTMENT, handling.get(connection, row.id), "已修复")
    again = handling.again(connection, CENTRE, case)
    assert [(row.unit, row.role, row.round, row.signed_by) for row in again] == [
        ("b-construction", "lead", 2, DEPARTMENT.id), ("b-social", "helper", 2, DEPARTMENT.id),
    ]  # fmt: skip
    assert all(handling.shown(connection, row)["again"] for row in again)
    told = audit.trail(connection, case.number)[-1]
    assert (told.action, told.details["helpers"]) == ("event.done_again", ["b-social"])


def test_what_is_put_off_when_it_is_overdue_is_not_overdue_meanwhile(connection: Connection, case: sa.Row[Any]) -> None:
    due = event.of(connection, case.id).due_at
    with clock.frozen(due + timedelta(days=2)):
        assert clocks.overdue(connection, case, clocks.CASE)[0] > 0
        settling.postpone(connection, CENTRE, case, clock.today() + timedelta(days=9), "等待材料")
        assert clocks.overdue(connection, case, clocks.CASE)[0] == 0
        assert event.of(connection, case.id).due_at is None
    with clock.frozen(due + timedelta(days=11)):
        settling.resume(connection, CENTRE, case)
        late = clock.now() - clocks.ran_out_at(connection, case, clocks.overdue(connection, case, clocks.CASE)[1])
        assert timedelta(days=1) < late < timedelta(days=4), "nine of the eleven days do not count"
        assert event.of(connection, case.id).due_at == due


def test_an_urgent_event_has_a_quarter_of_its_limit_rounded_up(connection: Connection) -> None:
    given = reported(class_code="C0401", description="行道树折断压车压线", lon=119.7)
    case, _ = reporting.report(connection, WORKER, reported(class_code="C0401"))
    urgent, _ = reporting.report(connection, WORKER, given)
    found = deadline.find(connection, urgent, clocks.CASE)
    usual = deadline.find(connection, case, clocks.CASE)
    assert found is not None
    assert usual is not None
    assert (usual.length, usual.unit) == (12, "hour")
    assert (found.length, event.of(connection, urgent.id).urgency) == (3, item_class.URGENT)


@pytest.mark.parametrize(
    ("code", "unit", "post"),
    [
        ("S0201", None, "grid.level2.head@GL-01"),
        ("N0104", None, "grid.center.lead"),
        ("C0103", "b-construction", "bureau.construction.head"),
        ("C0103", "team2", "enforcement.team2.leader"),
    ],
)
def test_what_is_overdue_goes_to_the_post_of_whoever_has_it(
    connection: Connection, code: str, unit: str | None, post: str
) -> None:
    case, _ = reporting.report(connection, WORKER, reported(class_code=code))
    if unit is not None:
        handling.dispatch(connection, CENTRE, case, unit, [])
    assert supervising.post_of(connection, case, "head") == post
    assert supervising.post_of(connection, case, "mayor") == "town.mayor"
    assert supervising.post_of(connection, case, "handler") == supervision.HANDLER


def test_a_supervision_is_answered_by_the_end_of_its_clock_or_until_the_next_level_looks(
    connection: Connection, case: sa.Row[Any]
) -> None:
    me = event.of(connection, case.id)
    due, step = me.due_at, me.step_due_at
    warned = {"clock": "case", "level": 1, "overdue": 0, "subject": ""}
    supervising.supervise(connection, CENTRE, case, "handler", "remind", warned)
    commanding.supervise(connection, CENTRE, case, "listed", "head", "久拖不决")
    with clock.frozen(due + timedelta(hours=1)):
        late = warned | {"level": supervising.OVERDUE}
        looks = supervising.next_at(connection, case, late, 50)
        supervising.supervise(connection, CENTRE, case, "head", "remind", late, next_at=looks)
        supervising.supervise(connection, CENTRE, case, "mayor", "summon", late)
        event.change(connection, case.id, step_due_at=clock.now() + timedelta(hours=3))
    kept = [row.answer_by for row in reversed(supervision.of(connection, case.id))]
    assert kept == [due, step, looks, None]
    assert step < due < looks


def test_every_department_that_is_offered_can_work(connection: Connection) -> None:
    offered = unit_posts.offered(connection)
    assert {"b-construction", "team1", "office"} <= {one["value"] for one in offered}
    for one in offered:
        assert unit_posts.handlers_of(connection, one["value"])


def test_a_lead_that_an_event_became_tells_it_what_came_of_it(connection: Connection) -> None:
    by_system = {"source": "12345", "source_code": "r12345", "external_id": "R12345-20260302-0007"}
    case, _ = reporting.report(connection, WORKER, reported(class_code="E0107", **by_system))
    sent = link.hand_over(connection, WORKER, case, "enforcement", "拒不改正")
    opened = cases.get(connection, sent.number)
    assert (opened.kind, lead.of(connection, opened.id).external_id) == ("enforcement", case.number)
    assert [row.case_id for row in link.to(connection, opened.number)] == [case.id]
    closing.close(connection, CENTRE, opened, "penalised")
    told = link.of(connection, case.id)[0]
    assert (told.result, told.result_at) == ("penalised", MORNING)
    pushed = connection.execute(sa.select(outbox.outbox).where(outbox.outbox.c.business_key == case.number)).all()
    assert [(row.kind, row.payload["result"]) for row in pushed] == [("event.result", "penalised")]
    with pytest.raises(errors.HandOverTargetUnknown):
        link.hand_over(connection, WORKER, case, "court", "拒不改正")


def test_what_comes_back_after_closing_is_a_new_event_linked_to_it(connection: Connection) -> None:
    case, _ = reporting.report(connection, WORKER, reported(class_code="E0107"))
    sent = link.hand_over(connection, WORKER, case, "approval", "需补办许可")
    with pytest.raises(errors.EventStillOpen):
        link.return_later(connection, CENTRE, case, "不予受理")
    link.take(connection, CENTRE, case, sent, "GL-2026-000001")
    with pytest.raises(errors.LinkAnswered):
        link.take(connection, CENTRE, case, link.of(connection, case.id)[0])
    closed = closing.close(connection, CENTRE, case, "to_approval")
    event.change(connection, case.id, closed_at=closed.closed_at)
    again = link.return_later(connection, CENTRE, closed, "不予受理")
    assert [row.number for row in link.of(connection, case.id) if row.target == "event"] == [again.number]


def test_a_grid_is_split_while_an_event_is_open(connection: Connection) -> None:
    case, _ = reporting.report(connection, WORKER, reported())
    here = event.of(connection, case.id)
    whole = shape.written(node.shapes(connection, [here.grid_code])[here.grid_code])
    drawn = redrawing.Drawn("GL-01-91", "新一格", "New cell", node.get(connection, here.grid_code).category, whole)
    moved = {row.code: "GL-01-91" for row in redrawing.branch.of(connection, [here.grid_code])}
    redrawing.redraw(
        connection, CENTRE, redrawing.Redrawing([here.grid_code], [drawn], "GL-01-91", "调整网格", branches=moved)
    )
    assert event.of(connection, case.id).grid_code == here.grid_code
    task = tasks.of_case(connection, case.number)[0]
    with clock.frozen(MORNING + timedelta(days=1)):
        holders = person.holders(connection, "grid.worker@GL-01-91")
        heir = person.as_candidate(connection, str(holders[0].id))
        assert tasks.get(connection, heir, task.id).element == "G5"
    later, _ = reporting.report(connection, WORKER, reported(class_code="E0101"))
    assert event.of(connection, later.id).grid_code == "GL-01-91"
