"""The push of a case: what another unit must know of it, written with the change, and the receipt it owes us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, jobs, outbox
from engine.cases import case as cases
from engine.cases import setting, supervision, trail

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
    return connection.execute(
        sa.select(push.c.purpose, push.c.receipt_due_at, outbox.outbox)
        .join(outbox.outbox, outbox.outbox.c.id == push.c.outbox_id)
        .where(push.c.case_id == case_id)
        .order_by(push.c.id)
    ).all()


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
            connection.execute(sa.select(cases.case_file).where(cases.case_file.c.id == row.case_id)).one(),
            level="supervise",
            target=setting.load(connection)["supervise_overdue"],
            reason="no_receipt",
            push=row.outbox_id,
            receiver=row.receiver,
            sent_on=row.pushed_at.astimezone(clock.TOWN).date().isoformat(),
        )
    return len(late)


@jobs.runs("receipt")
def _look(connection: Connection, row: sa.Row[Any]) -> None:
    sweep(connection)
