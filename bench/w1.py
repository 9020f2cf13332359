"""Measures workload W1 in CPU time: ``python bench/w1.py [CASES]``; a table, then a JSON line per figure.

W1: start, user task A, exclusive gateway on the data, B, parallel split into C and D, join, script, end; each step is
durable (SQLite, write-ahead log, synchronous=FULL) and leaves an audit row. Contestants: ``limit`` (a hand-coded state
machine, what no engine can beat), ``engine`` (ours, with permission, idempotency key, variables and hash-chained
trail), ``naive`` (SpiffWorkflow with its whole workflow stored as one blob at each step, what tutorials do). The limit
runs before and after; if it drifted by more than a fifth, the machine was too busy and the run says so.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine import audit, bpmn, db, definitions, idempotency, instances, packages, tasks

VALUES = {
    "name": "官林水泥",
    "amount": 21000,
    "kind": "许可",
    "phone": "13800000000",
    "address": "官林镇",
    "urgent": False,
}
ORDER = "ABCD"
WANG = tasks.Candidate("P040", frozenset({"hall.window"}))


@dataclass
class Figures:
    """CPU milliseconds per start and per completion, and what they cost the database."""

    start_ms: float
    complete_ms: float
    bytes_per_case: float
    statements: float = 0
    commits: float = 0


def diagram(task: str, script: str, condition: str) -> bytes:
    """Draw W1 for one engine or the other."""
    nodes = "".join(f'<bpmn:userTask id="{name}" name="{name}">{task}</bpmn:userTask>' for name in ORDER)
    pairs = ["s-A", "A-x", "B-f", "f-C", "f-D", "C-j", "D-j", "j-t", "t-e", "x-e2"]
    flows = "".join(
        f'<bpmn:sequenceFlow id="{p}" sourceRef="{p.split("-")[0]}" targetRef="{p.split("-")[1]}"/>' for p in pairs
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="w1" '
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><bpmn:process id="w1" isExecutable="true">'
        f'<bpmn:startEvent id="s"/>{nodes}<bpmn:exclusiveGateway id="x" default="x-e2"/><bpmn:parallelGateway id="f"/>'
        f'<bpmn:parallelGateway id="j"/>{script}<bpmn:endEvent id="e"/><bpmn:endEvent id="e2"/>{flows}'
        f'<bpmn:sequenceFlow id="x-B" sourceRef="x" targetRef="B"><bpmn:conditionExpression>{condition}'
        "</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process></bpmn:definitions>"
    ).encode()


OURS = diagram(
    '<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="hall.window"/></bpmn:extensionElements>',
    '<bpmn:scriptTask id="t"><bpmn:extensionElements><zeebe:script expression="=amount * 2" resultVariable="doubled"/>'
    "</bpmn:extensionElements></bpmn:scriptTask>",
    "=amount > 20000",
)
NAIVE = diagram(
    "", '<bpmn:scriptTask id="t"><bpmn:script>doubled = amount * 2</bpmn:script></bpmn:scriptTask>', "amount > 20000"
)


class Watch:
    """Adds up the CPU time of one kind of step."""

    def __init__(self) -> None:
        self.seconds, self.times = 0.0, 0

    def __call__(self, work: Callable[[], Any]) -> Any:
        before = time.process_time()
        result = work()
        self.seconds += time.process_time() - before
        self.times += 1
        return result

    @property
    def ms(self) -> float:
        """Milliseconds of CPU per step."""
        return self.seconds * 1000 / self.times


def limit(folder: Path, cases: int) -> Figures:
    """Run W1 as a state machine written by hand."""
    place = folder / f"limit{time.monotonic_ns()}.db"
    store = sqlite3.connect(place, isolation_level=None)
    store.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE c(id INTEGER PRIMARY KEY, state TEXT, vars TEXT, hash TEXT);"
        "CREATE TABLE audit(id INTEGER PRIMARY KEY, c INTEGER, at REAL, actor TEXT, action TEXT, body TEXT, hash TEXT);"
    )
    following = {"A": "B", "B": "CD", "C": "D", "D": ""}
    start, complete = Watch(), Watch()

    def note(case: int, action: str, body: str, before: str) -> str:
        digest = hashlib.sha256((before + body).encode()).hexdigest()
        row = (case, time.time(), WANG.id, action, body, digest)
        store.execute("INSERT INTO audit(c, at, actor, action, body, hash) VALUES(?,?,?,?,?,?)", row)
        return digest

    def begin() -> int:
        store.execute("BEGIN IMMEDIATE")
        case = store.execute("INSERT INTO c(state, vars, hash) VALUES('A', '{}', '')").lastrowid or 0
        store.execute("UPDATE c SET hash=? WHERE id=?", (note(case, "start", "{}", ""), case))
        store.execute("COMMIT")
        return case

    def step(case: int, task: str) -> None:
        store.execute("BEGIN IMMEDIATE")
        state, text, digest = store.execute("SELECT state, vars, hash FROM c WHERE id=?", (case,)).fetchone()
        assert task in state
        values = json.loads(text) | VALUES
        digest = note(case, task, json.dumps(VALUES), digest)
        row = (following[task], json.dumps(values), digest, case)
        store.execute("UPDATE c SET state=?, vars=?, hash=? WHERE id=?", row)
        store.execute("COMMIT")

    for _ in range(cases):
        case = start(begin)
        for task in ORDER:
            complete(lambda case=case, task=task: step(case, task))
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return Figures(start.ms, complete.ms, place.stat().st_size / cases, 4, 1)


def engine(folder: Path, cases: int) -> Figures:
    """Run W1 on our engine; claiming is a step of its own and not counted."""
    place = folder / "engine.db"
    database = db.connect(f"sqlite:///{place}")
    db.metadata.create_all(database)
    with db.transaction(database) as connection:
        package = packages.Package({"package.toml": b'name = "w1"', "w1.bpmn": OURS})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
    empty = _size(database, place)
    counted = {"statements": 0, "commits": 0, "on": False}

    def statement(*arguments: Any) -> None:
        counted["statements"] += counted["on"] and not arguments[2].startswith("BEGIN")

    def commit(_connection: Any) -> None:
        counted["commits"] += counted["on"]

    sa.event.listen(database, "before_cursor_execute", statement)
    sa.event.listen(database, "commit", commit)
    start, complete = Watch(), Watch()
    actor = audit.Actor(WANG.id)

    def begin(key: str) -> None:
        with db.transaction(database) as connection:
            instances.start(connection, actor, "w1", business_key=key)

    def step(task_id: int) -> None:
        with db.transaction(database) as connection:
            request = idempotency.request_hash([task_id, VALUES])
            assert idempotency.answer(connection, WANG.id, f"key-{task_id}", request) is None
            tasks.complete(connection, actor, WANG, task_id, VALUES, form_hash="f" * 64)
            idempotency.remember(connection, WANG.id, f"key-{task_id}", request, {"task": task_id})

    for number in range(cases):
        key = f"GL-2026-{number:06d}"
        start(lambda key=key: begin(key))
        for _ in ORDER:
            with db.transaction(database) as connection:
                task_id = tasks.inbox(connection, WANG, view="claimable", limit=1)[0].id
                tasks.claim(connection, actor, WANG, task_id)
            counted["on"] = True
            complete(lambda task_id=task_id: step(task_id))
            counted["on"] = False
    size = _size(database, place) - empty
    per_step = (counted["statements"] / complete.times, counted["commits"] / complete.times)
    database.dispose()
    return Figures(start.ms, complete.ms, size / cases, *per_step)


def _size(database: sa.Engine, place: Path) -> int:
    with database.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return place.stat().st_size


def naive(folder: Path, cases: int) -> Figures:
    """Run W1 on SpiffWorkflow as its examples do: read the blob, take a step, write the blob."""
    place = folder / "naive.db"
    store = sqlite3.connect(place, isolation_level=None)
    store.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE c(id INTEGER PRIMARY KEY, blob TEXT);"
    )
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(NAIVE))
    spec = parser.get_spec("w1")
    serializer = BpmnWorkflowSerializer()
    start, complete = Watch(), Watch()

    def begin() -> int:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        return store.execute("INSERT INTO c(blob) VALUES(?)", (serializer.serialize_json(workflow),)).lastrowid or 0

    def step(case: int) -> None:
        (blob,) = store.execute("SELECT blob FROM c WHERE id=?", (case,)).fetchone()
        workflow = serializer.deserialize_json(blob)
        task = next(t for t in workflow.get_tasks(state=TaskState.READY) if t.task_spec.name in ORDER)
        task.data.update(VALUES)
        task.run()
        workflow.do_engine_steps()
        store.execute("UPDATE c SET blob=? WHERE id=?", (serializer.serialize_json(workflow), case))

    for _ in range(cases):
        case = start(begin)
        for _ in ORDER:
            complete(lambda case=case: step(case))
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return Figures(start.ms, complete.ms, place.stat().st_size / cases, 2, 1)


def main() -> None:
    """Run every contestant and print what was measured."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = {"limit": limit(folder, cases), "engine": engine(folder, cases), "naive": naive(folder, cases)}
        again = limit(folder, cases)
    drift = abs(again.complete_ms / runs["limit"].complete_ms - 1)
    print(f"{'contestant':<12}{'start ms':>10}{'complete ms':>13}{'SQL':>7}{'commits':>9}{'bytes/case':>12}")
    for contestant, f in runs.items():
        print(
            f"{contestant:<12}{f.start_ms:>10.3f}{f.complete_ms:>13.3f}{f.statements:>7.1f}{f.commits:>9.1f}"
            f"{f.bytes_per_case:>12.0f}"
        )
    print(f"the limit drifted by {drift:.0%}" + (": too much, run again" if drift > 0.2 else ""))
    for contestant, f in runs.items():
        print(
            json.dumps({"bench": "w1", "contestant": contestant, "cases": cases, "drift": round(drift, 3), **vars(f)})
        )


if __name__ == "__main__":
    main()
