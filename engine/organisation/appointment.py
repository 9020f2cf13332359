"""The appointment: giving a person a post and taking it back. Nobody is given what excludes what they hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.organisation import person, post, qualification, separation, trail, unit
from engine.organisation.grid import duty, node
from engine.organisation.person import appointment


def appoint(
    connection: Connection,
    actor: audit.Actor,
    person_id: str,
    code: str,
    *,
    scope: str = "",
    since: date | None = None,
    until: date | None = None,
) -> sa.Row[Any]:
    """Give a person a post, from today unless ``since`` says otherwise, both days included.

    Raises
    ------
    PersonUnknown, PostUnknown
        If there is no such person or post.
    PersonOffDuty, AppointmentDatesWrong, PostScopeWrong
        If the person has left, the days are in the wrong order, or the place is none of the post's kind.
    GridClosed
        If others have taken the place of the grid.
    QualificationMissing
        If the post demands a qualification the person never had; whether it is in force is asked at each act.
    PostsExclude
        If a separation rule forbids the post beside one that the person holds at the same time.
    AppointmentTwice, PostFull
        If the person holds the post there already, or all its places are taken.
    """
    first = since or clock.today()
    if until is not None and until < first:
        raise errors.AppointmentDatesWrong(since=str(first), until=str(until))
    who = person.get(connection, person_id, lock=True)
    if not who.on_duty:
        raise errors.PersonOffDuty(person=who.display_name)
    what = post.get(connection, code, lock=True)
    _check_scope(connection, what, scope)
    _check_qualified(connection, who, what)
    _check_separation(connection, who, what, first, until)
    _check_places(connection, who, what, scope, first, until)
    row = connection.execute(
        sa.insert(appointment)
        .values(person_id=person_id, post=code, scope=scope, since=first, until=until)
        .returning(appointment)
    ).one()
    days = {"since": str(first), "until": str(until) if until else None}
    trail.record(connection, actor, "person.appointed", person=person_id, post=code, scope=scope, **days)
    return row


def dismiss(
    connection: Connection, actor: audit.Actor, appointment_id: int, reason: str, *, until: date | None = None
) -> sa.Row[Any]:
    """End an appointment; ``until`` is its last day (default: yesterday, so that it ends at once).

    Raises
    ------
    AppointmentUnknown
        If there is none with this id that is still in force then.
    """
    last = until or clock.today() - timedelta(days=1)
    before = connection.execute(
        sa.select(appointment).where(appointment.c.id == appointment_id).with_for_update()
    ).one_or_none()
    if before is None or (before.until is not None and before.until <= last):
        raise errors.AppointmentUnknown(appointment_id=appointment_id)
    details = {"person": before.person_id, "post": before.post, "scope": before.scope, "reason": reason}
    trail.record(connection, actor, "person.dismissed", until=str(last), **details)
    if before.since > last:  # it has not been in force a whole day: nothing of it remains but the trail
        connection.execute(sa.delete(appointment).where(appointment.c.id == appointment_id))
        return before
    return connection.execute(
        sa.update(appointment).where(appointment.c.id == appointment_id).values(until=last).returning(appointment)
    ).one()


def overlapping(first: date, last: date | None) -> sa.ColumnElement[bool]:
    """Return the condition under which an appointment shares a day with the period; no ``last``: for good."""
    still = sa.or_(appointment.c.until.is_(None), appointment.c.until >= first)
    return still if last is None else sa.and_(still, appointment.c.since <= last)


def _check_scope(connection: Connection, what: sa.Row[Any], scope: str) -> None:
    if (what.scope == "none") != (scope == ""):
        raise errors.PostScopeWrong(post=what.name, kind=what.scope, scope=scope or "–")
    try:
        if what.scope in unit.SCOPES:
            unit.at(connection, what.scope, scope)
        elif what.scope == "grid":
            _check_level(connection, what, node.in_force(connection, scope))
    except (errors.UnitUnknown, errors.GridUnknown) as problem:
        raise errors.PostScopeWrong(post=what.name, kind=what.scope, scope=scope) from problem


def _check_level(connection: Connection, what: sa.Row[Any], grid: sa.Row[Any]) -> None:
    level = duty.level_of(connection, what.code)
    if level is not None and level != grid.level:
        raise errors.PostScopeWrong(post=what.name, kind=f"grid {level}", scope=grid.code)


def _check_qualified(connection: Connection, who: sa.Row[Any], what: sa.Row[Any]) -> None:
    has = {row.kind for row in qualification.of(connection, who.id)}
    missing = sorted(set(what.requires) - has)
    if missing:
        raise errors.QualificationMissing(person=who.display_name, post=what.name, kind=", ".join(missing))


def _check_separation(
    connection: Connection, who: sa.Row[Any], what: sa.Row[Any], first: date, last: date | None
) -> None:
    held = connection.execute(
        sa.select(appointment.c.post).where(appointment.c.person_id == who.id, overlapping(first, last))
    ).scalars()
    found = separation.conflict(separation.rules(connection, "same_person"), held, what.code)
    if found:
        rule, other = found
        raise errors.PostsExclude(
            person=who.display_name,
            held=post.get(connection, other).name,
            wanted=what.name,
            rule=rule.id,
            reason=rule.reason,
            basis=rule.basis,
        )


def _check_places(
    connection: Connection, who: sa.Row[Any], what: sa.Row[Any], scope: str, first: date, last: date | None
) -> None:
    there = connection.execute(
        sa.select(appointment.c.person_id, appointment.c.scope).where(
            appointment.c.post == what.code, overlapping(first, last)
        )
    ).all()
    if any(row.person_id == who.id and row.scope == scope for row in there):
        raise errors.AppointmentTwice(person=who.display_name, post=what.name)
    if what.max_holders is not None and len(there) >= what.max_holders:
        raise errors.PostFull(post=what.name, limit=what.max_holders)
