"""Execution listeners are jobs in order, before an element begins and after it has ended (dialect.md 3)."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node, timer

START, END = node("startEvent", "s"), node("endEvent", "e")


def heard(*listeners: str, more: str = "") -> str:
    """Extension elements with listeners by ``event:type``."""
    entries = "".join(
        f'<zeebe:executionListener eventType="{one.split(":")[0]}" type="{one.split(":")[1]}" retries="2"/>' for one in listeners
    )  # fmt: skip
    return f"<bpmn:extensionElements>{more}<zeebe:executionListeners>{entries}</zeebe:executionListeners></bpmn:extensionElements>"


BOTH = ("start:one", "start:two", "end:three")
MAPPED = '<zeebe:ioMapping><zeebe:input source="=x + 1" target="mine"/><zeebe:output source="=answer" target="out"/></zeebe:ioMapping>'


def kinds(case: Case) -> list[str]:
    return [job.type for job in case.of(effects.JobCreated)]


def test_they_run_in_order_around_a_user_task() -> None:
    case = Case(drawing(START + node("userTask", "u", heard(*BOTH, more=MAPPED)) + END + flows("s>u>e")), {"x": 1})
    assert (kinds(case), case.of(effects.TaskOpened), case.of(effects.JobCreated)[0].retries) == (["one"], [], 2)
    token = case.token("u")
    assert case.load().view(token)["mine"] == 2
    case.complete("u", seen="start")
    assert (kinds(case), case.of(effects.TaskOpened)) == (["one", "two"], [])
    case.complete("u")
    assert (case.load().view(token)["seen"], len(case.of(effects.TaskOpened))) == ("start", 1)
    case.complete("u", answer=42)
    assert (kinds(case), case.trace) == (["one", "two", "three"], ["s"])
    case.complete("u", last=True)
    assert (case.trace, case.variables) == (["s", "u", "e"], {"x": 1, "out": 42, "last": True})


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        ("task", ""),
        ("subProcess", node("startEvent", "s2") + node("task", "t") + flows("s2>t")),
        ("intermediateThrowEvent", ""),
    ],
)
def test_they_run_around_what_runs_by_itself(kind: str, inside: str) -> None:
    case = Case(drawing(START + node(kind, "a", heard(*BOTH) + inside) + END + flows("s>a>e")))
    for _ in range(3):
        assert case.open() == ["a"]
        case.complete("a")
    assert (kinds(case), case.outcome, case.trace[-2:]) == (["one", "two", "three"], "completed", ["a", "e"])


def test_start_end_and_gateways_have_the_moments_they_can_have() -> None:
    source = drawing(
        node("startEvent", "s", heard("end:a")) + node("exclusiveGateway", "x", heard("start:b"), default="x-e")
        + node("endEvent", "e", heard("start:c")) + node("endEvent", "f") + flows("s>x", "x>f[go]", "x>e")
    )  # fmt: skip
    case = Case(source).complete("s", go=False).complete("x").complete("e")
    assert (kinds(case), case.trace, case.outcome) == (["a", "b", "c"], ["s", "x", "e"], "completed")


def test_each_instance_has_its_own() -> None:
    many = "<bpmn:multiInstanceLoopCharacteristics isSequential='true'><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    case = Case(drawing(START + node("task", "a", heard("start:one", "end:two") + many) + END + flows("s>a>e")))
    for _ in range(4):
        case.complete("a")
    assert (kinds(case), case.outcome) == (["one", "two"] * 2, "completed")


def test_a_failure_is_mended_without_doing_the_work_again() -> None:
    case = Case(drawing(START + node("userTask", "u", heard("end:three")) + END + flows("s>u>e"))).complete(
        "u", answer=1
    )
    case.act("fail", case.token("u"), "JOB_NO_RETRIES", "no line")
    (incident,) = case.of(effects.Incident)
    case.act("retry", incident.token)
    assert (kinds(case), len(case.of(effects.TaskOpened))) == (["three", "three"], 1)
    assert case.complete("u").outcome == "completed"


def test_an_error_of_a_listener_is_caught_by_nobody() -> None:
    boundary = node("boundaryEvent", "b", "<bpmn:errorEventDefinition/>", attachedToRef="u")
    case = Case(drawing(START + node("userTask", "u", heard("start:one")) + boundary + END + flows("s>u>e", "b>e")))
    case.act("throw_error", case.token("u"), "X", "why")
    assert ([i.kind for i in case.of(effects.Incident)], "b" in case.trace) == (["UNHANDLED_ERROR_EVENT"], False)


def test_an_interrupting_event_ends_the_listener_too() -> None:
    boundary = node("boundaryEvent", "b", timer("PT1H"), attachedToRef="u")
    case = Case(drawing(START + node("userTask", "u", heard("start:one")) + boundary + END + flows("s>u>e", "b>e")))
    case.trigger("b")
    assert (case.outcome, len(case.of(effects.JobCancelled))) == ("completed", 1)


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ("g", drawing(START + node("parallelGateway", "g", heard("start:one")) + END + flows("s>g>e"))),
        ("x", drawing(START + node("exclusiveGateway", "x", heard("end:one")) + END + flows("s>x>e"))),
        ("s", drawing(node("startEvent", "s", heard("start:one")) + END + flows("s>e"))),
        ("u", drawing(START + node("userTask", "u", heard("cancel:one")) + END + flows("s>u>e"))),
        ("u", drawing(START + node("userTask", "u", heard("start:one", "start:one")) + END + flows("s>u>e"))),
        ("p", drawing(heard("start:one") + START + END + flows("s>e"))),
        ("u", drawing(START + node("userTask", "u", "<bpmn:extensionElements><zeebe:taskListeners/></bpmn:extensionElements>") + END + flows("s>u>e"))),
    ],
)  # fmt: skip
def test_a_listener_without_its_moment_is_refused(element: str, source: bytes) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    assert element in {finding.element for finding in refusal.value.facts["findings"]}
