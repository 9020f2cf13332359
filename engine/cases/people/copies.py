"""The copy (抄送): a case that somebody shows to a colleague, who may read it from then on and need do nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.case import case_file
from engine.cases.people import access
from engine.cases.reading import trail

case_copy = sa.Table(
    "case_copy",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("person", sa.String(80), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("sent_by", sa.String(80), nullable=False),
    sa.Column("sent_at", db.Utc, nullable=False),
    sa.Column("read_at", db.Utc),
    sa.Index(None, "person", "id"),
    sa.Index(None, "case_id", "person"),
)
LONGEST = 500


def send(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], people: Sequence[str], note: str
) -> list[sa.Row[Any]]:
    """Let people read a case and tell them why; whether the sender may, :func:`access.require` has said.

    Raises
    ------
    ReceiverMissing
        If nobody is named.
    """
    wanted = [person for person in dict.fromkeys(people) if person != actor.id]
    if not wanted:
        raise errors.ReceiverMissing
    access.grant(connection, case.id, [f"person:{person}" for person in wanted])
    told = note.strip()[:LONGEST]
    found = []
    for person in wanted:
        values = {"case_id": case.id, "person": person, "note": told, "sent_by": actor.id, "sent_at": clock.now()}
        found.append(connection.execute(sa.insert(case_copy).values(values).returning(case_copy)).one())
        trail.record(connection, case.number, actor, "case.copied", to=person, reason=told)
    return found


def of(connection: Connection, person: str, *, below: int | None = None, limit: int = 50) -> Sequence[sa.Row[Any]]:
    """Return the copies a person got, the latest first, with number, title, item and state of the case."""
    case = case_file.c
    query = (
        sa.select(case_copy, case.number, case.title, case.item_name, case.state)
        .join(case_file, case.id == case_copy.c.case_id)
        .where(case_copy.c.person == person)
    )
    if below is not None:
        query = query.where(case_copy.c.id < below)
    return connection.execute(query.order_by(case_copy.c.id.desc()).limit(limit)).all()


def unread(person: str) -> sa.ScalarSelect[int]:
    """Return the query of how many copies a person has not opened yet, to be asked along with others."""
    query = sa.select(sa.func.count()).select_from(case_copy)
    return query.where(case_copy.c.person == person, case_copy.c.read_at.is_(None)).scalar_subquery()


def read(connection: Connection, person: str, case_id: int) -> None:
    """Note that a person has opened a case of which they got copies."""
    mine = (case_copy.c.case_id == case_id, case_copy.c.person == person, case_copy.c.read_at.is_(None))
    connection.execute(sa.update(case_copy).where(*mine).values(read_at=clock.now()))
