"""Say until when a supervision wants its answer; those of before had it worked out for the page and have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("supervision") as batch:
        batch.add_column(sa.Column("answer_by", db.Utc))


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("supervision") as batch:
        batch.drop_column("answer_by")
