"""Judges how a scope is drawn: dead ends, loops that never wait, joins that never come, branches that never meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from engine.bpmn.drawn import graph, soundness
from engine.bpmn.elements.activities import EventSubProcess, RuleTask, ScriptTask
from engine.bpmn.elements.events import BoundaryEvent, CatchEvent, EndEvent, SendTask, ThrowEvent
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import (
    EventGateway,
    ExclusiveGateway,
    Flow,
    InclusiveGateway,
    Node,
    ParallelGateway,
    Process,
)
from engine.errors import N_

if TYPE_CHECKING:
    from engine.bpmn.drawn.build import Builder

GATEWAYS = (ExclusiveGateway, InclusiveGateway, ParallelGateway)


def check(builder: Builder, process: Process, reached: set[str]) -> None:
    """Note what is wrong with the way the nodes of a scope hang together; only those ``reached`` count."""
    nodes = [node for node in process.task_specs.values() if node.name in reached]
    for node in nodes:
        _conditions(builder, node)
        _default(builder, node)
    _dead_ends(builder, nodes)
    _loops(builder, nodes)
    _joins(builder, process)
    _merges(builder, nodes)
    _unreached(builder, process, reached)


# -- what nothing leads to, and what leads nowhere


def _unreached(builder: Builder, process: Process, reached: set[str]) -> None:
    """Refuse what no token comes to: where a start event is used, every other flow object has an incoming flow.

    BPMN 2.0.2 §10.5.2. Camunda 8 puts such a file into force, and the element never runs.
    """
    for node in process.task_specs.values():
        if node.name not in reached and not _beside_the_flow(node):
            builder.problem(node.name, N_("Nothing leads to this element."), N_("Connect it or remove it."))


def _beside_the_flow(node: Node) -> bool:
    trigger = node.trigger.kind if node.trigger is not None else ""
    handler = isinstance(node, BoundaryEvent) and trigger == "compensation"
    entered = isinstance(node, CatchEvent) and trigger == "link"
    return handler or entered or getattr(node, "for_compensation", False)


def _stops(node: Node) -> bool:
    """Tell whether a way stops at a node that is no end."""
    link = node.trigger is not None and node.trigger.kind == "link"
    return not (node.flows or link or isinstance(node, EndEvent | EventSubProcess | BoundaryEvent))


def _dead_ends(builder: Builder, nodes: list[Node]) -> None:
    """Where an end event is used, every other flow object leads on (BPMN 2.0.2 §10.5.3).

    Many draw it otherwise, and the branch then ends where it stops; but where others of its branches are joined, the
    flow to the join is what is missing.
    """
    if not any(isinstance(node, EndEvent) for node in nodes):
        return  # without any end event every way ends where it stops
    for node in [node for node in nodes if _stops(node)]:
        hint = N_("Lead it on, or to an end event if it ends here.")
        join = graph.joined_beside(node, nodes)
        if join is None:
            builder.warning(node.name, N_("The way ends here without an end event."), hint)
        else:
            builder.problem(
                node.name, N_("The way ends here without an end event, though others beside it are joined at {join}."),
                hint, join=join.details.name or join.name,
            )  # fmt: skip


def _conditions(builder: Builder, node: Node) -> None:
    for flow in node.flows:
        if flow.condition is not None and flow.default:
            builder.warning(
                flow.id, N_("The condition of a default flow is ignored."), N_("Take the condition away.")
            )  # BPMN 2.0.2 table 8.60: any such expression shall be ignored


def _default(builder: Builder, node: Node) -> None:
    if not isinstance(node, ExclusiveGateway | InclusiveGateway) or len(node.flows) < 2:
        return
    if not any(flow.default for flow in node.flows) and not _exhaustive(node.flows):
        builder.warning(
            node.name, N_("If none of the conditions is true, the case stops at this gateway."),
            N_("Make one flow the default."),
        )  # fmt: skip


def _exhaustive(flows: list[Flow]) -> bool:
    """Tell whether a condition plainly always holds, or one is plainly the opposite of another."""
    texts = {"".join(flow.condition.text.removeprefix("=").split()) for flow in flows if flow.condition}
    return "true" in texts or any(opposite in texts for text in texts for opposite in _opposites(text))


def _opposites(text: str) -> Iterator[str]:
    yield f"not({text})"
    yield from (text.removesuffix(f"={one}") + f"={other}" for one, other in _BOOLEANS if text.endswith(f"={one}"))
    yield from (text.replace(one, other) for one, other in _COMPARISONS if text.count(one) == 1)
    if text.isidentifier():
        yield f"{text}=false"


_BOOLEANS = (("true", "false"), ("false", "true"))
_COMPARISONS = ((">=", "<"), ("<=", ">"), ("!=", "="))


# -- loops


def _loops(builder: Builder, nodes: list[Node]) -> None:
    """Note loops that turn for ever."""
    blamed: set[str] = set()
    for loop in graph.loops([node for node in nodes if _inert(node)]):
        blamed |= {node.name for node in loop}
        builder.problem(
            _entry(loop), N_("This loop neither waits nor changes anything: it would turn for ever."),
            N_("Let it wait for a person, a message or a time, or change what its condition asks."),
        )  # fmt: skip
    for loop in graph.loops(nodes):
        names = {node.name for node in loop}
        if names & blamed or any(follower.name not in names for node in loop for follower in node.followers()):
            continue
        if all(_automatic(node) for node in loop):
            builder.problem(
                _entry(loop), N_("Nothing leads out of this loop, and it never waits: it would turn for ever."),
                N_("Let a gateway lead out of it."),
            )  # fmt: skip
        else:
            builder.warning(
                _entry(loop),
                N_("Nothing leads out of this loop: the process can never end by itself."),
                N_("Let a gateway lead out of it, unless it is to be ended from outside."),
            )


def _entry(loop: Iterable[Node]) -> str:
    """Return the gateway at which a reader looks for the loop, else its first element."""
    members = list(loop)
    return str(next((node for node in members if isinstance(node, GATEWAYS)), members[0]).name)


def _inert(node: Node) -> bool:
    """Tell whether a token passes at once and finds all variables as they were."""
    if node.details.outputs:
        return False
    if type(node) is Activity:
        return node.loop is None and not node.boundaries
    if isinstance(node, ParallelGateway):
        return not node.gathers
    return _passes(node)


def _automatic(node: Node) -> bool:
    """Tell whether a token passes without waiting for anything."""
    plain = isinstance(node, ScriptTask | RuleTask | SendTask) or type(node) is Activity
    return (plain and isinstance(node, Activity) and node.loop is None) or _passes(node)


def _passes(node: Node) -> bool:
    link = isinstance(node, CatchEvent) and node.trigger is not None and node.trigger.kind == "link"
    return link or (isinstance(node, ThrowEvent) and not isinstance(node, EndEvent)) or type(node) in GATEWAYS


# -- joins and merges


def _joins(builder: Builder, process: Process) -> None:
    for stuck in soundness.stuck(process):
        flows = ", ".join(stuck.missing)
        hint = N_("Join branches with the kind of gateway that split them, or lead each of them here.")
        if stuck.certain:
            builder.problem(
                stuck.join.name, N_("This gateway waits for every incoming flow, but nothing comes by {flows}."), hint,
                flows=flows,
            )  # fmt: skip
        else:
            builder.warning(
                stuck.join.name,
                N_("This gateway waits for every incoming flow; by some ways nothing comes by {flows}."),
                hint, flows=flows,
            )  # fmt: skip


def _merges(builder: Builder, nodes: list[Node]) -> None:
    """Warn where branches that run at the same time meet unjoined, so that what follows is done several times."""
    told: set[str] = set()
    merges = [node for node in nodes if len(node.arrivals) > 1 and not node.gathers and not isinstance(node, EndEvent)]
    for split in nodes:
        branches = _branches(split)
        if len(branches) < 2 or not merges:
            continue
        merge = graph.meeting(branches, {node.name for node in merges} - told, avoid=split.name)
        if merge is not None:
            told.add(merge)
            builder.warning(
                merge, N_("Branches that run at the same time, from {split} on, meet here without a join: "
                          "what follows is done once for each of them."),
                N_("Put a parallel or inclusive gateway before it, if it is to be done once."),
                split=split.details.name or split.name,
            )  # fmt: skip


def _branches(node: Node) -> list[Node]:
    """Return where tokens go at the same time."""
    specs = node.process.task_specs
    alone = isinstance(node, ExclusiveGateway | EventGateway)
    flows = [] if alone else [specs[flow.target] for flow in node.flows]
    beside = [b for b in node.boundaries if isinstance(b, BoundaryEvent) and not b.interrupting and b.flows]
    return flows + beside
