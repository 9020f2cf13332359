"""Start events by which a process begins by itself, evaluated when it comes into force (dialect.md 4, 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import errors, feel
from engine.bpmn.drawn.model import Finding, Model
from engine.bpmn.elements import timers
from engine.bpmn.elements.nodes import Node, Trigger
from engine.bpmn.elements.values import Fault
from engine.errors import N_

KINDS = ("message", "signal", "timer")


@dataclass(frozen=True)
class Start:
    """A start event that waits for a message or signal of a name, or for a moment."""

    element: str
    kind: str
    name: str | None = None
    due: timers.Due | None = None


def starts(model: Model, process_id: str, functions: Mapping[str, feel.Function]) -> list[Start]:
    """Return what can begin a process by itself.

    Raises
    ------
    DeploymentRefused
        If a name or timer has no value: there is no instance whose variables it could mean.
    """
    try:
        return list(_starts(model.specs[process_id].starts, functions))
    except _Unusable as unusable:
        raise errors.DeploymentRefused(count=1, findings=[unusable.finding]) from unusable


_NO_CASE = N_("There is no case yet whose variables it could mean: write what has a value without any.")


class _Unusable(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.element)
        self.finding = finding


def _starts(nodes: list[Node], functions: Mapping[str, feel.Function]) -> Iterator[Start]:
    for node in nodes:
        for trigger in [trigger for trigger in node.awaited if trigger.kind in KINDS]:
            try:
                yield _start(node, trigger, functions)
            except Fault as fault:
                raise _Unusable(Finding(node.name, fault.message, _NO_CASE, fault.facts)) from fault


def _start(node: Node, trigger: Trigger, functions: Mapping[str, feel.Function]) -> Start:
    if trigger.kind == "timer":
        return Start(node.name, trigger.kind, due=timers.first(trigger, {}, functions, node.name))
    name = trigger.name.evaluate({}, functions) if trigger.name else None
    if not isinstance(name, str) or not name:
        raise Fault("EXTRACT_VALUE_ERROR", errors.N_("The event {event} has no name to wait for."), event=node.name)
    return Start(node.name, trigger.kind, name)
