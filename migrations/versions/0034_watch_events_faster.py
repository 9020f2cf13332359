"""Let the command centre read its list, map and figures from indexes that hold all it counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_OPEN, _CLOSED = sa.text("closed_at IS NULL"), sa.text("closed_at IS NOT NULL")
_FIGURES = ["reported_at", "source", "unit", "finished_at", "due_at", "closed_at", "parent_id"]
_PLACE = ["lon", "lat", "urgency", "finished_at", "due_at", "closed_at"]
_STANDING = ["unit", "urgency", "level2_code", "finished_at", "due_at", "closed_at"]


def upgrade() -> None:
    """Go one step forward."""
    _drop("reported_at", "closed_at", "open_place")
    _make("figures", _FIGURES)
    _make("closed_at", ["closed_at"], _CLOSED)
    _make("open_place", _PLACE, _OPEN)
    _make("open_standing", _STANDING, _OPEN)


def downgrade() -> None:
    """Go one step back."""
    _drop("figures", "closed_at", "open_place", "open_standing")
    _make("reported_at", ["reported_at"])
    _make("closed_at", ["closed_at"])
    _make("open_place", ["lon", "lat"], _OPEN)


def _drop(*names: str) -> None:
    for name in names:
        op.drop_index(f"ix_grid_event_{name}", "grid_event")


def _make(name: str, columns: list[str], where: sa.TextClause | None = None) -> None:
    op.create_index(f"ix_grid_event_{name}", "grid_event", columns, sqlite_where=where, postgresql_where=where)
