"""End the publicity of a penalty early on application, and correct what is public."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_CONDITIONS = ("performed", "remedied", "not_again", "not_listed")
_TABLE = "publicity_early_end"
_OPEN = sa.text("decided_at IS NULL")


def upgrade() -> None:
    """Go one step forward."""
    with op.batch_alter_table("publicity") as batch:
        batch.add_column(sa.Column("corrected_at", db.Utc(timezone=True)))
        known = "corrected_at IS NULL OR corrected_at >= published_at"
        batch.create_check_constraint(op.f("ck_publicity_corrected_after_published"), known)
    whole = " AND ".join(f"{name} IS NOT NULL" for name in _CONDITIONS)
    holds = " AND ".join((*_CONDITIONS, "NOT severe", "applied_on >= open_on"))
    checks = {
        "asked_by_somebody_with_grounds": "applied_by <> '' AND grounds <> ''",
        "checked_whole": "checked_at IS NULL OR (checked_by IS NOT NULL AND findings IS NOT NULL AND"
        f" open_on IS NOT NULL AND severe IS NOT NULL AND {whole})",
        "result_known": "result IN ('granted', 'refused')",
        "decided_with_reason": "(result IS NULL) = (decided_at IS NULL) AND (result IS NULL) = (decided_by IS NULL)"
        " AND (result IS NULL OR (reason IS NOT NULL AND reason <> ''))",
        "checked_before_decided": "result IS NULL OR checked_at IS NOT NULL",
        "granted_where_all_holds": f"result IS NULL OR result <> 'granted' OR ({holds})",
    }
    op.create_table(
        _TABLE,
        sa.Column("id", db.Id, nullable=False),
        sa.Column("publicity_id", db.Id, nullable=False),
        sa.Column("applied_on", sa.Date, nullable=False),
        sa.Column("applied_by", sa.String(200), nullable=False),
        sa.Column("grounds", sa.Text, nullable=False),
        sa.Column("open_on", sa.Date),
        *(sa.Column(name, sa.Boolean) for name in (*_CONDITIONS, "severe")),
        sa.Column("findings", sa.Text),
        sa.Column("checked_by", sa.String(80)),
        sa.Column("checked_at", db.Utc(timezone=True)),
        sa.Column("result", sa.String(10)),
        sa.Column("reason", sa.Text),
        sa.Column("decided_by", sa.String(80)),
        sa.Column("decided_at", db.Utc(timezone=True)),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{_TABLE}_{name}")) for name, rule in checks.items()),
        sa.ForeignKeyConstraint(["publicity_id"], ["publicity.id"], name=op.f(f"fk_{_TABLE}_publicity_id_publicity")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(f"uq_{_TABLE}_open", _TABLE, ["publicity_id"], unique=True,
                    sqlite_where=_OPEN, postgresql_where=_OPEN)  # fmt: skip


def downgrade() -> None:
    """Go one step back."""
    op.drop_table(_TABLE)
    with op.batch_alter_table("publicity") as batch:
        batch.drop_constraint(op.f("ck_publicity_corrected_after_published"), type_="check")
        batch.drop_column("corrected_at")
