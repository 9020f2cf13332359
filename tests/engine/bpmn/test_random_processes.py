"""Random block-structured processes do what their structure says, written down and read again before every action."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node, zeebe

GATEWAYS = {"xor": "exclusiveGateway", "and": "parallelGateway", "or": "inclusiveGateway"}


class Drawer:
    """Draws blocks with one way in and one way out, and counts how often each task must run."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # a repeatable drawing, no secret
        self.count = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def block(self, depth: int) -> tuple[str, str, str, Counter[str]]:
        """XML, first element, last element, how often each task runs."""
        kinds = ["task", "userTask"] if depth == 0 else ["userTask", "sequence", "xor", "and", "or", "sub", "loop"]
        kind = self.random.choice(kinds)
        if kind in ("task", "userTask"):
            name = self.name("t")
            return node(kind, name), name, name, Counter([name])
        if kind in GATEWAYS:
            return self.split(kind, depth)
        if kind == "sequence":
            return self.sequence(depth)
        return self.sub(depth) if kind == "sub" else self.loop(depth)

    def sequence(self, depth: int) -> tuple[str, str, str, Counter[str]]:
        one, two = self.block(depth - 1), self.block(depth - 1)
        return one[0] + two[0] + flows(f"{one[2]}>{two[1]}"), one[1], two[2], one[3] + two[3]

    def split(self, kind: str, depth: int) -> tuple[str, str, str, Counter[str]]:
        branches = [self.block(depth - 1) for _ in range(self.random.randint(2, 3))]
        first, last = self.name("g"), self.name("g")
        true = [kind == "and" or self.random.random() < 0.5 for _ in branches[:-1]]
        attributes = {} if kind == "and" else {"default": f"{first}-{branches[-1][1]}"}
        out = node(GATEWAYS[kind], first, **attributes) + node(GATEWAYS[kind], last)
        for position, branch in enumerate(branches):
            guarded = kind != "and" and position < len(true)
            condition = f"[{str(true[position]).lower()}]" if guarded else ""
            out += branch[0] + flows(f"{first}>{branch[1]}{condition}", f"{branch[2]}>{last}")
        taken = [branch for branch, holds in zip(branches, true, strict=False) if holds]
        if kind == "xor":
            taken = taken[:1]
        taken = branches if kind == "and" else taken or branches[-1:]
        return out, first, last, sum((branch[3] for branch in taken), Counter[str]())

    def sub(self, depth: int) -> tuple[str, str, str, Counter[str]]:
        inner, first, last, runs = self.block(depth - 1)
        name, start, end = self.name("p"), self.name("s"), self.name("e")
        body = node("startEvent", start) + inner + node("endEvent", end) + flows(f"{start}>{first}", f"{last}>{end}")
        return node("subProcess", name, body), name, name, runs

    def loop(self, depth: int) -> tuple[str, str, str, Counter[str]]:
        inner, first, last, runs = self.block(depth - 1)
        rounds = self.random.randint(1, 3)
        merge, counter, decide = self.name("g"), self.name("c"), self.name("g")
        script = f'script expression="=if {counter} = null then 1 else {counter} + 1" resultVariable="{counter}"'
        out = node("exclusiveGateway", merge) + inner + node("scriptTask", counter, zeebe(script))
        out += node("exclusiveGateway", decide, default=f"{decide}-{merge}") + node("task", f"{decide}x")
        out += flows(f"{merge}>{first}", f"{last}>{counter}>{decide}>{merge}")
        out += flows(f"{decide}>{decide}x[modulo({counter}, {rounds}) = 0]")
        return out, merge, f"{decide}x", Counter({name: times * rounds for name, times in runs.items()})


@pytest.mark.parametrize("seed", range(150))
def test_a_random_process_runs_every_task_as_often_as_drawn(seed: int) -> None:
    drawer = Drawer(seed)
    inner, first, last, runs = drawer.block(4)
    case = Case(drawing(node("startEvent", "s") + inner + node("endEvent", "e") + flows(f"s>{first}", f"{last}>e")))
    while case.open():
        case.complete(drawer.random.choice(case.open()))
    assert (case.of(effects.Incident), case.outcome) == ([], "completed")
    assert Counter(name for name in case.trace if name.startswith("t")) == runs
