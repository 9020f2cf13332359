"""The qualification: a licence or certificate that a post or an act demands, valid between two days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db
from engine.organisation import person

qualification = sa.Table(
    "qualification",
    db.metadata,
    sa.Column("number", sa.String(40), primary_key=True),
    sa.Column("person_id", sa.ForeignKey(person.person.c.id), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("domains", db.Json, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date),
    sa.Column("suspended", sa.Boolean, nullable=False),
    sa.Index(None, "person_id"),
    sa.CheckConstraint("valid_until IS NULL OR valid_until >= issued_on", name="valid_after_issue"),
)
"""``kind`` is what posts name in ``requires``: ``licence.enforcement``, ``qualification.legal`` and the like."""


def of(connection: Connection, person_id: str) -> Sequence[sa.Row[Any]]:
    """Return a person's qualifications, expired and suspended ones too."""
    return connection.execute(
        sa.select(qualification).where(qualification.c.person_id == person_id).order_by(qualification.c.number)
    ).all()


def valid(connection: Connection, person_id: str, kind: str, on: date | None = None) -> sa.Row[Any] | None:
    """Return the qualification of this kind that is in force on the day (default: today), or None."""
    day = on or clock.today()
    return connection.execute(
        sa.select(qualification)
        .where(
            qualification.c.person_id == person_id,
            qualification.c.kind == kind,
            qualification.c.issued_on <= day,
            sa.or_(qualification.c.valid_until.is_(None), qualification.c.valid_until >= day),
            qualification.c.suspended.is_(False),
        )
        .order_by(qualification.c.number)
        .limit(1)
    ).one_or_none()
