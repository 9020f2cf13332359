"""Carry penalties out: service, fines and what is paid, late fees, execution, refunds; remedies have their days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = ("granted", "refused", "notice")


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("publicity") as batch:
        batch.drop_constraint(op.f("ck_publicity_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_publicity_kind_known"), f"kind IN {(*_KINDS, 'penalty')}")
    with op.batch_alter_table("remedy") as batch:
        batch.add_column(sa.Column("applied_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("result_on", sa.Date(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_remedy_result_day_if_closed"), "result_on IS NULL OR closed_at IS NOT NULL"
        )
    _serving()
    _paying()
    _executing()


def downgrade() -> None:
    """Go one step back."""
    for table in (
        "own_execution",
        "court_case",
        "execution",
        "fine_refund",
        "late_fee_decision",
        "instalment_plan",
        "fine_payment",
        "fine",
        "service_attempt",
    ):
        op.drop_table(table)
    with op.batch_alter_table("remedy") as batch:
        batch.drop_constraint(op.f("ck_remedy_result_day_if_closed"), type_="check")
        batch.drop_column("result_on")
        batch.drop_column("applied_on")
    with op.batch_alter_table("publicity") as batch:
        batch.drop_constraint(op.f("ck_publicity_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_publicity_kind_known"), f"kind IN {_KINDS}")


def _serving() -> None:
    op.create_table(
        "service_attempt",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("document_id", _KEY, nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("receiver_is", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("recording", sa.String(length=200), nullable=False),
        sa.Column("confirmation", sa.String(length=200), nullable=False),
        sa.Column("readings", db.Json(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effective_on IS NOT NULL OR reason <> ''", name=op.f("ck_service_attempt_failed_with_reason")
        ),
        sa.CheckConstraint(
            "mode <> 'electronic' OR confirmation <> ''", name=op.f("ck_service_attempt_electronic_was_agreed")
        ),
        sa.CheckConstraint(
            "mode <> 'left' OR effective_on IS NULL OR witness <> '' OR recording <> ''",
            name=op.f("ck_service_attempt_left_is_proven"),
        ),
        sa.CheckConstraint(
            "mode IN ('direct', 'left', 'entrusted', 'mail', 'electronic', 'public')",
            name=op.f("ck_service_attempt_mode_known"),
        ),
        sa.CheckConstraint(
            "mode NOT IN ('left', 'entrusted', 'mail', 'public') OR reason <> ''",
            name=op.f("ck_service_attempt_mode_with_reason"),
        ),
        sa.CheckConstraint(
            "effective_on IS NULL OR effective_on >= handed_on", name=op.f("ck_service_attempt_effective_after_handing")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_service_attempt_case_id_case_file")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_service_attempt_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_attempt")),
    )
    op.create_index(op.f("ix_service_attempt_case_id"), "service_attempt", ["case_id"], unique=False)
    op.create_index(
        "uq_service_attempt_done",
        "service_attempt",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("effective_on IS NOT NULL"),
        postgresql_where=sa.text("effective_on IS NOT NULL"),
    )


def _paying() -> None:
    op.create_table(
        "fine",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("decision_id", _KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fine_amount_positive")),
        sa.CheckConstraint("due_on > served_on", name=op.f("ck_fine_due_after_service")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_fine_case_id_case_file")),
        sa.ForeignKeyConstraint(["decision_id"], ["case_decision.id"], name=op.f("fk_fine_decision_id_case_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fine")),
        sa.UniqueConstraint("case_id", name=op.f("uq_fine_case_id")),
        sa.UniqueConstraint("code", name=op.f("uq_fine_code")),
    )
    op.create_table(
        "fine_payment",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("fine_id", _KEY, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "channel IN ('bank', 'electronic', 'court', 'auction')", name=op.f("ck_fine_payment_never_cash")
        ),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_fine_payment_reference_given")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fine_payment_amount_positive")),
        sa.ForeignKeyConstraint(["fine_id"], ["fine.id"], name=op.f("fk_fine_payment_fine_id_fine")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fine_payment")),
        sa.UniqueConstraint("reference", name=op.f("uq_fine_payment_reference")),
    )
    op.create_index(op.f("ix_fine_payment_fine_id"), "fine_payment", ["fine_id"], unique=False)
    op.create_table(
        "instalment_plan",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("fine_id", _KEY, nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("parts", db.Json(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("approved_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("application <> ''", name=op.f("ck_instalment_plan_party_has_applied")),
        sa.ForeignKeyConstraint(["fine_id"], ["fine.id"], name=op.f("fk_instalment_plan_fine_id_fine")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment_plan")),
        sa.UniqueConstraint("fine_id", name=op.f("uq_instalment_plan_fine_id")),
    )
    op.create_table(
        "late_fee_decision",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("fine_id", _KEY, nullable=False),
        sa.Column("fine", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("readings", db.Json(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0 AND amount <= fine", name=op.f("ck_late_fee_decision_never_above_the_fine")),
        sa.CheckConstraint("until_on >= since_on", name=op.f("ck_late_fee_decision_days_in_order")),
        sa.ForeignKeyConstraint(["fine_id"], ["fine.id"], name=op.f("fk_late_fee_decision_fine_id_fine")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_fee_decision")),
        sa.UniqueConstraint("fine_id", name=op.f("uq_late_fee_decision_fine_id")),
    )
    op.create_table(
        "fine_refund",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("fine_id", _KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.CheckConstraint("paid_on IS NULL OR reference <> ''", name=op.f("ck_fine_refund_paid_with_reference")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fine_refund_amount_positive")),
        sa.ForeignKeyConstraint(["fine_id"], ["fine.id"], name=op.f("fk_fine_refund_fine_id_fine")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fine_refund")),
        sa.UniqueConstraint("fine_id", name=op.f("uq_fine_refund_fine_id")),
    )


def _executing() -> None:
    op.create_table(
        "execution",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("route", sa.String(length=12), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("chosen_by", sa.String(length=80), nullable=False),
        sa.Column("chosen_at", db.Utc(timezone=True), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "result IS NULL OR result IN ('performed', 'executed', 'agreement_kept', 'refused', 'ended', 'decision_dropped')",
            name=op.f("ck_execution_result_known"),
        ),
        sa.CheckConstraint(
            "result NOT IN ('refused', 'ended', 'decision_dropped') OR ground <> ''",
            name=op.f("ck_execution_ended_on_ground"),
        ),
        sa.CheckConstraint("route = 'court' OR clause <> ''", name=op.f("ck_execution_own_power_has_clause")),
        sa.CheckConstraint("route IN ('court', 'own', 'substitute', 'auction')", name=op.f("ck_execution_route_known")),
        sa.CheckConstraint("subject = 'duty' OR amount > 0", name=op.f("ck_execution_amount_of_money")),
        sa.CheckConstraint("subject IN ('fine', 'late_fee', 'duty')", name=op.f("ck_execution_subject_known")),
        sa.CheckConstraint("(result IS NULL) = (ended_at IS NULL)", name=op.f("ck_execution_ended_with_result")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_execution_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution")),
    )
    op.create_index(
        "uq_execution_running",
        "execution",
        ["case_id", "subject"],
        unique=True,
        sqlite_where=sa.text("result IS NULL"),
        postgresql_where=sa.text("result IS NULL"),
    )
    op.create_table(
        "court_case",
        sa.Column("execution_id", _KEY, nullable=False),
        sa.Column("urged_on", sa.Date(), nullable=False),
        sa.Column("urging_over_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("views", sa.Text(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.String(length=80), nullable=True),
        sa.Column("late_reason", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("ruling", sa.String(length=12), nullable=True),
        sa.Column("ruled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "applied_on IS NULL OR applied_on <= last_on OR late_reason <> ''",
            name=op.f("ck_court_case_applied_in_time"),
        ),
        sa.CheckConstraint(
            "ruling IS NULL OR ruling IN ('granted', 'refused', 'not_accepted')",
            name=op.f("ck_court_case_ruling_known"),
        ),
        sa.CheckConstraint("(applied_on IS NULL) = (signed_by IS NULL)", name=op.f("ck_court_case_signed_by_the_head")),
        sa.CheckConstraint("(ruling IS NULL) = (ruled_on IS NULL)", name=op.f("ck_court_case_ruled_on_a_day")),
        sa.CheckConstraint(
            "applied_on IS NULL OR applied_on > urging_over_on", name=op.f("ck_court_case_applied_after_urging")
        ),
        sa.CheckConstraint("urging_over_on > urged_on", name=op.f("ck_court_case_time_to_perform")),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"], name=op.f("fk_court_case_execution_id_execution")),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_court_case")),
    )
    op.create_table(
        "own_execution",
        sa.Column("execution_id", _KEY, nullable=False),
        sa.Column("demolition", sa.Boolean(), nullable=False),
        sa.Column("urged_on", sa.Date(), nullable=False),
        sa.Column("perform_by", sa.Date(), nullable=False),
        sa.Column("urged_again_on", sa.Date(), nullable=True),
        sa.Column("views", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("performed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("urgent_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decided_on IS NULL) = (decided_by IS NULL)", name=op.f("ck_own_execution_decided_by_somebody")
        ),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_own_execution_cost_counted")),
        sa.CheckConstraint("perform_by > urged_on", name=op.f("ck_own_execution_time_to_perform")),
        sa.CheckConstraint(
            "performed_at IS NULL OR decided_on IS NOT NULL", name=op.f("ck_own_execution_decided_before_performed")
        ),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["execution.id"], name=op.f("fk_own_execution_execution_id_execution")
        ),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_own_execution")),
    )
