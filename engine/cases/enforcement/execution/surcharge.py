"""The decision on a late fee (加处罚款决定): the organ may make it; never above the fine, never untold.

行政处罚法72(1)(一), 73(3); 行政强制法45; 罚缴办法7.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import given_day
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import late_fee, payment
from engine.cases.enforcement.investigation import acting
from engine.cases.reading import trail

late_fee_decision = sa.Table(
    "late_fee_decision",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("fine_id", db.Id, sa.ForeignKey("fine.id"), nullable=False, unique=True),
    sa.Column("fine", sa.BigInteger, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("since_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    sa.Column("readings", db.Json, nullable=False),
    sa.Column("decided_by", sa.String(80), nullable=False),
    sa.Column("decided_at", db.Utc, nullable=False),
    sa.CheckConstraint("amount >= 0 AND amount <= fine", name="never_above_the_fine"),
    sa.CheckConstraint("until_on >= since_on", name="days_in_order"),
)


def counted(connection: Connection, case: sa.Row[Any], until: date | None = None) -> late_fee.LateFee:
    """Return the late fee of the case's fine through a day (today by default), under the settings in force."""
    debt = payment.require(connection, case)
    readings = late_fee.Readings.of(setting.load(connection))
    return late_fee.count(payment.debt_of(connection, case, debt), until or clock.today(), readings)


def impose(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Add the late fee through a day, as the head of the organ.

    Parameters
    ----------
    given
        ``until`` (ISO day, else today) and, if the form names it, the ``amount``: it must be what the days come to.

    Raises
    ------
    NoDecisionInForce, ExecutionBeforeService, FineUnknown
        If there is no fine to carry out.
    LateFeeNotTold
        If the decision did not name it (行政强制法45(1); 罚缴办法7).
    LateFeeNotDue
        If nothing is overdue: not due yet, a plan in force, or a remedy open all the time (73(3)).
    LateFeeWrong
        If another amount is wanted than the days come to, never more than the fine.
    NotTheHead
        If somebody else decides.
    """
    debt = payment.require(connection, case)
    if not payment.told_of_late_fee(connection, case):
        raise errors.LateFeeNotTold
    acting.require_head(connection, actor.id, *payment.HEADS)
    until = given_day.or_today(given.get("until"))
    found = counted(connection, case, min(until, clock.today()))
    if found.since is None or not found.amount:
        raise errors.LateFeeNotDue(day=until.isoformat())
    if given.get("amount") not in (None, "", found.amount):
        raise errors.LateFeeWrong(given=given["amount"], amount=found.amount, days=found.days)
    values = setting.load(connection)
    row = connection.execute(
        sa.insert(late_fee_decision)
        .values(
            fine_id=debt.id,
            fine=debt.amount,
            amount=found.amount,
            days=found.days,
            since_on=found.since,
            until_on=min(until, clock.today()),
            readings={key: values[key] for key in late_fee.READINGS},
            decided_by=actor.id,
            decided_at=clock.now(),
        )
        .returning(late_fee_decision)
    ).one()
    trail.record(connection, case.number, actor, "fine.late_fee", **found.as_json(), readings=row.readings)
    return row


def recount(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> sa.Row[Any] | None:
    """Count a late fee that was added anew, on the fine that a reconsideration or a court has left.

    It never rises, and it falls with the fine; None where none was added (行政强制法41, 45(2)).
    """
    debt = payment.of(connection, case.id)
    row = of(connection, debt.id) if debt is not None else None
    if debt is None or row is None:
        return None
    readings = late_fee.Readings(**row.readings)
    found = late_fee.count(payment.debt_of(connection, case, debt), row.until_on, readings)
    amount = min(row.amount, found.amount)
    changed = connection.execute(
        sa.update(late_fee_decision)
        .where(late_fee_decision.c.id == row.id)
        .values(amount=amount, fine=debt.amount)
        .returning(late_fee_decision)
    ).one()
    trail.record(connection, case.number, actor, "fine.late_fee_changed", before=row.amount, after=amount)
    return changed


def of(connection: Connection, fine_id: int) -> sa.Row[Any] | None:
    """Return the decision on a late fee of a fine, if it was made."""
    return connection.execute(sa.select(late_fee_decision).where(late_fee_decision.c.fine_id == fine_id)).one_or_none()
