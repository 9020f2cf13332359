"""Keep what was handed in: a file that no row names is thrown away after its term, unless it is marked as kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_FILE = sa.table("stored_file", sa.column("kept", sa.Boolean))


def upgrade() -> None:
    """Go one step forward; of the files that are there nobody can tell any more, so that all of them stay."""
    with op.batch_alter_table("stored_file") as batch:
        batch.add_column(sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.false()))
    op.get_bind().execute(sa.update(_FILE).values(kept=True))


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("stored_file") as batch:
        batch.drop_column("kept")
