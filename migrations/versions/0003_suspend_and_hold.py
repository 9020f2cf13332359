"""Suspend instances and definitions, hold their jobs meanwhile, and raise incidents of failed jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "suspension",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("instance_id", _KEY, nullable=True),
        sa.Column("definition_id", _KEY, nullable=True),
        sa.Column("part_of", _KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suspended_at", db.Utc(timezone=True), nullable=False),
        sa.Column("suspended_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(instance_id IS NULL) <> (definition_id IS NULL)", name=op.f("ck_suspension_of_one_thing")),
        sa.CheckConstraint(
            "part_of IS NULL OR instance_id IS NOT NULL", name=op.f("ck_suspension_instances_are_parts")
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_suspension_instance_id_instance")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_suspension_definition_id_definition")
        ),
        sa.ForeignKeyConstraint(["part_of"], ["suspension.id"], name=op.f("fk_suspension_part_of_suspension")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_suspension_instance_id")),
        sa.UniqueConstraint("definition_id", name=op.f("uq_suspension_definition_id")),
    )
    op.create_index(op.f("ix_suspension_part_of"), "suspension", ["part_of"])
    with op.batch_alter_table("definition") as batch:
        batch.add_column(sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("job") as batch:
        batch.add_column(sa.Column("held_by", _KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk_job_held_by_suspension"), "suspension", ["held_by"], ["id"], ondelete="SET NULL"
        )
        batch.drop_index("ix_job_failed_due_at_id")
        batch.create_index("ix_job_failed_held_by_due_at_id", ["failed", "held_by", "due_at", "id"])
        batch.create_index("ix_job_held_by", ["held_by"])
    with op.batch_alter_table("incident") as batch:
        batch.alter_column("instance_id", existing_type=_KEY, nullable=True)
        batch.alter_column("token", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("job_id", _KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_incident_job_id_job"), "job", ["job_id"], ["id"], ondelete="SET NULL")
        batch.create_index("ix_incident_job_id", ["job_id"])
        batch.create_check_constraint(op.f("ck_incident_token_of_instance"), "(instance_id IS NULL) = (token IS NULL)")


def downgrade() -> None:
    """Go one step back; incidents of deliveries, which have no instance, are gone then."""
    with op.batch_alter_table("incident") as batch:
        batch.drop_constraint(op.f("ck_incident_token_of_instance"), type_="check")
        batch.drop_index("ix_incident_job_id")
        batch.drop_constraint(op.f("fk_incident_job_id_job"), type_="foreignkey")
        batch.drop_column("job_id")
    op.execute("DELETE FROM incident WHERE instance_id IS NULL")
    with op.batch_alter_table("incident") as batch:
        batch.alter_column("instance_id", existing_type=_KEY, nullable=False)
        batch.alter_column("token", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("job") as batch:
        batch.drop_index("ix_job_held_by")
        batch.drop_index("ix_job_failed_held_by_due_at_id")
        batch.create_index("ix_job_failed_due_at_id", ["failed", "due_at", "id"])
        batch.drop_constraint(op.f("fk_job_held_by_suspension"), type_="foreignkey")
        batch.drop_column("held_by")
    with op.batch_alter_table("definition") as batch:
        batch.drop_column("suspended")
    op.drop_table("suspension")
