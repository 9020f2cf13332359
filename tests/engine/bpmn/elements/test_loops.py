"""Activities that repeat: once per item or number, or while a condition holds, on every kind of activity."""

from __future__ import annotations

from typing import Any

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, Town, drawing, flows, io, node, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
COUNT = zeebe('script expression="=if n = null then 1 else n + 1" resultVariable="n"')


def many(inside: str = "", attributes: str = "", sequential: bool = False, completion: str = "", more: str = "") -> str:
    """Multi-instance characteristics; ``inside`` is the cardinality, ``attributes`` Zeebe's collection and so on."""
    out = zeebe(f"loopCharacteristics {attributes}") if attributes else ""
    out += f"<bpmn:loopCardinality>{inside}</bpmn:loopCardinality>" if inside else ""
    out += f"<bpmn:completionCondition>{completion}</bpmn:completionCondition>" if completion else ""
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return f'<{tag} isSequential="{str(sequential).lower()}" {more}>{out}</{tag}>'


def rounds(condition: str = "", **attributes: str) -> str:
    """Standard loop characteristics."""
    inside = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    return node("standardLoopCharacteristics", "loop", inside, **attributes)


def process(activity: str, name: str = "a", **more: str) -> bytes:
    """A process of one activity."""
    return drawing(START + activity + END + flows(f"s>{name}>e"), **more)


def sub(inside: str) -> str:
    """A sub-process around a script that counts in ``n``."""
    return node(
        "subProcess", "a", inside + node("startEvent", "s2") + node("scriptTask", "t", COUNT) + node("endEvent", "e2")
        + flows("s2>t>e2"),
    )  # fmt: skip


CALLED = bpmn.compile(drawing(START + node("task", "t") + END + flows("s>t>e"), process="q"))
TOWN = Town(models={"q": CALLED}, decisions={"d": lambda view: view["loopCounter"]})
CALL = zeebe('calledElement processId="q" propagateAllChildVariables="false"')
KINDS: dict[str, tuple[str, list[str]]] = {
    "task": ("", ["a"]), "manualTask": ("", ["a"]),
    "scriptTask": (COUNT, ["a"]), "businessRuleTask": (zeebe('calledDecision decisionId="d" resultVariable="n"'), ["a"]),
    "callActivity": (CALL, ["s", "t", "e", "a"]),
    "subProcess": (node("startEvent", "s2") + node("task", "t") + flows("s2>t"), ["s2", "t", "a"]),
}  # fmt: skip


@pytest.mark.parametrize("loop", [many("3"), many("=1 + 2", sequential=True), rounds("loopCounter &lt; 3")])
@pytest.mark.parametrize("kind", KINDS)
def test_every_activity_that_runs_by_itself_repeats(kind: str, loop: str) -> None:
    inside, once = KINDS[kind]
    case = Case(process(node(kind, "a", inside + loop)), town=TOWN)
    assert (case.outcome, sorted(case.trace)) == ("completed", sorted(["s", *once * 3, "e"]))
    if 'isSequential="false"' not in loop:
        assert case.trace == ["s", *once * 3, "e"]


@pytest.mark.parametrize("loop", [many("3"), many("=1 + 2", sequential=True), rounds("loopCounter &lt; 3")])
@pytest.mark.parametrize(
    ("kind", "extension"), [("userTask", ""), ("serviceTask", zeebe('taskDefinition type="x"')), ("receiveTask", "")]
)
def test_every_activity_that_waits_repeats(kind: str, extension: str, loop: str) -> None:
    shared = '<bpmn:message id="M" name="m">' + zeebe('subscription correlationKey="=1"') + "</bpmn:message>"
    attributes = {"messageRef": "M"} if kind == "receiveTask" else {}
    case = Case(process(node(kind, "a", extension + loop, **attributes), shared=shared))
    assert len(case.open()) == (3 if 'isSequential="false"' in loop else 1)
    for _ in range(3):
        case = case.trigger("a") if kind == "receiveTask" else case.complete("a")
    assert (case.outcome, case.trace) == ("completed", ["s", "a", "a", "a", "e"])


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize(
    "count", ["-1", "1.5", "10001", '="many"', "=null", "=missing", "=true", "=10 ** 30", "=0 - 1"]
)
def test_an_absurd_number_of_instances_never_runs(count: str, sequential: bool) -> None:
    source = process(node("task", "a", many(count, sequential=sequential)))
    if count in ("-1", "1.5", "10001"):
        with pytest.raises(errors.DeploymentRefused) as refusal:
            bpmn.compile(source)
        assert [finding.element for finding in refusal.value.facts["findings"]] == ["a"]
    else:
        case = Case(source)
        assert [(i.element, i.kind) for i in case.of(effects.Incident)] == [("a", "EXTRACT_VALUE_ERROR")]
        assert case.trace == ["s"]


def test_no_instances_are_one_empty_activity() -> None:
    assert Case(process(node("task", "a", many("0")))).trace == ["s", "a", "e"]


@pytest.mark.parametrize("sequential", [True, False])
def test_null_items_are_items(sequential: bool) -> None:
    attributes = 'inputCollection="=items" inputElement="item" outputCollection="all" outputElement="=item"'
    case = Case(process(node("task", "a", many("", attributes, sequential))), {"items": [None, 1, None]})
    assert (case.outcome, case.variables["all"], case.trace.count("a")) == ("completed", [None, 1, None], 3)


