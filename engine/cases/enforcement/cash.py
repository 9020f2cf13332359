"""Cash collected on the spot: only where art. 68, 69 allow it, against a fiscal receipt, and handed on in two steps."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.reading import trail
from engine.errors import N_

GROUNDS = {
    "small": N_("a fine of at most 100 yuan, decided on the spot (行政处罚法68(一))"),
    "hard": N_("otherwise hard to execute, decided on the spot (行政处罚法68(二))"),
    "remote": N_("remote, on water or without transport, at the party's request (行政处罚法69)"),
}
SMALL = 100
"""Up to so many yuan a fine imposed on the spot may be taken in cash, the figure included (行政处罚法68(一))."""

cash_collection = sa.Table(
    "cash_collection",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False, unique=True),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("ground", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("receipt_no", sa.String(60), nullable=False),
    sa.Column("collected_by", sa.String(80), nullable=False),
    sa.Column("collected_at", db.Utc, nullable=False),
    sa.Column("to_organ_at", db.Utc),
    sa.Column("to_bank_at", db.Utc),
    sa.CheckConstraint("amount > 0", name="amount_positive"),
    sa.CheckConstraint("ground IN ('small', 'hard', 'remote')", name="ground_known"),
    sa.CheckConstraint("ground <> 'small' OR amount <= 100", name="small_is_small"),
    sa.CheckConstraint("ground = 'small' OR reason <> ''", name="reason_given"),
    sa.CheckConstraint("receipt_no <> ''", name="receipt_given"),
    sa.CheckConstraint("to_bank_at IS NULL OR to_organ_at IS NOT NULL", name="organ_before_bank"),
)


def collect(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    amount: int,
    simple: bool,
    ground: str,
    receipt_no: str,
    reason: str = "",
) -> sa.Row[Any]:
    """Take the fine in cash; the officer has two working days to hand it to the organ (行政处罚法71).

    Parameters
    ----------
    simple
        Whether the decision was made on the spot; 68 allows cash only then, 69 always.
    reason
        Why it would be hard to execute, or what the party has asked for.

    Raises
    ------
    CashForbidden
        If no ground of 68 or 69 holds.
    CashReceiptMissing
        Without a receipt of the fiscal authority the party may refuse to pay (70).
    """
    if not receipt_no.strip():
        raise errors.CashReceiptMissing
    small = ground == "small" and simple and amount <= SMALL
    reasoned = bool(reason.strip()) and (ground == "remote" or (ground == "hard" and simple))
    if not (small or reasoned):
        raise errors.CashForbidden(amount=amount)
    row = connection.execute(
        sa.insert(cash_collection)
        .values(case_id=case.id, amount=amount, ground=ground, reason=reason, receipt_no=receipt_no,
                collected_by=actor.id, collected_at=clock.now())
        .returning(cash_collection)
    ).one()  # fmt: skip
    trail.record(connection, case.number, actor, "cash.collected", amount=amount, ground=ground, receipt_no=receipt_no)
    deadline.start(connection, actor, case, "cash_to_organ")
    return row


def hand_over(connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, to: str) -> sa.Row[Any]:
    """Note that the cash reached the organ, or from there the bank; each has two working days (行政处罚法71).

    Parameters
    ----------
    to : ``organ`` or ``bank``.

    Raises
    ------
    CashUnknown
        If no cash was collected, or the organ has not got it yet.
    """
    row = of(connection, case.id)
    if row is None or (to == "bank" and row.to_organ_at is None):
        raise errors.CashUnknown
    column = f"to_{to}_at"
    if getattr(row, column) is None:
        changed = sa.update(cash_collection).where(cash_collection.c.id == row.id)
        connection.execute(changed.values(**{column: clock.now()}))
        trail.record(connection, case.number, actor, f"cash.to_{to}", amount=row.amount)
    deadline.meet(connection, actor, case, f"cash_to_{to}")
    if to == "organ":
        deadline.start(connection, actor, case, "cash_to_bank")
    return connection.execute(sa.select(cash_collection).where(cash_collection.c.id == row.id)).one()


def of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the cash that was collected in a case, or None."""
    return connection.execute(sa.select(cash_collection).where(cash_collection.c.case_id == case_id)).one_or_none()
