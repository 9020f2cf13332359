"""Connects compensation: boundary events to the activities that undo, event sub-processes to their scopes."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.drawn import xml
from engine.bpmn.elements.activities import EventSubProcess, SubProcess, Transaction
from engine.bpmn.elements.events import BoundaryEvent, EndEvent, ThrowEvent
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Flow, Node, Process
from engine.errors import N_

Problem = Callable[..., None]


def associations(root: xml.Element) -> dict[str, list[tuple[str, str]]]:
    """Return of every element the (id, other end) of its associations, in whichever direction they are drawn."""
    found: dict[str, list[tuple[str, str]]] = {}
    for element in root.iter(f"{xml.BPMN}association"):
        ends = element.get("sourceRef") or "", element.get("targetRef") or ""
        for one, other in (ends, ends[::-1]):
            found.setdefault(one, []).append((element.get("id") or f"{one}->{other}", other))
    return found


def boundary(process: Process, event: BoundaryEvent, ends: list[tuple[str, str]], problem: Problem) -> None:
    """Connect a compensation boundary event to the activity that compensates."""
    host = process.task_specs[event.host]
    handlers = [(id, process.task_specs[end]) for id, end in ends if isinstance(process.task_specs.get(end), Activity)]
    if event.flows:
        problem(event.name, N_("No flow leaves a compensation event."), _ASSOCIATE)
    if len(handlers) != 1:
        problem(event.name, N_("A compensation event needs exactly one activity that compensates."), _ASSOCIATE)
        return
    id, handler = handlers[0]
    if not getattr(handler, "for_compensation", False):
        problem(handler.name, N_("The activity is not marked as compensating."), N_("Mark it “for compensation”."))
    if host.undone_by is not None:
        problem(
            event.name, N_("The activity has two compensation handlers."),
            N_("Keep the boundary event or the event sub-process."),
        )  # fmt: skip
    event.handler = Flow(id, event.name, handler.name)
    host.undone_by = event.name


_ASSOCIATE = N_("Connect it by an association with an activity marked “for compensation”.")


def method(transaction: xml.Element, problem: Problem) -> None:
    """Refuse a transaction that is to be undone otherwise than by compensation (§10.3.5)."""
    given = transaction.get("method") or "compensate"
    if given.lstrip("#").lower() != "compensate":
        problem(
            transaction, N_("The transaction method “{method}” is not supported."), N_("Use ##Compensate."),
            method=given,
        )  # fmt: skip


def subprocess(process: Process, node: EventSubProcess, owner: Node | None, problem: Problem) -> None:
    """Make an event sub-process that starts by compensation the handler of the sub-process around it."""
    if not isinstance(owner, SubProcess) or isinstance(owner, EventSubProcess):
        problem(
            node.name, N_("Only a sub-process can be compensated by an event sub-process."),
            N_("Put it into the sub-process that it undoes."),
        )  # fmt: skip
    elif process.undo is not None:
        problem(node.name, N_("The sub-process has two event sub-processes that compensate it."), N_("Keep one."))
    else:
        process.undo = node
        owner.undone_by = node.name


def check(node: Node, problem: Problem) -> None:
    """Refuse what could never be undone as drawn."""
    if isinstance(node, Activity) and node.for_compensation:
        _handler(node, problem)
    if node.trigger is not None and node.trigger.kind == "cancel":
        _cancel(node, problem)
    if isinstance(node, ThrowEvent) and node.trigger is not None and node.trigger.kind == "compensation":
        _throw(node, problem)


def _handler(node: Activity, problem: Problem) -> None:
    handled = {b.handler.target for b in node.process.task_specs.values() if isinstance(b, BoundaryEvent) and b.handler}
    if node.flows or node.arrivals:
        problem(node.name, N_("No flow may lead to or from an activity that compensates."), _ASSOCIATE_IT)
    elif node.name not in handled:
        problem(node.name, N_("Nothing leads to this element."), _ASSOCIATE_IT)
    if node.boundaries or node.undone_by is not None:
        problem(
            node.name, N_("An activity that compensates may have no boundary event."),
            N_("Put it into a sub-process that compensates."),
        )  # fmt: skip


_ASSOCIATE_IT = N_("Connect it only by an association with a compensation boundary event.")


def _cancel(node: Node, problem: Problem) -> None:
    if isinstance(node, BoundaryEvent):
        host = node.process.task_specs.get(node.host)
        if not isinstance(host, Transaction):
            problem(node.name, N_("Only a transaction can be cancelled."), N_("Attach the event to a transaction."))
        elif not node.interrupting:
            problem(node.name, N_("Cancelling always interrupts."), N_("Make the event interrupting."))
    elif isinstance(node, EndEvent):
        transaction = _around(node)
        if transaction is None:
            problem(node.name, N_("Only a transaction can be cancelled."), N_("Put the event into a transaction."))
        elif not any(b.trigger is not None and b.trigger.kind == "cancel" for b in transaction.boundaries):
            problem(
                transaction.name, N_("Nothing says where a cancelled transaction goes on."),
                N_("Attach a cancel boundary event to it."),
            )  # fmt: skip


def _around(node: Node) -> Transaction | None:
    """Return the innermost transaction that a node stands in; what undoes one no longer stands in it."""
    owner = node.process.owner
    while owner is not None and not isinstance(owner, Transaction):
        if owner.process.undo is owner:
            return None
        owner = owner.process.owner
    return owner


def _throw(node: Node, problem: Problem) -> None:
    if node.details.inputs:
        problem(node.name, N_("A compensation event takes no input mappings."), N_("Remove them."))
    assert node.trigger is not None
    if node.trigger.activity is None:
        return
    scopes = [node.process]
    while isinstance(scopes[-1].owner, EventSubProcess):
        scopes.append(scopes[-1].owner.process)
    found = [scope.task_specs[node.trigger.activity] for scope in scopes if node.trigger.activity in scope.task_specs]
    if not found:
        problem(
            node.name, N_("The activity “{name}” to be compensated does not stand in the scope of the event."),
            N_("Choose one beside the event, or none to undo them all."), name=node.trigger.activity,
        )  # fmt: skip
    elif not undoable(found[0]):
        problem(
            node.name, N_("The activity “{name}” has nothing that compensates it."),
            N_("Attach a compensation event to it."), name=node.trigger.activity,
        )  # fmt: skip


def undoable(node: Node) -> bool:
    """Tell whether an activity or anything that completes inside it has a compensation handler."""
    if node.undone_by is not None:
        return True
    return isinstance(node, SubProcess) and any(undoable(inner) for inner in node.inner.task_specs.values())
