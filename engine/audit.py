"""The audit event: what happened, when, by whom, under which rule; chained by hash within its stream.

A stream is a case (its business key) or one of the house's own (``house:deployments``, ``house:sign-ins``). Events are
only ever added: triggers refuse UPDATE and DELETE, and each event's hash covers the hash of the one before it, which
its row need not repeat. The head of a stream, its last number and hash, moves with the event, by a trigger too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors
from engine.ground import trace
from engine.ground.prepared import Prepared

GENESIS = "0" * 64
"""What stands for the hash of the event before a stream's first."""

audit_event = sa.Table(
    "audit_event",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("stream", sa.String(80), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", db.Utc, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("on_behalf_of", sa.String(80)),
    sa.Column("action", sa.String(60), nullable=False),
    sa.Column("element", sa.String(200)),
    sa.Column("details", trace.Details, nullable=False),
    sa.Column("definition_hash", db.Digest),
    sa.Column("form_hash", db.Digest),
    sa.Column("hash", db.Digest, nullable=False),
    sa.UniqueConstraint("stream", "seq"),
    sa.Index(None, "at"),
    sa.Index(None, "actor", "at"),
    sa.Index(None, "action", "at"),
    sa.CheckConstraint("seq > 0", name="seq_positive"),
)
_represented = audit_event.c.on_behalf_of.is_not(None)
sa.Index(
    None, audit_event.c.on_behalf_of, audit_event.c.at,
    sqlite_where=_represented, postgresql_where=_represented,
)  # fmt: skip

audit_head = sa.Table(
    "audit_head",
    db.metadata,
    sa.Column("stream", sa.String(80), primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", db.Digest, nullable=False),
    sqlite_with_rowid=False,
)
"""The last event of each stream: what a chain must lead to."""

APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$",
        "CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
        "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
    ],
}
"""The triggers that keep the trail, by dialect; the migrations and :data:`db.metadata` create the same ones."""

_MOVE = (
    "INSERT INTO audit_head (stream, seq, hash) VALUES (NEW.stream, NEW.seq, NEW.hash) "
    "ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;"
)
_MOVES = "CREATE TRIGGER audit_event_moves_head AFTER INSERT ON audit_event"
MOVES_HEAD = {
    "sqlite": [f"{_MOVES} BEGIN {_MOVE} END"],
    "postgresql": [
        f"CREATE FUNCTION move_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_MOVE} RETURN NULL; END $$",
        f"{_MOVES} FOR EACH ROW EXECUTE FUNCTION move_audit_head()",
    ],
}
"""The trigger by which the head of a stream follows its events, by dialect."""

for _triggers in (APPEND_ONLY, MOVES_HEAD):
    db.after_create(audit_event, _triggers)


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's id, ``applicant:<case>``, ``system`` or ``api:<name>``, and for whom."""

    id: str
    on_behalf_of: str | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Event:
    """One thing that happened. ``details`` is JSON: values before and after, reason, explanation."""

    action: str
    actor: Actor
    element: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    definition_hash: str | None = None
    form_hash: str | None = None


@dataclass
class Head:
    """The end of a stream's chain; :func:`record` moves it."""

    stream: str
    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True)
class Break:
    """The first event whose chain does not hold, and why."""

    stream: str
    seq: int
    reason: str


_HEAD = Prepared(
    sa.select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.stream == sa.bindparam("of")).with_for_update()
)
_INSERT = Prepared(sa.insert(audit_event))
_HEADS = "audit head"
"""Under which the unit of work knows the heads that it has locked or moved, so that it reads each of them once."""


def know(connection: Connection, head: Head) -> None:
    """Take note of a stream's head that a query of this transaction has read and locked on its way."""
    db.known(connection)[_HEADS, head.stream] = head


