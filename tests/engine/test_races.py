"""Two things happen to one instance at the same moment: one of them counts, and tokens and rows agree afterwards."""

from __future__ import annotations

import contextvars
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, clock, db, definitions, errors, instances, jobs, messages, tasks
from engine.design import packages
from engine.flow import consistency
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

WANG = tasks.Candidate("P040", frozenset({"hall.window"}))
BY = audit.Actor(WANG.id)
ROUNDS = 5
OFFERED = zeebe('assignmentDefinition candidateGroups="hall.window"')
PROCESS = drawing(
    node("startEvent", "s") + node("userTask", "work", OFFERED)
    + node("boundaryEvent", "late", timer("PT1H"), attachedToRef="work")
    + node("task", "done") + node("task", "overdue") + node("endEvent", "e")
    + flows("s>work>done>e", "late>overdue>e")
    + node("subProcess", "withdrawal",
           node("startEvent", "asked", '<bpmn:messageEventDefinition messageRef="M"/>') + node("task", "gone")
           + flows("asked>gone"), triggeredByEvent="true"),
    shared='<bpmn:message id="M" name="withdraw">' + zeebe('subscription correlationKey="=number"') + "</bpmn:message>",
)  # fmt: skip


def deploy(database: Engine, words: str = "work") -> None:
    source = PROCESS.replace(b'id="work"', f'id="work" name="{words}"'.encode())
    with db.transaction(database) as connection:
        package = packages.Package({"package.toml": b'name = "race"', "race.bpmn": source})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())


def start(database: Engine, number: str) -> int:
    with db.transaction(database) as connection:
        return instances.start(connection, BY, "p", business_key=number, variables={"number": number}).instance_id


def claimed(database: Engine, number: str) -> int:
    with db.transaction(database) as connection:
        task = connection.execute(sa.select(tasks.task.c.id).where(tasks.task.c.business_key == number)).scalar_one()
        tasks.claim(connection, BY, WANG, task)
    return int(task)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do several things at the same moment; return what each gave, or the engine's error that it met."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def go(place: int) -> None:
        barrier.wait()
        try:
            outcomes[place] = acts[place]()
        except errors.EngineError as error:
            outcomes[place] = error

    threads = [threading.Thread(target=contextvars.copy_context().run, args=(go, place)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def agrees(database: Engine, number: str) -> list[str]:
    """Make sure that rows, tokens and trail of a case agree; return the elements it left, in order."""
    with db.reading(database) as connection:
        assert list(consistency.disagreements(connection)) == []
        head = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == number)).one()
        assert audit.verify(connection, audit.Head(head.stream, head.seq, head.hash)) is None
        told = [entry for event in audit.trail(connection, number) for entry in event.details.get("steps", ())]
    return [entry[1] for entry in told if entry[0] == "leave"]


def complete(database: Engine, task: int) -> str:
    with db.transaction(database) as connection:
        tasks.complete(connection, BY, WANG, task, {})
    return "completed"


def cancel(database: Engine, instance: int) -> str:
    with db.transaction(database) as connection:
        instances.cancel(connection, BY, instance, "撤销")
    return "cancelled"


def run_due(database: Engine) -> int:
    with db.reading(database) as connection:
        due = jobs.due(connection)
    return sum(jobs.run(database, job) for job in due)


def test_a_person_completes_what_its_boundary_timer_ends(database: Engine, frozen: datetime) -> None:
    deploy(database)
    for number in map(str, range(ROUNDS)):
        start(database, number)
        task = claimed(database, number)
        with clock.frozen(frozen + timedelta(hours=1)):
            completion, fired = at_once(lambda t=task: complete(database, t), lambda: run_due(database))
        ways = [name for name in agrees(database, number) if name in ("done", "overdue")]
        assert ways == (["done"] if completion == "completed" else ["overdue"])
        assert (completion == "completed") != (fired == 1)
        assert completion == "completed" or isinstance(completion, errors.TaskWithdrawn)


def test_a_message_comes_while_the_case_is_cancelled(database: Engine) -> None:
    deploy(database)
    for number in map(str, range(ROUNDS)):
        instance = start(database, number)
        with db.transaction(database) as connection:
            messages.publish(connection, BY, "withdraw", number, {})
        cancelled, _ = at_once(lambda i=instance: cancel(database, i), lambda: run_due(database))
        went = "gone" in agrees(database, number)
        assert went == isinstance(cancelled, errors.InstanceNotActive)
        with db.reading(database) as connection:
            assert instances.get(connection, number).state == ("completed" if went else "terminated")
            assert jobs.failed(connection) == []


def test_a_version_comes_into_force_while_cases_start(database: Engine) -> None:
    deploy(database)
    for round_ in range(ROUNDS):
        words, numbers = f"work {round_}", [f"{round_}-{place}" for place in range(2)]
        given = at_once(
            lambda w=words: deploy(database, w), *(lambda n=number: start(database, n) for number in numbers)
        )
        assert not [each for each in given if isinstance(each, errors.EngineError)]
        for number in numbers:
            with db.reading(database) as connection:
                task = connection.execute(sa.select(tasks.task).where(tasks.task.c.business_key == number)).one()
                instance = instances.get(connection, number)
                named = definitions.get(connection, instance.definition_id).version
            assert task.definition_id == instance.definition_id
            assert task.name in (f"work {round_ - 1}" if round_ else "work", words)
            assert named in (round_ + 1, round_ + 2)
            assert agrees(database, number) == ["s"]


def test_a_clock_that_jumps_back_and_forth_fires_a_timer_once(database: Engine, frozen: datetime) -> None:
    deploy(database)
    start(database, "1")
    fired = []
    for hours in (0.5, -24, 0.9, 1, -24, 48, 1):
        with clock.frozen(frozen + timedelta(hours=hours)):
            fired.append(run_due(database))
    assert fired == [0, 0, 0, 1, 0, 0, 0]
    assert agrees(database, "1") == ["s", "late", "overdue", "e"]


@pytest.mark.parametrize("prepared_database", ["sqlite"], indirect=True, scope="session")
def test_a_disk_that_is_full_loses_the_step_and_nothing_else(database: Engine) -> None:
    deploy(database)
    start(database, "1")
    task = claimed(database, "1")
    database.dispose()
    with sqlite3.connect(str(database.url.database)) as file:
        file.execute("VACUUM")  # pages that other tests gave back would be room enough
    file.close()
    full = _no_page_more(database)
    with pytest.raises(sa.exc.OperationalError, match="full"), db.transaction(database) as connection:
        tasks.complete(connection, BY, WANG, task, {"text": "长" * 100_000})
    assert agrees(database, "1") == ["s"]
    full()
    assert complete(database, task) == "completed"
    assert agrees(database, "1")[-1] == "e"


def _no_page_more(database: Engine) -> Callable[[], None]:
    """Let the file grow no further, as on a full disk; return what makes room again."""

    def limit(pages: int) -> int:
        database.dispose()
        with database.connect() as connection:
            return int(connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar_one())

    before = limit(1)  # never below what the file has

    def grow(raw: object, _record: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {before}")  # type: ignore[attr-defined]

    database.dispose()
    sa.event.listen(database, "connect", grow)

    def room() -> None:
        sa.event.remove(database, "connect", grow)
        database.dispose()

    return room
