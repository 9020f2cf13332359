"""The duty: which posts a grid of each level has (三长六员: the town's data), and who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors
from engine.errors import N_
from engine.organisation import person, post, substitution
from engine.organisation.grid import node

KINDS = {"chief": N_("grid chief"), "member": N_("grid member")}

grid_duty = sa.Table(
    "grid_duty",
    db.metadata,
    sa.Column("post", sa.ForeignKey(post.post.c.code), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("mandatory", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.CheckConstraint("kind IN ('chief', 'member')", name="kind_known"),
    sa.CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),
)
"""``mandatory``: every grid of the level needs somebody in this post."""


@dataclass(frozen=True)
class Filled:
    """A post of a grid with those who hold it today; ``acting`` maps an absent holder to whoever acts instead."""

    row: sa.Row[Any]
    group: str
    holders: Sequence[sa.Row[Any]]
    acting: dict[str, sa.Row[Any] | None]

    @property
    def vacant(self) -> bool:
        """Whether somebody is missing whom the grid must have."""
        return bool(self.row.mandatory and not self.holders)


def every(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the posts of grids with their names, in the order of the town's file."""
    query = sa.select(grid_duty, post.post.c.name, post.post.c.name_en)
    query = query.join(post.post, post.post.c.code == grid_duty.c.post)
    return connection.execute(query.order_by(grid_duty.c.position)).all()


def level_of(connection: Connection, code: str) -> int | None:
    """Return the level at whose grids a post is held; None if the town says nothing of it."""
    return connection.execute(sa.select(grid_duty.c.level).where(grid_duty.c.post == code)).scalar_one_or_none()


def of(connection: Connection, grid: sa.Row[Any]) -> list[Filled]:
    """Return the posts of a grid with those who hold them today and who acts for the absent."""
    return of_each(connection, [grid])[grid.code]


def of_each(connection: Connection, grids: Sequence[sa.Row[Any]]) -> dict[str, list[Filled]]:
    """Return for each of some grids in force, by its code, what :func:`of` does, however many they are in one look."""
    posts, holders = every(connection), _holders(connection, [grid.code for grid in grids])
    away = connection.execute(sa.select(substitution.absence.c.person_id).where(substitution.on(clock.today())))
    there = {one.id for held in holders.values() for one in held}
    acting = {one: _acting(connection, one) for one in there.intersection(away.scalars())}
    found: dict[str, list[Filled]] = {grid.code: [] for grid in grids}
    for grid in grids:
        for row in posts:
            if row.level == grid.level:
                held = holders.get((row.post, grid.code), [])
                absent = {one.id: acting[one.id] for one in held if one.id in acting}
                found[grid.code].append(Filled(row, post.group(row.post, grid.code), held, absent))
    return found


def _holders(connection: Connection, codes: Sequence[str]) -> dict[tuple[str, str], list[sa.Row[Any]]]:
    """Return the persons on duty who hold a post at one of the grids today, by post and grid, each time by id."""
    held, who = person.appointment.c, person.person
    query = sa.select(held.post.label("held_post"), held.scope.label("held_at"), who).join(
        who, who.c.id == held.person_id
    )
    query = query.where(held.scope.in_(codes), person.held(clock.today()), who.c.on_duty).order_by(who.c.id)
    found: dict[tuple[str, str], list[sa.Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault((row.held_post, row.held_at), []).append(row)
    return found


def _acting(connection: Connection, absent: str) -> sa.Row[Any] | None:
    other = substitution.present_substitute(connection, absent, clock.today())
    return person.get(connection, other) if other else None


def standing_in(connection: Connection, grid: sa.Row[Any]) -> dict[str, list[sa.Row[Any]]]:
    """Return for each holder of a post of the grid those who stand in, in the order in which they are asked."""
    held, order = person.appointment.c, substitution.substitute.c
    here = sa.select(held.person_id).where(held.scope == grid.code, person.held(clock.today()))
    query: sa.Select[Any] = sa.select(order.person_id, person.person.c.id, person.person.c.display_name)
    query = query.join(person.person, person.person.c.id == order.substitute_id).where(order.person_id.in_(here))
    found: dict[str, list[sa.Row[Any]]] = {}
    for row in connection.execute(query.order_by(order.person_id, order.position)):
        found.setdefault(row.person_id, []).append(row)
    return found


def held_by(connection: Connection, grid: str, code: str, person_id: str) -> int:
    """Return the id of the appointment by which somebody holds a post at a grid today.

    Raises
    ------
    AppointmentUnknown
        If there is none.
    """
    held = person.appointment.c
    here = (held.scope == grid, held.post == code, held.person_id == person_id, person.held(clock.today()))
    found = connection.execute(sa.select(held.id).where(*here)).scalar_one_or_none()
    if found is None:
        raise errors.AppointmentUnknown(appointment_id=f"{person_id} {post.group(code, grid)}")
    return int(found)


def vacancies(connection: Connection) -> list[tuple[sa.Row[Any], sa.Row[Any]]]:
    """Return each grid in force with each mandatory post that nobody on duty holds there today."""
    held = person.appointment.c
    query = sa.select(held.post, held.scope).join(person.person, person.person.c.id == held.person_id)
    rows = connection.execute(query.where(person.held(clock.today()), person.person.c.on_duty))
    there = {(row.post, row.scope) for row in rows}
    needed = [row for row in every(connection) if row.mandatory]
    return [
        (grid, row)
        for grid in node.every(connection)
        for row in needed
        if row.level == grid.level and (row.post, grid.code) not in there
    ]
