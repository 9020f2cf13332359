"""What the trail tells of a step: one entry for each thing that the kernel did, none for what it only asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import bpmn
from engine.bpmn.running import effects


def once(entry: list[Any], element: str | None, values: Mapping[str, Any] | None) -> list[Any]:
    """Return an entry without what the event says already: the values its own element was given."""
    if not values or entry[:2] != ["set", element]:
        return entry
    told = all(name in values and values[name] == after for name, after in entry[3].items())
    return entry[:3] if told else entry


def entry(effect: bpmn.Effect) -> list[Any] | None:
    """Return the entry of an effect, if it has one."""
    match effect:
        case effects.Entered(element=element):
            return ["enter", element]
        case effects.Left(element=element, outcome=outcome):
            return ["leave" if outcome == "completed" else "cancel", element]
        case effects.Took(flow=flow):
            return ["flow", flow]
        case effects.VariablesSet(element=element, before=before, after=after):
            return ["set", element, dict(before), dict(after)]
        case effects.Decided(element=element, decision=decision, result=result, explanation=explanation):
            return ["decide", element, decision, result, explanation]
        case effects.Incident(element=element, kind=kind, message=message, facts=facts):
            return ["incident", element, kind, message, {name: str(value) for name, value in facts.items()}]
        case effects.Moved(before=before, after=after, entered=True):
            return ["moved", before, after]
        case effects.Ended(outcome=outcome):
            return ["end", outcome]
    return None
