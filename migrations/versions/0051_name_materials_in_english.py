"""Name materials in English: the library of materials keeps an English name beside the Chinese."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward; versions published before have no English names."""
    with op.batch_alter_table("catalogue_material") as batch:
        batch.add_column(sa.Column("name_en", sa.String(120), nullable=False, server_default=""))


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("catalogue_material") as batch:
        batch.drop_column("name_en")
