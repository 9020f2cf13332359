"""How those are called whom a case waits for: persons, posts at their places, and others by their part in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.errors import N_
from engine.organisation import person, post, unit

ROLES = {
    "applicant": N_("the applicant"),
    "upper": N_("the higher organ"),
    "authority": N_("the authority that reviews the decision"),
    "procedure": N_("Special procedure"),
    "outside": N_("somebody outside"),
    "handler": N_("the handlers of the case"),
}
"""Who is no person and no post; marked for translation."""


def names(
    connection: Connection, principals: Iterable[str], *, say: Callable[[str], str] = str, english: bool = False
) -> dict[str, str]:
    """Return what to call each principal (``person:…``, ``group:…@…``, a word of :data:`ROLES`) in three statements.

    A name that nobody knows any more is shown as it is written, so that old traces stay readable.
    """
    wanted = list(dict.fromkeys(principals))
    people = person.names(connection, [name.removeprefix("person:") for name in wanted if name.startswith("person:")])
    groups = {name: name.removeprefix("group:").partition("@") for name in wanted if name.startswith("group:")}
    column = (post.post.c.name_en if english else post.post.c.name).label("called")
    posts = _called(connection, post.post.c.code, column, [code for code, _, _ in groups.values()])
    column = (unit.unit.c.name_en if english else unit.unit.c.name).label("called")
    places = _called(connection, unit.unit.c.scope, column, [scope for _, _, scope in groups.values() if scope])
    found = {}
    for name in wanted:
        if name in groups:
            code, _, scope = groups[name]
            place = (" ({})" if english else "（{}）").format(places.get(scope, scope)) if scope else ""
            found[name] = posts.get(code, code) + place
        elif name in ROLES:
            found[name] = say(ROLES[name])
        else:
            key = name.removeprefix("person:")
            found[name] = people.get(key, key)
    return found


def _called(
    connection: Connection, key: sa.ColumnElement[str], called: sa.Label[str], wanted: list[str]
) -> dict[str, str]:
    if not wanted:
        return {}
    rows = connection.execute(sa.select(key.label("key"), called).where(key.in_(wanted)))
    return {row.key: row.called for row in rows}
