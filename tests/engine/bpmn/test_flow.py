"""Tokens move as drawn: gateways, joins, loops, scopes."""

from __future__ import annotations

import pytest

from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, io, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")


def test_ids_that_collide_inside_the_library_run() -> None:
    case = Case(
        drawing(node("startEvent", "Start") + node("task", "Root") + node("endEvent", "End") + flows("Start>Root>End"))
    )
    assert (case.trace, case.outcome) == (["Start", "Root", "End"], "completed")


def test_an_exclusive_gateway_takes_the_first_true_flow_else_the_default() -> None:
    source = drawing(
        START + node("exclusiveGateway", "x", default="x-c") + node("task", "a") + node("task", "b") + node("task", "c") + END
        + flows("s>x", "x>a[n = 1]", "x>b[n = 2]", "x>c", "a>e", "b>e", "c>e")
    )  # fmt: skip
    assert [Case(source, {"n": n}).trace[2] for n in (1, 2, 3)] == ["a", "b", "c"]


def test_a_condition_that_is_neither_true_nor_false_is_an_incident_that_can_be_mended() -> None:
    source = drawing(
        START
        + node("exclusiveGateway", "x", default="x-e")
        + node("task", "a")
        + END
        + flows("s>x", "x>a[ok]", "x>e", "a>e")
    )
    case = Case(source)
    (incident,) = case.of(effects.Incident)
    assert (incident.element, incident.kind, case.outcome) == ("x", "CONDITION_ERROR", "active")
    case.act("set_variables", None, {"ok": True}).act("retry", incident.token)
    assert (case.trace, case.outcome) == (["s", "x", "a", "e"], "completed")


def test_two_branches_writing_different_variables_both_survive() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + node("userTask", "a") + node("userTask", "b") + node("parallelGateway", "j")
        + node("userTask", "z") + END + flows("s>f", "f>a>j", "f>b>j", "j>z>e")
    )  # fmt: skip
    case = Case(source, {"x": 0}).complete("b", y=2, x=1).complete("a", z=[{"typename": "x"}])
    assert case.open() == ["z"]
    assert case.variables == {"x": 1, "y": 2, "z": [{"typename": "x"}]}
    assert case.complete("z").outcome == "completed"


def test_an_inclusive_join_waits_only_for_what_can_still_come() -> None:
    source = drawing(
        START + node("inclusiveGateway", "f", default="f-c") + node("userTask", "a") + node("userTask", "b") + node("userTask", "c")
        + node("inclusiveGateway", "j") + END + flows("s>f", "f>a[n > 0]", "f>b[n > 1]", "f>c", "a>j", "b>j", "c>j", "j>e")
    )  # fmt: skip
    one = Case(source, {"n": 1})
    assert one.open() == ["a"]
    assert one.complete("a").outcome == "completed"
    two = Case(source, {"n": 2}).complete("b")
    assert two.open() == ["a"]
    assert two.complete("a").trace.count("j") == 1
    assert Case(source, {"n": 0}).open() == ["c"]


def test_a_task_may_have_conditional_flows_and_a_default() -> None:
    source = drawing(
        START
        + node("task", "t", default="t-b")
        + node("task", "a")
        + node("task", "b")
        + flows("s>t", "t>a[n = 1]", "t>b")
    )
    assert [Case(source, {"n": n}).trace[-1] for n in (1, 2)] == ["a", "b"]


def test_an_event_gateway_follows_the_first_event_and_forgets_the_others() -> None:
    source = drawing(
        START + node("eventBasedGateway", "g") + node("intermediateCatchEvent", "soon", timer("PT1H"))
        + node("intermediateCatchEvent", "late", timer("PT2H")) + node("task", "a") + node("task", "b")
        + flows("s>g", "g>soon>a", "g>late>b")
    )  # fmt: skip
    case = Case(source)
    assert case.open() == ["soon", "late"]
    case.trigger("late")
    assert (case.trace, case.outcome) == (["s", "g", "late", "b"], "completed")
    assert len(case.of(effects.Unsubscribed)) == 2


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_boundary_timer(interrupting: bool) -> None:
    source = drawing(
        START + node("subProcess", "sub", START.replace('"s"', '"s2"') + node("userTask", "u") + flows("s2>u"))
        + node("boundaryEvent", "b", timer("PT1H"), attachedToRef="sub", cancelActivity=str(interrupting).lower())
        + node("task", "late") + END + flows("s>sub>e", "b>late")
    )  # fmt: skip
    case = Case(source).trigger("b")
    if interrupting:
        assert case.outcome == "completed"
        assert case.of(effects.TaskClosed)
        assert "e" not in case.trace
    else:
        assert case.open() == ["b", "u"]
        assert case.complete("u").trace[-2:] == ["sub", "e"]
    assert "late" in case.trace


def test_an_error_is_caught_by_the_specific_code_before_the_general() -> None:
    source = drawing(
        START + node("subProcess", "sub", node("startEvent", "s2") + node("endEvent", "bad", '<bpmn:errorEventDefinition errorRef="E1"/>') + flows("s2>bad"))
        + node("boundaryEvent", "any", "<bpmn:errorEventDefinition/>", attachedToRef="sub")
        + node("boundaryEvent", "one", '<bpmn:errorEventDefinition errorRef="E1"/>', attachedToRef="sub")
        + node("task", "a") + node("task", "b") + flows("s>sub", "any>a", "one>b"),
        shared='<bpmn:error id="E1" errorCode="wrong"/>',
    )  # fmt: skip
    assert Case(source).trace == ["s", "s2", "one", "b"]


