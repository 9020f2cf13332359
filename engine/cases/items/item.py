"""The item: a matter that residents and firms may bring, as a version of the catalogue describes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, errors
from engine.cases.items.catalogue import current as current

catalogue_item = sa.Table(
    "catalogue_item",
    db.metadata,
    sa.Column("version", sa.ForeignKey("catalogue.version"), primary_key=True),
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("name_en", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("department", sa.String(40), nullable=False),
    sa.Column("handling", sa.String(8), nullable=False),
    sa.Column("power_source", sa.String(8), nullable=False),
    sa.Column("audience", sa.String(8), nullable=False),
    sa.Column("village", sa.Boolean, nullable=False),
    sa.Column("run_once", sa.Boolean, nullable=False),
    sa.Column("no_meeting", sa.Boolean, nullable=False),
    sa.Column("online", sa.Boolean, nullable=False),
    sa.Column("town_decides", sa.Boolean, nullable=False),
    sa.Column("detailed", sa.Boolean, nullable=False),
    sa.Column("materials", sa.Integer, nullable=False),
    sa.Column("steps", sa.Integer, nullable=False),
    sa.Column("promised_days", sa.Integer, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("body", db.Json, nullable=False),
    sa.CheckConstraint("materials >= 0", name="materials_counted"),
    sa.CheckConstraint("steps > 0", name="steps_given"),
    sa.CheckConstraint("promised_days > 0", name="limit_given"),
)
"""``body`` is the whole entry; the other columns are what is searched, counted and compared. Days are working days."""

MARKS = ("village", "run_once", "no_meeting", "online", "town_decides", "detailed")
"""What is true or false of an item, by column."""

WORDS = ("kind", "department", "handling", "power_source", "audience")
"""What an item is filed under, by column."""

_listed = [column for column in catalogue_item.c if column.name not in ("body", "words")]


@dataclass(frozen=True)
class Search:
    """What is looked for; an empty word and a mark that is None leave a point open."""

    text: str = ""
    kind: str = ""
    department: str = ""
    handling: str = ""
    power_source: str = ""
    audience: str = ""
    village: bool | None = None
    run_once: bool | None = None
    no_meeting: bool | None = None
    online: bool | None = None
    town_decides: bool | None = None
    detailed: bool | None = None


@dataclass(frozen=True)
class Page:
    """Items of a list, how many there are in all, and the code behind which the next page begins."""

    rows: Sequence[sa.Row[Any]]
    total: int
    next: str | None


def get(connection: Connection, code: str, version: int | None = None) -> sa.Row[Any]:
    """Return an item as a version describes it, by default the one in force.

    Raises
    ------
    ItemUnknown
        If that version holds no such item.
    CatalogueMissing
        If no catalogue has been published.
    """
    version = current(connection) if version is None else version
    here = (catalogue_item.c.version == version, catalogue_item.c.code == code)
    row = connection.execute(sa.select(catalogue_item).where(*here)).one_or_none()
    if row is None:
        raise errors.ItemUnknown(item=code)
    return row


def search(
    connection: Connection, wanted: Search, *, after: str | None = None, limit: int = 20, version: int | None = None
) -> Page:
    """Return a page of the items that fit, by code; the rows leave the body out."""
    where = conditions(wanted, current(connection) if version is None else version)
    total = connection.scalar(sa.select(sa.func.count()).select_from(catalogue_item).where(*where)) or 0
    if after is not None:
        where.append(catalogue_item.c.code > after)
    query = sa.select(*_listed).where(*where).order_by(catalogue_item.c.code).limit(limit + 1)
    rows = connection.execute(query).all()
    return Page(rows[:limit], total, rows[limit - 1].code if len(rows) > limit else None)


def values(connection: Connection, column: str, version: int | None = None) -> list[str]:
    """Return the words that items are filed under in a column of :data:`WORDS`, the most frequent first."""
    version = current(connection) if version is None else version
    word = catalogue_item.c[column]
    query = sa.select(word).where(catalogue_item.c.version == version).group_by(word)
    return list(connection.execute(query.order_by(sa.func.count().desc(), word)).scalars())


def conditions(wanted: Search, version: int) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that rows of a version must meet; every word of the text must be found."""
    found: list[sa.ColumnElement[bool]] = [catalogue_item.c.version == version]
    found += [catalogue_item.c.words.icontains(word, autoescape=True) for word in wanted.text.split()]
    found += [catalogue_item.c[name] == getattr(wanted, name) for name in WORDS if getattr(wanted, name)]
    marks = [name for name in MARKS if getattr(wanted, name) is not None]
    return found + [catalogue_item.c[name].is_(getattr(wanted, name)) for name in marks]
