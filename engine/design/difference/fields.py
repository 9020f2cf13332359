"""Forms: one part for each component of a form-js schema, wherever in its groups it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import db
from engine.design.difference.parts import Part
from engine.design.difference.settings import flat

NOT_FEATURES = ("components", "id", "type", "layout", "schemaVersion", "exporter", "executionPlatform")
LONGEST_NAME = 60


def parts(source: bytes) -> list[Part]:
    """Return the form itself and its components in their order.

    Raises
    ------
    ValueError
        If the file is no JSON object.
    """
    schema = db.loads(source.decode())
    if not isinstance(schema, dict):
        raise ValueError("a form is an object")
    return [Part("", "form", str(schema.get("id", "")), _features(schema)), *_components(schema, "")]


def _components(holder: Mapping[str, Any], within: str) -> Iterator[Part]:
    for number, component in enumerate(holder.get("components") or ()):
        if not isinstance(component, dict):
            continue
        key = str(component.get("id") or component.get("key") or f"{within}/{number}")
        features = _features(component) | ({"within": within} if within else {})
        yield Part(key, f"field:{component.get('type', '')}", _name(component), features, row=within)
        yield from _components(component, _name(component))


def _name(component: Mapping[str, Any]) -> str:
    for feature in ("label", "dateLabel", "text", "key", "path", "type"):
        if isinstance(component.get(feature), str) and component[feature].strip():
            return str(component[feature]).strip()[:LONGEST_NAME]
    return ""


def _features(component: Mapping[str, Any]) -> dict[str, str]:
    kept = {name: value for name, value in component.items() if name not in NOT_FEATURES and "Version" not in name}
    return dict(flat(kept))
