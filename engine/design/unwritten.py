"""Warns of variables that a package reads though nothing in it is seen to write them: mostly slips of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

from engine import bpmn, feel
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
    """Yield a warning for each name that no element writes and that is nearly one that is written.

    What a service, a message or the start of a case brings nobody can see here; so a name that is like no other is
    taken to come from there.
    """
    nodes = {path: [node for each in model.nodes.values() for node in each.values()] for path, model in models.items()}
    written = {name for each in nodes.values() for node in each for name in _writes(node)}
    embedded = (schema for model in models.values() for schema in model.forms.values())
    written |= {key for schema in [*forms, *embedded] for key in _keys(schema)}
    told: set[str] = set()
    for path, each in nodes.items():
        for node in each:
            for name in sorted(_reads(node) - written - BY_THE_KERNEL - told):
                near = get_close_matches(name, written, 1, ALIKE)
                if near and abs(len(name) - len(near[0])) < 2 < len(name) and not _counted(name, near[0]):
                    told.add(name)
                    yield bpmn.Finding(
                        node.name, N_("Nothing in the package sets the variable “{name}”."), N_("Is “{other}” meant?"),
                        {"name": name, "other": near[0]}, path, "warning",
                    )  # fmt: skip


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
