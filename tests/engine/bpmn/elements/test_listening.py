"""Execution listeners are jobs in order, before an element begins and after it has ended (dialect.md 3)."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, Town, drawing, flows, node, timer

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
        ("g", drawing(START + node("parallelGateway", "g", heard("end:one")) + END + flows("s>g>e"))),
        ("x", drawing(START + node("exclusiveGateway", "x", heard("end:one")) + END + flows("s>x>e"))),
        ("s", drawing(node("startEvent", "s", heard("start:one")) + END + flows("s>e"))),
        ("u", drawing(START + node("userTask", "u", heard("cancel:one")) + END + flows("s>u>e"))),
        ("u", drawing(START + node("userTask", "u", heard("start:one", "start:one")) + END + flows("s>u>e"))),
        ("u", drawing(START + node("userTask", "u", heard("start:")) + END + flows("s>u>e"))),
        ("p", drawing(heard("cancel:one") + START + END + flows("s>e"))),
        ("b", drawing(START + node("userTask", "u") + node("boundaryEvent", "b", heard("start:one") + timer("PT1H"), attachedToRef="u") + END + flows("s>u>e", "b>e"))),
        ("x", drawing(START + node("endEvent", "x", heard("end:one") + "<bpmn:errorEventDefinition/>") + flows("s>x"))),
    ],
)  # fmt: skip
def test_a_listener_without_its_moment_is_refused(element: str, source: bytes) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    assert element in {finding.element for finding in refusal.value.facts["findings"]}


MESSAGE = '<bpmn:message id="M" name="m"><bpmn:extensionElements><zeebe:subscription correlationKey="=key"/></bpmn:extensionElements></bpmn:message>'
ARRIVES = '<bpmn:messageEventDefinition messageRef="M"/>'


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_a_join_hears_its_listener_once_when_it_is_complete(kind: str) -> None:
    body = START + node("parallelGateway", "p") + node("userTask", "a") + node("userTask", "b") + END
    case = Case(drawing(body + node(kind, "j", heard("start:one")) + flows("s>p>a>j", "p>b>j>e")))
    case.complete("a")
    assert (case.open(), kinds(case)) == (["b"], [])
    case.complete("b")
    assert (case.open(), kinds(case)) == (["j"], ["one"])
    assert case.complete("j").trace == ["s", "p", "a", "b", "j", "e"]


def test_a_split_chooses_by_what_its_listener_brings() -> None:
    split = node("inclusiveGateway", "o", heard("start:one"), default="o-f")
    case = Case(drawing(START + split + END + node("endEvent", "f") + flows("s>o", "o>e[go]", "o>f")))
    assert case.complete("o", go=True).trace == ["s", "o", "e"]


def test_a_catching_event_waits_for_the_key_that_its_listener_brings() -> None:
    catch = node("intermediateCatchEvent", "m", heard("start:one", "end:two") + ARRIVES)
    case = Case(drawing(START + catch + END + flows("s>m>e"), shared=MESSAGE))
    assert case.of(effects.SubscriptionOpened) == []
    case.complete("m", key="K1")
    assert [opened.key for opened in case.of(effects.SubscriptionOpened)] == ["K1"]
    case.trigger("m", said=1)
    assert (kinds(case), case.open()) == (["one", "two"], ["m"])
    case.complete("m", last=2)
    assert (case.outcome, case.variables) == ("completed", {"said": 1, "last": 2})


def test_a_race_is_heard_before_it_begins_and_its_winner_when_it_has_won() -> None:
    race = node("eventBasedGateway", "v", heard("start:one"))
    winner = node("intermediateCatchEvent", "m", heard("start:two", "end:three") + ARRIVES)
    late = node("intermediateCatchEvent", "t", timer("PT1H"))
    case = Case(drawing(START + race + winner + late + END + flows("s>v>m>e", "v>t>e"), shared=MESSAGE))
    assert (case.open(), case.of(effects.SubscriptionOpened)) == (["v"], [])
    case.act("set_variables", None, {"key": "K1"}).complete("v")
    assert sorted(case.open()) == ["m", "t"]
    case.trigger("m", said=1).complete("m").complete("m")
    assert (kinds(case), case.trace, case.variables["said"]) == (["one", "two", "three"], ["s", "v", "m", "e"], 1)


def test_a_process_is_heard_around_all_that_is_in_it() -> None:
    case = Case(drawing(heard(*BOTH) + START + node("userTask", "u") + END + flows("s>u>e")), {"x": 1})
    assert (case.open(), case.trace) == (["p"], [])
    case.complete("p", y=2).complete("p")
    assert (case.open(), case.variables) == (["u"], {"x": 1, "y": 2})
    case.complete("u")
    assert (case.open(), case.trace, case.outcome) == (["p"], ["s", "u", "e"], "active")
    case.complete("p", z=3)
    assert (case.outcome, case.variables, kinds(case)) == (
        "completed",
        {"x": 1, "y": 2, "z": 3},
        ["one", "two", "three"],
    )


def test_a_called_process_is_heard_before_its_caller_goes_on() -> None:
    called = bpmn.compile(drawing(heard("start:one", "end:two") + START + END + flows("s>e"), process="q"))
    call = "<bpmn:extensionElements><zeebe:calledElement processId='q'/></bpmn:extensionElements>"
    source = drawing(
        node("startEvent", "s1") + node("callActivity", "c", call) + node("endEvent", "e1") + flows("s1>c>e1")
    )
    case = Case(source, town=Town(models={"q": called}))
    assert case.open() == ["q"]
    case.complete("q").complete("q", out=1)
    assert (case.trace, case.variables) == (["s1", "s", "e", "c", "e1"], {"out": 1})


def test_a_process_whose_listener_fails_can_be_taken_up_and_cancelled() -> None:
    source = drawing(heard("start:one") + START + END + flows("s>e"))
    case = Case(source)
    case.act("fail", case.token("p"), "JOB_NO_RETRIES", "no line")
    (incident,) = case.of(effects.Incident)
    case.act("retry", incident.token)
    assert (kinds(case), case.complete("p").outcome) == (["one", "one"], "completed")
    other = Case(source).act("cancel")
    assert (other.outcome, len(other.of(effects.JobCancelled))) == ("terminated", 1)


def test_an_event_sub_process_is_heard_when_it_has_started() -> None:
    start = node("startEvent", "hs", timer("PT1H"), isInterrupting="false")
    body = heard("start:one", "end:two") + start + node("endEvent", "he") + flows("hs>he")
    handler = node("subProcess", "h", body, triggeredByEvent="true")
    case = Case(drawing(START + node("userTask", "u") + END + handler + flows("s>u>e")))
    case.trigger("h")
    assert ([name for _, name, kind in case.waiting if kind == "job"], kinds(case)) == (["h"], ["one"])
    for _ in BOTH[:2]:
        job = next(token for token, _, kind in case.waiting if kind == "job")
        case.act("complete", job, {})
    case.complete("u")
    assert (case.trace, kinds(case)) == (["s", "hs", "he", "h", "u", "e"], ["one", "two"])
