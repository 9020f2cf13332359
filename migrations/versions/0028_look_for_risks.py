"""Look for risks: the findings of the radar, whom they name, and the evidence behind them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "finding",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("found_at", db.Utc(), nullable=False),
        sa.Column("closed_by", sa.String(80), nullable=True),
        sa.Column("closed_at", db.Utc(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'explained', 'handed')", name=op.f("ck_finding_state_known")),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_finding_closed_at_if_closed")),
        sa.CheckConstraint("(closed_by IS NULL) = (closed_at IS NULL)", name=op.f("ck_finding_closed_by_somebody")),
        sa.CheckConstraint("state = 'open' OR reason <> ''", name=op.f("ck_finding_closed_with_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("rule", "key", name=op.f("uq_finding_rule_key")),
    )
    op.create_index(op.f("ix_finding_state_id"), "finding", ["state", "id"])
    op.create_table(
        "finding_person",
        sa.Column("finding_id", _KEY, nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_person_finding_id_finding")),
        sa.PrimaryKeyConstraint("finding_id", "person", name=op.f("pk_finding_person")),
    )
    op.create_table(
        "finding_proof",
        sa.Column("finding_id", _KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("case_id", _KEY, nullable=True),
        sa.Column("event_id", _KEY, nullable=True),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint(
            "case_id IS NOT NULL OR event_id IS NOT NULL", name=op.f("ck_finding_proof_leads_somewhere")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_finding_proof_case_id_case_file")),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_finding_proof_event_id_audit_event")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_proof_finding_id_finding")),
        sa.PrimaryKeyConstraint("finding_id", "place", name=op.f("pk_finding_proof")),
    )
    op.create_index(op.f("ix_finding_proof_case_id"), "finding_proof", ["case_id"])
    op.create_index(op.f("ix_finding_proof_event_id"), "finding_proof", ["event_id"])


def downgrade() -> None:
    """Go one step back."""
    for table in ("finding_proof", "finding_person", "finding"):
        op.drop_table(table)
