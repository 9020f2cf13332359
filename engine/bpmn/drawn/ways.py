"""What a token may do at a node when nobody knows the data: the ways out of it, and who decides between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from engine.bpmn.elements.activities import CallActivity, JobTask, SubProcess, UserTask
from engine.bpmn.elements.events import BoundaryEvent, CatchEvent, EndEvent, ReceiveTask, ThrowEvent
from engine.bpmn.elements.nodes import EventGateway, ExclusiveGateway, Flow, Node

WAITS = (UserTask, JobTask, ReceiveTask, SubProcess, CallActivity)
"""Activities that last, so that an event at their boundary may happen."""
MAX_CONDITIONS = 8
"""How many conditions of one node are played in every combination."""
INSIDE, SPENT = "", "!"
"""A token in a node, and one that has let an event happen that does not interrupt; else the flow by which it waits."""


class Undecided(Exception):
    """The scope is too large, or its tokens grow without end."""


class Place(NamedTuple):
    """Where a token stands."""

    node: str
    state: str


@dataclass(frozen=True)
class Way:
    """The nodes that get a token, each with the flow by which; or the end of the whole scope."""

    targets: tuple[tuple[str, str], ...] = ()
    decided: bool = False
    """Whether conditions of the node decide that it is this one."""
    doubtful: bool = False
    """Whether nothing tells that it can happen."""
    stays: bool = False
    ends_scope: bool = False


def ways(node: Node, spent: bool) -> list[Way]:
    """Return the ways out of a node; ``spent`` if an event beside it has happened that does not interrupt."""
    found = list(_own(node))
    if isinstance(node, WAITS):
        for boundary in node.boundaries:
            to = ((boundary.name, ""),)
            if not boundary.flows:
                continue  # one that compensates: nothing follows it
            if isinstance(boundary, BoundaryEvent) and boundary.interrupting:
                found.append(Way(to))
            elif not spent:
                found.append(Way(to, stays=True))
    return found


def _own(node: Node) -> Iterator[Way]:
    flows = [(flow.target, flow.id) for flow in node.flows]
    kind = node.trigger.kind if node.trigger is not None and isinstance(node, ThrowEvent) else ""
    if isinstance(node, EndEvent) and kind in ("terminate", "error", "cancel"):
        yield Way(ends_scope=True)
    elif kind == "link" and node.trigger is not None and node.trigger.name is not None:
        caught = node.process.links.get(node.trigger.name.text)
        yield Way(((caught.name, ""),) if isinstance(caught, CatchEvent) else ())
    elif isinstance(node, EventGateway):
        yield from (Way((flow,)) for flow in flows)
    elif isinstance(node, ExclusiveGateway) and len(flows) > 1:
        yield from _one(node)
    else:
        yield from _several(node)
    if kind in ("escalation", "error"):
        yield Way(ends_scope=True, doubtful=True)


def _one(node: Node) -> Iterator[Way]:
    """The flows up to the first that is always taken; the default where there is none."""
    able = [flow for flow in node.flows if not flow.default and not _is(flow, "false")]
    always = next((number for number, flow in enumerate(able) if _is(flow, "true")), None)
    able = [*able, *(flow for flow in node.flows if flow.default)] if always is None else able[: always + 1]
    for flow in able or node.flows:
        yield Way(((flow.target, flow.id),), decided=len(able) > 1)


def _several(node: Node) -> Iterator[Way]:
    """All flows without a condition, and any of those with one; where none of these is taken, the default."""
    asked = [flow for flow in node.flows if flow.condition and not flow.default and not _is(flow, "false")]
    true = [(flow.target, flow.id) for flow in asked if _is(flow, "true")]
    conditional = [(flow.target, flow.id) for flow in asked if not _is(flow, "true")]
    default = [(flow.target, flow.id) for flow in node.flows if flow.default and not true]
    always = true + [(f.target, f.id) for f in node.flows if not f.condition and not f.default]
    if not conditional:
        yield Way(tuple(always + default))
        return
    if len(conditional) > MAX_CONDITIONS:
        raise Undecided
    if default or always:
        yield Way(tuple(always + default), decided=True)
    for count in range(1, len(conditional) + 1):
        for taken in combinations(conditional, count):
            yield Way((*always, *taken), decided=True, doubtful=count > 1)


def _is(flow: Flow, constant: str) -> bool:
    """Tell whether the condition of a flow says ``true`` or ``false`` whatever the data is."""
    return flow.condition is not None and flow.condition.text.removeprefix("=").strip() == constant
