"""Supervise licences: a lead names the licence whose supervision found it.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_LEAD = "enforcement_lead"


def upgrade() -> None:
    """Go one step forward."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table(_LEAD) as batch:
        batch.add_column(sa.Column("licence_case_id", key, nullable=True))
        batch.create_foreign_key(
            op.f("fk_enforcement_lead_licence_case_id_case_file"), "case_file", ["licence_case_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_enforcement_lead_licence_supervised"), "licence_case_id IS NULL OR source = '许可后监管'"
        )
    op.create_index(op.f("ix_enforcement_lead_licence_case_id"), _LEAD, ["licence_case_id"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_index(op.f("ix_enforcement_lead_licence_case_id"), table_name=_LEAD)
    with op.batch_alter_table(_LEAD) as batch:
        batch.drop_constraint(op.f("ck_enforcement_lead_licence_supervised"), type_="check")
        batch.drop_constraint(op.f("fk_enforcement_lead_licence_case_id_case_file"), type_="foreignkey")
        batch.drop_column("licence_case_id")
