"""Paying a fine: due fifteen days after service, at the bank or electronically, deferred or in parts if approved.

行政处罚法66(2), 67. Who decides does not collect: cash is taken nowhere but under art. 68 and 69, by
:mod:`engine.cases.enforcement.cash` alone (I14).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline, given_day, remedy
from engine.cases.enforcement import cash, on_the_spot
from engine.cases.enforcement.execution import late_fee, service, windows
from engine.cases.enforcement.investigation import acting
from engine.cases.enforcement.judging import penalty
from engine.cases.papers import document
from engine.cases.reading import trail

PERIOD = "payment"
HEADS = ("town.leader", "town.mayor")
CHANNELS = ("bank", "electronic", "court", "auction")
"""Where money comes in; never in the hands of an officer."""

fine = sa.Table(
    "fine",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False, unique=True),
    sa.Column("decision_id", db.Id, sa.ForeignKey("case_decision.id"), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("decided", sa.BigInteger, nullable=False),
    sa.Column("served_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.CheckConstraint("decided > 0", name="decided_positive"),
    sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    sa.CheckConstraint("due_on > served_on", name="due_after_service"),
)
"""``decided`` is what the decision imposed, ``amount`` what remains of it after reconsideration or a lawsuit."""

fine_payment = sa.Table(
    "fine_payment",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("fine_id", db.Id, sa.ForeignKey("fine.id"), nullable=False),
    sa.Column("channel", sa.String(12), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("paid_on", sa.Date, nullable=False),
    sa.Column("reference", sa.String(80), nullable=False, unique=True),
    sa.Column("recorded_by", sa.String(80), nullable=False),
    sa.CheckConstraint(f"channel IN {CHANNELS}", name="never_cash"),
    sa.CheckConstraint("amount > 0", name="amount_positive"),
    sa.CheckConstraint("reference <> ''", name="reference_given"),
    sa.Index(None, "fine_id"),
)

instalment_plan = sa.Table(
    "instalment_plan",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("fine_id", db.Id, sa.ForeignKey("fine.id"), nullable=False, unique=True),
    sa.Column("applied_on", sa.Date, nullable=False),
    sa.Column("application", sa.Text, nullable=False),
    sa.Column("parts", db.Json, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("approved_by", sa.String(80), nullable=False),
    sa.Column("approved_at", db.Utc, nullable=False),
    sa.CheckConstraint("application <> ''", name="party_has_applied"),
)
"""Approved on the party's application alone (行政处罚法66(2))."""


def open_(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> sa.Row[Any] | None:
    """Let the fine of the decision in force fall due, 15 days after it was served.

    None where there is no fine, or it was collected on the spot under art. 68 or 69.

    Raises
    ------
    NoDecisionInForce, ExecutionBeforeService
        If there is nothing to pay yet.
    """
    made = windows.require_in_force(connection, case)
    amount = imposed(connection, case.id, made.id)
    if not amount or cash.of(connection, case.id) is not None:
        return None
    known = of(connection, case.id)
    if known is not None:
        return known
    served_on = service.effective_on(connection, case, *windows.DECISIONS)
    assert served_on is not None  # in force and served
    moment = clock.midnight(served_on)
    running = deadline.start(connection, actor, case, PERIOD, started_at=moment)
    values = {
        "case_id": case.id, "decision_id": made.id, "amount": amount, "decided": amount, "served_on": served_on,
        "due_on": running.due_on, "code": code_of(case),
    }  # fmt: skip
    row = connection.execute(sa.insert(fine).values(**values).returning(fine)).one()
    facts = {"amount": row.amount, "due_on": row.due_on.isoformat(), "code": row.code}
    trail.record(connection, case.number, actor, "fine.due", **facts)
    return row


def change(connection: Connection, actor: audit.Actor, case: sa.Row[Any], remains: int) -> sa.Row[Any] | None:
    """Carry the amount that reconsideration or a court has left into what is collected; None where nothing is due yet.

    The plan of instalments gives way from its last part on; what is paid already is paid back by
    :mod:`engine.cases.enforcement.execution.challenge`.
    """
    debt = of(connection, case.id)
    if debt is None:
        return None
    changed = connection.execute(
        sa.update(fine).where(fine.c.id == debt.id).values(amount=remains).returning(fine)
    ).one()
    planned = plan(connection, debt.id)
    if planned is not None:
        before = debt.amount - sum(part["amount"] for part in planned.parts)
        parts = _cut([dict(part) for part in planned.parts], max(0, remains - before))
        connection.execute(sa.update(instalment_plan).where(instalment_plan.c.id == planned.id).values(parts=parts))
    trail.record(connection, case.number, actor, "fine.changed", before=debt.amount, after=remains)
    if paid(connection, changed) >= remains and deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)
    return changed


