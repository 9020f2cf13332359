"""Checks what events wait for: one catcher for a thing, a key for a message, and a chance that it comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.bpmn.elements.activities import CallActivity, EventSubProcess, JobTask, SubProcess, UserTask
from engine.bpmn.elements.events import BoundaryEvent, StartEvent
from engine.bpmn.elements.nodes import Node, Process, Trigger
from engine.bpmn.elements.triggers import UNKNOWN
from engine.errors import N_

if TYPE_CHECKING:
    from engine.bpmn.drawn.build import Builder

SPEAKS = (SubProcess, CallActivity, JobTask, UserTask)
"""Activities out of which an error may come: handlers raise them, and so do the pages of a task."""


def check(builder: Builder, process: Process) -> None:
    """Note what the events of a scope wait for in vain, or together with another."""
    for node in process.task_specs.values():
        _once(builder, [b for b in node.boundaries if isinstance(b, BoundaryEvent)])
        if isinstance(node, BoundaryEvent):
            _in_vain(builder, node)
    inner = [n.start for n in process.event_subprocesses if isinstance(n, EventSubProcess) and n.inner.starts]
    _once(builder, inner)
    for start in inner:
        _inside(builder, start)
    _once(builder, process.starts)


def _once(builder: Builder, catchers: Iterable[Node]) -> None:
    """Refuse two catchers of one thing in one place: which of them catches it would be chance."""
    seen: set[tuple[str, str, str]] = set()
    for node, trigger in [(catcher, trigger) for catcher in catchers for trigger in catcher.awaited]:
        if trigger.kind not in ("error", "escalation", "message"):
            continue
        what = (trigger.kind, *_named(trigger))
        if what in seen and what[1] != UNKNOWN:
            builder.problem(
                node.name, N_("Two events catch the same here: “{name}”."), N_("Leave one of them."),
                name=what[1] or "*",
            )  # fmt: skip
        seen.add(what)


def _named(trigger: Trigger) -> tuple[str, str]:
    name = trigger.name if trigger.kind == "message" else trigger.code
    return name.text if name is not None else "", trigger.key.text if trigger.key is not None else ""


def _in_vain(builder: Builder, node: BoundaryEvent) -> None:
    """Warn of a boundary event that cannot happen: nothing in its activity throws, or the activity does not last."""
    host = node.process.task_specs.get(node.host)
    if host is None or node.trigger is None:
        return
    kind = node.trigger.kind
    inside = (SubProcess, CallActivity)
    never = (kind == "escalation" and not isinstance(host, inside)) or (
        kind == "error" and not isinstance(host, SPEAKS)
    )
    if never:
        builder.warning(
            node.name, N_("This event can never happen: nothing in its activity throws it."), N_("Take it away.")
        )


def _inside(builder: Builder, start: Node) -> None:
    """Refuse the start of an event sub-process that could not be armed as drawn."""
    for trigger in start.awaited:
        _armed(builder, start, trigger)


def _armed(builder: Builder, start: Node, trigger: Trigger) -> None:
    if trigger.kind == "message" and trigger.key is None:
        builder.problem(start.name, N_("The message has no correlation key."), N_("Say how a message finds its case."))
    interrupts = isinstance(start, StartEvent) and start.interrupting
    if trigger.timer == "timeCycle" and interrupts:
        builder.problem(start.name, N_("A timer that repeats must not interrupt."), N_("Use a date or a duration."))
    if trigger.kind == "error" and not interrupts:
        builder.problem(start.name, N_("An error always interrupts."), N_("Make the event interrupting."))
