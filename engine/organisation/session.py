"""The session: what a browser's cookie stands for. It lives in the database, so that it can be ended from there."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db
from engine.ground import forgetting
from engine.ground.prepared import Prepared
from engine.organisation import account, person, trail

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)

web_session = sa.Table(
    "web_session",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey(person.person.c.id), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("browser", sa.String(200), nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("seen_at", db.Utc, nullable=False),
    sa.Column("expires_at", db.Utc, nullable=False),
    sa.Column("ended_at", db.Utc),
    sa.Index(None, "person_id", "ended_at"),
    sa.CheckConstraint("expires_at > started_at", name="expires_after_start"),
)
"""Only the hash of the cookie's secret is kept: whoever reads the table cannot use the sessions."""


@dataclass(frozen=True)
class Session:
    """A session in force and its person; ``stale`` asks for :func:`touch` in the next transaction that writes.

    ``heads`` are the last hashes of the streams that were to be watched, None where nothing has been written yet:
    while one stays, nothing it tells of has changed.
    """

    id: int
    person: sa.Row[Any]
    stale: bool
    heads: dict[str, str | None]


def start(
    connection: Connection, person_id: str, address: str, browser: str = "", *, longest: timedelta = LONGEST
) -> str:
    """Start a session after signing in and return the secret for the cookie; it is shown only here.

    It ends ``longest`` after its start, however busy it is.
    """
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    connection.execute(
        sa.insert(web_session).values(
            hash=_hash(secret),
            person_id=person_id,
            address=address[:64],
            browser=browser[:200],
            started_at=now,
            seen_at=now,
            expires_at=now + longest,
        )
    )
    return secret


def find(connection: Connection, secret: str, *, demo: bool = False, watched: tuple[str, ...] = ()) -> Session | None:
    """Return the session of a cookie, or None if it has ended, was idle for two hours or has lasted its longest.

    ``demo`` as in :func:`engine.organisation.account.sign_in`: a demo person's session dies with the demo mode.
    ``watched`` are the streams of the house whose heads the same statement reads.
    """
    now = clock.now()
    row = _finding(watched, demo=demo).one(connection, secret_hash=_hash(secret), now=now, seen_since=now - IDLE)
    if row is None:
        return None
    heads = {stream: row._mapping[stream] for stream in watched}
    return Session(row.session_id, row, stale=now - row.seen_at >= _SEEN_EVERY, heads=heads)


@cache
def _finding(watched: tuple[str, ...], *, demo: bool) -> Prepared:
    """Return the statement of :func:`find`; the hash is unique, so that there is one row at most."""
    heads = [audit.head_of(stream).label(stream) for stream in watched]
    return Prepared(
        sa.select(person.person, web_session.c.id.label("session_id"), web_session.c.seen_at, *heads)
        .join(web_session, web_session.c.person_id == person.person.c.id)
        .join(account.account, account.account.c.person_id == person.person.c.id)
        .where(
            web_session.c.hash == sa.bindparam("secret_hash"),
            web_session.c.ended_at.is_(None),
            web_session.c.expires_at > sa.bindparam("now"),
            web_session.c.seen_at > sa.bindparam("seen_since"),
            account.usable(demo=demo),
        )
    )


def touch(connection: Connection, session_id: int) -> None:
    """Note that the session is in use; once a minute is enough."""
    connection.execute(sa.update(web_session).where(web_session.c.id == session_id).values(seen_at=clock.now()))


def end(connection: Connection, secret: str) -> None:
    """End a session: its cookie works no more. One that has ended already is left alone."""
    row = connection.execute(
        sa.update(web_session)
        .where(web_session.c.hash == _hash(secret), web_session.c.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(web_session.c.person_id)
    ).one_or_none()
    if row is not None:
        trail.record_sign_in(connection, audit.Actor(row.person_id), "account.signed_out")


def end_all(connection: Connection, actor: audit.Actor, person_id: str) -> int:
    """End every session of a person, for example after a new password; return how many there were."""
    ended = connection.execute(
        sa.update(web_session)
        .where(web_session.c.person_id == person_id, web_session.c.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(web_session.c.id)
    ).all()
    trail.record_sign_in(connection, actor, "account.sessions_ended", person=person_id, sessions=len(ended))
    return len(ended)


def of(connection: Connection, person_id: str) -> Sequence[sa.Row[Any]]:
    """Return a person's sessions that have not been ended, the one seen last first."""
    return connection.execute(
        sa.select(web_session)
        .where(
            web_session.c.person_id == person_id,
            web_session.c.ended_at.is_(None),
            web_session.c.expires_at > clock.now(),
        )
        .order_by(web_session.c.seen_at.desc())
    ).all()


def forget(connection: Connection, before: datetime, most: int) -> int:
    """Throw away ``most`` sessions at the most that were over before a moment; return how many there were."""
    return forgetting.forget(connection, web_session, web_session.c.expires_at < before, most)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
