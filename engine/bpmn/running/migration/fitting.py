"""Whether an instance can go on in another version: every place where it stands, with what keeps it from moving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.drawn.model import Finding
from engine.bpmn.elements.activities import CallActivity, EventSubProcess, Served, SubProcess
from engine.bpmn.elements.adhoc import AdHocSubProcess
from engine.bpmn.elements.events import BoundaryEvent, ThrowEvent
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Node, Process, Root
from engine.bpmn.running.migration.routes import Target, flow, same_kind
from engine.bpmn.running.token import Token
from engine.bpmn.running.workflow import Workflow
from engine.errors import N_

Goals = Mapping[int, tuple[Target, Node]]
"""Where each token that moves goes."""

UNMAPPED = N_("The case stands at “{element}”, which has no counterpart in the other version.")
KIND = N_("“{element}” would become “{other}”, which is of another kind.")
SCOPE = N_("“{element}” stands in another sub-process in the other version.")
PROCESS_GONE = N_("The process “{element}” does not exist in the other version.")
LOOP = N_("“{element}” repeats in another way in the other version, and is under way.")
CALLED = N_("“{element}” calls another process in the other version, and is under way.")
SERVICE = N_("“{element}” asks another service in the other version, and is under way.")
FLOW = N_("A branch waits at “{element}”; the flow by which it came does not exist in the other version.")
GROUP = N_("The case waits for the first of several events; in the other version they are others (“{element}”).")
QUEUE = N_("Something that is still to begin in “{element}” has no counterpart in the other version.")
UNDO = N_("“{element}” has been done and may have to be undone, which the other version cannot.")
HELD_JOIN = N_("Branches wait at “{element}”, which waits for others in the other version; resume the case first.")
KEEP_UNDO = N_("Keep what undoes it in the other version, or leave the case where it is.")
MAP_IT = N_("Choose in the plan which element takes its place, or let the case finish this step first.")
FINISH = N_("Let the case finish this step first.")


def finding(node: Node, message: str, hint: str = FINISH, **facts: str) -> Finding:
    """Return a finding at an element of the version that the case runs on."""
    return Finding(node.name, message, hint, {"element": node.details.name or node.name, **facts})


def replaceable(token: Token) -> bool:
    """Tell whether a token only waits beside what the case does, so that the other version's own may take its place."""
    return bool(token.internal_data.get("armed")) and isinstance(token.task_spec, BoundaryEvent | EventSubProcess)


def check(workflow: Workflow, goals: Goals, *, active: bool) -> Iterator[Finding]:
    """Yield what keeps the tokens from standing at their goals."""
    for id, (target, new) in goals.items():
        token = workflow.tasks[id]
        if not isinstance(token.task_spec, Root):
            yield from _token(token, new, target, goals, active)


def _token(token: Token, new: Node, target: Target, goals: Goals, active: bool) -> Iterator[Finding]:
    old, internal = token.task_spec, token.internal_data
    if not same_kind(old, new):
        yield finding(old, KIND, MAP_IT, other=new.details.name or new.name)
        return
    scope = _scope(token, target, goals)
    if scope is not None and new.process is not scope:
        yield finding(old, SCOPE, MAP_IT)
    if isinstance(old, Activity) and isinstance(new, Activity):
        look = _repeats if "loop" in internal or "item" in internal else _loops
        if look(old) != look(new):
            yield finding(old, LOOP)
    if isinstance(old, AdHocSubProcess) and internal.get("wait") == "adhoc":
        if (old.sequential, old.output_collection) != (new.sequential, new.output_collection):
            yield finding(old, LOOP)
        if any(target.node(id) not in new.inner.offered for id in internal["queue"]):
            yield finding(old, QUEUE, MAP_IT)
    if isinstance(old, CallActivity) and token.children and old.called.text != new.called.text:
        yield finding(old, CALLED)
    if isinstance(old, Served) and internal.get("wait") == "job" and old.type.text != new.type.text:
        yield finding(old, SERVICE)
    yield from _arrived(token, new, target, active)


def _scope(token: Token, target: Target, goals: Goals) -> Process | None:
    """Return the scope that the token's goal must stand in; None where that says nothing."""
    parent, internal = token.parent, token.internal_data
    goal = goals[parent.id][1] if parent.id in goals else parent.task_spec
    if {"item", "activation", "directing"} & internal.keys() or isinstance(goal, ThrowEvent | CallActivity):
        return None
    if isinstance(goal, SubProcess):
        return goal.inner
    found: Process = target.model.specs[target.process]
    return found


def _loops(node: Activity) -> object:
    return node.loop is not None, node.repetition is not None


def _repeats(node: Activity) -> object:
    """Return what a loop under way is bound to: its kind, and the names and lists that its body holds already."""
    loop = node.loop
    if loop is None:
        return node.repetition is not None
    once_more = loop.collection or loop.cardinality  # looked at before each instance only where one follows another
    return (
        loop.sequential,
        loop.item,
        loop.output_collection,
        once_more.text if loop.sequential and once_more is not None else None,
    )


def _arrived(token: Token, new: Node, target: Target, active: bool) -> Iterator[Finding]:
    old, internal = token.task_spec, token.internal_data
    came = [internal[name] for name in ("by", "flow") if name in internal] + list(internal.get("fired", ()))
    if any(flow(id, old, new, target.elements) is None for id in came):
        yield finding(old, FLOW)
    elif "group" in internal:
        gateways = {f.source for f in new.arrivals if f.id == flow(internal["flow"], old, new, target.elements)}
        if any(len(new.process.task_specs[id].flows) != len(internal["group"]) + 1 for id in gateways):
            yield finding(old, GROUP)
    elif "by" in internal and not active and len(old.arrivals) != len(new.arrivals):
        yield finding(old, HELD_JOIN, "")
