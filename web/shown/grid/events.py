"""A grid event as the page of its case shows it: where, how urgent, who has it, what it follows and became."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.engine import Connection

from engine.cases import standing
from engine.cases.clocks import supervision
from engine.cases.grid import alike, commanding, event, handling, link, photo
from engine.cases.grid.items import item_class
from engine.cases.items import directory
from engine.cases.people import party as parties
from engine.cases.reading import waiting
from engine.organisation import unit
from engine.organisation.grid import node
from web import i18n
from web.shown import bar


def shown(connection: Connection, case: sa.Row[Any]) -> dict[str, Any]:
    """Return what the template of an event reads."""
    row = event.of(connection, case.id)
    units = {one.code: one for one in unit.every(connection)}
    links = link.of(connection, case.id)
    return {
        "row": row,
        "number": case.number,
        "applications": link.applications(connection, [one.number for one in links]),
        "grid": node.get(connection, row.grid_code),
        "level": item_class.LEVELS[row.level],
        "urgency": item_class.URGENCIES[row.urgency],
        "handlings": [(one, units[one.unit], handling.ROLES[one.role]) for one in handling.of(connection, case.id)],
        "parent": alike.parent_of(connection, case.id),
        "children": [one.number for one in alike.children(connection, case.id)],
        "done_before": event.done_before(connection, case.id),
        "party": parties.get(connection, row.party_id) if row.party_id else None,
        "photos": photo.of(connection, case.id),
        "phases": photo.PHASES,
        "links": [(one, link.TARGETS[one.target]) for one in links],
    }


def open_tasks(connection: Connection, number: str) -> list[tuple[sa.Row[Any], str]]:
    """Return the open tasks of an event with who has each, or to whom it is offered."""
    holders = waiting.holders(connection, number)
    named = _named(who for found in holders.values() for who in found)
    return [
        (row, str(_(", ")).join(named[who] for who in holders[row.id]))
        for row in waiting.open_tasks(connection, number)
    ]


def _named(principals: Iterable[str]) -> dict[str, str]:
    return directory.names(bar.Book(), principals, say=i18n.message, english=i18n.locale_name() == "en")


def told(supervisions: Sequence[sa.Row[Any]]) -> dict[str, str]:
    """Return what to call those whom supervisions ask, by post."""
    called = _named(f"group:{one.target}" for one in supervisions)
    handler = {supervision.HANDLER: i18n.message(commanding.TARGETS["handler"])}
    return {one.target: called[f"group:{one.target}"] for one in supervisions} | handler


def beside(connection: Connection, case: sa.Row[Any]) -> dict[str, Any] | None:
    """Return what the template of an event reads, or nothing for a case of another kind."""
    return shown(connection, case) if case.kind == standing.GRID else None
