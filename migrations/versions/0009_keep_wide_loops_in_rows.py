"""Instances of a wide multi-instance task are rows of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "loop_item",
        sa.Column("instance_id", _KEY, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("body", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("variables", db.Json(), nullable=True),
        sa.Column("result", db.Json(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_loop_item_numbered_from_one")),
        sa.CheckConstraint("variables IS NULL OR result IS NULL", name=op.f("ck_loop_item_result_when_over")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_loop_item_instance_id_instance")),
        sa.PrimaryKeyConstraint("instance_id", "token", name=op.f("pk_loop_item")),
    )


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("loop_item")
