"""Signers, reminders, copies of cases, and modifications that two administrators agree on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("task") as batch:
        batch.add_column(sa.Column("signing", sa.Integer(), nullable=False, server_default="0"))
    _signer()
    _reminder()
    _case_copy()
    _modification()


def _signer() -> None:
    op.create_table(
        "signer",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("task_id", _KEY, nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("mode", sa.String(length=7), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", db.Utc(timezone=True), nullable=False),
        sa.Column("signing_id", _KEY, nullable=True),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('all', 'one', 'in_turn')", name=op.f("ck_signer_mode_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'asked', 'given', 'removed', 'spared')", name=op.f("ck_signer_state_known")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('waiting', 'asked'))", name=op.f("ck_signer_ended_when_over")
        ),
        sa.CheckConstraint(
            "state NOT IN ('asked', 'given') OR signing_id IS NOT NULL", name=op.f("ck_signer_asked_by_a_task")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_signer_task_id_task")),
        sa.ForeignKeyConstraint(["signing_id"], ["task.id"], name=op.f("fk_signer_signing_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signer")),
    )
    op.create_index("ix_signer_task_id_person", "signer", ["task_id", "person"])
    op.create_index("ix_signer_signing_id", "signer", ["signing_id"])


def _reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("task_id", _KEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", db.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_reminder_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_task_id_sent_at", "reminder", ["task_id", "sent_at"])


def _case_copy() -> None:
    op.create_table(
        "case_copy",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", db.Utc(timezone=True), nullable=False),
        sa.Column("read_at", db.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_copy_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_copy")),
    )
    op.create_index("ix_case_copy_person_id", "case_copy", ["person", "id"])
    op.create_index("ix_case_copy_case_id_person", "case_copy", ["case_id", "person"])


def _modification() -> None:
    op.create_table(
        "modification",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("instance_id", _KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changes", db.Json(), nullable=False),
        sa.Column("follows", db.Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", db.Utc(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'applied', 'dropped')", name=op.f("ck_modification_state_known")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (state = 'proposed')", name=op.f("ck_modification_decided_when_over")
        ),
        sa.CheckConstraint("state <> 'applied' OR decided_by <> proposed_by", name=op.f("ck_modification_four_eyes")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_modification_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modification")),
    )
    op.create_index("ix_modification_instance_id_state", "modification", ["instance_id", "state"])


def downgrade() -> None:
    """Go one step back."""
    for table in ("modification", "case_copy", "reminder", "signer"):
        op.drop_table(table)
    with op.batch_alter_table("task") as batch:
        batch.drop_column("signing")
