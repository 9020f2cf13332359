"""What the page of a migration plan shows: where elements go, what was found at the cases, how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import definitions, migration
from engine.design.difference import words
from web import i18n
from web.i18n import lazy_gettext as _l

STATES = {
    "unchecked": _l("not looked at yet"),
    "fits": _l("fits"),
    "refused": _l("does not fit"),
    "waiting": _l("about to move"),
    "migrated": _l("moved over"),
    "returning": _l("about to go back"),
    "returned": _l("moved back"),
}
RUNNING = ("unchecked", "waiting", "returning")
"""States that jobs are working on."""
BETWEEN = "/"
"""What stands between process and element in the name of a field."""


@dataclass(frozen=True)
class Choice:
    """An element that somebody has to decide on: what it is, where it goes now, and what it may become."""

    field: str
    process: str
    kind: str
    name: str
    element: str
    chosen: str
    likely: Sequence[tuple[str, str]]
    others: Sequence[tuple[str, str]]
    stays: bool


def choices(connection: Connection, plan: sa.Row[Any]) -> list[Choice]:
    """Return the elements that have no counterpart by id, and those that somebody has sent elsewhere."""
    old, new = (migration.nodes(connection, id) for id in (plan.source_id, plan.target_id))
    names = _process_names(connection, plan.source_id)
    found = []
    for process, elements in old.items():
        there = new.get(process)
        if there is None:
            continue
        likely = migration.suggestions(elements, there)
        said = plan.mapping.get(process, {})
        for id, node in elements.items():
            if id in said or (id in likely and migration.holds(node)):
                found.append(_choice(process, names[process], node, there, likely.get(id, []), said))
    return found


def _choice(
    process: str, title: str, node: Any, there: Mapping[str, Any], likely: Sequence[str], said: Mapping[str, str]
) -> Choice:
    fitting = [id for id, other in there.items() if migration.same_kind(node, other)]
    stays = node.name in fitting
    return Choice(
        f"{process}{BETWEEN}{node.name}",
        title,
        i18n.message(words.kind(node.details.type)),
        called(node),
        node.name,
        said.get(node.name, node.name if stays else ""),
        [(id, called(there[id])) for id in likely],
        sorted((id, called(there[id])) for id in fitting if id not in likely and id != node.name),
        stays,
    )


def called(node: Any) -> str:
    """Return what to call an element in the reader's language."""
    english = node.details.properties.get("name:en") if i18n.locale_name() == "en" else None
    return str(english or node.details.name or node.name)


def _process_names(connection: Connection, deployment_id: int) -> dict[str, str]:
    found = {}
    for row in definitions.together(connection, deployment_id):
        info = definitions.model(connection, row).processes[row.process_id]
        found[row.process_id] = (info.name_en if i18n.locale_name() == "en" else "") or info.name or row.process_id
    return found


def known(connection: Connection, deployment_id: int) -> list[tuple[str, str]]:
    """Return every element of a version as a field names it, and what it is called."""
    return [
        (f"{process}{BETWEEN}{id}", called(node))
        for process, elements in migration.nodes(connection, deployment_id).items()
        for id, node in elements.items()
    ]


def mapping(plan: sa.Row[Any], sent: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return where elements go as the form says; what it does not name stays as it was."""
    found = {process: dict(pairs) for process, pairs in plan.mapping.items()}
    for field, target in sent:
        process, between, element = field.partition(BETWEEN)
        if between:
            found.setdefault(process, {})[element] = target.rpartition(BETWEEN)[2]
    return found


def told(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored finding in the reader's language."""
    said = {
        part: i18n.message(finding[part], finding["facts"]) if finding[part] else "" for part in ("message", "hint")
    }
    return said | {"element": finding["element"], "severity": finding["severity"]}
