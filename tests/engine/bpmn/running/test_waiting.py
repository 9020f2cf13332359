"""What events wait for comes to one catcher, and does not come too often."""

from __future__ import annotations

import pytest

from engine import bpmn
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
SHARED = (
    '<bpmn:error id="E" errorCode="no"/><bpmn:escalation id="X" escalationCode="up"/><bpmn:message id="M" name="m"/>'
)
ERROR = '<bpmn:errorEventDefinition errorRef="E"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="X"/>'


def findings(body: str, shared: str = SHARED) -> list[tuple[str, str]]:
    found = bpmn.check(drawing(body, shared=shared), bpmn.Environment())[1]
    return [(each.severity, each.element) for each in found]


def waits(value: str, kind: str) -> str:
    return START + node("intermediateCatchEvent", "k", timer(value, kind)) + END + flows("s>k>e")


def repeats(value: str) -> str:
    beside = node("boundaryEvent", "k", timer(value, "timeCycle"), attachedToRef="u", cancelActivity="false")
    return START + node("userTask", "u") + beside + END + flows("s>u>e", "k>e")


@pytest.mark.parametrize("often", ["R/PT0.2S", "R/PT0S", "R3/PT0S"])
def test_a_timer_repeats_at_most_once_a_second(often: str) -> None:
    beside = node("boundaryEvent", "k", timer(often, "timeCycle"), attachedToRef="u", cancelActivity="false")
    assert findings(START + node("userTask", "u") + beside + END + flows("s>u>e", "k>e")) == [("error", "k")]


def test_two_catchers_of_one_thing_and_one_that_catches_nothing() -> None:
    job = node("serviceTask", "t", zeebe('taskDefinition type="x"'))
    first = node("boundaryEvent", "one", ERROR, attachedToRef="t")
    second = node("boundaryEvent", "two", ERROR, attachedToRef="t")
    assert findings(START + job + first + second + END + flows("s>t>e", "one>e", "two>e")) == [("error", "two")]
    beside = node("boundaryEvent", "up", ESCALATION, attachedToRef="t")
    assert findings(START + job + beside + END + flows("s>t>e", "up>e")) == [("warning", "up")]


def test_the_start_of_an_event_sub_process_is_checked_like_any_catch() -> None:
    keyless = node("startEvent", "k", '<bpmn:messageEventDefinition messageRef="M"/>')
    inner = node("subProcess", "v", keyless, triggeredByEvent="true")
    assert findings(START + node("userTask", "u") + inner + flows("s>u")) == [("error", "k")]


def test_two_elements_of_one_id_are_refused_wherever_they_stand() -> None:
    inner = node("subProcess", "sub", node("startEvent", "s") + node("endEvent", "e2") + flows("s>e2"))
    assert ("error", "s") in findings(START + inner + END + flows("s>sub>e"))
