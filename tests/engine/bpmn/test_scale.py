"""Sizes at which a kernel that predicts, remembers or recurses gives up: all complete, and a step stays as cheap."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from engine import bpmn
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, Town, drawing, flows, node, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
COUNT = zeebe('script expression="=if i = null then 1 else i + 1" resultVariable="i"')


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that the fastest of three rounds takes."""
    times = []
    for _ in range(3):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times)


def block(number: int, kind: str, task: str) -> tuple[str, str, str]:
    """A two-way block: its XML, its first and its last node."""
    fork, join, one, two = (f"{letter}{number}" for letter in "fjab")
    branches = "[true]" if kind == "inclusiveGateway" else ""
    body = node(kind, fork) + node(kind, join) + node(task, one) + node(task, two)
    return (
        body + flows(f"{fork}>{one}{branches}", f"{fork}>{two}{branches}", f"{one}>{join}", f"{two}>{join}"),
        fork,
        join,
    )


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_fifty_two_way_blocks_in_sequence(kind: str) -> None:
    blocks = [block(number, kind, "task") for number in range(50)]
    between = [f"{first[2]}>{second[1]}" for first, second in pairwise(blocks)]
    body = "".join(drawn for drawn, _, _ in blocks) + flows(f"s>{blocks[0][1]}", *between, f"{blocks[-1][2]}>e")
    case = Case(drawing(START + body + END))
    assert (case.outcome, len(case.trace)) == ("completed", 2 + 4 * 50)


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_two_hundred_parallel_branches(kind: str) -> None:
    names = [f"t{number}" for number in range(200)]
    fork = [f"f>{name}" + ("[true]" if kind == "inclusiveGateway" else "") for name in names]
    body = node(kind, "f") + node(kind, "j") + "".join(node("userTask", name) for name in names)
    case = Case(drawing(START + body + END + flows("s>f", *fork, *(f"{name}>j" for name in names), "j>e")))
    assert len(case.open()) == 200
    for name in names:
        case.complete(name)
    assert (case.outcome, case.trace.count("j"), len(case.trace)) == ("completed", 1, 204)


def test_five_thousand_rounds_without_a_wait() -> None:
    source = drawing(
        START + node("scriptTask", "c", COUNT) + node("exclusiveGateway", "x", default="x-c") + END + flows("s>c>x", "x>c", "x>e[i = 5000]")
    )  # fmt: skip
    case = Case(source)
    assert (case.outcome, case.variables, len(case.trace)) == ("completed", {"i": 5000}, 10_002)


def test_five_thousand_rounds_of_a_standard_loop() -> None:
    loop = node("standardLoopCharacteristics", "l", "<bpmn:loopCondition>loopCounter &lt; 5000</bpmn:loopCondition>")
    case = Case(drawing(START + node("scriptTask", "c", COUNT + loop) + END + flows("s>c>e")))
    assert (case.outcome, case.variables) == ("completed", {"i": 5000})


def many(count: int, sequential: bool = False) -> str:
    items = (
        f'inputCollection="=for i in 1..{count} return i" inputElement="i" outputCollection="all" outputElement="=i"'
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"{zeebe(f'loopCharacteristics {items}')}</bpmn:multiInstanceLoopCharacteristics>"
    )


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("kind", ["task", "subProcess"])
def test_two_thousand_items(kind: str, sequential: bool) -> None:
    inside = node("startEvent", "s2") + node("task", "t") + flows("s2>t") if kind == "subProcess" else ""
    case = Case(drawing(START + node(kind, "a", many(2000, sequential) + inside) + END + flows("s>a>e")))
    assert (case.outcome, case.variables["all"]) == ("completed", list(range(1, 2001)))


def test_nested_calls_do_not_recurse_with_their_number() -> None:
    call = zeebe('calledElement processId="q"')
    names = [f"k{number}" for number in range(300)]
    called = bpmn.compile(drawing(START + node("task", "t") + END + flows("s>t>e"), process="q"))
    body = (
        START + "".join(node("callActivity", name, call) for name in names) + END + flows(">".join(["s", *names, "e"]))
    )
    case = Case(drawing(body), town=Town(models={"q": called}))
    assert (case.outcome, case.trace.count("t")) == ("completed", 300)


def test_the_thousandth_node_costs_what_the_hundredth_did() -> None:
    def chain(length: int) -> bytes:
        names = [f"t{number}" for number in range(length)]
        return drawing(
            START + "".join(node("task", name) for name in names) + END + flows(">".join(["s", *names, "e"]))
        )

    short, long = (bpmn.compile(chain(length)) for length in (100, 1000))
    ten_short = cpu(lambda: [bpmn.Workflow.start(short, "p", host=Town()) for _ in range(10)])
    one_long = cpu(lambda: bpmn.Workflow.start(long, "p", host=Town()))
    assert one_long < 3 * ten_short


def test_a_token_document_does_not_grow_with_what_has_happened() -> None:
    drawn, first, last = block(1, "parallelGateway", "userTask")
    source = drawing(
        START + node("exclusiveGateway", "m") + drawn + node("exclusiveGateway", "x", default="x-m") + END
        + flows(f"s>m>{first}", f"{last}>x>m", "x>e[over]")
    )  # fmt: skip
    case = Case(source, {"over": False})
    size = len(case.tokens)
    for number in range(1, 301):
        case.complete("b1").complete("a1", over=number == 300)
        assert number == 300 or len(case.tokens) <= size + 10  # the numbers of tokens grow by digits
    assert (case.outcome, case.trace.count(last)) == ("completed", 300)
    assert case.of(effects.Incident) == []
