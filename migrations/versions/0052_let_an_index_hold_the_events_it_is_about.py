"""Let an index hold only the events that it is about: SQLite counted the open ones by that of the closed ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

TABLE, SETTLED, CLOSED, MERGED = (
    "grid_event",
    *(f"ix_grid_event_{name}" for name in ("settled", "closed_at", "parent_id")),
)
COLUMNS = ["closed_at", "unit", "finished_at", "due_at", "parent_id"]


def upgrade() -> None:
    """Go one step forward; the day of closing stands at the head of one index, not of two."""
    for index in (SETTLED, CLOSED, MERGED):
        op.drop_index(index, TABLE)
    op.create_index(SETTLED, TABLE, COLUMNS, **_where("closed_at IS NOT NULL"))
    op.create_index(MERGED, TABLE, ["parent_id"], **_where("parent_id IS NOT NULL"))


def downgrade() -> None:
    """Go one step back."""
    for index in (SETTLED, MERGED):
        op.drop_index(index, TABLE)
    op.create_index(SETTLED, TABLE, COLUMNS)
    op.create_index(CLOSED, TABLE, ["closed_at"], **_where("closed_at IS NOT NULL"))
    op.create_index(MERGED, TABLE, ["parent_id"])


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {f"{kind}_where": sa.text(condition) for kind in ("sqlite", "postgresql")}
