"""A rectangle of the map: what it shows, and no event outside it is read (``ix_grid_event_open_place``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.grid.event import grid_event
from engine.cases.grid.overview import board, narrowing
from engine.cases.grid.overview.narrowing import Filter
from engine.cases.people import access

_event = grid_event.c


@dataclass(frozen=True)
class Box:
    """A rectangle of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Seen:
    """What a rectangle shows: each event while they are few, else heaps ``lon, lat, number, urgency, overdue``."""

    total: int
    events: Sequence[sa.Row[Any]]
    heaps: Sequence[sa.Row[Any]]


def within(
    connection: Connection, reader: access.Reader, wanted: Filter, box: Box, *, most: int = 300,
    columns: int = 16, rows: int = 12,
) -> Seen:  # fmt: skip
    """Return what a rectangle of the map shows.

    More than ``most`` are heaped in a raster of ``columns`` and ``rows``, each heap with how many it holds, the highest
    urgency and how many are overdue.
    """
    edges = {"west": box.west, "south": box.south, "east": box.east, "north": box.north}
    keys = [row.case_id for row in narrowing.rows(connection, reader, wanted, _few, most + 1, **edges)]
    if len(keys) <= most:
        found = board.shown(connection, keys)
        return Seen(len(found), found, ())
    steps = {"step_east": (box.east - box.west) / columns, "step_north": (box.north - box.south) / rows}
    heaps = narrowing.rows(connection, reader, wanted, _heaps, **edges, **steps)
    return Seen(sum(heap.number for heap in heaps), (), heaps)


def _degrees(name: str) -> sa.BindParameter[float]:
    return sa.bindparam(name, type_=sa.Float(53))


def _inside() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _event.lon.between(_degrees("west"), _degrees("east")),
        _event.lat.between(_degrees("south"), _degrees("north")),
    )


def _few(where: Sequence[sa.ColumnElement[bool]], limit: int) -> sa.Select[Any]:
    return sa.select(_event.case_id).where(*where, *_inside()).limit(limit)


def _heaps(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    across = sa.func.round((_event.lon - _degrees("west")) / _degrees("step_east") - 0.5)
    up = sa.func.round((_event.lat - _degrees("south")) / _degrees("step_north") - 0.5)
    return (
        sa.select(
            sa.func.avg(_event.lon).label("lon"),
            sa.func.avg(_event.lat).label("lat"),
            sa.func.count().label("number"),
            sa.func.min(_event.urgency).label("urgency"),
            narrowing.number(narrowing.is_overdue()).label("overdue"),
        )
        .where(*where, *_inside())
        .group_by(across, up)
    )