def imposed(connection: Connection, case_id: int, decision_id: int) -> int:
    """Return the fine that a decision has imposed, ordinary or on the spot; 0 without one."""
    based = penalty.of(connection, case_id)
    if based is not None:
        return int(based.fine)
    spot = on_the_spot.spot_penalty.c
    return connection.scalar(sa.select(spot.fine).where(spot.decision_id == decision_id)) or 0


def code_of(case: sa.Row[Any]) -> str:
    """Return the code under which the bank books what is paid in a case."""
    return str(case.number).replace("-", "")


def pay(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record what the bank or the court says has been paid.

    Parameters
    ----------
    given
        ``amount`` (whole yuan), ``paid_on`` (ISO day, else today), ``channel`` (of :data:`CHANNELS`), ``reference``.

    Raises
    ------
    FineUnknown
        If nothing is due.
    CashNotAllowed
        If it was paid to anybody but the bank (行政处罚法67, 68, 69).
    PaymentWrong
        If it is no amount, more than is still open, of a day ahead, or booked before.
    """
    debt = require(connection, case)
    channel = str(given.get("channel") or "bank")
    if channel not in CHANNELS:
        raise errors.CashNotAllowed(channel=channel)
    amount, reference = _whole(given.get("amount")), str(given.get("reference") or "").strip()
    paid_on = given_day.or_today(given.get("paid_on"))
    if not amount or amount > debt.amount - paid(connection, debt):
        raise errors.PaymentWrong(field="amount")
    if not debt.served_on <= paid_on <= clock.today():
        raise errors.PaymentWrong(field="paid_on")
    booked = sa.select(fine_payment.c.id).where(fine_payment.c.reference == reference)
    if not reference or connection.scalar(booked):
        raise errors.PaymentWrong(field="reference")
    values = {"fine_id": debt.id, "channel": channel, "amount": amount, "paid_on": paid_on, "reference": reference}
    row = connection.execute(
        sa.insert(fine_payment).values(**values, recorded_by=actor.id).returning(fine_payment)
    ).one()
    facts = {"amount": amount, "paid_on": paid_on.isoformat(), "channel": channel, "reference": reference}
    trail.record(connection, case.number, actor, "fine.paid", **facts)
    if paid(connection, debt) == debt.amount and deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)
    return row


def approve(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Defer the fine or let it be paid in parts, as the head of the organ (行政处罚法66(2)).

    Parameters
    ----------
    given
        ``applied_on``, ``application`` (what the party says and proves), ``parts`` (list of {due_on, amount}).

    Raises
    ------
    FineUnknown
        If nothing is due.
    InstalmentsWithoutApplication
        If the party has not applied.
    InstalmentsWrong
        If the parts are not in order, or do not add up to what is open.
    NotTheHead
        If somebody else approves.
    """
    debt = require(connection, case)
    application, applied_on = str(given.get("application") or "").strip(), given_day.read(given.get("applied_on"))
    if not application or applied_on is None or applied_on > clock.today():
        raise errors.InstalmentsWithoutApplication
    acting.require_head(connection, actor.id, *HEADS)
    parts = _parts(given.get("parts"))
    days, open_rest = [part.on for part in parts], debt.amount - paid(connection, debt)
    if days != sorted(set(days)) or not days or days[0] < clock.today():
        raise errors.InstalmentsWrong(wanted=open_rest, found="、".join(day.isoformat() for day in days) or "—")
    if sum(part.amount for part in parts) != open_rest or plan(connection, debt.id) is not None:
        raise errors.InstalmentsWrong(wanted=open_rest, found=sum(part.amount for part in parts))
    values = {
        "fine_id": debt.id, "applied_on": applied_on, "application": application, "ends_on": days[-1],
        "parts": [{"due_on": part.on.isoformat(), "amount": part.amount} for part in parts],
        "approved_by": actor.id, "approved_at": clock.now(),
    }  # fmt: skip
    row = connection.execute(sa.insert(instalment_plan).values(**values).returning(instalment_plan)).one()
    trail.record(connection, case.number, actor, "fine.instalments", parts=row.parts, applied_on=applied_on.isoformat())
    if deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)
    return row


