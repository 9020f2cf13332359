"""Keep what a grade brings in English too; months of before have it in Chinese only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("assessment_score") as batch:
        batch.add_column(sa.Column("reward_en", sa.String(length=200)))


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("assessment_score") as batch:
        batch.drop_column("reward_en")
