"""Multiple events: any or all of several things are waited for, or all of them thrown (BPMN 2.0.2 §10.5.1)."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.elements.activities import EventSubProcess
from engine.bpmn.elements.events import EndEvent, StartEvent, ThrowEvent
from engine.bpmn.elements.nodes import EventGateway, Node
from engine.errors import N_

ALL = frozenset({"message", "timer", "signal", "conditional"})
"""What comes by itself, so that it can be waited for together with others."""
ANY = ALL | {"error", "escalation"}
THROWN = frozenset({"message", "signal", "escalation", "error", "terminate"})
_ALONE = N_("Draw an event of its own for each.")


def check(node: Node, problem: Callable[..., None]) -> None:
    """Refuse a multiple event one part of which could not be together with the others."""
    if not node.legs:
        return
    wanted = THROWN if isinstance(node, ThrowEvent | EndEvent) else ALL if node.parallel else ANY
    for trigger in node.legs:
        if trigger.kind not in wanted:
            problem(node.name, N_("“{type}” cannot stand beside others in one event."), _ALONE, type=trigger.kind)
    if node.parallel and isinstance(node, StartEvent) and not _inside(node):
        problem(
            node.name, N_("Before a process has begun nothing keeps which of its starts have come."),
            N_("Let it begin by one, and wait for the others behind it."),
        )  # fmt: skip
    if any(isinstance(node.process.task_specs[flow.source], EventGateway) for flow in node.arrivals):
        problem(node.name, N_("An event behind an event-based gateway waits for one thing."), _ALONE)


def _inside(node: Node) -> bool:
    return isinstance(node.process.owner, EventSubProcess)
