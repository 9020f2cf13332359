"""The push of a case: what another unit must know of it, written with the change, and the receipt it owes us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, jobs, outbox
from engine.cases import case as cases
from engine.cases.clocks import setting, supervision
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.together import Question

PURPOSES = {
    "": N_("for your information"),
    "grant": N_("supervision after the grant"),
    "finding": N_("finding of the supervision after a licence"),
    "promise_check": N_("check of a promise"),
    "licence_change": N_("change of a licence"),
    "licence_fraud": N_("licence got by fraud"),
    "false_material": N_("false material"),
    "pre_review": N_("first review for the higher authority"),
    "penalty.approval": N_("penalty, for the review of licences"),
    "penalty.command": N_("penalty, for the supervision of places"),
    "penalty.discipline": N_("penalty, for the supervision of officers"),
    "penalty.corrected": N_("penalty corrected"),
}
"""What a push is for; marked for translation. A process may name others, which are shown as they are written."""

VIEWS = ("open", "confirmed", "all")
"""Which pushes a receiver may list: those still to be confirmed, the confirmed ones, all."""
STANDINGS = ("unsent", "unconfirmed", "late")
"""What may be wrong with a push: not delivered yet, delivered and not confirmed, not confirmed in time."""

push = sa.Table(
    "push",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("outbox_id", db.Id, sa.ForeignKey("outbox.id"), nullable=False, unique=True),
    sa.Column("purpose", sa.String(60), nullable=False),
    sa.Column("receipt_due_at", db.Utc, nullable=False),
    sa.Column("alarmed", sa.Boolean, nullable=False),
    sa.Index(None, "case_id"),
    sa.Index("ix_push_unalarmed", "receipt_due_at", sqlite_where=sa.text("NOT alarmed"),
             postgresql_where=sa.text("NOT alarmed")),
)  # fmt: skip
"""What the outbox does not know: the case, the purpose and until when the receipt is due."""
_told = outbox.outbox.c
_SOURCE = push.join(outbox.outbox, _told.id == push.c.outbox_id)


def send(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    receiver: str,
    kind: str,
    purpose: str,
    content: Mapping[str, Any],
) -> int:
    """Send one push and return the outbox's key; a job delivers it once the change is committed."""
    values = setting.load(connection)
    calendar = calendars.load(connection, year_end=values["year_end"])
    due_at = calendar.working_days_after(clock.now(), values["push_receipt_days"]).at
    body = {"number": case.number, "item": case.item_name, "purpose": purpose, **content}
    key = outbox.push(connection, receiver, kind, body, case.number)
    connection.execute(
        sa.insert(push).values(case_id=case.id, outbox_id=key, purpose=purpose, receipt_due_at=due_at, alarmed=False)
    )
    if due_at is not None:
        jobs.add(connection, "receipt", due_at, {})
    details = {"push": key, "receiver": receiver, "kind": kind, "purpose": purpose}
    trail.record(connection, case.number, actor, "push.written", **details)
    return key


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the case's pushes in order, with purpose, the receipt's last moment and the outbox's columns."""
    return OF_CASE.all(connection, case=case_id)


def page(
    connection: Connection, where: sa.ColumnElement[bool], *, before: int | None = None, limit: int = 20
) -> Sequence[sa.Row[Any]]:
    """Return pushes that fit a condition on ``outbox`` and ``push``, newest first, from below the key ``before``.

    Each row carries the outbox's columns, ``purpose`` and ``receipt_due_at``.
    """
    query = _joined().where(where)
    if before is not None:
        query = query.where(_told.id < before)
    return connection.execute(query.order_by(_told.id.desc()).limit(limit)).all()


def one(connection: Connection, push_id: int) -> sa.Row[Any]:
    """Return one push as :func:`page` does."""
    return connection.execute(_joined().where(_told.id == push_id)).one()


def number(connection: Connection, where: sa.ColumnElement[bool]) -> int:
    """Count the pushes that fit a condition."""
    return connection.scalar(sa.select(sa.func.count()).select_from(_SOURCE).where(where)) or 0


def viewed(view: str) -> sa.ColumnElement[bool]:
    """Return the condition of one of :data:`VIEWS`."""
    conditions = {"open": _told.received_at.is_(None), "confirmed": _told.received_at.is_not(None)}
    return conditions.get(view, sa.true())


def standing(wanted: str) -> sa.ColumnElement[bool]:
    """Return the condition of one of :data:`STANDINGS`."""
    if wanted == "unsent":
        return _told.sent_at.is_(None)
    if wanted == "unconfirmed":
        return sa.and_(_told.sent_at.is_not(None), _told.received_at.is_(None))
    return sa.and_(_told.received_at.is_(None), push.c.receipt_due_at <= clock.now())


def confirm(connection: Connection, actor: audit.Actor, push_id: int, *, seen: bool = False) -> sa.Row[Any]:
    """Note that a push has arrived, or with ``seen`` that it was read; what was supervised for it is closed.

    Raises
    ------
    OutboxUnknown
        If there is no such push, or it has not been sent yet.
    """
    row = (outbox.read if seen else outbox.receive)(connection, actor, push_id)
    kept = connection.execute(sa.select(push).where(push.c.outbox_id == push_id)).one_or_none()
    if kept is not None and kept.alarmed:
        case = cases.by_id(connection, kept.case_id)
        for found in supervision.of(connection, case.id):
            if found.reason == "no_receipt" and found.facts.get("push") == push_id and found.closed_at is None:
                supervision.close(connection, actor, case, found.id)
    return row


def _joined() -> sa.Select[Any]:
    return sa.select(push.c.purpose, push.c.receipt_due_at, outbox.outbox).select_from(_SOURCE)


OF_CASE = Question(_joined().where(push.c.case_id == sa.bindparam("case", type_=db.Id)), push.c.id)


def sweep(connection: Connection, actor: audit.Actor = audit.SYSTEM) -> int:
    """Open a supervision for every push whose receipt is late; return how many."""
    late = connection.execute(
        sa.select(push, outbox.outbox.c.receiver, outbox.outbox.c.pushed_at)
        .join(outbox.outbox, outbox.outbox.c.id == push.c.outbox_id)
        .where(
            push.c.alarmed.is_(False),
            push.c.receipt_due_at <= clock.now(),
            outbox.outbox.c.received_at.is_(None),
        )
        .order_by(push.c.receipt_due_at)
        .with_for_update(skip_locked=True, of=push)
    ).all()
    for row in late:
        connection.execute(sa.update(push).where(push.c.id == row.id).values(alarmed=True))
        supervision.open_(
            connection,
            actor,
            cases.by_id(connection, row.case_id),
            level="supervise",
            target=setting.load(connection)["supervise_overdue"],
            reason="no_receipt",
            push=row.outbox_id,
            receiver=row.receiver,
            sent_on=clock.day(row.pushed_at).isoformat(),
        )
    return len(late)


@jobs.runs("receipt")
def _look(connection: Connection, row: sa.Row[Any]) -> None:
    sweep(connection)
