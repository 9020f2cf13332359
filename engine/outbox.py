"""The outbox: what other units and systems are told, written with the change, delivered by a job, with receipts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, jobs

outbox = sa.Table(
    "outbox",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("receiver", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("business_key", sa.String(80), nullable=False),
    sa.Column("payload", db.Json, nullable=False),
    sa.Column("pushed_at", db.Utc, nullable=False),
    sa.Column("sent_at", db.Utc),
    sa.Column("received_at", db.Utc),
    sa.Column("received_by", sa.String(80)),
    sa.Column("read_at", db.Utc),
    sa.Column("read_by", sa.String(80)),
    sa.CheckConstraint("received_at IS NULL OR sent_at IS NOT NULL", name="received_after_sent"),
    sa.CheckConstraint("read_at IS NULL OR received_at IS NOT NULL", name="read_after_received"),
    sa.CheckConstraint("(received_at IS NULL) = (received_by IS NULL)", name="received_by_somebody"),
    sa.CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name="read_by_somebody"),
    sa.Index(None, "receiver", "received_at", "id"),
    sa.Index(None, "business_key"),
)

Channel = Callable[[Connection, sa.Row[Any]], None]
_channels: dict[str, Channel] = {}


def channel(receiver: str) -> Callable[[Channel], Channel]:
    """Register what carries pushes to one receiver; whatever it raises is tried again like any job.

    A receiver without a channel is a unit of this house, which finds the push under its name; it counts as sent once
    the job has run. A channel may be called twice for one push after a crash: the row's id tells the other side so.

    Raises
    ------
    ValueError
        If the receiver has another channel: where a push goes must not depend on the order of imports.
    """

    def register(function: Channel) -> Channel:
        if _channels.setdefault(receiver, function) is not function:
            raise ValueError(f"{receiver!r} has two channels")
        return function

    return register


def push(connection: Connection, receiver: str, kind: str, payload: Mapping[str, Any], business_key: str) -> int:
    """Write what ``receiver`` has to be told; return the push's key. It leaves only if the transaction commits."""
    values = {
        "receiver": receiver,
        "kind": kind,
        "payload": dict(payload),
        "business_key": business_key,
        "pushed_at": clock.now(),
    }
    key: int = connection.execute(sa.insert(outbox).values(values).returning(outbox.c.id)).scalar_one()
    jobs.add(connection, "outbox", clock.now(), {"outbox": key})
    return key


@jobs.runs("outbox")
def _deliver(connection: Connection, job: sa.Row[Any]) -> None:
    row = connection.execute(
        sa.select(outbox).where(outbox.c.id == job.payload["outbox"], outbox.c.sent_at.is_(None)).with_for_update()
    ).one_or_none()
    if row is None:
        return
    if row.receiver in _channels:
        _channels[row.receiver](connection, row)
    connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(sent_at=clock.now()))


def receive(connection: Connection, actor: audit.Actor, push_id: int, *, receiver: str | None = None) -> sa.Row[Any]:
    """Take the receiver's word that the push has arrived; the first word counts, later ones change nothing.

    Raises
    ------
    OutboxUnknown
        If there is no such push, it has not been sent yet, or it went to another than the ``receiver`` that is named.
    """
    row = _sent(connection, push_id)
    if receiver not in (None, row.receiver):
        raise errors.OutboxUnknown()
    return row if row.received_at else _note(connection, actor, row, "push.received", "received")


def read(connection: Connection, actor: audit.Actor, push_id: int) -> sa.Row[Any]:
    """Take note that somebody has read the push, which says that it has arrived too; errors as :func:`receive`."""
    row = receive(connection, actor, push_id)
    return row if row.read_at else _note(connection, actor, row, "push.read", "read")


def _sent(connection: Connection, push_id: int) -> sa.Row[Any]:
    row = connection.execute(
        sa.select(outbox).where(outbox.c.id == push_id, outbox.c.sent_at.is_not(None)).with_for_update()
    ).one_or_none()
    if row is None:
        raise errors.OutboxUnknown()
    return row


def _note(connection: Connection, actor: audit.Actor, row: sa.Row[Any], action: str, what: str) -> sa.Row[Any]:
    changed = connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == row.id)
        .values({f"{what}_at": clock.now(), f"{what}_by": actor.id})
        .returning(outbox)
    ).one()
    details = {"push": row.id, "receiver": row.receiver, "kind": row.kind}
    audit.record(connection, row.business_key, audit.Event(action, actor, details=details))
    return changed


def waiting(connection: Connection, receiver: str, *, after: int = 0, limit: int = 20) -> Sequence[sa.Row[Any]]:
    """Return what was sent to a receiver and not confirmed yet, the oldest first, from above the key ``after``."""
    mine = (outbox.c.receiver == receiver, outbox.c.received_at.is_(None), outbox.c.sent_at.is_not(None))
    query = sa.select(outbox).where(*mine, outbox.c.id > after).order_by(outbox.c.id).limit(limit)
    return connection.execute(query).all()


def of_case(connection: Connection, business_key: str) -> Sequence[sa.Row[Any]]:
    """Return everything that was pushed for a case, in order."""
    return connection.execute(
        sa.select(outbox).where(outbox.c.business_key == business_key).order_by(outbox.c.id)
    ).all()
