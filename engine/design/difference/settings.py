"""``package.toml``: one part for each setting."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from engine.design.difference.parts import Part


def parts(source: bytes) -> list[Part]:
    """Return the settings by their dotted names."""
    return [Part(name, "setting", name, {"value": value}) for name, value in flat(tomllib.loads(source.decode()))]


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the values of nested tables by dotted name, as text."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_text(entry) if not isinstance(entry, Mapping) else _inline(entry) for entry in value)
    return "" if value is None else str(value)


def _inline(value: Mapping[str, Any]) -> str:
    return " · ".join(f"{name}: {text}" for name, text in flat(value))
