"""What keeping and seizure have in common: a measure on things, asked for, approved, begun and ended.

A table of measures has ``id``, ``case_id``, ``state`` and ``things``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases.enforcement.investigation import things
from engine.cases.reading import trail


def ask(
    connection: Connection,
    actor: audit.Actor,
    table: sa.Table,
    case: sa.Row[Any],
    action: str,
    *,
    listed: list[dict[str, Any]],
    place: str,
    reason: str,
    **more: Any,
) -> sa.Row[Any]:
    """Write down that a measure is asked for, and tell the trail the things and what else the table holds of it.

    Parameters
    ----------
    listed : the things, as :func:`things.listed` returns them.
    """
    asked = {"state": "asked", "asked_by": actor.id, "asked_at": clock.now()}
    values = {"case_id": case.id, "things": listed, "place": place.strip(), "reason": reason, **asked, **more}
    row = connection.execute(sa.insert(table).values(**values).returning(table)).one()
    told = {table.name: row.id, "things": things.named(listed), **more}
    trail.record(connection, case.number, actor, action, **told)
    return row


def get(connection: Connection, table: sa.Table, case: sa.Row[Any], measure_id: int) -> sa.Row[Any]:
    """Return a measure of a case.

    Raises
    ------
    MeasureUnknown
    """
    mine = table.c.id == measure_id, table.c.case_id == case.id
    found = connection.execute(sa.select(table).where(*mine)).one_or_none()
    if found is None:
        raise errors.MeasureUnknown
    return found


def of(connection: Connection, table: sa.Table, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the measures of a case in the order they were asked for."""
    return connection.execute(sa.select(table).where(table.c.case_id == case_id).order_by(table.c.id)).all()


def in_state(connection: Connection, table: sa.Table, case: sa.Row[Any], measure_id: int, state: str) -> sa.Row[Any]:
    """Return a measure that stands in a state.

    Raises
    ------
    MeasureUnknown
        If it stands in another one, too.
    """
    row = get(connection, table, case, measure_id)
    if row.state != state:
        raise errors.MeasureUnknown
    return row


def change(
    connection: Connection,
    actor: audit.Actor,
    table: sa.Table,
    case: sa.Row[Any],
    row: sa.Row[Any],
    action: str,
    **values: Any,
) -> sa.Row[Any]:
    """Write columns of a measure and tell the trail the texts among them, with the things."""
    changed = connection.execute(sa.update(table).where(table.c.id == row.id).values(**values).returning(table)).one()
    said = {name: value for name, value in values.items() if isinstance(value, str) and name != "state"}
    said |= {table.name: row.id, "things": things.named(row.things)}
    trail.record(connection, case.number, actor, action, **said)
    return changed


def taken_at(row: sa.Row[Any], recorded: sa.Row[Any] | None) -> datetime:
    """Return when a measure was taken: as its act ended, and not only when the record came in; never before its leave.

    What counts the days of the things counts from there (行政处罚法56, 行政强制法25). Without an act it is now.
    """
    if recorded is None:
        return clock.now()
    ended: datetime = recorded.ended_at
    return max(ended, row.approved_at or ended)


def subject(table: sa.Table, row: sa.Row[Any]) -> str:
    """Return by what name deadlines and stops know the measure: a case may have several of a kind."""
    return f"{table.name}:{row.id}"
