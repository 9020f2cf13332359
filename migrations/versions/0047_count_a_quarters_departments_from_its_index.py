"""Count the open events of a level-2 grid by department from its index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

INDEX, TABLE, OPEN = "ix_grid_event_open_level2", "grid_event", sa.text("closed_at IS NULL")
BEFORE = ["level2_code", "urgency", "due_at", "case_id", "finished_at", "closed_at"]


def upgrade() -> None:
    """Go one step forward."""
    _index([*BEFORE, "unit"])


def downgrade() -> None:
    """Go one step back."""
    _index(BEFORE)


def _index(columns: list[str]) -> None:
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, columns, sqlite_where=OPEN, postgresql_where=OPEN)
