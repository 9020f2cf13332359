"""What it costs to complete one of many instances of a user task, in CPU time on SQLite: ``python bench/wide.py``.

Each step is durable and leaves an audit event. The cost must not grow with the number of instances.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import sqlalchemy as sa

from engine import audit, bpmn, db, definitions, instances, packages, tasks

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


def measure(database: sa.Engine, count: int) -> tuple[float, float, float]:
    """Milliseconds of CPU to start, to complete one, and to complete the last."""
    actor, key = audit.Actor(WANG.id), f"GL-{count}"
    begin = time.process_time()
    with db.transaction(database) as connection:
        instances.start(connection, actor, "wide", business_key=key, variables={"n": count})
    started = time.process_time() - begin
    with db.reading(database) as connection:
        query = sa.select(tasks.task.c.id).where(tasks.task.c.business_key == key).order_by(tasks.task.c.id)
        ids = list(connection.execute(query).scalars())
    times = []
    for task_id in ids:
        begin = time.process_time()
        with db.transaction(database) as connection:
            tasks.complete(connection, actor, WANG, task_id, {"opinion": "agreed"}, form_hash="f" * 64)
        times.append(time.process_time() - begin)
    return started * 1000, sum(times[:-1]) / (len(times) - 1) * 1000, times[-1] * 1000


def main() -> None:
    """Measure and print the table."""
    print(f"{'instances':>10}{'start ms':>12}{'complete ms':>14}{'the last ms':>14}")
    with tempfile.TemporaryDirectory() as folder:
        database = db.connect(f"sqlite:///{folder}/wide.db")
        db.metadata.create_all(database)
        with db.transaction(database) as connection:
            package = packages.Package({"package.toml": b'name = "wide"', "wide.bpmn": SOURCE})
            definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
        for count in (10, 50, 100, 500, 2000):
            started, one, last = measure(database, count)
            print(f"{count:>10}{started:>12.1f}{one:>14.3f}{last:>14.1f}")
        database.dispose()


if __name__ == "__main__":
    main()
