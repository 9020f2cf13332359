"""The plea (陈述申辩, 行政处罚法45): whatever the party says before the decision, in time or not, must be heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import decision
from engine.cases.enforcement.judging import notification
from engine.cases.reading import trail

plea = sa.Table(
    "plea",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("notice_id", db.Id, sa.ForeignKey("penalty_notice.id"), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("in_time", sa.Boolean, nullable=False),
    sa.Column("registered_by", sa.String(80), nullable=False),
    sa.Column("registered_at", db.Utc, nullable=False),
    sa.Column("heard_at", db.Utc),
    sa.CheckConstraint("text <> ''", name="text_given"),
    sa.Index(None, "case_id", "heard_at"),
)
"""``heard_at`` is when it was rechecked (:mod:`engine.cases.enforcement.judging.recheck`)."""


def receive(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, text: str, received_on: date
) -> sa.Row[Any]:
    """Take a plea in, in time or late: it stays open until it has been rechecked.

    Raises
    ------
    NoticeMissing
        If nothing has been told to the party yet.
    PleaTooLate
        If the case is decided.
    DraftIncomplete
        If it says nothing.
    """
    notice = notification.require(connection, case)
    if decision.effective(connection, case.id) is not None:
        raise errors.PleaTooLate
    if not text.strip():
        raise errors.DraftIncomplete(field="plea.text")
    row = connection.execute(
        sa.insert(plea)
        .values(
            case_id=case.id,
            notice_id=notice.id,
            text=text.strip(),
            received_on=received_on,
            in_time=received_on <= notice.plea_due_on,
            registered_by=actor.id,
            registered_at=clock.now(),
        )
        .returning(plea)
    ).one()
    details = {"plea": row.id, "received_on": received_on.isoformat(), "in_time": row.in_time, "text": row.text}
    trail.record(connection, case.number, actor, "penalty.pleaded", **details)
    return row


def unheard(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the pleas of a case that have not been rechecked, the oldest first."""
    return connection.execute(
        sa.select(plea).where(plea.c.case_id == case_id, plea.c.heard_at.is_(None)).order_by(plea.c.id)
    ).all()


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return every plea of a case, the oldest first."""
    return connection.execute(sa.select(plea).where(plea.c.case_id == case_id).order_by(plea.c.id)).all()


def hear(connection: Connection, case_id: int) -> list[int]:
    """Say that the open pleas of a case have been rechecked; the caller writes the event. Return their ids."""
    return list(
        connection.execute(
            sa.update(plea)
            .where(plea.c.case_id == case_id, plea.c.heard_at.is_(None))
            .values(heard_at=clock.now())
            .returning(plea.c.id)
        ).scalars()
    )


def require_heard(connection: Connection, case: sa.Row[Any]) -> None:
    """Refuse while something the party said has not been rechecked.

    Raises
    ------
    PleaUnheard
    """
    rows = unheard(connection, case.id)
    if rows:
        raise errors.PleaUnheard(received_on=rows[0].received_on)
