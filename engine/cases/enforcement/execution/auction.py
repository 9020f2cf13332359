"""The auction of what was seized, its proceeds set off against the fine (行政强制法46(3); 行政处罚法72(1)(二))."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.execution import payment, route
from engine.cases.enforcement.investigation import seizure
from engine.cases.reading import trail

auction = sa.Table(
    "auction",
    db.metadata,
    sa.Column("execution_id", db.Id, sa.ForeignKey("execution.id"), primary_key=True),
    sa.Column("proceeds", sa.BigInteger, nullable=False),
    sa.Column("set_off", sa.BigInteger, nullable=False),
    sa.Column("reference", sa.String(80), nullable=False),
    sa.Column("recorded_by", sa.String(80), nullable=False),
    sa.CheckConstraint("proceeds > 0", name="proceeds_positive"),
    sa.CheckConstraint("set_off > 0 AND set_off <= proceeds", name="set_off_from_proceeds"),
    sa.CheckConstraint("reference <> ''", name="reference_given"),
)
"""What the proceeds exceed the fine by is the party's."""


def require_seized(connection: Connection, case: sa.Row[Any]) -> None:
    """Refuse where nothing was seized in the case, or nothing was kept: what a seizure frees goes back at once (28(2)).

    Raises
    ------
    AuctionForbidden
    """
    if not seizure.kept(connection, case.id):
        raise errors.AuctionForbidden


def settle(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Set the proceeds off against what is open of the fine.

    Parameters
    ----------
    given
        ``proceeds`` (whole yuan), ``reference`` of the auction house or the bank.

    Raises
    ------
    ExecutionUnknown
        If no auction was chosen.
    PaymentWrong
        If proceeds or reference are missing, or were booked before.
    """
    running = route.require(connection, case, "fine", "auction")
    reference, proceeds = str(given.get("reference") or "").strip(), int(given.get("proceeds") or 0)
    if proceeds <= 0:
        raise errors.PaymentWrong(field="proceeds")
    debt = payment.require(connection, case)
    used = min(proceeds, int(debt.amount) - payment.paid(connection, debt))
    told = {"amount": used, "reference": reference, "channel": "auction", "paid_on": clock.today().isoformat()}
    payment.pay(connection, actor, case, told)
    seizure.sell(connection, actor, case, reference)
    values = {"execution_id": running.id, "proceeds": proceeds, "set_off": used, "reference": reference}
    row = connection.execute(sa.insert(auction).values(**values, recorded_by=actor.id).returning(auction)).one()
    facts = {"proceeds": proceeds, "set_off": used, "surplus": proceeds - used}
    trail.record(connection, case.number, actor, "fine.set_off", **facts)
    return row
