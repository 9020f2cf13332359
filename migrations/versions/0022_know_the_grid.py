"""Know the grid, its equipment and what its workers look for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    _tree()
    _equipment()
    _items()


def _tree() -> None:
    op.create_table(
        "grid_node",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("parent", sa.String(length=20)),
        sa.Column("category", sa.String(length=12)),
        sa.Column("polygon", db.Json(), nullable=False),
        sa.Column("west", sa.Integer(), nullable=False),
        sa.Column("south", sa.Integer(), nullable=False),
        sa.Column("east", sa.Integer(), nullable=False),
        sa.Column("north", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", db.Utc(timezone=True), nullable=False),
        sa.Column("closed_at", db.Utc(timezone=True)),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint(
            "category IN ('village', 'community', 'industry', 'commerce')", name=op.f("ck_grid_node_category_known")
        ),
        sa.CheckConstraint("(level = 1) = (parent IS NULL)", name=op.f("ck_grid_node_only_the_town_stands_alone")),
        sa.CheckConstraint("area_m2 > 0", name=op.f("ck_grid_node_area_positive")),
        sa.CheckConstraint("closed_at > opened_at", name=op.f("ck_grid_node_closes_after_opening")),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_grid_node_level_known")),
        sa.CheckConstraint("parent <> code", name=op.f("ck_grid_node_not_its_own_parent")),
        sa.CheckConstraint("west < east AND south < north", name=op.f("ck_grid_node_encloses_ground")),
        sa.ForeignKeyConstraint(["parent"], ["grid_node.code"], name=op.f("fk_grid_node_parent_grid_node")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_grid_node")),
    )
    op.create_index(op.f("ix_grid_node_level"), "grid_node", ["level"], unique=False)
    op.create_index(op.f("ix_grid_node_parent"), "grid_node", ["parent"], unique=False)
    op.create_table(
        "grid_successor",
        sa.Column("closed", sa.String(length=20), nullable=False),
        sa.Column("successor", sa.String(length=20), nullable=False),
        sa.Column("heir", sa.Boolean(), nullable=False),
        sa.CheckConstraint("closed <> successor", name=op.f("ck_grid_successor_not_its_own_successor")),
        sa.ForeignKeyConstraint(["closed"], ["grid_node.code"], name=op.f("fk_grid_successor_closed_grid_node")),
        sa.ForeignKeyConstraint(["successor"], ["grid_node.code"], name=op.f("fk_grid_successor_successor_grid_node")),
        sa.PrimaryKeyConstraint("closed", "successor", name=op.f("pk_grid_successor")),
    )
    op.create_index(op.f("ix_grid_successor_successor"), "grid_successor", ["successor"], unique=False)
    op.create_table(
        "grid_domain",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_grid_domain")),
        sa.UniqueConstraint("name", name=op.f("uq_grid_domain_name")),
    )
    op.create_table(
        "grid_duty",
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('chief', 'member')", name=op.f("ck_grid_duty_kind_known")),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_grid_duty_level_known")),
        sa.ForeignKeyConstraint(["post"], ["post.code"], name=op.f("fk_grid_duty_post_post")),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_grid_duty")),
    )
    op.create_table(
        "grid_branch",
        sa.Column("branch", sa.String(length=40), nullable=False),
        sa.Column("grid", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["branch"], ["unit.code"], name=op.f("fk_grid_branch_branch_unit")),
        sa.ForeignKeyConstraint(["grid"], ["grid_node.code"], name=op.f("fk_grid_branch_grid_grid_node")),
        sa.PrimaryKeyConstraint("branch", name=op.f("pk_grid_branch")),
    )
    op.create_index(op.f("ix_grid_branch_grid"), "grid_branch", ["grid"], unique=False)


def _equipment() -> None:
    op.create_table(
        "equipment_kind",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_equipment_kind")),
    )
    op.create_table(
        "equipment",
        sa.Column("no", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("holder", sa.String(length=40)),
        sa.Column("issued_on", sa.Date()),
        sa.Column("next_check_on", sa.Date()),
        sa.CheckConstraint("(state = 'in_store') = (holder IS NULL)", name=op.f("ck_equipment_held_unless_in_store")),
        sa.CheckConstraint(
            "state IN ('in_store', 'issued', 'in_repair', 'lost')", name=op.f("ck_equipment_state_known")
        ),
        sa.CheckConstraint("(holder IS NULL) = (issued_on IS NULL)", name=op.f("ck_equipment_issued_on_a_day")),
        sa.ForeignKeyConstraint(["holder"], ["person.id"], name=op.f("fk_equipment_holder_person")),
        sa.ForeignKeyConstraint(["kind"], ["equipment_kind.code"], name=op.f("fk_equipment_kind_equipment_kind")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_equipment")),
        sa.UniqueConstraint("serial", name=op.f("uq_equipment_serial")),
    )
    op.create_index(op.f("ix_equipment_holder"), "equipment", ["holder"], unique=False)


def _items() -> None:
    op.create_table(
        "item_list",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("published_at", db.Utc(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("step_limits", db.Json(), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_item_list_version_positive")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_item_list")),
        sa.UniqueConstraint("label", name=op.f("uq_item_list_label")),
    )
    op.create_table(
        "item_major",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["item_list.version"], name=op.f("fk_item_major_version_item_list")),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_item_major")),
    )
    op.create_table(
        "item_class",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("major", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("domain", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("lead_unit", sa.String(length=40), nullable=False),
        sa.Column("limit_amount", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(length=8), nullable=False),
        sa.Column("merge_m", sa.Integer()),
        sa.Column("merge_days", sa.Integer()),
        sa.Column("body", db.Json(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('grid', 'level2', 'town', 'joint')", name=op.f("ck_item_class_level_known")),
        sa.CheckConstraint("limit_unit IN ('hours', 'workdays', 'days')", name=op.f("ck_item_class_limit_unit_known")),
        sa.CheckConstraint(
            "(merge_m IS NULL) = (merge_days IS NULL)", name=op.f("ck_item_class_merges_by_distance_and_days")
        ),
        sa.CheckConstraint("limit_amount > 0", name=op.f("ck_item_class_limit_positive")),
        sa.CheckConstraint("merge_m >= 0 AND merge_days > 0", name=op.f("ck_item_class_merge_counted")),
        sa.ForeignKeyConstraint(["domain"], ["grid_domain.code"], name=op.f("fk_item_class_domain_grid_domain")),
        sa.ForeignKeyConstraint(["lead_unit"], ["unit.code"], name=op.f("fk_item_class_lead_unit_unit")),
        sa.ForeignKeyConstraint(
            ["version", "major"],
            ["item_major.version", "item_major.code"],
            name=op.f("fk_item_class_version_major_item_major"),
        ),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_item_class")),
    )


def downgrade() -> None:
    """Go one step back."""
    for table in (
        "item_class",
        "item_major",
        "item_list",
        "equipment",
        "equipment_kind",
        "grid_branch",
        "grid_duty",
        "grid_domain",
        "grid_successor",
        "grid_node",
    ):
        op.drop_table(table)
