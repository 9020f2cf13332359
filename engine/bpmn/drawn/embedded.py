"""Embedded forms: form-js schemas that stand as JSON in the diagram itself (``zeebe:userTaskForm``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import db
from engine.bpmn.drawn import xml
from engine.bpmn.drawn.model import EMBEDDED
from engine.errors import N_


def read(process: xml.Element, problem: Callable[..., None]) -> dict[str, Mapping[str, Any]]:
    """Return the schemas embedded in a process by the keys under which tasks name them; note what is none."""
    found = {}
    for extension in xml.extensions(process):
        if extension.tag == f"{xml.ZEEBE}userTaskForm":
            name = extension.get("id") or ""
            schema = _schema(xml.text(extension))
            if schema is None or not name:
                problem(
                    process,
                    N_("The embedded form “{name}” is no form-js schema."),
                    N_("Draw the form again in the form editor and choose it by its id."),
                    name=name,
                )
            else:
                found[f"{EMBEDDED}{name}"] = schema
    return found


def _schema(text: str) -> Mapping[str, Any] | None:
    try:
        schema = db.loads(text)
    except (ValueError, RecursionError):
        return None
    return schema if isinstance(schema, dict) and isinstance(schema.get("components"), list) else None
