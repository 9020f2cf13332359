"""Moves a running instance to another version of its process: its tokens stay, what they stand on is another.

What the drawing does not say otherwise stays as it is: who holds a task and until when, when a timer is due, what is
waited for. Events beside what the case does (boundary events, event sub-processes) are those of the new version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.drawn.model import Finding
from engine.bpmn.elements import timers
from engine.bpmn.elements.activities import EventSubProcess, Served, SubProcess, UserTask
from engine.bpmn.elements.events import BoundaryEvent, subscription
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Node, ParallelGateway, Process, Root, Trigger
from engine.bpmn.elements.values import Fault, names
from engine.bpmn.running import effects
from engine.bpmn.running.migration import fitting
from engine.bpmn.running.migration.routes import Route, Target, flow, same_kind
from engine.bpmn.running.token import Token
from engine.bpmn.running.workflow import Workflow

FLOWS = ("by", "flow")
"""What of a token's internals names the flow by which it came."""


def migrate(
    workflow: Workflow,
    route: Route,
    *,
    placed: Mapping[int, str] | None = None,
    timers_anew: bool = False,
    active: bool = True,
) -> list[Finding]:
    """Move an instance; return what is to say about it.

    With an error among the findings the workflow is of no use any more: load it again.

    Parameters
    ----------
    placed
        Elements by token, where a token goes elsewhere than the route says: those it came from, on the way back.
    timers_anew
        Let timers that run be due as the new version says, counted from now.
    active
        Whether branches may go on that the new version no longer holds up; a suspended instance only moves.
    """
    journey = _Journey(workflow, route, placed or {})
    findings = [*journey.findings, *fitting.check(workflow, journey.goals, active=active), *_undoable(journey)]
    if findings:
        return findings
    journey.go()
    findings += [
        finding for id in journey.goals if id in workflow.tasks for finding in _renew(journey, id, timers_anew)
    ]
    _listen(journey)
    findings += [_incident(effect) for effect in workflow.noted() if isinstance(effect, effects.Incident)]
    if not findings and active:
        _go_on(workflow)
    return findings


class _Journey:
    """Where every token of an instance goes, and where it came from."""

    def __init__(self, workflow: Workflow, route: Route, placed: Mapping[int, str]) -> None:
        self.workflow = workflow
        self.goals: dict[int, tuple[Target, Node]] = {}
        self.origins: dict[int, Node] = {}
        self.replaced: list[Token] = []
        self.findings: list[Finding] = []
        self.targets: dict[int, Target | None] = {}
        for token in workflow.tasks.values():
            self._plan(token, route, placed)

    def _plan(self, token: Token, route: Route, placed: Mapping[int, str]) -> None:
        internal = token.internal_data
        if isinstance(token.task_spec, Root):
            target = route(str(internal.get("definition", "")), internal["process"])
            node = target.model.roots.get(target.process) if target is not None else None
            if target is not None and node is None:
                self.findings.append(fitting.finding(token.task_spec, fitting.PROCESS_GONE, ""))
                target = None
        else:
            target = self.targets[token.parent.id]
            node = self._node(token, target, placed) if target is not None else None
        self.targets[token.id] = target
        if target is not None and node is not None:
            self.goals[token.id] = target, node

    def _node(self, token: Token, target: Target, placed: Mapping[int, str]) -> Node | None:
        node = target.model.nodes[target.process].get(placed[token.id]) if token.id in placed else None
        node = node or target.node(token.task_spec.name)
        if fitting.replaceable(token) and not (node is not None and self._same_place(token, node)):
            self.replaced.append(token)
            return None
        if node is None:
            self.findings.append(fitting.finding(token.task_spec, fitting.UNMAPPED, fitting.MAP_IT))
        return node

    def _same_place(self, token: Token, node: Node) -> bool:
        if not same_kind(token.task_spec, node) or not isinstance(node, BoundaryEvent):
            return same_kind(token.task_spec, node)
        host, target = self.workflow.tasks[token.internal_data["host"]], self.targets[token.parent.id]
        assert target is not None
        return target.elements.get(host.task_spec.name, host.task_spec.name) == node.host

    def go(self) -> None:
        """Let every token stand at its goal."""
        workflow = self.workflow
        for token in self.replaced:
            if "host" in token.internal_data:
                workflow.tasks[token.internal_data["host"]].internal_data["boundaries"].remove(token.id)
            workflow.kill(token)
        for id, (target, node) in self.goals.items():
            token = workflow.tasks[id]
            self.origins[id] = token.task_spec
            self._internals(token, target, node)
            token.task_spec = node
            if token.parent is None:
                workflow.model = target.model
        self._records()

    def _internals(self, token: Token, target: Target, node: Node) -> None:
        internal = token.internal_data
        if "definition" in internal:
            internal["definition"] = target.definition
        for name in FLOWS:
            if name in internal:
                internal[name] = flow(internal[name], token.task_spec, node, target.elements)
        if "fired" in internal:
            internal["fired"] = [flow(id, token.task_spec, node, target.elements) for id in internal["fired"]]
        if "activation" in internal:
            internal["activation"] = target.elements.get(internal["activation"], internal["activation"])
        if "queue" in internal:
            internal["queue"] = [target.elements.get(id, id) for id in internal["queue"]]

    def _records(self) -> None:
        for record in self.workflow.completed.records.values():
            target = self.target_of(record["at"])
            if target is not None:
                for name in ("node", "by"):
                    if record[name] is not None:
                        record[name] = target.elements.get(record[name], record[name])

    def target_of(self, scope: int) -> Target | None:
        """Return the target of the process that a scope belongs to, which may be over itself."""
        while scope not in self.targets:
            number = self.workflow.completed.of(scope)
            assert number is not None
            scope = self.workflow.completed.records[number]["at"]
        return self.targets[scope]


