"""Count what was settled by the day on which it was closed, from an index of its own."""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

FIGURES, SETTLED = "ix_grid_event_figures", "ix_grid_event_settled"


def upgrade() -> None:
    """Go one step forward."""
    op.drop_index(FIGURES, "grid_event")
    op.create_index(FIGURES, "grid_event", ["reported_at", "source"])
    op.create_index(SETTLED, "grid_event", ["closed_at", "unit", "finished_at", "due_at", "parent_id"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_index(SETTLED, "grid_event")
    op.drop_index(FIGURES, "grid_event")
    columns = ["reported_at", "source", "unit", "finished_at", "due_at", "closed_at", "parent_id"]
    op.create_index(FIGURES, "grid_event", columns)
