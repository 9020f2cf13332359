"""Say where in the file a document lies and how long it is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.add_column("document", sa.Column("part", sa.String(10), nullable=False, server_default="main"))
    op.add_column("document", sa.Column("place", sa.Integer(), nullable=False, server_default="50"))
    op.add_column("document", sa.Column("keep_years", sa.Integer(), nullable=False, server_default="10"))
    with op.batch_alter_table("document") as batch:
        for name, kind in (("part", sa.String(10)), ("place", sa.Integer()), ("keep_years", sa.Integer())):
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch.create_check_constraint(op.f("ck_document_part_known"), "part IN ('main', 'secondary')")
        batch.create_check_constraint(op.f("ck_document_kept_for_years"), "keep_years >= 0")


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("document") as batch:
        batch.drop_constraint(op.f("ck_document_part_known"), type_="check")
        batch.drop_constraint(op.f("ck_document_kept_for_years"), type_="check")
        batch.drop_column("keep_years")
        batch.drop_column("place")
        batch.drop_column("part")
