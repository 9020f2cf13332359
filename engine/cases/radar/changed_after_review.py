"""Drafts changed after the review had passed (处罚法58), with no plea, hearing or recheck that would explain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases import case as cases
from engine.cases.enforcement.judging import draft, hearing, plea, recheck, review
from engine.cases.radar import rule, seen


@rule.finds("changed_after_review")
def find(connection: Connection, values: Mapping[str, Any]) -> Iterator[rule.Hit]:
    """Yield every draft that followed a reviewed one."""
    for row in _changed(connection, values):
        before, after = draft.get(connection, row.reviewed), draft.get(connection, row.id)
        changes = "；".join(str(change) for change in draft.differences(before.content, after.content))
        events = seen.events(connection, row.number, "penalty.reviewed", "penalty.drafted")
        yield rule.Hit(
            key=str(row.id),
            facts={"case": row.number, "changes": changes},
            persons=[row.written_by],
            proofs=[rule.Proof(row.case_id, event.id, {"action": event.action}) for event in events],
        )


def _changed(connection: Connection, values: Mapping[str, Any]) -> list[sa.Row[Any]]:
    later, earlier = draft.penalty_draft.alias("after"), draft.penalty_draft.alias("before")
    after, before, passed = later.c, earlier.c, review.legal_review.c

    def between(table: sa.Table, moment: str) -> sa.ColumnElement[bool]:
        return sa.exists().where(
            table.c.case_id == after.case_id,
            table.c[moment] > passed.reviewed_at,
            table.c[moment] <= after.written_at,
        )

    query = (
        sa.select(after.id, after.case_id, after.written_by, before.id.label("reviewed"), cases.case_file.c.number)
        .select_from(later)
        .join(earlier, sa.and_(before.case_id == after.case_id, after.version == before.version + 1))
        .join(review.legal_review, passed.draft_id == before.id)
        .join(cases.case_file, cases.case_file.c.id == after.case_id)
        .where(
            passed.result == "passed", after.written_at > passed.reviewed_at, after.written_at >= rule.since(values),
            ~between(plea.plea, "registered_at"), ~between(hearing.penalty_hearing, "held_at"),
            ~between(recheck.penalty_recheck, "rechecked_at"),
        )
        .distinct()
        .order_by(after.id)
    )  # fmt: skip
    return list(connection.execute(query))