@pytest.mark.parametrize(
    ("condition", "before", "done"),
    [
        ("n &lt; 3", "false", 3),
        ("n &lt; 3", "true", 3),
        ("false", "false", 1),
        ("false", "true", 0),
        ("true", "true", 5),
    ],
)
def test_a_standard_loop_tests_before_or_after_and_knows_its_maximum(condition: str, before: str, done: int) -> None:
    loop = rounds(condition, testBefore=before, loopMaximum="5")
    case = Case(process(node("scriptTask", "a", COUNT + loop)), {"n": 0})
    assert (case.outcome, case.variables["n"], case.trace.count("a")) == ("completed", done, done or 1)


def test_a_loop_with_only_a_maximum_runs_that_often() -> None:
    assert Case(process(node("scriptTask", "a", COUNT + rounds(loopMaximum="4")))).variables["n"] == 4


def test_a_loop_condition_that_is_null_is_an_incident_that_can_be_mended() -> None:
    case = Case(process(node("userTask", "a", rounds("again")))).complete("a")
    (incident,) = case.of(effects.Incident)
    assert (incident.element, incident.kind, case.open()) == ("a", "EXTRACT_VALUE_ERROR", [])
    case.act("set_variables", None, {"again": True}).act("retry", incident.token)
    assert case.open() == ["a"]
    assert case.complete("a", again=False).trace == ["s", "a", "a", "e"]


def test_a_round_keeps_its_variables_to_itself_and_a_boundary_event_ends_the_loop() -> None:
    task = node("userTask", "a", io({"mine": "=loopCounter"}) + rounds("loopCounter &lt; 3"))
    boundary = node("boundaryEvent", "b", "<bpmn:errorEventDefinition/>", attachedToRef="a")
    case = Case(drawing(START + task + boundary + node("task", "z") + END + flows("s>a>e", "b>z"))).complete("a")
    assert "mine" not in case.variables
    case.act("throw_error", case.token("a"), "X", "late")
    assert (case.outcome, case.trace) == ("completed", ["s", "a", "b", "z"])


def counters(case: Case) -> list[Any]:
    return [set_.after["seen"] for set_ in case.of(effects.VariablesSet) if "seen" in set_.after]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_sees_the_counters(sequential: bool) -> None:
    completion = (
        "=numberOfCompletedInstances = 2 and numberOfInstances = 4 and numberOfTerminatedInstances = 0 "
        f"and numberOfActiveInstances = {0 if sequential else 2}"
    )
    case = Case(process(node("userTask", "a", many("4", sequential=sequential, completion=completion))))
    case.complete("a").complete("a")
    assert (case.outcome, case.trace) == ("completed", ["s", "a", "a", "e"])
    assert len(case.of(effects.TaskClosed)) == (0 if sequential else 2)


def test_a_completion_condition_that_is_null_waits_for_its_repair_and_loses_no_instance() -> None:
    case = Case(process(node("userTask", "a", many("3", completion="=enough")))).complete("a")
    (incident,) = case.of(effects.Incident)
    assert len(case.open()) == 2
    case.act("set_variables", None, {"enough": False}).act("retry", incident.token)
    assert (len(case.open()), case.trace) == (2, ["s", "a"])
    assert case.complete("a").complete("a").outcome == "completed"
    assert case.trace == ["s", "a", "a", "a", "e"]


def test_instances_of_a_sub_process_keep_apart_and_collect() -> None:
    attributes = 'inputCollection="=[3,4]" inputElement="n" outputCollection="all" outputElement="=n"'
    case = Case(process(sub(many("", attributes))))
    assert (case.outcome, case.variables) == ("completed", {"all": [4, 5]})


def test_a_called_process_runs_per_item_and_brings_its_result_to_its_own_instance() -> None:
    called = bpmn.compile(
        drawing(START + node("scriptTask", "t", zeebe('script expression="=n * n" resultVariable="square"')) + END + flows("s>t>e"), process="q")
    )  # fmt: skip
    attributes = 'inputCollection="=[2,3]" inputElement="n" outputCollection="all" outputElement="=square"'
    call = io({}, {"square": "=square"}, 'calledElement processId="q"')
    for sequential in (True, False):
        source = process(node("callActivity", "a", call + many("", attributes, sequential)))
        case = Case(source, town=Town(models={"q": called}))
        assert (case.outcome, case.variables["all"]) == ("completed", [4, 9])


def test_loops_within_loops_repeat_per_round() -> None:
    inner = node("startEvent", "s2") + node("task", "t", many("2")) + node("task", "u", rounds("loopCounter &lt; 2"))
    body = node("subProcess", "a", many("2", sequential=True) + inner + flows("s2>t>u"))
    case = Case(process(body))
    assert case.trace == ["s", *["s2", "t", "t", "u", "u", "a"] * 2, "e"]


@pytest.mark.parametrize(
    "loop",
    [
        many("2", more='behavior="One"'),
        many("2", more='behavior="None" noneBehaviorEventRef="x"'),
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>d</bpmn:loopDataInputRef></bpmn:multiInstanceLoopCharacteristics>",
        "<bpmn:multiInstanceLoopCharacteristics/>",
        many("", 'inputCollection="=[1]" outputCollection="all"'),
        many("2") + rounds("true"),
        rounds(),
        rounds("=1 +"),
        rounds("true", loopMaximum="0"),
        rounds("true", loopMaximum="some"),
    ],
)
def test_a_loop_that_could_not_run_as_drawn_is_refused(loop: str) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(process(node("task", "a", loop)))
    assert {finding.element for finding in refusal.value.facts["findings"]} == {"a"}


def test_an_event_sub_process_does_not_repeat() -> None:
    start = node("startEvent", "s2", "<bpmn:errorEventDefinition/>")
    inside = many("2") + start + node("task", "t") + flows("s2>t")
    source = drawing(START + node("subProcess", "a", inside, triggeredByEvent="true") + END + flows("s>e"))
    with pytest.raises(errors.DeploymentRefused):
        bpmn.compile(source)
