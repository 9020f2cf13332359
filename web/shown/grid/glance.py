"""The events at a glance, as whoever watches them begins the day: on the start page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from engine import clock
from engine.cases.grid.overview import board, narrowing
from engine.cases.grid.sources import source
from engine.cases.people import access
from web.shown.grid import boards

FIRST = 8
"""So many of the most urgent events stand on the start page."""


@dataclass(frozen=True)
class Glance:
    """How many events are open, how many came on the day, the most urgent ones, and how many sources are silent."""

    counts: board.Counts
    day: date
    came: int
    first: Sequence[boards.Row]
    silent: int


def of(connection: Connection, reader: access.Reader) -> Glance:
    """Return the events at a glance."""
    opened, day = narrowing.Filter(), clock.today()
    counts = board.counts(connection, reader, opened)
    return Glance(
        counts,
        day,
        board.counts(connection, reader, narrowing.Filter(view="all", since=day, until=day)).total,
        boards.rows(board.page(connection, reader, opened, limit=FIRST, total=counts.total).rows),
        len(source.silent(connection)),
    )
