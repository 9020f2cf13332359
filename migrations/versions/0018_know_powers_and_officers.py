"""Know the powers to penalise, and the officers of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    _powers()
    _officers()


def _powers() -> None:
    op.create_table(
        "power_list",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("published_at", db.Utc(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_power_list_version_positive")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_power_list")),
    )
    op.create_table(
        "power",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=4), nullable=False),
        sa.Column("town_may_penalise", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("body", db.Json(), nullable=False),
        sa.CheckConstraint("source IN ('法定', '赋权', '协助')", name=op.f("ck_power_source_known")),
        sa.CheckConstraint("source <> '协助' OR NOT town_may_penalise", name=op.f("ck_power_assistance_is_no_penalty")),
        sa.ForeignKeyConstraint(["version"], ["power_list.version"], name=op.f("fk_power_version_power_list")),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_power")),
    )


def _officers() -> None:
    op.create_table(
        "case_officer",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("since", db.Utc(timezone=True), nullable=False),
        sa.Column("until", db.Utc(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.String(length=80)),
        sa.Column("appointed_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'member')", name=op.f("ck_case_officer_role_known")),
        sa.CheckConstraint(
            "(until IS NULL) = (replaced_by IS NULL)", name=op.f("ck_case_officer_replaced_by_somebody")
        ),
        sa.CheckConstraint("until IS NULL OR reason <> ''", name=op.f("ck_case_officer_ended_with_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_officer_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_officer")),
    )
    acting = sa.text("until IS NULL")
    op.create_index("uq_case_officer_acting", "case_officer", ["case_id", "person"], unique=True, sqlite_where=acting,
                    postgresql_where=acting)  # fmt: skip


def downgrade() -> None:
    """Go one step back."""
    for table in ("case_officer", "power", "power_list"):
        op.drop_table(table)
