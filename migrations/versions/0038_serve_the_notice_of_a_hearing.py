"""Serve the notice of a hearing: no hearing is held that was not told seven working days before (行政处罚法64(二))."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TOLD = "ck_penalty_hearing_told_in_time"
_HEARING = sa.table("penalty_hearing", sa.column("tell_by", sa.Date), sa.column("told_on", sa.Date))


def upgrade() -> None:
    """Go one step forward; what was fixed until now counts as told in time on the day on which it was fixed."""
    with op.batch_alter_table("penalty_hearing") as batch:
        batch.add_column(sa.Column("tell_by", sa.Date))
    told = _HEARING.c.told_on.is_not(None)
    op.get_bind().execute(sa.update(_HEARING).where(told).values(tell_by=_HEARING.c.told_on))
    rule = "state NOT IN ('held', 'absent') OR (told_on IS NOT NULL AND tell_by IS NOT NULL AND told_on <= tell_by)"
    with op.batch_alter_table("penalty_hearing") as batch:
        batch.create_check_constraint(op.f(_TOLD), rule)


def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table("penalty_hearing") as batch:
        batch.drop_constraint(op.f(_TOLD), type_="check")
        batch.drop_column("tell_by")
