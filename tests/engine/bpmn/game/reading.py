"""Reads a drawing for the token game, without anything of the kernel, so that the game can judge it."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
ACTIVITIES = {
    "task", "manualTask", "userTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "subProcess", "transaction",
    "adHocSubProcess", "callActivity",
}  # fmt: skip
SCOPES = {"subProcess", "transaction", "adHocSubProcess"}
NODES = ACTIVITIES | {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "exclusiveGateway",
    "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway",
}  # fmt: skip


@dataclass(eq=False)
class Way:
    """A sequence flow, or the association of a compensation event."""

    id: str
    source: Element
    target: Element
    condition: str = ""
    default: bool = False


@dataclass(eq=False)
class Repeated:
    """How often an activity runs: several instances, or rounds of a loop."""

    rounds: bool
    sequential: bool = True
    items: list[Any] = field(default_factory=list)
    condition: str = ""
    before: bool = False
    maximum: int | None = None


@dataclass(eq=False)
class Element:
    """A node, or a process; ``text`` is the condition, script or list that says more of it."""

    id: str
    kind: str
    inside: list[Element] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    comes: list[Way] = field(default_factory=list)
    beside: list[Element] = field(default_factory=list)
    event: str = ""
    name: str = ""
    text: str = ""
    times: int = 1
    interrupts: bool = True
    waits: bool = True
    handles: bool = False
    """Whether it is an event sub-process."""
    undone_by: Element | None = None
    undoes: Way | None = None
    link: Element | None = None
    repeated: Repeated | None = None
    sequential: bool = False
    cancels: bool = True
    listed: list[str] | None = None

    @property
    def start(self) -> Element:
        """The start event that a scope begins at."""
        return next(each for each in self.inside if each.kind == "startEvent")

    @property
    def handlers(self) -> list[Element]:
        """The event sub-processes that wait while the scope lasts."""
        return [each for each in self.inside if each.handles and each.start.event != "compensate"]

    @property
    def gathers(self) -> bool:
        """Whether tokens wait here for each other."""
        joins = self.kind in ("parallelGateway", "inclusiveGateway") and len(self.comes) > 1
        return joins or (self.kind == "complexGateway" and bool(self.text))

    def after(self) -> Iterator[Element]:
        """Where a token may come to from here."""
        yield from (way.target for way in self.ways)
        yield from self.beside
        if self.link is not None:
            yield self.link


def read(source: bytes) -> dict[str, Element]:
    """Return the processes of a file by id."""
    root = etree.fromstring(source)
    shared = {each.get("id"): each for each in root}
    return {each.get("id"): _scope(each, "process", shared) for each in root.findall(f"{BPMN}process")}


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _text(element: Any, name: str) -> str:
    child = element.find(f"{BPMN}{name}")
    return "".join(child.itertext()).strip() if child is not None else ""


def _extension(element: Any, name: str) -> Any:
    return element.find(f"{BPMN}extensionElements/{ZEEBE}{name}")


def _scope(drawn: Any, kind: str, shared: Mapping[str, Any]) -> Element:
    scope = Element(drawn.get("id"), kind)
    found = {each.get("id"): each for each in drawn if _local(each) in NODES}
    nodes = {id: _node(each, shared) for id, each in found.items()}
    scope.inside = list(nodes.values())
    for each in drawn.findall(f"{BPMN}sequenceFlow"):
        source, target = nodes[each.get("sourceRef")], nodes[each.get("targetRef")]
        default = found[source.id].get("default") == each.get("id")
        way = Way(each.get("id"), source, target, "" if default else _text(each, "conditionExpression"), default)
        source.ways.append(way)
        target.comes.append(way)
    for id, each in found.items():
        if each.get("attachedToRef") and nodes[id].event != "compensate":
            nodes[each.get("attachedToRef")].beside.append(nodes[id])
    for each in drawn.findall(f"{BPMN}association"):
        event, handler = nodes[each.get("sourceRef")], nodes[each.get("targetRef")]
        event.undoes = Way(each.get("id"), event, handler)
        nodes[found[event.id].get("attachedToRef")].undone_by = event
    for node in scope.inside:
        if node.event == "link" and node.kind == "intermediateThrowEvent":
            node.link = next(n for n in scope.inside if n.event == "link" and n.name == node.name and n is not node)
        if node.handles and node.start.event == "compensate":
            scope.undone_by = node
    return scope


def _node(drawn: Any, shared: Mapping[str, Any]) -> Element:
    kind = _local(drawn)
    node = _scope(drawn, kind, shared) if kind in SCOPES else Element(drawn.get("id"), kind)
    node.interrupts = drawn.get("cancelActivity", drawn.get("isInterrupting", "true")) == "true"
    node.handles = drawn.get("triggeredByEvent") == "true"
    node.sequential = drawn.get("ordering") == "Sequential"
    node.cancels = drawn.get("cancelRemainingInstances", "true") == "true"
    node.text = _text(drawn, "activationCondition") or _text(drawn, "completionCondition")
    definition = next((each for each in drawn if _local(each).endswith("EventDefinition")), None)
    if definition is not None:
        _event(node, definition, shared)
    script, listed, called = (_extension(drawn, name) for name in ("script", "adHoc", "calledElement"))
    if kind == "scriptTask":
        node.name, node.text = script.get("resultVariable"), script.get("expression")
    if kind == "adHocSubProcess" and listed is not None and listed.get("activeElementsCollection"):
        node.listed = json.loads(listed.get("activeElementsCollection").removeprefix("="))
    if kind == "callActivity":
        node.name = called.get("processId")
    if kind in ("sendTask", "receiveTask"):
        node.event = "message"
    node.repeated = _repeated(drawn)
    return node


def _event(node: Element, definition: Any, shared: Mapping[str, Any]) -> None:
    node.event = _local(definition).removesuffix("EventDefinition")
    meant = shared.get(definition.get(f"{node.event}Ref"))
    node.name = definition.get("name") or definition.get("activityRef") or ""
    if meant is not None:
        node.name = meant.get(f"{node.event}Code") or meant.get("name") or ""
    node.waits = definition.get("waitForCompletion", "true") == "true"
    node.text = _text(definition, "condition")
    cycle = _text(definition, "timeCycle")
    node.times = int(cycle.partition("/")[0].removeprefix("R")) if cycle else 1


def _repeated(drawn: Any) -> Repeated | None:
    many, rounds = (drawn.find(f"{BPMN}{name}LoopCharacteristics") for name in ("multiInstance", "standard"))
    if many is not None:
        listed = _extension(many, "loopCharacteristics")
        count = _text(many, "loopCardinality")
        items = [None] * int(count.removeprefix("=")) if count else json.loads(listed.get("inputCollection")[1:])
        return Repeated(False, many.get("isSequential") == "true", items, _text(many, "completionCondition"))
    if rounds is not None:
        most = rounds.get("loopMaximum")
        before = rounds.get("testBefore") == "true"
        condition = _text(rounds, "loopCondition")
        return Repeated(True, condition=condition, before=before, maximum=int(most) if most else None)
    return None


# -- the few expressions of random drawings

COMPARED = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def value(text: str, seen: Mapping[str, Any]) -> Any:
    """Evaluate a number, a variable, a sum, a comparison of two, or one that is denied."""
    text = text.removeprefix("=").strip()
    if text.startswith("not(") and text.endswith(")"):
        return not value(text[4:-1], seen)
    compared = re.fullmatch(r"(\w+) (=|!=|<=|>=|<|>|\+) (\w+)", text)
    if compared:
        one, how, other = compared.groups()
        if how == "+":
            return value(one, seen) + value(other, seen)
        return COMPARED[how](value(one, seen), value(other, seen))
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.lstrip("-").isdigit() else seen[text]
