"""What a person sees of a task, and who may act on it beside whom."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors, instances, packages, tasks
from tests.engine.bpmn.drawing import drawing, flows, io, node, zeebe

WANG = tasks.Candidate("P040", frozenset({"hall.window"}))
NUMBER = "GL-2026-000001"


def form(id: str, **more: str) -> bytes:
    return json.dumps({"type": "default", "id": id, "components": [], **more}).encode()


def deploy(connection: Connection, *diagrams: bytes, forms: tuple[bytes, ...] = ()) -> None:
    files = {"package.toml": b'name = "small"'}
    files |= {f"{number}.bpmn": source for number, source in enumerate(diagrams)}
    files |= {f"forms/{number}.form": source for number, source in enumerate(forms)}
    definitions.deploy(connection, audit.SYSTEM, packages.Package(files), bpmn.Environment())


def start(connection: Connection, **variables: object) -> None:
    instances.start(connection, audit.SYSTEM, "p", business_key=NUMBER, variables=variables)


def the(connection: Connection, element: str) -> sa.Row[tuple[object, ...]]:
    return connection.execute(sa.select(tasks.task).where(tasks.task.c.element == element)).one()


OFFER = 'assignmentDefinition candidateGroups="hall.window"'
CALLER = drawing(
    node("startEvent", "s")
    + node("callActivity", "c", zeebe('calledElement processId="q" propagateAllParentVariables="false"'))
    + node("userTask", "sign", io({"title": "=name + &quot;!&quot;"}, {}, OFFER))
    + flows("s>c>sign"),
)
CALLED = drawing(
    node("startEvent", "s2")
    + node("userTask", "look", zeebe(OFFER, 'formDefinition formId="look"'))
    + flows("s2>look"),
    process="q",
)


def test_a_form_sees_what_stands_around_its_task(db_connection: Connection) -> None:
    deploy(db_connection, CALLER, CALLED, forms=(form("look"),))
    start(db_connection, name="官林")
    looking = the(db_connection, "look")
    assert tasks.context(db_connection, looking) == {}
    tasks.claim(db_connection, audit.Actor(WANG.id), WANG, looking.id)
    tasks.complete(db_connection, audit.Actor(WANG.id), WANG, looking.id, {"seen": True})
    signing = the(db_connection, "sign")
    assert tasks.context(db_connection, signing) == {"name": "官林", "seen": True, "title": "官林!"}
    assert tasks.context(db_connection, the(db_connection, "look")) == {"name": "官林", "seen": True}


def test_a_task_keeps_the_form_it_was_deployed_with(db_connection: Connection) -> None:
    deploy(db_connection, CALLER, CALLED, forms=(form("look", version="old"),))
    start(db_connection)
    deploy(db_connection, CALLER, CALLED, forms=(form("look", version="new"),))
    schema = tasks.form(db_connection, the(db_connection, "look"))
    assert schema is not None
    assert schema["version"] == "old"


def test_a_task_without_form_has_none_and_a_missing_one_is_named(db_connection: Connection) -> None:
    deploy(db_connection, CALLED.replace(b'"q"', b'"p"'), forms=(form("look"),))
    start(db_connection)
    row = the(db_connection, "look")
    db_connection.execute(sa.update(tasks.task).values(form=None))
    assert tasks.form(db_connection, the(db_connection, "look")) is None
    with pytest.raises(errors.FormUnknown, match="lost"):
        definitions.form(db_connection, definitions.get(db_connection, row.definition_id), "lost")
