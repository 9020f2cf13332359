"""Read lists of open tasks in order: their due moment stands with the task and its offers, under indexes of open ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db
from engine.cases.reading import beside
from engine.handling import offers

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_IS_OPEN = sa.text("state = 'open'")
_OWNED = sa.text("state = 'open' AND owner IS NOT NULL")
_SIGNS = sa.text("signs IS NOT NULL")
_OFFERED = sa.text("sort_due_at IS NOT NULL")


def upgrade() -> None:
    """Go one step forward."""
    for name in ("ix_task_assignee_state_due_at_id", "ix_task_instance_id_state", "ix_task_signs"):
        op.drop_index(name, table_name="task")
    op.drop_index("ix_task_candidate_kind_name_task_id", table_name="task_candidate")
    op.add_column("task", sa.Column("sort_due_at", db.Utc(timezone=True)))
    op.add_column("task_candidate", sa.Column("free", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("task_candidate", sa.Column("sort_due_at", db.Utc(timezone=True)))
    _fill()
    with op.batch_alter_table("task") as batch:
        batch.alter_column("sort_due_at", existing_type=db.Utc(timezone=True), nullable=False)
    with op.batch_alter_table("task_candidate", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("free", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch.create_check_constraint(op.f("ck_task_candidate_name_without_comma"), "name NOT LIKE '%,%'")
    op.create_index("ix_task_instance_id", "task", ["instance_id"])
    _index("ix_task_held", "task", ["assignee", "sort_due_at", "id"], _IS_OPEN)
    _index("ix_task_owned", "task", ["owner"], _OWNED)
    _index("ix_task_signs", "task", ["signs"], _SIGNS)
    _index("ix_task_candidate_open", "task_candidate", ["kind", "name", "free", "sort_due_at", "task_id"], _OFFERED)
    for statement in offers.FOLLOWS_TASK[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Go one step back."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("DROP TRIGGER task_candidate_follows" + (" ON task" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION task_candidate_follows")
    for name in ("ix_task_held", "ix_task_owned", "ix_task_signs", "ix_task_instance_id"):
        op.drop_index(name, table_name="task")
    op.drop_index("ix_task_candidate_open", table_name="task_candidate")
    with op.batch_alter_table("task_candidate") as batch:
        batch.drop_constraint(op.f("ck_task_candidate_name_without_comma"), type_="check")
        batch.drop_column("free")
        batch.drop_column("sort_due_at")
    with op.batch_alter_table("task") as batch:
        batch.drop_column("sort_due_at")
    op.create_index("ix_task_candidate_kind_name_task_id", "task_candidate", ["kind", "name", "task_id"])
    op.create_index("ix_task_signs", "task", ["signs"])
    op.create_index("ix_task_instance_id_state", "task", ["instance_id", "state"])
    op.create_index("ix_task_assignee_state_due_at_id", "task", ["assignee", "state", "due_at", "id"])


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _fill() -> None:
    key, due, sort_due = sa.column("business_key", sa.String()), sa.column("due_at", db.Utc()), "sort_due_at"
    task = sa.table(
        "task", sa.column("id"), key, due, sa.column("state"), sa.column("assignee"), sa.column(sort_due, db.Utc())
    )
    number, promised, legal = sa.column("number"), sa.column("promised_due_at"), sa.column("legal_due_at")
    case = sa.table("case_file", number, promised, legal)
    of_case = sa.select(sa.func.coalesce(promised, legal)).where(case.c.number == beside.number_in(task.c.business_key))
    never = sa.literal(offers.NEVER, db.Utc())
    op.execute(sa.update(task).values(sort_due_at=sa.func.coalesce(task.c.due_at, of_case.scalar_subquery(), never)))
    op.execute(
        "UPDATE task_candidate SET free = (SELECT assignee IS NULL FROM task WHERE task.id = task_id), "
        "sort_due_at = (SELECT sort_due_at FROM task WHERE task.id = task_id AND state = 'open')"
    )
