"""What goes wrong in a run is an incident that can be mended, never a wrong way taken in silence."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, io, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
MESSAGE = '<bpmn:message id="M" name="m">' + zeebe('subscription correlationKey="=key"') + "</bpmn:message>"


def kinds(case: Case) -> list[str]:
    return [incident.kind for incident in case.of(effects.Incident)]


def test_a_completion_condition_sees_variables_and_the_collected_output() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=[1,2,3]" outputCollection="votes" outputElement="=vote"/>'
        "</bpmn:extensionElements><bpmn:completionCondition>=vote = wanted and votes[1] = other"
        "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    case = Case(drawing(START + node("userTask", "u", loop) + END + flows("s>u>e")), {"wanted": "yes", "other": "no"})
    assert len(case.complete("u", vote="no").open()) == 2
    case.complete("u", vote="yes")
    assert (kinds(case), case.outcome) == ([], "completed")


def test_mending_a_boundary_timer_does_not_fire_it() -> None:
    source = drawing(
        START + node("userTask", "u") + node("boundaryEvent", "b", timer("=wait"), attachedToRef="u")
        + node("task", "late") + END + flows("s>u>e", "b>late")
    )  # fmt: skip
    case = Case(source)
    (incident,) = case.of(effects.Incident)
    assert case.open() == ["u"]
    case.act("set_variables", None, {"wait": "PT1H"}).act("retry", incident.token)
    assert (case.open(), len(case.of(effects.TimerSet))) == (["u", "b"], 1)
    assert "late" not in case.trace


def test_a_receive_task_behind_an_event_gateway_waits_once() -> None:
    source = drawing(
        START + node("eventBasedGateway", "g") + node("receiveTask", "r", messageRef="M")
        + node("intermediateCatchEvent", "t", timer("PT1H")) + END + flows("s>g", "g>r>e", "g>t>e"),
        shared=MESSAGE,
    )  # fmt: skip
    case = Case(source, {"key": "k"}).trigger("r", answer=1)
    assert (case.outcome, case.variables["answer"]) == ("completed", 1)


def test_mending_an_event_gateway_leaves_no_event_behind() -> None:
    source = drawing(
        START + node("eventBasedGateway", "g") + node("intermediateCatchEvent", "t", timer("PT1H"))
        + node("intermediateCatchEvent", "m", '<bpmn:messageEventDefinition messageRef="M"/>') + END
        + flows("s>g", "g>t>e", "g>m>e"),
        shared=MESSAGE,
    )  # fmt: skip
    case = Case(source)
    (incident,) = case.of(effects.Incident)
    assert case.open() == []
    case.act("set_variables", None, {"key": "k"}).act("retry", incident.token)
    assert case.open() == ["t", "m"]


def test_a_join_to_which_nothing_more_can_come_is_an_incident() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + node("parallelGateway", "j") + END + node("task", "a") + node("task", "b")
        + node("exclusiveGateway", "x", default="x-a") + node("exclusiveGateway", "y", default="y-b")
        + flows("s>f", "f>x", "f>y", "x>j[n = 1]", "x>a", "y>j[n = 2]", "y>b", "j>e", "a>e", "b>e")
    )  # fmt: skip
    case = Case(source, {"n": 1})
    assert (kinds(case), case.outcome) == (["JOIN_INCOMPLETE"], "active")


@pytest.mark.parametrize("attribute", ['priorityDefinition priority="=101"', 'priorityDefinition priority="high"',
                                       'assignmentDefinition assignee="=1"', 'taskSchedule dueDate="=true"'])  # fmt: skip
def test_a_task_that_cannot_be_offered_is_an_incident_and_not_open(attribute: str) -> None:
    case = Case(drawing(START + node("userTask", "u", zeebe(attribute)) + END + flows("s>u>e")))
    assert (len(kinds(case)), case.open(), case.of(effects.TaskOpened)) == (1, [], [])


def test_retries_that_are_no_number_are_an_incident() -> None:
    task = node("serviceTask", "t", zeebe('taskDefinition type="x" retries="=many"'))
    case = Case(drawing(START + task + END + flows("s>t>e")))
    assert (len(kinds(case)), case.open()) == (1, [])


def test_a_thrown_event_without_a_name_is_an_incident() -> None:
    thrower = node("intermediateThrowEvent", "t", '<bpmn:signalEventDefinition signalRef="S"/>')
    case = Case(drawing(START + thrower + END + flows("s>t>e"), shared='<bpmn:signal id="S" name="=nothing"/>'))
    assert (kinds(case), case.of(effects.SignalThrown)) == (["EXTRACT_VALUE_ERROR"], [])


def script(name: str) -> str:
    return node("scriptTask", name, zeebe('script expression="=1" resultVariable="n"'))


def test_every_branch_of_an_endless_loop_can_be_taken_up_again() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + script("a") + script("b") + END
        + node("exclusiveGateway", "x", default="x-a") + node("exclusiveGateway", "y", default="y-b")
        + flows("s>f", "f>a>x", "f>b>y", "x>a", "y>b", "x>e[stop]", "y>e[stop]")
    )  # fmt: skip
    case = Case(source, {"stop": False})
    incidents = case.of(effects.Incident)
    assert kinds(case) == ["STEP_LIMIT", "STEP_LIMIT"]
    case.act("set_variables", None, {"stop": True})
    for incident in incidents:
        case.act("retry", incident.token)
    assert case.outcome == "completed"


ALWAYS = "<bpmn:conditionalEventDefinition><bpmn:condition>=true</bpmn:condition></bpmn:conditionalEventDefinition>"


@pytest.mark.parametrize(
    ("loop", "body"),
    [
        ("ub", node("userTask", "u") + node("boundaryEvent", "b", ALWAYS, attachedToRef="u") + flows("s>u>e", "b>u")),
        ("jcx", node("task", "t") + node("inclusiveGateway", "j") + script("c") + node("exclusiveGateway", "x", default="x-j")
         + flows("s>t>j>c>x>j", "x>e[stop]")),
    ],
)  # fmt: skip
def test_an_endless_loop_through_an_event_or_a_join_does_not_end_in_silence(loop: str, body: str) -> None:
    case = Case(drawing(START + body + END), {"stop": False})
    (incident,) = case.of(effects.Incident)
    assert (incident.kind, incident.element in loop) == ("STEP_LIMIT", True)


def test_variables_for_a_step_that_is_over_are_refused() -> None:
    case = Case(drawing(START + node("userTask", "u") + flows("s>u")))
    with pytest.raises(errors.TokenUnknown):
        case.act("set_variables", 999, {"x": 1})


@pytest.mark.parametrize("mapped", [False, True])
def test_what_an_error_carries_leaves_only_by_a_mapping(mapped: bool) -> None:
    inside = io({}, {"told": "=reason"}) if mapped else ""
    source = drawing(
        START + node("serviceTask", "t", zeebe('taskDefinition type="x"'))
        + node("boundaryEvent", "b", inside + ERROR, attachedToRef="t") + END + flows("s>t>e", "b>e")
    )  # fmt: skip
    case = Case(source)
    case.act("throw_error", case.token("t"), "X", "message", {"reason": "late"})
    assert (case.outcome, case.variables) == ("completed", {"told": "late"} if mapped else {})


def test_a_parallel_block_runs_a_thousand_times_in_a_loop() -> None:
    counter = zeebe('script expression="=if i = null then 1 else i + 1" resultVariable="i"')
    source = drawing(
        START + node("exclusiveGateway", "m") + node("parallelGateway", "f") + node("task", "a") + node("task", "b")
        + node("parallelGateway", "j") + node("scriptTask", "c", counter) + END
        + node("exclusiveGateway", "x", default="x-m")
        + flows("s>m>f", "f>a>j", "f>b>j", "j>c>x", "x>m", "x>e[i = 1000]")
    )  # fmt: skip
    case = Case(source)
    assert (case.outcome, case.trace.count("j")) == ("completed", 1000)


LINK = '<bpmn:linkEventDefinition name="L"/>'
ERROR = "<bpmn:errorEventDefinition/>"


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ("t", drawing(START + node("intermediateThrowEvent", "t", LINK) + flows("s>t"))),
        ("c", drawing(START + node("intermediateCatchEvent", "c", ERROR) + END + flows("s>c>e"))),
        ("c", drawing(START + node("intermediateCatchEvent", "c", timer("R3/PT1H", "timeCycle")) + END + flows("s>c>e"))),
        ("b", drawing(START + node("exclusiveGateway", "x") + node("boundaryEvent", "b", timer("PT1H"), attachedToRef="x") + END + flows("s>x>e", "b>e"))),
        ("b", drawing(START + node("task", "t") + node("boundaryEvent", "b", '<bpmn:errorEventDefinition errorRef="E"/>', attachedToRef="t") + END + flows("s>t>e", "b>e"), shared='<bpmn:error id="E" errorCode="=code"/>')),
        ("k", drawing(START + node("callActivity", "k", zeebe('calledElement processId="q" bindingType="versionTag"')) + END + flows("s>k>e"))),
        ("u", drawing(START + '<bpmn:userTask id="u" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="li"/>' + END + flows("s>u>e"))),
        ("w", drawing(node("startEvent", "w", ERROR) + END + flows("w>e"))),
    ],
)  # fmt: skip
def test_what_would_be_ignored_is_refused(element: str, source: bytes) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    assert element in {finding.element for finding in refusal.value.facts["findings"]}
