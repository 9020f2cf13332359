"""Colleagues on the pages: returned, taken back, asked for opinions, reminded, shown a case."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db, tasks
from engine.cases.people import copies
from engine.handling import reminders, signers
from tests.web.conftest import Visit
from tests.web.desk import CLERK, COLLEAGUE, actions, all_received, present, take_in

LEADER = "demo001"
OTHER = "P030"


@pytest.fixture
def mine(town: Engine, visit: Visit) -> Any:
    """An intake task that the clerk has claimed."""
    row = take_in(town)
    assert visit(CLERK).post(f"/tasks/{row.id}/claim").status_code == 303
    return present(town, row.id)


def test_the_first_task_of_a_path_says_that_nothing_lies_before_it(visit: Visit, mine: Any) -> None:
    page = visit(CLERK).get(f"/tasks/{mine.id}/step-back")
    assert page.status_code == 200
    assert "没有可退回的环节" in page.text
    assert f"/tasks/{mine.id}/step-back" in visit(CLERK).get(f"/tasks/{mine.id}").text


def open_task(town: Engine, number: str, element: str) -> Any:
    with db.reading(town) as connection:
        this = tasks.task.c.business_key == number, tasks.task.c.element == element, tasks.task.c.state == "open"
        return connection.execute(sa.select(tasks.task).where(*this)).one()


def test_a_task_goes_back_with_its_reason_and_comes_again(town: Engine, visit: Visit, mine: Any) -> None:
    clerk, number = visit(CLERK), mine.business_key
    clerk.post(f"/tasks/{mine.id}/completion", all_received(mine, town))
    judged = open_task(town, number, "A2")
    path = f"/tasks/{judged.id}/step-back"
    clerk.post(f"/tasks/{judged.id}/claim")
    page = clerk.get(path).text
    assert 'name="to" value="A1"' in page
    assert "收件登记" in page
    assert clerk.post(path, {"to": "A1", "reason": ""}).status_code == 422
    assert clerk.post(path, {"to": "A4", "reason": "不在此路径"}).status_code == 409
    assert clerk.post(path, {"to": "A1", "reason": "身份证复印件不清晰"}).status_code == 303
    again = open_task(town, number, "A1")
    assert (again.assignee, present(town, judged.id).state) == ("P029", "cancelled")
    assert "身份证复印件不清晰" in clerk.get(f"/tasks/{again.id}").text
    story = clerk.get(f"/cases/{number}?tab=story").text
    assert "身份证复印件不清晰" in story
    assert "退回" in story
    returned = next(event for event in actions(town, number) if event.action == "task.returned")
    assert (returned.actor, returned.details["to"], returned.element) == ("P029", "A1", "A2")
    assert clerk.post(f"/tasks/{again.id}/completion", all_received(again, town)).status_code == 303
    judged = open_task(town, number, "A2")
    clerk.post(f"/tasks/{judged.id}/claim")
    assert clerk.post(f"/tasks/{judged.id}/completion", {"intake_outcome": "受理"}).status_code == 303
    accepting = open_task(town, number, "A4")
    clerk.post(f"/tasks/{accepting.id}/claim")
    path = f"/tasks/{accepting.id}/step-back"
    assert "之内" in clerk.get(path).text, "a step inside a phase that is over is offered with the phase's name"
    assert clerk.post(path, {"to": "intake_judging/A2", "reason": "判定有误"}).status_code == 303
    assert open_task(town, number, "A2").assignee == "P029"


def test_signers_answer_on_the_same_form_and_only_then_it_can_be_finished(
    town: Engine, visit: Visit, mine: Any
) -> None:
    clerk, colleague = visit(CLERK), visit(COLLEAGUE)
    path = f"/tasks/{mine.id}/signers"
    assert clerk.post(path, {"mode": "all", "reason": "请核对材料"}).status_code == 422
    asked = clerk.post(path, {"mode": "all", "reason": "请核对材料", "person": OTHER})
    assert asked.status_code == 303, asked.text
    assert "还差1份意见" in clerk.get(f"/tasks/{mine.id}").text
    early = clerk.post(f"/tasks/{mine.id}/completion", all_received(mine, town))
    assert early.status_code == 409
    with db.reading(town) as connection:
        (row,) = signers.of(connection, mine.id)
    page = colleague.get(f"/tasks/{row.signing_id}")
    assert "请您发表意见" in page.text
    assert "请核对材料" in page.text
    assert colleague.get(f"/cases/{mine.business_key}").status_code == 200, "who is asked may read the case"
    given = colleague.post(f"/tasks/{row.signing_id}/completion", all_received(mine, town))
    assert given.status_code == 303, given.text
    assert colleague.get(given.headers["Location"]).status_code == 200
    assert "已发表意见" in clerk.get(path).text
    assert "加签意见已齐" in clerk.get(f"/tasks/{mine.id}").text
    assert clerk.post(f"/tasks/{mine.id}/completion", all_received(mine, town)).status_code == 303
    told = [event.action for event in actions(town, mine.business_key)]
    assert told == ["task.claimed", "task.signer_added", "task.signed", "task.completed"]


def test_a_signer_is_taken_off_with_a_reason(town: Engine, visit: Visit, mine: Any) -> None:
    clerk = visit(CLERK)
    clerk.post(f"/tasks/{mine.id}/signers", {"mode": "one", "reason": "请看", "person": OTHER})
    with db.reading(town) as connection:
        (row,) = signers.of(connection, mine.id)
    removal = f"/tasks/{mine.id}/signers/{row.id}/removal"
    assert visit(COLLEAGUE).post(removal, {"reason": "x"}).status_code == 404
    assert clerk.post(removal, {"reason": ""}).status_code == 422
    assert clerk.post(removal, {"reason": "出差"}).status_code == 303
    assert present(town, mine.id).signing == 0
    assert actions(town, mine.business_key)[-1].details["reason"] == "出差"


def test_a_leader_reminds_and_the_clerk_sees_it_on_the_task_and_in_the_list(
    town: Engine, visit: Visit, mine: Any
) -> None:
    leader, path = visit(LEADER), f"/tasks/{mine.id}/reminders"
    assert path in leader.get(f"/cases/{mine.business_key}").text
    assert leader.post(path, {"reason": ""}).status_code == 422
    assert leader.post(path, {"reason": "请今日办结"}).status_code == 303
    again = leader.post(path, {"reason": "再催"})
    assert again.status_code == 409
    assert "以后方可再次催办" in again.text
    assert "请今日办结" in visit(CLERK).get(f"/tasks/{mine.id}").text
    assert "催办1次" in visit(CLERK).get(f"/inbox?view=mine&q={mine.business_key}").text
    assert actions(town, mine.business_key)[-1].action == "task.urged"
    with db.reading(town) as connection:
        assert len(reminders.of(connection, mine.id)) == 1


def test_whom_a_case_is_shown_reads_it_and_finds_it_in_a_list(town: Engine, visit: Visit) -> None:
    row = take_in(town)
    number = row.business_key
    colleague = visit("demo031")
    before = colleague.get(f"/cases/{number}").status_code
    clerk = visit(CLERK)
    assert clerk.post(f"/tasks/{row.id}/claim").status_code == 303
    assert clerk.post(f"/cases/{number}/copies", {"reason": "请知悉"}).status_code == 422
    assert clerk.post(f"/cases/{number}/copies", {"reason": "请知悉", "person": "P031"}).status_code == 303
    assert before == 404
    assert number in colleague.get("/copies").text
    assert "请知悉" in colleague.get("/copies").text
    assert colleague.get(f"/cases/{number}").status_code == 200
    with db.reading(town) as connection:
        (copy,) = [each for each in copies.of(connection, "P031") if each.number == number]
        assert copy.read_at is not None
        event = audit.trail(connection, number)[-1]
    assert (event.action, event.actor, event.details["to"]) == ("case.copied", "P029", "P031")
    assert "抄送" in clerk.get(f"/cases/{number}?tab=story").text


def test_a_finished_task_is_not_taken_back_once_documents_have_gone_out(town: Engine, visit: Visit, mine: Any) -> None:
    clerk = visit(CLERK)
    done = clerk.post(f"/tasks/{mine.id}/completion", all_received(mine, town))
    page = clerk.get(done.headers["Location"]).text
    answer = clerk.post(f"/tasks/{mine.id}/recall", {"reason": "填错了"})
    with db.reading(town) as connection:
        open_now = connection.execute(
            sa.select(tasks.task.c.element).where(
                tasks.task.c.business_key == mine.business_key, tasks.task.c.state == "open"
            )
        ).scalars()
        assert answer.status_code in (303, 409)
        assert (answer.status_code == 303) == ("撤回" in page)
        assert ("A1" in list(open_now)) == (answer.status_code == 303)
