"""Multiple events wait for any of several things, parallel multiple ones for all; both throw all (BPMN 2.0.2 §10.5.1)."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
SHARED = (
    '<bpmn:message id="M" name="m">' + zeebe('subscription correlationKey="=1"') + "</bpmn:message>"
    '<bpmn:message id="N" name="n">' + zeebe('subscription correlationKey="=2"') + "</bpmn:message>"
    '<bpmn:signal id="G" name="g"/><bpmn:error id="E" errorCode="x"/>'
)  # fmt: skip
M, N = '<bpmn:messageEventDefinition messageRef="M"/>', '<bpmn:messageEventDefinition messageRef="N"/>'
G, HOUR = '<bpmn:signalEventDefinition signalRef="G"/>', timer("PT1H")
TRUE = "<bpmn:conditionalEventDefinition><bpmn:condition>=x &gt; 1</bpmn:condition></bpmn:conditionalEventDefinition>"
BOTH = {"parallelMultiple": "true"}


def case(body: str, **variables: object) -> Case:
    return Case(drawing(START + body + END, shared=SHARED), variables)


def legs(running: Case, element: str) -> dict[str, int]:
    """The tokens by which an event waits, by what they wait for."""
    return {kind: token for token, name, kind in running.waiting if name == element}


def come(running: Case, element: str, kind: str, **payload: object) -> Case:
    return running.act("trigger", legs(running, element)[kind], payload)


def test_any_of_several_things_lets_an_event_go_on_and_the_others_are_gone() -> None:
    running = case(node("intermediateCatchEvent", "c", M + HOUR + G) + flows("s>c>e"))
    assert set(legs(running, "c")) == {"message", "timer", "signal"}
    come(running, "c", "signal", said=1)
    assert (running.trace, running.outcome, running.variables) == (["s", "c", "e"], "completed", {"said": 1})
    assert {gone.kind for gone in running.of(effects.Unsubscribed)} == {"message", "timer", "signal"}


@pytest.mark.parametrize("order", [("message", "timer", "conditional"), ("conditional", "timer", "message")])
def test_all_of_several_things_must_come_in_whatever_order(order: tuple[str, ...]) -> None:
    running = case(node("intermediateCatchEvent", "c", M + HOUR + TRUE, **BOTH) + flows("s>c>e"), x=0)
    for kind in order:
        assert running.trace == ["s"]
        if kind == "conditional":
            running.act("set_variables", None, {"x": 2})
        else:
            come(running, "c", kind, **({"said": 1} if kind == "message" else {}))
    assert (running.trace, running.variables) == (["s", "c", "e"], {"x": 2, "said": 1})


def test_a_boundary_event_waits_for_any_or_an_error() -> None:
    either = node("boundaryEvent", "b", '<bpmn:errorEventDefinition errorRef="E"/>' + M, attachedToRef="t")
    job = node("serviceTask", "t", zeebe('taskDefinition type="j"'))
    body = job + either + node("endEvent", "f") + flows("s>t>e", "b>f")
    failing = case(body)
    failing.act("throw_error", next(token for token, name, _ in failing.waiting if name == "t"), "x", "why")
    assert failing.trace == ["s", "b", "f"]
    asked = case(body)
    come(asked, "b", "message")
    assert (asked.trace, asked.outcome) == (["s", "b", "f"], "completed")


def test_a_boundary_event_that_does_not_interrupt_waits_for_all_anew() -> None:
    both = node("boundaryEvent", "b", M + G, attachedToRef="u", cancelActivity="false", **BOTH)
    running = case(node("userTask", "u") + both + node("task", "n") + flows("s>u>e", "b>n"))
    for _ in range(2):
        come(running, "b", "message")
        assert "signal" in legs(running, "b")
        come(running, "b", "signal")
    assert running.trace == ["s", "b", "n", "b", "n"]
    assert running.complete("u").outcome == "completed"


def test_an_event_sub_process_starts_when_all_has_come() -> None:
    start = node("startEvent", "hs", M + G, **BOTH)
    handler = node("subProcess", "h", start + node("endEvent", "he") + flows("hs>he"), triggeredByEvent="true")
    running = case(node("userTask", "u") + handler + flows("s>u>e"))
    come(running, "h", "signal")
    assert running.open()[-1:] != []
    assert running.trace == ["s"]
    come(running, "h", "message", said=1)
    assert (running.trace, running.outcome, running.variables) == (["s", "hs", "he", "h"], "completed", {"said": 1})


def test_a_process_begins_by_any_of_several_things() -> None:
    source = drawing(node("startEvent", "s", M + G) + END + flows("s>e"), shared=SHARED)
    found = bpmn.starts(bpmn.compile(source), "p", {})
    assert [(start.element, start.kind, start.name) for start in found] == [("s", "message", "m"), ("s", "signal", "g")]


def test_a_throwing_event_throws_all_and_an_end_ends_the_scope_last() -> None:
    stop = node("endEvent", "k", "<bpmn:terminateEventDefinition/>" + G)
    body = node("intermediateThrowEvent", "t", G + M) + node("parallelGateway", "p") + node("userTask", "u") + stop
    running = case(body + flows("s>t>p", "p>u>e", "p>k"))
    assert [signal.name for signal in running.of(effects.SignalThrown)] == ["g", "g"]
    assert [message.name for message in running.of(effects.MessageThrown)] == ["m"]
    assert (running.trace, running.outcome) == (["s", "t", "p", "k"], "completed")


def test_an_end_that_interrupts_itself_by_a_signal_has_thrown_its_message_first() -> None:
    start = node("startEvent", "hs", G) + node("endEvent", "he") + flows("hs>he")
    handler = node("subProcess", "h", start, triggeredByEvent="true")
    running = Case(drawing(START + node("endEvent", "k", G + M) + handler + flows("s>k"), shared=SHARED))
    assert [message.name for message in running.of(effects.MessageThrown)] == ["m"]
    assert (running.trace, running.outcome) == (["s", "hs", "he", "h"], "completed")


@pytest.mark.parametrize(
    ("element", "body"),
    [
        ("s2", node("startEvent", "s2", M + G, **BOTH) + flows("s>e", "s2>e")),
        ("b", node("userTask", "u") + node("boundaryEvent", "b", M + '<bpmn:errorEventDefinition errorRef="E"/>', attachedToRef="u", **BOTH) + flows("s>u>e", "b>e")),
        ("c", node("intermediateCatchEvent", "c", M + '<bpmn:linkEventDefinition name="L"/>') + flows("s>c>e")),
        ("t", node("intermediateThrowEvent", "t", G + "<bpmn:compensateEventDefinition/>") + flows("s>t>e")),
        ("t", node("intermediateThrowEvent", "t", zeebe('taskDefinition type="j"') + G + M) + flows("s>t>e")),
        ("c", node("eventBasedGateway", "v") + node("intermediateCatchEvent", "c", M + G) + node("intermediateCatchEvent", "d", N) + flows("s>v>c>e", "v>d>e")),
        ("c", node("intermediateCatchEvent", "c", M + timer("soon")) + flows("s>c>e")),
    ],
)  # fmt: skip
def test_what_could_not_be_together_is_refused(element: str, body: str) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(drawing(START + body + END, shared=SHARED))
    assert element in {finding.element for finding in refusal.value.facts["findings"]}
