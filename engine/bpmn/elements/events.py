"""Events: what starts, ends, waits and throws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine import errors, feel
from engine.bpmn.elements import timers
from engine.bpmn.elements.activities import JobTask
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Flow, Node, Trigger
from engine.bpmn.elements.values import MAX_KEY, Fault, Value
from engine.bpmn.running import effects

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token


def arm(token: Token, node: Node, trigger: Trigger, view_of: int) -> None:
    """Make ``token`` wait for ``trigger``; names and keys are evaluated once, in the view of token ``view_of``."""
    workflow = token.workflow
    view = workflow.view(view_of)
    if trigger.kind == "timer":
        due = _due(token, trigger, view)
        workflow.wait(token, trigger.kind)
        if due is not None:
            workflow.emit(effects.TimerSet(token.id, node.name, due))
    elif trigger.kind in ("message", "signal"):
        name, key = subscription(token, node, trigger, view)
        workflow.wait(token, trigger.kind)
        if trigger.kind == "signal":
            token.internal_data["signal"] = name
        kind = "message" if trigger.kind == "message" else "signal"
        workflow.emit(effects.SubscriptionOpened(token.id, node.name, kind, name, key))  # type: ignore[arg-type]
    else:
        workflow.wait(token, trigger.kind)
        if trigger.kind == "conditional":
            token.internal_data["was"] = False
            workflow.changed = True


def subscription(token: Token, node: Node, trigger: Trigger, view: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the name and, of a message, the key that an event waits for.

    Raises
    ------
    Fault
        ``EXTRACT_VALUE_ERROR`` if either cannot be evaluated.
    """
    name = trigger.name.evaluate(view, token.workflow.host.functions) if trigger.name else None
    if not isinstance(name, str) or not name:
        raise Fault("EXTRACT_VALUE_ERROR", errors.N_("The event {event} has no name to wait for."), event=node.name)
    return _short(name), _key(trigger, view, token) if trigger.kind == "message" else None


def _key(trigger: Trigger, view: Mapping[str, Any], token: Token) -> str:
    key = trigger.key.evaluate(view, token.workflow.host.functions) if trigger.key else None
    if isinstance(key, bool) or key is None or (not isinstance(key, str | int) and not hasattr(key, "as_tuple")):
        raise Fault(
            "EXTRACT_VALUE_ERROR", errors.N_("The correlation key “{key}” is neither text nor a number."),
            key=trigger.key.text if trigger.key else "",
        )  # fmt: skip
    return _short(feel.text_of(key) if not isinstance(key, str) else key)


def _short(text: str) -> str:
    """Return a name or key that fits where subscriptions are kept.

    Raises
    ------
    Fault
        ``MESSAGE_SIZE_EXCEEDED`` if it is longer.
    """
    if len(text) > MAX_KEY:
        raise Fault(
            "MESSAGE_SIZE_EXCEEDED", errors.N_("“{text}…” is longer than {limit} characters."), text=text[:20],
            limit=MAX_KEY,
        )  # fmt: skip
    return text


def _due(token: Token, trigger: Trigger, view: Mapping[str, Any]) -> Any:
    due = timers.first(trigger, view, token.workflow.host.functions, token.task_spec.name)
    if due.cycle is not None:
        token.internal_data["cycle"] = due.cycle
    return due.at


def repeat(token: Token) -> Any:
    """Return when a repeating timer is due next, or None when it has no repetition left."""
    due = timers.again(token.internal_data["cycle"])
    token.internal_data["cycle"] = due.cycle
    return due.at


class StartEvent(Node):
    """Where a scope begins."""

    interrupting = True

    def work(self, token: Token) -> bool | None:
        return self.finish(token, token.internal_data.pop("payload", {}))


class CatchEvent(Node):
    """Waits in the flow for its trigger."""

    flow_in: Flow | None = None

    def work(self, token: Token) -> bool | None:
        assert self.trigger is not None
        if "payload" in token.internal_data:  # it has come already: to a gateway before, or to begin the process
            return self.finish(token, token.internal_data["payload"])
        if self.trigger.kind == "link":
            return self.finish(token, {})
        if self.legs:
            token.workflow.arm_legs(token)
        else:
            arm(token, self, self.trigger, token.id)
        return None


class ReceiveTask(Activity):
    """Waits for a message."""

    def work(self, token: Token) -> bool | None:
        assert self.trigger is not None
        if "payload" in token.internal_data:  # likewise
            return self.finish(token, token.internal_data["payload"])
        arm(token, self, self.trigger, token.id)
        return None


class BoundaryEvent(Node):
    """Waits beside an activity; its token is a sibling of the activity's."""

    interrupting = True
    host: str
    handler: Flow | None = None
    """The association to what compensates the activity, as if it were a flow."""

    @property
    def result_leaves(self) -> bool:  # type: ignore[override]
        """What an error or escalation carries stays here unless an output mapping lets it out (dialect.md 2.5, 7)."""
        return self.trigger is None or self.trigger.kind not in ("error", "escalation")

    def begin(self, token: Token) -> bool | None:
        token.workflow.enter(token)
        return self.finish(token, token.internal_data.pop("payload", {}))

    def choose(self, token: Token) -> list[Flow]:
        return [self.handler] if self.handler else super().choose(token)


