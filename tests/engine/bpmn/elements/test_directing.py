"""Ad-hoc sub-processes that a service directs: asked, obeyed, asked again (dialect.md 3, 7; Camunda 8.8)."""

from __future__ import annotations

from typing import Any

import pytest

from engine import bpmn, errors
from engine.bpmn.elements.adhoc import MAX_ACTIVE
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, io, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
AB = node("userTask", "a") + node("userTask", "b", name="Visit")
ASKED = 'taskDefinition type="guide" retries="2"'
ERROR = '<bpmn:errorEventDefinition errorRef="E"/>'


def directed(inside: str = AB, *more: str, around: str = "", said: str = "", ends: str = "", **given: str) -> bytes:
    """A process of one directed ad-hoc sub-process ``h``; ``around`` stands beside it, with its own flows."""
    extension = said or zeebe(ASKED, *more)
    return drawing(
        START + node("adHocSubProcess", "h", extension + inside + ends, **given) + END + around + flows("s>h>e"),
        shared='<bpmn:error id="E" errorCode="LOST"/>',
    )


def answer(case: Case, *begins: Any, fulfilled: Any = None, cancels: Any = None, **variables: Any) -> Case:
    said = {
        "activateElements": list(begins),
        "completionConditionFulfilled": fulfilled,
        "cancelRemainingInstances": cancels,
    }
    return case.complete("h", **{name: value for name, value in said.items() if value not in (None, [])}, **variables)


def asked(case: Case) -> int:
    """How many jobs there were."""
    return len(case.of(effects.JobCreated))


def test_the_service_is_asked_until_it_says_that_it_is_done() -> None:
    case = Case(directed())
    (job,) = case.of(effects.JobCreated)
    assert (job.type, job.retries, job.element, case.waiting) == ("guide", 2, "h", [(job.token, "h", "job")])
    answer(case, "b", {"elementId": "a", "variables": {"unit": "fire"}})
    assert (case.open(), asked(case), case.load().offers()) == (["b", "a"], 1, [])
    assert case.load().view(case.token("a"))["unit"] == "fire"
    case.complete("a")
    assert (case.open(), asked(case)) == (["b", "h"], 2)
    answer(case)  # it waits for the other one
    assert case.open() == ["b"]
    case.complete("b")
    assert (case.open(), asked(case)) == (["h"], 3)
    answer(case, fulfilled=True, result="fine")
    assert (case.outcome, case.trace, asked(case)) == ("completed", ["s", "a", "b", "h", "e"], 3)
    assert case.variables == {"result": "fine"}
    assert len({job.token for job in case.of(effects.JobCreated)}) == 3  # each has a key of its own


def test_it_ends_where_nothing_is_begun_and_nothing_runs() -> None:
    assert answer(Case(directed())).trace == ["s", "h", "e"]
    case = answer(Case(directed(node("task", "t"))), "t")
    assert (case.open(), answer(case).trace) == (["h"], ["s", "t", "h", "e"])


def test_the_service_is_told_what_it_may_begin_and_what_is_mapped_in() -> None:
    said = io({"question": "=x + 1"}, {}, ASKED)
    case = Case(directed(AB + node("task", "c") + flows("a>c"), said=said), {"x": 1})
    view = case.load().view(case.token("h"))
    assert view["question"] == 2
    assert [(one["elementId"], one["elementName"]) for one in view["adHocSubProcessElements"]] == [
        ("a", ""),
        ("b", "Visit"),
    ]
    answer(case, "a")
    assert "adHocSubProcessElements" not in case.load().view(case.token("a"))


def test_what_is_open_is_withdrawn_when_an_activity_ends_meanwhile() -> None:
    case = answer(Case(directed()), "a", "b").complete("a")
    stale = case.token("h")
    case.complete("b")
    assert [gone.token for gone in case.of(effects.JobCancelled)] == [stale]
    assert (case.open(), case.token("h") == stale) == (["h"], False)
    with pytest.raises(errors.TokenUnknown):
        case.act("complete", stale, {})


