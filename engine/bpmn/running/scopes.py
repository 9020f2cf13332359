"""Variable scopes: reading and writing take the nearest scope that declares a variable, else the root.

The rules are Camunda 8's (variables, input and output mappings); see docs.camunda.io, concepts/variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Values = dict[str, Any]


class View(Mapping[str, Any]):
    """What one token sees: its own scope over those around it."""

    def __init__(self, layers: list[Mapping[str, Any]]) -> None:
        self._layers = layers

    def __getitem__(self, name: str) -> Any:
        for layer in self._layers:
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for layer in self._layers for name in layer))

    def __len__(self) -> int:
        return len({name for layer in self._layers for name in layer})


def assign(values: Values, path: list[str], value: Any) -> Values:
    """Return ``values`` with ``value`` under a dotted path; contexts on the way are copied, siblings stay."""
    name, *rest = path
    if not rest:
        return {**values, name: value}
    inner = values.get(name)
    return {**values, name: assign(inner if isinstance(inner, dict) else {}, rest, value)}
