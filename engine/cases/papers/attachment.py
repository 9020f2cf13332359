"""The attachment: a file that came with the form of a task. It lies in the case, for everybody who reads the case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.cases.case import case_file
from engine.cases.reading import beside

attachment = sa.Table(
    "attachment",
    db.metadata,
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), primary_key=True),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id"), primary_key=True),
    sa.Column("task_id", db.Id, sa.ForeignKey("task.id"), nullable=False),
    sa.Index(None, "file_id"),
)


def attach(connection: Connection, task: sa.Row[Any], file_ids: Iterable[int]) -> None:
    """Lay files into the case of a task; a task without a case keeps them with whoever stored them.

    The storing has left its event already, and the completion names the files it hands on.
    """
    case_id = connection.scalar(
        sa.select(case_file.c.id).where(case_file.c.number == beside.number_of(task.business_key))
    )
    rows = [{"case_id": case_id, "file_id": file_id, "task_id": task.id} for file_id in file_ids]
    if case_id is not None and rows:
        connection.execute(sa.insert(attachment), rows)
