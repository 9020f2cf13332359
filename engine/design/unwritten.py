"""Warns of variables that a package reads though nothing in it is seen to write them: mostly slips of the pen.

A service, a message, a task without a form and a start without one bring what nobody can see here. A process into which
nothing of that kind comes is closed: what it reads and nothing writes is always null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

from engine import bpmn, feel
from engine.bpmn.elements.activities import CallActivity, RuleTask, Served, UserTask
from engine.bpmn.elements.adhoc import AdHocSubProcess
from engine.bpmn.elements.nodes import Node
from engine.bpmn.elements.values import Value
from engine.errors import N_

BY_THE_KERNEL = frozenset(
    {"loopCounter", "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances",
     "numberOfTerminatedInstances", "waitingForStart", "activationCount", "item", "partial"}
)  # fmt: skip
OF_THE_GRAPH = ("process", "inner", "arrivals", "boundaries")
"""Attributes of a node that lead to others, which are looked at by themselves."""
ALIKE = 0.83
"""How alike two names are that may be meant to be one; below it a name is taken to come from outside."""


def check(models: Mapping[str, bpmn.Model], forms: Iterable[Mapping[str, Any]]) -> Iterator[bpmn.Finding]:
    """Yield a warning for each name that no element writes, in a process that is closed or nearly one that is written.

    In a process that is open a name that is like no other is taken to come from outside.
    """
    schemas = [*forms, *(schema for model in models.values() for schema in model.forms.values())]
    every = [node for model in models.values() for nodes in model.nodes.values() for node in nodes.values()]
    written = {name for node in every for name in _writes(node)} | {key for schema in schemas for key in _keys(schema)}
    known = {str(schema["id"]) for schema in forms} | {name for model in models.values() for name in model.forms}
    told: set[str] = set()
    for path, process, nodes in _processes(models):
        closed = _closed(process, nodes, known)
        for node in nodes:
            for name in sorted(_reads(node) - written - BY_THE_KERNEL - told):
                near = _near(name, written)
                if near or closed:
                    told.add(name)
                    yield _finding(path, node, name, near)


def _processes(models: Mapping[str, bpmn.Model]) -> Iterator[tuple[str, bpmn.ProcessInfo, list[Node]]]:
    for path, model in models.items():
        for process_id, nodes in model.nodes.items():
            yield path, model.processes[process_id], list(nodes.values())


def _near(name: str, written: Iterable[str]) -> str | None:
    near = next(iter(get_close_matches(name, written, 1, ALIKE)), None)
    alike = near is not None and abs(len(name) - len(near)) < 2 < len(name) and not _counted(name, near)
    return near if alike else None


def _finding(path: str, node: Node, name: str, near: str | None) -> bpmn.Finding:
    facts = {"name": name, "other": near or ""}
    hint = N_("Is “{other}” meant?") if near else N_("Set it before, or take it out of the expression.")
    said = N_("Nothing in the package sets the variable “{name}”.")
    return bpmn.Finding(node.name, said, hint, facts, path, "warning")


def _closed(process: bpmn.ProcessInfo, nodes: list[Node], known: Set[str]) -> bool:
    """Tell whether all that a process can know is seen: its start has a form, and so has every task of a person."""
    begun_open = process.none_start is not None and process.start_form not in known
    return not (begun_open or process.message_starts or process.signal_starts or any(_brings(n, known) for n in nodes))


def _brings(node: Node, known: Set[str]) -> bool:
    """Tell whether something unseen may come into a process by a node."""
    if isinstance(node, UserTask):
        return node.form not in known
    told = any(trigger.kind in ("message", "signal", "error", "escalation") for trigger in node.awaited)
    return told or bool(node.listeners) or isinstance(node, Served | CallActivity | RuleTask | AdHocSubProcess)


def _writes(node: Node) -> Iterator[str]:
    yield from (mapping.target[0] for mapping in [*node.details.inputs, *node.details.outputs])
    for holder in (node, getattr(node, "loop", None), getattr(node, "repetition", None)):
        for attribute in ("result", "item", "output_collection"):
            name = getattr(holder, attribute, None)
            if isinstance(name, str):
                yield name


def _reads(node: Node) -> set[str]:
    own = {name: value for name, value in vars(node).items() if name not in OF_THE_GRAPH}
    return {name for value in _values(own) if value.expression is not None for name in feel.variables(value.expression)}


def _values(thing: Any) -> Iterator[Value]:
    """Yield every value of the diagram within an attribute, however deep."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, Mapping):
        for each in thing.values():
            yield from _values(each)
    elif isinstance(thing, list | tuple):
        for each in thing:
            yield from _values(each)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for part in fields(thing):
            yield from _values(getattr(thing, part.name))


def _keys(schema: Any) -> Iterator[str]:
    """Yield the variables that the fields of a form hand on."""
    for component in schema.get("components") or ():
        if isinstance(component, dict):
            name = str(component.get("key") or component.get("path") or "").partition(".")[0]
            if name:
                yield name
            yield from _keys(component)


def _counted(name: str, other: str) -> bool:
    """Tell whether two names are one in another number, and both meant: ``floor1``, ``floor2``; ``item``, ``items``."""
    return name.rstrip("s0123456789") == other.rstrip("s0123456789")
