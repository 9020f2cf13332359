"""Keep the recordings of steps that the town's list demands (行政处罚法47).

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_NAME = "case_recording"


def upgrade() -> None:
    """Go one step forward."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        _NAME,
        sa.Column("id", key, nullable=False),
        sa.Column("case_id", key, nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("file_id", key),
        sa.Column("link", sa.String(300), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("officers", sa.String(200), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
        sa.Column("added_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("file_id IS NOT NULL OR link <> ''", name=op.f("ck_case_recording_stored_or_linked")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_case_recording_hash_given")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_case_recording_ends_after_it_begins")),
        sa.CheckConstraint("place <> '' AND officers <> ''", name=op.f("ck_case_recording_place_and_officers_given")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_recording_case_id_case_file")),
        sa.ForeignKeyConstraint(["step"], ["recording_step.code"], name=op.f("fk_case_recording_step_recording_step")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_case_recording_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_recording")),
    )
    op.create_index(op.f("ix_case_recording_case_id_id"), _NAME, ["case_id", "id"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_table(_NAME)
