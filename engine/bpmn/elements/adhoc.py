"""The ad-hoc sub-process: its activities begin as a list says or as persons decide (BPMN 2.0.2 §13.3.5, dialect.md 7).

The token of the sub-process holds one token per activation; what is activated, and whatever follows it, runs in that
one, with the variables that came with the activation and those that ``outputElement`` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import errors, feel
from engine.bpmn.elements.activities import EventSubProcess, SubProcess, UserTask
from engine.bpmn.elements.events import BoundaryEvent
from engine.bpmn.elements.nodes import Node
from engine.bpmn.elements.values import Fault, Value, names
from engine.bpmn.running import effects

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token

MAX_ACTIVE = 1_000
"""How many activations may run at once in one ad-hoc sub-process."""


STARTERS = "starters"
"""The property by which a diagram names the posts that may begin an activity."""


@dataclass(frozen=True)
class Offer:
    """An activity that may be begun now, in the sub-process ``element``, by these groups and persons."""

    token: int
    element: str
    activity: str
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


class AdHocSubProcess(SubProcess):
    """Stays open until its activities are over or its completion condition holds."""

    sequential = False
    cancels_remaining = True
    active: Value | None = None
    completion: Value | None = None
    output_collection: str | None = None
    output_item: Value | None = None

    def offer(self) -> None:
        """Find out, once the inside is built, what can begin by itself: nothing leads to it."""
        self.inner.offered = [
            node for node in self.inner.task_specs.values()
            if not node.arrivals and not isinstance(node, BoundaryEvent | EventSubProcess)
            and not getattr(node, "for_compensation", False)
        ]  # fmt: skip

    def begin(self, token: Token) -> bool | None:
        if "activation" not in token.internal_data:
            return super().begin(token)
        token.workflow.add(self.inner.task_specs[token.internal_data["activation"]], token, {})
        return None

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        workflow.open_scope(token, {self.output_collection: []} if self.output_collection else {})
        workflow.open_triggers(token, self.inner)
        wanted = self._wanted(token)
        if wanted == [] and self.completion is None:
            return self.end_adhoc(token)
        workflow.wait(token, "adhoc")
        token.internal_data["queue"] = wanted or []
        self._invite(token)
        self._feed(token)
        return None

    def _invite(self, token: Token) -> None:
        """Tell who may begin what is offered, so that they can see where."""
        offers = self.offers(token)
        groups = tuple(dict.fromkeys(group for offer in offers for group in offer.groups))
        users = tuple(dict.fromkeys(user for offer in offers for user in offer.users))
        token.workflow.emit(effects.ActivitiesOffered(token.id, self.name, users, groups))

    def _wanted(self, token: Token) -> list[str] | None:
        """Return the ids that the list of active elements names; None where a person decides.

        Raises
        ------
        Fault
            ``EXTRACT_VALUE_ERROR`` if it is no list or names what cannot be activated.
        """
        if self.active is None:
            return None
        wanted = token.workflow.evaluate(self.active, token)
        offered = [node.name for node in self.inner.offered]  # what is asked for may be of any type
        strange = [id for id in wanted if id not in offered] if isinstance(wanted, list) else [wanted]
        if strange or len(wanted) > MAX_ACTIVE:
            raise Fault(
                "EXTRACT_VALUE_ERROR", errors.N_("“{value}” cannot be activated in {element}."),
                value=feel.text_of(strange[0]) if strange else str(len(wanted)), element=self.details.name or self.name,
            )  # fmt: skip
        return list(wanted)

    def _feed(self, token: Token) -> None:
        """Activate what the list still names: all of it, or one after the other."""
        queue = token.internal_data["queue"]
        while queue and not (self.sequential and self._running(token)):
            self._activate(token, queue.pop(0), {})

    def _running(self, token: Token) -> list[Token]:
        return [child for child in token.children if "activation" in child.internal_data]

    def _activate(self, token: Token, element: str, variables: Mapping[str, Any]) -> None:
        values = dict(variables)
        if self.output_item is not None and self.output_item.expression is not None:
            path = feel.paths(self.output_item.expression)
            if len(path) == 1 and len(next(iter(path))) == 1:
                values.setdefault(next(iter(path))[0], None)
        token.workflow.add(self, token, {"activation": element}, values)

    def offers(self, token: Token) -> list[Offer]:
        """Return what a person may begin now, in the order of the diagram."""
        full = self.sequential and bool(self._running(token))
        return (
            [] if full else [Offer(token.id, self.name, n.name, *self._starters(token, n)) for n in self.inner.offered]
        )

    def _starters(self, token: Token, node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the groups and persons who may begin an activity: those named as starters, else those it is for."""
        named = node.details.properties.get(STARTERS) or self.details.properties.get(STARTERS)
        if named:
            return names(named), ()
        found = []
        for attribute in ("candidateGroups", "candidateUsers"):
            source = node.attributes.get(attribute) if isinstance(node, UserTask) else None
            try:
                found.append(names(token.workflow.evaluate(source, token)) if source is not None else ())
            except Fault:  # nobody is named before the activity has what it asks for
                found.append(())
        return found[0], found[1]

    def activate(self, token: Token, element: str, variables: Mapping[str, Any]) -> None:
        """Begin an activity because a person says so.

        Raises
        ------
        ActivityNotOffered
            If the sub-process offers no such activity, or takes none any more.
        ActivityUnderWay
            If its activities follow one another and one is under way.
        """
        if element not in {node.name for node in self.inner.offered} or "closing" in token.internal_data:
            raise errors.ActivityNotOffered(element=element)
        running = self._running(token)
        if len(running) >= (1 if self.sequential else MAX_ACTIVE):
            raise errors.ActivityUnderWay(element=running[0].internal_data["activation"])
        self._activate(token, element, variables)

    # -- its end

    def interrupted(self, token: Token) -> None:
        """An event sub-process has taken over: nothing more is to begin here."""
        token.internal_data.pop("wait", None)
        token.internal_data |= {"closing": 1, "queue": []}

    def is_over(self, token: Token) -> bool:
        """Tell whether the scope may end now that nothing is alive in it: one that is still open may not."""
        return "activation" in token.internal_data or "closing" in token.internal_data

    def scope_ended(self, token: Token) -> None:
        if "activation" in token.internal_data:
            token.workflow.guarded(token, "activation_over", None)
        else:
            token.workflow.guarded_completion(token, "end_adhoc")

    def activation_over(self, token: Token) -> None:
        """Collect what an activation brought, then go on."""
        workflow, owner = token.workflow, token.parent
        collected = self._collected(token)
        complete = self.completion is not None and self._fulfilled(token, self.completion, collected)
        for name, value in collected.items():
            workflow.put(owner.id, workflow.scopes[owner.id], name, value)
        workflow.completed.move(token.id, owner.id, workflow.scopes.get(token.id, {}))
        workflow.discard(token)
        self.go_on(owner, complete=complete)

    def go_on(self, owner: Token, *, complete: bool) -> None:
        """End, go on with the list, or stay open, now that an activation is over."""
        workflow = owner.workflow
        if complete:
            self.interrupted(owner)
        self._feed(owner)
        running = self._running(owner)
        if complete and self.cancels_remaining:
            workflow.guarded_completion(owner, "end_adhoc")
        elif not running and (self.completion is None or "closing" in owner.internal_data):
            self.interrupted(owner)
            workflow.settle(owner)  # event sub-processes may still run in it

    def _collected(self, token: Token) -> dict[str, Any]:
        """Return the output collection with what an activation adds to it."""
        if self.output_item is None or not self.output_collection:
            return {}
        collected = token.workflow.scopes[token.parent.id].get(self.output_collection)
        if not isinstance(collected, list):
            raise Fault("IO_MAPPING_ERROR", errors.N_("“{name}” is no longer a list."), name=self.output_collection)
        result = feel.to_json(token.workflow.evaluate(self.output_item, token))
        return {self.output_collection: [*collected, result]}

    def _fulfilled(self, token: Token, condition: Value, collected: dict[str, Any]) -> bool:
        result = token.workflow.evaluate(condition, token, collected)
        if not isinstance(result, bool):
            raise Fault(
                "EXTRACT_VALUE_ERROR", errors.N_("The completion condition “{condition}” is neither true nor false."),
                condition=condition.text,
            )  # fmt: skip
        return result

    def end_adhoc(self, token: Token) -> bool | None:
        """End whatever still runs, let the collected output leave, and go on."""
        self.interrupted(token)
        token.workflow.kill_children(token)
        return self._close(token)

    def _close(self, token: Token) -> bool | None:
        workflow = token.workflow
        if self.output_collection:
            collected = workflow.scopes[token.id][self.output_collection]
            workflow.write(token, {self.output_collection: collected}, beyond=True)
        return self.finish(token, {})
