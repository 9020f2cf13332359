"""The charts: how many events came from where and when, and how many were settled in time.

The one reads nothing but ``ix_grid_event_figures``, the other nothing but ``ix_grid_event_settled``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.grid.event import grid_event
from engine.cases.grid.overview import narrowing
from engine.cases.grid.overview.narrowing import Filter
from engine.cases.people import access

_event = grid_event.c
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_OFFSET_S = 8 * 3600
"""How far the town's clock is before UTC; China knows no summer time."""


def by_source(connection: Connection, reader: access.Reader, wanted: Filter) -> Sequence[sa.Row[Any]]:
    """Return how many events came from each source on each day: ``day`` (a date's ordinal), ``source``, ``number``."""
    return narrowing.rows(connection, reader, wanted, _by_source, connection.dialect.name)


def in_time_by_unit(connection: Connection, reader: access.Reader, wanted: Filter) -> Sequence[sa.Row[Any]]:
    """Return how many events with a case clock each department settled: ``key``, ``number``, ``in_time``.

    The days of the filter are those on which events were closed.
    """
    return narrowing.rows(connection, reader, replace(wanted, view=narrowing.SETTLED), _in_time_by_unit)


def _by_source(where: Sequence[sa.ColumnElement[bool]], dialect: str) -> sa.Select[Any]:
    day = _town_day(dialect, _event.reported_at).label("day")
    query: sa.Select[Any] = sa.select(day, _event.source, sa.func.count().label("number")).where(*where)
    return query.group_by(sa.text("1"), _event.source).order_by(sa.text("1"), _event.source)


def _in_time_by_unit(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    query = sa.select(
        _event.unit.label("key"),
        sa.func.count().label("number"),
        narrowing.number(_event.finished_at <= _event.due_at).label("in_time"),
    )
    return query.where(*where).group_by(_event.unit).order_by(_event.unit)


def _town_day(dialect: str, moment: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Return the ordinal of the day in the town on which a moment lies."""
    if dialect == "sqlite":  # microseconds since 1970, see db.Utc
        ticks = sa.type_coerce(moment, sa.BigInteger)
        return (ticks + _OFFSET_S * 1_000_000) // 86_400_000_000 + _EPOCH_DAY
    seconds = sa.extract("epoch", moment) + _OFFSET_S
    return sa.cast(sa.func.floor(seconds / 86_400), sa.Integer) + _EPOCH_DAY
