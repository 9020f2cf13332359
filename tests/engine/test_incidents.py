"""Whatever cannot go on by itself is an incident that a person sees, whose cause is told, and that can be retried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, bpmn, clock, db, definitions, errors, incidents, instances, jobs, messages, tasks
from engine.design import packages
from engine.scheduler.embedded import run_due
from tests.conftest import MORNING
from tests.engine.bpmn.drawing import drawing, flows, node, timer

ADMIN = audit.Actor("P096")
NUMBER = "GL-2026-000001"
WAITS = drawing(
    node("startEvent", "s")
    + node("intermediateCatchEvent", "later", timer("PT1H"))
    + node("userTask", "after")
    + flows("s>later>after")
)
CONDITION = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>=sum > 10</bpmn:condition></bpmn:conditionalEventDefinition>"
)
WATCHES = drawing(
    node("startEvent", "s")
    + node("parallelGateway", "g")
    + node("userTask", "check")
    + node("intermediateCatchEvent", "large", CONDITION)
    + node("userTask", "approve")
    + flows("s>g>check", "g>large>approve")
)


def begin(database: Engine, source: bytes = WAITS, **variables: Any) -> int:
    with db.transaction(database) as connection:
        package = packages.Package({"package.toml": b'name = "small"', "p.bpmn": source})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
        return instances.start(connection, audit.SYSTEM, "p", business_key=NUMBER, variables=variables).instance_id


def try_all(database: Engine, hours: int = 30) -> None:
    """Let a job that fails be tried as often as it may."""
    for hour in range(hours):
        with clock.frozen(MORNING + timedelta(hours=hour)):
            run_due(database)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(_connection: Connection, _row: sa.Row[Any]) -> None:
        raise RuntimeError("disk full")

    for kind in ("timer", "message"):
        monkeypatch.setitem(jobs._runners, kind, fall)


@pytest.mark.usefixtures("broken")
def test_a_timer_that_failed_for_good_is_an_incident_of_its_element(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(database)
    try_all(database)
    with db.reading(database) as connection:
        (row,) = incidents.search(connection)
        assert (row.business_key, row.element, row.kind) == (NUMBER, "later", "JOB_NO_RETRIES")
        assert row.message == "RuntimeError: disk full"
        assert [failed.id for failed in jobs.failed(connection)] == [row.job_id]
    monkeypatch.undo()
    with clock.frozen(MORNING + timedelta(days=2)):
        with db.transaction(database) as connection:
            assert incidents.retry(connection, ADMIN, row.id, "磁盘已清理") is None
            assert not incidents.search(connection)
        assert run_due(database) == 1
    with db.reading(database) as connection:
        events = audit.trail(connection, NUMBER)
        assert [event.action for event in events[1:]] == ["job.retried", "timer.fired"]
        assert events[1].details["reason"] == "磁盘已清理"
        assert connection.execute(sa.select(tasks.task.c.element)).scalars().all() == ["after"]
        with pytest.raises(errors.IncidentUnknown):
            incidents.retry(connection, ADMIN, row.id, "again")


@pytest.mark.usefixtures("broken")
def test_a_delivery_that_failed_for_good_is_an_incident_without_a_case(database: Engine) -> None:
    with db.transaction(database) as connection:
        messages.publish(connection, audit.SYSTEM, "paid", NUMBER, {})
    try_all(database)
    with db.transaction(database) as connection:
        (row,) = incidents.search(connection)
        assert (row.business_key, row.element, row.message) == (None, "message", "RuntimeError: disk full")
        assert incidents.get(connection, row.id)[1] == {}
        incidents.retry(connection, ADMIN, row.id, "再试")
        assert audit.trail(connection, jobs.STREAM)[-1].action == "job.retried"
        assert incidents.get(connection, row.id)[0].resolved_at is not None


@pytest.mark.usefixtures("broken")
def test_the_incident_of_a_timer_ends_with_its_case(database: Engine) -> None:
    key = begin(database)
    try_all(database)
    with db.transaction(database) as connection:
        instances.cancel(connection, ADMIN, key, "重复受理")
        assert not incidents.search(connection)
        assert jobs.failed(connection) == []


def test_jobs_that_fell_due_while_nothing_ran_run_late_and_once(database: Engine) -> None:
    begin(database)
    with clock.frozen(MORNING + timedelta(days=9)):
        assert [run_due(database), run_due(database)] == [1, 0]
    with db.reading(database) as connection:
        (event,) = [row for row in audit.trail(connection, NUMBER) if row.action == "timer.fired"]
        assert event.details["due"] == (MORNING + timedelta(hours=1)).astimezone(clock.now().tzinfo).isoformat()


def test_a_variable_set_by_an_administrator_is_in_the_trail_and_wakes_who_watches_it(database: Engine) -> None:
    key = begin(database, WATCHES, sum=1)
    with db.transaction(database) as connection:
        instances.set_variables(connection, ADMIN, key, {"sum": 20}, "金额录错")
    with db.reading(database) as connection:
        event = audit.trail(connection, NUMBER)[-1]
        assert (event.action, event.details["reason"]) == ("variables.set", "金额录错")
        assert ["set", "p", {"sum": 1}, {"sum": 20}] in event.details["steps"]
        assert set(connection.execute(sa.select(tasks.task.c.element)).scalars()) == {"check", "approve"}
