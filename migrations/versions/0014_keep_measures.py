"""Keep measures of an investigation, recusals and bars, and the draws of experts; periods of one thing of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    _seizure_clause()
    _bar()
    _expert_draw()
    _police_transfer()
    _recusal()
    _expert_file()
    _expert_seat()
    _keeping()
    _seizure()
    op.add_column("deadline", sa.Column("subject", sa.String(20), nullable=False, server_default=""))
    op.add_column("deadline_stop", sa.Column("subject", sa.String(20), nullable=False, server_default=""))
    _running(["case_id", "period", "subject"])
    for name in ("deadline", "deadline_stop"):
        with op.batch_alter_table(name) as batch:
            batch.alter_column("subject", existing_type=sa.String(20), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Go one step back."""
    _running(["case_id", "period"])
    for name in ("deadline", "deadline_stop"):
        with op.batch_alter_table(name) as batch:
            batch.drop_column("subject")
    for name in (
        "seizure",
        "keeping",
        "expert_seat",
        "expert_file",
        "recusal",
        "police_transfer",
        "expert_draw",
        "bar",
        "seizure_clause",
    ):
        op.drop_table(name)


def _seizure_clause() -> None:
    op.create_table(
        "seizure_clause",
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("clause", sa.String(length=300), nullable=False),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("clause <> '' AND document <> ''", name=op.f("ck_seizure_clause_clause_and_document")),
        sa.PrimaryKeyConstraint("item_code", name=op.f("pk_seizure_clause")),
    )


def _running(columns: list[str]) -> None:
    """Let a period run once at a time for each set of columns."""
    runs = sa.text("state IN ('open', 'stopped')")
    op.drop_index("uq_deadline_running", table_name="deadline")
    op.create_index("uq_deadline_running", "deadline", columns, unique=True, sqlite_where=runs, postgresql_where=runs)


def _bar() -> None:
    op.create_table(
        "bar",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=False),
        sa.Column("since", db.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bar_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "business_key", name=op.f("pk_bar")),
    )
    op.create_index("ix_bar_business_key", "bar", ["business_key"])


