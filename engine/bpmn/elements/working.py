"""Reads what activities do: tasks for persons and services, scripts, decisions and calls."""

from __future__ import annotations

from typing import Any

from engine.bpmn.drawn import reuse, xml
from engine.bpmn.drawn.model import TAGGED
from engine.bpmn.elements.activities import CallActivity, RuleTask, ScriptTask, Served, UserTask
from engine.bpmn.elements.values import Value
from engine.errors import N_


class Working:
    """The part of the builder that reads what activities do."""

    def problem(self, element: xml.Element | str, message: str, hint: str, **facts: Any) -> None:
        """Note something that keeps the file from running."""
        raise NotImplementedError

    def value(self, element: xml.Element, text: str | None, *, always_feel: bool = False) -> Value:
        """Compile a value of ``element``."""
        raise NotImplementedError

    def _user_task(self, node: UserTask, element: xml.Element) -> None:
        form = xml.extension(element, "formDefinition")
        if form is not None:
            node.form = form.get("formId") or form.get("externalReference") or form.get("formKey")
            tag = self._tag(element, form)
            if tag and node.form:
                node.form = f"{TAGGED}{tag}:{node.form}"
        node.attributes = {}
        for name in ("assignmentDefinition", "taskSchedule", "priorityDefinition"):
            holder = xml.extension(element, name)
            for key, text in holder.attrib.items() if holder is not None else ():
                if text:
                    node.attributes[key] = self.value(element, text)

    def _tag(self, element: xml.Element, bound: xml.Element) -> str:
        """Return the version tag by which a form, decision or process is bound (dialect.md 6); empty if by none."""
        if bound.get("bindingType") != "versionTag":
            return ""
        if not bound.get("versionTag"):
            self.problem(
                element, N_("It is bound by a version tag, but names none."),
                N_("Write the tag, or bind it to the latest."),
            )  # fmt: skip
        return bound.get("versionTag") or ""

    def _job(self, node: Served, element: xml.Element) -> None:
        message = xml.child(element, "messageEventDefinition")
        definition = xml.extension(element, "taskDefinition")
        if definition is None and message is not None:
            definition = xml.extension(message, "taskDefinition")
        assert definition is not None
        node.type = self.value(element, definition.get("type") or "")
        node.retries = self.value(element, definition.get("retries")) if definition.get("retries") else None
        holder = xml.extension(element, "taskHeaders")
        node.headers = {h.get("key") or "": h.get("value") or "" for h in holder} if holder is not None else {}

    def _script(self, node: ScriptTask, element: xml.Element) -> None:
        script = xml.extension(element, "script")
        if script is None or not script.get("resultVariable"):
            self.problem(
                element,
                N_("A script task needs a FEEL expression and a result variable."),
                N_("Write both in the properties, or choose a type of job."),
            )
            node.script, node.result = Value("=null"), "_"
            return
        node.script = self.value(element, script.get("expression") or "", always_feel=True)
        node.result = script.get("resultVariable")

    def _rule(self, node: RuleTask, element: xml.Element) -> None:
        called = xml.extension(element, "calledDecision")
        if called is None or not called.get("decisionId") or not called.get("resultVariable"):
            self.problem(
                element,
                N_("A business rule task needs a decision and a result variable."),
                N_("Name both in the properties, or choose a type of job."),
            )
            node.decision, node.result = Value(""), "_"
            return
        node.decision = self.value(element, called.get("decisionId"))
        node.binding = called.get("bindingType") or "latest"
        tag = self._tag(element, called)
        node.tag = self.value(element, tag) if tag else None
        node.result = called.get("resultVariable")

    def _call(self, node: CallActivity, element: xml.Element) -> None:
        node.called = self.value(element, reuse.called(element))
        if not node.called.text:
            self.problem(
                element,
                N_("A call activity needs the id of the process it calls."),
                N_("Choose the process in the properties."),
            )
        called = xml.extension(element, "calledElement")
        if called is None:
            return
        node.binding = called.get("bindingType") or "latest"
        node.tag = self._tag(element, called)
        node.all_down = called.get("propagateAllParentVariables", "true") == "true"
        node.all_up = called.get("propagateAllChildVariables", "true") == "true"
