"""Faults put into good drawings are refused, or change nothing that is done: at least 95 of 100, warnings not counted.

What is done are the activities that complete, what waits, what fails and how it ends, with the same answers of the
same persons in the same order. A gateway or an end event more or less on the way is not.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from engine import bpmn, errors
from engine.bpmn.elements.loops import Activity
from engine.bpmn.running import effects, workflow
from tests.engine.bpmn.drawing import Town, drawing, flows, node
from tests.engine.bpmn.test_conformance import RIGHT, SHARED
from tests.engine.bpmn.test_random_processes import Drawer

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
GATEWAYS = ("parallelGateway", "exclusiveGateway", "inclusiveGateway")
EVENTS = ("intermediateCatchEvent", "intermediateThrowEvent", "endEvent", "boundaryEvent")
LOGIC = re.compile(r"<(?:\w+:)?(?:conditionExpression|condition|loopCondition|completionCondition)\b[^>]*>([^<]*)<")
PLAYS = 10
MAX_ACTS = 30
Pool = dict[str, list[Any]]
"""The values that each variable of a drawing's conditions may have."""


def shipped() -> Iterator[bytes]:
    for path in sorted((Path(__file__).parents[4] / "workflows").rglob("*.bpmn")):
        yield path.read_bytes()


def conformant() -> Iterator[bytes]:
    for right in RIGHT.values():
        yield drawing(right.body, shared=SHARED)


def random() -> Iterator[bytes]:
    for seed in range(40):
        body, first, last, _ = Drawer(seed).block(3)
        yield drawing(node("startEvent", "s") + body + node("endEvent", "e") + flows(f"s>{first}", f"{last}>e"))


def mutants(source: bytes, random: Random) -> Iterator[bytes]:
    """Drawings with one fault each: a flow gone, a gateway of another kind, a flow that leads elsewhere."""
    root = etree.fromstring(source)
    drawn = list(root.iter(f"{BPMN}sequenceFlow"))
    gateways = list(root.iter(*(f"{BPMN}{kind}" for kind in GATEWAYS)))
    for flow in random.sample(drawn, min(2, len(drawn))):
        scope, place = flow.getparent(), flow.getparent().index(flow)
        scope.remove(flow)
        yield etree.tostring(root)
        scope.insert(place, flow)
    for gateway in random.sample(gateways, min(2, len(gateways))):
        before = gateway.tag
        gateway.tag = random.choice([f"{BPMN}{kind}" for kind in GATEWAYS if f"{BPMN}{kind}" != before])
        yield etree.tostring(root)
        gateway.tag = before
    for flow in random.sample(drawn, min(2, len(drawn))):
        before, others = flow.get("targetRef"), [id for id in _targets(flow) if id != flow.get("targetRef")]
        if others:
            flow.set("targetRef", random.choice(others))
            yield etree.tostring(root)
            flow.set("targetRef", before)


def _targets(flow: etree._Element) -> list[str]:
    kinds = (*GATEWAYS, *EVENTS[:3], "subProcess", "transaction", "callActivity", "eventBasedGateway")
    names = ((each.get("id"), etree.QName(each).localname) for each in flow.getparent())
    return [id for id, name in names if id and (name in kinds or name.lower().endswith("task"))]


# -- what a drawing does


def pool(source: bytes) -> Pool:
    """Return what the conditions of a drawing compare its variables with."""
    found: dict[str, set[Any]] = {}
    for text in (html.unescape(text) for text in LOGIC.findall(source.decode())):
        for name, value in re.findall(r'(\w+)[^\w"]*!?= *"([^"]*)"', text):
            found.setdefault(name, {"other"}).add(value)
        for name, value in re.findall(r"(\w+) *(?:>=|<=|!=|=|<|>) *(\d+)", text):
            found.setdefault(name, set()).update((int(value), int(value) + 1, int(value) - 1))
        for name in re.findall(r"[A-Za-z_]\w*", re.sub(r'"[^"]*"', "", text)):
            found.setdefault(name, set())
    return {name: sorted(values, key=str) or [True, False] for name, values in found.items()}


class Answering(Town):
    """A town whose decisions answer by chance, always alike."""

    def __init__(self, model: bpmn.Model, values: Pool, seed: int) -> None:
        super().__init__(models=dict.fromkeys(model.specs, model))
        self.values, self.seed = values, seed

    def decide(self, reference: str, context: Mapping[str, Any], tag: str = "") -> tuple[Any, Any]:
        return {name: Random(f"{self.seed}{reference}{name}").choice(able) for name, able in self.values.items()}, {}


def done(model: bpmn.Model, process: str, values: Pool, seed: int) -> tuple[Any, ...]:
    """Play a process, with answers that depend only on who is asked how often; return what was done."""
    asked: Counter[str] = Counter()
    completed: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    stopped: set[int] = set()
    info, nodes = model.processes[process], model.nodes[process]
    events = [*info.message_starts, *info.timer_starts, *info.signal_starts]
    given = {name: Random(f"{seed}{name}").choice(able) for name, able in values.items()}
    run = bpmn.Workflow.start(
        model, process, host=Answering(model, values, seed), variables=given,
        start_event=None if info.none_start else events[0],
    )  # fmt: skip
    for _ in range(MAX_ACTS):
        for effect in run.drain():
            if isinstance(effect, effects.Incident):
                failed[effect.kind] += 1
                stopped.add(effect.token)
            elif isinstance(effect, effects.Left) and isinstance(nodes.get(effect.element), Activity):
                completed[effect.element] += effect.outcome == "completed"
        chance = Random(f"{seed} {sum(asked.values())}")
        able = {kind in ("task", "job"): [] for kind in ("task", "timer")}
        for token, element, kind in sorted(run.waiting(), key=lambda each: (each[1], each[0])):
            if token not in stopped and kind in ("task", "job", "timer", "message", "signal"):
                able[kind in ("task", "job")].append((token, element, kind))
        tasks, others = able[True], able[False]
        if not tasks and not others:
            break
        token, element, kind = chance.choice(others if not tasks or (others and chance.random() < 0.2) else tasks)
        asked[element] += 1
        answer = Random(f"{seed}{element}{asked[element]}")
        result = {name: answer.choice(able) for name, able in values.items() if answer.random() < 0.8}
        (run.complete if kind in ("task", "job") else run.trigger)(token, result)
    return run.outcome, completed, failed, sorted(element for _, element, _ in run.waiting())


def alike(one: bytes, other: bytes) -> bool:
    """Tell whether two drawings do the same in every play."""
    models = [bpmn.check(source, bpmn.Environment())[0] for source in (one, other)]
    values = pool(one)
    return all(
        done(models[0], process, values, seed) == done(models[1], process, values, seed)
        for process in models[0].specs
        for seed in range(PLAYS)
    )


def refused(source: bytes) -> bool:
    try:
        bpmn.compile(source)
    except errors.EngineError:
        return True
    return False


@pytest.mark.parametrize("drawings", [shipped, conformant, random])
def test_faults_put_into_good_drawings_are_refused_or_change_nothing(
    drawings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "MAX_STEPS", 400)
    found = missed = 0
    for seed, good in enumerate(drawings()):
        assert not refused(good)
        for mutant in mutants(good, Random(seed)):  # a repeatable fault, no secret
            if refused(mutant) or alike(good, mutant):
                found += 1
            else:
                missed += 1
    assert found >= 0.95 * (found + missed), (found, missed)
