"""Licences granted to a party while a penalty in force against it was not yet closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases import case as cases
from engine.cases import decision
from engine.cases.people import party
from engine.cases.radar import rule


@rule.finds("licence_under_penalty")
def find(connection: Connection, values: Mapping[str, Any]) -> Iterator[rule.Hit]:
    """Yield every licence with the penalty that was open when it was granted."""
    for row in _granted(connection, values):
        yield rule.Hit(
            key=f"{row.granted}~{row.penalised}",
            facts={"case": row.number, "party": row.name, "other": row.other},
            persons=[who for who in (row.drafted_by, row.decided_by) if who],
            proofs=[rule.Proof(row.case_id), rule.Proof(row.other_id)],
        )


def _granted(connection: Connection, values: Mapping[str, Any]) -> list[sa.Row[Any]]:
    tables = [table.alias(f"{table.name}_{side}") for side in ("ours", "theirs")
              for table in (decision.decision, cases.case_file, party.party)]  # fmt: skip
    granted, case, who, penalised, other, whose = (table.c for table in tables)
    query = (
        sa.select(
            granted.id.label("granted"), penalised.id.label("penalised"), case.id.label("case_id"), case.number,
            other.id.label("other_id"), other.number.label("other"), who.name, granted.drafted_by, granted.decided_by,
        )
        .select_from(tables[0])
        .join(tables[1], case.id == granted.case_id)
        .join(tables[2], who.id == case.applicant_id)
        .join(tables[5], sa.or_(whose.id == who.id, sa.and_(who.id_number != "", whose.id_number == who.id_number)))
        .join(tables[4], other.applicant_id == whose.id)
        .join(tables[3], penalised.case_id == other.id)
        .where(
            granted.effective, granted.result == "granted", granted.decided_at >= rule.since(values),
            penalised.effective, penalised.result == "penalised", penalised.decided_at < granted.decided_at,
            sa.or_(other.closed_at.is_(None), other.closed_at > granted.decided_at),
        )
        .order_by(granted.id, penalised.id)
    )  # fmt: skip
    return list(connection.execute(query))
