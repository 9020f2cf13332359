"""One running instance: moves tokens, keeps variables, and says what its caller has to write.

SpiffWorkflow's task and workflow carry the life cycle of a token; its prediction, its data and its past are not used:
a finished token is dropped at once, so that a step costs the same after ten thousand others. The tree of tokens is the
tree of scopes: a token's parent is the token that opened the scope it stands in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine import errors, feel
from engine.bpmn.elements import listening
from engine.bpmn.elements.nodes import Flow, Node, Process
from engine.bpmn.elements.values import Fault
from engine.bpmn.running import effects
from engine.bpmn.running.aside import Item
from engine.bpmn.running.completed import Completed
from engine.bpmn.running.joins import Joins
from engine.bpmn.running.nesting import Nesting
from engine.bpmn.running.scopes import Values
from engine.bpmn.running.token import Token

if TYPE_CHECKING:
    from engine.bpmn.drawn.model import Model

MAX_STEPS = 20_000
"""Steps without a wait after which an instance is taken to loop without end (engine.md 9)."""


class Host(Protocol):
    """What the kernel needs of its caller while it runs."""

    @property
    def functions(self) -> Mapping[str, feel.Function]:
        """FEEL functions besides the library."""

    def decide(self, reference: str, context: Mapping[str, Any], tag: str = "") -> tuple[Any, Any]:
        """Evaluate a decision, the latest with ``tag`` if that is given; return its value and its explanation."""

    def process(self, reference: str, binding: str, tag: str) -> tuple[Model, str]:
        """Return the model and definition key of the process that a call activity names and ``tag`` may bind."""

    def model(self, definition: str) -> Model:
        """Return the model of a definition key that :meth:`process` gave earlier."""

    def items(self, token: int | None) -> Iterable[Item]:
        """Return what is kept aside of the instance, in the order of tokens: that of one token, or all."""


class Workflow(Joins, Nesting, BpmnWorkflow):  # type: ignore[misc]
    """A running instance of a process."""

    def __init__(self, model: Model, host: Host) -> None:
        # SpiffWorkflow's own would make what its events, its scripts in Python and its sub-workflows need
        self.tasks = {}
        self.model = model
        self.host = host
        self.scopes: dict[int, Values] = {}
        self.completed = Completed()
        self.next_id = 0
        self.outcome: str = "active"
        self.changed = False
        self.collections: dict[int, tuple[list[Any], list[Any]]] = {}
        """What sequences run over, by token, with the values it was computed from; lives as long as this object."""
        self.known: dict[int, Item] = {}
        self.results: dict[int, dict[int, Any]] = {}
        self.partial: set[int] = set()
        self.bodies: set[int] = set()
        self._ready: deque[int] = deque()
        self._effects: list[effects.Effect] = []

    # -- what callers do

    @classmethod
    def start(
        cls,
        model: Model,
        process_id: str,
        *,
        host: Host,
        start_event: str | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> Workflow:
        """Begin an instance at its none start event, or at the named one; what that one maps out is all it brings.

        Raises
        ------
        BpmnStartUnknown
            If the process has no such start event.
        """
        workflow = cls(model, host)
        process = model.specs[process_id]
        node = next((n for n in process.starts if n.name == start_event), None) if start_event else process.none_start()
        if node is None:
            raise errors.BpmnStartUnknown(process=process_id, event=start_event or "")
        given = {name: feel.to_json(value) for name, value in (variables or {}).items()}
        mapped = node.trigger is not None and bool(node.details.outputs)
        internal = {"process": process_id, "start": node.name, "payload": given if mapped else {}}
        root = workflow.add(model.roots[process_id], None, internal, {} if mapped else given)
        if given and not mapped:
            workflow.emit(effects.VariablesSet(process_id, root.id, {}, dict(given)))
        workflow.guarded(root, "begin", None)
        workflow.advance()
        return workflow

    def complete(self, token_id: int, variables: Mapping[str, Any]) -> None:
        """Take the result of a user task, a job or a caught event, and go on.

        Raises
        ------
        TokenUnknown
            If no such token waits for a result.
        """
        token = self._waiting(token_id, "task", "job")
        stage = "heard" if "listening" in token.internal_data else "finish"
        self.guarded_completion(token, stage, {name: feel.to_json(value) for name, value in variables.items()})
        self.advance()

    def trigger(self, token_id: int, variables: Mapping[str, Any] | None = None) -> None:
        """Tell a waiting event that its timer is due or its message or signal has come.

        Raises
        ------
        TokenUnknown
            If no such token waits for an event.
        """
        token = self._waiting(token_id, "timer", "message", "signal", "conditional")
        self.fire(token, {name: feel.to_json(value) for name, value in (variables or {}).items()})
        self.advance()

    def throw_error(self, token_id: int, code: str, message: str, variables: Mapping[str, Any] | None = None) -> None:
        """Let a job raise a BPMN error; without a catcher it becomes an incident."""
        token = self._waiting(token_id, "job", "task")
        payload = {name: feel.to_json(value) for name, value in (variables or {}).items()}
        fault = listening.refused(token, code, message)
        if fault is None and not self.catch(token, "error", code, payload):
            fault = Fault(
                "UNHANDLED_ERROR_EVENT", errors.N_("Nothing catches the error “{code}”: {reason}"), code=code,
                reason=message,
            )  # fmt: skip
        if fault is not None:
            self.stop(token, fault, "wait", None)
        self.advance()

    def fail(self, token_id: int, kind: str, message: str) -> None:
        """Make an incident of a job that cannot be done."""
        self.stop(self._waiting(token_id, "job", "task"), Fault(kind, message), "wait", None)

    def retry(self, token_id: int) -> None:
        """Try again what became an incident.

        Raises
        ------
        TokenUnknown
            If the token has no incident.
        """
        token = self.tasks.get(token_id)
        if token is None or "incident" not in token.internal_data:
            raise errors.TokenUnknown()
        stage, argument = token.internal_data.pop("incident")
        self.emit(effects.IncidentResolved(token.id))
        if token.internal_data.get("armed"):
            self._arm_again(token)
        elif stage == "wait" or stage == "begin":
            self._again(token)
        else:
            self.guarded_completion(token, stage, argument)
        self.advance()

    def cancel(self) -> None:
        """End the instance where it stands."""
        for token in [token for token in self.tasks.values() if token.parent is None]:
            self.kill(token)
        self.outcome = "terminated"
        self.emit(effects.Ended("cancelled"))

    def set_variables(self, token_id: int | None, variables: Mapping[str, Any]) -> None:
        """Write variables as a person with the right to do so: where the token sees them, else into the root.

        Raises
        ------
        TokenUnknown
            If there is no such token any more.
        """
        root = next(iter(self.tasks.values()))
        token = self.tasks.get(token_id) if token_id is not None else root
        if token is None:
            raise errors.TokenUnknown()
        self.write(token, {name: feel.to_json(value) for name, value in variables.items()})
        self.advance()

    def drain(self) -> list[effects.Effect]:
        """Return what has happened since the last call, in order."""
        batch, self._effects = self._effects, []
        return batch

    def noted(self) -> list[effects.Effect]:
        """Return what has happened and was not drained yet, without taking it."""
        return list(self._effects)

    def waiting(self) -> list[tuple[int, str, str]]:
        """Return (token, element, kind) of every token that waits for the world outside."""
        return [
            (token.id, token.task_spec.name, token.internal_data["wait"])
            for token in self.tasks.values()
            if "wait" in token.internal_data and token.internal_data["wait"] not in ("join", "reset")
        ]

    # -- the loop

    def advance(self) -> None:
        """Run every token that can go on, in the order in which they became able to.

        A variable that has changed is looked at before the next token runs: that one may no longer be meant to.
        """
        for _ in range(MAX_STEPS):
            if self.changed:
                self._conditions()
            elif self._ready:
                token = self.tasks.get(self._ready.popleft())
                if token is not None and token.state == TaskState.READY:
                    token.run()
            elif not self._late_joins():
                self._incomplete_joins()
                return
        self._break_loop()

    def _break_loop(self) -> None:
        """Stop every token that could still run, so that none is lost: also one that an event or a join lets go."""
        if self.changed:
            self._conditions()
        if not self._ready:
            self._late_joins()
        for token in [self.tasks[id] for id in self._ready if id in self.tasks]:
            fault = Fault(
                "STEP_LIMIT", errors.N_("The process took {limit} steps without waiting for anything."), limit=MAX_STEPS
            )
            self.stop(token, fault, "begin", None)
        self._ready.clear()

    def guarded(self, token: Token, stage: str, argument: Any) -> bool | None:
        """Run one stage of a node; a fault becomes an incident and the token stays."""
        try:
            method = getattr(token.task_spec, stage)
            done: bool | None = method(token) if argument is None else method(token, argument)
        except Fault as fault:
            self.stop(token, fault, stage, argument)
            return None
        return done if self.tasks.get(token.id) is token else None

    def guarded_completion(self, token: Token, stage: str, argument: Any = None) -> None:
        """Run the stage that ends a waiting node, and complete its token."""
        if self.guarded(token, stage, argument):
            token.complete()

    def stop(self, token: Token, fault: Fault, stage: str, argument: Any) -> None:
        """Keep a token where it is until somebody has looked."""
        token._set_state(TaskState.STARTED)
        token.internal_data["incident"] = [stage, argument]
        self.emit(effects.Incident(token.id, token.task_spec.name, fault.kind, fault.message, fault.facts))

    def emit(self, effect: effects.Effect) -> None:
        """Note an effect for the caller."""
        self._effects.append(effect)

    # -- tokens

    def add(self, node: Node, parent: Token | None, internal: dict[str, Any], scope: Values | None = None) -> Token:
        """Put a token on a node, ready to run."""
        token = Token(self, node, parent, self.next_id, TaskState.READY)
        self.next_id += 1
        token.internal_data = internal
        if scope is not None:
            self.scopes[token.id] = scope
        self._ready.append(token.id)
        return token

    def arrive(self, flow: Flow, parent: Token, process: Process) -> None:
        """Let a token come to a node by a flow."""
        self.emit(effects.Took(flow.id))
        node = process.task_specs[flow.target]
        self.add(node, parent, {"by": flow.id} if node.gathers else {})

    def wait(self, token: Token, kind: str) -> None:
        """Let a token wait for ``kind``."""
        token._set_state(TaskState.WAITING)
        token.internal_data["wait"] = kind

    def enter(self, token: Token) -> None:
        """Note that a node has begun."""
        token.internal_data["in"] = 1
        self.emit(effects.Entered(token.id, token.task_spec.name))

    def leave(self, token: Token) -> None:
        """Drop a completed token and go on by the flows it chose."""
        node, parent = token.task_spec, token.parent
        body = parent is not None and "item" in token.internal_data and "loop" in parent.internal_data
        if token.internal_data.pop("in", None):
            self.emit(effects.Left(token.id, node.name))
        if node.undone_by is not None or self.completed:
            self.remember(token)
        if body:
            token.internal_data.pop("wait", None)  # it may stay for a while if what follows cannot be evaluated
            self.guarded(token, "item_over", None)
            return
        self.discard(token)
        if parent is None:
            return
        for flow in token.chosen:
            self.arrive(flow, parent, node.process)
        self.settle(parent)

    def discard(self, token: Token) -> None:
        """Take a token out, with its scope, its boundary events and whatever still stands in it."""
        self.whole(token)
        for child in token.children:
            self.kill(child)
        for boundary in token.internal_data.get("boundaries", ()):
            if boundary in self.tasks:
                self.kill(self.tasks[boundary])
        self._remove(token)

    def kill(self, token: Token) -> None:
        """Cancel a token and everything in it, at once; it may have gone already with the one it belonged to."""
        if self.tasks.get(token.id) is token:
            token.cancel()

    def drop(self, token: Token) -> None:
        """Undo what a cancelled token asked of the caller."""
        self._disarm(token)
        if "incident" in token.internal_data:
            self.emit(effects.IncidentResolved(token.id))
        self.kill_children(token)
        if token.internal_data.get("in"):
            self.emit(effects.Left(token.id, token.task_spec.name, "cancelled"))
        self.discard(token)

    def _disarm(self, token: Token) -> None:
        kind = token.internal_data.pop("wait", None)
        if kind == "task":
            self.emit(effects.TaskClosed(token.id, "canceling" in token.task_spec.task_listeners))
        elif kind == "job":
            self.emit(effects.JobCancelled(token.id))
        elif kind in ("timer", "message", "signal"):
            self.emit(effects.Unsubscribed(token.id, kind))

    def _remove(self, token: Token) -> None:
        parent = token.parent
        if parent is not None:
            parent._children.remove(token.id)
        if self.completed:
            self.forget(token)
        self.tasks.pop(token.id, None)
        self.scopes.pop(token.id, None)

    def kill_children(self, token: Token) -> None:
        """Cancel everything that stands in a token's scope."""
        self.whole(token)
        for child in token.children:
            self.kill(child)

    def kill_siblings(self, token: Token) -> None:
        """Cancel everything else in the scope that a token stands in."""
        for other in token.parent.children:
            if other is not token:
                self.kill(other)

    def _waiting(self, token_id: int, *kinds: str) -> Token:
        token = self.tasks.get(token_id)
        if token is None or token.internal_data.get("wait") not in kinds:
            raise errors.TokenUnknown()
        found: Token = token
        return found

    def _again(self, token: Token) -> None:
        self._disarm(token)
        if "listening" in token.internal_data:  # what the element did already is not done again
            self.guarded(token, "listen", token.internal_data["listening"])
            return
        self.kill_children(token)
        if "item" not in token.internal_data:
            self.scopes.pop(token.id, None)
        token._set_state(TaskState.READY)
        self._ready.append(token.id)