def _expert_draw() -> None:
    op.create_table(
        "expert_draw",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("fields", db.Json(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("pool", db.Json(), nullable=False),
        sa.Column("kept_out", db.Json(), nullable=False),
        sa.Column("drawn_by", sa.String(length=80), nullable=False),
        sa.Column("drawn_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("fee BETWEEN 0 AND 100000", name=op.f("ck_expert_draw_fee_within_bounds")),
        sa.CheckConstraint("length(seed) >= 32", name=op.f("ck_expert_draw_seed_long_enough")),
        sa.CheckConstraint("wanted > 0", name=op.f("ck_expert_draw_wanted_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_expert_draw_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_draw")),
        sa.UniqueConstraint("number", name=op.f("uq_expert_draw_number")),
    )
    op.create_index("ix_expert_draw_case_id", "expert_draw", ["case_id"])


def _police_transfer() -> None:
    op.create_table(
        "police_transfer",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("crime", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.String(length=80), nullable=False),
        sa.Column("team", db.Json(), nullable=False),
        sa.Column("reported_at", db.Utc(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", db.Utc(timezone=True), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.Column("handed_to", sa.String(length=120), nullable=True),
        sa.Column("handed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("receipt", sa.String(length=120), nullable=True),
        sa.Column("answered_at", db.Utc(timezone=True), nullable=True),
        sa.Column("answer_no", sa.String(length=120), nullable=True),
        sa.Column("dispute", db.Json(), nullable=True),
        sa.Column("things_handed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("handled_how", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "answered_at IS NULL OR handed_at IS NOT NULL", name=op.f("ck_police_transfer_answered_after_handing_over")
        ),
        sa.CheckConstraint("crime <> ''", name=op.f("ck_police_transfer_crime_named")),
        sa.CheckConstraint(
            "(state = 'reported') = (decided_at IS NULL)", name=op.f("ck_police_transfer_decided_at_if_decided")
        ),
        sa.CheckConstraint(
            "handed_at IS NULL OR (receipt IS NOT NULL AND receipt <> '')",
            name=op.f("ck_police_transfer_handed_over_against_receipt"),
        ),
        sa.CheckConstraint(
            "state <> 'handled' OR (handled_how IS NOT NULL AND handled_how <> '')",
            name=op.f("ck_police_transfer_handled_somehow"),
        ),
        sa.CheckConstraint(
            "state <> 'not_approved' OR (decided_why IS NOT NULL AND decided_why <> '')",
            name=op.f("ck_police_transfer_refusal_has_reasons"),
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'approved', 'not_approved', 'handed_over', 'filed', 'not_filed', 'disputed', 'handled', 'ended')",
            name=op.f("ck_police_transfer_state_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_police_transfer_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_transfer")),
    )
    op.create_index(
        "uq_police_transfer_open",
        "police_transfer",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('reported', 'approved', 'handed_over', 'filed', 'not_filed', 'disputed')"),
        postgresql_where=sa.text("state IN ('reported', 'approved', 'handed_over', 'filed', 'not_filed', 'disputed')"),
    )


def _recusal() -> None:
    op.create_table(
        "recusal",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("orally", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", db.Utc(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", db.Utc(timezone=True), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.Column("replaced_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(granted IS NULL) = (decided_at IS NULL)", name=op.f("ck_recusal_decided_at_if_decided")),
        sa.CheckConstraint("(granted IS NULL) = (decided_by IS NULL)", name=op.f("ck_recusal_decided_by_somebody")),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name=op.f("ck_recusal_never_by_oneself")),
        sa.CheckConstraint(
            "replaced_by IS NULL OR replaced_by <> person_id", name=op.f("ck_recusal_replaced_by_another")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_recusal_case_id_case_file")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recusal_person_id_person")),
        sa.ForeignKeyConstraint(["replaced_by"], ["person.id"], name=op.f("fk_recusal_replaced_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index("ix_recusal_case_id", "recusal", ["case_id"])


def _expert_file() -> None:
    op.create_table(
        "expert_file",
        sa.Column("draw_id", _KEY, nullable=False),
        sa.Column("file_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["expert_draw.id"], name=op.f("fk_expert_file_draw_id_expert_draw")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_expert_file_file_id_stored_file")),
        sa.PrimaryKeyConstraint("draw_id", "file_id", name=op.f("pk_expert_file")),
    )
    op.create_index("ix_expert_file_file_id", "expert_file", ["file_id"])


def _expert_seat() -> None:
    op.create_table(
        "expert_seat",
        sa.Column("draw_id", _KEY, nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("replaced_at", db.Utc(timezone=True), nullable=True),
        sa.Column("replaced_why", sa.Text(), nullable=True),
        sa.Column("vote", sa.String(length=10), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("answered_at", db.Utc(timezone=True), nullable=True),
        sa.Column("fee", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (opinion IS NULL)", name=op.f("ck_expert_seat_answered_with_opinion")
        ),
        sa.CheckConstraint("(answered_at IS NULL) = (vote IS NULL)", name=op.f("ck_expert_seat_answered_with_vote")),
        sa.CheckConstraint("(fee IS NULL) = (answered_at IS NULL)", name=op.f("ck_expert_seat_fee_for_an_answer")),
        sa.CheckConstraint("rank > 0", name=op.f("ck_expert_seat_rank_positive")),
        sa.CheckConstraint(
            "replaced_at IS NULL OR answered_at IS NULL", name=op.f("ck_expert_seat_replaced_or_answered")
        ),
        sa.CheckConstraint(
            "(replaced_at IS NULL) = (replaced_why IS NULL)", name=op.f("ck_expert_seat_replaced_with_reason")
        ),
        sa.CheckConstraint(
            "vote IS NULL OR vote IN ('同意', '有条件同意', '不同意')", name=op.f("ck_expert_seat_vote_known")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["expert_draw.id"], name=op.f("fk_expert_seat_draw_id_expert_draw")),
        sa.ForeignKeyConstraint(["expert_id"], ["person.id"], name=op.f("fk_expert_seat_expert_id_person")),
        sa.PrimaryKeyConstraint("draw_id", "expert_id", name=op.f("pk_expert_seat")),
        sa.UniqueConstraint("draw_id", "rank", name=op.f("uq_expert_seat_draw_id_rank")),
    )
    op.create_index("ix_expert_seat_expert_id", "expert_seat", ["expert_id"])


def _keeping() -> None:
    op.create_table(
        "keeping",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("things", db.Json(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", db.Utc(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", db.Utc(timezone=True), nullable=True),
        sa.Column("approved_why", sa.Text(), nullable=True),
        sa.Column("act_id", _KEY, nullable=True),
        sa.Column("started_at", db.Utc(timezone=True), nullable=True),
        sa.Column("disposition", sa.String(length=12), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", db.Utc(timezone=True), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "started_at IS NULL OR started_at >= approved_at", name=op.f("ck_keeping_approved_before_it_began")
        ),
        sa.CheckConstraint(
            "(state IN ('running', 'decided')) = (started_at IS NOT NULL)", name=op.f("ck_keeping_began_if_running")
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_at IS NOT NULL)", name=op.f("ck_keeping_decided_at_if_decided")
        ),
        sa.CheckConstraint(
            "(disposition IS NULL) = (decided_at IS NULL)", name=op.f("ck_keeping_disposition_if_decided")
        ),
        sa.CheckConstraint(
            "disposition IS NULL OR disposition IN ('returned', 'testing', 'seized', 'transferred', 'confiscation', 'released')",
            name=op.f("ck_keeping_disposition_known"),
        ),
        sa.CheckConstraint("(state = 'asked') = (approved_at IS NULL)", name=op.f("ck_keeping_head_has_answered")),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'running', 'decided')", name=op.f("ck_keeping_state_known")
        ),
        sa.ForeignKeyConstraint(["act_id"], ["investigative_act.id"], name=op.f("fk_keeping_act_id_investigative_act")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_keeping_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping")),
    )
    op.create_index("ix_keeping_case_id", "keeping", ["case_id"])


def _seizure() -> None:
    op.create_table(
        "seizure",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("things", db.Json(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(length=300), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", db.Utc(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", db.Utc(timezone=True), nullable=True),
        sa.Column("act_id", _KEY, nullable=True),
        sa.Column("started_at", db.Utc(timezone=True), nullable=True),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ground", sa.String(length=14), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.CheckConstraint("clause <> ''", name=op.f("ck_seizure_a_clause_empowers")),
        sa.CheckConstraint(
            "(approved IS NULL) = (approved_at IS NULL)", name=op.f("ck_seizure_approved_at_if_answered")
        ),
        sa.CheckConstraint(
            "urgent OR started_at IS NULL OR (approved_at IS NOT NULL AND approved AND started_at >= approved_at)",
            name=op.f("ck_seizure_approved_before_unless_urgent"),
        ),
        sa.CheckConstraint(
            "(state IN ('running', 'ended')) = (started_at IS NOT NULL)", name=op.f("ck_seizure_began_if_running")
        ),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_seizure_ended_at_if_ended")),
        sa.CheckConstraint("(ground IS NULL) = (ended_at IS NULL)", name=op.f("ck_seizure_ground_if_ended")),
        sa.CheckConstraint(
            "ground IS NULL OR ground IN ('no_breach', 'unrelated', 'decided', 'expired', 'not_approved', 'not_needed', 'confiscated', 'handed_over')",
            name=op.f("ck_seizure_ground_known"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'running', 'ended')", name=op.f("ck_seizure_state_known")
        ),
        sa.ForeignKeyConstraint(["act_id"], ["investigative_act.id"], name=op.f("fk_seizure_act_id_investigative_act")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_seizure_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seizure")),
    )
    op.create_index("ix_seizure_case_id", "seizure", ["case_id"])
