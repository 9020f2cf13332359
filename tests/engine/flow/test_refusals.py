"""What a service refuses right behind a user task goes back to whoever entered it, where the diagram asks for it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, errors, incidents, instances, tasks
from engine.design import packages
from engine.flow import handlers
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

NUMBER = "GL-2026-000077"
JUDGED = '<zeebe:taskDefinition type="test.refuses"/>'
BACK = '<zeebe:taskHeaders><zeebe:header key="refused" value="back"/></zeebe:taskHeaders>'
PERSON = tasks.Candidate("P002", frozenset({"desk"}))


@handlers.handler("test.refuses")
def refuse(job: handlers.Job) -> None:
    """Write something, then refuse what was entered unless it is right."""
    job.connection.execute(sa.text("DELETE FROM number_series"))
    if job.variables.get("word") != "right":
        raise errors.ReasonMissing


def begin(database: Engine, headers: str) -> int:
    source = drawing(
        node("startEvent", "s")
        + node("userTask", "enter", zeebe('assignmentDefinition candidateGroups="desk"'))
        + node("serviceTask", "judge", f"<bpmn:extensionElements>{JUDGED}{headers}</bpmn:extensionElements>")
        + node("endEvent", "e")
        + flows("s>enter>judge>e")
    )
    package = packages.Package({"package.toml": b'name = "refusing"', "p.bpmn": source})
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(handlers=handlers.types()))
        instances.start(connection, audit.SYSTEM, "p", business_key=NUMBER)
        (row,) = tasks.inbox(connection, PERSON, view="claimable")
        return int(tasks.claim(connection, audit.Actor("P002"), PERSON, row.id).id)


def complete(database: Engine, task: int, word: str) -> str:
    with db.transaction(database) as connection:
        tasks.complete(connection, audit.Actor("P002"), PERSON, task, {"word": word})
        return str(instances.get(connection, NUMBER).state)


def test_a_refusal_that_goes_back_leaves_everything_as_it_was(database: Engine) -> None:
    task = begin(database, BACK)
    with pytest.raises(errors.ReasonMissing) as refused:
        complete(database, task, "wrong")
    assert refused.value.sent_back
    with db.reading(database) as connection:
        assert [row.id for row in tasks.inbox(connection, PERSON)] == [task]
        assert connection.scalar(sa.select(sa.func.count()).select_from(incidents.incident)) == 0
        assert [event.action for event in audit.trail(connection, NUMBER)][-1] == "task.claimed"
    assert complete(database, task, "right") == "completed"


def test_without_it_a_refusal_is_an_incident(database: Engine) -> None:
    assert complete(database, begin(database, ""), "wrong") == "active"
    with db.reading(database) as connection:
        row = connection.execute(sa.select(incidents.incident)).one()
        assert (row.element, row.kind) == ("judge", "JOB_NO_RETRIES")
