"""What steps are called in the diagram that an event or an incident belongs to, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from engine import bpmn, definitions, instances
from engine.cases.reading import way
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


def process(connection: Connection, definition: definitions.Defined) -> str:
    """Return what to call a definition's process in the reader's language; its id where the diagram has no name."""
    _path, info = way.processes(connection, definition)[definition.process_id]
    return str((info.name_en if i18n.locale_name() == "en" else "") or info.name or definition.process_id)


def of_events(connection: Connection, rows: Iterable[Any]) -> Names:
    """Read the diagrams of events, each once."""
    found = Names(connection)
    events = list(rows)
    for content in {row.definition_hash for row in events if row.definition_hash}:
        deployment = definitions.by_hash(connection, content)
        if deployment is not None:
            first = next(iter(definitions.together(connection, deployment.id)), None)
            found.by_content[content] = way.elements(connection, first) if first is not None else {}
    lacking = {row.stream for row in events if row.element and not row.definition_hash}
    standing = _drawn(connection, instances.by_keys(connection, lacking)) if lacking else []
    found.by_stream = {row.business_key: drawn for row, drawn in standing}
    return found


def of_instances(connection: Connection, ids: Iterable[int | None]) -> Names:
    """Read the diagrams of instances, each once."""
    found = Names(connection)
    wanted = {each for each in ids if each is not None}
    standing = _drawn(connection, instances.by_ids(connection, wanted))
    found.by_instance = {row.id: drawn for row, drawn in standing}
    return found


def _drawn(connection: Connection, rows: Sequence[Any]) -> list[tuple[Any, Drawn]]:
    known = {key: definitions.get(connection, key) for key in {row.definition_id for row in rows}}
    drawn = {key: way.elements(connection, definition) for key, definition in known.items()}
    return [(row, drawn[row.definition_id]) for row in rows]
