"""The paths of a diagram: what leads where, and what must be put right so that a token may stand further back.

A step back inside one branch leaves the other branches alone. Behind a split it would make the other branches begin a
second time, so those end first; before a join that has let a token through, the other branches' tokens are put back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.bpmn.elements.events import ThrowEvent
from engine.bpmn.elements.nodes import EventGateway, ExclusiveGateway, Node, ParallelGateway


@dataclass(frozen=True)
class WayBack:
    """How to get back to a node: ``beside`` are the nodes whose tokens end, ``arrived`` flows that keep their token."""

    beside: frozenset[str] = frozenset()
    arrived: tuple[str, ...] = ()


def reach(start: Node, without: Collection[str] = (), stop: Collection[str] = ()) -> set[str]:
    """Return the nodes to which a token at ``start`` may come, itself included.

    Parameters
    ----------
    without
        Nodes that no token comes to.
    stop
        Nodes that it comes to but not beyond.
    """
    seen, todo = {start.name}, [start]
    while todo:
        node = todo.pop()
        if node.name in stop and node is not start:
            continue
        for name in _next(node):
            if name not in seen and name not in without:
                seen.add(name)
                todo.append(node.process.task_specs[name])
    return seen


def way_back(here: Node, back: Node) -> WayBack | None:
    """Return how a token may go from ``here`` back to ``back``, which leads to it; None if it may not.

    It may not where nothing leads forward again, and where a gateway between them has taken in tokens of other
    branches that cannot be told any more.
    """
    forward = reach(back)
    if here is back or here.name not in forward:
        return None
    between = {name for name in forward if here.name in reach(back.process.task_specs[name])}
    specs = back.process.task_specs
    joins = [node for name, node in specs.items() if node.gathers and name in between and node is not here]
    arrived: list[str] = []
    for join in joins:
        own = reach(back, without={join.name, here.name})
        foreign = [flow.id for flow in join.arrivals if flow.source not in own]
        if not foreign or len(foreign) == len(join.arrivals):
            continue
        if not isinstance(join, ParallelGateway) or here.name in reach(back, without={join.name}):
            return None
        arrived += foreign
    return WayBack(frozenset(_beside(here, back, between)), tuple(arrived))


def arrived_before(node: Node) -> tuple[str, ...]:
    """Return the flows of joins behind a node by which its own token cannot come, so that others must have come.

    Of a scope that is over: every branch of it had come to its joins.
    """
    arrived: list[str] = []
    for join in joins_behind(node):
        own = reach(node, without={join.name})
        arrived += [flow.id for flow in join.arrivals if flow.source not in own]
    return tuple(arrived)


def joins_behind(node: Node) -> list[ParallelGateway]:
    """Return the parallel joins to which a token at a node may come."""
    specs = node.process.task_specs
    behind = [specs[name] for name in reach(node)]
    return [join for join in behind if isinstance(join, ParallelGateway) and join.gathers]


def _beside(here: Node, back: Node, between: set[str]) -> Iterator[str]:
    """Yield the nodes of the branches beside ``here`` that would begin again."""
    specs = back.process.task_specs
    gathering = {name for name, node in specs.items() if node.gathers and node is not here}
    behind = gathering & reach(here, without={back.name})
    for name in between:
        split = specs[name]
        if _splits(split) and here.name in reach(split, without=gathering | ({back.name} - {name})):
            yield from reach(split, without={back.name}, stop=behind) - {split.name}


def _splits(node: Node) -> bool:
    return len(node.flows) > 1 and not isinstance(node, ExclusiveGateway | EventGateway)


def _next(node: Node) -> Iterator[str]:
    yield from (flow.target for flow in node.flows)
    yield from (boundary.name for boundary in node.boundaries)
    if isinstance(node, ThrowEvent) and node.trigger is not None and node.trigger.kind == "link":
        assert node.trigger.name is not None
        yield node.process.links[node.trigger.name.text].name
