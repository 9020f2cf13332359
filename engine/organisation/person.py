"""The person: somebody, or a connected system, that holds posts and acts through them.

A person may hold several posts at several places and chooses none: the work of all of them is offered together, with
the work of those for whom the person stands in that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors, tasks
from engine.organisation import bar, post, separation, substitution, unit
from engine.organisation.grid.node import grid_successor

person = sa.Table(
    "person",
    db.metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("display_name", sa.String(80), nullable=False),
    sa.Column("unit", sa.ForeignKey(unit.unit.c.code), nullable=False),
    sa.Column("phone", sa.String(20)),
    sa.Column("on_duty", sa.Boolean, nullable=False),
    sa.Column("certainty", sa.String(12), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.Index(None, "unit"),
    sa.CheckConstraint("kind IN ('person', 'system')", name="kind_known"),
)
"""Somebody who has left stays, off duty, so that old traces keep their names."""

appointment = sa.Table(
    "appointment",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("person_id", sa.ForeignKey(person.c.id), nullable=False),
    sa.Column("post", sa.ForeignKey(post.post.c.code), nullable=False),
    sa.Column("scope", sa.String(40), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
    sa.UniqueConstraint("person_id", "post", "scope", "since"),
    sa.Index(None, "post", "scope"),
    sa.CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),
)
"""A person holds a post, at a place if the post has one; both days count. Its verbs are in ``appointment.py``."""


@dataclass(frozen=True)
class Standing:
    """The ``groups`` a person may act for on a day, and ``acting_for`` whom in each (None: the person's own)."""

    person_id: str
    groups: frozenset[str] = frozenset()
    acting_for: dict[str, str | None] = field(default_factory=dict)


def get(connection: Connection, person_id: str, *, lock: bool = False) -> sa.Row[Any]:
    """Return a person; ``lock`` keeps others from appointing the same person until the transaction ends.

    Raises
    ------
    PersonUnknown
        If there is none with this id.
    """
    query = sa.select(person).where(person.c.id == person_id)
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise errors.PersonUnknown(person=person_id)
    return found


def names(connection: Connection, people: Iterable[str]) -> dict[str, str]:
    """Return the names to show for these ids; ids that are no person are left out."""
    rows = connection.execute(sa.select(person.c.id, person.c.display_name).where(person.c.id.in_(set(people))))
    return {row.id: row.display_name for row in rows}


def held(day: date) -> sa.ColumnElement[bool]:
    """Return the condition under which an appointment is in force on the day."""
    return sa.and_(appointment.c.since <= day, sa.or_(appointment.c.until.is_(None), appointment.c.until >= day))


def appointments(connection: Connection, person_id: str) -> Sequence[sa.Row[Any]]:
    """Return all appointments of a person with the names of the posts, the latest first."""
    return connection.execute(
        sa.select(appointment, post.post.c.name, post.post.c.name_en)
        .join(post.post, post.post.c.code == appointment.c.post)
        .where(appointment.c.person_id == person_id)
        .order_by(appointment.c.since.desc(), appointment.c.id)
    ).all()


def holders(connection: Connection, group: str, on: date | None = None) -> Sequence[sa.Row[Any]]:
    """Return the persons on duty who hold a candidate group's post themselves, by id."""
    code, _, scope = group.partition("@")
    conditions = [appointment.c.post == code, held(on or clock.today()), person.c.on_duty]
    if scope:
        conditions.append(_answers_for(scope))
    return connection.execute(
        sa.select(person)
        .where(person.c.id.in_(sa.select(appointment.c.person_id).where(*conditions)))
        .order_by(person.c.id)
    ).all()


def _answers_for(place: str) -> sa.ColumnElement[bool]:
    """Return the condition that an appointment is for a place, or for the grid that answers for this closed one."""
    after = grid_successor.c
    heirs = sa.select(after.successor).where(after.closed == place, after.heir)
    return sa.or_(appointment.c.scope == place, appointment.c.scope.in_(heirs))


def eligible(
    connection: Connection, groups: Iterable[str], people: Iterable[str], on: date | None = None
) -> Sequence[sa.Row[Any]]:
    """Return whom work may be given that is offered to groups and people: those on duty who belong to one, by name."""
    wanted = list(groups)
    places = [name.partition("@") for name in wanted if "@" in name]
    members = unit.unit_member.c.member.in_((person.c.unit, post.post.c.unit))
    holds = sa.exists(
        sa.select(appointment.c.id)
        .join(post.post, post.post.c.code == appointment.c.post)
        .outerjoin(unit.unit_member, members)
        .where(
            appointment.c.person_id == person.c.id,
            held(on or clock.today()),
            sa.or_(
                appointment.c.post.in_(wanted),
                unit.unit_member.c.unit.in_(wanted),
                *(sa.and_(appointment.c.post == code, _answers_for(place)) for code, _, place in places),
            ),
        )
        .correlate(person)
    )
    return connection.execute(
        sa.select(person)
        .where(person.c.kind == "person", person.c.on_duty, sa.or_(person.c.id.in_(list(people)), holds))
        .order_by(person.c.display_name, person.c.id)
    ).all()


def groups(connection: Connection, person_id: str, on: date | None = None) -> frozenset[str]:
    """Return every candidate group the person may act for on the day (default: today)."""
    return standing(connection, person_id, on).groups


def candidate(connection: Connection, person_id: str) -> tuple[tasks.Candidate, dict[str, str | None]]:
    """Return the person as tasks see one, and for each group on whose behalf (None: in the person's own right)."""
    found = standing(connection, person_id)
    return tasks.Candidate(person_id, found.groups, bar.keys(connection, person_id)), found.acting_for


def as_candidate(connection: Connection, person_id: str) -> tasks.Candidate:
    """Return the person as tasks see one."""
    return candidate(connection, person_id)[0]


def on_duty(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return everybody on duty with the unit's ``name`` and ``name_en``, unit by unit."""
    of = unit.unit.c
    query: sa.Select[Any] = sa.select(person.c.id, person.c.display_name, of.name, of.name_en)
    query = query.join(unit.unit, of.code == person.c.unit).where(person.c.kind == "person", person.c.on_duty)
    return connection.execute(query.order_by(of.code, person.c.display_name, person.c.id)).all()


def standing(connection: Connection, person_id: str, on: date | None = None) -> Standing:
    """Return what the person may do on the day (default: today), in the person's own right and for others.

    A post that a separation rule forbids beside the person's own is not gained by standing in: a window clerk who
    stands in for a reviewer does only what else the reviewer does.
    """
    day = on or clock.today()
    represented = substitution.represented(connection, person_id, day)
    found = _groups_of(connection, [person_id, *represented], day)
    own = found.get(person_id, set())
    acting_for: dict[str, str | None] = dict.fromkeys(sorted(own))
    rules = separation.rules(connection, "same_person") if represented else ()
    for absent in represented:
        for group in sorted(found.get(absent, ())):
            if group not in acting_for and separation.conflict(rules, own, group) is None:
                acting_for[group] = absent
    return Standing(person_id, frozenset(acting_for), acting_for)


def _groups_of(connection: Connection, people: Sequence[str], day: date) -> dict[str, set[str]]:
    """Return the groups each person holds: posts, posts at their places, alliances of the units they work in.

    Who holds a post at a grid belongs to the groups of the closed grids whose heir this one is, too.
    """
    after = grid_successor.c
    inherits = sa.and_(after.successor == appointment.c.scope, after.heir)
    rows = connection.execute(
        sa.select(
            appointment.c.person_id, appointment.c.post, appointment.c.scope, unit.unit_member.c.unit, after.closed
        )
        .join(person, person.c.id == appointment.c.person_id)
        .join(post.post, post.post.c.code == appointment.c.post)
        .outerjoin(unit.unit_member, unit.unit_member.c.member.in_((person.c.unit, post.post.c.unit)))
        .outerjoin(grid_successor, inherits)
        .where(appointment.c.person_id.in_(people), held(day), person.c.on_duty)
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        mine = found.setdefault(row.person_id, set())
        mine.update({row.post, post.group(row.post, row.scope)})
        if row.unit:
            mine.add(row.unit)
        if row.closed:
            mine.add(post.group(row.post, row.closed))
    return found
