"""The saved view: filters of the inbox that a person keeps under a name. It is nobody's act and leaves no event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, errors
from engine.ground.together import Question
from engine.organisation import person

MOST = 12
"""How many a person may keep: more tabs than that are found by nobody."""

saved_view = sa.Table(
    "saved_view",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("person_id", sa.ForeignKey(person.person.c.id), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("query", sa.String(1000), nullable=False),
    sa.UniqueConstraint("person_id", "name"),
    sa.CheckConstraint("name <> ''", name="name_given"),
)


def of(connection: Connection, person_id: str) -> Sequence[sa.Row[Any]]:
    """Return a person's views in the order in which they were kept."""
    return OF_PERSON.all(connection, person=person_id)


OF_PERSON = Question(sa.select(saved_view).where(saved_view.c.person_id == sa.bindparam("person")), saved_view.c.id)


def keep(connection: Connection, person_id: str, name: str, query: str) -> sa.Row[Any]:
    """Keep a view; one of the same name is replaced.

    Raises
    ------
    ViewNameMissing, ViewTooLong, ViewsTooMany
        If it has no name, is longer than a view can be, or the person keeps as many as can be shown.
    """
    name = " ".join(name.split())
    if not name:
        raise errors.ViewNameMissing
    if len(name) > 40 or len(query) > 1000:
        raise errors.ViewTooLong(limit=40)
    replaced = connection.execute(
        sa.update(saved_view)
        .where(saved_view.c.person_id == person_id, saved_view.c.name == name)
        .values(query=query)
        .returning(saved_view)
    ).one_or_none()
    if replaced is not None:
        return replaced
    if len(of(connection, person_id)) >= MOST:
        raise errors.ViewsTooMany(limit=MOST)
    values = {"person_id": person_id, "name": name, "query": query}
    return connection.execute(sa.insert(saved_view).values(values).returning(saved_view)).one()


def forget(connection: Connection, person_id: str, view_id: int) -> None:
    """Take a person's view away.

    Raises
    ------
    ViewUnknown
        If the person keeps none with this id.
    """
    mine = sa.delete(saved_view).where(saved_view.c.id == view_id, saved_view.c.person_id == person_id)
    if connection.execute(mine.returning(saved_view.c.id)).one_or_none() is None:
        raise errors.ViewUnknown
