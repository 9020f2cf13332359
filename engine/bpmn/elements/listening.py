"""Execution listeners: jobs that are done before an element begins and after it has ended (dialect.md 3).

They block, one after the other. What those at the start yield is the element's own; what those at the end yield goes
where the element's results go. Where there are such moments says docs.camunda.io, concepts/execution-listeners: none
before a start or boundary event, none behind a gateway or an error end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import errors
from engine.bpmn.drawn import xml
from engine.bpmn.elements.values import Fault, Value, whole
from engine.bpmn.running import effects
from engine.errors import N_

if TYPE_CHECKING:
    from engine.bpmn.elements.nodes import Flow
    from engine.bpmn.running.token import Token

TRIES = 5
"""How often a service is tried where the diagram does not say (engine.md 7)."""
START, END = "start", "end"
TASKS = ("task", "manualTask", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask")
ALLOWED = {
    **dict.fromkeys((*TASKS, "subProcess", "transaction", "adHocSubProcess", "callActivity"), (START, END)),
    **dict.fromkeys(("process", "intermediateThrowEvent", "intermediateCatchEvent", "endEvent"), (START, END)),
    **dict.fromkeys(("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"), (START,)),
    "startEvent": (END,),
    "boundaryEvent": (END,),
}
"""Where listeners run, by the kind of element."""
TASK_EVENTS = ("creating", "assigning", "updating", "completing", "canceling")
"""The turns in the life of a user task at which its own listeners are asked (concepts/user-task-listeners)."""
NO_END = ("errorEventDefinition", "cancelEventDefinition")
"""End events that are left by another event, so that nothing comes behind them."""
UNDOES = "compensateEventDefinition"


@dataclass(frozen=True)
class Listener:
    """A job before or after an element."""

    type: Value
    retries: Value | None
    headers: Mapping[str, str]


class Listening:
    """The part of a node that has its listeners heard."""

    listeners: Mapping[str, list[Listener]] = {}

    if TYPE_CHECKING:
        name: str

        def work(self, token: Token) -> bool | None:
            """See :class:`Node`."""

        def choose(self, token: Token) -> list[Flow]:
            """See :class:`Node`."""

    def begin_work(self, token: Token) -> bool | None:
        """Let the listeners at the start be heard, then work."""
        return self.listen(token, [START, 0])

    def end_work(self, token: Token) -> bool | None:
        """Let the listeners at the end be heard, then choose where to go on."""
        return self.listen(token, [END, 0])

    def listen(self, token: Token, place: list[Any]) -> bool | None:
        """Create the job of a listener, or go on behind the last one."""
        event, index = place
        mine = self.listeners.get(event, [])
        if index == len(mine):
            return self.work(token) if event == START else self.leave_by(token)
        workflow = token.workflow
        kind = workflow.evaluate(mine[index].type, token)
        if not isinstance(kind, str) or not kind:
            raise Fault("EXTRACT_VALUE_ERROR", N_("The handler's type “{type}” is not a name."), type=str(kind))
        retries = mine[index].retries
        tries = TRIES if retries is None else whole(workflow.evaluate(retries, token), None, 100)
        token.internal_data["listening"] = place
        workflow.wait(token, "job")
        workflow.emit(effects.JobCreated(token.id, self.name, kind, mine[index].headers, tries))
        return None

    def heard(self, token: Token, result: dict[str, Any]) -> bool | None:
        """Take what a listener yields and go on with the next."""
        event, index = token.internal_data.pop("listening")
        del token.internal_data["wait"]
        self.take(token, event, result)
        return token.workflow.guarded(token, "listen", [event, index + 1])

    def take(self, token: Token, event: str, result: dict[str, Any]) -> None:
        """Keep what a listener yields: as the element's own at the start, where its results go at the end."""
        if event == START:
            token.workflow.open_scope(token, result)
        else:
            token.workflow.write(token, result, beyond=True)

    def leave_by(self, token: Token) -> bool | None:
        """Choose the flows to leave by."""
        token.chosen = self.choose(token)
        return True


def read(element: xml.Element, problem: Callable[..., None], value: Callable[..., Value]) -> dict[str, list[Listener]]:
    """Return the listeners of an element by their event; what could not run is noted."""
    holder = xml.extension(element, "executionListeners")
    found: dict[str, list[Listener]] = {}
    seen = set()
    for entry in holder if holder is not None else ():
        event, kind = entry.get("eventType") or START, entry.get("type") or ""
        if not _has(element, event):
            problem(
                element, N_("There is no moment “{event}” at this element, at which a listener could run."),
                N_("Put the listener on the element before or behind, or a service task there."), event=event,
            )  # fmt: skip
        if not kind:
            problem(element, N_("A listener names no service."), N_("Choose its type of job."))
        if (event, kind) in seen:
            problem(element, N_("Two listeners of the same event and type."), N_("Take one away."))
        seen.add((event, kind))
        found.setdefault(event, []).append(_listener(element, entry, value))
    return found


def read_tasks(
    element: xml.Element, problem: Callable[..., None], value: Callable[..., Value]
) -> dict[str, list[Listener]]:
    """Return the listeners of a user task by the turn at which they are asked, in the order in which they stand."""
    holder = xml.extension(element, "taskListeners")
    found: dict[str, list[Listener]] = {}
    for entry in holder if holder is not None else ():
        event, kind = entry.get("eventType") or "", entry.get("type") or ""
        if event not in TASK_EVENTS or xml.local(element) != "userTask":
            problem(
                element, N_("There is no moment “{event}” at this element, at which a listener could run."),
                N_("The listeners of a user task are asked at: {events}."), event=event, events=", ".join(TASK_EVENTS),
            )  # fmt: skip
        if not kind:
            problem(element, N_("A listener names no service."), N_("Choose its type of job."))
        found.setdefault(event, []).append(_listener(element, entry, value))
    return found


def _listener(element: xml.Element, entry: xml.Element, value: Callable[..., Value]) -> Listener:
    """Read one listener; its headers lie over those of the element."""
    retries = entry.get("retries")
    own = xml.extension(element, "taskHeaders")
    written = [*(own if own is not None else ()), *entry.iter(f"{xml.ZEEBE}header")]
    headers = {h.get("key") or "": h.get("value") or "" for h in written}
    return Listener(value(element, entry.get("type")), value(element, retries) if retries else None, headers)


def _has(element: xml.Element, event: str) -> bool:
    kind = xml.local(element)
    given = {xml.local(entry) for entry in element}
    if kind == "endEvent" and event == END and given.intersection(NO_END):
        return False
    if kind == "boundaryEvent" and UNDOES in given:
        return False
    return event in ALLOWED.get(kind, ())


def refused(token: Token, code: str, reason: str) -> Fault | None:
    """Return what becomes of a BPMN error that a listener throws; None if no listener is at work."""
    if "listening" not in token.internal_data:
        return None
    message = errors.N_("A listener may not throw the error “{code}”: {reason}")
    return Fault("UNHANDLED_ERROR_EVENT", message, code=code, reason=reason)
