"""Forms and decisions bound by a version tag are the latest that carry it, whichever package they came with."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors, incidents, instances, tasks
from engine.design import packages
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

BOUND = 'bindingType="versionTag" versionTag="{}"'
TASK = drawing(
    node("startEvent", "s") + node("userTask", "u", zeebe(f'formDefinition formId="f" {BOUND.format("v1")}'))
    + node("endEvent", "e") + flows("s>u>e")
)  # fmt: skip
RULE = drawing(
    node("startEvent", "s")
    + node("businessRuleTask", "r", zeebe(f'calledDecision decisionId="d" resultVariable="out" {BOUND.format("v1")}'))
    + node("userTask", "u") + flows("s>r>u")
)  # fmt: skip


def form(tag: str, label: str) -> bytes:
    field = {"type": "textfield", "key": "note", "label": label}
    return json.dumps({"id": "f", "type": "default", "versionTag": tag, "components": [field]}).encode()


def decision(tag: str, value: int) -> bytes:
    mark = f'<extensionElements><z:versionTag value="{tag}"/></extensionElements>'
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        'xmlns:z="http://camunda.org/schema/zeebe/1.0" id="m" name="m" namespace="n">'
        f'<decision id="d" name="d">{mark}<variable name="d"/>'
        f"<literalExpression><text>{value}</text></literalExpression></decision></definitions>"
    ).encode()


def deploy(connection: Connection, name: str, **files: bytes) -> None:
    named = {path.replace("_", "."): content for path, content in files.items()}
    package = packages.Package({"package.toml": f'name = "{name}"'.encode(), **named})
    definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())


def label(connection: Connection) -> str:
    row = connection.execute(sa.select(tasks.task).where(tasks.task.c.state == "open")).one()
    schema = tasks.form(connection, row)
    assert schema is not None
    return str(schema["components"][0]["label"])


def test_a_task_keeps_the_form_that_the_tag_meant_when_it_was_opened(db_connection: Connection) -> None:
    deploy(db_connection, "one", p_bpmn=TASK, f_form=form("v2", "its own"))
    instances.start(db_connection, audit.SYSTEM, "p", business_key="A")
    (incident,) = db_connection.execute(sa.select(incidents.incident)).all()
    assert incident.kind == "FORM_NOT_FOUND"
    deploy(db_connection, "two", f_form=form("v1", "older"), p_bpmn=drawing(node("startEvent", "s"), process="q"))
    deploy(db_connection, "three", f_form=form("v1", "newer"), p_bpmn=drawing(node("startEvent", "s"), process="r"))
    incidents.retry(db_connection, audit.SYSTEM, incident.id, "已发布表单")
    assert label(db_connection) == "newer"
    deploy(db_connection, "two", f_form=form("v1", "newest"), p_bpmn=drawing(node("startEvent", "s"), process="q"))
    assert label(db_connection) == "newer"


def test_a_decision_is_the_latest_that_carries_the_tag(db_connection: Connection) -> None:
    deploy(db_connection, "one", p_bpmn=RULE, d_dmn=decision("v2", 0))
    instances.start(db_connection, audit.SYSTEM, "p", business_key="A")
    (incident,) = db_connection.execute(sa.select(incidents.incident)).all()
    assert incident.kind == "DECISION_EVALUATION_ERROR"
    deploy(db_connection, "two", d_dmn=decision("v1", 7), p_bpmn=drawing(node("startEvent", "s"), process="q"))
    step = incidents.retry(db_connection, audit.SYSTEM, incident.id, "已发布决策")
    assert step.workflow.view(None)["out"] == 7


@pytest.mark.parametrize(
    "extension",
    [
        f'formDefinition formId="f" {BOUND.format("")}',
        f'calledDecision decisionId="d" resultVariable="x" {BOUND.format("")}',
    ],
)
def test_a_binding_without_its_tag_is_refused(extension: str) -> None:
    kind = "userTask" if extension.startswith("form") else "businessRuleTask"
    source = drawing(node("startEvent", "s") + node(kind, "u", zeebe(extension)) + flows("s>u"))
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    assert [finding.element for finding in refusal.value.facts["findings"]] == ["u"]