def test_activities_that_end_in_one_step_ask_once() -> None:
    case = answer(Case(directed(node("task", "t"))), "t", "t", "t")
    assert (case.open(), asked(case), case.trace) == (["h"], 2, ["s", "t", "t", "t"])


@pytest.mark.parametrize("cancels", [True, False])
def test_done_ends_what_still_runs_or_lets_it_end(cancels: bool) -> None:
    case = answer(Case(directed()), "a", "b").complete("a")
    answer(case, fulfilled=True, cancels=cancels)
    if cancels:
        assert (case.outcome, len(case.of(effects.TaskClosed))) == ("completed", 1)
    else:
        assert case.open() == ["b"]
        assert (case.complete("b").outcome, asked(case)) == ("completed", 2)


def test_the_rest_may_be_cancelled_for_others() -> None:
    case = answer(Case(directed()), "a", "b").complete("a")
    assert answer(case, "a", cancels=True).open() == ["a"]
    assert len(case.of(effects.TaskClosed)) == 1
    case = answer(Case(directed()), "a", "b").complete("a")
    assert answer(case, cancels=True).outcome == "completed"


def test_variables_are_written_where_they_are_declared_and_the_output_is_collected() -> None:
    said = io({"mine": "=0"}, {"out": "=mine"}, ASKED, 'adHoc outputCollection="said" outputElement="=opinion"')
    case = answer(Case(directed(said=said)), "a", mine=1, other=2)
    assert case.variables == {"other": 2}
    case.complete("a", opinion="yes")
    assert case.load().view(case.token("h"))["said"] == ["yes"]
    assert answer(case, mine=3).variables == {"other": 2, "out": 3, "said": ["yes"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"activateElements": ["z"]},
        {"activateElements": "a"},
        {"activateElements": [None]},
        {"activateElements": [["a"]]},
        {"activateElements": ["b", {"elementId": "e"}]},
        {"activateElements": [{"elementId": "a", "variables": [1]}]},
        {"activateElements": ["a"] * (MAX_ACTIVE + 1)},
        {"activateElements": ["a"], "completionConditionFulfilled": True},
        {"completionConditionFulfilled": "true"},
        {"cancelRemainingInstances": 1},
    ],
)
def test_a_wrong_answer_is_an_incident_of_which_nothing_happens_and_a_retry_asks_again(wrong: dict[str, Any]) -> None:
    case = answer(Case(directed()), "a", "b").complete("a")
    case.complete("h", **wrong, written=1)
    (incident,) = case.of(effects.Incident)
    assert (incident.element, incident.kind) == ("h", "EXTRACT_VALUE_ERROR")
    assert ("written" in case.variables, [name for _, name, kind in case.waiting if kind == "task"]) == (False, ["b"])
    case.act("retry", incident.token)
    assert (asked(case), case.open()) == (3, ["b", "h"])
    assert "adHocSubProcessElements" in case.load().view(case.token("h"))
    assert answer(case, "a").open() == ["b", "a"]


def test_an_activity_that_ends_resolves_the_incident_of_the_question() -> None:
    case = answer(Case(directed()), "a", "b").complete("a")
    case.act("fail", case.token("h"), "JOB_NO_RETRIES", "down")
    (incident,) = case.of(effects.Incident)
    case.complete("b")
    assert ([one.token for one in case.of(effects.IncidentResolved)], case.open()) == ([incident.token], ["h"])


def test_a_type_that_is_no_name_is_an_incident_until_it_is() -> None:
    case = Case(directed(said=zeebe('taskDefinition type="=kind"')))
    (incident,) = case.of(effects.Incident)
    case.act("set_variables", None, {"kind": "guide"}).act("retry", incident.token)
    assert case.of(effects.JobCreated)[0].type == "guide"


@pytest.mark.parametrize("code", ["LOST", "OTHER"])
def test_an_error_of_the_service_is_caught_at_the_boundary(code: str) -> None:
    lost = node("boundaryEvent", "lost", ERROR, attachedToRef="h") + node("task", "z") + flows("lost>z")
    case = answer(Case(directed(around=lost)), "a", "b").complete("a")
    case.act("throw_error", case.token("h"), code, "no way")
    if code == "LOST":
        assert (case.outcome, case.trace[-1], len(case.of(effects.TaskClosed))) == ("completed", "z", 1)
    else:
        (incident,) = case.of(effects.Incident)
        assert (incident.kind, case.open()) == ("UNHANDLED_ERROR_EVENT", ["lost", "b", "h"])
        assert answer(case.act("retry", incident.token), fulfilled=True, cancels=True).outcome == "completed"


