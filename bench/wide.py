"""What it costs to complete one of many instances of a user task: it must not grow with their number."""

from __future__ import annotations

import time
from collections.abc import Iterator

import sqlalchemy as sa

from bench.measure import Figure, Options
from engine import audit, bpmn, db, definitions, instances, tasks
from engine.design import packages

SOURCE = (
    b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="wide" '
    b'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><bpmn:process id="wide" isExecutable="true">'
    b'<bpmn:startEvent id="s"/><bpmn:userTask id="u"><bpmn:extensionElements>'
    b'<zeebe:assignmentDefinition assignee="P040"/></bpmn:extensionElements>'
    b"<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
    b'<zeebe:loopCharacteristics inputCollection="=for i in 1..n return i" inputElement="unit" '
    b'outputCollection="all" outputElement="=opinion"/></bpmn:extensionElements>'
    b'</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask><bpmn:endEvent id="e"/>'
    b'<bpmn:sequenceFlow id="a" sourceRef="s" targetRef="u"/><bpmn:sequenceFlow id="b" sourceRef="u" targetRef="e"/>'
    b"</bpmn:process></bpmn:definitions>"
)
WANG = tasks.Candidate("P040")


def measure(database: sa.Engine, count: int, rounds: int) -> float:
    """Milliseconds of CPU to complete one of ``count``."""
    actor, key = audit.Actor(WANG.id), f"GL-{count}"
    with db.transaction(database) as connection:
        instances.start(connection, actor, "wide", business_key=key, variables={"n": count})
    with db.reading(database) as connection:
        query = sa.select(tasks.task.c.id).where(tasks.task.c.business_key == key).order_by(tasks.task.c.id)
        ids = list(connection.execute(query.limit(rounds)).scalars())
    begin = time.process_time()
    for task_id in ids:
        with db.transaction(database) as connection:
            tasks.complete(connection, actor, WANG, task_id, {"opinion": "agreed"}, form_hash="f" * 64)
    return (time.process_time() - begin) / len(ids) * 1000


def run(options: Options) -> Iterator[Figure]:
    """Measure on SQLite, each step durable and with its audit event."""
    database = db.connect(f"sqlite:///{options.folder}/wide.db")
    db.metadata.create_all(database)
    with db.transaction(database) as connection:
        package = packages.Package({"package.toml": b'name = "wide"', "wide.bpmn": SOURCE})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
    for count in (100, 2000):
        cost = measure(database, count, min(count - 1, options.times(200)))
        yield Figure(f"wide: complete one of {count:,} instances", cost, "ms CPU")
    database.dispose()
