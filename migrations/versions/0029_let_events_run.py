"""Let events run: they keep the version of the list, what was filed and sent back, and the outcome they will close with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_RESULTS = (
    "in_grid", "level2", "department", "joint", "merged", "not_filed", "withdrawn", "to_enforcement", "to_approval",
    "to_petition", "to_emergency",
)  # fmt: skip


def upgrade() -> None:
    """Go one step forward; no event can have been reported before, for there was no process."""
    with op.batch_alter_table("grid_event") as batch:
        batch.drop_column("list_version")
        batch.add_column(sa.Column("list_version", sa.Integer(), nullable=False))
        batch.add_column(sa.Column("filed_at", db.Utc(timezone=True)))
        batch.add_column(sa.Column("level2_returned", sa.Boolean(), nullable=False))
        batch.add_column(sa.Column("sent_back", sa.Boolean(), nullable=False))
        batch.add_column(sa.Column("result", sa.String(length=20)))
        batch.create_check_constraint(op.f("ck_grid_event_result_known"), f"result IN {_RESULTS}")
        batch.create_foreign_key(
            op.f("fk_grid_event_list_version_item_list"), "item_list", ["list_version"], ["version"]
        )


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("grid_event") as batch:
        batch.drop_constraint(op.f("fk_grid_event_list_version_item_list"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_grid_event_result_known"), type_="check")
        for name in ("result", "sent_back", "level2_returned", "filed_at", "list_version"):
            batch.drop_column(name)
        batch.add_column(sa.Column("list_version", sa.String(length=40), nullable=False))
