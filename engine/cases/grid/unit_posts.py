"""The posts of a department: to whom its events are offered, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.organisation import post, unit

HEADS, HANDLERS = (".head", ".leader", ".lead"), (".handler", ".officer", ".dispatcher")
"""What the codes of posts end with, by what they do; a department without handlers works through its head."""


def handlers_of(connection: Connection, code: str) -> list[str]:
    """Return the posts that handle what a department is sent.

    Raises
    ------
    DepartmentWithoutPost
        If it has none.
    """
    found = _ending(connection, code, HANDLERS) or _ending(connection, code, HEADS)
    if not found:
        raise errors.DepartmentWithoutPost(unit=code)
    return found


def head_of(connection: Connection, code: str) -> str:
    """Return the post that answers for a department, or its handlers' where it has no head.

    Raises
    ------
    DepartmentWithoutPost
        If it has none.
    """
    return (_ending(connection, code, HEADS) or handlers_of(connection, code))[0]


def offered(connection: Connection) -> list[dict[str, str]]:
    """Return the departments that can be sent something, for a form."""
    posts = {row.unit for row in post.every(connection) if row.code.endswith((*HEADS, *HANDLERS))}
    rows = [row for row in unit.every(connection) if row.code in posts]
    return [{"label": row.name, "label:en": row.name_en, "value": row.code} for row in rows]


def _ending(connection: Connection, code: str, ends: Iterable[str]) -> list[str]:
    table: Any = post.post.c
    wanted = sa.or_(*(table.code.endswith(end) for end in ends))
    query = sa.select(table.code).where(table.unit == code, wanted).order_by(table.position)
    return list(connection.execute(query).scalars())
