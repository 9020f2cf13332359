"""Instances that begin by themselves: by a message, a signal or a moment, always of the version in force."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, clock, db, definitions, errors, instances, jobs, messages
from engine.design import packages
from engine.flow import starts, steps
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

APPLICANT = audit.Actor("applicant:13800000000")
MESSAGE = '<bpmn:message id="M" name="application.submitted"/><bpmn:signal id="S" name="flood"/>'
BY_MESSAGE = '<bpmn:messageEventDefinition messageRef="M"/>'
BY_SIGNAL = '<bpmn:signalEventDefinition signalRef="S"/>'


def process(start: str, *, id: str = "approval") -> bytes:
    """A process that begins in a certain way and then waits for a person."""
    body = node("startEvent", "begun", start) + node("userTask", "look", zeebe("userTask")) + flows("begun>look")
    return drawing(body, shared=MESSAGE, process=id)


def deploy(database: Engine, *diagrams: bytes, name: str = "small") -> None:
    files = {"package.toml": f'name = "{name}"'.encode()}
    files |= {f"{number}.bpmn": source for number, source in enumerate(diagrams)}
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, packages.Package(files), bpmn.Environment())


def publish(database: Engine, key: str = "", ttl: timedelta = timedelta(0), **variables: Any) -> None:
    with db.transaction(database) as connection:
        messages.publish(connection, APPLICANT, "application.submitted", key, variables, ttl=ttl)
    run_due(database)


def run_due(database: Engine) -> None:
    for _ in range(10):
        with db.reading(database) as connection:
            due = jobs.due(connection)
        for job_id in due:
            assert jobs.run(database, job_id)
        if not due:
            return


def running(database: Engine) -> list[Any]:
    with db.reading(database) as connection:
        return list(connection.execute(sa.select(steps.instance).order_by(steps.instance.c.id)))


def keys(database: Engine) -> list[str]:
    return [row.business_key for row in running(database)]


def told(database: Engine, key: str) -> Any:
    with db.reading(database) as connection:
        return audit.trail(connection, key)[0]


def test_a_message_begins_an_instance_that_is_known_by_its_key(database: Engine) -> None:
    deploy(database, process(BY_MESSAGE))
    publish(database, "GL-2026-000001", name="王小明")
    assert keys(database) == ["GL-2026-000001"]
    event = told(database, "GL-2026-000001")
    assert (event.actor, event.action) == (APPLICANT.id, "instance.started")
    assert event.details["message"] == "application.submitted"
    with db.reading(database) as connection:
        workflow = steps.load(connection, instances.get(connection, "GL-2026-000001"))
        assert dict(workflow.view(None)) == {"name": "王小明"}


def test_a_message_may_say_the_number_and_one_without_any_gets_one(database: Engine) -> None:
    deploy(database, process(BY_MESSAGE))
    publish(database, business_key="GL-2026-000007")
    publish(database)
    publish(database)
    said, first, second = keys(database)
    assert said == "GL-2026-000007"
    assert first.startswith("approval-20260302-")
    assert first != second


def test_a_number_in_use_gets_the_process_behind_it(database: Engine) -> None:
    deploy(database, process(BY_MESSAGE), process("", id="main"))
    with db.transaction(database) as connection:
        instances.start(connection, audit.SYSTEM, "main", business_key="GL-2026-000001")
    publish(database, "GL-2026-000001")
    assert keys(database) == ["GL-2026-000001", "GL-2026-000001-approval"]


def test_a_message_begins_one_instance_of_every_process_that_starts_by_it(database: Engine) -> None:
    deploy(database, process(BY_MESSAGE), process(BY_MESSAGE, id="statistics"))
    publish(database, "A")
    assert keys(database) == ["A", "A-statistics"]


def test_while_one_lives_no_second_begins_by_the_same_key(database: Engine) -> None:
    deploy(database, process(BY_MESSAGE))
    publish(database, "A", n=1)
    publish(database, "A", n=2)
    publish(database, "A", ttl=timedelta(hours=1), n=3)
    assert keys(database) == ["A"]
    with db.transaction(database) as connection:
        instances.cancel(connection, audit.SYSTEM, running(database)[0].id, "撤回")
    run_due(database)
    assert keys(database) == ["A", "A-approval"]
    assert '"n":3' in running(database)[1].variables


def test_a_new_version_takes_over_and_what_was_missed_is_not_made_up_for(database: Engine) -> None:
    publish(database, "early", ttl=timedelta(hours=1))
    deploy(database, process(BY_MESSAGE))
    run_due(database)
    assert keys(database) == []
    deploy(database, process(BY_MESSAGE).replace(b'id="look"', b'id="look" name="new"'))
    publish(database, "A")
    with db.reading(database) as connection:
        assert definitions.get(connection, running(database)[0].definition_id).version == 2
    deploy(database, process(""))
    publish(database, "B")
    assert keys(database) == ["A"]


def test_a_signal_begins_one_instance_of_every_process(database: Engine) -> None:
    deploy(database, process(BY_SIGNAL), process(BY_SIGNAL, id="relief"))
    with db.transaction(database) as connection:
        messages.broadcast(connection, "flood", {"level": 3})
    run_due(database)
    assert [key.split("-")[0] for key in keys(database)] == ["approval", "relief"]
    assert all('"level":3' in row.variables for row in running(database))
    assert told(database, keys(database)[0]).details["signal"] == "flood"


def test_a_repeating_timer_begins_instances_until_a_new_version_replaces_it(database: Engine, frozen: datetime) -> None:
    deploy(database, process(timer("R/P1D", "timeCycle")))
    run_due(database)
    assert keys(database) == []
    for day in (1, 2):
        with clock.frozen(frozen + timedelta(days=day)):
            run_due(database)
    assert len(keys(database)) == 2
    fell_due = datetime.fromisoformat(told(database, keys(database)[0]).details["timer"])
    assert fell_due == frozen + timedelta(days=1)
    deploy(database, process(""))
    with clock.frozen(frozen + timedelta(days=3)):
        run_due(database)
    assert len(keys(database)) == 2
    with db.reading(database) as connection:
        assert jobs.next_due(connection) is None


def test_a_timer_without_repetition_left_is_over(database: Engine, frozen: datetime) -> None:
    deploy(
        database,
        process(timer("R2/PT1H", "timeCycle")),
        process(timer("2026-03-02T12:00:00+08:00", "timeDate"), id="noon"),
    )
    for hour in range(1, 6):
        with clock.frozen(frozen + timedelta(hours=hour)):
            run_due(database)
    assert [key.split("-")[0] for key in keys(database)] == ["approval", "approval", "noon"]


@pytest.mark.parametrize(
    "start", [timer("=missing", "timeDate"), timer("R/often", "timeCycle"), BY_MESSAGE.replace("M", "N")]
)
def test_a_start_that_could_never_happen_is_refused_with_its_element(database: Engine, start: str) -> None:
    source = process(start).replace(b"<bpmn:signal", b'<bpmn:message id="N" name="=missing"/><bpmn:signal')
    with pytest.raises(errors.DeploymentRefused) as refusal:
        deploy(database, source)
    assert [finding.element for finding in refusal.value.facts["findings"]] == ["begun"]
    with db.reading(database) as connection:
        assert definitions.versions(connection) == []
        assert connection.execute(sa.select(starts.start_event)).all() == []


def test_a_message_kept_for_no_time_cannot_expire_before_it_was_delivered(database: Engine) -> None:
    with db.transaction(database) as connection:
        messages.publish(connection, APPLICANT, "application.submitted", "nobody waits", {})
        assert connection.execute(sa.select(jobs.job.c.kind)).scalars().all() == ["message"]
