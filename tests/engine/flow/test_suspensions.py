"""What is suspended stands still, loses nothing, and goes on once where it stood."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, bpmn, clock, db, definitions, errors, instances, jobs, messages, tasks
from engine.design import packages
from engine.flow import standstills, steps, suspensions
from engine.scheduler.embedded import run_due
from tests.conftest import MORNING
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

WANG = tasks.Candidate("P040", frozenset({"hall.window"}))
ADMIN = audit.Actor("P096")
NUMBER = "GL-2026-000001"
OFFER = zeebe('assignmentDefinition candidateGroups="hall.window"')
HEARD = (
    '<bpmn:message id="m" name="paid"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=number"/></bpmn:extensionElements></bpmn:message>'
)
WAITS = drawing(
    node("startEvent", "s")
    + node("parallelGateway", "g")
    + node("userTask", "check", OFFER)
    + node("intermediateCatchEvent", "later", timer("PT1H"))
    + node("userTask", "late", OFFER)
    + node("intermediateCatchEvent", "paid", '<bpmn:messageEventDefinition messageRef="m"/>')
    + node("userTask", "settle", OFFER)
    + flows("s>g>check", "g>later>late", "g>paid>settle"),
    shared=HEARD,
)
CALLS = drawing(
    node("startEvent", "s") + node("callActivity", "c", zeebe('calledElement processId="p"')) + flows("s>c"),
    process="outer",
)
HOURLY = drawing(
    node("startEvent", "s", timer("R/PT1H", "timeCycle")) + node("userTask", "look", OFFER) + flows("s>look"),
    process="hourly",
)


def deploy(connection: Connection, *diagrams: bytes) -> None:
    files = {f"{number}.bpmn": source for number, source in enumerate(diagrams)}
    package = packages.Package({"package.toml": b'name = "small"', **files})
    definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())


def begin(database: Engine) -> int:
    with db.transaction(database) as connection:
        deploy(connection, WAITS)
        step = instances.start(connection, audit.SYSTEM, "p", business_key=NUMBER, variables={"number": NUMBER})
        return step.instance_id


def told(database: Engine, stream: str = NUMBER) -> list[str]:
    with db.reading(database) as connection:
        return [row.action for row in audit.trail(connection, stream)]


def open_tasks(database: Engine) -> set[str]:
    with db.reading(database) as connection:
        return set(connection.execute(sa.select(tasks.task.c.element).where(tasks.task.c.state == "open")).scalars())


def test_no_task_of_a_suspended_case_can_be_done_but_what_is_typed_can_be_kept(database: Engine) -> None:
    key = begin(database)
    with db.transaction(database) as connection:
        task_id = connection.scalar(sa.select(tasks.task.c.id).where(tasks.task.c.element == "check"))
        assert task_id is not None
        tasks.claim(connection, audit.Actor(WANG.id), WANG, task_id)
        suspensions.suspend(connection, ADMIN, key, "数据有误，暂停核查")
        for verb in (tasks.release, tasks.complete):
            with pytest.raises(errors.InstanceSuspended), connection.begin_nested():
                verb(connection, audit.Actor(WANG.id), WANG, task_id, *([{}] if verb is tasks.complete else []))
        tasks.save_draft(connection, WANG, task_id, {"note": "写了一半"}, None)
        with pytest.raises(errors.InstanceSuspended):
            suspensions.suspend(connection, ADMIN, key, "again")
    with db.transaction(database) as connection:
        suspensions.resume(connection, ADMIN, key, "已改正")
        tasks.complete(connection, audit.Actor(WANG.id), WANG, task_id, {})
    with db.reading(database) as connection:
        events = audit.trail(connection, NUMBER)
    assert [row.action for row in events[1:]] == [
        *("task.claimed", "instance.suspended", "instance.resumed", "task.completed"),
    ]
    assert (events[2].actor, events[2].details["reason"]) == (ADMIN.id, "数据有误，暂停核查")


def test_a_timer_that_falls_due_meanwhile_runs_late_and_once(database: Engine) -> None:
    key = begin(database)
    with db.transaction(database) as connection:
        suspensions.suspend(connection, ADMIN, key, "核查")
    with clock.frozen(MORNING + timedelta(days=3)):
        assert run_due(database) == 0
        with db.reading(database) as connection:
            assert jobs.next_due(connection) is None, "a held job must not keep the scheduler awake"
            held = connection.execute(sa.select(jobs.job)).one()
        assert (held.attempts, held.failed, held.held_by is None) == (0, False, False)
        with db.transaction(database) as connection:
            suspensions.resume(connection, ADMIN, key, "核查完毕")
        assert run_due(database) == 1
        assert run_due(database) == 0
    assert open_tasks(database) == {"check", "late"}
    assert told(database)[-2:] == ["instance.resumed", "timer.fired"]


def test_a_message_that_comes_meanwhile_is_delivered_on_resume(database: Engine) -> None:
    key = begin(database)
    with db.transaction(database) as connection:
        suspensions.suspend(connection, ADMIN, key, "核查")
        messages.publish(connection, audit.SYSTEM, "paid", NUMBER, {"sum": 5})
    assert run_due(database) == 0
    with db.transaction(database) as connection:
        suspensions.resume(connection, ADMIN, key, "核查完毕")
    run_due(database)
    assert open_tasks(database) == {"check", "settle"}
    assert told(database).count("message.received") == 1


def test_a_suspended_case_can_be_ended(database: Engine) -> None:
    key = begin(database)
    with db.transaction(database) as connection:
        suspensions.suspend(connection, ADMIN, key, "核查")
        instances.cancel(connection, ADMIN, key, "重复受理")
        assert instances.get(connection, NUMBER).state == "terminated"
        assert suspensions.of(connection, key) is None
    assert told(database)[-2:] == ["instance.resumed", "instance.cancelled"]


def test_no_case_of_a_suspended_definition_begins_and_its_running_ones_stand_still(database: Engine) -> None:
    key = begin(database)
    with db.transaction(database) as connection:
        alone = instances.start(connection, audit.SYSTEM, "p", business_key="GL-2026-000002", variables={"number": "2"})
        suspensions.suspend(connection, ADMIN, alone.instance_id, "单独核查")
        deploy(connection, WAITS, CALLS)
        version = instances.get(connection, NUMBER).definition_id
        assert standstills.suspend(connection, ADMIN, version, "程序有错", with_instances=True) == 1
        assert instances.get(connection, NUMBER).state == "suspended"
        standstills.suspend(connection, ADMIN, definitions.current(connection, "p").id, "程序有错", with_instances=True)
        with pytest.raises(errors.DefinitionSuspended, match="p"):
            instances.start(connection, audit.SYSTEM, "p", business_key="GL-2026-000003")
        step = instances.start(connection, audit.SYSTEM, "outer", business_key="GL-2026-000004")
        assert [entry[2] for entry in step.trace if entry[0] == "incident"] == ["CALLED_ELEMENT_ERROR"]
        assert standstills.resume(connection, ADMIN, version, "已修正") == 1
        states = {row.id: row.state for row in connection.execute(sa.text("SELECT id, state FROM instance"))}
    assert (states[key], states[alone.instance_id]) == ("active", "suspended"), "who was suspended alone stays so"
    assert told(database, definitions.STREAM)[-3:] == [
        *("definition.suspended", "definition.suspended", "definition.resumed"),
    ]


def test_a_definition_is_read_once_in_a_unit_of_work_and_anew_once_it_is_suspended(database: Engine) -> None:
    with db.transaction(database) as connection:
        deploy(connection, WAITS)
        key = definitions.current(connection, "p").id
        before = definitions.get(connection, key)
        assert definitions.get(connection, key) is before
        standstills.suspend(connection, ADMIN, key, "法制办意见", with_instances=False)
        assert (before.suspended, definitions.get(connection, key).suspended) == (False, True)


def test_a_start_that_falls_due_meanwhile_begins_late_and_once(database: Engine) -> None:
    with db.transaction(database) as connection:
        deploy(connection, HOURLY)
        definition = definitions.current(connection, "hourly").id
        standstills.suspend(connection, ADMIN, definition, "停用", with_instances=False)
    with clock.frozen(MORNING + timedelta(hours=5)):
        assert run_due(database) == 0
        with db.transaction(database) as connection:
            standstills.resume(connection, ADMIN, definition, "恢复")
        assert run_due(database) == 1
    assert open_tasks(database) == {"look"}


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nobody_interferes_without_a_reason(db_connection: Connection, reason: str) -> None:
    deploy(db_connection, WAITS)
    step = instances.start(db_connection, audit.SYSTEM, "p", business_key=NUMBER, variables={"number": NUMBER})
    before = [row.action for row in audit.trail(db_connection, NUMBER)]
    for act in (
        lambda: suspensions.suspend(db_connection, ADMIN, step.instance_id, reason),
        lambda: standstills.suspend(db_connection, ADMIN, step.definition.id, reason, with_instances=False),
        lambda: instances.cancel(db_connection, ADMIN, step.instance_id, reason),
        lambda: instances.set_variables(db_connection, ADMIN, step.instance_id, {"a": 1}, reason),
    ):
        with pytest.raises(errors.ReasonMissing):
            act()
    assert [row.action for row in audit.trail(db_connection, NUMBER)] == before


def test_thousands_stand_still_and_go_on_in_batches_that_look_again(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstills, "BATCH", 2)
    begin(database)

    def states() -> list[str]:
        with db.reading(database) as connection:
            return list(connection.execute(sa.select(steps.instance.c.state).order_by(steps.instance.c.id)).scalars())

    def left() -> tuple[int, int]:
        with db.reading(database) as connection:
            return standstills.pending(connection).get(version, standstills.Pending())

    with db.transaction(database) as connection:
        for number in range(2, 6):
            key = f"GL-2026-00000{number}"
            instances.start(connection, audit.SYSTEM, "p", business_key=key, variables={"number": key})
        version = instances.get(connection, NUMBER).definition_id
        assert standstills.suspend(connection, ADMIN, version, "程序有错", with_instances=True) == 5
    assert (states(), left()) == (["suspended"] * 2 + ["active"] * 3, (3, 0))
    with db.transaction(database) as connection:
        instances.cancel(connection, ADMIN, instances.get(connection, "GL-2026-000003").id, "不再需要")
    assert run_due(database) == 2
    assert (states(), left()) == (["suspended"] * 2 + ["terminated"] + ["suspended"] * 2, (0, 0))
    with db.transaction(database) as connection:
        assert standstills.resume(connection, ADMIN, version, "已修正") == 4
        suspensions.resume(connection, ADMIN, instances.get(connection, "GL-2026-000005").id, "先行恢复")
        instances.start(connection, audit.SYSTEM, "p", business_key="GL-2026-000009", variables={"number": "9"})
    assert left() == (0, 2)
    run_due(database)
    assert (set(states()), left()) == ({"active", "terminated"}, (0, 0))


def test_a_batch_of_a_suspension_that_was_lifted_suspends_nothing(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstills, "BATCH", 1)
    begin(database)
    with db.transaction(database) as connection:
        instances.start(connection, audit.SYSTEM, "p", business_key="GL-2026-000002", variables={"number": "2"})
        version = instances.get(connection, NUMBER).definition_id
        standstills.suspend(connection, ADMIN, version, "程序有错", with_instances=True)
        standstills.resume(connection, ADMIN, version, "误操作")
    run_due(database)
    with db.reading(database) as connection:
        assert set(connection.execute(sa.select(steps.instance.c.state)).scalars()) == {"active"}
