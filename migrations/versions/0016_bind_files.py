"""Bind the file of a case: its parts, how far they are, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "docket",
        sa.Column("id", db.Id, nullable=False),
        sa.Column("case_id", db.Id, nullable=False),
        sa.Column("part", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer()),
        sa.Column("file_id", db.Id),
        sa.Column("gaps", db.Json, nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("ordered_by", sa.String(80), nullable=False),
        sa.Column("ordered_at", db.Utc(timezone=True), nullable=False),
        sa.Column("built_at", db.Utc(timezone=True)),
        sa.CheckConstraint("part IN ('main', 'secondary')", name=op.f("ck_docket_part_known")),
        sa.CheckConstraint("state IN ('building', 'built', 'failed')", name=op.f("ck_docket_state_known")),
        sa.CheckConstraint(
            "(state = 'built') = (file_id IS NOT NULL AND pages IS NOT NULL)", name=op.f("ck_docket_built_with_file")
        ),
        sa.CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name=op.f("ck_docket_failed_with_error")),
        sa.CheckConstraint("done BETWEEN 0 AND sheets", name=op.f("ck_docket_done_counted")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_docket_case_id_case_file")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_docket_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_docket")),
    )
    building = sa.text("state = 'building'")
    op.create_index(
        "uq_docket_building",
        "docket",
        ["case_id", "part"],
        unique=True,
        sqlite_where=building,
        postgresql_where=building,
    )
    op.create_index("ix_docket_case_id_id", "docket", ["case_id", "id"])
    op.create_index("ix_docket_file_id", "docket", ["file_id"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("docket")
