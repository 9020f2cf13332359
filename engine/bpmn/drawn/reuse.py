"""Global tasks: tasks that stand beside the processes, done in the place of each call activity that names them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.drawn import xml
from engine.bpmn.elements.activities import RuleTask, ScriptTask, UserTask
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Node

KINDS: dict[str, type[Node]] = {
    "globalTask": Activity,
    "globalManualTask": Activity,
    "globalUserTask": UserTask,
    "globalScriptTask": ScriptTask,
    "globalBusinessRuleTask": RuleTask,
}


def called(element: xml.Element) -> str:
    """Return what a call activity calls: by Camunda 8's extension, else by BPMN's own attribute."""
    extension = xml.extension(element, "calledElement")
    name = extension.get("processId") if extension is not None else element.get("calledElement")
    return name or ""


def task(element: xml.Element, named: Mapping[str | None, xml.Element]) -> xml.Element | None:
    """Return the global task that a call activity calls, among the definitions by id; None if it calls a process."""
    if xml.local(element) != "callActivity":
        return None
    found = named.get(called(element).rpartition(":")[2])
    return found if found is not None and xml.local(found) in KINDS else None
