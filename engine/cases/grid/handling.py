"""The handling: what one department has to do with an event in one round of dispatch, leading or helping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.errors import N_

ROLES = {"lead": N_("lead department"), "helper": N_("helping department")}

grid_handling = sa.Table(
    "grid_handling",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("grid_event.case_id"), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("unit", sa.String(40), nullable=False),
    sa.Column("role", sa.String(6), nullable=False),
    sa.Column("designated", sa.Boolean, nullable=False),
    sa.Column("dispatched_by", sa.String(80), nullable=False),
    sa.Column("dispatched_at", db.Utc, nullable=False),
    sa.Column("signed_by", sa.String(80)),
    sa.Column("signed_at", db.Utc),
    sa.Column("returned_at", db.Utc),
    sa.Column("return_reason", sa.Text, nullable=False),
    sa.Column("done_by", sa.String(80)),
    sa.Column("done_at", db.Utc),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("cost", sa.BigInteger),
    sa.CheckConstraint("role IN ('lead', 'helper')", name="role_known"),
    sa.CheckConstraint("round > 0", name="round_counted"),
    sa.CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name="signed_by_somebody"),
    sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
    sa.CheckConstraint("returned_at IS NULL OR return_reason <> ''", name="returned_with_reason"),
    sa.CheckConstraint("returned_at IS NULL OR NOT designated", name="designated_stays"),
    sa.CheckConstraint("done_at IS NULL OR (signed_at IS NOT NULL AND returned_at IS NULL)", name="done_after_signing"),
    sa.CheckConstraint("done_at IS NULL OR measure <> ''", name="done_with_a_measure"),
    sa.CheckConstraint("cost IS NULL OR cost >= 0", name="cost_counted"),
    sa.UniqueConstraint("case_id", "round", "unit"),
    sa.Index(None, "unit", "dispatched_at"),
    sa.Index("uq_grid_handling_returned_once", "case_id", "unit", unique=True,
             sqlite_where=sa.text("returned_at IS NOT NULL"), postgresql_where=sa.text("returned_at IS NOT NULL")),
    sa.Index("uq_grid_handling_one_lead", "case_id", "round", unique=True,
             sqlite_where=sa.text("role = 'lead' AND returned_at IS NULL"),
             postgresql_where=sa.text("role = 'lead' AND returned_at IS NULL")),
)  # fmt: skip
"""A department returns an event once, and not at all after it was designated; ``cost`` is in yuan."""


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what the departments have to do with an event, round by round, the lead first."""
    query = sa.select(grid_handling).where(grid_handling.c.case_id == case_id)
    return connection.execute(
        query.order_by(grid_handling.c.round, grid_handling.c.role.desc(), grid_handling.c.id)
    ).all()
