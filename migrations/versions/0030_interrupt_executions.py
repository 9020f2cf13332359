"""Carry changed fines on, and keep agreements, stays, auctions, duties besides money and what was given back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("fine") as batch:
        batch.add_column(sa.Column("decided", sa.BigInteger(), nullable=True))
    op.execute("UPDATE fine SET decided = amount")
    with op.batch_alter_table("fine") as batch:
        batch.alter_column("decided", existing_type=sa.BigInteger(), nullable=False)
        batch.drop_constraint(op.f("ck_fine_amount_positive"), type_="check")
        batch.create_check_constraint(op.f("ck_fine_decided_positive"), "decided > 0")
        batch.create_check_constraint(op.f("ck_fine_amount_not_negative"), "amount >= 0")
    with op.batch_alter_table("late_fee_decision") as batch:
        batch.drop_constraint(op.f("ck_late_fee_decision_never_above_the_fine"), type_="check")
        batch.create_check_constraint(
            op.f("ck_late_fee_decision_never_above_the_fine"), "amount >= 0 AND amount <= fine"
        )
    _interruption()
    _auction()
    _duty()
    _restoration()


def downgrade() -> None:
    """Go one step back."""
    for table in ("restoration", "duty_check", "auction", "execution_interruption"):
        op.drop_table(table)
    with op.batch_alter_table("late_fee_decision") as batch:
        batch.drop_constraint(op.f("ck_late_fee_decision_never_above_the_fine"), type_="check")
        batch.create_check_constraint(
            op.f("ck_late_fee_decision_never_above_the_fine"), "amount > 0 AND amount <= fine"
        )
    with op.batch_alter_table("fine") as batch:
        batch.drop_constraint(op.f("ck_fine_amount_not_negative"), type_="check")
        batch.drop_constraint(op.f("ck_fine_decided_positive"), type_="check")
        batch.create_check_constraint(op.f("ck_fine_amount_positive"), "amount > 0")
        batch.drop_column("decided")


def _interruption() -> None:
    stays = ("unable", "third_party", "damage", "other")
    op.create_table(
        "execution_interruption",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("execution_id", db.Id, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("ground", sa.String(12), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(8), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('agreement', 'stay')", name=op.f("ck_execution_interruption_kind_known")),
        sa.CheckConstraint(
            f"kind <> 'stay' OR ground IN {stays}", name=op.f("ck_execution_interruption_stay_on_ground")
        ),
        sa.CheckConstraint("terms <> ''", name=op.f("ck_execution_interruption_terms_given")),
        sa.CheckConstraint(
            "kind = 'agreement' AND result IN ('kept', 'broken') OR kind = 'stay' AND "
            "result IN ('resumed', 'lapsed') OR result IS NULL",
            name=op.f("ck_execution_interruption_result_of_kind"),
        ),
        sa.CheckConstraint(
            "(result IS NULL) = (ended_on IS NULL)", name=op.f("ck_execution_interruption_ended_with_result")
        ),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["execution.id"], name=op.f("fk_execution_interruption_execution_id_execution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_interruption")),
    )
    op.create_index(
        "uq_execution_interruption_open",
        "execution_interruption",
        ["execution_id"],
        unique=True,
        sqlite_where=sa.text("result IS NULL"),
        postgresql_where=sa.text("result IS NULL"),
    )


def _auction() -> None:
    op.create_table(
        "auction",
        sa.Column("execution_id", db.Id, nullable=False),
        sa.Column("proceeds", sa.BigInteger(), nullable=False),
        sa.Column("set_off", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("recorded_by", sa.String(80), nullable=False),
        sa.CheckConstraint("proceeds > 0", name=op.f("ck_auction_proceeds_positive")),
        sa.CheckConstraint("set_off > 0 AND set_off <= proceeds", name=op.f("ck_auction_set_off_from_proceeds")),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_auction_reference_given")),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"], name=op.f("fk_auction_execution_id_execution")),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_auction")),
    )


def _duty() -> None:
    op.create_table(
        "duty_check",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", db.Id, nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("performed", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(80), nullable=False),
        sa.CheckConstraint("duty <> '' AND findings <> ''", name=op.f("ck_duty_check_duty_and_findings_given")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_duty_check_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_check")),
    )
    op.create_index(op.f("ix_duty_check_case_id"), "duty_check", ["case_id"])


def _restoration() -> None:
    op.create_table(
        "restoration",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", db.Id, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("compensation", sa.BigInteger(), nullable=False),
        sa.Column("received_by", sa.String(200), nullable=False),
        sa.Column("recorded_by", sa.String(80), nullable=False),
        sa.CheckConstraint("what <> '' AND received_by <> ''", name=op.f("ck_restoration_what_and_receiver_given")),
        sa.CheckConstraint("compensation >= 0", name=op.f("ck_restoration_compensation_counted")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_restoration_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )
    op.create_index(op.f("ix_restoration_case_id"), "restoration", ["case_id"])
