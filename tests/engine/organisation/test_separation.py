"""Posts that exclude each other on one case keep apart whoever holds both, at every way to a task."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors, instances, tasks
from engine.design import packages
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

NUMBER = "GL-2026-000001"
BOTH = tasks.Candidate("P029", frozenset({"approval.reviewer.land", "approval.decider"}))
DECIDER = tasks.Candidate("P013", frozenset({"approval.decider"}))
LEADER = tasks.Candidate("P029", BOTH.groups | {"town.leader"})


def offered(group: str) -> str:
    return zeebe(f'assignmentDefinition candidateGroups="{group}"')


APPROVAL = drawing(
    node("startEvent", "s")
    + node("userTask", "review", offered("approval.reviewer.land"))
    + node("userTask", "decide", offered("approval.decider,town.leader"))
    + flows("s>review>decide")
)


@pytest.fixture
def reviewed(town: Connection) -> Connection:
    """The case has been reviewed by somebody who could decide it too."""
    package = packages.Package({"package.toml": b'name = "small"', "small.bpmn": APPROVAL})
    definitions.deploy(town, audit.SYSTEM, package, bpmn.Environment())
    begin(town, NUMBER)
    act(town, BOTH, "review", NUMBER)
    return town


def begin(connection: Connection, number: str) -> None:
    instances.start(connection, audit.SYSTEM, "p", business_key=number)


def open_task(connection: Connection, element: str, number: str) -> sa.Row[Any]:
    query = sa.select(tasks.task).where(tasks.task.c.element == element, tasks.task.c.business_key == number)
    return connection.execute(query).one()


def act(connection: Connection, person: tasks.Candidate, element: str, number: str) -> None:
    row = open_task(connection, element, number)
    tasks.claim(connection, audit.Actor(person.id), person, row.id)
    tasks.complete(connection, audit.Actor(person.id), person, row.id, {})


def test_a_completed_task_remembers_for_which_post(reviewed: Connection) -> None:
    assert open_task(reviewed, "review", NUMBER).completed_for == ["approval.reviewer.land"]


def test_who_reviewed_does_not_decide_and_the_rule_is_named(reviewed: Connection) -> None:
    task_id = open_task(reviewed, "decide", NUMBER).id
    trail = len(audit.trail(reviewed, NUMBER))
    with pytest.raises(errors.TaskSeparated, match="SOD-02") as refusal:
        tasks.claim(reviewed, audit.Actor(BOTH.id), BOTH, task_id)
    assert refusal.value.facts["reason"] == "审查与决定分离"
    assert len(audit.trail(reviewed, NUMBER)) == trail
    assert tasks.inbox(reviewed, BOTH, view="claimable") == []
    assert [row.id for row in tasks.inbox(reviewed, DECIDER, view="claimable")] == [task_id]
    assert [row.id for row in tasks.inbox(reviewed, LEADER, view="claimable")] == [task_id]
    tasks.claim(reviewed, audit.Actor(DECIDER.id), DECIDER, task_id)
    for verb in (tasks.transfer, tasks.delegate):
        with pytest.raises(errors.TaskSeparated):
            verb(reviewed, audit.Actor(DECIDER.id), DECIDER, task_id, BOTH, "外出")
    reviewed.execute(sa.update(tasks.task).where(tasks.task.c.id == task_id).values(assignee=BOTH.id))
    with pytest.raises(errors.TaskSeparated):
        tasks.complete(reviewed, audit.Actor(BOTH.id), BOTH, task_id, {})
    assert len(audit.trail(reviewed, NUMBER)) == trail + 1


def test_a_post_that_no_rule_forbids_opens_the_way(reviewed: Connection) -> None:
    act(reviewed, LEADER, "decide", NUMBER)
    assert instances.get(reviewed, NUMBER).state == "completed"


def test_the_rule_looks_at_one_case_only_and_at_what_runs_beside_it(reviewed: Connection) -> None:
    begin(reviewed, "GL-2026-000002")
    act(reviewed, tasks.Candidate("P030", BOTH.groups), "review", "GL-2026-000002")
    act(reviewed, BOTH, "decide", "GL-2026-000002")
    begin(reviewed, f"{NUMBER}-change")
    act(reviewed, tasks.Candidate("P030", BOTH.groups), "review", f"{NUMBER}-change")
    with pytest.raises(errors.TaskSeparated):
        act(reviewed, BOTH, "decide", f"{NUMBER}-change")
