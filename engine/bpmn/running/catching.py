"""Catching events of a running instance: what waits, what fires, who catches an error."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements.activities import EventSubProcess, SubProcess
from engine.bpmn.elements.events import BoundaryEvent, CatchEvent, arm, repeat
from engine.bpmn.elements.nodes import Node, Root, Trigger
from engine.bpmn.elements.values import Fault
from engine.bpmn.running import effects
from engine.bpmn.running.scopes import Values
from engine.bpmn.running.variables import Variables

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token


def _start_of(token: Token) -> Node:
    """Return the event by which a token waits: of an event sub-process, its start event."""
    node = token.task_spec
    return node.start if isinstance(node, EventSubProcess) else node


def awaited(token: Token) -> Trigger:
    """Return what a token waits for: of a multiple event, one of several things."""
    waits: list[Trigger] = _start_of(token).awaited
    return waits[int(token.internal_data.get("leg", 0))]


def each_awaited(node: Node, internal: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the tokens of an event begin with: one, or one for each thing that a multiple event waits for."""
    start = node.start if isinstance(node, EventSubProcess) else node
    return [{**internal, "leg": leg} for leg in range(len(start.legs))] if start.legs else [internal]


def _legs(token: Token) -> list[Token]:
    """Return the tokens that wait for one event together, in the order of what they wait for."""
    host, node = token.internal_data.get("host"), token.task_spec
    peers = [peer for peer in token.parent.children if peer.task_spec is node and "leg" in peer.internal_data]
    return [peer for peer in peers if peer.internal_data.get("host") == host]


