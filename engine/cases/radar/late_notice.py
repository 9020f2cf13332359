"""Late notices: what must be told or served within a period and was not (许可法32(1)(四), 44; 处罚法61)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases import case as cases
from engine.cases import deadline, standing
from engine.cases.clocks import period
from engine.cases.radar import rule, seen

PERIODS = ("correction_notice", "delivery", "cf_service")
"""The periods within which something reaches the party."""


@rule.finds("late_notice")
def find(connection: Connection, values: Mapping[str, Any]) -> Iterator[rule.Hit]:
    """Yield every such period that was met late or is overdue."""
    for row in _late(connection, values):
        known, met = period.get(row.period), row.state == "met"
        day = clock.day(row.ended_at).isoformat() if met else ""
        enforcing = row.kind == standing.ENFORCEMENT
        yield rule.Hit(
            key=str(row.id),
            facts={
                "case": row.number,
                "period": known.title,
                "period_en": known.title_en,
                "due_on": row.due_on.isoformat(),
                "state": f"实际于{day}完成" if met else "至今未完成",
                "state_en": f"it was done on {day}" if met else "it is not done yet",
            },
            persons=seen.officers(connection, row.case_id) if enforcing else [row.opened_by],
            proofs=[rule.Proof(row.case_id, facts={"due_on": row.due_on.isoformat()})],
        )


def _late(connection: Connection, values: Mapping[str, Any]) -> list[sa.Row[Any]]:
    kept, case = deadline.deadline.c, cases.case_file.c
    late = sa.or_(
        sa.and_(kept.state == "open", kept.due_at < clock.now()),
        sa.and_(kept.state == "met", kept.ended_at > kept.due_at),
    )
    query = (
        sa.select(kept.id, kept.case_id, kept.period, kept.state, kept.due_on, kept.ended_at, case.number, case.kind,
                  case.opened_by)
        .join(cases.case_file, case.id == kept.case_id)
        .where(kept.period.in_(PERIODS), late, kept.due_at >= rule.since(values))
        .order_by(kept.id)
    )  # fmt: skip
    return list(connection.execute(query))
