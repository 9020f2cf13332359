"""A checked BPMN file: its processes ready to run and what the pages want to know of their elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.bpmn.drawn import xml
from engine.bpmn.elements.nodes import Node, Process, Root

EMBEDDED = "camunda-forms:bpmn:"
"""What the key of a form begins with that stands in the diagram itself."""
TAGGED = "tagged:"
"""What the key of a form begins with that is bound by a version tag; tag and id follow, parted by a colon."""


@dataclass(frozen=True)
class Finding:
    """One thing to say about a file; ``message`` and ``hint`` are translatable.

    An error keeps the file from being put into force: it could not run as drawn. A warning does not: it could run
    otherwise than meant, and only the designer knows.
    """

    element: str
    message: str
    hint: str
    """What the designer can do about it."""
    facts: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    """The file of the package that the element stands in, where a whole package was checked."""
    severity: Literal["error", "warning"] = "error"


class Findings:
    """What is wrong with a file, everything at once in :attr:`findings`."""

    def __init__(self, known: Iterable[Finding] = ()) -> None:
        self.findings = list(known)

    def problem(self, element: xml.Element | str, message: str, hint: str, **facts: Any) -> None:
        """Note something that keeps the file from running."""
        name = element if isinstance(element, str) else element.get("id") or xml.local(element)
        self.findings.append(Finding(name, message, hint, facts))

    def warning(self, element: str, message: str, hint: str, **facts: Any) -> None:
        """Note something that could run otherwise than meant."""
        self.findings.append(Finding(element, message, hint, facts, severity="warning"))


def refusing(findings: Iterable[Finding]) -> list[Finding]:
    """Return those of the findings that keep a file from being put into force."""
    return [finding for finding in findings if finding.severity == "error"]


@dataclass(frozen=True)
class ElementInfo:
    """One flow node as the diagram shows it."""

    id: str
    type: str
    name: str
    name_en: str
    documentation: str
    lane: str | None
    properties: Mapping[str, str]
    form: str | None


@dataclass(frozen=True)
class ProcessInfo:
    """One executable process: how it can start and what is in it.

    ``message_starts``, ``signal_starts`` and ``timer_starts`` map the start event's id to the message's or signal's
    name, or to the timer's ISO 8601 text.
    """

    id: str
    name: str
    name_en: str
    none_start: str | None
    start_form: str | None
    message_starts: Mapping[str, str]
    signal_starts: Mapping[str, str]
    timer_starts: Mapping[str, str]
    elements: Mapping[str, ElementInfo]
    version_tag: str = ""


@dataclass(frozen=True)
class Model:
    """The executable processes of one file; immutable, shared by all their instances."""

    processes: Mapping[str, ProcessInfo]
    specs: Mapping[str, Process]
    roots: Mapping[str, Root]
    nodes: Mapping[str, Mapping[str, Node]]
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Embedded form-js schemas by their key, which begins with :data:`EMBEDDED`."""
