"""Whoever holds a task asks others for their opinion first: all of them, any of them, or one after the other."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors, instances, tasks
from engine.handling import reminders, returns, signers
from tests.conftest import MORNING
from tests.engine.bpmn.drawing import drawing, flows, node
from tests.engine.handling.test_returns import LIU, NUMBER, WANG, begin, now, open_now, users

ZHAO, QIAN, SUN = (tasks.Candidate(key) for key in ("P050", "P051", "P052"))
ONE_STEP = drawing(node("startEvent", "s") + users("a", "b") + flows("s>a>b"))


def act(person: tasks.Candidate) -> audit.Actor:
    return audit.Actor(person.id)


@pytest.fixture
def mine(db_connection: Connection) -> int:
    """A task that Wang holds."""
    begin(db_connection, ONE_STEP)
    row = now(db_connection, "a")
    tasks.claim(db_connection, act(WANG), WANG, row.id)
    return int(row.id)


def add(connection: Connection, task_id: int, mode: str, *people: tasks.Candidate) -> list[sa.Row[tuple[object]]]:
    return signers.add(connection, act(WANG), WANG, task_id, people, mode, "请核对面积")


def signing(connection: Connection, person: tasks.Candidate) -> sa.Row[tuple[object]] | None:
    """The task by which a person is asked now."""
    mine = tasks.task.c.assignee == person.id, tasks.task.c.state == "open"
    return connection.execute(sa.select(tasks.task).where(*mine)).one_or_none()


def sign(connection: Connection, person: tasks.Candidate, **values: object) -> None:
    row = signing(connection, person)
    assert row is not None
    signers.sign(connection, act(person), person, row.id, values)


def finish(connection: Connection, task_id: int) -> None:
    tasks.complete(connection, act(WANG), WANG, task_id, {"area": 90})


def states(connection: Connection, task_id: int) -> list[str]:
    return [row.state for row in signers.of(connection, task_id)]


def test_all_must_answer_before_the_holder_finishes(db_connection: Connection, mine: int) -> None:
    add(db_connection, mine, "all", ZHAO, QIAN)
    row = signing(db_connection, ZHAO)
    assert row is not None
    held = tasks.read(db_connection, mine)
    assert held is not None
    assert [row.signs, row.name, row.form, row.element] == [mine, held.name, held.form, held.element]
    with pytest.raises(errors.OpinionsMissing, match="2"):
        finish(db_connection, mine)
    sign(db_connection, ZHAO, area=80)
    with pytest.raises(errors.OpinionsMissing, match="1"):
        finish(db_connection, mine)
    sign(db_connection, QIAN, area=85)
    finish(db_connection, mine)
    assert open_now(db_connection) == ["b"]
    assert tasks.context(db_connection, now(db_connection, "b")) == {"area": 90}, "an opinion changes no variable"
    told = [(row.action, row.actor) for row in audit.trail(db_connection, NUMBER)][2:]
    assert told == [
        *(("task.signer_added", WANG.id),) * 2,
        *(("task.signed", ZHAO.id), ("task.signed", QIAN.id), ("task.completed", WANG.id)),
    ]
    opinion = audit.trail(db_connection, NUMBER)[4]
    assert (opinion.details["values"], opinion.details["for"], opinion.element) == ({"area": 80}, mine, "a")


def test_one_opinion_is_enough_and_spares_the_others(db_connection: Connection, mine: int) -> None:
    add(db_connection, mine, "one", ZHAO, QIAN)
    with pytest.raises(errors.OpinionsMissing):
        finish(db_connection, mine)
    sign(db_connection, QIAN)
    assert states(db_connection, mine) == ["spared", "given"]
    assert signing(db_connection, ZHAO) is None
    finish(db_connection, mine)


def test_in_turn_each_is_asked_when_the_one_before_has_answered(db_connection: Connection, mine: int) -> None:
    add(db_connection, mine, "in_turn", ZHAO, QIAN, SUN)
    assert [signing(db_connection, who) is not None for who in (ZHAO, QIAN, SUN)] == [True, False, False]
    sign(db_connection, ZHAO)
    assert [signing(db_connection, who) is not None for who in (QIAN, SUN)] == [True, False]
    sign(db_connection, QIAN)
    sign(db_connection, SUN)
    finish(db_connection, mine)


def test_who_is_taken_off_is_not_waited_for(db_connection: Connection, mine: int) -> None:
    first, _ = add(db_connection, mine, "in_turn", ZHAO, QIAN)
    with pytest.raises(errors.ReasonMissing):
        signers.remove(db_connection, act(WANG), WANG, mine, first.id, "")
    signers.remove(db_connection, act(WANG), WANG, mine, first.id, "出差")
    assert (states(db_connection, mine), signing(db_connection, ZHAO)) == (["removed", "asked"], None)
    assert signing(db_connection, QIAN) is not None, "the next one's turn has come"
    event = audit.trail(db_connection, NUMBER)[-1]
    assert (event.action, event.details["after"], event.details["reason"]) == ("task.signer_removed", ZHAO.id, "出差")
    with pytest.raises(errors.SignerUnknown):
        signers.remove(db_connection, act(WANG), WANG, mine, first.id, "again")
    sign(db_connection, QIAN)
    finish(db_connection, mine)


def test_a_signers_task_ends_with_the_task_it_belongs_to(db_connection: Connection, mine: int) -> None:
    add(db_connection, mine, "all", ZHAO)
    key = instances.get(db_connection, NUMBER).id
    instances.cancel(db_connection, act(SUN), key, "重复受理")
    assert signing(db_connection, ZHAO) is None


def test_a_signer_neither_finishes_the_step_nor_asks_others(db_connection: Connection, mine: int) -> None:
    add(db_connection, mine, "all", ZHAO)
    row = signing(db_connection, ZHAO)
    assert row is not None
    with pytest.raises(errors.TaskNotForYou):
        tasks.complete(db_connection, act(ZHAO), ZHAO, row.id, {})
    with pytest.raises(errors.TaskNotForYou):
        signers.add(db_connection, act(ZHAO), ZHAO, row.id, [QIAN], "all", "请看")
    with pytest.raises(errors.TaskNotYours):
        signers.add(db_connection, act(LIU), LIU, mine, [QIAN], "all", "请看")


@pytest.mark.parametrize("people", [[], [WANG], [ZHAO, ZHAO]])
def test_signers_are_others_each_once(db_connection: Connection, mine: int, people: list[tasks.Candidate]) -> None:
    with pytest.raises(errors.SignersWrong):
        add(db_connection, mine, "all", *people)
    add(db_connection, mine, "all", QIAN)
    with pytest.raises(errors.SignersWrong):
        add(db_connection, mine, "all", QIAN)
    assert states(db_connection, mine) == ["asked"]


# -- reminders


def test_a_reminder_stands_on_the_task_and_leaves_it_in_peace_for_a_while(db_connection: Connection, mine: int) -> None:
    reminders.urge(db_connection, act(SUN), mine, "明天到期")
    assert [row.note for row in reminders.of(db_connection, mine)] == ["明天到期"]
    assert [db_connection.scalar(sa.select(reminders.times(sa.literal(task)))) for task in (mine, 0)] == [1, 0]
    with pytest.raises(errors.RemindedAlready, match=SUN.id):
        reminders.urge(db_connection, act(QIAN), mine, "再催")
    with clock.frozen(MORNING + reminders.PAUSE - timedelta(seconds=1)), pytest.raises(errors.RemindedAlready):
        reminders.urge(db_connection, act(QIAN), mine, "再催")
    with clock.frozen(MORNING + reminders.PAUSE):
        reminders.urge(db_connection, act(QIAN), mine, "再催")
    event = audit.trail(db_connection, NUMBER)[-1]
    assert (event.action, event.actor, event.details["after"]) == ("task.urged", QIAN.id, WANG.id)


def test_nobody_reminds_themselves_nor_of_what_is_done(db_connection: Connection, mine: int) -> None:
    with pytest.raises(errors.TaskNotForYou):
        reminders.urge(db_connection, act(WANG), mine, "快")
    finish(db_connection, mine)
    with pytest.raises(errors.TaskAlreadyCompleted):
        reminders.urge(db_connection, act(SUN), mine, "快")


def test_nobody_is_asked_about_a_task_that_has_gone(db_connection: Connection, mine: int) -> None:
    add(db_connection, mine, "in_turn", ZHAO, QIAN)
    row = now(db_connection, "a")
    instances.cancel(db_connection, audit.SYSTEM, row.instance_id, "申请人撤回")
    assert states(db_connection, mine) == ["spared", "spared"]
    assert signing(db_connection, ZHAO) is None


def test_nobody_is_asked_about_a_task_that_went_back(db_connection: Connection, mine: int) -> None:
    finish(db_connection, mine)
    second = now(db_connection, "b")
    tasks.claim(db_connection, act(WANG), WANG, second.id)
    add(db_connection, second.id, "all", ZHAO, QIAN)
    returns.go_back(db_connection, act(WANG), WANG, second.id, "a", "材料不齐", lambda _connection, _who: WANG)
    assert states(db_connection, second.id) == ["spared", "spared"]
    assert open_now(db_connection) == ["a"]