@pytest.mark.parametrize("begun", [True, False])
def test_a_boundary_event_ends_the_question_and_the_activities(begun: bool) -> None:
    late = node("boundaryEvent", "late", timer("PT1H"), attachedToRef="h") + node("task", "z") + flows("late>z")
    case = Case(directed(around=late))
    case = answer(case, "a").trigger("late") if begun else case.trigger("late")
    gone = case.of(effects.TaskClosed if begun else effects.JobCancelled)
    assert (case.outcome, case.trace[-1], len(gone)) == ("completed", "z", 1)


def test_the_case_is_cancelled_while_the_service_is_asked() -> None:
    case = answer(Case(directed()), "a", "b").complete("a").act("cancel")
    assert (case.outcome, len(case.of(effects.JobCancelled)), len(case.of(effects.TaskClosed))) == ("terminated", 1, 1)


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_in_it(interrupting: bool) -> None:
    begin = node("startEvent", "s2", timer("PT1H"), isInterrupting=str(interrupting).lower())
    inside = AB + node("subProcess", "esp", begin + node("userTask", "w") + flows("s2>w"), triggeredByEvent="true")
    case = answer(Case(directed(inside)), "a").trigger("esp")
    if interrupting:
        assert (case.open(), case.complete("w").outcome, asked(case)) == (["w"], "completed", 1)
    else:
        answer(case.complete("a"))
        assert case.open() == ["esp", "w"]
        assert case.complete("w").trace[-2:] == ["h", "e"]


def test_it_repeats_and_nests() -> None:
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    inner = node("adHocSubProcess", "i", zeebe('taskDefinition type="other"') + node("task", "t"))
    case = answer(answer(Case(directed(many + inner)), "i"), "i")
    assert case.open() == ["i", "i"]
    for _ in range(2):
        case.complete("i", activateElements=["t"])
    case.complete("i").complete("i")
    answer(answer(case, fulfilled=True), fulfilled=True)
    assert (case.outcome, case.trace.count("t"), case.trace.count("i"), case.trace.count("h")) == ("completed", 2, 2, 2)


def test_listeners_are_heard_around_it() -> None:
    said = (
        f'<bpmn:extensionElements><zeebe:{ASKED} /><zeebe:executionListeners><zeebe:executionListener eventType="start" type="one"/>'
        '<zeebe:executionListener eventType="end" type="two"/></zeebe:executionListeners></bpmn:extensionElements>'
    )
    case = Case(directed(said=said)).complete("h")
    answer(case, fulfilled=True).complete("h")
    assert [job.type for job in case.of(effects.JobCreated)] == ["one", "guide", "two"]
    assert case.outcome == "completed"


def test_it_ends_where_a_person_takes_the_question_away() -> None:
    case = Case(directed())
    workflow = case.load()
    bpmn.modify(workflow, [bpmn.Change("cancel", case.token("h"))])
    assert workflow.outcome == "completed"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("activeElementsCollection", directed(AB, 'adHoc activeElementsCollection="=[]"')),
        ("completionCondition", directed(ends="<bpmn:completionCondition>=true</bpmn:completionCondition>")),
        ("cancelRemainingInstances", directed(cancelRemainingInstances="false")),
        ("ordering", directed(ordering="Sequential")),
    ],
)
def test_what_the_diagram_decides_too_is_refused(name: str, source: bytes) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    (finding,) = refusal.value.facts["findings"]
    assert (finding.element, finding.facts) == ("h", {"name": name})


def test_a_handler_that_is_not_installed_is_refused_where_that_is_known() -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(directed(), bpmn.Environment(handlers=frozenset({"other"})))
    (finding,) = refusal.value.facts["findings"]
    assert (finding.element, finding.facts) == ("h", {"name": "guide"})
