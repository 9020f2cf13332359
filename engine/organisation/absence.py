"""The absence: a person is away for some days, and somebody acts for them; the trail says on whose behalf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.organisation import person, separation, trail
from engine.organisation.substitution import absence, substitute


def report(
    connection: Connection,
    actor: audit.Actor,
    person_id: str,
    since: date,
    until: date,
    kind: str,
    *,
    substitute_id: str | None = None,
) -> sa.Row[Any]:
    """Enter an absence from a day to a day, both included; without a named substitute the standing order decides.

    Raises
    ------
    PersonUnknown
        If the person or the substitute does not exist.
    AbsenceDatesWrong, AbsenceOverlaps
        If the days are in the wrong order or another absence covers one of them.
    SubstituteImpossible
        If the substitute is the person, has left, is absent throughout, or may take over none of the posts.
    """
    who = person.get(connection, person_id, lock=True)
    if until < since:
        raise errors.AbsenceDatesWrong(since=str(since), until=str(until))
    there = sa.and_(absence.c.since <= until, absence.c.until >= since, absence.c.cancelled_at.is_(None))
    if connection.execute(sa.select(absence.c.id).where(absence.c.person_id == person_id, there)).first():
        raise errors.AbsenceOverlaps(person=who.display_name)
    if substitute_id is not None:
        _check_substitute(connection, who, substitute_id, since, until)
    row = connection.execute(
        sa.insert(absence)
        .values(person_id=person_id, since=since, until=until, kind=kind, substitute_id=substitute_id)
        .returning(absence)
    ).one()
    days = {"since": str(since), "until": str(until)}
    trail.record(connection, actor, "person.absent", person=person_id, kind=kind, substitute=substitute_id, **days)
    return row


def cancel(connection: Connection, actor: audit.Actor, absence_id: int) -> sa.Row[Any]:
    """Take an absence back: it never was, or the person is here again; what the substitute did stays as it was.

    Raises
    ------
    AbsenceUnknown
        If there is none with this id that still stands.
    """
    row = connection.execute(
        sa.update(absence)
        .where(absence.c.id == absence_id, absence.c.cancelled_at.is_(None))
        .values(cancelled_at=clock.now())
        .returning(absence)
    ).one_or_none()
    if row is None:
        raise errors.AbsenceUnknown(absence_id=absence_id)
    trail.record(connection, actor, "person.absence_cancelled", person=row.person_id, since=str(row.since))
    return row


def set_order(connection: Connection, actor: audit.Actor, person_id: str, order: Sequence[str]) -> None:
    """Set who is asked, in this order, when the person is absent.

    Raises
    ------
    PersonUnknown
        If the person or one of the substitutes does not exist.
    SubstituteImpossible
        If a substitute is the person, is named twice, has left, or may take over none of the posts.
    """
    who = person.get(connection, person_id, lock=True)
    if len(set(order)) < len(order):
        raise errors.SubstituteImpossible(person=who.display_name, substitute=", ".join(order))
    for name in order:
        _check_substitute(connection, who, name)
    connection.execute(sa.delete(substitute).where(substitute.c.person_id == person_id))
    rows = [
        {"person_id": person_id, "position": position, "substitute_id": name}
        for position, name in enumerate(order, start=1)
    ]
    if rows:
        connection.execute(sa.insert(substitute), rows)
    trail.record(connection, actor, "person.substitutes_set", person=person_id, substitutes=list(order))


def _check_substitute(
    connection: Connection, who: sa.Row[Any], name: str, since: date | None = None, until: date | None = None
) -> None:
    other = person.get(connection, name)
    day = since or clock.today()
    mine, theirs = (_posts(connection, one, day) for one in (who.id, name))
    rules = separation.rules(connection, "same_person")
    useless = mine and all(separation.conflict(rules, theirs, code) for code in mine)
    away = (
        since
        and connection.execute(
            sa.select(absence.c.id).where(
                absence.c.person_id == name,
                absence.c.since <= since,
                absence.c.until >= until,
                absence.c.cancelled_at.is_(None),
            )
        ).first()
    )
    if name == who.id or not other.on_duty or useless or away:
        raise errors.SubstituteImpossible(person=who.display_name, substitute=other.display_name)


def _posts(connection: Connection, person_id: str, day: date) -> set[str]:
    return set(
        connection.execute(
            sa.select(person.appointment.c.post).where(person.appointment.c.person_id == person_id, person.held(day))
        ).scalars()
    )