def test_an_event_subprocess_runs_beside_or_instead_of_its_scope() -> None:
    def source(interrupting: str) -> bytes:
        inner = node("startEvent", "m", '<bpmn:messageEventDefinition messageRef="M"/>', isInterrupting=interrupting)
        return drawing(
            START + node("userTask", "u") + END + flows("s>u>e")
            + node("subProcess", "esp", inner + node("userTask", "w") + flows("m>w"), triggeredByEvent="true"),
            shared='<bpmn:message id="M" name="withdraw">' + zeebe('subscription correlationKey="=number"') + "</bpmn:message>",
        )  # fmt: skip

    beside = Case(source("false"), {"number": "GL-1"})
    (opened,) = beside.of(effects.SubscriptionOpened)
    assert (opened.name, opened.key) == ("withdraw", "GL-1")
    beside.trigger("esp", reason="x").trigger("esp")
    assert beside.open() == ["esp", "u", "w", "w"]
    assert beside.variables["reason"] == "x"
    instead = Case(source("true"), {"number": "GL-1"}).trigger("esp")
    assert instead.open() == ["w"]
    assert instead.complete("w").outcome == "completed"


def test_terminate_ends_its_own_scope_only() -> None:
    inner = (
        node("startEvent", "s2") + node("parallelGateway", "f") + node("userTask", "u")
        + node("endEvent", "t", "<bpmn:terminateEventDefinition/>") + flows("s2>f", "f>u", "f>t")
    )  # fmt: skip
    case = Case(drawing(START + node("subProcess", "sub", inner) + node("task", "after") + flows("s>sub>after")))
    assert (case.trace[-1], case.outcome) == ("after", "completed")


def test_a_loop_of_five_thousand_rounds_leaves_nothing_behind() -> None:
    source = drawing(
        START + node("userTask", "u") + node("exclusiveGateway", "x", default="x-e") + END + flows("s>u>x", "x>u[i < 5000]", "x>e")
    )  # fmt: skip
    case = Case(source, {"i": 0})
    size = len(case.tokens)
    for i in range(1, 5001):
        case.effects.clear()
        case.complete("u", i=i)
    assert case.outcome == "completed"
    assert size < 120


def test_a_process_that_never_waits_is_stopped() -> None:
    case = Case(
        drawing(
            START
            + node("scriptTask", "a", zeebe('script expression="=1" resultVariable="n"'))
            + node("exclusiveGateway", "x", default="x-a")
            + END
            + flows("s>a>x", "x>a", "x>e[false]")
        )
    )
    assert [incident.kind for incident in case.of(effects.Incident)] == ["STEP_LIMIT"]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_multi_instance_collects_in_order(sequential: str) -> None:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=units" inputElement="unit" outputCollection="opinions" outputElement="={unit: unit, ok: ok}"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )  # fmt: skip
    case = Case(drawing(START + node("userTask", "u", loop) + END + flows("s>u>e")), {"units": ["a", "b", "c"]})
    assert len(case.open()) == (1 if sequential == "true" else 3)
    for _ in range(3):
        case.complete("u", ok=True)
    assert case.outcome == "completed"
    assert case.variables["opinions"] == [{"unit": unit, "ok": True} for unit in "abc"]


def test_multi_instance_over_nothing_completes_and_over_no_list_is_an_incident() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=units"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    source = drawing(START + node("userTask", "u", loop) + END + flows("s>u>e"))
    assert Case(source, {"units": []}).trace == ["s", "u", "e"]
    assert [i.kind for i in Case(source).of(effects.Incident)] == ["EXTRACT_VALUE_ERROR"]


def test_a_completion_condition_ends_the_rest() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=[1,2,3]"/></bpmn:extensionElements>'
        "<bpmn:completionCondition>=numberOfCompletedInstances = 2</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    case = Case(drawing(START + node("userTask", "u", loop) + END + flows("s>u>e"))).complete("u").complete("u")
    assert case.outcome == "completed"
    assert len(case.of(effects.TaskClosed)) == 1


def test_two_thousand_instances_complete() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=for i in 1..2000 return i" inputElement="i" outputCollection="all" outputElement="=i"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )  # fmt: skip
    case = Case(drawing(START + node("task", "t", loop) + END + flows("s>t>e")))
    assert case.outcome == "completed"
    assert case.variables["all"] == list(range(1, 2001))


def test_input_mappings_stay_local_and_output_mappings_alone_leave() -> None:
    source = drawing(
        START + node("userTask", "u", io({"x": "=y + 1"}, {"case.result": "=x * 10"})) + END + flows("s>u>e")
    )
    case = Case(source, {"y": 1, "case": {"kept": True}})
    assert "x" not in case.variables
    case.complete("u", x=5, noise=1)
    assert case.variables == {"y": 1, "case": {"kept": True, "result": 50}}


def test_a_completed_task_cannot_be_completed_again() -> None:
    from engine import errors

    case = Case(drawing(START + node("userTask", "u") + node("userTask", "v") + flows("s>u>v")))
    token = case.token("u")
    case.complete("u")
    with pytest.raises(errors.TokenUnknown):
        case.act("complete", token, {})


def test_cancelling_closes_everything() -> None:
    case = Case(
        drawing(
            START
            + node("userTask", "u")
            + node("boundaryEvent", "b", timer("PT1H"), attachedToRef="u")
            + END
            + flows("s>u>e", "b>e")
        )
    )
    case.act("cancel")
    assert (case.outcome, case.open()) == ("terminated", [])
    assert len(case.of(effects.TaskClosed)) == len(case.of(effects.Unsubscribed)) == 1


def test_a_flow_may_be_written_outside_the_scope_that_it_joins() -> None:
    inner = node("subProcess", "sub", node("startEvent", "s2") + node("endEvent", "e2"))
    assert Case(drawing(START + inner + END + flows("s>sub>e", "s2>e2"))).trace == ["s", "s2", "e2", "sub", "e"]
