"""Judge breaches: discretion, drafts, reviews, notices, pleas, hearings, rechecks, discussions and decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RESULTS = ("granted", "refused", "revoked", "changed", "withdrawn")
_PENALTY_RESULTS = ("penalised", "not_penalised", "not_established", "transferred")
_EFFECTS = ("no_penalty", "may_no_penalty", "lighter_or_reduced", "heavier_one_step", "heavier", "use_new_rule")
_TABLES = (
    "penalty_decision", "collective_discussion", "penalty_recheck", "penalty_hearing", "plea", "legal_review",
    "penalty_notice", "penalty_draft", "discretion_circumstance", "discretion_table",
)  # fmt: skip


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("case_decision") as batch:
        batch.drop_constraint(op.f("ck_case_decision_result_known"), type_="check")
        batch.alter_column("result", existing_type=sa.String(length=12), type_=sa.String(length=16))
        batch.create_check_constraint(
            op.f("ck_case_decision_result_known"), f"result IN {(*_RESULTS, *_PENALTY_RESULTS)}"
        )
    _discretion()
    _drafts()
    _notices()
    _hearings()
    _decisions()


def downgrade() -> None:
    """Go one step back."""
    for table in _TABLES:
        op.drop_table(table)
    with op.batch_alter_table("case_decision") as batch:
        batch.drop_constraint(op.f("ck_case_decision_result_known"), type_="check")
        batch.alter_column("result", existing_type=sa.String(length=16), type_=sa.String(length=12))
        batch.create_check_constraint(op.f("ck_case_decision_result_known"), f"result IN {_RESULTS}")


def _discretion() -> None:
    op.create_table(
        "discretion_table",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("power", sa.String(length=40), nullable=False),
        sa.Column("applies_to", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("body", db.Json(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_discretion_table")),
        sa.UniqueConstraint("power", "applies_to", "stage", name=op.f("uq_discretion_table_power_applies_to_stage")),
        sa.CheckConstraint(
            "applies_to IN ('citizen', 'entity', 'any')", name=op.f("ck_discretion_table_applies_to_known")
        ),
    )
    op.create_table(
        "discretion_circumstance",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("law", sa.String(length=60), nullable=True),
        sa.Column("effect", sa.String(length=20), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("needs", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discretion_circumstance")),
        sa.CheckConstraint(f"effect IN {_EFFECTS}", name=op.f("ck_discretion_circumstance_effect_known")),
    )


def _of_case(table: str, *columns: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(
        table,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        _points(table, "case_id", "case_file"),
    )


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _drafts() -> None:
    _of_case(
        "penalty_draft",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", db.Json(), nullable=False),
        sa.Column("content_hash", db.Digest(), nullable=False),
        sa.Column("discretion", db.Json(), nullable=False),
        sa.Column("deviation", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.Column("written_at", db.Utc(timezone=True), nullable=False),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_penalty_draft_case_id_version")),
        sa.CheckConstraint("version > 0", name=op.f("ck_penalty_draft_version_positive")),
    )
    _of_case(
        "legal_review",
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("draft_hash", db.Digest(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("checklist", db.Json(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.String(length=80), nullable=False),
        sa.Column("reviewed_at", db.Utc(timezone=True), nullable=False),
        _points("legal_review", "draft_id", "penalty_draft"),
        sa.CheckConstraint(
            "result IN ('passed', 'supplement', 'disagreed')", name=op.f("ck_legal_review_result_known")
        ),
        sa.CheckConstraint("result = 'passed' OR opinion <> ''", name=op.f("ck_legal_review_opinion_unless_passed")),
    )
    op.create_index(op.f("ix_legal_review_case_id_id"), "legal_review", ["case_id", "id"])
    op.create_index(op.f("ix_legal_review_reviewer"), "legal_review", ["reviewer"])


def _notices() -> None:
    _of_case(
        "penalty_notice",
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("draft_hash", db.Digest(), nullable=False),
        sa.Column("hearing_told", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("plea_due_on", sa.Date(), nullable=False),
        sa.Column("hearing_due_on", sa.Date(), nullable=True),
        sa.Column("waiver", db.Json(), nullable=True),
        sa.Column("told_by", sa.String(length=80), nullable=False),
        sa.Column("told_at", db.Utc(timezone=True), nullable=False),
        _points("penalty_notice", "draft_id", "penalty_draft"),
        sa.CheckConstraint(
            "hearing_told = (hearing_due_on IS NOT NULL)", name=op.f("ck_penalty_notice_hearing_due_if_told")
        ),
        sa.CheckConstraint("served_on >= handed_on", name=op.f("ck_penalty_notice_served_when_handed")),
        sa.CheckConstraint("plea_due_on > served_on", name=op.f("ck_penalty_notice_time_to_plead")),
    )
    op.create_index(op.f("ix_penalty_notice_case_id_id"), "penalty_notice", ["case_id", "id"])
    _of_case(
        "plea",
        sa.Column("notice_id", _KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("registered_by", sa.String(length=80), nullable=False),
        sa.Column("registered_at", db.Utc(timezone=True), nullable=False),
        sa.Column("heard_at", db.Utc(timezone=True), nullable=True),
        _points("plea", "notice_id", "penalty_notice"),
        sa.CheckConstraint("text <> ''", name=op.f("ck_plea_text_given")),
    )
    op.create_index(op.f("ix_plea_case_id_heard_at"), "plea", ["case_id", "heard_at"])


def _hearings() -> None:
    _of_case(
        "penalty_hearing",
        sa.Column("notice_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("held_at", db.Utc(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("chair", sa.String(length=80), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=True),
        sa.Column("private_ground", sa.Text(), nullable=True),
        sa.Column("record", db.Json(), nullable=True),
        sa.Column("closed_at", db.Utc(timezone=True), nullable=True),
        _points("penalty_hearing", "notice_id", "penalty_notice"),
        sa.UniqueConstraint("notice_id", name=op.f("uq_penalty_hearing_notice_id")),
        sa.CheckConstraint(
            "state IN ('requested', 'planned', 'held', 'absent', 'withdrawn')",
            name=op.f("ck_penalty_hearing_state_known"),
        ),
        sa.CheckConstraint(
            "(state IN ('requested', 'planned')) = (closed_at IS NULL)",
            name=op.f("ck_penalty_hearing_closed_when_over"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('planned', 'held', 'absent') OR (held_at IS NOT NULL AND chair IS NOT NULL)",
            name=op.f("ck_penalty_hearing_planned_with_chair"),
        ),
        sa.CheckConstraint(
            "public IS NULL OR public OR private_ground <> ''", name=op.f("ck_penalty_hearing_private_with_ground")
        ),
    )
    op.create_index(op.f("ix_penalty_hearing_case_id_id"), "penalty_hearing", ["case_id", "id"])
    _of_case(
        "penalty_recheck",
        sa.Column("notice_id", _KEY, nullable=False),
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("rechecked_by", sa.String(length=80), nullable=False),
        sa.Column("rechecked_at", db.Utc(timezone=True), nullable=False),
        _points("penalty_recheck", "notice_id", "penalty_notice"),
        _points("penalty_recheck", "draft_id", "penalty_draft"),
        sa.CheckConstraint(
            "result IN ('unchanged', 'lighter', 'new_notice', 'dropped')",
            name=op.f("ck_penalty_recheck_result_known"),
        ),
        sa.CheckConstraint("reasons <> ''", name=op.f("ck_penalty_recheck_reasons_given")),
    )
    op.create_index(op.f("ix_penalty_recheck_case_id_id"), "penalty_recheck", ["case_id", "id"])


def _decisions() -> None:
    _of_case(
        "collective_discussion",
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("agreed", db.Json(), nullable=False),
        sa.Column("members", db.Json(), nullable=False),
        sa.Column("held_at", db.Utc(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        _points("collective_discussion", "draft_id", "penalty_draft"),
    )
    op.create_index(op.f("ix_collective_discussion_case_id_id"), "collective_discussion", ["case_id", "id"])
    table = "penalty_decision"
    op.create_table(
        table,
        sa.Column("decision_id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("draft_hash", db.Digest(), nullable=False),
        sa.Column("notice_id", _KEY, nullable=True),
        sa.Column("review_id", _KEY, nullable=True),
        sa.Column("discussion_id", _KEY, nullable=True),
        sa.Column("fine", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("overdue_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_penalty_decision")),
        _points(table, "decision_id", "case_decision"),
        _points(table, "case_id", "case_file"),
        _points(table, "draft_id", "penalty_draft"),
        _points(table, "notice_id", "penalty_notice"),
        _points(table, "review_id", "legal_review"),
        _points(table, "discussion_id", "collective_discussion"),
        sa.CheckConstraint("fine >= 0", name=op.f("ck_penalty_decision_fine_counted")),
        sa.CheckConstraint("fine = 0 OR notice_id IS NOT NULL", name=op.f("ck_penalty_decision_fine_after_notice")),
    )
    op.create_index(op.f("ix_penalty_decision_case_id"), table, ["case_id"])
