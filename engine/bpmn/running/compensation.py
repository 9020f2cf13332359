"""Compensation and cancelled transactions: what has completed is undone, the last first (BPMN 2.0.2 §13.5.5, §13.4.2).

The throw event stays until everything is undone; the handlers run in its token, one after the other, so that they may
wait for people and services. Each sees the variables as they were when its activity completed; what it writes itself
goes where it is declared today.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements.activities import EventSubProcess, Transaction
from engine.bpmn.elements.nodes import Node, Root, Trigger
from engine.bpmn.running.catching import Catching
from engine.bpmn.running.scopes import Values

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token


class Compensation(Catching):
    """The part of a workflow that remembers what has completed and undoes it."""

    next_id: int

    if TYPE_CHECKING:

        def nodes(self, token: Token) -> Mapping[str, Node]:
            """See :class:`Nesting`."""

    def remember(self, token: Token) -> None:
        """Keep what has completed, if it or something inside it has a handler.

        Of a multi-instance activity every instance is kept by itself and the body only holds them together: each is
        undone with its own variables (§13.5.5).
        """
        inside = self.completed.inside(token.id)
        by = None if "loop" in token.internal_data else token.task_spec.undone_by
        if token.parent is not None and (by is not None or inside):
            self._record(token, by)

    def _record(self, token: Token, by: str | None) -> None:
        record = {
            "at": token.parent.id,
            "node": token.task_spec.name,
            "id": token.id,
            "by": by,
            "local": dict(self.scopes.get(token.id, {})),
            "undo": {},
        }
        token.internal_data["kept"] = 1
        self.completed.add(self.next_id, record)
        self.next_id += 1

    def forget(self, token: Token) -> None:
        """A token is gone: what completed in a scope that did not complete itself can no longer be undone."""
        internal = token.internal_data
        if "kept" not in internal:
            self.completed.forget(self.completed.inside(token.id))
        if "undo" in internal:
            self.completed.release(token.id, internal["undo"])
        if "for" in internal:
            number = self.completed.of(internal["for"])
            self.completed.forget([] if number is None else [number])

    # -- what throw and cancel events do

    def compensate(self, token: Token, trigger: Trigger) -> None:
        """Take what a throw event undoes; one that does not wait leaves that to a token beside it."""
        runner = token
        if not trigger.waits:
            runner = self.add(token.task_spec, token.parent, {"beside": 1})
        runner.internal_data["undo"] = self.completed.plan(self._scopes(token), trigger.activity, runner.id)

    def _scopes(self, token: Token) -> list[int]:
        """Return the scopes whose activities a throw event may undo: its own, from an event sub-process also around."""
        owner = token.parent
        scopes = [owner.id]
        while isinstance(owner.task_spec, EventSubProcess) or "activation" in owner.internal_data:
            if "for" in owner.internal_data:
                return [*scopes, owner.internal_data["for"]]
            owner = owner.parent
            scopes.append(owner.id)
        return scopes

    def cancel_transaction(self, token: Token) -> None:
        """Stop all else in the transaction around a cancel end event, and take what completed in it.

        The innermost transaction is meant, whichever sub-process within it the event stands in (§10.3.5). Of one that
        runs several times the boundary event belongs to the whole, so that every instance is undone with it.
        """
        scope = token.parent
        while not isinstance(scope.task_spec, Transaction):
            scope = scope.parent
        if "item" in scope.internal_data:
            scope = scope.parent
        runner = token if token.parent is scope else self.add(token.task_spec, scope, {"beside": 1})
        for child in scope.children:
            if child is not runner:
                self._hold(child)
        self.kill_siblings(runner)
        runner.internal_data["undo"] = self.completed.plan([scope.id], None, runner.id)

    def _hold(self, token: Token) -> None:
        """Keep what completed inside something that is about to be stopped; not across a call activity."""
        for child in token.children:
            if not isinstance(child.task_spec, Root):
                self._hold(child)
        if self.completed.inside(token.id) and "kept" not in token.internal_data:
            self._record(token, None)

    def leave_cancelled(self, token: Token) -> None:
        """Everything is undone: leave the transaction by its cancel boundary event."""
        armed = (self.tasks[id] for id in token.parent.internal_data["boundaries"])
        self.fire(next(event for event in armed if event.internal_data["wait"] == "cancel"), {})

    def undo_next(self, token: Token) -> bool:
        """Begin to undo the next of what a token has taken; True if nothing is left."""
        token._set_state(TaskState.STARTED)
        plan = token.internal_data["undo"]
        self.scopes.pop(token.id, None)
        token.internal_data.pop("seen", None)
        while plan:
            number = plan.pop()
            record = self.completed.records[number]
            if record["by"] is not None:
                self._undo(token, number, self.nodes(token)[record["by"]])
                return False
            self.completed.forget([number])  # what completed inside it is undone
        del token.internal_data["undo"]
        return True

    def _undo(self, token: Token, number: int, handler: Node) -> None:
        self._see(token, number)
        if isinstance(handler, EventSubProcess):  # it may undo what completed inside, so the record stays
            self.add(handler, token, {"for": self.completed.records[number]["id"]})
        else:
            self.completed.forget([number])
            self.add(handler, token, {})

    def _see(self, token: Token, number: int) -> None:
        """Let what stands in ``token`` see the variables as they were when a record was made."""
        completed = self.completed
        record = completed.records[number]
        gone, at = [record["local"]], record["at"]
        while at not in self.tasks:
            outer = completed.records[completed.of(at) or 0]
            gone.append(completed.then(number, at, outer["local"]))
            at = outer["at"]
        self.scopes[token.id] = _over(gone)
        token.internal_data["seen"] = _over(
            [completed.then(number, scope, values) for scope, values in self._around(self.tasks[at])]
        )

    def _around(self, token: Token) -> list[tuple[int, Values]]:
        layers = []
        while True:
            if token.id in self.scopes:
                layers.append((token.id, self.scopes[token.id]))
            if isinstance(token.task_spec, Root):
                return layers
            token = token.parent


def _over(layers: list[Values]) -> Values:
    """Lay the first over the others."""
    return {name: value for layer in reversed(layers) for name, value in layer.items()}
