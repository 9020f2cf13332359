"""Workload W1: task A with a form of six fields, a gateway on its data, B, then C and D at once, a script, the end."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.engine import Connection, Engine

import forms
from engine import audit, bpmn, db, definitions, instances, tasks
from engine.design import packages
from engine.ground import idempotency

VALUES: dict[str, Any] = {
    "name": "官林水泥",
    "amount": 21000,
    "kind": "许可",
    "phone": "13800000000",
    "address": "官林镇",
    "urgent": False,
}
ORDER = "ABCD"
WANG = tasks.Candidate("P040", frozenset({"hall.window"}))
ACTOR = audit.Actor(WANG.id)
SENT = {name: [str(value)] for name, value in VALUES.items() if value is not False}
"""What a browser sends for :data:`VALUES`: texts, and nothing for a box that is not ticked."""
FIELDS = {"amount": "number", "urgent": "checkbox"}
FORM = {
    "type": "default",
    "id": "application",
    "schemaVersion": 16,
    "components": [
        {"type": FIELDS.get(name, "textfield"), "key": name, "id": f"Field_{name}", "label": name, "validate": {}}
        for name in VALUES
    ],
}
SCHEMA = forms.compile(FORM)
OFFERED = 'candidateGroups="hall.window"'
OURS_TASK = (
    "<bpmn:extensionElements><zeebe:userTask/>"
    '<zeebe:formDefinition formId="application"/><zeebe:assignmentDefinition {}/></bpmn:extensionElements>'
)
OURS_SCRIPT = (
    '<bpmn:scriptTask id="t"><bpmn:extensionElements><zeebe:script expression="=amount * 2" resultVariable="doubled"/>'
    "</bpmn:extensionElements></bpmn:scriptTask>"
)


def diagram(task: str, script: str, condition: str, process: str = "w1") -> bytes:
    """Draw W1 for one engine or the other."""
    nodes = "".join(f'<bpmn:userTask id="{name}" name="{name}">{task}</bpmn:userTask>' for name in ORDER)
    pairs = ["s-A", "A-x", "B-f", "f-C", "f-D", "C-j", "D-j", "j-t", "t-e", "x-e2"]
    flows = "".join(
        f'<bpmn:sequenceFlow id="{p}" sourceRef="{p.split("-")[0]}" targetRef="{p.split("-")[1]}"/>' for p in pairs
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="w1" '
        f'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><bpmn:process id="{process}" isExecutable="true">'
        f'<bpmn:startEvent id="s"/>{nodes}<bpmn:exclusiveGateway id="x" default="x-e2"/><bpmn:parallelGateway id="f"/>'
        f'<bpmn:parallelGateway id="j"/>{script}<bpmn:endEvent id="e"/><bpmn:endEvent id="e2"/>{flows}'
        f'<bpmn:sequenceFlow id="x-B" sourceRef="x" targetRef="B"><bpmn:conditionExpression>{condition}'
        "</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process></bpmn:definitions>"
    ).encode()


def deploy(database: Engine, name: str, *, source: bytes = b"", claimed: bool = False) -> None:
    """Put a process into force: W1, its tasks assigned at once or to be claimed, or another drawing."""
    assigned = OFFERED if claimed else f'assignee="{WANG.id}" {OFFERED}'
    drawing = source or diagram(OURS_TASK.format(assigned), OURS_SCRIPT, "=amount > 20000", name)
    files = {
        "package.toml": f'name = "{name}"'.encode(),
        "w1.bpmn": drawing,
        "application.form": json.dumps(FORM).encode(),
    }
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, packages.Package(files), bpmn.Environment(), forms.compile)


def start(database: Engine, process: str, key: str) -> None:
    """Start an instance, in one commit."""
    with db.transaction(database) as connection:
        instances.start(connection, ACTOR, process, business_key=key)


def begin(database: Engine, process: str, key: str) -> int:
    """Start an instance; return the key of its only open task."""
    start(database, process, key)
    return open_task(database, key)


def open_task(database: Engine, key: str) -> int:
    """Return the first open task of an instance."""
    with db.reading(database) as connection:
        return first_open(connection, key)


def first_open(connection: Connection, key: str) -> int:
    """Return the first open task of an instance that a connection sees."""
    cursor = connection.connection.cursor()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    cursor.execute(f"SELECT min(id) FROM task WHERE business_key = {mark} AND state = 'open'", (key,))
    return int(cursor.fetchone()[0] or 0)


def complete(database: Engine, task_id: int, values: dict[str, list[str]] = SENT) -> None:
    """Complete a task as a request does: idempotency key, permission, form, step, trail, one commit."""
    with db.transaction(database) as connection:
        request = idempotency.request_hash([task_id, values])
        key = f"{task_id:032d}"
        assert idempotency.answer(connection, WANG.id, key, request) is None
        form = forms.bind(SCHEMA, values, {}, {})
        assert form.validate(), form.errors
        tasks.complete(connection, ACTOR, WANG, task_id, form.values, form_hash=SCHEMA.hash)
        idempotency.remember(connection, WANG.id, key, request, {"task": task_id})
