"""Whoever is recused has no task of the case and no sight of it; what they did before is marked or void."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors, instances, tasks
from engine.cases.clocks import setting
from engine.cases.enforcement.investigation import act, checks, evidence, recusal
from engine.cases.people import access, file_access
from engine.cases.reading import worklist
from engine.design import packages
from engine.organisation import bar, person
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.engine.cases.enforcement.conftest import CHENG, LEADER, LUO, OFFICER, YAO, entry, inspection, stored, trail

At = Callable[..., AbstractContextManager[None]]
HEAD = audit.Actor(LEADER)
POST = "enforcement.team3.officer"


def ask(connection: Connection, case: sa.Row[Any], officer: str = YAO) -> int:
    row = recusal.ask(connection, OFFICER, case, officer=officer, asked_by="经营者", reason="有利害关系", orally=True)
    return int(row.id)


def work(connection: Connection, case: sa.Row[Any]) -> list[int]:
    """Let two tasks of the case, one of a process beside it, wait for the officers of the third team."""
    source = drawing(
        node("startEvent", "s")
        + node("userTask", "look", zeebe(f'assignmentDefinition candidateGroups="{POST}"'))
        + node("endEvent", "e")
        + flows("s>look>e"),
        process="looking",
    )
    package = packages.Package({"package.toml": b'name = "looking"', "p.bpmn": source})
    definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
    for key in (case.number, f"{case.number}-A1"):
        instances.start(connection, audit.SYSTEM, "looking", business_key=key)
    return [row.id for row in tasks.of_case(connection, case.number)]


def candidate(connection: Connection, who: str) -> tasks.Candidate:
    return person.as_candidate(connection, who)


def reader(connection: Connection, who: str) -> access.Reader:
    found = candidate(connection, who)
    return access.Reader(who, found.groups, frozenset({"leader"}), found.barred)


def test_whoever_is_recused_loses_every_task_and_all_sight(connection: Connection, case: sa.Row[Any], at: At) -> None:
    open_tasks = work(connection, case)
    for task in open_tasks:
        tasks.claim(connection, OFFICER, candidate(connection, YAO), task)
    file = stored(connection)
    evidence.register(connection, OFFICER, case, entry(file=file))
    assert access.sees(connection, reader(connection, YAO), case.number)
    asked = ask(connection, case)
    assert tasks.get(connection, candidate(connection, YAO), open_tasks[0]).assignee == YAO  # 43(3): it goes on
    recusal.decide(connection, HEAD, case, asked, granted=True, reason="情况属实", replaced_by=CHENG)
    away, other = candidate(connection, YAO), candidate(connection, CHENG)
    assert [row.assignee for row in tasks.of_case(connection, case.number)] == [None, None]
    for task in open_tasks:
        with pytest.raises(errors.TaskUnknown):
            tasks.get(connection, away, task)
        with pytest.raises(errors.TaskUnknown):
            tasks.claim(connection, OFFICER, away, task)
        assert tasks.claim(connection, audit.Actor(CHENG), other, task).assignee == CHENG
        with pytest.raises(errors.TaskNotForYou):
            tasks.transfer(connection, audit.Actor(CHENG), other, task, away, "请代办")
        tasks.release(connection, audit.Actor(CHENG), other, task)
    for view in worklist.VIEWS:
        for sort in ("due", "number"):
            shown = {row.id for row in worklist.page(connection, away, worklist.Filter(view=view, sort=sort)).rows}
            assert shown.isdisjoint(open_tasks)
    free = {row.id for row in worklist.page(connection, other, worklist.Filter(view="claimable")).rows}
    assert free >= set(open_tasks)
    assert not access.sees(connection, reader(connection, YAO), case.number)
    with pytest.raises(errors.CaseNotFound):
        access.require(connection, reader(connection, YAO), "read", case.number)
    with pytest.raises(errors.FileMissing):
        file_access.require(connection, reader(connection, YAO), file)  # although 姚 stored it
    assert file_access.require(connection, reader(connection, CHENG), file).id == file
    actions = [action for action, _ in trail(connection, case)]
    assert actions.count("task.taken_away") == 1
    assert "recusal.granted" in actions


def test_a_file_for_another_case_stays_ones_own(connection: Connection, case: sa.Row[Any]) -> None:
    file = stored(connection)
    bar.put(connection, HEAD, YAO, case.number)
    assert file_access.require(connection, reader(connection, YAO), file).id == file


def test_a_refused_request_changes_nothing(connection: Connection, case: sa.Row[Any]) -> None:
    recusal.decide(connection, HEAD, case, ask(connection, case), granted=False, reason="无利害关系")
    assert bar.keys(connection, YAO) == frozenset()
    act.record(connection, OFFICER, case, inspection())
    assert trail(connection, case)[-2][0] == "recusal.refused"


def test_nobody_decides_on_themselves_or_twice(connection: Connection, case: sa.Row[Any]) -> None:
    asked = ask(connection, case)
    for own in (OFFICER, audit.Actor(LUO, on_behalf_of=YAO)):
        with pytest.raises(errors.RecusalOwn):
            recusal.decide(connection, own, case, asked, granted=False, reason="没有")
    with pytest.raises(errors.ReasonMissing):
        recusal.decide(connection, HEAD, case, asked, granted=True, reason="")
    recusal.decide(connection, HEAD, case, asked, granted=True, reason="属实")
    with pytest.raises(errors.RecusalDecided):
        recusal.decide(connection, HEAD, case, asked, granted=False, reason="改")
    with pytest.raises(errors.RecusalUnknown):
        recusal.get(connection, case.id, asked + 1)


@pytest.mark.parametrize(("reading", "stops"), [("stand_marked", ""), ("void", "E7")])
def test_what_was_done_before_is_marked_or_void(
    connection: Connection, case: sa.Row[Any], reading: str, stops: str
) -> None:
    setting.change(connection, audit.Actor("P096"), "recusal_prior_acts", reading, reason="法制部门意见")
    act.record(connection, audit.Actor(LUO), case, inspection())
    act.sign(connection, OFFICER, case, 1)
    recusal.decide(connection, HEAD, case, ask(connection, case), granted=True, reason="属实")
    (found,) = checks.findings(connection, case, "V4")
    assert (found.facts["number"], found.stops) == (1, stops)


def test_the_reviewer_of_a_case_does_not_investigate_it(connection: Connection, case: sa.Row[Any]) -> None:
    work(connection, case)
    (task, _) = tasks.of_case(connection, case.number)
    connection.execute(
        sa.text("UPDATE task_candidate SET name = 'legal.reviewer' WHERE task_id = :id"), {"id": task.id}
    )
    connection.execute(sa.update(tasks.task).where(tasks.task.c.id == task.id).values(assignee=LUO))
    with pytest.raises(errors.OfficerReviews):
        act.record(connection, OFFICER, case, inspection())
