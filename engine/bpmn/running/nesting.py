"""Scopes of a running instance: sub-processes and called processes begin, settle and end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine import errors, feel
from engine.bpmn.drawn.paths import arrived_before
from engine.bpmn.elements.activities import CallActivity, SubProcess
from engine.bpmn.elements.adhoc import Offer
from engine.bpmn.elements.events import ThrowEvent
from engine.bpmn.elements.nodes import Node, Process, Root
from engine.bpmn.elements.values import Fault
from engine.bpmn.running import effects
from engine.bpmn.running.catching import each_awaited
from engine.bpmn.running.compensation import Compensation
from engine.bpmn.running.scopes import Values
from engine.bpmn.running.token import Token

if TYPE_CHECKING:
    from engine.bpmn.drawn.model import Model


MAX_CALLS = 50
"""How deep a process may call processes that call others, so that one that calls itself comes to an end."""


class Nesting(Compensation):
    """The part of a workflow that opens scopes and closes them."""

    model: Model

    if TYPE_CHECKING:

        def reset(self, marker: Token) -> bool:
            """See :class:`Joins`."""

        def advance(self) -> None:
            """See :class:`Workflow`."""

        def guarded(self, token: Token, stage: str, argument: Any) -> bool | None:
            """See :class:`Workflow`."""

        def _waiting(self, token_id: int, *kinds: str) -> Token: ...

    def begin_scope(self, owner: Token, process: Process, start: Node | None, payload: Values | None = None) -> None:
        """Open the triggers of a scope's event sub-processes and start it.

        A scope that is entered anew by a return begins at the element that its token names, see
        :func:`engine.bpmn.running.modification.go_back`.
        """
        owner._set_state(TaskState.STARTED)
        self.open_triggers(owner, process)
        path = owner.internal_data.pop("enter", None)
        begin = process.task_specs[path[0]] if path else start or process.none_start()
        assert begin is not None
        token = self.add(begin, owner, {} if payload is None else {"payload": payload})
        if path:
            token.internal_data = {"enter": path[1:]} if path[1:] else {}
            self.restore(owner, process, arrived_before(begin))

    def begin_process(self, root: Token) -> None:
        """Start a whole process at its start event, now that its listeners have been heard."""
        internal = root.internal_data
        model = self.host.model(internal["definition"]) if "definition" in internal else self.model
        process = model.specs[internal["process"]]
        self.begin_scope(root, process, process.task_specs[internal.pop("start")], internal.pop("payload", None))

    def restore(self, scope: Token, process: Process, arrived: Collection[str]) -> None:
        """Put a token back at a join for each flow by which one had come, unless one waits there."""
        for node in process.task_specs.values():
            for flow in node.arrivals if isinstance(node, Node) and node.gathers else ():
                there = {peer.internal_data.get("by") for peer in scope.children if peer.task_spec is node}
                if flow.id in arrived and flow.id not in there:
                    token = self.add(node, scope, {"by": flow.id})
                    self._ready.pop()
                    self.wait(token, "join")

    def open_triggers(self, owner: Token, process: Process) -> None:
        """Let the event sub-processes of a scope wait for their start events that do not wait yet."""
        there = {child.task_spec for child in owner.children}
        for node in [node for node in process.event_subprocesses if node not in there]:
            for internal in each_awaited(node, {"armed": 1}):
                trigger = self.add(node, owner, internal)
                self._ready.pop()
                self._arm(trigger, node.start, owner.id)

    def offers(self) -> list[Offer]:
        """Return the activities that persons may begin now."""
        open_ones = [token for token in self.tasks.values() if token.internal_data.get("wait") == "adhoc"]
        return [offer for token in open_ones for offer in token.task_spec.offers(token)]

    def activate(self, token_id: int, element: str, variables: Values | None = None) -> None:
        """Begin an activity of an ad-hoc sub-process, with variables of its own.

        Raises
        ------
        TokenUnknown
            If the sub-process is not open.
        ActivityNotOffered, ActivityUnderWay
            If the activity cannot begin now.
        """
        token = self._waiting(token_id, "adhoc")
        values = {name: feel.to_json(value) for name, value in (variables or {}).items()}
        token.task_spec.activate(token, element, values)
        self.advance()

    def settle(self, owner: Token) -> None:
        """End a scope in which nothing is alive but triggers that wait."""
        if self.tasks.get(owner.id) is not owner or "listening" in owner.internal_data:
            return
        if any(not child.internal_data.get("armed") for child in owner.children):
            return
        marker = next((child for child in owner.children if child.internal_data.get("wait") == "reset"), None)
        if marker is not None:
            self.reset(marker)  # what it lets out, or nothing, settles the scope again
            return
        node = owner.task_spec
        if isinstance(node, SubProcess) and not node.is_over(owner):
            return
        self.kill_children(owner)
        if isinstance(node, Root):
            self.guarded(owner, "end_work", None)
        elif isinstance(node, SubProcess):
            node.scope_ended(owner)
        elif isinstance(node, ThrowEvent):  # a compensation handler is done
            self.guarded_completion(owner, "go_on")

    def process_over(self, root: Token) -> None:
        """End a process in which nothing is left, and go on with whoever called it."""
        caller, variables = root.parent, dict(self.scopes[root.id])
        if caller is None:
            self.outcome = "completed"
            self.completed.clear()
            self.emit(effects.Ended("completed"))
            return
        self._remove(root)
        assert isinstance(caller.task_spec, CallActivity)
        if not caller.task_spec.details.outputs:  # an old copy must not undo what others have written meanwhile
            for name in root.internal_data.get("given", ()):
                del variables[name]
        caller.task_spec.scope_ended(caller, variables)

    def call(self, token: Token, model: Model, definition: str, process_id: str, variables: Values) -> None:
        """Run another process inside a call activity's token.

        Raises
        ------
        Fault
            ``CALLED_ELEMENT_ERROR`` if the process has no plain start event, or calls lie in calls too deep.
        """
        process = model.specs.get(process_id)
        start = process.none_start() if process else None
        if process is None or start is None:
            raise Fault(
                "CALLED_ELEMENT_ERROR", errors.N_("The called process “{process}” has no plain start event."),
                process=process_id,
            )  # fmt: skip
        if _depth(token) >= MAX_CALLS:
            raise Fault(
                "CALLED_ELEMENT_ERROR", errors.N_("Calls within calls are deeper than {limit}."), limit=MAX_CALLS
            )
        token._set_state(TaskState.STARTED)
        internal = {"process": process_id, "definition": definition, "given": list(variables), "start": start.name}
        if "enter" in token.internal_data:
            internal["enter"] = token.internal_data.pop("enter")
        root = self.add(model.roots[process_id], token, internal, variables)
        self._ready.pop()
        self.guarded(root, "begin", None)

    def nodes(self, token: Token | None) -> Mapping[str, Node]:
        """Return every node of the process that a token stands in, by id."""
        while token is not None and "process" not in token.internal_data:
            token = token.parent
        assert token is not None
        internal = token.internal_data
        model = self.host.model(internal["definition"]) if "definition" in internal else self.model
        return model.nodes[internal["process"]]

    def definition_of(self, token: Token | None) -> str:
        """Return the definition key of the process a token stands in; empty for the instance's own."""
        while token is not None:
            if "definition" in token.internal_data:
                return str(token.internal_data["definition"])
            token = token.parent
        return ""


def _depth(token: Token) -> int:
    """Return in how many calls a token stands."""
    depth = 0
    above: Token | None = token
    while above is not None:
        depth += "process" in above.internal_data
        above = above.parent
    return depth
