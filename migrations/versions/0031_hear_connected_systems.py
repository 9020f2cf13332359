"""Hear connected systems and phones: the sources of events and what each sent, patrols, and what cameras wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "intake_source",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("way_in", sa.String(8), nullable=False),
        sa.Column("transport", sa.String(4), nullable=False),
        sa.Column("class_code", sa.String(20), nullable=False),
        sa.Column("fields", db.Json(), nullable=False),
        sa.Column("silence_minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("transport IN ('REST', 'file')", name=op.f("ck_intake_source_transport_known")),
        sa.CheckConstraint("silence_minutes > 0", name=op.f("ck_intake_source_silence_counted")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_intake_source_unit_unit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_intake_source_person_id_person")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_intake_source")),
        sa.UniqueConstraint("person_id", name=op.f("uq_intake_source_person_id")),
    )
    op.create_table(
        "intake_hearing",
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("heard_at", db.Utc(timezone=True), nullable=False),
        sa.Column("silent_since", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "silent_since IS NULL OR silent_since >= heard_at", name=op.f("ck_intake_hearing_silent_after_heard")
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["intake_source.code"], name=op.f("fk_intake_hearing_source_intake_source")
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_intake_hearing")),
    )
    _reports()
    _patrols()
    with op.batch_alter_table("grid_photo") as batch:
        batch.add_column(sa.Column("original", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("exif", db.Json(), nullable=False, server_default="{}"))
    with op.batch_alter_table("grid_photo") as batch:
        batch.alter_column("original", server_default=None)
        batch.alter_column("exif", server_default=None)


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("grid_photo") as batch:
        batch.drop_column("exif")
        batch.drop_column("original")
    for table in ("patrol", "intake_report", "intake_hearing", "intake_source"):
        op.drop_table(table)


def _reports() -> None:
    op.create_table(
        "intake_report",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("external_id", sa.String(120), nullable=False),
        sa.Column("transport", sa.String(4), nullable=False),
        sa.Column("came_at", db.Utc(timezone=True), nullable=False),
        sa.Column("body", db.Json(), nullable=False),
        sa.Column("case_id", _KEY, nullable=True),
        sa.Column("refused", sa.String(60), nullable=True),
        sa.Column("facts", db.Json(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.CheckConstraint("transport IN ('REST', 'file')", name=op.f("ck_intake_report_transport_known")),
        sa.CheckConstraint("(case_id IS NULL) <> (refused IS NULL)", name=op.f("ck_intake_report_taken_in_or_refused")),
        sa.CheckConstraint("(refused IS NULL) = (facts IS NULL)", name=op.f("ck_intake_report_refused_with_facts")),
        sa.CheckConstraint("repeats >= 0", name=op.f("ck_intake_report_repeats_counted")),
        sa.ForeignKeyConstraint(["source"], ["intake_source.code"], name=op.f("fk_intake_report_source_intake_source")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_intake_report_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_report")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_intake_report_source_external_id")),
    )
    op.create_index(op.f("ix_intake_report_source_id"), "intake_report", ["source", "id"])


def _patrols() -> None:
    op.create_table(
        "patrol",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("client_uuid", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=False),
        sa.Column("received_at", db.Utc(timezone=True), nullable=False),
        sa.Column("points", db.Json(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_patrol_ends_after_start")),
        sa.CheckConstraint("metres >= 0", name=op.f("ck_patrol_metres_counted")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_patrol_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_patrol_client_uuid")),
    )
    op.create_index(op.f("ix_patrol_person_id_started_at"), "patrol", ["person_id", "started_at"])
