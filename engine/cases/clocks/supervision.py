"""Supervision (督办): who is told that time runs out or a duty was missed, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.together import Question

LEVELS = {
    "remind": N_("reminder"),
    "supervise": N_("supervision"),
    "listed": N_("listed supervision"),
    "summon": N_("summons"),
}

HANDLER = "handler"
"""The target of a reminder to those who hold the case's open tasks."""

supervision = sa.Table(
    "supervision",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("level", sa.String(12), nullable=False),
    sa.Column("target", sa.String(100), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.Column("opened_by", sa.String(80), nullable=False),
    sa.Column("opened_at", db.Utc, nullable=False),
    sa.Column("answer_by", db.Utc),
    sa.Column("closed_at", db.Utc),
    sa.Column("answer", sa.Text),
    sa.CheckConstraint("level IN ('remind', 'supervise', 'listed', 'summon')", name="level_known"),
    sa.Index(None, "case_id"),
    sa.Index("ix_supervision_open_target", "target", "id", sqlite_where=sa.text("closed_at IS NULL"),
             postgresql_where=sa.text("closed_at IS NULL")),
)  # fmt: skip

REASONS = {
    "half": N_("Half of the period {title} is over; it ends on {due_on}."),
    "eighty": N_("Eighty per cent of the period {title} are over; it ends on {due_on}."),
    "overdue": N_("The period {title} ended on {due_on} and is not met."),
    "lapsed": N_("The period {title} lapsed on {due_on}; it was not the organ's."),
    "no_receipt": N_("{receiver} has not confirmed the push of {sent_on}."),
    "rectification_failed": N_("The complaint behind a bad rating was not settled."),
    "rework": N_("What was done about the event was not good {count} times."),
    "person": N_("{text}"),
}
"""Why a supervision was opened, with its facts; marked for translation."""


def open_(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    level: str,
    target: str,
    reason: str,
    answer_by: datetime | None = None,
    **facts: Any,
) -> int:
    """Open a supervision and return its id; ``answer_by`` is the moment until which it wants its answer, if any.

    Raises
    ------
    SupervisionLevelUnknown
        If there is no such level.
    """
    if level not in LEVELS:
        raise errors.SupervisionLevelUnknown(level=level, levels=", ".join(LEVELS))
    opened = connection.execute(
        sa.insert(supervision)
        .values(
            case_id=case.id,
            level=level,
            target=target,
            reason=reason,
            facts=facts,
            opened_by=actor.id,
            opened_at=clock.now(),
            answer_by=answer_by,
        )
        .returning(supervision.c.id)
    ).scalar_one()
    until = {} if answer_by is None else {"answer_by": answer_by.isoformat()}
    details = {"level": level, "target": target, "reason": reason, **until, **facts}
    trail.record(connection, case.number, actor, "supervision.opened", supervision=opened, **details)
    return int(opened)


def close(connection: Connection, actor: audit.Actor, case: sa.Row[Any], supervision_id: int, answer: str = "") -> None:
    """End a supervision with what was answered.

    Raises
    ------
    SupervisionUnknown
        If it is not open on this case.
    """
    closed = connection.execute(
        sa.update(supervision)
        .where(supervision.c.id == supervision_id, supervision.c.case_id == case.id, supervision.c.closed_at.is_(None))
        .values(closed_at=clock.now(), answer=answer)
    )
    if not closed.rowcount:
        raise errors.SupervisionUnknown(supervision_id=supervision_id)
    trail.record(connection, case.number, actor, "supervision.closed", supervision=supervision_id, answer=answer)


def close_all(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """End whatever is open on a case that has come to its end."""
    for row in of(connection, case.id):
        if row.closed_at is None:
            close(connection, actor, case, row.id)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the case's supervisions, latest first."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(
    sa.select(supervision).where(supervision.c.case_id == sa.bindparam("case", type_=db.Id)), supervision.c.id.desc()
)
