"""The event: something seen in a grid, carried by a case to its end; :mod:`engine.cases.grid.reporting` opens it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors, outbox
from engine.cases import standing
from engine.cases.grid.items import item_class

PROCESS = "grid_event"
SERIES = "GLW"
"""What the numbers of events begin with."""

INSIDE = ("网格员", "领导交办")
"""Sources whose reporter works for the town: nobody needs to verify what they say."""

UNNAMED = "未留名"
"""How a case calls a reporter who left no name."""

grid_event = sa.Table(
    "grid_event",
    db.metadata,
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), primary_key=True),
    sa.Column("source", sa.String(8), nullable=False),
    sa.Column("source_code", sa.String(20), nullable=False),
    sa.Column("external_id", sa.String(120)),
    sa.Column("client_uuid", sa.String(36), unique=True),
    sa.Column("class_code", sa.String(20), nullable=False),
    sa.Column("class_name", sa.String(100), nullable=False),
    sa.Column("list_version", sa.ForeignKey("item_list.version"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("level_initial", sa.String(8), nullable=False),
    sa.Column("level", sa.String(8), nullable=False),
    sa.Column("urgency", sa.SmallInteger, nullable=False),
    sa.Column("lon", sa.Float(53), nullable=False),
    sa.Column("lat", sa.Float(53), nullable=False),
    sa.Column("accuracy_m", sa.Integer),
    sa.Column("address", sa.String(300), nullable=False),
    sa.Column("grid_code", sa.String(20), nullable=False),
    sa.Column("level2_code", sa.String(20), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("reported_by", sa.String(80)),
    sa.Column("on_behalf_of", sa.String(80)),
    sa.Column("reporter_known", sa.Boolean, nullable=False),
    sa.Column("party_id", db.Id, sa.ForeignKey("party.id")),
    sa.Column("captured_at", db.Utc, nullable=False),
    sa.Column("received_at", db.Utc, nullable=False),
    sa.Column("reported_at", db.Utc, nullable=False),
    sa.Column("clock_off_s", sa.BigInteger),
    sa.Column("clock_doubted", sa.Boolean, nullable=False),
    sa.Column("parent_id", db.Id, sa.ForeignKey("grid_event.case_id")),
    sa.Column("merged_at", db.Utc),
    sa.Column("unit", sa.String(40)),
    sa.Column("helpers", db.Json, nullable=False),
    sa.Column("step", sa.String(4), nullable=False),
    sa.Column("step_due_at", db.Utc),
    sa.Column("due_at", db.Utc),
    sa.Column("extended", sa.Boolean, nullable=False),
    sa.Column("revisit_on", sa.Date),
    sa.Column("verified", sa.Boolean),
    sa.Column("filed_at", db.Utc),
    sa.Column("level2_returned", sa.Boolean, nullable=False),
    sa.Column("sent_back", sa.Boolean, nullable=False),
    sa.Column("result", sa.String(20)),
    sa.Column("rework_count", sa.Integer, nullable=False),
    sa.Column("returns", sa.Integer, nullable=False),
    sa.Column("reopened", sa.Integer, nullable=False),
    sa.Column("settled_note", sa.Text),
    sa.Column("settled_signed", sa.Boolean),
    sa.Column("satisfaction", sa.String(12)),
    sa.Column("handler", sa.String(80)),
    sa.Column("checker", sa.String(80)),
    sa.Column("finished_at", db.Utc),
    sa.Column("closed_at", db.Utc),
    sa.CheckConstraint(f"source IN {tuple(standing.EVENT_SOURCES)}", name="source_known"),
    sa.CheckConstraint(f"level_initial {item_class.IN_LEVELS} AND level {item_class.IN_LEVELS}", name="level_known"),
    sa.CheckConstraint("urgency BETWEEN 1 AND 3", name="urgency_known"),
    sa.CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="place_on_earth"),
    sa.CheckConstraint("accuracy_m IS NULL OR accuracy_m >= 0", name="accuracy_counted"),
    sa.CheckConstraint("description <> ''", name="description_given"),
    sa.CheckConstraint("reported_at <= received_at", name="reported_before_received"),
    sa.CheckConstraint("parent_id IS NULL OR parent_id <> case_id", name="never_its_own_parent"),
    sa.CheckConstraint("(parent_id IS NULL) = (merged_at IS NULL)", name="merged_at_a_moment"),
    sa.CheckConstraint("rework_count >= 0 AND returns >= 0 AND reopened >= 0", name="rounds_counted"),
    sa.CheckConstraint(
        "satisfaction IN ('satisfied', 'fair', 'dissatisfied', 'not_reached')", name="satisfaction_known"
    ),
    sa.CheckConstraint("checker <> handler", name="checker_is_another"),
    sa.CheckConstraint("(settled_note IS NULL) = (settled_signed IS NULL)", name="settled_whole"),
    sa.CheckConstraint(f"result IN {tuple(standing.GRID_OUTCOMES)}", name="result_known"),
    sa.UniqueConstraint("source", "source_code", "external_id"),
    sa.Index(None, "class_code", "reported_at"),
    sa.Index(None, "reported_by", "reported_at"),
    sa.Index(None, "grid_code", "reported_at"),
    sa.Index(None, "unit", "reported_at"),
    sa.Index("ix_grid_event_figures", "reported_at", "source"),
    sa.Index(None, "lon", "lat"),
)
"""``reported_at`` is when it was seen, by our clock; ``captured_at`` what the phone said, ``clock_off_s`` how far the
phone's clock was off (its own reading of the moment of sending, compared with ours), ``clock_doubted`` that this was
more than the setting allows or could not be told. ``due_at`` and ``step_due_at`` are the two clocks, ``result`` is the
outcome with which the event will be closed. ``settled_note`` and ``settled_signed`` are what the worker did before the
report and whether both sides signed."""

_open, _closed = grid_event.c.closed_at.is_(None), grid_event.c.closed_at.is_not(None)
_merged = grid_event.c.parent_id.is_not(None)
sa.Index("ix_grid_event_parent_id", grid_event.c.parent_id, sqlite_where=_merged, postgresql_where=_merged)
sa.Index(
    "ix_grid_event_settled",
    *(grid_event.c[name] for name in ("closed_at", "unit", "finished_at", "due_at", "parent_id")),
    sqlite_where=_closed, postgresql_where=_closed,
)  # fmt: skip
"""SQLite takes an index in which the value that is asked for stands alone, were it NULL in nine rows of ten: an index
that is about some events holds no others."""


def _open_index(name: str, *columns: str) -> None:
    sa.Index(
        f"ix_grid_event_open_{name}", *(grid_event.c[column] for column in columns),
        sqlite_where=_open, postgresql_where=_open,
    )  # fmt: skip


_open_index("list", "urgency", "due_at")
_open_index("grid", "grid_code", "urgency", "due_at")
_open_index("level2", "level2_code", "urgency", "due_at", "case_id", "finished_at", "closed_at", "unit")
_open_index("unit", "unit", "urgency", "due_at")
_open_index("place", "lon", "lat", "urgency", "finished_at", "due_at", "closed_at")
_open_index("standing", "unit", "urgency", "level2_code", "finished_at", "due_at", "closed_at")
_open_index("alike", "class_code", "lon")


def of(connection: Connection, case_id: int) -> sa.Row[Any]:
    """Return the event of a case.

    Raises
    ------
    GridEventUnknown
        If the case is none.
    """
    row = connection.execute(sa.select(grid_event).where(grid_event.c.case_id == case_id)).one_or_none()
    if row is None:
        raise errors.GridEventUnknown
    return row


def done_before(connection: Connection, case_id: int) -> list[str]:
    """Return what workers had done when they reported an event, or one that follows it, in the order they came."""
    table = grid_event.c
    about = (sa.or_(table.case_id == case_id, table.parent_id == case_id), table.settled_note.is_not(None))
    query = sa.select(table.settled_note).where(*about).order_by(table.case_id)
    return list(connection.execute(query).scalars())


def number_by(connection: Connection, person_id: str, since: datetime) -> int:
    """Count what somebody has reported since a moment; a merged event counts for whom it was merged into."""
    mine = (grid_event.c.reported_by == person_id, grid_event.c.reported_at >= since, grid_event.c.parent_id.is_(None))
    return connection.scalar(sa.select(sa.func.count()).select_from(grid_event).where(*mine)) or 0


def receiver_of(source_code: str) -> str:
    """Return the name under which pushes find the system that reports under a code."""
    return f"source.{source_code or 'unnamed'}"


def tell_source(connection: Connection, number: str, me: sa.Row[Any], happened: str, **more: Any) -> None:
    """Push to the system that reported an event what became of it; nobody is told of what a person reported."""
    if me.external_id is not None:
        content = {"external_id": me.external_id, "number": number, **more}
        outbox.push(connection, receiver_of(me.source_code), f"event.{happened}", content, number)


def change(connection: Connection, case_id: int, **values: Any) -> sa.Row[Any]:
    """Write columns of an event and return it; the verb that calls this writes the audit event."""
    return connection.execute(
        sa.update(grid_event).where(grid_event.c.case_id == case_id).values(**values).returning(grid_event)
    ).one()


def told(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the process knows of an event."""
    names = (
        "source", "class_code", "class_name", "kind", "level", "urgency", "address", "grid_code", "level2_code",
        "description", "reporter_known", "clock_doubted", "lon", "lat",
    )  # fmt: skip
    return {**{name: written[name] for name in names}, "reported_at": by_town_clock(written["reported_at"])}


def by_town_clock(moment: datetime) -> str:
    """Return a moment as the town's clocks show it, in ISO 8601."""
    return moment.astimezone(clock.TOWN).isoformat()
