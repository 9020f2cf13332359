"""The accounts of a demo town: passwords and tokens that anybody can know, so that anybody can try the town.

They follow from the login, and :func:`engine.organisation.account.sign_in` takes them in demo mode only. What everybody
knows needs no costly hash; the first sign-in replaces the cheap one by the real one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import argon2
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.organisation import account, person, post, role, substitution, token

_CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def password(login: str) -> str:
    """Return the public password of a demo login."""
    return f"guanlin-{login}"


def bearer(login: str) -> str:
    """Return the public access token of a demo login."""
    return f"ow_demo_{hashlib.sha256(f'onewindow demo {login}'.encode()).hexdigest()[:40]}"


def account_row(person_id: str, login: str) -> dict[str, Any]:
    """Return the row of a demo account."""
    return {"person_id": person_id, "login": login, "password_hash": _CHEAP.hash(password(login)), "demo": True}


def token_row(person_id: str, login: str) -> dict[str, Any]:
    """Return the row of a demo access token."""
    hashed = token.hash_of(bearer(login))
    return {"person_id": person_id, "name": "demo", "hash": hashed, "created_at": clock.now(), "demo": True}


def accounts(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """Yield every demo person on duty: name, posts, roles, login, password and access token."""
    grants = role.grants(connection)
    rows = connection.execute(
        sa.select(person.person.c.id, person.person.c.display_name, person.person.c.unit, account.account.c.login)
        .join(account.account, account.account.c.person_id == person.person.c.id)
        .where(account.usable(demo=True), account.account.c.demo)
        .order_by(person.person.c.id)
    ).all()
    posts = _posts(connection)
    for row in rows:
        held = posts.get(row.id, {})
        yield {
            "id": row.id,
            "name": row.display_name,
            "unit": row.unit,
            "posts": list(held),
            "post_names": list(dict.fromkeys(held.values())),
            "roles": sorted(role.of(grants, held)),
            "login": row.login,
            "password": password(row.login),
            "api_token": bearer(row.login),
        }


FIRST_TO_TRY = (
    "hall.window", "village.window", "approval.reviewer.land", "bureau.construction.handler", "bureau.social.handler",
    "approval.decider", "town.leader", "hall.issue", "archive.keeper", "audit.inspector", "designer",
    "designer.publisher", "admin.system",
)  # fmt: skip
"""The posts through which a case walks from the window to the archive, and those that look after the house."""


def first_to_try(connection: Connection) -> Iterator[tuple[sa.Row[Any], Mapping[str, Any]]]:
    """Yield the posts of :data:`FIRST_TO_TRY` that the town knows, each with the account of a holder who is present."""
    away = connection.execute(sa.select(substitution.absence.c.person_id).where(substitution.on(clock.today())))
    absent = set(away.scalars())
    present = [row for row in accounts(connection) if row["id"] not in absent]
    known = {row.code: row for row in post.every(connection)}
    for code in FIRST_TO_TRY:
        holders = [row for row in present if code in {post.code_of(group) for group in row["posts"]}]
        if code in known and holders:
            yield known[code], min(holders, key=lambda row: (len(row["posts"]), row["id"]))


def _posts(connection: Connection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        sa.select(person.appointment, post.post.c.name)
        .join(post.post, post.post.c.code == person.appointment.c.post)
        .where(person.held(clock.today()))
        .order_by(person.appointment.c.id)
    )
    for row in rows:
        found.setdefault(row.person_id, {})[post.group(row.post, row.scope)] = row.name
    return found
