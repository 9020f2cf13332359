"""What steps are called in the diagram that an event or an incident belongs to, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import bpmn, definitions
from engine.cases.reading import way
from engine.flow import steps
from web import i18n

Drawn = Mapping[str, bpmn.ElementInfo]


@dataclass
class Names:
    """The elements of the diagrams that events belong to: by the content that was in force, else by the case."""

    connection: Connection
    by_content: dict[str, Drawn] = field(default_factory=dict)
    by_stream: dict[str, Drawn] = field(default_factory=dict)
    by_instance: dict[int, Drawn] = field(default_factory=dict)

    def of(self, event: Any, element: str | None = None) -> str:
        """Return what an event's step is called, or another element of its diagram; empty where nobody knows."""
        drawn = self.by_content.get(event.definition_hash or "") or self.by_stream.get(event.stream, {})
        return called(drawn, element or event.element or "")

    def of_instance(self, instance_id: int | None, element: str) -> str:
        """Return what an element is called in the diagram of an instance."""
        return called(self.by_instance.get(instance_id or 0, {}), element)


def called(drawn: Drawn, element: str) -> str:
    """Return what a diagram calls an element; empty where it has no name."""
    info = drawn.get(element)
    return "" if info is None else str((info.name_en if i18n.locale_name() == "en" else "") or info.name or "")


def of_events(connection: Connection, rows: Iterable[Any]) -> Names:
    """Read the diagrams of events, each once."""
    found = Names(connection)
    events = list(rows)
    for content in {row.definition_hash for row in events if row.definition_hash}:
        deployment = definitions.by_hash(connection, content)
        if deployment is not None:
            query = sa.select(definitions.definition.c.id).where(
                definitions.definition.c.deployment_id == deployment.id
            )
            first = connection.scalars(query.limit(1)).one_or_none()
            found.by_content[content] = way.elements(connection, first) if first is not None else {}
    lacking = {row.stream for row in events if row.element and not row.definition_hash}
    key = steps.instance.c.business_key
    standing = _standing(connection, key.in_(lacking)) if lacking else []
    found.by_stream = {row.business_key: drawn for row, drawn in standing}
    return found


def of_instances(connection: Connection, instances: Iterable[int | None]) -> Names:
    """Read the diagrams of instances, each once."""
    found = Names(connection)
    wanted = {instance for instance in instances if instance is not None}
    found.by_instance = {row.id: drawn for row, drawn in _standing(connection, steps.instance.c.id.in_(wanted))}
    return found


def _standing(connection: Connection, where: sa.ColumnElement[bool]) -> list[tuple[Any, Drawn]]:
    query = sa.select(steps.instance.c.id, steps.instance.c.business_key, steps.instance.c.definition_id).where(where)
    rows = connection.execute(query.order_by(steps.instance.c.id)).all()
    drawn = {definition: way.elements(connection, definition) for definition in {row.definition_id for row in rows}}
    return [(row, drawn[row.definition_id]) for row in rows]
