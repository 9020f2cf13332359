"""Keep windows for applicants who have booked a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "booking",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("window", sa.String(length=40), nullable=False),
        sa.Column("starts_at", db.Utc(timezone=True), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("item_name", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("booked_at", db.Utc(timezone=True), nullable=False),
        sa.Column("case_number", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("number", name=op.f("uq_booking_number")),
        sa.UniqueConstraint("window", "starts_at", name=op.f("uq_booking_window_starts_at")),
    )
    op.create_index(op.f("ix_booking_starts_at"), "booking", ["starts_at"])
    op.create_index(op.f("ix_booking_phone_starts_at"), "booking", ["phone", "starts_at"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("booking")
