"""Reads what an event waits for or throws: timers, messages, signals, errors, escalations, conditions and links."""

from __future__ import annotations

from typing import Any

from engine.bpmn.drawn import xml
from engine.bpmn.elements.nodes import Trigger
from engine.bpmn.elements.values import Value
from engine.errors import N_

TRIGGERS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "terminateEventDefinition": "terminate",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancel",
    "linkEventDefinition": "link",
}


UNKNOWN = "?"
"""Stands for a name that is missing, so that what follows from it is not blamed too."""


class Triggers:
    """The part of the builder that reads event definitions."""

    named: dict[str | None, xml.Element]
    """The definitions that stand beside the processes, by id."""

    def problem(self, element: xml.Element | str, message: str, hint: str, **facts: Any) -> None:
        """Note something that keeps the file from running."""
        raise NotImplementedError

    def value(self, element: xml.Element, text: str | None, *, always_feel: bool = False) -> Value:
        """Compile a value of ``element``."""
        raise NotImplementedError

    def _triggers(self, element: xml.Element) -> list[Trigger]:
        """Return what an event waits for or throws: one thing, several of a multiple event, or nothing (§10.5.1)."""
        found = [self._trigger(element, definition) for definition in self._definitions(element)]
        return [trigger for trigger in found if trigger is not None]

    def _definitions(self, element: xml.Element) -> list[xml.Element]:
        written = [entry for entry in element if xml.local(entry).endswith("EventDefinition")]
        names = [xml.text(reference) for reference in xml.children(element, "eventDefinitionRef")]
        return written + [self.named[name] for name in names if name in self.named]

    def _trigger(self, element: xml.Element, definition: xml.Element) -> Trigger | None:
        kind = TRIGGERS.get(xml.local(definition))
        if kind is None:
            self.problem(
                element, N_("“{type}” is not supported."), N_("Choose another trigger."), type=xml.local(definition)
            )
            return None
        if kind == "message":
            return self._message(element, definition.get("messageRef"))
        if kind == "timer":
            return self._timer(element, definition)
        if kind in ("signal", "error", "escalation"):
            return self._coded(element, kind, self.named.get(definition.get(f"{kind}Ref")))
        if kind == "conditional":
            return Trigger(
                kind, value=self.value(element, xml.text(xml.child(definition, "condition")), always_feel=True)
            )
        if kind == "link":
            return Trigger(kind, name=Value(definition.get("name") or ""))
        if kind == "compensation":
            waits = definition.get("waitForCompletion", "true") in ("true", "1")
            return Trigger(kind, activity=definition.get("activityRef"), waits=waits)
        return Trigger(kind)

    def _message(self, element: xml.Element, reference: str | None) -> Trigger:
        message = self.named.get(reference)
        if message is None or not message.get("name"):
            self.problem(element, N_("No message with a name is chosen."), N_("Choose a message in the properties."))
            return Trigger("message", Value(UNKNOWN), Value(UNKNOWN))
        subscription = xml.extension(message, "subscription")
        key = subscription.get("correlationKey") if subscription is not None else None
        return Trigger(
            "message",
            self.value(element, message.get("name")),
            self.value(element, key, always_feel=True) if key else None,
        )

    def _timer(self, element: xml.Element, definition: xml.Element) -> Trigger:
        given = [(xml.local(entry), xml.text(entry)) for entry in definition if xml.local(entry).startswith("time")]
        if len(given) != 1 or not given[0][1]:
            self.problem(
                element,
                N_("A timer needs exactly one of date, duration and cycle."),
                N_("Choose its kind in the properties and write its value."),
            )
            return Trigger("timer", timer="timeDuration", value=Value("PT0S"))
        return Trigger("timer", timer=given[0][0], value=self.value(element, given[0][1]))

    def _coded(self, element: xml.Element, kind: str, reference: xml.Element | None) -> Trigger:
        if kind == "signal":
            if reference is None or not reference.get("name"):
                self.problem(element, N_("No signal with a name is chosen."), N_("Choose a signal in the properties."))
                return Trigger(kind, Value(UNKNOWN))
            return Trigger(kind, self.value(element, reference.get("name")))
        code = reference.get(f"{kind}Code") if reference is not None else None
        return Trigger(kind, code=self.value(element, code) if code else None)
