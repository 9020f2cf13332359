"""The ad-hoc sub-process that a service directs: a job asks which activities are to begin (dialect.md 3, 7).

The service is asked on entry, and again whenever an activation is over; a question that is still open then is
withdrawn, since its answer could not know what has just been done. Each question is a token of its own within the
sub-process: so it has its own job, its own key towards other systems, and an incident that leaves the activities alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine import errors, feel
from engine.bpmn.elements.activities import JobTask, Served
from engine.bpmn.elements.adhoc import MAX_ACTIVE, AdHocSubProcess, Offer
from engine.bpmn.elements.nodes import Node
from engine.bpmn.elements.values import Fault

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token

ACTIVATE, FULFILLED, CANCEL = "activateElements", "completionConditionFulfilled", "cancelRemainingInstances"
"""What an answer says besides variables, named as in Camunda 8.8's result of a job."""
ELEMENTS = "adHocSubProcessElements"
"""The variable in which the service finds what it may begin, named as in Camunda 8.8."""


@dataclass(frozen=True)
class Order:
    """What a service answered: the activities to begin with their variables, and whether all else is to end."""

    begins: list[tuple[str, Mapping[str, Any]]]
    fulfilled: bool
    cancels: bool


class DirectedSubProcess(Served, AdHocSubProcess):
    """Asks its service until that says that it is done, or begins nothing while nothing runs."""

    def begin(self, token: Token) -> bool | None:
        if "directing" not in token.internal_data:
            return super().begin(token)
        told = [self._told(node) for node in self.inner.offered]
        token.workflow.open_scope(token, {ELEMENTS: told})
        self.create_job(token)
        return None

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        workflow.open_scope(token, {self.output_collection: []} if self.output_collection else {})
        token._set_state(TaskState.STARTED)
        workflow.open_triggers(token, self.inner)
        self._ask(token)
        return None

    def _told(self, node: Node) -> dict[str, Any]:
        details = node.details
        return {
            "elementId": node.name, "elementName": details.name,
            "documentation": details.documentation, "properties": dict(details.properties),
        }  # fmt: skip

    def _ask(self, owner: Token) -> None:
        """Ask the service anew; a question that is open is withdrawn."""
        workflow = owner.workflow
        for child in owner.children:
            if "directing" in child.internal_data:
                workflow.kill(child)
        workflow.add(self, owner, {"directing": 1})

    def offers(self, token: Token) -> list[Offer]:
        """Persons begin nothing here."""
        return []

    # -- the answer

    def finish(self, token: Token, result: Mapping[str, Any]) -> bool | None:
        if "directing" not in token.internal_data:
            return super().finish(token, result)
        try:
            order = self._order(token.parent, result)
        except Fault as fault:
            token.workflow.stop(token, fault, "wait", None)  # a retry is to ask again, not to read this once more
        else:
            rest = {name: value for name, value in result.items() if name not in (ACTIVATE, FULFILLED, CANCEL)}
            self._obey(token, order, rest)
        return None

    def _order(self, owner: Token, result: Mapping[str, Any]) -> Order:
        """Read an answer as a whole, so that of one that is wrong nothing happens.

        Raises
        ------
        Fault
            ``EXTRACT_VALUE_ERROR`` if it begins what cannot begin, or says two things at once.
        """
        fulfilled, cancels = self._flag(result, FULFILLED), self._flag(result, CANCEL)
        wanted = result.get(ACTIVATE) or []
        if not isinstance(wanted, list):
            raise self._strange(wanted)
        begins = [self._begun(entry) for entry in wanted]
        running = 0 if cancels else len(self._running(owner))
        if running + len(begins) > MAX_ACTIVE:
            raise self._strange(str(running + len(begins)))
        if fulfilled and begins:  # Camunda refuses such an answer too
            raise Fault(
                "EXTRACT_VALUE_ERROR", errors.N_("The service says that {element} is done, and begins “{value}”."),
                element=self.details.name or self.name, value=begins[0][0],
            )  # fmt: skip
        return Order(begins, fulfilled, cancels)

    def _flag(self, result: Mapping[str, Any], name: str) -> bool:
        value = result.get(name)
        if value is not None and not isinstance(value, bool):
            raise Fault("EXTRACT_VALUE_ERROR", errors.N_("“{name}” is neither true nor false."), name=name)
        return bool(value)

    def _begun(self, entry: Any) -> tuple[str, Mapping[str, Any]]:
        asked = entry if isinstance(entry, dict) else {"elementId": entry}
        element, variables = asked.get("elementId"), asked.get("variables") or {}
        if element not in [node.name for node in self.inner.offered]:  # an answer may hold anything
            raise self._strange(element)
        if not isinstance(variables, dict):
            raise Fault(
                "EXTRACT_VALUE_ERROR", errors.N_("The variables for {element} are no context."), element=element
            )
        return element, variables

    def _strange(self, value: Any) -> Fault:
        return Fault(
            "EXTRACT_VALUE_ERROR", errors.N_("“{value}” cannot be activated in {element}."),
            value=feel.text_of(value), element=self.details.name or self.name,
        )  # fmt: skip

    def _obey(self, question: Token, order: Order, variables: Mapping[str, Any]) -> None:
        """Do what the service says, and end if nothing is left to be done."""
        workflow, owner = question.workflow, question.parent
        workflow.discard(question)
        workflow.write(owner, variables)
        if order.fulfilled and order.cancels:
            workflow.guarded_completion(owner, "end_adhoc")
            return
        for child in self._running(owner) if order.cancels else ():
            workflow.kill(child)
        for element, values in order.begins:
            self._activate(owner, element, values)
        if order.fulfilled or not self._running(owner):
            self.interrupted(owner)
            workflow.settle(owner)  # what still runs in it ends by itself

    # -- its end

    def go_on(self, owner: Token, *, complete: bool) -> None:
        """Ask what comes now that an activation is over, unless the service has said that it is done."""
        if "closing" in owner.internal_data:
            owner.workflow.settle(owner)
        else:
            self._ask(owner)

    def is_over(self, token: Token) -> bool:
        """While it lasts something runs in it or its service is asked, unless a person has taken that away."""
        return True


KINDS: dict[str, type[Node]] = {
    **dict.fromkeys(("serviceTask", "sendTask", "businessRuleTask", "scriptTask"), JobTask),
    "adHocSubProcess": DirectedSubProcess,
}
"""What a handler does or directs where the element has a ``zeebe:taskDefinition``."""
