"""Find the periods and the decisions of a case by their indexes, those that are over too."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_deadline_case_id_due_at": ("deadline", ["case_id", "due_at"]),
    "ix_case_decision_case_id": ("case_decision", ["case_id"]),
}


def upgrade() -> None:
    """Go one step forward."""
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Go one step back."""
    for name, (table, _columns) in INDEXES.items():
        op.drop_index(name, table)
