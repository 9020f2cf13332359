"""What the trail tells of a step: one entry for each thing that the kernel did, none for what it only asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import bpmn
from engine.bpmn.running import effects


def once(entry: list[Any], element: str | None, values: Mapping[str, Any] | None) -> list[Any]:
    """Return an entry without what the event says already: the values its own element was given."""
    if entry[0] != "set" or entry[1] != element or not values:
        return entry
    told = all(name in values and values[name] == after for name, after in entry[3].items())
    return entry[:3] if told else entry


def entry(effect: bpmn.Effect) -> list[Any] | None:
    """Return the entry of an effect, if it has one."""
    tell = _ENTRIES.get(type(effect))
    return tell(effect) if tell is not None else None


_ENTRIES: dict[type, Callable[[Any], list[Any] | None]] = {
    effects.Entered: lambda effect: ["enter", effect.element],
    effects.Left: lambda effect: ["leave" if effect.outcome == "completed" else "cancel", effect.element],
    effects.Took: lambda effect: ["flow", effect.flow],
    effects.VariablesSet: lambda effect: ["set", effect.element, dict(effect.before), dict(effect.after)],
    effects.Decided: lambda effect: ["decide", effect.element, effect.decision, effect.result, effect.explanation],
    effects.Incident: lambda effect: [
        "incident", effect.element, effect.kind, effect.message,
        {name: str(value) for name, value in effect.facts.items()},
    ],
    effects.Moved: lambda effect: ["moved", effect.before, effect.after] if effect.entered else None,
    effects.Ended: lambda effect: ["end", effect.outcome],
}  # fmt: skip
"""What is told of each kind of effect; most of a step are of the first three."""