class ThrowEvent(Node):
    """Throws its trigger and goes on; with no trigger it only passes."""

    def begin(self, token: Token) -> bool | None:
        return self.go_on(token) if "beside" in token.internal_data else super().begin(token)

    def work(self, token: Token) -> bool | None:
        if self.trigger is not None and self.trigger.kind == "compensation":
            token.workflow.compensate(token, self.trigger)
            return self.go_on(token) if self.trigger.waits else self.finish(token, {})
        for trigger in sorted(self.awaited, key=_ends):
            if token.workflow.tasks.get(token.id) is token:
                throw(token, self, trigger)
        if token.workflow.tasks.get(token.id) is not token:
            return None  # its own event ended the scope it stood in
        return self.finish(token, {})

    def go_on(self, token: Token) -> bool | None:
        """Undo what is left of what has completed, then go on."""
        if not token.workflow.undo_next(token):
            return None
        return "beside" in token.internal_data or self.finish(token, {})

    def choose(self, token: Token) -> list[Flow]:
        target = self.link_target()
        if target is not None:
            return [Flow(f"{self.name}->{target.name}", self.name, target.name)]
        return super().choose(token)

    def followers(self) -> list[Node]:
        target = self.link_target()
        return [*super().followers(), *([target] if target is not None else [])]

    def link_target(self) -> Node | None:
        """Return the link event that this one leads to."""
        if self.trigger is None or self.trigger.kind != "link" or self.trigger.name is None:
            return None
        return self.process.links.get(self.trigger.name.text)


class EndEvent(ThrowEvent):
    """Ends its branch, or with a terminate definition its whole scope (§13.5.6)."""

    def work(self, token: Token) -> bool | None:
        if self.legs:
            return self._all(token)
        if self.trigger is not None and self.trigger.kind == "terminate":
            token.workflow.kill_siblings(token)
            return self.finish(token, {})
        if self.trigger is not None and self.trigger.kind == "cancel":
            token.workflow.cancel_transaction(token)
            return self.go_on(token) if token.workflow.tasks.get(token.id) is token else None
        return super().work(token)

    def _all(self, token: Token) -> bool | None:
        """Throw all that a multiple end event throws, what ends the scope or leaves it last."""
        for trigger in sorted(self.legs, key=_ends):
            if token.workflow.tasks.get(token.id) is not token:
                return None
            if trigger.kind == "terminate":
                token.workflow.kill_siblings(token)
            else:
                throw(token, self, trigger)
        return self.finish(token, {}) if token.workflow.tasks.get(token.id) is token else None

    def go_on(self, token: Token) -> bool | None:
        if self.trigger is None or self.trigger.kind != "cancel":
            return super().go_on(token)
        if token.workflow.undo_next(token):
            token.workflow.leave_cancelled(token)
        return None


class SendTask(Activity):
    """Throws a message and goes on."""

    def work(self, token: Token) -> bool | None:
        assert self.trigger is not None
        throw(token, self, self.trigger)
        return self.finish(token, {})


class JobEvent(JobTask):
    """A throwing message event whose work a handler does."""


def _ends(trigger: Trigger) -> int:
    """Tell how surely what is thrown ends the scope of its thrower: the least sure is thrown first."""
    return {"message": 0, "terminate": 2, "error": 2}.get(trigger.kind, 1)


def throw(token: Token, node: Node, trigger: Trigger) -> None:
    """Throw what ``trigger`` says."""
    workflow = token.workflow
    view = workflow.view(token.id)
    local = dict(workflow.scopes.get(token.id, {}))
    if trigger.kind == "message":
        key = "" if trigger.key is None else _key(trigger, view, token)
        workflow.emit(effects.MessageThrown(token.id, node.name, _thrown(token, trigger.name), key, local))
    elif trigger.kind == "signal":
        workflow.broadcast(_thrown(token, trigger.name), local)
    elif trigger.kind in ("error", "escalation"):
        code = _thrown(token, trigger.code) if trigger.code is not None else ""
        if trigger.kind == "error":
            if not workflow.catch(token, "error", code, local):
                raise Fault("UNHANDLED_ERROR_EVENT", errors.N_("Nothing catches the error “{code}”."), code=code)
        else:
            workflow.catch(token, "escalation", code, local)


def _thrown(token: Token, source: Value | None) -> str:
    name = token.workflow.evaluate(source, token) if source is not None else None
    if not isinstance(name, str) or not name:
        raise Fault(
            "EXTRACT_VALUE_ERROR", errors.N_("The event {event} has no name to throw."), event=token.task_spec.name
        )
    return _short(name)
