"""What could not run as drawn is refused, by element, before it is put into force."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
FORM = '<bpmn:extensionElements><zeebe:userTaskForm id="f">{}</zeebe:userTaskForm></bpmn:extensionElements>'
FILTERED = (
    '<bpmn:conditionalEventDefinition id="d"><bpmn:extensionElements><zeebe:conditionalFilter variableEvents="create"/>'
    "</bpmn:extensionElements><bpmn:condition>=ok</bpmn:condition></bpmn:conditionalEventDefinition>"
)
MESSAGE = '<bpmn:message id="M" name="m"/>'


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ("c", drawing(START + node("complexGateway", "c") + END + flows("s>c>e", "s>c"))),
        ("t", drawing(START + node("task", "t") + END + flows("s>e"))),
        ("p", drawing(node("task", "t"))),
        ("x-a", drawing(START + node("exclusiveGateway", "x") + node("task", "a") + END + flows("s>x", "x>a", "x>e[ok]"))),
        ("t", drawing(START + node("scriptTask", "t", zeebe('script expression="=1 +" resultVariable="n"')) + flows("s>t"))),
        ("t", drawing(START + node("scriptTask", "t", "<bpmn:script>import os</bpmn:script>") + flows("s>t"))),
        ("t", drawing(START + node("userTask", "t", zeebe("agentDefinition")) + flows("s>t"))),
        ("t", drawing(START + node("receiveTask", "t", messageRef="M") + flows("s>t"), shared=MESSAGE)),
        ("t", drawing(START + node("serviceTask", "t", zeebe('taskDefinition type="nobody"')) + flows("s>t"))),
        ("t", drawing(START + node("userTask", "t", zeebe('formDefinition formId="nothing"')) + flows("s>t"))),
        ("t", drawing(START + node("userTask", "t", zeebe('assignmentDefinition candidateGroups="nobody"')) + flows("s>t"))),
        ("t", drawing(START + node("userTask", "t", zeebe('formDefinition formKey="camunda-forms:bpmn:nothing"')) + flows("s>t"))),
        ("p", drawing(FORM.format("{}") + START + END + flows("s>e"))),
        ("p", drawing(FORM.format("no JSON") + START + END + flows("s>e"))),
        ("k", drawing(START + node("intermediateCatchEvent", "k", FILTERED) + END + flows("s>k>e"))),
        ("b", drawing(START + node("task", "t") + node("boundaryEvent", "b", attachedToRef="t") + flows("s>t"))),
    ],
)  # fmt: skip
def test_the_refusal_names_the_element(element: str, source: bytes) -> None:
    known = bpmn.Environment(handlers=set(), forms=set(), decisions=set(), groups=set(), processes=set())
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source, known)
    assert element in {finding.element for finding in refusal.value.facts["findings"]}


@pytest.mark.parametrize(
    ("error", "source"),
    [
        (errors.BpmnUnsafe, b'<!DOCTYPE x [<!ENTITY a "b">]>' + drawing(START + END + flows("s>e"))),
        (errors.BpmnUnreadable, b"<a>"),
        (errors.BpmnUnreadable, b"<a/>"),
        (errors.BpmnTooLarge, drawing(node("task", "t") * 50_001)),
        (errors.BpmnTooLarge, drawing("<bpmn:subProcess>" * 70 + "</bpmn:subProcess>" * 70)),
        (errors.BpmnTooLarge, b" " * 5_000_001),
    ],
)
def test_hostile_files_do_not_reach_the_engine(error: type[errors.EngineError], source: bytes) -> None:
    with pytest.raises(error):
        bpmn.compile(source)


def test_a_chain_of_a_thousand_nodes_is_read_and_run() -> None:
    from tests.engine.bpmn.drawing import Case

    names = [f"t{i}" for i in range(1000)]
    body = START + "".join(node("task", name) for name in names) + END
    assert len(Case(drawing(body + flows(">".join(["s", *names, "e"])))).trace) == 1002


def test_a_file_is_read_once_and_judged_by_each_place_it_is_to_run_at() -> None:
    source = drawing(
        START + node("serviceTask", "t", zeebe('taskDefinition type="remote.call"')) + END + flows("s>t>e")
    )
    known, found = bpmn.check(source, bpmn.Environment(handlers={"remote.call"}))
    again, wanting = bpmn.check(bytes(bytearray(source)), bpmn.Environment(handlers={"another"}))
    assert known is again
    assert (found, [finding.element for finding in wanting]) == ([], ["t"])
    assert bpmn.check(source, bpmn.Environment(handlers={"remote.call"}))[1] == []
    other = bpmn.check(source.replace(b'"t"', b'"u"'), bpmn.Environment(handlers={"another"}))[1]
    assert other != wanting
