"""Where the elements of one version go in another: same ids by themselves, others as a plan says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from engine.bpmn.drawn.model import Model
from engine.bpmn.elements.activities import EventSubProcess, UserTask
from engine.bpmn.elements.events import BoundaryEvent, CatchEvent
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Flow, InclusiveGateway, Node, ParallelGateway

ALIKE = 0.5
"""How much the names of two elements must have in common to suggest one for the other."""


@dataclass(frozen=True)
class Target:
    """A process of the other version; ``definition`` is its key where it is called, empty for the instance's own.

    ``elements`` maps ids to ids; an element that is not named keeps its id, one that leads to "" goes nowhere.
    """

    model: Model
    process: str
    definition: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)

    def node(self, id: str) -> Node | None:
        """Return the element that takes the place of another."""
        return self.model.nodes[self.process].get(self.elements.get(id, id))


Route = Callable[[str, str], Target | None]
"""Finds the target of a process by definition key (empty: the instance's own) and id; None: it stays as it is."""


def same_kind(old: Node, new: Node) -> bool:
    """Tell whether what stands at one element can stand at the other."""
    return type(old) is type(new) and _waits_for(old) == _waits_for(new)


def holds(node: Node) -> bool:
    """Tell whether a case may stand at an element, not only pass it."""
    return isinstance(node, Activity | BoundaryEvent | CatchEvent | InclusiveGateway | ParallelGateway)


def _waits_for(node: Node) -> str | None:
    trigger = node.start.trigger if isinstance(node, EventSubProcess) else node.trigger
    return trigger.kind if trigger is not None else None


def flow(id: str, old: Node, new: Node, elements: Mapping[str, str]) -> str | None:
    """Return the flow into ``new`` by which a token came that came to ``old`` by flow ``id``."""
    if any(flow.id == id for flow in new.arrivals):
        return id
    sources = [flow.source for flow in old.arrivals if flow.id == id]
    found = [f.id for f in new.arrivals if sources and f.source == elements.get(sources[0], sources[0])]
    return found[0] if len(found) == 1 else None


def inverse(old: Iterable[str], new: Iterable[str], elements: Mapping[str, str]) -> dict[str, str]:
    """Return the way back from ``new`` ids; what two elements were led to leads to neither."""
    back: dict[str, list[str]] = {}
    for id in old:
        back.setdefault(elements.get(id, id), []).append(id)
    return {id: back[id][0] if len(back.get(id, ())) == 1 else "" for id in new}


def suggestions(old: Node, new: Mapping[str, Node]) -> list[str]:
    """Return the elements that could take the place of one, the likeliest first."""
    scored = [(_likeness(old, node), id) for id, node in new.items() if same_kind(old, node)]
    return [id for score, id in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score >= ALIKE]


def _likeness(old: Node, new: Node) -> float:
    names = SequenceMatcher(None, old.details.name or old.name, new.details.name or new.name).ratio()
    same_form = isinstance(old, UserTask) and isinstance(new, UserTask) and old.form == new.form and old.form
    here, there = _beside(old), _beside(new)
    beside = ALIKE * len(here & there) / len(here | there) if here | there else 0.0
    return max(names, ALIKE if same_form else 0.0) + beside


def _beside(node: Node) -> set[str]:
    def others(flows: Iterable[Flow], end: str) -> set[str]:
        return {str(getattr(flow, end)) for flow in flows}

    return others(node.flows, "target") | others(node.arrivals, "source")
