"""Name typical evidence in English: the kinds of evidence say in both languages what is usually of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward; kinds that were loaded before have no English examples until their file is loaded again."""
    with op.batch_alter_table("evidence_kind") as batch:
        batch.add_column(sa.Column("typical_en", db.Json(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("evidence_kind") as batch:
        batch.drop_column("typical_en")
