"""Assess grid workers every month: window, raw values, basis, scores with their lines, answers and doubts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = (
    "assessment_window",
    "assessment_raw_value",
    "assessment_basis",
    "assessment_score",
    "assessment_line",
    "assessment_answer",
    "assessment_doubt",
)


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "assessment_window",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=False),
        sa.Column("rules", db.Json(), nullable=False),
        sa.Column("members", db.Json(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("frozen_at", db.Utc(), nullable=False),
        sa.Column("answer_until", db.Utc(), nullable=True),
        sa.Column("publicity_until", db.Utc(), nullable=True),
        sa.Column("published_digest", db.Digest(), nullable=True),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", db.Utc(), nullable=True),
        sa.Column("archived_at", db.Utc(), nullable=True),
        sa.Column("archived_digest", db.Digest(), nullable=True),
        sa.CheckConstraint(
            "(state = 'archived') = (archived_at IS NOT NULL)", name=op.f("ck_assessment_window_archived_at_a_moment")
        ),
        sa.CheckConstraint(
            "state IN ('counting', 'answering', 'checking', 'published', 'approving', 'archived')",
            name=op.f("ck_assessment_window_state_known"),
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_assessment_window_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "(archived_at IS NULL) = (archived_digest IS NULL)", name=op.f("ck_assessment_window_archived_with_digest")
        ),
        sa.CheckConstraint(
            "archived_at IS NULL OR approved_at IS NOT NULL", name=op.f("ck_assessment_window_archived_after_approval")
        ),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_assessment_window")),
        sa.UniqueConstraint("business_key", name=op.f("uq_assessment_window_business_key")),
    )
    op.create_table(
        "assessment_raw_value",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("workdays_on_duty", sa.Integer(), nullable=False),
        sa.Column("patrol_days", sa.Integer(), nullable=False),
        sa.Column("patrol_minutes", sa.Integer(), nullable=False),
        sa.Column("points_due", sa.Integer(), nullable=False),
        sa.Column("points_reached", sa.Integer(), nullable=False),
        sa.Column("sampled", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("visits_due", sa.Integer(), nullable=False),
        sa.Column("visits_done", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("leave_days", sa.Integer(), nullable=False),
        sa.Column("redlines", db.Json(), nullable=False),
        sa.CheckConstraint("attended <= sessions", name=op.f("ck_assessment_raw_value_attended_of_sessions")),
        sa.CheckConstraint("errors <= sampled", name=op.f("ck_assessment_raw_value_errors_of_sampled")),
        sa.CheckConstraint(
            "points_reached <= points_due", name=op.f("ck_assessment_raw_value_points_reached_of_points_due")
        ),
        sa.CheckConstraint("visits_done <= visits_due", name=op.f("ck_assessment_raw_value_visits_done_of_visits_due")),
        sa.CheckConstraint(
            "workdays_on_duty >= 0 AND patrol_days >= 0 AND patrol_minutes >= 0 AND points_due >= 0 AND points_reached >= 0 AND sampled >= 0 AND errors >= 0 AND visits_due >= 0 AND visits_done >= 0 AND sessions >= 0 AND attended >= 0 AND leave_days >= 0",
            name=op.f("ck_assessment_raw_value_counted"),
        ),
        sa.ForeignKeyConstraint(["worker"], ["person.id"], name=op.f("fk_assessment_raw_value_worker_person")),
        sa.PrimaryKeyConstraint("month", "worker", name=op.f("pk_assessment_raw_value")),
    )
    op.create_table(
        "assessment_basis",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("figure", sa.String(length=24), nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["grid_event.case_id"], name=op.f("fk_assessment_basis_case_id_grid_event")
        ),
        sa.ForeignKeyConstraint(
            ["month"], ["assessment_window.month"], name=op.f("fk_assessment_basis_month_assessment_window")
        ),
        sa.ForeignKeyConstraint(["worker"], ["person.id"], name=op.f("fk_assessment_basis_worker_person")),
        sa.PrimaryKeyConstraint("month", "worker", "figure", "case_id", name=op.f("pk_assessment_basis")),
    )
    op.create_table(
        "assessment_score",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("grid_code", sa.String(length=20), nullable=False),
        sa.Column("level2_code", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("redlines", db.Json(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=True),
        sa.Column("reward", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counted_at", db.Utc(), nullable=False),
        sa.Column("superseded_at", db.Utc(), nullable=True),
        sa.CheckConstraint("grade IN ('excellent', 'good', 'failed')", name=op.f("ck_assessment_score_grade_known")),
        sa.CheckConstraint("version = 1 OR reason <> ''", name=op.f("ck_assessment_score_counted_again_with_reason")),
        sa.CheckConstraint("hundredths BETWEEN 0 AND 10000", name=op.f("ck_assessment_score_score_of_hundred")),
        sa.CheckConstraint("version > 0", name=op.f("ck_assessment_score_version_counted")),
        sa.ForeignKeyConstraint(
            ["grid_code"], ["grid_node.code"], name=op.f("fk_assessment_score_grid_code_grid_node")
        ),
        sa.ForeignKeyConstraint(
            ["level2_code"], ["grid_node.code"], name=op.f("fk_assessment_score_level2_code_grid_node")
        ),
        sa.ForeignKeyConstraint(
            ["month"], ["assessment_window.month"], name=op.f("fk_assessment_score_month_assessment_window")
        ),
        sa.ForeignKeyConstraint(["worker"], ["person.id"], name=op.f("fk_assessment_score_worker_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_score")),
        sa.UniqueConstraint("month", "worker", "version", name=op.f("uq_assessment_score_month_worker_version")),
    )
    op.create_index(op.f("ix_assessment_score_worker_month"), "assessment_score", ["worker", "month"], unique=False)
    op.create_index(
        "uq_assessment_score_current",
        "assessment_score",
        ["month", "worker"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "assessment_line",
        sa.Column("score_id", _KEY, nullable=False),
        sa.Column("indicator", sa.String(length=20), nullable=False),
        sa.Column("figures", db.Json(), nullable=False),
        sa.Column("corrected", db.Json(), nullable=False),
        sa.Column("formula", sa.String(length=200), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("target", db.Json(), nullable=True),
        sa.Column("cap", db.Json(), nullable=True),
        sa.Column("points_e4", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "indicator IN ('patrol_days', 'patrol_minutes', 'coverage', 'valid_reports', 'filed_rate', 'self_handled', 'on_time', 'rework', 'missed', 'check_timely', 'record_errors', 'visits', 'satisfaction', 'training')",
            name=op.f("ck_assessment_line_indicator_known"),
        ),
        sa.CheckConstraint("points_e4 BETWEEN 0 AND 1000000", name=op.f("ck_assessment_line_points_of_hundred")),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name=op.f("ck_assessment_line_weight_of_hundred")),
        sa.ForeignKeyConstraint(
            ["score_id"], ["assessment_score.id"], name=op.f("fk_assessment_line_score_id_assessment_score")
        ),
        sa.PrimaryKeyConstraint("score_id", "indicator", name=op.f("pk_assessment_line")),
    )
    op.create_table(
        "assessment_answer",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", db.Utc(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('confirmed', 'appealed', 'silent')", name=op.f("ck_assessment_answer_answer_known")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_assessment_answer_answered_at_a_moment")
        ),
        sa.ForeignKeyConstraint(
            ["month"], ["assessment_window.month"], name=op.f("fk_assessment_answer_month_assessment_window")
        ),
        sa.ForeignKeyConstraint(["worker"], ["person.id"], name=op.f("fk_assessment_answer_worker_person")),
        sa.PrimaryKeyConstraint("month", "worker", name=op.f("pk_assessment_answer")),
    )
    op.create_index(op.f("ix_assessment_answer_worker"), "assessment_answer", ["worker"], unique=False)
    op.create_table(
        "assessment_doubt",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("indicator", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.String(length=80), nullable=False),
        sa.Column("raised_at", db.Utc(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("opinion_by", sa.String(length=80), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("figure", sa.String(length=24), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", db.Utc(), nullable=True),
        sa.CheckConstraint(
            "decided_at IS NULL OR decision <> ''", name=op.f("ck_assessment_doubt_decided_with_reason")
        ),
        sa.CheckConstraint(
            "indicator IN ('patrol_days', 'patrol_minutes', 'coverage', 'valid_reports', 'filed_rate', 'self_handled', 'on_time', 'rework', 'missed', 'check_timely', 'record_errors', 'visits', 'satisfaction', 'training')",
            name=op.f("ck_assessment_doubt_indicator_known"),
        ),
        sa.CheckConstraint(
            "origin IN ('appeal', 'objection', 'sent_back')", name=op.f("ck_assessment_doubt_origin_known")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_assessment_doubt_reason_given")),
        sa.CheckConstraint(
            "(accepted IS NULL OR NOT accepted) = (figure IS NULL)",
            name=op.f("ck_assessment_doubt_accepted_names_a_figure"),
        ),
        sa.CheckConstraint(
            "(accepted IS NULL) = (decided_at IS NULL)", name=op.f("ck_assessment_doubt_decided_at_a_moment")
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_assessment_doubt_decided_by_somebody")
        ),
        sa.CheckConstraint("(figure IS NULL) = (value IS NULL)", name=op.f("ck_assessment_doubt_figure_with_value")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_assessment_doubt_value_counted")),
        sa.ForeignKeyConstraint(
            ["month"], ["assessment_window.month"], name=op.f("fk_assessment_doubt_month_assessment_window")
        ),
        sa.ForeignKeyConstraint(["worker"], ["person.id"], name=op.f("fk_assessment_doubt_worker_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_doubt")),
    )
    op.create_index(op.f("ix_assessment_doubt_month_worker"), "assessment_doubt", ["month", "worker"], unique=False)
    op.create_index(
        "uq_assessment_doubt_appeal",
        "assessment_doubt",
        ["month", "worker", "indicator"],
        unique=True,
        sqlite_where=sa.text("origin = 'appeal'"),
        postgresql_where=sa.text("origin = 'appeal'"),
    )


def downgrade() -> None:
    """Go one step back."""
    for table in reversed(_TABLES):
        op.drop_table(table)
