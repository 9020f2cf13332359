"""Ad-hoc sub-processes: what begins, what ends them, what is collected (BPMN 2.0.2 §13.3.5, dialect.md 7)."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
AB = node("userTask", "a") + node("userTask", "b")


def adhoc(
    inside: str = AB, active: str = "", condition: str = "", more: str = "", around: str = "", **given: str
) -> bytes:
    """A process of one ad-hoc sub-process ``h``; ``around`` stands beside it, with its own flows."""
    listed = f'activeElementsCollection="{active}" ' if active else ""
    extension = zeebe(f"adHoc {listed}{more}") if listed or more else ""
    ends = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else ""
    return drawing(
        START + node("adHocSubProcess", "h", extension + inside + ends, **given) + END + around + flows("s>h>e")
    )


def start(case: Case, activity: str, **variables: object) -> Case:
    return case.act("activate", case.token("h"), activity, variables)


def test_the_list_begins_its_elements_at_once_and_all_must_end() -> None:
    case = Case(adhoc(active="=[&quot;b&quot;, &quot;a&quot;]"))
    assert case.open() == ["h", "b", "a"]
    assert case.complete("b").open() == ["h", "a"]
    assert (case.complete("a").outcome, case.trace) == ("completed", ["s", "b", "a", "h", "e"])


def test_one_after_the_other_keeps_the_order_of_the_list() -> None:
    case = Case(adhoc(active="=which", ordering="Sequential"), {"which": ["b", "a", "b"]})
    assert case.open() == ["h", "b"]
    with pytest.raises(errors.ActivityUnderWay):
        start(case, "a")
    assert case.complete("b").open() == ["h", "a"]
    case.complete("a").complete("b")
    assert case.trace == ["s", "b", "a", "b", "h", "e"]


def test_without_a_list_it_stays_open_until_somebody_begins_something() -> None:
    case = Case(adhoc())
    assert (case.open(), case.outcome) == (["h"], "active")
    assert [(o.element, o.activity) for o in case.load().offers()] == [("h", "a"), ("h", "b")]
    start(case, "b")
    start(case, "b")
    assert case.open() == ["h", "b", "b"]
    case.complete("b").complete("b")
    assert (case.outcome, case.trace) == ("completed", ["s", "b", "b", "h", "e"])


def test_with_a_condition_it_stays_open_until_that_holds() -> None:
    case = start(Case(adhoc(condition="=enough")), "a").complete("a", enough=False)
    assert case.open() == ["h"]
    assert start(case, "b").complete("b", enough=True).outcome == "completed"


@pytest.mark.parametrize("cancels", [True, False])
def test_the_condition_cancels_the_rest_or_lets_it_end(cancels: bool) -> None:
    source = adhoc(
        active="=[&quot;a&quot;, &quot;b&quot;]", condition="=true", cancelRemainingInstances=str(cancels).lower()
    )
    case = Case(source).complete("a")
    if cancels:
        assert (case.outcome, len(case.of(effects.TaskClosed))) == ("completed", 1)
    else:
        assert case.open() == ["b"]  # and nobody may begin anything more
        assert case.complete("b").outcome == "completed"


def test_what_is_collected_is_known_to_the_condition_and_leaves_at_the_end() -> None:
    more = 'outputCollection="said" outputElement="=opinion"'
    case = Case(adhoc(condition="=count(said) = 2", more=more))
    start(start(case, "a"), "b").complete("a", opinion="yes")
    assert case.variables == {}
    case.complete("b", opinion="no")
    assert (case.outcome, case.variables) == ("completed", {"said": ["yes", "no"]})


def test_variables_of_an_activation_are_its_own() -> None:
    case = start(start(Case(adhoc()), "a", unit="fire"), "a", unit="water")
    first, second = (token for token, name, _ in case.waiting if name == "a")
    workflow = case.load()
    assert [workflow.view(token)["unit"] for token in (first, second)] == ["fire", "water"]
    case.act("complete", first, {"unit": "smoke"})
    assert (case.load().view(second)["unit"], "unit" in case.variables) == ("water", False)


def test_what_follows_an_activity_runs_before_its_activation_ends() -> None:
    inside = AB + node("task", "c") + node("intermediateCatchEvent", "t", timer("PT1H")) + flows("a>c>t")
    case = start(Case(adhoc(inside)), "a").complete("a")
    assert case.open() == ["h", "t"]
    assert case.trigger("t").trace == ["s", "a", "c", "t", "h", "e"]


def test_an_empty_list_is_over_at_once() -> None:
    assert Case(adhoc(active="=[]")).trace == ["s", "h", "e"]


@pytest.mark.parametrize(
    "active", ["=missing", "=&quot;a&quot;", "=[&quot;z&quot;]", "=[&quot;a&quot;, null]", "=[[]]"]
)
def test_a_list_that_names_something_else_is_an_incident_that_can_be_mended(active: str) -> None:
    case = Case(adhoc(active=active.replace("missing", "which")))
    (incident,) = case.of(effects.Incident)
    assert (incident.element, incident.kind, case.open()) == ("h", "EXTRACT_VALUE_ERROR", [])
    case.act("set_variables", None, {"which": ["a"]}).act("retry", incident.token)
    if "missing" in active:
        assert case.open() == ["h", "a"]


def test_a_condition_that_is_null_keeps_what_was_done_until_it_is_mended() -> None:
    more = 'outputCollection="said" outputElement="=opinion"'
    case = start(Case(adhoc(condition="=enough", more=more)), "a").complete("a", opinion=1)
    (incident,) = case.of(effects.Incident)
    case.act("set_variables", None, {"enough": True}).act("retry", incident.token)
    assert (case.outcome, case.variables["said"]) == ("completed", [1])


def test_what_is_not_offered_cannot_begin() -> None:
    inside = AB + flows("a>b")
    case = Case(adhoc(inside))
    for wrong in ("b", "e", "nothing"):
        with pytest.raises(errors.ActivityNotOffered):
            start(case, wrong)
    done = start(case, "a").complete("a").complete("b")
    assert done.outcome == "completed"


def test_a_boundary_event_ends_all_activations() -> None:
    late = node("boundaryEvent", "late", timer("PT1H"), attachedToRef="h") + node("task", "z") + flows("late>z")
    case = start(start(Case(adhoc(around=late)), "a"), "b").trigger("late")
    assert (case.outcome, len(case.of(effects.TaskClosed)), case.trace[-1]) == ("completed", 2, "z")


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_in_it(interrupting: bool) -> None:
    begin = node("startEvent", "s2", timer("PT1H"), isInterrupting=str(interrupting).lower())
    inside = AB + node("subProcess", "esp", begin + node("userTask", "w") + flows("s2>w"), triggeredByEvent="true")
    case = start(Case(adhoc(inside)), "a").trigger("esp")
    if interrupting:
        assert case.open() == ["w"]
        assert case.complete("w").outcome == "completed"
    else:
        assert case.complete("a").open() == ["esp", "w"]
        assert case.complete("w").trace[-2:] == ["h", "e"]


def test_it_repeats_and_nests() -> None:
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    inner = node("adHocSubProcess", "i", zeebe('adHoc activeElementsCollection="=[&quot;t&quot;]"') + node("task", "t"))
    case = Case(adhoc(many + inner, active="=[&quot;i&quot;]"))
    assert (case.outcome, case.trace.count("t"), case.trace.count("h")) == ("completed", 2, 2)


def test_who_may_begin_is_said_by_the_property_else_by_the_task() -> None:
    offered = zeebe('assignmentDefinition candidateGroups="hall.window, hall.chief"')
    named = (
        '<bpmn:extensionElements><zeebe:properties><zeebe:property name="starters" value="hall.chief"/>'
        "</zeebe:properties></bpmn:extensionElements>"
    )
    case = Case(adhoc(node("userTask", "a", offered) + node("userTask", "b", named) + node("task", "c")))
    groups = {offer.activity: offer.groups for offer in case.load().offers()}
    assert groups == {"a": ("hall.window", "hall.chief"), "b": ("hall.chief",), "c": ()}


@pytest.mark.parametrize(
    "source",
    [
        adhoc(AB + node("startEvent", "s2") + flows("s2>a")),
        adhoc(AB + node("endEvent", "e2") + flows("a>e2")),
        adhoc(node("textAnnotation", "n")),
        adhoc(active="=1 +"),
        adhoc(more='outputCollection="all"'),
    ],
)
def test_what_could_not_run_is_refused(source: bytes) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    assert "h" in {finding.element for finding in refusal.value.facts["findings"]}
