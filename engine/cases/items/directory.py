"""How those are called whom a case waits for: persons, posts at their places, and others by their part in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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


class Book(Protocol):
    """Knows persons, posts and places by their keys; rows of the last two carry ``name`` and ``name_en``."""

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Return the names of persons by their ids."""

    def posts(self, codes: Iterable[str]) -> Mapping[str, sa.Row[Any]]:
        """Return posts by their codes."""

    def places(self, scopes: Iterable[str]) -> Mapping[str, sa.Row[Any]]:
        """Return units by the place that each of them is."""


@dataclass(frozen=True)
class Asking:
    """The book that asks the database for each kind of name."""

    connection: Connection

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Return the names of persons by their ids."""
        return person.names(self.connection, ids)

    def posts(self, codes: Iterable[str]) -> Mapping[str, sa.Row[Any]]:
        """Return posts by their codes."""
        return {row.code: row for row in self._rows(post.post, post.post.c.code, codes)}

    def places(self, scopes: Iterable[str]) -> Mapping[str, sa.Row[Any]]:
        """Return units by the place that each of them is."""
        return {row.scope: row for row in self._rows(unit.unit, unit.unit.c.scope, scopes)}

    def _rows(self, table: sa.Table, key: sa.ColumnElement[str], wanted: Iterable[str]) -> Sequence[sa.Row[Any]]:
        listed = list(wanted)
        return self.connection.execute(sa.select(table).where(key.in_(listed))).all() if listed else []


def names(
    book: Book, principals: Iterable[str], *, say: Callable[[str], str] = str, english: bool = False
) -> dict[str, str]:
    """Return what to call each principal (``person:…``, ``group:…@…``, a word of :data:`ROLES`).

    A name that nobody knows any more is shown as it is written, so that old traces stay readable.
    """
    wanted = list(dict.fromkeys(principals))
    people = book.people([name.removeprefix("person:") for name in wanted if name.startswith("person:")])
    groups = {name: name.removeprefix("group:").partition("@") for name in wanted if name.startswith("group:")}
    language = "name_en" if english else "name"
    posts = book.posts([code for code, _, _ in groups.values()])
    places = book.places([scope for _, _, scope in groups.values() if scope])
    found = {}
    for name in wanted:
        if name in groups:
            code, _, scope = groups[name]
            here = getattr(places.get(scope), language, scope)
            place = (" ({})" if english else "（{}）").format(here) if scope else ""
            found[name] = getattr(posts.get(code), language, code) + place
        elif name in ROLES:
            found[name] = say(ROLES[name])
        else:
            key = name.removeprefix("person:")
            found[name] = people.get(key, key)
    return found
