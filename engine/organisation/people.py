"""The people as the administration reads them: found by name, with posts, absence and account side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.organisation import account as accounts
from engine.organisation import substitution
from engine.organisation.account import account
from engine.organisation.person import appointment, held, person
from engine.organisation.post import post
from engine.organisation.unit import unit

CALLED = 100


def called(connection: Connection, text: str) -> list[str]:
    """Return the ids of those whose log-in is the text or whose name contains it, a hundred at most."""
    by_login = sa.select(account.c.person_id).where(account.c.login == text.lower())
    fits = sa.or_(person.c.display_name.icontains(text, autoescape=True), person.c.id.in_(by_login))
    return list(connection.execute(sa.select(person.c.id).where(fits).order_by(person.c.id).limit(CALLED)).scalars())


@dataclass(frozen=True)
class Somebody:
    """A person with what the administration wants to know: posts today, the absence of today, and the account."""

    row: sa.Row[Any]
    posts: list[Any]
    absence: sa.Row[Any] | None
    locked_until: datetime | None


def page(connection: Connection, text: str = "", *, after: str = "", limit: int = 50) -> list[Somebody]:
    """Return persons by id, those behind ``after``, whose name, log-in or unit fits the text."""
    query = (
        sa.select(person, account.c.login, account.c.closed_at, unit.c.name.label("unit_name"))
        .outerjoin(account, account.c.person_id == person.c.id)
        .join(unit, unit.c.code == person.c.unit)
        .where(person.c.id > after)
    )
    if text:
        columns = (person.c.display_name, unit.c.name, account.c.login)
        query = query.where(sa.or_(*(column.icontains(text, autoescape=True) for column in columns)))
    rows = connection.execute(query.order_by(person.c.id).limit(limit)).all()
    keys = [row.id for row in rows]
    posts, away = _posts(connection, keys), _absences(connection, keys)
    locked = accounts.locked(connection, [row.login for row in rows if row.login])
    return [Somebody(row, posts.get(row.id, []), away.get(row.id), locked.get(row.login)) for row in rows]


def _posts(connection: Connection, people: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    rows = connection.execute(
        sa.select(appointment.c.person_id, appointment.c.scope, post.c.name, post.c.name_en)
        .join(post, post.c.code == appointment.c.post)
        .where(appointment.c.person_id.in_(people), held(clock.today()))
        .order_by(appointment.c.id)
    )
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def _absences(connection: Connection, people: list[str]) -> dict[str, sa.Row[Any]]:
    today = substitution.on(clock.today())
    there = sa.select(substitution.absence).where(substitution.absence.c.person_id.in_(people), today)
    return {row.person_id: row for row in connection.execute(there)}
