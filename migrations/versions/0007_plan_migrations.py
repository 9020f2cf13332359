"""Plan migrations of running instances and keep what came of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "migration_plan",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("package", sa.String(length=80), nullable=False),
        sa.Column("source_id", _KEY, nullable=False),
        sa.Column("target_id", _KEY, nullable=False),
        sa.Column("mapping", db.Json(), nullable=False),
        sa.Column("timers_anew", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("authors", db.Json(), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=80), nullable=False),
        sa.Column("saved_at", db.Utc(timezone=True), nullable=False),
        sa.Column("checked_at", db.Utc(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("applied_by", sa.String(length=80), nullable=True),
        sa.Column("applied_at", db.Utc(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(applied_at IS NULL) = (state IN ('open', 'discarded'))",
            name=op.f("ck_migration_plan_applied_once_applied"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('open', 'applied'))", name=op.f("ck_migration_plan_ended_when_over")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'applied', 'undone', 'discarded')", name=op.f("ck_migration_plan_state_known")
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_migration_plan_revision_positive")),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_migration_plan_leads_elsewhere")),
        sa.ForeignKeyConstraint(["source_id"], ["deployment.id"], name=op.f("fk_migration_plan_source_id_deployment")),
        sa.ForeignKeyConstraint(["target_id"], ["deployment.id"], name=op.f("fk_migration_plan_target_id_deployment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_plan")),
    )
    with op.batch_alter_table("migration_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_migration_plan_package_state"), ["package", "state"], unique=False)

    op.create_table(
        "migration",
        sa.Column("plan_id", _KEY, nullable=False),
        sa.Column("instance_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("findings", db.Json(), nullable=False),
        sa.Column("before", db.Json(), nullable=True),
        sa.Column("at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('unchecked', 'fits', 'refused', 'waiting', 'migrated', 'returning', 'returned')",
            name=op.f("ck_migration_state_known"),
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_migration_instance_id_instance")),
        sa.ForeignKeyConstraint(["plan_id"], ["migration_plan.id"], name=op.f("fk_migration_plan_id_migration_plan")),
        sa.PrimaryKeyConstraint("plan_id", "instance_id", name=op.f("pk_migration")),
    )
    with op.batch_alter_table("migration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_migration_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_migration_plan_id_state_instance_id"), ["plan_id", "state", "instance_id"], unique=False
        )


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("migration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_migration_plan_id_state_instance_id"))
        batch_op.drop_index(batch_op.f("ix_migration_instance_id"))

    op.drop_table("migration")
    with op.batch_alter_table("migration_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_migration_plan_package_state"))

    op.drop_table("migration_plan")
