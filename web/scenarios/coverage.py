"""What scenarios have walked of a package: sequence flows, and rules of decision tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine import bpmn, dmn
from engine.design import packages


@dataclass
class Coverage:
    """Everything drawn, and what of it was walked."""

    flows: set[str]
    rules: set[tuple[str, str]]
    taken: set[str] = field(default_factory=set)
    matched: set[tuple[str, str]] = field(default_factory=set)

    def missing_flows(self) -> list[str]:
        """Return the flows that no scenario takes."""
        return sorted(self.flows - self.taken)

    def missing_rules(self) -> list[str]:
        """Return the rules that match in no scenario, each as ``decision: rule``."""
        return [f"{decision}: {rule}" for decision, rule in sorted(self.rules - self.matched)]


def drawn(package: packages.Package) -> Coverage:
    """Return what there is to walk: the flows of executable processes and the rules of all tables."""
    models = [bpmn.compile(source) for source in package.under(".bpmn").values() if bpmn.executable(source)]
    tables = [dmn.parse(source) for source in package.under(".dmn").values()]
    return Coverage(
        {
            flow.id
            for model in models
            for nodes in model.nodes.values()
            for node in nodes.values()
            for flow in node.flows
        },
        {(decision, rule) for table in tables for decision, rules in table.rules.items() for rule in rules},
    )


def matched(explanation: Any) -> Iterator[tuple[str, str]]:
    """Yield the rules that matched in an evaluation and in those it needed."""
    if isinstance(explanation, list):
        for entry in explanation:
            yield from matched(entry)
    elif isinstance(explanation, dict):
        for rule in explanation.get("rules", ()):
            if rule.get("matched"):
                yield str(explanation.get("decision", "")), str(rule["id"])
        for value in explanation.values():
            yield from matched(value)
