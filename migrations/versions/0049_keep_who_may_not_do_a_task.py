"""Keep who may not do an open task, so that lists leave it out; tasks that are open now follow with their next step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db
from engine.handling import exclusions

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "task_exclusion",
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("task_id", db.Id, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_exclusion_task_id_task")),
        sa.PrimaryKeyConstraint("person", "task_id", "name", name=op.f("pk_task_exclusion")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_task_exclusion_task_id"), "task_exclusion", ["task_id"])
    for statement in exclusions.ENDS_WITH_TASK[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Go one step back."""
    op.execute("DROP TRIGGER task_exclusion_ends" + ("" if op.get_bind().dialect.name == "sqlite" else " ON task"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION task_exclusion_ends")
    op.drop_table("task_exclusion")
