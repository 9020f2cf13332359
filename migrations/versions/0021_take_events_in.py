"""Take grid events in: their table, photos, handlings and links, and words of their own for the cases that carry them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHANNELS = ("窗口", "网上", "自助", "代理", "预约", "村级")
_LEADS = ("巡查", "网格", "12345", "举报", "移送", "交办", "双随机", "许可后监管", "监测", "公安退回")
_EVENTS = ("网格员", "群众扫码", "12345", "市长信箱", "物联报警", "领导交办", "条线系统")
_STATES = (
    "received", "correcting", "accepted", "reviewing", "special", "deciding", "decided", "delivering", "publishing",
    "not_accepted", "withdrawn", "archiving", "closed", "archived",
)  # fmt: skip
_ENFORCEMENT_STATES = (
    "lead", "checking", "on_the_spot", "filing", "filed", "investigating", "with_police", "legal_review", "notified",
    "hearing", "rechecking", "deciding", "decided", "serving", "executing", "suspended", "closing", "archiving",
    "closed", "archived",
)  # fmt: skip
_GRID_STATES = (
    "reported", "verifying", "in_grid", "level2", "dispatching", "receiving", "handling", "postponed", "handing_over",
    "inspecting", "calling_back", "closing", "closed",
)  # fmt: skip
_OUTCOMES = (
    "granted", "refused", "revoked", "changed", "withdrawn", "not_needed", "not_competent", "barred", "not_accepted",
)  # fmt: skip
_ENFORCEMENT_OUTCOMES = (
    "penalised", "not_penalised", "not_established", "transferred", "not_filed", "referred", "merged", "terminated",
    "annulled",
)  # fmt: skip
_GRID_OUTCOMES = (
    "in_grid", "level2", "department", "joint", "merged", "not_filed", "withdrawn", "to_enforcement", "to_approval",
    "to_petition", "to_emergency",
)  # fmt: skip
_WORDS = {
    "channel": (_CHANNELS, _LEADS, _EVENTS),
    "state": (_STATES, _ENFORCEMENT_STATES, _GRID_STATES),
    "outcome": (_OUTCOMES, _ENFORCEMENT_OUTCOMES, _GRID_OUTCOMES),
}
_STOPS = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("case_file") as batch:
        for column, (approval, enforcement, grid) in _WORDS.items():
            batch.drop_constraint(op.f(f"ck_case_file_{column}_of_kind"), type_="check")
            batch.create_check_constraint(
                op.f(f"ck_case_file_{column}_of_kind"),
                f"kind = 'approval' AND {column} IN {approval} OR kind = 'enforcement' AND {column} IN {enforcement} "
                f"OR kind = 'grid' AND {column} IN {grid}",
            )
    with op.batch_alter_table("deadline_stop") as batch:
        batch.drop_constraint(op.f("ck_deadline_stop_kind_of_article_45"), type_="check")
        batch.create_check_constraint(op.f("ck_deadline_stop_kind_known"), f"kind IN {(*_STOPS, '缓办')}")
    with op.batch_alter_table("attachment") as batch:
        batch.alter_column("task_id", existing_type=_KEY, nullable=True)
    _event()
    _handling()
    _link()
    _photo()


def downgrade() -> None:
    """Go one step back."""
    for table in ("grid_photo", "grid_link", "grid_handling", "grid_event"):
        op.drop_table(table)
    with op.batch_alter_table("attachment") as batch:
        batch.alter_column("task_id", existing_type=_KEY, nullable=False)
    with op.batch_alter_table("deadline_stop") as batch:
        batch.drop_constraint(op.f("ck_deadline_stop_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_deadline_stop_kind_of_article_45"), f"kind IN {_STOPS}")
    with op.batch_alter_table("case_file") as batch:
        for column, (others, enforcement, _) in _WORDS.items():
            batch.drop_constraint(op.f(f"ck_case_file_{column}_of_kind"), type_="check")
            batch.create_check_constraint(
                op.f(f"ck_case_file_{column}_of_kind"),
                f"kind = 'enforcement' AND {column} IN {enforcement} OR kind <> 'enforcement' AND {column} IN {others}",
            )


def _event() -> None:
    op.create_table(
        "grid_event",
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("client_uuid", sa.String(length=36), nullable=True),
        sa.Column("class_code", sa.String(length=20), nullable=False),
        sa.Column("class_name", sa.String(length=100), nullable=False),
        sa.Column("list_version", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("level_initial", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=False),
        sa.Column("lat", sa.Float(precision=53), nullable=False),
        sa.Column("accuracy_m", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("grid_code", sa.String(length=20), nullable=False),
        sa.Column("level2_code", sa.String(length=20), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.String(length=80), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=80), nullable=True),
        sa.Column("reporter_known", sa.Boolean(), nullable=False),
        sa.Column("party_id", _KEY, nullable=True),
        sa.Column("captured_at", db.Utc(timezone=True), nullable=False),
        sa.Column("received_at", db.Utc(timezone=True), nullable=False),
        sa.Column("reported_at", db.Utc(timezone=True), nullable=False),
        sa.Column("clock_off_s", sa.BigInteger(), nullable=True),
        sa.Column("clock_doubted", sa.Boolean(), nullable=False),
        sa.Column("parent_id", _KEY, nullable=True),
        sa.Column("merged_at", db.Utc(timezone=True), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=True),
        sa.Column("helpers", db.Json(), nullable=False),
        sa.Column("step", sa.String(length=4), nullable=False),
        sa.Column("step_due_at", db.Utc(timezone=True), nullable=True),
        sa.Column("due_at", db.Utc(timezone=True), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("revisit_on", sa.Date(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("rework_count", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.String(length=12), nullable=True),
        sa.Column("handler", sa.String(length=80), nullable=True),
        sa.Column("checker", sa.String(length=80), nullable=True),
        sa.Column("finished_at", db.Utc(timezone=True), nullable=True),
        sa.Column("closed_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("description <> ''", name=op.f("ck_grid_event_description_given")),
        sa.CheckConstraint(
            "level_initial IN ('grid', 'level2', 'town', 'joint') AND level IN ('grid', 'level2', 'town', 'joint')",
            name=op.f("ck_grid_event_level_known"),
        ),
        sa.CheckConstraint(
            "satisfaction IN ('satisfied', 'fair', 'dissatisfied', 'not_reached')",
            name=op.f("ck_grid_event_satisfaction_known"),
        ),
        sa.CheckConstraint(
            "source IN ('网格员', '群众扫码', '12345', '市长信箱', '物联报警', '领导交办', '条线系统')",
            name=op.f("ck_grid_event_source_known"),
        ),
        sa.CheckConstraint("(parent_id IS NULL) = (merged_at IS NULL)", name=op.f("ck_grid_event_merged_at_a_moment")),
        sa.CheckConstraint("accuracy_m IS NULL OR accuracy_m >= 0", name=op.f("ck_grid_event_accuracy_counted")),
        sa.CheckConstraint("checker <> handler", name=op.f("ck_grid_event_checker_is_another")),
        sa.CheckConstraint(
            "lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name=op.f("ck_grid_event_place_on_earth")
        ),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> case_id", name=op.f("ck_grid_event_never_its_own_parent")
        ),
        sa.CheckConstraint("reported_at <= received_at", name=op.f("ck_grid_event_reported_before_received")),
        sa.CheckConstraint(
            "rework_count >= 0 AND returns >= 0 AND reopened >= 0", name=op.f("ck_grid_event_rounds_counted")
        ),
        sa.CheckConstraint("urgency BETWEEN 1 AND 3", name=op.f("ck_grid_event_urgency_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_grid_event_case_id_case_file")),
        sa.ForeignKeyConstraint(["parent_id"], ["grid_event.case_id"], name=op.f("fk_grid_event_parent_id_grid_event")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_grid_event_party_id_party")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_grid_event")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_grid_event_client_uuid")),
        sa.UniqueConstraint(
            "source", "source_code", "external_id", name=op.f("uq_grid_event_source_source_code_external_id")
        ),
    )
    op.create_index(
        op.f("ix_grid_event_class_code_reported_at"), "grid_event", ["class_code", "reported_at"], unique=False
    )
    op.create_index(op.f("ix_grid_event_closed_at"), "grid_event", ["closed_at"], unique=False)
    op.create_index(
        op.f("ix_grid_event_grid_code_reported_at"), "grid_event", ["grid_code", "reported_at"], unique=False
    )
    op.create_index(op.f("ix_grid_event_lon_lat"), "grid_event", ["lon", "lat"], unique=False)
    op.create_index(
        "ix_grid_event_open_alike",
        "grid_event",
        ["class_code", "lon"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_grid_event_open_grid",
        "grid_event",
        ["grid_code", "urgency", "due_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_grid_event_open_level2",
        "grid_event",
        ["level2_code", "urgency", "due_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_grid_event_open_list",
        "grid_event",
        ["urgency", "due_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_grid_event_open_place",
        "grid_event",
        ["lon", "lat"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_grid_event_open_unit",
        "grid_event",
        ["unit", "urgency", "due_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_grid_event_parent_id"), "grid_event", ["parent_id"], unique=False)
    op.create_index(op.f("ix_grid_event_reported_at"), "grid_event", ["reported_at"], unique=False)
    op.create_index(
        op.f("ix_grid_event_reported_by_reported_at"), "grid_event", ["reported_by", "reported_at"], unique=False
    )
    op.create_index(op.f("ix_grid_event_unit_reported_at"), "grid_event", ["unit", "reported_at"], unique=False)


def _handling() -> None:
    op.create_table(
        "grid_handling",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("designated", sa.Boolean(), nullable=False),
        sa.Column("dispatched_by", sa.String(length=80), nullable=False),
        sa.Column("dispatched_at", db.Utc(timezone=True), nullable=False),
        sa.Column("signed_by", sa.String(length=80), nullable=True),
        sa.Column("signed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("returned_at", db.Utc(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.Column("done_at", db.Utc(timezone=True), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("done_at IS NULL OR measure <> ''", name=op.f("ck_grid_handling_done_with_a_measure")),
        sa.CheckConstraint(
            "returned_at IS NULL OR return_reason <> ''", name=op.f("ck_grid_handling_returned_with_reason")
        ),
        sa.CheckConstraint("role IN ('lead', 'helper')", name=op.f("ck_grid_handling_role_known")),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_grid_handling_done_by_somebody")),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_by IS NULL)", name=op.f("ck_grid_handling_signed_by_somebody")
        ),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_grid_handling_cost_counted")),
        sa.CheckConstraint(
            "done_at IS NULL OR (signed_at IS NOT NULL AND returned_at IS NULL)",
            name=op.f("ck_grid_handling_done_after_signing"),
        ),
        sa.CheckConstraint("returned_at IS NULL OR NOT designated", name=op.f("ck_grid_handling_designated_stays")),
        sa.CheckConstraint("round > 0", name=op.f("ck_grid_handling_round_counted")),
        sa.ForeignKeyConstraint(["case_id"], ["grid_event.case_id"], name=op.f("fk_grid_handling_case_id_grid_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_handling")),
        sa.UniqueConstraint("case_id", "round", "unit", name=op.f("uq_grid_handling_case_id_round_unit")),
    )
    op.create_index(
        op.f("ix_grid_handling_unit_dispatched_at"), "grid_handling", ["unit", "dispatched_at"], unique=False
    )
    op.create_index(
        "uq_grid_handling_one_lead",
        "grid_handling",
        ["case_id", "round"],
        unique=True,
        sqlite_where=sa.text("role = 'lead' AND returned_at IS NULL"),
        postgresql_where=sa.text("role = 'lead' AND returned_at IS NULL"),
    )
    op.create_index(
        "uq_grid_handling_returned_once",
        "grid_handling",
        ["case_id", "unit"],
        unique=True,
        sqlite_where=sa.text("returned_at IS NOT NULL"),
        postgresql_where=sa.text("returned_at IS NOT NULL"),
    )


def _link() -> None:
    op.create_table(
        "grid_link",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", db.Utc(timezone=True), nullable=False),
        sa.Column("taken_at", db.Utc(timezone=True), nullable=True),
        sa.Column("returned_at", db.Utc(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("result_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("(result_at IS NULL) = (result = '')", name=op.f("ck_grid_link_result_at_a_moment")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_grid_link_reason_given")),
        sa.CheckConstraint(
            "returned_at IS NULL OR return_reason <> ''", name=op.f("ck_grid_link_returned_with_reason")
        ),
        sa.CheckConstraint(
            "target IN ('enforcement', 'approval', 'petition', 'emergency', 'event')",
            name=op.f("ck_grid_link_target_known"),
        ),
        sa.CheckConstraint(
            "taken_at IS NULL OR returned_at IS NULL OR returned_at >= taken_at",
            name=op.f("ck_grid_link_returned_after"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["grid_event.case_id"], name=op.f("fk_grid_link_case_id_grid_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_link")),
    )
    op.create_index(op.f("ix_grid_link_case_id"), "grid_link", ["case_id"], unique=False)
    op.create_index(op.f("ix_grid_link_number"), "grid_link", ["number"], unique=False)
    op.create_index(
        "uq_grid_link_waiting",
        "grid_link",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("taken_at IS NULL AND returned_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL AND returned_at IS NULL"),
    )


def _photo() -> None:
    op.create_table(
        "grid_photo",
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("file_id", _KEY, nullable=False),
        sa.Column("phase", sa.String(length=6), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("captured_at", db.Utc(timezone=True), nullable=True),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("phase IN ('before', 'after')", name=op.f("ck_grid_photo_phase_known")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_grid_photo_hash_is_whole")),
        sa.ForeignKeyConstraint(
            ["case_id", "file_id"],
            ["attachment.case_id", "attachment.file_id"],
            name=op.f("fk_grid_photo_case_id_file_id_attachment"),
        ),
        sa.PrimaryKeyConstraint("case_id", "file_id", name=op.f("pk_grid_photo")),
        sa.UniqueConstraint("case_id", "phase", "sha256", name=op.f("uq_grid_photo_case_id_phase_sha256")),
    )
