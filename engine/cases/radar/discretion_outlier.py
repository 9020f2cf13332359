"""Discretion outliers (处罚法34): fines that lie far from the median of the same power on the same step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases import case as cases
from engine.cases import decision
from engine.cases.enforcement.judging import draft, penalty
from engine.cases.radar import rule, seen


@rule.finds("discretion_outlier")
def find(connection: Connection, values: Mapping[str, Any]) -> Iterator[rule.Hit]:
    """Yield every fine further from the median than the setting allows, where there are enough like cases."""
    groups: defaultdict[tuple[Any, Any], list[sa.Row[Any]]] = defaultdict(list)
    for row in _fines(connection, values):
        groups[row.discretion.get("power"), row.discretion.get("step")].append(row)
    for (power, step), rows in groups.items():
        if power and step and len(rows) >= values["radar_like_cases"]:
            yield from _outliers(connection, rows, values["radar_outlier_percent"])


def _outliers(connection: Connection, rows: list[sa.Row[Any]], allowed: int) -> Iterator[rule.Hit]:
    middle = median(row.fine for row in rows)
    for row in rows:
        percent = round(abs(row.fine - middle) * 100 / middle)
        if percent > allowed:
            facts = {"case": row.number, "fine": row.fine, "count": len(rows), "median": round(middle)}
            alike = sorted(rows, key=lambda one: (one.decision_id != row.decision_id, one.decision_id))
            yield rule.Hit(
                key=str(row.decision_id),
                facts={**facts, "percent": percent, "deviation": row.deviation},
                persons=[*seen.officers(connection, row.case_id), row.decided_by],
                proofs=[rule.Proof(one.case_id, facts={"fine": one.fine, "own": one is row}) for one in alike],
            )


def _fines(connection: Connection, values: Mapping[str, Any]) -> list[sa.Row[Any]]:
    made, found = decision.decision.c, penalty.penalty_decision.c
    query = (
        sa.select(
            found.decision_id, found.case_id, found.fine, made.decided_by, cases.case_file.c.number,
            draft.penalty_draft.c.discretion, draft.penalty_draft.c.deviation,
        )
        .join(decision.decision, made.id == found.decision_id)
        .join(cases.case_file, cases.case_file.c.id == found.case_id)
        .join(draft.penalty_draft, draft.penalty_draft.c.id == found.draft_id)
        .where(made.effective, found.fine > 0, made.decided_at >= rule.since(values))
        .order_by(found.decision_id)
    )  # fmt: skip
    return list(connection.execute(query))