def record(connection: Connection, stream: str, *events: Event) -> None:
    """Write events to a stream, in order; its head stays locked until the transaction ends.

    Raises
    ------
    Conflict
        If somebody else has begun the stream at the same time.
    """
    head = db.known(connection).get((_HEADS, stream)) or head_now(connection, stream)
    try:
        _INSERT.many(connection, list(_chained(head, events, clock.now())))
    except sa.exc.IntegrityError as taken:
        raise errors.Conflict() from taken
    know(connection, head)


def head_of(stream: str) -> sa.ScalarSelect[str]:
    """Return the query of a house's stream's last hash, for whoever keeps what the stream tells the changes of."""
    return sa.select(audit_head.c.hash).where(audit_head.c.stream == stream).scalar_subquery()


def head_now(connection: Connection, stream: str) -> Head:
    """Return a stream's head, locked until the transaction ends where the database locks rows."""
    found = _HEAD.one(connection, of=stream)
    return Head(stream, found.seq, found.hash) if found else Head(stream)


def events() -> sa.Select[Any]:
    """Return the query of events, each with the hash that stands before it in its stream as ``prev_hash``."""
    earlier = audit_event.alias()
    found = sa.select(earlier.c.hash).where(
        earlier.c.stream == audit_event.c.stream, earlier.c.seq == audit_event.c.seq - 1
    )
    genesis = sa.literal(GENESIS, db.Digest())
    return sa.select(audit_event, sa.func.coalesce(found.scalar_subquery(), genesis).label("prev_hash"))


def trail(connection: Connection, stream: str) -> Sequence[sa.Row[Any]]:
    """Return a stream's events in order, with ``prev_hash`` as :func:`events`."""
    return connection.execute(events().where(audit_event.c.stream == stream).order_by(audit_event.c.seq)).all()


def verify(connection: Connection, head: Head) -> Break | None:
    """Recompute a stream's chain against its kept head; return the first event that does not hold, or None."""
    seq, previous = 0, GENESIS
    mine = sa.select(audit_event).where(audit_event.c.stream == head.stream)
    for row in connection.execute(mine.order_by(audit_event.c.seq)):
        seq += 1
        if row.seq != seq:
            return Break(head.stream, seq, "missing")
        if row.hash != digest({**row._mapping, "prev_hash": previous}):
            return Break(head.stream, seq, "changed")
        previous = row.hash
    if (seq, previous) != (head.seq, head.hash):
        return Break(head.stream, seq + 1, "truncated")
    return None


def holds(event: sa.Row[Any]) -> bool:
    """Tell whether an event that :func:`events` found is still what its hash was computed from."""
    return bool(event.hash == digest(event._mapping))


def _chained(head: Head, events: Sequence[Event], at: datetime) -> Iterator[dict[str, Any]]:
    for event in events:
        row: dict[str, Any] = {
            "stream": head.stream,
            "seq": head.seq + 1,
            "at": at,
            "actor": event.actor.id,
            "on_behalf_of": event.actor.on_behalf_of,
            "action": event.action,
            "element": event.element,
            "details": event.details,
            "definition_hash": event.definition_hash,
            "form_hash": event.form_hash,
            "prev_hash": head.hash,
        }
        row["hash"] = digest(row)
        del row["prev_hash"]
        head.seq, head.hash = row["seq"], row["hash"]
        yield row


_HASHED = (
    *("stream", "seq", "actor", "on_behalf_of", "action", "element"),
    *("details", "definition_hash", "form_hash", "prev_hash"),
)


def digest(row: Any) -> str:
    """Return the hash of an event: SHA-256 over its canonical JSON, keys sorted, ``at`` in UTC with microseconds.

    ``prev_hash``, the hash of the event before it, is part of it. The same on every database, however it keeps moments
    and hashes; whoever proves an export computes it anew.
    """
    body = {name: row[name] for name in _HASHED} | {"at": row["at"].isoformat(timespec="microseconds")}
    return hashlib.sha256(db.canonical(body)).hexdigest()
