"""Checks what joins elements beyond sequence flows: links, event-based gateways, message flows between pools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.bpmn.drawn import xml
from engine.bpmn.drawn.model import Model
from engine.bpmn.elements.activities import JobTask, UserTask
from engine.bpmn.elements.events import (
    BoundaryEvent,
    CatchEvent,
    JobEvent,
    ReceiveTask,
    SendTask,
    StartEvent,
    ThrowEvent,
)
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import EventGateway, Node, ParallelGateway, Process
from engine.bpmn.elements.values import CONVERSATION, Value
from engine.errors import N_

Problem = Callable[..., None]

RACING = ("message", "timer", "signal", "conditional")
"""What may decide the race behind an event-based gateway (BPMN 2.0.2 §10.6.6)."""


def links(process: Process, problem: Problem) -> None:
    """Refuse links that lead nowhere, from nowhere, or to two places: within one scope, a name has one target."""
    throws, catches = list(_links(process, ThrowEvent)), list(_links(process, CatchEvent))
    seen: set[str] = set()
    for name, node in catches:
        if name in seen:
            problem(node.name, N_("Two link events catch “{name}”."), N_("Give each its own name."), name=name)
        seen.add(name)
        if name not in {thrown for thrown, _ in throws}:
            problem(node.name, N_("No link event leads to “{name}”."), _LINK, name=name)
        if node.arrivals:
            problem(node.name, N_("No flow leads to a link that is entered."), _LINK)
    for name, node in throws:
        if name not in seen:
            problem(node.name, N_("No link event catches “{name}”."), _LINK, name=name)
        if node.flows:
            problem(node.name, N_("No flow leaves a link that is left."), _LINK)


_LINK = N_("A link is a pair: a throwing and a catching event of one name in one scope.")


def _links(process: Process, kind: type[Node]) -> Iterator[tuple[str, Node]]:
    for node in process.task_specs.values():
        if isinstance(node, kind) and node.trigger is not None and node.trigger.kind == "link":
            yield node.trigger.name.text if node.trigger.name else "", node


def gateway(node: Node, problem: Problem) -> None:
    """Refuse what an event-based gateway could not decide, and conditions that nothing would ask for."""
    if isinstance(node, EventGateway | ParallelGateway):
        for flow in node.flows:
            if flow.condition is not None:
                problem(
                    flow.id, N_("Nothing asks for a condition behind a gateway of this kind."),
                    N_("Take the condition away, or use an inclusive gateway."),
                )  # fmt: skip
    if not isinstance(node, EventGateway):
        return
    targets = [node.process.task_specs[flow.target] for flow in node.flows]
    if len(targets) < 2 or not all(_races(target) for target in targets):
        problem(
            node.name,
            N_("An event-based gateway needs two or more catching events behind it."),
            N_("Lead it to events or receive tasks that wait for a message, a time, a signal or a condition."),
        )
    for target in targets:
        if isinstance(target, ReceiveTask) and (target.boundaries or target.loop or target.repetition):
            problem(
                target.name, N_("A receive task behind an event-based gateway may not repeat or have boundary events."),
                N_("Put a catching event in its place."),
            )  # fmt: skip


def _races(node: Node) -> bool:
    return isinstance(node, CatchEvent | ReceiveTask) and node.trigger is not None and node.trigger.kind in RACING


def message_flows(root: xml.Element, model: Model, problem: Problem) -> None:
    """Refuse message flows between the processes of a file by which no message would come.

    Messages find their receiver by name and key; a flow that says something else would be silently ignored. Flows from
    and to a pool, or one that is not executable, are there to be read.
    """
    nodes = {name: node for process in model.nodes.values() for name, node in process.items()}
    for flow in root.iter(f"{xml.BPMN}messageFlow"):
        source, target = nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))
        if source is None or target is None or not _receives(target):
            continue
        if not _sends(source):
            problem(
                flow.get("id") or source.name, N_("“{sender}” sends no message."),
                N_("Let a send task or a throwing message event send it."), sender=source.details.name or source.name,
            )  # fmt: skip
        elif None not in (_name(source), _name(target)) and _name(source) != _name(target):
            problem(
                flow.get("id") or source.name, N_("The message flow joins two different messages."),
                N_("Choose the same message at both ends."),
            )  # fmt: skip


def conversations(root: xml.Element, model: Model) -> None:
    """Let pools of one file find each other without keys, where one of them begins the other (BPMN 2.0.2 §8.3).

    What such a pool sends to the other and what it waits for from it, if the message has no correlation key, belongs to
    the conversation of the two instances. A pool that nothing begins by a message has no instance that could be meant.
    """
    pool = {name: process for process, nodes in model.nodes.items() for name in nodes}
    nodes = {name: node for each in model.nodes.values() for name, node in each.items()}
    ends = [(nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))) for flow in _flows(root)]
    between = [(source, target) for source, target in ends if source is not None and target is not None]
    between = [(s, t) for s, t in between if pool[s.name] != pool[t.name] and _keyless(s) and _keyless(t)]
    begun = {frozenset((pool[s.name], pool[t.name])) for s, t in between if t in t.process.starts}
    answered = {frozenset((pool[s.name], pool[t.name])) for s, t in between if t not in t.process.starts}
    for source, target in between:
        pair = frozenset((pool[source.name], pool[target.name]))
        if pair in begun & answered:
            _converse(source)
            if target not in target.process.starts:
                _converse(target)


def _flows(root: xml.Element) -> Iterator[xml.Element]:
    yield from root.iter(f"{xml.BPMN}messageFlow")


def _keyless(node: Node) -> bool:
    """Tell whether a node sends or awaits just a message that has no correlation key."""
    speaks = isinstance(node, ThrowEvent | SendTask) or _receives(node)
    return speaks and [(t.kind, t.key) for t in node.awaited] == [("message", None)]


def _converse(node: Node) -> None:
    if node.trigger is not None and node.trigger.key is None:
        node.trigger = replace(node.trigger, key=Value(CONVERSATION))


def _receives(node: Node) -> bool:
    waits = isinstance(node, CatchEvent | ReceiveTask | BoundaryEvent | StartEvent)
    return waits and node.trigger is not None and node.trigger.kind == "message"


def _sends(node: Node) -> bool:
    """Tell whether a message can come from a node: thrown, or sent by the handler or the person that does its work."""
    if isinstance(node, ThrowEvent):
        return node.trigger is not None and node.trigger.kind == "message"
    return isinstance(node, SendTask | JobTask | JobEvent | UserTask)


def _name(node: Node) -> str | None:
    """Return the name of the message of a node; None if it is evaluated or nobody knows."""
    name = node.trigger.name if node.trigger is not None else None
    return name.text if name is not None and not name.is_feel else None


def begins(process: Process, node: Node, problem: Problem) -> None:
    """Let a process begin by a receive task, or by the events behind a gateway, that say they instantiate it."""
    if node.arrivals or (isinstance(node, Activity) and (node.loop or node.repetition)):
        problem(
            node.name, N_("What begins a process has nothing before it and does not repeat."),
            N_("Put a message start event before it."),
        )  # fmt: skip
        return
    node.instantiates = True
    behind = [process.task_specs[flow.target] for flow in node.flows] if isinstance(node, EventGateway) else [node]
    for start in behind:
        if start.trigger is None or start.trigger.kind != "message":
            problem(start.name, N_("Only a message can begin a process here."), N_("Wait for a message."))
        process.starts.append(start)
