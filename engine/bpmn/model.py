"""A checked BPMN file: its processes ready to run and what the pages want to know of their elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.nodes import Node, Process, Root

EMBEDDED = "camunda-forms:bpmn:"
"""What the key of a form begins with that stands in the diagram itself."""


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a file from being put into force; ``message`` and ``hint`` are translatable."""

    element: str
    message: str
    hint: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    """The file of the package that the element stands in, where a whole package was checked."""


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


@dataclass(frozen=True)
class Model:
    """The executable processes of one file; immutable, shared by all their instances."""

    processes: Mapping[str, ProcessInfo]
    specs: Mapping[str, Process]
    roots: Mapping[str, Root]
    nodes: Mapping[str, Mapping[str, Node]]
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Embedded form-js schemas by their key, which begins with :data:`EMBEDDED`."""
