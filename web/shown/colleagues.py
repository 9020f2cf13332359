"""The colleagues among whom somebody chooses: everybody on duty, by unit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import request
from sqlalchemy.engine import Connection

from engine.organisation import person
from web import i18n


def by_unit(connection: Connection, without: Collection[str] = ()) -> list[tuple[str, list[Any]]]:
    """Return the persons on duty by the names of their units, leaving some out."""
    found: dict[str, list[Any]] = {}
    for row in person.on_duty(connection):
        if row.id not in without:
            found.setdefault(i18n.named(row), []).append(row)
    return list(found.items())


def chosen(connection: Connection) -> Sequence[str]:
    """Return the ids of the persons that the form names and that are on duty."""
    known = {row.id for row in person.on_duty(connection)}
    return [each for each in list(dict.fromkeys(request.form.getlist("person")))[:100] if each in known]
