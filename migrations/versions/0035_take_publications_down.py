"""Take publications down when their time is over, with a trail: when it was done stands with the publication."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TOWN = ZoneInfo("Asia/Shanghai")


def upgrade() -> None:
    """Go one step forward; what is public until a day gets the job that takes it down."""
    with op.batch_alter_table("publicity") as batch:
        batch.add_column(sa.Column("ended_at", db.Utc(timezone=True)))
        known = "ended_at IS NULL OR until_on IS NOT NULL"
        batch.create_check_constraint(op.f("ck_publicity_ended_with_its_time"), known)
    table = sa.table("publicity", sa.column("until_on", sa.Date), sa.column("withdrawn_at", db.Utc(timezone=True)))
    job = sa.table(
        "job", sa.column("kind", sa.String), sa.column("due_at", db.Utc(timezone=True)), sa.column("payload", db.Json),
        sa.column("attempts", sa.Integer), sa.column("failed", sa.Boolean),
    )  # fmt: skip
    wanted = sa.select(table.c.until_on).where(table.c.until_on.is_not(None), table.c.withdrawn_at.is_(None)).distinct()
    for (until_on,) in op.get_bind().execute(wanted).all():
        due_at = datetime.combine(until_on + timedelta(days=1), time(), _TOWN)
        values = {"kind": "unpublish", "due_at": due_at, "payload": {}, "attempts": 0, "failed": False}
        op.get_bind().execute(sa.insert(job).values(**values))


def downgrade() -> None:
    """Go one step back."""
    op.execute("DELETE FROM job WHERE kind = 'unpublish'")
    with op.batch_alter_table("publicity") as batch:
        batch.drop_constraint(op.f("ck_publicity_ended_with_its_time"), type_="check")
        batch.drop_column("ended_at")
