"""Keep what a worker had done already when reporting an event, and whether both sides signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLE, WHOLE = "grid_event", "ck_grid_event_settled_whole"


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("settled_note", sa.Text))
        batch.add_column(sa.Column("settled_signed", sa.Boolean))
        batch.create_check_constraint(op.f(WHOLE), "(settled_note IS NULL) = (settled_signed IS NULL)")


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(WHOLE), type_="check")
        batch.drop_column("settled_signed")
        batch.drop_column("settled_note")
