"""Random processes that are undone at their end: everything that completed, the last first, with its own values."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.bpmn.running import completed, effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node
from tests.engine.bpmn.running.test_compensation import UNDO, undoable
from tests.engine.bpmn.test_random_processes import Drawer

Done = list["tuple[str, int] | Done"]
"""What completed in a scope, in order: a task with the number it was given, or what completed in a sub-process."""


class Undoing(Drawer):
    """Draws tasks that can be undone, and keeps in which sub-process each element stands."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.scopes = ["p"]
        self.within: dict[str, str] = {}

    def name(self, kind: str) -> str:
        name = super().name(kind)
        self.within[name] = self.scopes[-1]
        return name

    def block(self, depth: int) -> tuple[str, str, str, Counter[str]]:
        if self.random.random() > (0.8 if depth == 0 else 0.15):
            return super().block(depth)
        name = self.name("t")
        return undoable(name, activity="userTask", handler="userTask"), name, name, Counter([name])

    def sub(self, depth: int) -> tuple[str, str, str, Counter[str]]:
        name = f"p{self.count}-{len(self.scopes)}"
        self.within[name] = self.scopes[-1]
        self.scopes.append(name)
        inner, first, last, runs = self.block(depth - 1)
        start, end = self.name("s"), self.name("e")
        self.scopes.pop()
        body = node("startEvent", start) + inner + node("endEvent", end) + flows(f"{start}>{first}", f"{last}>{end}")
        return node("subProcess", name, body), name, name, runs


def flat(done: Done) -> list[tuple[str, int]]:
    """What is to be undone, in order."""
    return [
        entry for item in reversed(done) for entry in (flat(item) if isinstance(item, list) else [item])
    ]  # fmt: skip


def run_forward(case: Case, drawer: Undoing) -> list[tuple[str, int]]:
    """Complete tasks in any order until only ``last`` is left; return what is to be undone."""
    done: dict[str, Done] = {"p": []}
    seen = 0
    number = 0
    while case.open() != ["last"]:
        number += 1
        task = drawer.random.choice(case.open())
        case.complete(task, v=number)
        for element in case.trace[seen:]:
            scope = drawer.within.get(element, "p")
            if f"u{element}" in case.model.processes["p"].elements:
                done.setdefault(scope, []).append((element, number))
            elif element.startswith("p"):
                done.setdefault(scope, []).append(done.pop(element, []))
        seen = len(case.trace)
    return flat(done["p"])


@pytest.mark.parametrize("seed", range(100))
def test_a_random_process_is_undone_as_it_was_done(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completed, "PACK", 1 + seed % 3)
    drawer = Undoing(seed)
    inner, first, last, _ = drawer.block(4)
    end = node("userTask", "last") + node("intermediateThrowEvent", "throw", UNDO) + node("endEvent", "e")
    case = Case(drawing(node("startEvent", "s") + inner + end + flows(f"s>{first}", f"{last}>last>throw>e")))
    expected = run_forward(case, drawer)
    case.complete("last", v=0)
    found = []
    while case.open():
        (handler,) = case.open()
        found.append((handler.removeprefix("u"), case.load().view(case.token(handler))["v"]))
        case.complete(handler)
    assert found == expected
    assert (case.of(effects.Incident), case.outcome) == ([], "completed")
