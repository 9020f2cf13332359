"""Note what another organ has fined, so that the town does not fine it again (行政处罚法29)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "fine_elsewhere"


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        TABLE,
        sa.Column("id", db.Id, nullable=False),
        sa.Column("case_id", db.Id, nullable=False),
        sa.Column("organ", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.CheckConstraint("organ <> '' AND number <> ''", name=op.f("ck_fine_elsewhere_named")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fine_elsewhere_amount_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_fine_elsewhere_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fine_elsewhere")),
        sa.UniqueConstraint("case_id", "organ", "number", name=op.f("uq_fine_elsewhere_case_id_organ_number")),
    )


def downgrade() -> None:
    """Go one step back."""
    op.drop_table(TABLE)
