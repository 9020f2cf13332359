"""The access token: how a program acts for a person or a connected system. Only its hash is kept.

A token has 256 random bits, so a fast hash is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.organisation import account, person, trail

access_token = sa.Table(
    "access_token",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("person_id", sa.ForeignKey(person.person.c.id), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", db.Utc, nullable=False),
    sa.Column("expires_at", db.Utc),
    sa.Column("revoked_at", db.Utc),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Index(None, "person_id"),
)
"""Tokens of a demo town can be computed by anybody (``demo``); they work only in demo mode, as its passwords do."""


def create(
    connection: Connection, actor: audit.Actor, person_id: str, name: str, *, expires_at: datetime | None = None
) -> str:
    """Create a token for a person or system and return it; it is shown only here.

    Raises
    ------
    AccountUnknown
        If the person has no account.
    """
    account.get(connection, person_id)
    secret = f"ow_{secrets.token_urlsafe(32)}"
    connection.execute(
        sa.insert(access_token).values(
            person_id=person_id,
            name=name,
            hash=hash_of(secret),
            created_at=clock.now(),
            expires_at=expires_at,
            demo=False,
        )
    )
    trail.record(connection, actor, "token.created", person=person_id, name=name)
    return secret


def holder(connection: Connection, bearer: str, *, demo: bool = False) -> sa.Row[Any]:
    """Return the person or system a token belongs to.

    Raises
    ------
    TokenWrong
        If it is unknown, expired or revoked, or its account may not be used.
    """
    usable = account.usable(demo=demo) if demo else sa.and_(account.usable(demo=False), access_token.c.demo.is_(False))
    found = connection.execute(
        sa.select(person.person)
        .join(access_token, access_token.c.person_id == person.person.c.id)
        .join(account.account, account.account.c.person_id == person.person.c.id)
        .where(
            access_token.c.hash == hash_of(bearer),
            access_token.c.revoked_at.is_(None),
            sa.or_(access_token.c.expires_at.is_(None), access_token.c.expires_at > clock.now()),
            usable,
        )
    ).one_or_none()
    if found is None:
        raise errors.TokenWrong
    return found


def revoke(connection: Connection, actor: audit.Actor, token_id: int) -> None:
    """Make a token useless at once.

    Raises
    ------
    AccessTokenUnknown
        If there is none with this id that is still in force.
    """
    row = connection.execute(
        sa.update(access_token)
        .where(access_token.c.id == token_id, access_token.c.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(access_token.c.person_id, access_token.c.name)
    ).one_or_none()
    if row is None:
        raise errors.AccessTokenUnknown(token_id=token_id)
    trail.record(connection, actor, "token.revoked", person=row.person_id, name=row.name)


def of(connection: Connection, person_id: str) -> Sequence[sa.Row[Any]]:
    """Return a person's tokens, revoked ones too, the newest first."""
    return connection.execute(
        sa.select(access_token).where(access_token.c.person_id == person_id).order_by(access_token.c.id.desc())
    ).all()


def hash_of(secret: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()
