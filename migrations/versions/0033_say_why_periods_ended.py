"""Say why a period came to its end without what it demands: with the case, settled otherwise, or annulled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_WHYS = ("closed", "settled", "annulled")


def upgrade() -> None:
    """Go one step forward; what ended until now ended with its case, as its page said."""
    with op.batch_alter_table("deadline") as batch:
        batch.add_column(sa.Column("why_ended", sa.String(length=10)))
    op.execute("UPDATE deadline SET why_ended = 'closed' WHERE state = 'ended'")
    with op.batch_alter_table("deadline") as batch:
        batch.create_check_constraint(op.f("ck_deadline_ended_with_why"), "(state = 'ended') = (why_ended IS NOT NULL)")
        batch.create_check_constraint(op.f("ck_deadline_why_ended_known"), f"why_ended IN {_WHYS}")


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("deadline") as batch:
        batch.drop_constraint(op.f("ck_deadline_why_ended_known"), type_="check")
        batch.drop_constraint(op.f("ck_deadline_ended_with_why"), type_="check")
        batch.drop_column("why_ended")
