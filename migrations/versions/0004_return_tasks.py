"""Keep the scope of a task, whom a signer's task signs for, and why a task was opened again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward; tasks that are there already are taken to stand in the outermost scope."""
    with op.batch_alter_table("task") as batch:
        batch.add_column(sa.Column("scope", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("signs", _KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_task_signs_task"), "task", ["signs"], ["id"])
        batch.create_index("ix_task_signs", ["signs"])
    op.create_table(
        "task_return",
        sa.Column("task_id", _KEY, nullable=False),
        sa.Column("came_from", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("returned_by", sa.String(length=80), nullable=False),
        sa.Column("returned_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('returned', 'recalled')", name=op.f("ck_task_return_kind_known")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_return_task_id_task")),
        sa.ForeignKeyConstraint(["came_from"], ["task.id"], name=op.f("fk_task_return_came_from_task")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_return")),
    )
    op.create_index("ix_task_return_came_from", "task_return", ["came_from"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("task_return")
    with op.batch_alter_table("task") as batch:
        batch.drop_index("ix_task_signs")
        batch.drop_constraint(op.f("fk_task_signs_task"), type_="foreignkey")
        batch.drop_column("signs")
        batch.drop_column("scope")
