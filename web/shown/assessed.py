"""What must be known for a task of the monthly assessment: how the month came out, and the line that is in question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.grid.assessment import basis, line, score, window
from web.sent.grids import assesses


@dataclass(frozen=True)
class Questioned:
    """The line that somebody doubts: the worker's score, the line, what it is called and the events it counts."""

    score: sa.Row[Any]
    kept: sa.Row[Any]
    named: line.Named
    events: Sequence[basis.Counted]


@dataclass(frozen=True)
class Assessed:
    """The window of the month, how many scores have each grade, whether every score may be opened, and the line."""

    month: sa.Row[Any]
    grades: Mapping[str, int]
    opens: bool
    questioned: Questioned | None


def of(connection: Connection, task: sa.Row[Any], context: Mapping[str, Any]) -> Assessed | None:
    """Return what must be known for a task; nothing for one of another process."""
    row = window.named(connection, task.business_key)
    if row is None:
        return None
    rows = score.current(connection, row.month)
    return Assessed(
        row, Counter(one.grade for one in rows if one.grade), assesses(), _questioned(connection, row, rows, context)
    )


def _questioned(
    connection: Connection, row: sa.Row[Any], rows: Sequence[sa.Row[Any]], context: Mapping[str, Any]
) -> Questioned | None:
    said = context.get("appeal") or context.get("doubt")
    mine = next((one for one in rows if said and one.worker == said["worker"]), None)
    if said is None or mine is None:
        return None
    kept = next(one for one in score.lines(connection, [mine.id])[mine.id] if one.indicator == said["indicator"])
    events = basis.events(connection, row.month, mine.worker, kept.indicator)
    return Questioned(mine, kept, line.INDICATORS[kept.indicator], events)
