"""Let a case of enforcement know which one it begins anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("enforcement_lead") as batch:
        batch.add_column(sa.Column("anew_of", db.Id, nullable=True))
        batch.create_foreign_key(op.f("fk_enforcement_lead_anew_of_case_file"), "case_file", ["anew_of"], ["id"])
        batch.create_check_constraint(
            op.f("ck_enforcement_lead_anew_of_another"), "anew_of IS NULL OR anew_of <> case_id"
        )


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("enforcement_lead") as batch:
        batch.drop_constraint(op.f("ck_enforcement_lead_anew_of_another"), type_="check")
        batch.drop_constraint(op.f("fk_enforcement_lead_anew_of_case_file"), type_="foreignkey")
        batch.drop_column("anew_of")
