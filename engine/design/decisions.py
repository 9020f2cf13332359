"""The decisions made in cases, read back from the trail: with what they were given and what came out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit


class Past(NamedTuple):
    """One evaluation: where it stands in the trail, the variables it read and its result, both as JSON."""

    key: str
    inputs: dict[str, Any]
    result: Any


def past(connection: Connection, decision: str) -> Iterator[Past]:
    """Yield every evaluation of a decision that the trail holds, oldest first.

    ``key`` is the case and the number of the event (``官审〔2026〕1号 #7``). A decision that was made for
    another one is not listed by itself: it is made again with the one that needed it.
    """
    event = audit.audit_event.c
    rows = connection.execution_options(yield_per=200).execute(
        sa.select(event.stream, event.seq, event.details)
        .where(sa.type_coerce(event.details, sa.Text).contains('["decide",', autoescape=True))
        .order_by(event.id)
    )
    for row in rows:
        for entry in row.details.get("steps", ()):
            if entry[0] == "decide" and entry[2] == decision:
                yield Past(f"{row.stream} #{row.seq}", entry[4]["given"], entry[3])
