"""The wrong try: guesses at passwords and numbers are counted in the database; too many lock for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db
from engine.ground import forgetting

TRIES = 5
WINDOW = timedelta(minutes=15)
"""So many wrong tries within this time lock whoever made them; ours."""

wrong_try = sa.Table(
    "wrong_try",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("scope", sa.String(20), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("at", db.Utc, nullable=False),
    sa.Index(None, "scope", "name", "at"),
)
"""Wrong tries since the last right one, whether or not there is such a login or number; those of the last half hour
count."""


@dataclass(frozen=True)
class Lock:
    """What is guessed at: its kind, its name as it was typed, and how many wrong tries lock it."""

    scope: str
    name: str
    tries: int = TRIES


def locked_until(connection: Connection, lock: Lock) -> datetime | None:
    """Return until when the lock is closed: 15 minutes after the last of too many tries within 15 minutes."""
    tries = times(connection, lock)
    if len(tries) < lock.tries or tries[0] - tries[-1] > WINDOW or clock.now() >= tries[0] + WINDOW:
        return None
    return tries[0] + WINDOW


def count(connection: Connection, lock: Lock, address: str) -> int:
    """Count one wrong try and return how many there are, as far as they matter; old ones are thrown away."""
    mine = (wrong_try.c.scope == lock.scope, wrong_try.c.name == lock.name[:64])
    connection.execute(sa.delete(wrong_try).where(*mine, wrong_try.c.at <= clock.now() - 2 * WINDOW))
    row = {"scope": lock.scope, "name": lock.name[:64], "address": address[:64], "at": clock.now()}
    connection.execute(sa.insert(wrong_try).values(row))
    return len(times(connection, lock))


def forget(connection: Connection, lock: Lock) -> None:
    """Take the count back after a right try."""
    connection.execute(sa.delete(wrong_try).where(wrong_try.c.scope == lock.scope, wrong_try.c.name == lock.name[:64]))


def forget_old(connection: Connection, before: datetime, most: int) -> int:
    """Throw away ``most`` wrong tries at the most from before a moment; return how many there were."""
    return forgetting.forget(connection, wrong_try, wrong_try.c.at < before, most)


def times(connection: Connection, lock: Lock) -> Sequence[datetime]:
    """Return when it was last tried wrongly, at most as many moments as lock, the latest first."""
    return (
        connection.execute(
            sa.select(wrong_try.c.at)
            .where(wrong_try.c.scope == lock.scope, wrong_try.c.name == lock.name[:64])
            .order_by(wrong_try.c.at.desc(), wrong_try.c.id.desc())
            .limit(lock.tries)
        )
        .scalars()
        .all()
    )
