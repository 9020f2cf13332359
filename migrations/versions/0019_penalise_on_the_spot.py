"""Penalise on the spot: what was decided there, and the cash that was collected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "spot_penalty",
        sa.Column("decision_id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("warning", sa.Boolean(), nullable=False),
        sa.Column("fine", sa.Integer(), nullable=False),
        sa.Column("officers", db.Json(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("warning OR fine > 0", name=op.f("ck_spot_penalty_warning_or_fine")),
        sa.CheckConstraint("fine BETWEEN 0 AND 3000", name=op.f("ck_spot_penalty_fine_small")),
        sa.CheckConstraint("place <> ''", name=op.f("ck_spot_penalty_place_given")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["case_decision.id"], name=op.f("fk_spot_penalty_decision_id_case_decision")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_spot_penalty_case_id_case_file")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_spot_penalty")),
    )
    op.create_index("ix_spot_penalty_case_id", "spot_penalty", ["case_id"])
    op.create_table(
        "cash_collection",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("receipt_no", sa.String(length=60), nullable=False),
        sa.Column("collected_by", sa.String(length=80), nullable=False),
        sa.Column("collected_at", db.Utc(timezone=True), nullable=False),
        sa.Column("to_organ_at", db.Utc(timezone=True)),
        sa.Column("to_bank_at", db.Utc(timezone=True)),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_collection_amount_positive")),
        sa.CheckConstraint("ground IN ('small', 'hard', 'remote')", name=op.f("ck_cash_collection_ground_known")),
        sa.CheckConstraint("ground <> 'small' OR amount <= 100", name=op.f("ck_cash_collection_small_is_small")),
        sa.CheckConstraint("ground = 'small' OR reason <> ''", name=op.f("ck_cash_collection_reason_given")),
        sa.CheckConstraint("receipt_no <> ''", name=op.f("ck_cash_collection_receipt_given")),
        sa.CheckConstraint(
            "to_bank_at IS NULL OR to_organ_at IS NOT NULL", name=op.f("ck_cash_collection_organ_before_bank")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_cash_collection_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_collection")),
        sa.UniqueConstraint("case_id", name=op.f("uq_cash_collection_case_id")),
    )


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("cash_collection")
    op.drop_table("spot_penalty")
