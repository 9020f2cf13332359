"""A transaction that is cancelled is undone before it is left by its cancel event; an error leaves it as it is (§10.3.5)."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node, timer, zeebe
from tests.engine.bpmn.running.test_compensation import END, START, UNDO, inner, sub, undoable, undone

CANCEL = "<bpmn:cancelEventDefinition/>"
CANCELLED = node("boundaryEvent", "cancelled", CANCEL, attachedToRef="tx") + node("task", "sorry")
ERROR = '<bpmn:error id="E" errorCode="x"/>'


def booking(more: str = "", *, extra: str = "") -> bytes:
    """Book ``a`` and ``b``, then a person agrees (``w``) or cancels; ``more`` stands in the transaction."""
    inside = (
        node("startEvent", "ts") + undoable("a") + undoable("b", handler="userTask") + node("userTask", "w")
        + node("exclusiveGateway", "x", default="x-done") + node("endEvent", "done") + node("endEvent", "no", CANCEL)
        + flows("ts>a>b>w>x>done", "x>no[cancel]")
    )  # fmt: skip
    return drawing(
        START
        + sub("tx", inside + more, "transaction")
        + CANCELLED
        + END
        + flows("s>tx>e", "cancelled>sorry>e")
        + extra,
        shared=ERROR,
    )


def test_a_transaction_that_succeeds_goes_on() -> None:
    case = Case(booking()).complete("w", cancel=False)
    assert (case.trace[-2:], undone(case), case.outcome) == (["tx", "e"], [], "completed")


def test_a_cancelled_transaction_is_undone_before_it_is_left() -> None:
    case = Case(booking()).complete("w", cancel=True)
    assert (case.open(), case.trace[-1]) == (["cancelled", "ub"], "bb")
    case.complete("ub")
    assert (undone(case), case.trace[-3:], case.outcome) == (["ub", "ua"], ["cancelled", "sorry", "e"], "completed")
    assert ("tx", "cancelled") in {(left.element, left.outcome) for left in case.of(effects.Left)}


def test_what_still_runs_is_stopped_and_what_it_had_completed_is_undone() -> None:
    beside = sub("sp", inner("c") + node("userTask", "z") + flows("c>z"))
    inside = (
        node("startEvent", "ts") + node("parallelGateway", "f") + beside + node("userTask", "w")
        + node("endEvent", "no", CANCEL) + flows("ts>f", "f>sp", "f>w>no")
    )  # fmt: skip
    source = drawing(START + sub("tx", inside, "transaction") + CANCELLED + flows("s>tx", "cancelled>sorry"))
    case = Case(source)
    assert case.open() == ["cancelled", "w", "z"]
    case.complete("w")
    assert (undone(case), case.trace[-1], case.outcome) == (["uc"], "sorry", "completed")
    assert len(case.of(effects.TaskClosed)) == 1


def test_a_hazard_leaves_without_undoing() -> None:
    inside = inner("a", end='<bpmn:errorEventDefinition errorRef="E"/>')
    source = drawing(
        START + sub("tx", inside, "transaction") + CANCELLED + node("boundaryEvent", "hazard", "<bpmn:errorEventDefinition/>", attachedToRef="tx")
        + node("intermediateThrowEvent", "throw", UNDO) + END + flows("s>tx>e", "cancelled>sorry>e", "hazard>throw>e"),
        shared=ERROR,
    )  # fmt: skip
    case = Case(source)
    assert (undone(case), case.trace[-3:], case.outcome) == ([], ["hazard", "throw", "e"], "completed")


def test_an_error_while_it_is_undone_is_a_hazard() -> None:
    failing = undoable("a", handler="serviceTask", handling=zeebe('taskDefinition type="x"'))
    inside = node("startEvent", "ts") + failing + node("endEvent", "no", CANCEL) + flows("ts>a>no")
    source = drawing(
        START + sub("tx", inside, "transaction") + CANCELLED + node("boundaryEvent", "hazard", "<bpmn:errorEventDefinition/>", attachedToRef="tx")
        + END + flows("s>tx>e", "cancelled>sorry>e", "hazard>e")
    )  # fmt: skip
    case = Case(source)
    case.act("throw_error", case.token("ua"), "X", "no")
    assert (case.trace[-2:], case.outcome) == (["hazard", "e"], "completed")


def test_a_deadline_still_counts_while_it_is_undone() -> None:
    late = node("boundaryEvent", "late", timer("PT1H"), attachedToRef="tx")
    case = Case(booking(extra=late + flows("late>e"))).complete("w", cancel=True).trigger("late")
    assert (undone(case), case.trace[-2:], case.outcome) == ([], ["late", "e"], "completed")


def test_a_completed_transaction_is_undone_like_any_subprocess() -> None:
    source = drawing(
        START + sub("tx", inner("a", "b"), "transaction") + node("intermediateThrowEvent", "throw", UNDO) + END + flows("s>tx>throw>e")
    )  # fmt: skip
    assert undone(Case(source)) == ["ub", "ua"]


def test_a_transaction_around_a_transaction_is_not_cancelled_with_it() -> None:
    deep = sub("deep", inner("b", end=CANCEL), "transaction") + node(
        "boundaryEvent", "only", CANCEL, attachedToRef="deep"
    )
    inside = node("startEvent", "ts") + undoable("a") + deep + node("task", "on") + flows("ts>a>deep", "only>on")
    case = Case(drawing(START + sub("tx", inside, "transaction") + END + flows("s>tx>e")))
    assert (undone(case), case.trace[-4:]) == (["ub"], ["only", "on", "tx", "e"])


def test_a_sub_process_within_cancels_the_whole_transaction() -> None:
    deep = sub("sp", inner("b") + node("userTask", "z") + node("endEvent", "no", CANCEL) + flows("b>z>no"))
    inside = (
        node("startEvent", "ts") + undoable("a") + node("parallelGateway", "f") + deep + node("userTask", "w")
        + node("endEvent", "te") + flows("ts>a>f", "f>sp>te", "f>w>te")
    )  # fmt: skip
    case = Case(
        drawing(START + sub("tx", inside, "transaction") + CANCELLED + END + flows("s>tx>e", "cancelled>sorry>e"))
    )
    case.complete("z")
    assert (undone(case), case.trace[-3:], case.outcome) == (["ub", "ua"], ["cancelled", "sorry", "e"], "completed")
    assert {(left.element, left.outcome) for left in case.of(effects.Left)} >= {("sp", "cancelled"), ("w", "cancelled")}


def test_an_event_sub_process_within_cancels_the_whole_transaction() -> None:
    start = node("startEvent", "hs", timer("PT1H"))
    late = node("subProcess", "h", start + node("endEvent", "no", CANCEL) + flows("hs>no"), triggeredByEvent="true")
    inside = node("startEvent", "ts") + undoable("a") + node("userTask", "w") + flows("ts>a>w") + late
    case = Case(
        drawing(START + sub("tx", inside, "transaction") + CANCELLED + END + flows("s>tx>e", "cancelled>sorry>e"))
    )
    case.trigger("h")
    assert (undone(case), case.trace[-3:]) == (["ua"], ["cancelled", "sorry", "e"])


@pytest.mark.parametrize("sequential", [False, True])
def test_one_of_several_instances_cancels_them_all(sequential: bool) -> None:
    inside = (
        node("startEvent", "ts") + undoable("a") + node("userTask", "w") + node("exclusiveGateway", "x", default="x-done")
        + node("endEvent", "done") + node("endEvent", "no", CANCEL) + flows("ts>a>w>x>done", "x>no[cancel]")
    )  # fmt: skip
    several = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
    source = drawing(
        START + sub("tx", several + inside, "transaction") + CANCELLED + END + flows("s>tx>e", "cancelled>sorry>e")
    )
    case = Case(source).complete("w", cancel=False)
    assert undone(case) == []
    case.complete("w", cancel=True)
    assert (undone(case), case.trace[-3:], case.outcome) == (
        ["ua"] * (2 if sequential else 3), ["cancelled", "sorry", "e"], "completed",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("element", "body"),
    [
        ("b", sub("sp", inner("a")) + node("boundaryEvent", "b", CANCEL, attachedToRef="sp") + flows("s>sp>e", "b>e")),
        ("b", node("task", "t") + node("boundaryEvent", "b", CANCEL, attachedToRef="t") + flows("s>t>e", "b>e")),
        ("b", sub("tx", inner("a"), "transaction") + node("boundaryEvent", "b", CANCEL, attachedToRef="tx", cancelActivity="false") + flows("s>tx>e", "b>e")),
        ("no", node("endEvent", "no", CANCEL) + flows("s>no")),
        ("ei", sub("sp", inner("a", end=CANCEL)) + flows("s>sp>e")),
        ("no", sub("tx", inner("a") + node("subProcess", "esp", node("startEvent", "us", UNDO) + node("endEvent", "no", CANCEL) + flows("us>no"), triggeredByEvent="true"), "transaction") + CANCELLED + flows("s>tx>e", "cancelled>sorry")),
        ("tx", sub("tx", inner("a", end=CANCEL), "transaction") + flows("s>tx>e")),
        ("tx", sub("tx", inner("a"), "transaction", method="##Store") + flows("s>tx>e")),
        ("t", node("intermediateThrowEvent", "t", CANCEL) + flows("s>t>e")),
        ("k", node("intermediateCatchEvent", "k", CANCEL) + flows("s>k>e")),
        ("ces", node("subProcess", "esp", node("startEvent", "ces", CANCEL), triggeredByEvent="true") + flows("s>e")),
    ],
)  # fmt: skip
def test_cancelling_what_is_no_transaction_is_refused(element: str, body: str) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(drawing(START + body + END))
    assert element in {finding.element for finding in refusal.value.facts["findings"]}
