"""The register of the pool of experts: how often each was drawn and what came of it, and the draws behind that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.cases import case as cases
from engine.cases.people import access, expert_draw, expert_pool
from engine.organisation import person

FIELDS = ("field", "second_field")


def page(
    connection: Connection, *, field: str = "", text: str = "", after: str = "", limit: int = 50
) -> Sequence[sa.Row[Any]]:
    """Return experts by id, with ``drawn, replaced, answered, fees`` (whole yuan) and ``last_drawn_at`` of each.

    ``field`` asks for those of a field, ``text`` for a part of name or id, ``after`` for those that follow an id.
    """
    where = [person.person.c.id > after] if after else []
    if field:
        facts = sa.type_coerce(person.person.c.facts, sa.Text)
        where.append(sa.or_(*(facts.contains(f'"{name}":"{field}"', autoescape=True) for name in FIELDS)))
    if text:
        named = (person.person.c.display_name, person.person.c.id)
        where.append(sa.or_(*(column.icontains(text, autoescape=True) for column in named)))
    return connection.execute(_counted().where(*where).order_by(person.person.c.id).limit(limit)).all()


def one(connection: Connection, expert: str) -> sa.Row[Any]:
    """Return an expert as :func:`page` does.

    Raises
    ------
    PersonUnknown
        If the pool has none with this id.
    """
    found = connection.execute(_counted().where(person.person.c.id == expert)).one_or_none()
    if found is None:
        raise errors.PersonUnknown(person=expert)
    return found


def draws(
    connection: Connection, reader: access.Reader, expert: str, *, below: int | None = None, limit: int = 50
) -> Sequence[sa.Row[Any]]:
    """Return the seats of an expert in draws of cases that the reader sees, the latest draw first.

    Each has ``id, number, seed, fields, wanted, drawn_at`` of its draw and ``case_number``; ``below`` asks for draws
    before an id.
    """
    draw = expert_draw.expert_draw
    query = _seats(
        reader,
        expert,
        *(draw.c[name] for name in ("id", "number", "seed", "fields", "wanted", "drawn_at")),
        cases.case_file.c.number.label("case_number"),
        *(
            expert_draw.expert_seat.c[name]
            for name in ("rank", "replaced_at", "replaced_why", "vote", "opinion", "fee")
        ),
    )
    if below is not None:
        query = query.where(draw.c.id < below)
    return connection.execute(query.order_by(draw.c.id.desc()).limit(limit)).all()


def readable(connection: Connection, reader: access.Reader, expert: str) -> int:
    """Return of how many draws of an expert the reader sees the case."""
    return connection.scalar(_seats(reader, expert, sa.func.count())) or 0


def _seats(reader: access.Reader, expert: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    seat, draw = expert_draw.expert_seat, expert_draw.expert_draw
    joined = seat.join(draw, draw.c.id == seat.c.draw_id).join(cases.case_file, cases.case_file.c.id == draw.c.case_id)
    return sa.select(*columns).select_from(joined).where(seat.c.expert_id == expert, access.visible_cases(reader))


def _counted() -> sa.Select[Any]:
    seat, draw = expert_draw.expert_seat.c, expert_draw.expert_draw.c
    sums = (
        sa.select(
            seat.expert_id,
            sa.func.count().label("drawn"),
            sa.func.count(seat.replaced_at).label("replaced"),
            sa.func.count(seat.answered_at).label("answered"),
            sa.func.coalesce(sa.func.sum(seat.fee), 0).label("fees"),
            sa.func.max(draw.drawn_at).label("last_drawn_at"),
        )
        .join(expert_draw.expert_draw, draw.id == seat.draw_id)
        .group_by(seat.expert_id)
        .subquery()
    )
    counts = (sa.func.coalesce(sums.c[name], 0).label(name) for name in ("drawn", "replaced", "answered", "fees"))
    return (
        sa.select(person.person, *counts, sums.c.last_drawn_at)
        .outerjoin(sums, sums.c.expert_id == person.person.c.id)
        .where(person.person.c.unit == expert_pool.UNIT)
    )