def _undoable(journey: _Journey) -> Iterator[Finding]:
    """Look at what has been done and may have to be undone."""
    for record in journey.workflow.completed.records.values():
        target = journey.target_of(record["at"])
        if target is None:
            continue
        new = target.node(record["node"])
        handler = target.node(record["by"]) if record["by"] is not None else None
        if new is None or (record["by"] is not None and handler is None) or (handler and new.undone_by != handler.name):
            yield Finding(record["node"], fitting.UNDO, fitting.KEEP_UNDO, {"element": record["node"]})


# -- what a token asked of the world


def _renew(journey: _Journey, id: int, timers_anew: bool) -> Iterator[Finding]:
    workflow = journey.workflow
    token, old = workflow.tasks[id], journey.origins[id]
    new, wait = token.task_spec, token.internal_data.get("wait")
    if old.name != new.name:
        workflow.emit(effects.Moved(id, old.name, new.name, bool(token.internal_data.get("in"))))
    try:
        if wait == "task" and isinstance(old, UserTask) and isinstance(new, UserTask):
            workflow.emit(_task(token, old, new))
        elif wait == "job" and isinstance(new, Served) and "incident" not in token.internal_data:
            workflow.emit(effects.JobChanged(id, new.name, new.headers))
        elif wait in ("message", "signal"):
            _resubscribe(token, old, new)
        elif wait == "timer" and timers_anew:
            _count_anew(token, new)
        elif wait == "conditional":
            workflow.changed = True
    except Fault as fault:
        yield Finding(old.name, fault.message, fitting.FINISH, fault.facts)


def _task(token: Token, old: UserTask, new: UserTask) -> effects.TaskChanged:
    workflow = token.workflow
    offered = None
    if any(_text(old, name) != _text(new, name) for name in ("candidateGroups", "candidateUsers")):
        offered = tuple(
            names(workflow.evaluate(new.attributes[name], token)) if name in new.attributes else ()
            for name in ("candidateGroups", "candidateUsers")
        )
    return effects.TaskChanged(
        token.id, new.name, workflow.definition_of(token), new.details.name, new.form, new.details.properties,
        *(offered or (None, None)),
    )  # fmt: skip


def _text(node: UserTask, attribute: str) -> str:
    value = node.attributes.get(attribute)
    return value.text if value is not None else ""


def _resubscribe(token: Token, old: Node, new: Node) -> None:
    """Wait for what the new version waits for, if it says that otherwise."""
    before, after = _event(old), _event(new)
    said = [[value.text if value else "" for value in (each.name, each.key)] for each in map(_trigger, (old, new))]
    name: str | None = None
    key: str | None = None
    if said[0] != said[1]:
        name, key = subscription(token, after, _trigger(new), token.workflow.view(_seen_from(token)))
        if "signal" in token.internal_data:
            token.internal_data["signal"] = name
    if name is not None or before.name != after.name:
        token.workflow.emit(effects.SubscriptionChanged(token.id, after.name, name, key))


def _count_anew(token: Token, new: Node) -> None:
    view = token.workflow.view(_seen_from(token))
    due = timers.first(_trigger(new), view, token.workflow.host.functions, new.name)
    token.internal_data.pop("cycle", None)
    if due.cycle is not None:
        token.internal_data["cycle"] = due.cycle
    if due.at is not None:
        token.workflow.emit(effects.TimerChanged(token.id, due.at))


def _event(node: Node) -> Node:
    return node.start if isinstance(node, EventSubProcess) else node


def _trigger(node: Node) -> Trigger:
    found = _event(node).trigger
    assert found is not None
    return found


def _seen_from(token: Token) -> int:
    """Return the token whose variables an event's timer, name or key is evaluated with."""
    inner = "armed" not in token.internal_data and "group" not in token.internal_data
    return int(token.id if inner else token.parent.id)


# -- what listens beside it


def _listen(journey: _Journey) -> None:
    """Let the events of the new version wait that the old one did not have."""
    workflow = journey.workflow
    for id in [id for id in journey.goals if id in workflow.tasks]:
        token, node = workflow.tasks[id], workflow.tasks[id].task_spec
        internal = token.internal_data
        if isinstance(node, Activity) and not {"item", "activation", "directing", "armed"} & internal.keys():
            workflow.arm_boundaries(token)
        scope = _open_scope(token, journey.targets[id])
        if scope is not None:
            workflow.open_triggers(token, scope)


def _open_scope(token: Token, target: Target | None) -> Process | None:
    """Return the scope that a token has opened and no event has taken over."""
    node = token.task_spec
    taken = any(
        isinstance(child.task_spec, EventSubProcess)
        and child.task_spec.interrupting
        and "armed" not in child.internal_data
        for child in token.children
    )
    if taken or not token.children or "armed" in token.internal_data or target is None:
        return None
    if isinstance(node, Root):
        found: Process = target.model.specs[target.process]
        return found
    body = "loop" in token.internal_data or "activation" in token.internal_data
    return node.inner if isinstance(node, SubProcess) and not body else None


def _go_on(workflow: Workflow) -> None:
    """Let branches go on that the new version holds up no longer, and events happen whose condition holds now."""
    for token in list(workflow.tasks.values()):
        waits = token.internal_data.get("wait") == "join" and "incident" not in token.internal_data
        if waits and isinstance(token.task_spec, ParallelGateway) and workflow.tasks.get(token.id) is token:
            workflow.try_join(token)
    workflow.advance()


def _incident(effect: effects.Incident) -> Finding:
    return Finding(effect.element, effect.message, fitting.FINISH, effect.facts)
