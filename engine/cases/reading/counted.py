"""In what the running periods of cases are counted, as lists ask it that say how long is left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases import deadline


def units(connection: Connection, case_ids: Iterable[int]) -> dict[int, dict[datetime, str]]:
    """Return for each case in what its running periods are counted, by the moment each ends."""
    found: dict[int, list[Any]] = {case_id: [] for case_id in case_ids}
    table = deadline.deadline.c
    rows = connection.execute(
        sa.select(table.case_id, table.state, table.due_at, table.unit).where(
            table.case_id.in_(list(found)), table.state.in_(deadline.RUNNING)
        )
    )
    for row in rows:
        found[row.case_id].append(row)
    return {case_id: units_of(periods) for case_id, periods in found.items()}


def unit_at(case_id: sa.ColumnElement[int], due: sa.ColumnElement[datetime]) -> sa.ScalarSelect[str]:
    """Return the query of in what a running period of a case is counted that ends at a moment; null where none does."""
    ends = sa.select(deadline.deadline.c.unit).where(
        deadline.deadline.c.case_id == case_id,
        deadline.deadline.c.due_at == due,
        deadline.deadline.c.state.in_([*map(sa.literal, deadline.RUNNING)]),
    )
    return ends.order_by(deadline.deadline.c.id.desc()).limit(1).scalar_subquery()


def units_of(deadlines: Iterable[sa.Row[Any]]) -> dict[datetime, str]:
    """Return in what running periods are counted, by the moment each ends."""
    return {row.due_at: row.unit for row in deadlines if row.state in deadline.RUNNING and row.due_at is not None}
