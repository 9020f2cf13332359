"""Checks a file before it is put into force: whatever could not run, or not as drawn, is named."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache

from engine.bpmn.drawn import connecting, inventory, structure, xml
from engine.bpmn.drawn.build import Builder
from engine.bpmn.drawn.model import EMBEDDED, TAGGED, Finding, Findings, Model
from engine.bpmn.elements import handlers, several, timers
from engine.bpmn.elements.activities import CallActivity, EventSubProcess, RuleTask, Served, SubProcess, UserTask
from engine.bpmn.elements.adhoc import AdHocSubProcess
from engine.bpmn.elements.complex import ComplexGateway
from engine.bpmn.elements.events import BoundaryEvent, CatchEvent, EndEvent, ReceiveTask, StartEvent, ThrowEvent
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import ExclusiveGateway, InclusiveGateway, Node, Process, Trigger
from engine.bpmn.elements.values import Value
from engine.bpmn.running import waiting
from engine.errors import N_

MENU_REFUSED: list[str] = inventory.SUPPORT["menu_refused"]
"""Parts of the names of menu entries that would draw what is refused here."""
PLACES: list[tuple[type[Node], str]] = [
    (StartEvent, "start"), (BoundaryEvent, "boundary"), (EndEvent, "end"), (CatchEvent, "catch"), (ThrowEvent, "throw"),
]  # fmt: skip
HANDLER = N_("No handler is called “{name}”."), N_("Choose one that is installed, or have it installed first.")
TRIGGERS_AT = {place: frozenset(kinds) for place, kinds in inventory.SUPPORT["triggers_at"].items()}


@dataclass(frozen=True)
class Environment:
    """What a file may refer to; None means that this kind of reference is not checked."""

    handlers: Set[str] | None = None
    forms: Set[str] | None = None
    decisions: Set[str] | None = None
    groups: Set[str] | None = None
    processes: Set[str] | None = None
    remote: Set[str] = frozenset()
    """Those of the handlers that call other systems, after a step."""
    whole: bool = True
    """Whether a package brings all the forms and decisions that it names; a single file that is tried does not."""

    def __post_init__(self) -> None:
        for name in ("handlers", "forms", "decisions", "groups", "processes", "remote"):
            known = getattr(self, name)  # frozen, so that an environment can be part of a key
            object.__setattr__(self, name, None if known is None else frozenset(known))


KEPT = 64
"""So many files are kept as they were read: the next version of a package changes few of its diagrams."""


def check(source: bytes, environment: Environment) -> tuple[Model, list[Finding]]:
    """Return the model and every finding; the model may run only if none of them is an error."""
    model, drawn = _drawn(source)
    found = Findings(drawn)
    for process_id, nodes in model.nodes.items():
        _listeners(found, model.roots[process_id], environment)
        for node in nodes.values():
            _references(found, node, environment, model.forms.keys())
    return model, found.findings


@lru_cache(KEPT)
def _drawn(source: bytes) -> tuple[Model, tuple[Finding, ...]]:
    """Return the model and what is to be said of the file wherever it is to run."""
    builder = Builder(xml.read(source))
    model = builder.model()
    if not model.processes:
        builder.problem(
            builder.root, N_("No process of this file is executable."), N_("Mark the process as executable.")
        )
    inventory.check(builder)
    connecting.message_flows(builder.root, model, builder.problem)
    connecting.conversations(builder.root, model)
    for process_id, process in model.specs.items():
        if not process.starts:
            builder.problem(
                process_id, N_("The process has no start event."), N_("Draw one and lead it to the first step.")
            )
        for start in process.starts:
            if any(trigger.kind not in ("timer", "message", "signal") for trigger in start.awaited):
                builder.problem(
                    start.name,
                    N_("Nothing can start a process by this event."),
                    N_("Let the process start by a message, a time or a signal, or plainly."),
                )
        _scope(builder, process)
        for node in model.nodes[process_id].values():
            _node(builder, node)
            if isinstance(node, SubProcess):
                _inner(builder, node)
    return model, tuple(builder.findings)


def _scope(builder: Builder, process: Process) -> None:
    if sum(node.trigger is None for node in process.starts) > 1:
        builder.problem(
            process.name,
            N_("There is more than one start event without a trigger."),
            N_("Keep one, and give the others a message, timer or signal."),
        )
    connecting.links(process, builder.problem)
    reached = _reachable(process)
    structure.check(builder, process, reached)
    waiting.check(builder, process)


def _reachable(process: Process) -> set[str]:
    """Names of the nodes that a token of this scope may come to."""
    todo: list[Node] = [*process.starts, *process.event_subprocesses, *process.offered]
    todo += [process.undo] if process.undo else []
    todo += [node for node in process.task_specs.values() if node.instantiates]
    seen = {node.name for node in todo}
    while todo:
        followers = todo.pop().followers()
        for follower in followers:
            if follower.name not in seen:
                seen.add(follower.name)
                todo.append(follower)
    return seen


def _inner(builder: Builder, node: SubProcess) -> None:
    if isinstance(node, AdHocSubProcess):
        _adhoc(builder, node)
    elif not isinstance(node, EventSubProcess) and (len(node.inner.starts) != 1 or node.inner.none_start() is None):
        builder.problem(
            node.name,
            N_("A sub-process needs one start event without a trigger."),
            N_("Draw exactly one plain start event in it."),
        )
    _scope(builder, node.inner)


def _adhoc(builder: Builder, node: AdHocSubProcess) -> None:
    inside = node.inner.task_specs.values()
    if any(isinstance(inner, StartEvent | EndEvent) for inner in inside):
        builder.problem(
            node.name, N_("An ad-hoc sub-process has no start and no end events."),
            N_("Draw its activities alone, or in short chains."),
        )  # fmt: skip
    if not any(isinstance(inner, Activity) for inner in node.inner.offered):
        builder.problem(node.name, N_("Nothing in this ad-hoc sub-process can begin."), N_("Draw an activity in it."))


def _node(builder: Builder, node: Node) -> None:
    if isinstance(node, ComplexGateway) and len(node.arrivals) > 1 and node.activation is None:
        builder.problem(
            node.name, N_("A complex gateway with several incoming flows needs an activation condition."),
            N_("Write for example activationCount >= 2."),
        )  # fmt: skip
    if (
        isinstance(node, ExclusiveGateway | InclusiveGateway)
        and not isinstance(node, ComplexGateway)
        and len(node.flows) > 1
    ):
        for flow in node.flows:
            if not flow.default and flow.condition is None:
                builder.problem(
                    flow.id, N_("A flow out of a gateway needs a condition."), N_("Or make it the default.")
                )
    connecting.gateway(node, builder.problem)
    if isinstance(node, BoundaryEvent):
        if node.trigger is None or (not node.flows and node.trigger.kind != "compensation"):
            builder.problem(
                node.name,
                N_("A boundary event needs a trigger and an outgoing flow."),
                N_("Choose what it waits for and lead it on."),
            )
        elif any(trigger.kind == "error" for trigger in node.awaited) and not node.interrupting:
            builder.problem(node.name, N_("An error always interrupts."), N_("Make the event interrupting."))
    if isinstance(node, CatchEvent) and node.trigger is None:
        builder.problem(
            node.name,
            N_("A catching event needs a trigger."),
            N_("Choose what it waits for: a message, a time, a signal or a condition."),
        )
    if isinstance(node, EndEvent | EventSubProcess) and node.flows:
        builder.problem(node.name, N_("Nothing may follow this element."), N_("Remove the flows that leave it."))
    if isinstance(node, StartEvent) and node.arrivals:
        builder.problem(
            node.name, N_("No flow may lead to a start event."), N_("Lead the flow to the element behind it.")
        )
    handlers.check(node, builder.problem)
    timers.check(node, builder.problem)
    several.check(node, builder.problem)
    for trigger in node.awaited:
        _trigger(builder, node, trigger)
    _waits_for_message(builder, node)


def _trigger(builder: Builder, node: Node, trigger: Trigger) -> None:
    """Refuse a trigger that nothing would ever act on where it is drawn."""
    place = next((place for cls, place in PLACES if isinstance(node, cls)), None)
    if place is None:
        return
    if trigger.kind not in TRIGGERS_AT[place]:
        builder.problem(
            node.name,
            N_("An event of this kind cannot happen here: “{type}”."),
            N_("Choose another trigger, or move the event."),
            type=f"{trigger.kind} {node.details.type}",
        )
    catches = not isinstance(node, ThrowEvent)
    if catches and trigger.code is not None and trigger.code.is_feel:
        builder.problem(
            node.name,
            N_("The code that an event catches must be a plain text."),
            N_("Write the code without an equals sign, or leave it empty to catch every code."),
        )
    if trigger.timer == "timeCycle" and (isinstance(node, CatchEvent) or _interrupts_again(node)):
        builder.problem(node.name, N_("A timer that repeats must not interrupt."), N_("Use a date or a duration."))
    if isinstance(node, BoundaryEvent):
        host = node.process.task_specs.get(node.host)
        if host is not None and (not isinstance(host, Activity) or isinstance(host, EventSubProcess)):
            builder.problem(
                node.name,
                N_("A boundary event belongs on a task, sub-process or call activity."),
                N_("Attach it to an activity."),
            )


def _interrupts_again(node: Node) -> bool:
    return isinstance(node, BoundaryEvent) and node.interrupting


def _waits_for_message(builder: Builder, node: Node) -> None:
    waits = isinstance(node, CatchEvent | ReceiveTask | BoundaryEvent) and node not in node.process.starts
    if waits and any(trigger.kind == "message" and trigger.key is None for trigger in node.awaited):
        builder.problem(node.name, N_("The message has no correlation key."), N_("Say how a message finds its case."))


def _listeners(found: Findings, node: Node, environment: Environment) -> None:
    for listener in (one for listeners in node.listeners.values() for one in listeners):
        _known(found, node, listener.type, environment.handlers, *HANDLER)


def _references(found: Findings, node: Node, environment: Environment, embedded: Set[str]) -> None:
    _listeners(found, node, environment)
    if isinstance(node, Served):
        _known(found, node, node.type, environment.handlers, *HANDLER)
    elif isinstance(node, RuleTask):
        _known(
            found,
            node,
            node.decision,
            environment.decisions if node.tag is None else None,  # what carries a tag may be of any package
            N_("No decision is called “{name}”."),
            N_("Add its DMN file to the package, or choose one that is there."),
        )
    elif isinstance(node, CallActivity):
        _known(
            found,
            node,
            node.called,
            environment.processes,
            N_("No process is called “{name}”."),
            N_("Put that process into force first, add it to the package, or choose another."),
        )
    elif isinstance(node, UserTask):
        _task_listeners(found, node, environment)
        _form(found, node, environment, embedded)
        _offer(found, node, environment)


def _form(found: Findings, node: UserTask, environment: Environment, embedded: Set[str]) -> None:
    if node.form is None or node.form.startswith(TAGGED):
        return
    _known(
        found,
        node,
        Value(node.form),
        embedded if node.form.startswith(EMBEDDED) else environment.forms,
        N_("No form is called “{name}”."),
        N_("Add the form to the package, or choose one that is there."),
    )


def _offer(found: Findings, node: UserTask, environment: Environment) -> None:
    named = node.attributes.keys() & {"assignee", "candidateUsers", "candidateGroups"}
    if environment.groups is not None and not named:
        found.warning(
            node.name, N_("This task is offered to nobody."), N_("Name the posts or the person that it is for.")
        )
    groups = node.attributes.get("candidateGroups")
    for name in groups.text.split(",") if groups is not None and not groups.is_feel else ():
        _known(
            found,
            node,
            Value(name),
            environment.groups,
            N_("No post is called “{name}”."),
            N_("Choose a post of the organisation, or create it first."),
        )


def _task_listeners(found: Findings, node: UserTask, environment: Environment) -> None:
    for listener in (one for listeners in node.task_listeners.values() for one in listeners):
        _known(found, node, listener.type, environment.handlers, *HANDLER)
        if not listener.type.is_feel and listener.type.text in environment.remote:
            found.problem(
                node.name, N_("“{name}” calls another system, and a person would wait for its answer."),
                N_("Let a service task behind the user task call it."), name=listener.type.text,
            )  # fmt: skip


def _known(found: Findings, node: Node, value: Value, known: Iterable[str] | None, message: str, hint: str) -> None:
    if known is not None and not value.is_feel and value.text not in known:
        found.problem(node.name, message, hint, name=value.text)
