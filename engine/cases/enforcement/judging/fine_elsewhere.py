"""A fine that another organ has imposed for the act of a case: the town imposes none any more (行政处罚法29)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.reading import trail

fine_elsewhere = sa.Table(
    "fine_elsewhere",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("organ", sa.String(200), nullable=False),
    sa.Column("number", sa.String(80), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.UniqueConstraint("case_id", "organ", "number"),
    sa.CheckConstraint("organ <> '' AND number <> ''", name="named"),
    sa.CheckConstraint("amount > 0", name="amount_positive"),
)
"""``amount`` in yuan; ``number`` is that of the other organ's decision, ``decided_on`` its day."""


def note(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> None:
    """Note the other organ's fine; noted once, it stays.

    Parameters
    ----------
    given
        ``organ``, ``number``, ``decided_on`` (ISO day) and ``amount`` of its decision.

    Raises
    ------
    FineElsewhereIncomplete
        If one of them is missing or cannot be.
    """
    texts = {name: str(given.get(name) or "").strip() for name in ("organ", "number")}
    amount, text = int(given.get("amount") or 0), str(given.get("decided_on") or "")[:10]
    decided_on = date.fromisoformat(text) if text else None
    right = {**texts, "amount": amount > 0, "decided_on": decided_on is not None and decided_on <= clock.today()}
    wrong = next((name for name, holds in right.items() if not holds), None)
    if wrong:
        raise errors.FineElsewhereIncomplete(field=f"fined.{wrong}")
    if any((row.organ, row.number) == (texts["organ"], texts["number"]) for row in of(connection, case.id)):
        return
    values = {"case_id": case.id, "amount": amount, "decided_on": decided_on, **texts}
    connection.execute(sa.insert(fine_elsewhere).values(values))
    facts = {**texts, "amount": amount, "decided_on": text}
    trail.record(connection, case.number, actor, "fine.imposed_elsewhere", **facts)


def of(connection: Connection, case_id: int) -> list[sa.Row[Any]]:
    """Return the fines of other organs that were noted on a case."""
    found = sa.select(fine_elsewhere).where(fine_elsewhere.c.case_id == case_id)
    return list(connection.execute(found.order_by(fine_elsewhere.c.id)))


def require_none(connection: Connection, case: sa.Row[Any]) -> None:
    """Refuse a fine for an act that another organ has fined.

    Raises
    ------
    PenaltySecondFine
    """
    known = of(connection, case.id)
    if known:
        raise errors.PenaltySecondFine(number=known[0].number)
