"""The substitution: who acts for an absent person on a day. The absence names somebody, or the standing order decides.

Nobody stands in for a substitute: the next of the absent person's own order does. The verbs are in
:mod:`engine.organisation.absence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db

absence = sa.Table(
    "absence",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("substitute_id", sa.ForeignKey("person.id")),
    sa.Column("cancelled_at", db.Utc),
    sa.Index(None, "person_id", "until"),
    sa.Index(None, "until"),
    sa.CheckConstraint("until >= since", name="ends_after_start"),
    sa.CheckConstraint("substitute_id IS NULL OR substitute_id <> person_id", name="not_ones_own_substitute"),
)
"""Both days belong to the absence."""

substitute = sa.Table(
    "substitute",
    db.metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("substitute_id", sa.ForeignKey("person.id"), nullable=False),
    sa.UniqueConstraint("person_id", "substitute_id"),
    sa.Index(None, "substitute_id"),
    sa.CheckConstraint("substitute_id <> person_id", name="not_ones_own_substitute"),
)
"""The standing order in which others are asked when an absence names nobody, or somebody who is absent too."""


def on(day: date) -> sa.ColumnElement[bool]:
    """Return the condition under which an absence covers the day."""
    return sa.and_(absence.c.since <= day, absence.c.until >= day, absence.c.cancelled_at.is_(None))


def represented(connection: Connection, person_id: str, day: date) -> list[str]:
    """Return the ids of the persons for whom this one acts on the day, in order."""
    standing = sa.exists().where(substitute.c.person_id == absence.c.person_id, substitute.c.substitute_id == person_id)
    possible = connection.execute(
        sa.select(absence.c.person_id, absence.c.substitute_id)
        .where(on(day), sa.or_(absence.c.substitute_id == person_id, standing))
        .order_by(absence.c.person_id)
    ).all()
    if not possible:
        return []
    orders = _orders(connection, [row.person_id for row in possible])
    asked = (
        {person_id} | {row.substitute_id for row in possible} | {name for order in orders.values() for name in order}
    )
    away = _away(connection, asked - {None}, day)
    return [
        row.person_id
        for row in possible
        if _first_present([row.substitute_id, *orders.get(row.person_id, [])], away) == person_id
    ]


def present_substitute(connection: Connection, person_id: str, day: date) -> str | None:
    """Return who acts for an absent person on the day; None if that person is there, or nobody can."""
    found = connection.execute(
        sa.select(absence.c.substitute_id).where(on(day), absence.c.person_id == person_id)
    ).one_or_none()
    if found is None:
        return None
    order = [found.substitute_id, *_orders(connection, [person_id]).get(person_id, [])]
    return _first_present(order, _away(connection, {name for name in order if name}, day))


def absences(connection: Connection, person_id: str) -> Sequence[sa.Row[Any]]:
    """Return a person's absences, the latest first."""
    return connection.execute(
        sa.select(absence).where(absence.c.person_id == person_id).order_by(absence.c.since.desc())
    ).all()


def _orders(connection: Connection, people: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        sa.select(substitute.c.person_id, substitute.c.substitute_id)
        .where(substitute.c.person_id.in_(people))
        .order_by(substitute.c.person_id, substitute.c.position)
    )
    for row in rows:
        found.setdefault(row.person_id, []).append(row.substitute_id)
    return found


def _away(connection: Connection, people: set[Any], day: date) -> set[str]:
    return set(
        connection.execute(sa.select(absence.c.person_id).where(on(day), absence.c.person_id.in_(people))).scalars()
    )


def _first_present(order: Sequence[str | None], away: set[str]) -> str | None:
    return next((name for name in order if name and name not in away), None)
