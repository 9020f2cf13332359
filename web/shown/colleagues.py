"""The colleagues among whom somebody chooses: everybody on duty, by unit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.engine import Connection

from engine.organisation.person import person
from engine.organisation.unit import unit
from web import i18n


def by_unit(connection: Connection, without: Collection[str] = ()) -> list[tuple[str, list[Any]]]:
    """Return the persons on duty by the names of their units, leaving some out."""
    rows = connection.execute(
        sa.select(person.c.id, person.c.display_name, unit.c.name, unit.c.name_en)
        .join(unit, unit.c.code == person.c.unit)
        .where(person.c.kind == "person", person.c.on_duty, person.c.id.not_in(list(without)))
        .order_by(unit.c.code, person.c.display_name, person.c.id)
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(i18n.named(row), []).append(row)
    return list(found.items())


def chosen(connection: Connection) -> Sequence[str]:
    """Return the ids of the persons that the form names and that are on duty."""
    given = list(dict.fromkeys(request.form.getlist("person")))[:100]
    rows = connection.execute(
        sa.select(person.c.id).where(person.c.id.in_(given), person.c.on_duty, person.c.kind == "person")
    )
    known = set(rows.scalars())
    return [each for each in given if each in known]
