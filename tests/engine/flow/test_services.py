"""Calls to other systems: after the step, at least once, with a key that lets the other side do it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, clock, db, definitions, incidents, instances, jobs, tasks
from engine.design import packages
from engine.flow import handlers, steps
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

NUMBER = "GL-2026-000001"
CHEN = audit.Actor("P090")
ERROR = '<bpmn:errorEventDefinition errorRef="E"/>'
PROCESS = drawing(
    node("startEvent", "s")
    + node("serviceTask", "register", zeebe('taskDefinition type="test.register"'))
    + node("boundaryEvent", "refused", ERROR, attachedToRef="register")
    + node("userTask", "look", zeebe("userTask"))
    + node("userTask", "mend", zeebe("userTask"))
    + flows("s>register>look", "refused>mend"),
    shared='<bpmn:error id="E" errorCode="REFUSED"/>',
)


class Registry:
    """The other system: keeps every call, and fails as told; ``meanwhile`` happens while it thinks."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.calls: list[handlers.Call] = []
        self.trouble: Exception | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, call: handlers.Call) -> Mapping[str, Any]:
        self.calls.append(call)
        self.meanwhile()
        if self.trouble is not None:
            raise self.trouble
        return {"registered": call.variables["name"]}


registry = Registry()
handlers.handler("test.register", remote=True)(registry)


@pytest.fixture
def town(database: Engine) -> Engine:
    """The process has begun and owes a call."""
    registry.begin()
    package = packages.Package({"package.toml": b'name = "calls"', "calls.bpmn": PROCESS})
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(handlers=handlers.types()))
        instances.start(connection, CHEN, "p", business_key=NUMBER, variables={"name": "官林"})
    return database


def run_due(database: Engine) -> list[bool]:
    with db.reading(database) as connection:
        due = jobs.due(connection)
    return [jobs.run(database, job_id) for job_id in due]


def waiting(database: Engine) -> list[str]:
    with db.reading(database) as connection:
        return [row.element for row in connection.execute(sa.select(tasks.task).where(tasks.task.c.state == "open"))]


def actions(database: Engine) -> list[str]:
    with db.reading(database) as connection:
        return [row.action for row in audit.trail(connection, NUMBER)]


def test_the_call_is_made_after_the_step_and_its_result_goes_on(town: Engine) -> None:
    assert (registry.calls, waiting(town)) == ([], [])
    assert run_due(town) == [True]
    (call,) = registry.calls
    assert (call.business_key, call.actor, call.element) == (NUMBER, CHEN, "register")
    assert waiting(town) == ["look"]
    assert actions(town) == ["instance.started", "service.completed"]
    with db.reading(town) as connection:
        assert '"registered":"官林"' in instances.get(connection, NUMBER).variables
    assert run_due(town) == []


def test_a_call_that_fails_is_made_again_later_with_the_same_key(town: Engine, frozen: datetime) -> None:
    registry.trouble = ConnectionError("no route")
    assert run_due(town) == [False]
    assert run_due(town) == []
    registry.trouble = None
    with clock.frozen(frozen + timedelta(seconds=10)):
        assert run_due(town) == [True]
    assert len({call.idempotency_key for call in registry.calls}) == 1
    assert len(registry.calls) == 2
    assert waiting(town) == ["look"]


def test_after_five_tries_a_person_lets_it_try_again(town: Engine, frozen: datetime) -> None:
    registry.trouble = ConnectionError("no route")
    for hour in range(7):
        with clock.frozen(frozen + timedelta(hours=hour)):
            run_due(town)
    assert len(registry.calls) == 5
    assert actions(town) == ["instance.started", "service.failed"]
    with db.transaction(town) as connection:
        row = connection.execute(sa.select(incidents.incident)).one()
        assert (row.element, row.kind, row.resolved_at) == ("register", "JOB_NO_RETRIES", None)
        assert "no route" in row.message
        incidents.retry(connection, CHEN, row.id, "线路已修复")
    registry.trouble = None
    assert run_due(town) == [True]
    assert len({call.idempotency_key for call in registry.calls}) == 1
    assert waiting(town) == ["look"]
    with db.reading(town) as connection:
        assert connection.execute(sa.select(incidents.incident.c.resolved_at)).scalar() is not None


def test_an_answer_that_the_diagram_expects_takes_its_way(town: Engine) -> None:
    registry.trouble = handlers.BpmnError("REFUSED", "名称已被登记")
    assert run_due(town) == [True]
    assert waiting(town) == ["mend"]
    assert actions(town)[-1] == "service.completed"


def test_nobody_else_makes_the_call_while_it_is_being_made(town: Engine, frozen: datetime) -> None:
    offered: list[bool] = []

    def look() -> None:
        for moment in (frozen, frozen + jobs.LEASE):
            with clock.frozen(moment), db.reading(town) as connection:
                offered.append(bool(jobs.due(connection)))

    registry.meanwhile = look
    assert run_due(town) == [True]
    assert offered == [False, True]


def test_a_case_that_ended_meanwhile_is_left_alone(town: Engine) -> None:
    def withdraw() -> None:
        with db.transaction(town) as connection:
            instances.cancel(connection, CHEN, instances.get(connection, NUMBER).id, "撤回")

    registry.meanwhile = withdraw
    assert run_due(town) == [True]
    assert actions(town) == ["instance.started", "instance.cancelled"]
    assert run_due(town) == []


@pytest.mark.parametrize("trouble", [None, ConnectionError("no route")])
def test_what_comes_of_a_call_that_was_dropped_is_not_taken_for_the_next_one(
    town: Engine, trouble: Exception | None
) -> None:
    """SQLite gives the number of the dropped job to the next."""

    def again() -> None:
        with db.transaction(town) as connection:
            row = steps.lock(connection, instances.get(connection, NUMBER).id)
            ((token, *_),) = [one for one in steps.load(connection, row).waiting() if one[2] == "job"]
            change = bpmn.Change("move", token, "register")
            steps.act(connection, CHEN, row, lambda workflow: bpmn.modify(workflow, [change]), "test")

    registry.meanwhile, registry.trouble = again, trouble
    assert run_due(town) == [True]
    assert waiting(town) == []
    registry.meanwhile, registry.trouble = lambda: None, None
    assert run_due(town) == [True]
    assert (waiting(town), len(registry.calls)) == (["look"], 2)
    assert actions(town) == ["instance.started", "test", "service.completed"]
