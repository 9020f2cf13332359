"""The idempotency key: a request sent twice is carried out once and answered alike, as long as its key is kept."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors
from engine.ground import forgetting
from engine.ground.prepared import Prepared

LONGEST = 80
"""How many characters a key may have."""

idempotency_key = sa.Table(
    "idempotency_key",
    db.metadata,
    sa.Column("actor", sa.String(80), primary_key=True),
    sa.Column("key", sa.String(LONGEST), primary_key=True),
    sa.Column("request_hash", db.Digest, nullable=False),
    sa.Column("answer", db.Json, nullable=False),
    sa.Column("at", db.Utc, nullable=False),
    sqlite_with_rowid=False,
)


_FIND = Prepared(
    sa.select(idempotency_key.c.request_hash, idempotency_key.c.answer).where(
        idempotency_key.c.actor == sa.bindparam("by"), idempotency_key.c.key == sa.bindparam("sent")
    )
)
_INSERT = Prepared(sa.insert(idempotency_key))


def request_hash(request: Any) -> str:
    """Return the hash of what a request asks for, a JSON value."""
    return hashlib.sha256(db.canonical(request)).hexdigest()


def answer(connection: Connection, actor: str, key: str, request: str) -> Any | None:
    """Return what was answered to this request before, or None if it is new.

    Raises
    ------
    IdempotencyKeyReused
        If the key belongs to another request.
    """
    row = _FIND.one(connection, by=actor, sent=key)
    if row is None:
        return None
    if row.request_hash != request:
        raise errors.IdempotencyKeyReused()
    return row.answer


def remember(connection: Connection, actor: str, key: str, request: str, answer: Any) -> None:
    """Keep the answer with the change it belongs to; of two at once the second violates the key and is rolled back."""
    _INSERT.run(connection, actor=actor, key=key, request_hash=request, answer=answer, at=clock.now())


def forget(connection: Connection, before: datetime, most: int) -> int:
    """Throw away ``most`` keys at the most that were used before a moment; return how many there were."""
    return forgetting.forget(connection, idempotency_key, idempotency_key.c.at < before, most)
