"""Let the chain tell itself: no event repeats the hash before it, and a trigger moves the head of its stream."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import audit, db
from engine.ground import trace

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward; the traces of older events stay as long as they are."""
    op.drop_column("audit_event", "prev_hash")
    for statement in audit.MOVES_HEAD[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Go one step back."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("DROP TRIGGER audit_event_moves_head" + (" ON audit_event" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION move_audit_head")
        op.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
    else:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_event_no_{verb}")
    op.add_column("audit_event", sa.Column("prev_hash", db.Digest()))
    _fill()
    with op.batch_alter_table("audit_event") as batch:
        batch.alter_column("prev_hash", existing_type=db.Digest(), nullable=False)
    if postgresql:
        op.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only")
    else:
        for statement in audit.APPEND_ONLY["sqlite"]:
            op.execute(statement)


def _fill() -> None:
    """Write the hash before it beside every event, and every trace in full."""
    event = sa.table(
        "audit_event",
        *(sa.column("id", db.Id), sa.column("stream", sa.String), sa.column("seq", sa.Integer)),
        *(sa.column("details", sa.Text), sa.column("hash", db.Digest()), sa.column("prev_hash", db.Digest())),
    )
    earlier = event.alias()
    found = sa.select(earlier.c.hash).where(earlier.c.stream == event.c.stream, earlier.c.seq == event.c.seq - 1)
    genesis = sa.literal(audit.GENESIS, db.Digest())
    connection = op.get_bind()
    connection.execute(sa.update(event).values(prev_hash=sa.func.coalesce(found.scalar_subquery(), genesis)))
    kept = sa.select(event.c.id, sa.type_coerce(event.c.details, trace.Details()).label("details"))
    for row in connection.execute(kept.where(event.c.details.contains('"~steps"'))).all():
        connection.execute(sa.update(event).where(event.c.id == row.id).values(details=db.dumps(row.details)))
