"""The attachment: a file that came with the form of a task or with a report, laid into the case for all who read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from engine import db
from engine.cases.case import case_file
from engine.cases.reading import beside
from engine.ground import files

attachment = sa.Table(
    "attachment",
    db.metadata,
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), primary_key=True),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id"), primary_key=True),
    sa.Column("task_id", db.Id, sa.ForeignKey("task.id")),
    sa.Index(None, "file_id"),
)


def attach(connection: Connection, task: sa.Row[Any], file_ids: Iterable[int]) -> None:
    """Lay files into the case of a task; where there is no case they stay with whoever stored them.

    The storing has left its event already, and the completion names the files it hands on.
    """
    case_id = connection.scalar(
        sa.select(case_file.c.id).where(case_file.c.number == beside.number_of(task.business_key))
    )
    if case_id is None:
        files.keep(connection, file_ids)
    else:
        lay(connection, case_id, file_ids, task.id)


def lay(connection: Connection, case_id: int, file_ids: Iterable[int], task_id: int | None = None) -> None:
    """Lay files into a case; one that lies there already stays with the task it came with."""
    rows = [{"case_id": case_id, "file_id": file_id, "task_id": task_id} for file_id in file_ids]
    if rows:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(attachment).on_conflict_do_nothing(), rows)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the files that were laid into a case, in the order they were stored."""
    stored = files.stored_file
    query = sa.select(stored, attachment.c.task_id).join(attachment, attachment.c.file_id == stored.c.id)
    return connection.execute(query.where(attachment.c.case_id == case_id).order_by(stored.c.id)).all()
