"""Take leads in: cases of enforcement have words of their own for ways in, states and outcomes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHANNELS = ("窗口", "网上", "自助", "代理", "预约", "村级")
_SOURCES = ("巡查", "网格", "12345", "举报", "移送", "交办", "双随机", "许可后监管", "监测", "公安退回")
_STATES = (
    "received", "correcting", "accepted", "reviewing", "special", "deciding", "decided", "delivering", "publishing",
    "not_accepted", "withdrawn", "archiving", "closed", "archived",
)  # fmt: skip
_ENFORCEMENT_STATES = (
    "lead", "checking", "on_the_spot", "filing", "filed", "investigating", "with_police", "legal_review", "notified",
    "hearing", "rechecking", "deciding", "decided", "serving", "executing", "suspended", "closing", "archiving",
    "closed", "archived",
)  # fmt: skip
_OUTCOMES = (
    "granted", "refused", "revoked", "changed", "withdrawn", "not_needed", "not_competent", "barred", "not_accepted",
)  # fmt: skip
_ENFORCEMENT_OUTCOMES = (
    "penalised", "not_penalised", "not_established", "transferred", "not_filed", "referred", "merged", "terminated",
    "annulled",
)  # fmt: skip

_WORDS = {
    "state": (_ENFORCEMENT_STATES, _STATES),
    "channel": (_SOURCES, _CHANNELS),
    "outcome": (_ENFORCEMENT_OUTCOMES, _OUTCOMES),
}


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("case_file") as batch:
        for column, (own, others) in _WORDS.items():
            batch.drop_constraint(op.f(f"ck_case_file_{column}_known"), type_="check")
            batch.create_check_constraint(
                op.f(f"ck_case_file_{column}_of_kind"),
                f"kind = 'enforcement' AND {column} IN {own} OR kind <> 'enforcement' AND {column} IN {others}",
            )
    _lead()


def _lead() -> None:
    op.create_table(
        "enforcement_lead",
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("external_id", sa.String(length=120)),
        sa.Column("discovered_at", db.Utc(timezone=True), nullable=False),
        sa.Column("party_kind", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("act_on", sa.Date()),
        sa.Column("act_end_on", sa.Date()),
        sa.Column("power_code", sa.String(length=40)),
        sa.Column("reporter", db.Json()),
        sa.CheckConstraint(
            "party_kind IN ('citizen', 'sole_trader', 'entity')", name=op.f("ck_enforcement_lead_party_kind_known")
        ),
        sa.CheckConstraint("facts <> ''", name=op.f("ck_enforcement_lead_facts_given")),
        sa.CheckConstraint(
            "act_end_on IS NULL OR act_on IS NOT NULL", name=op.f("ck_enforcement_lead_end_after_begin_known")
        ),
        sa.CheckConstraint(
            "act_end_on IS NULL OR act_end_on >= act_on", name=op.f("ck_enforcement_lead_act_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_enforcement_lead_case_id_case_file")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_enforcement_lead")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_enforcement_lead_source_external_id")),
    )
    op.create_index("ix_enforcement_lead_power_code_act_on", "enforcement_lead", ["power_code", "act_on"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("enforcement_lead")
    with op.batch_alter_table("case_file") as batch:
        for column, (_, others) in _WORDS.items():
            batch.drop_constraint(op.f(f"ck_case_file_{column}_of_kind"), type_="check")
            batch.create_check_constraint(op.f(f"ck_case_file_{column}_known"), f"{column} IN {others}")