def of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the fine of a case, once it has fallen due."""
    return connection.execute(sa.select(fine).where(fine.c.case_id == case_id)).one_or_none()


def require(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """Return the fine of a case whose decision is in force.

    Raises
    ------
    NoDecisionInForce, ExecutionBeforeService, FineUnknown
    """
    windows.require_in_force(connection, case)
    row = of(connection, case.id)
    if row is None:
        raise errors.FineUnknown(number=case.number)
    return row


def payments(connection: Connection, fine_id: int) -> Sequence[sa.Row[Any]]:
    """Return what was paid of a fine, in order of the days."""
    table = fine_payment.c
    return connection.execute(
        sa.select(fine_payment).where(table.fine_id == fine_id).order_by(table.paid_on, table.id)
    ).all()


def paid(connection: Connection, debt: sa.Row[Any]) -> int:
    """Return how much of a fine has been paid."""
    return sum(row.amount for row in payments(connection, debt.id))


def plan(connection: Connection, fine_id: int) -> sa.Row[Any] | None:
    """Return the approved plan of a fine, if there is one."""
    return connection.execute(sa.select(instalment_plan).where(instalment_plan.c.fine_id == fine_id)).one_or_none()


def debt_of(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> late_fee.Debt:
    """Return a fine as the late fee is counted on: what was paid when, the plan, the remedies."""
    planned = plan(connection, row.id)
    before = [] if planned is None else _before(connection, row, planned)
    parts = before + [late_fee.Part(_on(part["due_on"]), part["amount"]) for part in (planned.parts if planned else ())]
    return late_fee.Debt(
        fine=row.amount,
        due_on=row.due_on,
        paid=[late_fee.Part(one.paid_on, one.amount) for one in payments(connection, row.id)],
        plan=parts,
        pauses=[late_fee.Pause(one.applied_on or one.received_on, one.result_on) for one in
                remedy.of(connection, case.id)],
    )  # fmt: skip


def shown(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables and papers may know of a fine."""
    planned, got = plan(connection, row.id), paid(connection, row)
    return {
        "code": row.code,
        "amount": row.amount,
        "due": row.due_on.isoformat(),
        "paid": got,
        "rest": max(0, row.amount - got),
        "done": got >= row.amount,
        "until": (planned.ends_on if planned is not None else row.due_on).isoformat(),
        "instalments": planned is not None,
    }


def told_of_late_fee(connection: Connection, case: sa.Row[Any]) -> bool:
    """Tell whether the decision that was served names the late fee: it does where it asks for a fine (罚缴办法7)."""
    for kind in windows.DECISIONS:
        paper = document.find(connection, case.id, kind)
        if paper is not None and (paper.data.get("fine") or {}).get("amount"):
            return not (paper.data.get("payment") or {}).get("receipt")
    return False


def _cut(parts: list[dict[str, Any]], total: int) -> list[dict[str, Any]]:
    """Return the first parts that make up a total, the last of them in part."""
    kept = []
    for part in parts:
        amount = min(part["amount"], total)
        total -= amount
        if amount:
            kept.append({**part, "amount": amount})
    return kept


def _before(connection: Connection, row: sa.Row[Any], planned: sa.Row[Any]) -> list[late_fee.Part]:
    """Return what had been paid before the plan as a part of its own, so that the parts add up to the fine."""
    approved_on = clock.day(planned.approved_at)
    rest = row.amount - sum(part["amount"] for part in planned.parts)
    return [late_fee.Part(approved_on, rest)] if rest else []


def _parts(given: Any) -> list[late_fee.Part]:
    found = []
    for one in given if isinstance(given, list) else ():
        day, amount = given_day.read(one.get("due_on")), _whole(one.get("amount"))
        if day is None or not amount:
            raise errors.InstalmentsWrong(wanted="—", found=str(one))
        found.append(late_fee.Part(day, amount))
    return found


def _whole(value: Any) -> int:
    """Return an amount in whole yuan, 0 for anything else."""
    try:
        return int(value) if value is not None and int(value) == float(value) and int(value) > 0 else 0
    except (TypeError, ValueError):
        return 0


def _on(text: str) -> date:
    return date.fromisoformat(text)
