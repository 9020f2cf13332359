"""Instances of a wide multi-instance task are rows: read one at a time, gone with their activity."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, instances, tasks
from engine.design import packages
from engine.flow import consistency, items
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

WANG = tasks.Candidate("P040", frozenset({"hall.window"}))
ACTOR = audit.Actor("P040")
LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics>"
    + zeebe(
        'loopCharacteristics inputCollection="=units" inputElement="unit" '
        'outputCollection="all" outputElement="=opinion"'
    )
    + "</bpmn:multiInstanceLoopCharacteristics>"
)  # fmt: skip


def begun(connection: Connection, count: int) -> sa.Row[Any]:
    """An instance in which ``count`` units are asked."""
    task = node("userTask", "u", zeebe('assignmentDefinition assignee="P040"') + LOOP)
    late = node("boundaryEvent", "b", timer("PT1H"), attachedToRef="u")
    source = drawing(node("startEvent", "s") + task + late + node("endEvent", "e") + flows("s>u>e", "b>e"))
    package = packages.Package({"package.toml": b'name = "wide"', "p.bpmn": source})
    definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
    instances.start(connection, audit.SYSTEM, "p", business_key="GL-1", variables={"units": list(range(1, count + 1))})
    return instances.get(connection, "GL-1")


def open_tasks(connection: Connection) -> list[sa.Row[Any]]:
    return list(
        connection.execute(sa.select(tasks.task).where(tasks.task.c.state == "open").order_by(tasks.task.c.token))
    )


def written(connection: Connection) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(items.loop_item)).scalar_one())


def test_each_is_completed_for_itself_and_the_answers_come_together(db_connection: Connection) -> None:
    instance = begun(db_connection, 60)
    assert (written(db_connection), len(instance.tokens) < 300) == (60, True)
    for row in reversed(open_tasks(db_connection)):
        unit = tasks.context(db_connection, row)["unit"]
        tasks.complete(db_connection, ACTOR, WANG, row.id, {"opinion": f"unit {unit}"})
        assert list(consistency.disagreements(db_connection)) == []
    over = instances.get(db_connection, "GL-1")
    assert (over.state, written(db_connection)) == ("completed", 0)
    assert f'"unit {60}"]' in over.variables
    trail = audit.trail(db_connection, "GL-1")
    assert [event.action for event in trail].count("task.completed") == 60


def test_whoever_looks_at_the_whole_sees_all(db_connection: Connection) -> None:
    begun(db_connection, 60)
    first = open_tasks(db_connection)[0]
    tasks.complete(db_connection, ACTOR, WANG, first.id, {"opinion": "yes"})
    instances.set_variables(db_connection, ACTOR, first.instance_id, {"note": 1}, "a test")
    assert (written(db_connection), len(open_tasks(db_connection))) == (60, 59)
    assert list(consistency.disagreements(db_connection)) == []


def test_they_go_with_the_case(db_connection: Connection) -> None:
    instance = begun(db_connection, 60)
    tasks.complete(db_connection, ACTOR, WANG, open_tasks(db_connection)[0].id, {"opinion": "yes"})
    instances.cancel(db_connection, ACTOR, instance.id, "withdrawn")
    assert (written(db_connection), open_tasks(db_connection)) == (0, [])
    assert list(consistency.disagreements(db_connection)) == []
