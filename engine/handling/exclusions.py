"""The exclusion: whom a rule keeps from an open task, so that no list offers them what they would be refused.

The rules themselves are asked by :mod:`engine.tasks.guarding`; what they answered is kept here, for lists to leave out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.ground.prepared import Prepared

ANY = ""
"""The name of an exclusion that holds for whatever post the person would act."""

exclusion = sa.Table(
    "task_exclusion",
    db.metadata,
    sa.Column("person", sa.String(80), primary_key=True),
    sa.Column("task_id", sa.ForeignKey("task.id"), primary_key=True),
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Index(None, "task_id"),
    sqlite_with_rowid=False,
)
"""``name``: the group for which the person may not do the task, or :data:`ANY`; there are none of tasks that are over.
"""

_END = "DELETE FROM task_exclusion WHERE task_id = NEW.id;"
_ENDS = "CREATE TRIGGER task_exclusion_ends AFTER UPDATE OF state ON task"
ENDS_WITH_TASK = {
    "sqlite": [f"{_ENDS} WHEN NEW.state <> 'open' BEGIN {_END} END"],
    "postgresql": [
        "CREATE FUNCTION task_exclusion_ends() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_END} RETURN NULL; END $$",
        f"{_ENDS} FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION task_exclusion_ends()",
    ],
}
"""The triggers, by dialect; the migration and :data:`db.metadata` create the same ones."""
db.after_create(exclusion, ENDS_WITH_TASK)


def holds(person: str, task_id: sa.ColumnElement[int], name: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition under which a person may not do a task that is offered to them by a name."""
    mine = exclusion.c.person == person, exclusion.c.task_id == task_id
    named = sa.or_(exclusion.c.name == sa.literal_column("''"), exclusion.c.name == name)
    return sa.exists(sa.select(sa.literal_column("1")).where(*mine, named))


def replace(connection: Connection, kept: Mapping[int, Collection[tuple[str, str]]]) -> None:
    """Keep for each of these tasks who may not do it for which name, and nothing that was kept before."""
    connection.execute(sa.delete(exclusion).where(exclusion.c.task_id.in_(kept)))
    rows: list[dict[str, Any]] = [
        {"person": person, "task_id": key, "name": name} for key, pairs in kept.items() for person, name in set(pairs)
    ]
    if rows:
        _INSERT.many(connection, rows)


_INSERT = Prepared(sa.insert(exclusion))
