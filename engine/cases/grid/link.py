"""The link: an event that goes on as something else, and what came of it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.errors import N_

TARGETS = {
    "enforcement": N_("enforcement lead"),
    "approval": N_("application"),
    "petition": N_("petition"),
    "emergency": N_("emergency services"),
    "event": N_("new event"),
}

grid_link = sa.Table(
    "grid_link",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("grid_event.case_id"), nullable=False),
    sa.Column("target", sa.String(12), nullable=False),
    sa.Column("number", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("sent_by", sa.String(80), nullable=False),
    sa.Column("sent_at", db.Utc, nullable=False),
    sa.Column("taken_at", db.Utc),
    sa.Column("returned_at", db.Utc),
    sa.Column("return_reason", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("result_at", db.Utc),
    sa.CheckConstraint(f"target IN {tuple(TARGETS)}", name="target_known"),
    sa.CheckConstraint("reason <> ''", name="reason_given"),
    sa.CheckConstraint("returned_at IS NULL OR return_reason <> ''", name="returned_with_reason"),
    sa.CheckConstraint("taken_at IS NULL OR returned_at IS NULL OR returned_at >= taken_at", name="returned_after"),
    sa.CheckConstraint("(result_at IS NULL) = (result = '')", name="result_at_a_moment"),
    sa.Index(None, "number"),
    sa.Index(None, "case_id"),
    sa.Index("uq_grid_link_waiting", "case_id", unique=True,
             sqlite_where=sa.text("taken_at IS NULL AND returned_at IS NULL"),
             postgresql_where=sa.text("taken_at IS NULL AND returned_at IS NULL")),
)  # fmt: skip
"""``number`` is the other side's: the case number of a lead or an application, the register number of a petition, the
call's number of an emergency. An event waits for one receipt at a time."""


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what an event went on as, in the order it was sent."""
    query = sa.select(grid_link).where(grid_link.c.case_id == case_id)
    return connection.execute(query.order_by(grid_link.c.id)).all()


def to(connection: Connection, number: str) -> Sequence[sa.Row[Any]]:
    """Return the links that lead to a case or a register's number: from which events it came."""
    return connection.execute(sa.select(grid_link).where(grid_link.c.number == number).order_by(grid_link.c.id)).all()
