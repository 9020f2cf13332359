"""Finds what a file says that this engine would not act upon: extensions, attributes and parts with a meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import TYPE_CHECKING

from engine.bpmn.drawn import xml
from engine.errors import N_

if TYPE_CHECKING:
    from engine.bpmn.drawn.build import Builder

SUPPORT = json.loads(resources.files("engine.bpmn").joinpath("support.json").read_text("utf-8"))
"""What is supported beyond the node types: one list for this check and for the menus of the designer."""
EXTENSIONS = frozenset(SUPPORT["extensions"])
CAMUNDA_7 = "{http://camunda.org/schema/1.0/bpmn}"
NO_MEANING = frozenset(SUPPORT["camunda_7_without_meaning"])
"""What Camunda's tools leave in files of either version and no process depends on."""
FIXED: dict[str, dict[str, str]] = SUPPORT["fixed_attributes"]
"""Attributes that may only have the value that is BPMN's default, by element."""
REFUSED = frozenset(SUPPORT["refused_parts"])
"""Parts of elements that would change how they run."""
MAX_ID = 120
MAX_NAME = 200
"""The characters of an id and of a name at most: what the columns of the tasks hold."""
CONTAINERS = ("definitions", "process", "subProcess", "transaction", "adHocSubProcess")
PLATFORM = "{http://camunda.org/schema/modeler/1.0}executionPlatform"
CLOUD = "Camunda Cloud"
"""What a file says that was drawn for Camunda 8, which passes over whatever is left in it from Camunda 7."""
REPLACED = {
    "serviceTask": ("taskDefinition",), "sendTask": ("taskDefinition",), "scriptTask": ("script", "taskDefinition"),
    "businessRuleTask": ("calledDecision", "taskDefinition"), "callActivity": ("calledElement",),
    "userTask": ("userTask", "assignmentDefinition", "formDefinition"),
}  # fmt: skip
"""The extensions of Camunda 8 that say what an element does, whatever else is left on it from Camunda 7."""


def check(builder: Builder) -> None:
    """Note everything within the executable processes, and what they refer to, that would be silently ignored."""
    seen: set[str] = set()
    for element in _of_executable(builder.root):
        _bounds(builder, element, shown := _shown(element))
        name = element.get("id") or ""
        flows = xml.local(element.getparent()) in CONTAINERS[1:]  # elsewhere nobody looks for an id
        if name and flows and name in seen:
            builder.problem(
                element, N_("Two elements have the id “{name}”."), N_("Give each element its own id."), name=name
            )
        seen |= {name} if flows else set()
        _camunda_7(builder, element, shown)
        for extension in xml.extensions(element):
            name = xml.local(extension)
            if extension.tag.startswith(xml.ZEEBE) and name not in EXTENSIONS:
                builder.problem(
                    shown,
                    N_("The extension “{name}” is not supported."),
                    N_("Take it away in the properties; a service task with a handler can do such work."),
                    name=name,
                )
            if extension.get("bindingType") == "versionTag" and xml.local(element) == "startEvent":
                builder.problem(
                    shown, N_("A start form comes with its own process: no version tag can bind it."),
                    N_("Bind it to the latest."),
                )  # fmt: skip
        _parts(builder, element, shown)


def _bounds(builder: Builder, element: xml.Element, shown: xml.Element) -> None:
    """Refuse what would not fit where it is kept: every database cuts or refuses it in its own way."""
    if xml.local(element) == "process" and not element.get("id"):
        builder.problem(element, N_("The element has no id."), N_("Give each element its own id."))
    for name, limit in (("id", MAX_ID), ("name", MAX_NAME)):
        if len(element.get(name) or "") > limit:
            builder.problem(
                shown, N_("The {attribute} is longer than {limit} characters."), N_("Shorten it."),
                attribute=name, limit=limit,
            )  # fmt: skip


def _of_executable(root: xml.Element) -> Iterator[xml.Element]:
    """Yield the BPMN elements that count: those of other processes are a drawing."""
    for top in root:
        if xml.local(top) in ("collaboration", "BPMNDiagram"):
            continue
        if xml.local(top) == "process" and top.get("isExecutable") != "true":
            continue
        for element in top.iter():
            if isinstance(element.tag, str) and element.tag.startswith(xml.BPMN):
                yield element


def _shown(element: xml.Element) -> xml.Element:
    """Return the element that a designer sees: the event for its definition, the activity for its loop."""
    parent = element.getparent()
    while parent is not None and xml.local(parent) not in CONTAINERS:
        element, parent = parent, parent.getparent()
    return element


def _camunda_7(builder: Builder, element: xml.Element, shown: xml.Element) -> None:
    names = [name for name in element.attrib if name.startswith(CAMUNDA_7)]
    names += [extension.tag for extension in xml.extensions(element) if extension.tag.startswith(CAMUNDA_7)]
    for name in names:
        said = name.removeprefix(CAMUNDA_7)
        if said in NO_MEANING:
            continue
        if builder.root.get(PLATFORM) == CLOUD or _says_itself(element):
            builder.warning(
                shown.get("id") or xml.local(shown), N_("What stands here for Camunda 7 has no effect: “{name}”."),
                N_("Take it away, or say it in the properties for Camunda 8."), name=said,
            )  # fmt: skip
        else:
            builder.problem(
                shown, N_("The element is drawn for Camunda 7: “{name}”."), N_("Draw it for Camunda 8."), name=said
            )
        return


def _says_itself(element: xml.Element) -> bool:
    return any(xml.extension(element, own) is not None for own in REPLACED.get(xml.local(element), ()))


def _parts(builder: Builder, element: xml.Element, shown: xml.Element) -> None:
    for name, only in FIXED.get(xml.local(element), {}).items():
        value = element.get(name, only)
        if value != only:
            builder.problem(
                shown, N_("The attribute {name} = “{value}” is not supported."), N_("Take it away."),
                name=name, value=value,
            )  # fmt: skip
    if xml.local(element) in REFUSED:
        builder.problem(
            shown,
            N_("“{type}” is not supported."),
            N_("Take it away; say in the properties what the element does."),
            type=xml.local(element),
        )
    language = (element.get("language") or "").lower()
    if xml.local(element) == "conditionExpression" and language and "feel" not in language:
        builder.problem(
            shown, N_("A condition in “{language}” is not supported."), N_("Write it in FEEL."), language=language
        )