class Catching(Variables):
    """The part of a workflow that lets events happen."""

    _ready: deque[int]

    if TYPE_CHECKING:

        def add(self, node: Node, parent: Token | None, internal: dict[str, Any], scope: Values | None = None) -> Token:
            """See :class:`Workflow`."""

        def kill(self, token: Token) -> None:
            """See :class:`Workflow`."""

        def kill_siblings(self, token: Token) -> None:
            """See :class:`Workflow`."""

        def stop(self, token: Token, fault: Fault, stage: str, argument: Any) -> None:
            """See :class:`Workflow`."""

        def guarded_completion(self, token: Token, stage: str, argument: Any = None) -> None:
            """See :class:`Workflow`."""

        def enter(self, token: Token) -> None:
            """See :class:`Workflow`."""

        def wait(self, token: Token, kind: str) -> None:
            """See :class:`Workflow`."""

        def kill_children(self, token: Token) -> None:
            """See :class:`Workflow`."""

        def _disarm(self, token: Token) -> None: ...

        def _remove(self, token: Token) -> None: ...

    def arm_boundaries(self, host: Token) -> None:
        """Let the boundary events of an activity wait beside it that do not wait yet."""
        if host.task_spec.boundaries:
            ids = host.internal_data.setdefault("boundaries", [])
            there = {self.tasks[id].task_spec for id in ids}
            for node in [node for node in host.task_spec.boundaries if node not in there]:
                for internal in each_awaited(node, {"armed": 1, "host": host.id}):
                    token = self.add(node, host.parent, internal)
                    self._ready.pop()
                    ids.append(token.id)
                    self._arm(token, node, host.parent.id)

    def arm_legs(self, event: Token) -> None:
        """Let a multiple event in the flow wait for each of its things by a token of its own inside it."""
        event._set_state(TaskState.STARTED)
        for internal in each_awaited(event.task_spec, {"armed": 1}):
            token = self.add(event.task_spec, event, internal)
            self._ready.pop()
            self._arm(token, event.task_spec, event.id)

    def _arm(self, token: Token, node: Node, view_of: int) -> None:
        token.internal_data["armed"] = 1
        try:
            arm(token, node, awaited(token), view_of)
        except Fault as fault:
            self.stop(token, fault, "wait", None)

    def _arm_again(self, token: Token) -> None:
        """Let an event wait whose timer or key could not be evaluated; running it would make it happen."""
        self._disarm(token)
        node = token.task_spec
        self._arm(token, node.start if isinstance(node, EventSubProcess) else node, token.parent.id)

    def arm_group(self, gateway: Token) -> None:
        """Let every event behind an event-based gateway wait; the first to fire ends the others."""
        group = []
        for flow in gateway.task_spec.flows:
            node = gateway.task_spec.process.task_specs[flow.target]
            token = self.add(node, gateway.parent, {"flow": flow.id, "group": []})
            self._ready.pop()
            group.append(token.id)
            try:
                arm(token, node, node.trigger, gateway.parent.id)
            except Fault:
                for other in group:
                    self.kill(self.tasks[other])
                raise
        for token_id in group:
            self.tasks[token_id].internal_data["group"] = [other for other in group if other != token_id]

    def fire(self, token: Token, payload: Values) -> None:
        """Let a waiting event happen; of one that waits for several things at once, when the last has come."""
        node = token.task_spec
        if "leg" in token.internal_data:
            if not self._complete_with(token, payload):
                return
            payload = self._all(token, payload)
            if isinstance(node, CatchEvent):
                event = token.parent
                self.kill_children(event)
                self.guarded_completion(event, "finish", payload)
                return
        if isinstance(node, BoundaryEvent):
            self._fire_boundary(token, node, payload)
        elif isinstance(node, EventSubProcess) and token.internal_data.get("armed"):
            self._fire_event_subprocess(token, node, payload)
        elif "group" in token.internal_data:
            for other in token.internal_data.pop("group"):
                self.kill(self.tasks[other])
            self.emit(effects.Took(token.internal_data.pop("flow")))
            self._disarm(token)
            token.internal_data["payload"] = payload
            token._set_state(TaskState.READY)
            self._ready.append(token.id)
        else:
            self._disarm(token)
            self.guarded_completion(token, "finish", payload)

    def _complete_with(self, token: Token, payload: Values) -> bool:
        """Tell whether an event may happen now that one of the things that it waits for has come."""
        if not _start_of(token).parallel:
            return True
        self._disarm(token)
        token.internal_data["came"] = payload
        return all("came" in peer.internal_data for peer in _legs(token))

    def _all(self, token: Token, payload: Values) -> Values:
        """Return what has come with all that an event waited for; one that may happen again waits for all anew."""
        if not _start_of(token).parallel:
            return payload
        legs = _legs(token)
        merged = {name: value for leg in legs for name, value in leg.internal_data.pop("came").items()}
        if not isinstance(token.task_spec, CatchEvent) and not token.task_spec.interrupting:
            for leg in legs:
                self._arm_again(leg)
        return merged

    def broadcast(self, name: str, payload: Values) -> None:
        """Throw a signal; who waits for it in this instance hears it at once, as their scope may end in this step."""
        hear = [t for t in self.tasks.values() if _hears(t, name)]
        self.emit(effects.SignalThrown(name, payload, tuple(token.id for token in hear)))
        for token in hear:
            if self.tasks.get(token.id) is token and _hears(token, name):
                self.fire(token, dict(payload))

    def _fire_boundary(self, token: Token, node: BoundaryEvent, payload: Values) -> None:
        host, parent = self.tasks[token.internal_data["host"]], token.parent
        if node.interrupting:
            host.internal_data["boundaries"].remove(token.id)
            self._disarm(token)
            self.kill(host)
            token.internal_data = {"payload": payload}
            token._set_state(TaskState.READY)
            self._ready.append(token.id)
        else:
            self._rearm(token)
            self.add(node, parent, {"payload": payload})

    def _fire_event_subprocess(self, token: Token, node: EventSubProcess, payload: Values) -> None:
        owner = token.parent
        if node.interrupting:
            self._disarm(token)
            self.kill_siblings(token)
            if isinstance(owner.task_spec, SubProcess):
                owner.task_spec.interrupted(owner)
            token.internal_data = {"payload": payload}
            token._set_state(TaskState.READY)
            self._ready.append(token.id)
        else:
            self._rearm(token)
            self.add(node, owner, {"payload": payload})

    def _rearm(self, token: Token) -> None:
        """A timer that does not interrupt fires once, or as often as its cycle says; other events stay."""
        if token.internal_data["wait"] != "timer" or _start_of(token).parallel:
            return  # what waits for all of several things has been armed anew with them
        due = repeat(token) if "cycle" in token.internal_data else None
        if due is None:
            self._disarm(token)
            token.internal_data["wait"] = "spent"
        else:
            self.emit(effects.TimerSet(token.id, token.task_spec.name, due))

    def catch(self, token: Token, kind: str, code: str, payload: Values) -> bool:
        """Find the one catcher of an error or escalation, from the thrower outward, and let it happen.

        What an event sub-process throws it does not catch itself.
        """
        level: Token | None = token
        below: Node | None = None
        while level is not None:
            candidates = [self.tasks[i] for i in level.internal_data.get("boundaries", ()) if i in self.tasks]
            if level is not token or isinstance(level.task_spec, Root):
                candidates = [c for c in level.children if _listens(c) and c.task_spec is not below] + candidates
            catcher = self._best(candidates, kind, code)
            if catcher is not None:
                self.fire(catcher, payload)
                return True
            level, below = level.parent, level.task_spec
        return False

    def _best(self, candidates: list[Token], kind: str, code: str) -> Token | None:
        general = None
        for candidate in candidates:
            node = candidate.task_spec
            node = node.start if isinstance(node, EventSubProcess) else node
            if node.trigger is None or isinstance(node, CatchEvent) or "came" in candidate.internal_data:
                continue
            trigger = awaited(candidate)
            if trigger.kind != kind:
                continue
            wanted = trigger.code.text if trigger.code else ""
            if wanted == code:
                return candidate
            if not wanted and general is None:
                general = candidate
        return general

    def _conditions(self) -> None:
        """Let conditional events happen whose condition has just become true."""
        self.changed = False
        for token in list(self.tasks.values()):
            if token.internal_data.get("wait") != "conditional" or token.id not in self.tasks:
                continue
            trigger = awaited(token)
            assert trigger.value is not None
            view_of = token.parent.id if token.internal_data.get("armed") else token.id
            try:
                now = trigger.value.evaluate(self.view(view_of), self.host.functions) is True
            except Fault as fault:
                self._disarm(token)
                self.stop(token, fault, "wait", None)
                continue
            was, token.internal_data["was"] = token.internal_data.get("was"), now
            if now and not was:
                self.fire(token, {})


def _hears(token: Token, name: str) -> bool:
    return token.internal_data.get("wait") == "signal" and token.internal_data.get("signal") == name


def _listens(token: Token) -> bool:
    """Tell whether a token waits for the start of an event sub-process, and not beside an activity."""
    return isinstance(token.task_spec, EventSubProcess) and bool(token.internal_data.get("armed"))
