"""Keep the patrol plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "patrol_plan",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("track_rule", db.Json(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_patrol_plan")),
    )
    op.create_table(
        "special_patrol",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("categories", db.Json(), nullable=False),
        sa.Column("classes", db.Json(), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_special_patrol_ends_after_start")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_special_patrol")),
    )
    op.create_table(
        "patrol_point",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("grid", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=False),
        sa.Column("lat", sa.Float(precision=53), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("classes", db.Json(), nullable=False),
        sa.CheckConstraint("radius_m > 0 AND every_days > 0", name=op.f("ck_patrol_point_reached_again")),
        sa.ForeignKeyConstraint(["grid"], ["grid_node.code"], name=op.f("fk_patrol_point_grid_grid_node")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_patrol_point")),
    )
    op.create_index(op.f("ix_patrol_point_grid"), "patrol_point", ["grid"], unique=False)
    op.create_table(
        "patrol_round",
        sa.Column("grid", sa.String(length=20), nullable=False),
        sa.Column("patrols_per_workday", sa.Integer(), nullable=False),
        sa.Column("minutes_per_day", sa.Integer(), nullable=False),
        sa.Column("visit_every_days", sa.Integer(), nullable=False),
        sa.Column("visits", db.Json(), nullable=False),
        sa.CheckConstraint("patrols_per_workday > 0 AND minutes_per_day > 0", name=op.f("ck_patrol_round_walks")),
        sa.CheckConstraint("visit_every_days > 0", name=op.f("ck_patrol_round_visits_again")),
        sa.ForeignKeyConstraint(["grid"], ["grid_node.code"], name=op.f("fk_patrol_round_grid_grid_node")),
        sa.PrimaryKeyConstraint("grid", name=op.f("pk_patrol_round")),
    )


def downgrade() -> None:
    """Go one step back."""
    for table in ("patrol_round", "patrol_point", "special_patrol", "patrol_plan"):
        op.drop_table(table)
