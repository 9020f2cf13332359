"""Inclusive joins wait for exactly what can still come, in graphs that are not built of blocks (§13.4.3)."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from tests.engine.bpmn.drawing import Case, drawing, flows, node, timer

START, END = node("startEvent", "s"), node("endEvent", "e")
FORK = node("inclusiveGateway", "f")
JOIN = node("inclusiveGateway", "j")


def tasks(names: str) -> str:
    return "".join(node("userTask", name) for name in names)


def test_a_branch_that_loops_holds_the_join_until_it_leaves_its_loop() -> None:
    source = drawing(
        START + FORK + JOIN + tasks("ab") + node("exclusiveGateway", "x", default="x-j") + END
        + flows("s>f", "f>a[true]", "f>b[true]", "a>x", "x>a[again]", "x>j", "b>j", "j>e")
    )  # fmt: skip
    case = Case(source, {"again": True}).complete("b").complete("a").complete("a")
    assert (case.open(), "j" in case.trace) == (["a"], False)
    assert case.complete("a", again=False).trace[-2:] == ["j", "e"]


def test_a_branch_that_ends_elsewhere_lets_the_join_go_on() -> None:
    source = drawing(
        START + FORK + JOIN + tasks("abc") + node("exclusiveGateway", "x", default="x-j") + node("endEvent", "gone") + END
        + flows("s>f", "f>a[true]", "f>b[true]", "a>x", "x>gone[lost]", "x>j", "b>j", "j>e", "f>c[false]", "c>j")
    )  # fmt: skip
    case = Case(source, {"lost": True}).complete("b")
    assert case.open() == ["a"]
    assert case.complete("a").trace[-3:] == ["gone", "j", "e"]


def test_a_join_feeds_a_join() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + tasks("abc") + node("inclusiveGateway", "i") + JOIN + END
        + flows("s>f", "f>a>i", "f>b>i", "f>c>j", "i>j", "j>e")
    )  # fmt: skip
    case = Case(source).complete("a").complete("c")
    assert (case.open(), case.trace.count("i")) == (["b"], 0)
    assert case.complete("b").trace[-3:] == ["i", "j", "e"]


def test_what_a_boundary_event_may_still_send_is_waited_for() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + tasks("ab") + node("boundaryEvent", "late", timer("PT1H"), attachedToRef="a")
        + node("endEvent", "done") + JOIN + END + flows("s>f", "f>a>done", "f>b>j", "late>j", "j>e")
    )  # fmt: skip
    case = Case(source).complete("b")
    assert "j" not in case.trace
    assert case.complete("a").trace[-3:] == ["done", "j", "e"]
    assert Case(source).complete("b").trigger("late").trace[-3:] == ["late", "j", "e"]


def test_a_join_in_a_loop_is_passed_once_a_round() -> None:
    source = drawing(
        START + node("exclusiveGateway", "m") + FORK + tasks("ab") + JOIN + node("exclusiveGateway", "x", default="x-e") + END
        + flows("s>m>f", "f>a[true]", "f>b[both]", "a>j", "b>j", "j>x", "x>m[again]", "x>e")
    )  # fmt: skip
    case = Case(source, {"both": True, "again": True}).complete("a").complete("b")
    assert case.trace.count("j") == 1
    case.complete("b").complete("a", both=False)
    assert (case.open(), case.trace.count("j")) == (["a"], 2)
    assert case.complete("a", again=False).outcome == "completed"
    assert case.trace.count("j") == 3


def test_a_token_that_can_only_come_where_one_has_come_does_not_hold_the_join() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + tasks("abc") + node("exclusiveGateway", "x") + JOIN + END
        + flows("s>f", "f>a>x", "f>b>x", "x>j", "f>c>j", "j>e")
    )  # fmt: skip
    case = Case(source).complete("a").complete("c")
    assert (case.trace.count("j"), case.open()) == (1, ["b"])
    assert case.complete("b").trace.count("j") == 2


def test_an_event_sub_process_that_listens_holds_nothing() -> None:
    begin = node("startEvent", "s2", timer("PT1H"), isInterrupting="false")
    listens = node("subProcess", "esp", begin + node("task", "w") + flows("s2>w"), triggeredByEvent="true")
    source = drawing(
        START + FORK + tasks("ab") + JOIN + END + listens + flows("s>f", "f>a[true]", "f>b[false]", "a>j", "b>j", "j>e")
    )
    assert Case(source).complete("a").outcome == "completed"


@pytest.mark.parametrize("kind", ["inclusiveGateway", "parallelGateway"])
def test_joins_that_wait_for_each_other_are_refused(kind: str) -> None:
    source = drawing(
        START + node("parallelGateway", "f") + node(kind, "i") + node(kind, "j") + node("exclusiveGateway", "x", default="x-j")
        + node("exclusiveGateway", "y", default="y-i") + END
        + flows("s>f", "f>i>x>j", "f>j>y>i", "x>e[false]", "y>e[false]")
    )  # fmt: skip
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    assert {each.element for each in bpmn.refusing(refusal.value.facts["findings"])} == {"i", "j"}
