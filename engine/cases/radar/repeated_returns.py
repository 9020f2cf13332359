"""Cases returned again and again: a step that is always sent back may be a way to delay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import tasks
from engine.cases.radar import rule, seen
from engine.cases.reading import beside
from engine.handling import returns


@rule.finds("repeated_returns")
def find(connection: Connection, values: Mapping[str, Any]) -> Iterator[rule.Hit]:
    """Yield every case returned as often as the setting says, and again each time it is as often more."""
    returned: defaultdict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in _returned(connection, values):
        returned[beside.number_of(row.business_key)].append(row)
    for number, rows in returned.items():
        times = len(rows) // values["radar_returns"]
        case_id = seen.case_id(connection, number) if times else None
        if case_id is not None:
            yield rule.Hit(
                key=f"{number}~{times}",
                facts={"case": number, "count": len(rows)},
                persons=sorted({row.returned_by for row in rows}),
                proofs=[rule.Proof(case_id, facts={"step": row.name, "reason": row.reason}) for row in rows],
            )


def _returned(connection: Connection, values: Mapping[str, Any]) -> sa.CursorResult[Any]:
    back, task = returns.task_return.c, tasks.task.c
    return connection.execute(
        sa.select(task.business_key, task.name, back.returned_by, back.reason)
        .join(tasks.task, task.id == back.task_id)
        .where(back.kind == "returned", back.returned_at >= rule.since(values))
        .order_by(back.returned_at, back.task_id)
    )
