"""The overlays of a grid: what was visited there and what happened there, as far as a reader may see the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases.case import case_file
from engine.cases.grid.event import grid_event
from engine.cases.grid.items import item_class
from engine.cases.people import access


@dataclass(frozen=True)
class Overlay:
    """How many there are, open and late among them, and the latest of them with the numbers of their cases."""

    total: int
    open: int
    late: int
    rows: Sequence[sa.Row[Any]]


def of(
    connection: Connection, reader: access.Reader, cells: Sequence[str], *, visits: bool, limit: int = 10
) -> Overlay:
    """Return the visits of cells, or what else was reported there; what was merged into another counts once."""
    event = grid_event.c
    is_visit = event.kind == item_class.VISIT if visits else event.kind != item_class.VISIT
    where = (event.grid_code.in_(cells), is_visit, event.parent_id.is_(None), access.visible_cases(reader))
    joined = grid_event.join(case_file, case_file.c.id == event.case_id)
    late = sa.and_(event.closed_at.is_(None), event.due_at < clock.now())
    counts = sa.select(
        sa.func.count(),
        sa.func.count().filter(event.closed_at.is_(None)),
        sa.func.count().filter(late),
    )
    total, still_open, overdue = connection.execute(counts.select_from(joined).where(*where)).one()
    rows = connection.execute(
        sa.select(grid_event, case_file.c.number, item_class.name_en(event.list_version, event.class_code))
        .select_from(joined)
        .where(*where)
        .order_by(event.reported_at.desc(), event.case_id.desc())
        .limit(limit)
    ).all()
    return Overlay(total, still_open, overdue, rows)
