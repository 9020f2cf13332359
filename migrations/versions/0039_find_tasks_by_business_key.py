"""Find the tasks of an instance by its business key: one index less for each step to write."""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.drop_index("ix_task_instance_id", "task")


def downgrade() -> None:
    """Go one step back."""
    op.create_index("ix_task_instance_id", "task", ["instance_id"])
