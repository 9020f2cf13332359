"""The item class: what grid workers look for and how such an event is handled, as one version of the list says.

The list (《网格化管理实施事项清单》) is published as a whole and never changed; a later version takes its place on its
first day. An event keeps the version under which it was classified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.errors import N_
from engine.organisation import unit
from engine.organisation.grid import domain

STREAM = "house:grid_items"

LEVELS = {
    "grid": N_("in the grid"),
    "level2": N_("level-2 grid"),
    "town": N_("town"),
    "joint": N_("joint handling"),
}
"""Who has to settle it, the smallest first."""

LIMIT_UNITS = {"hours": N_("hours"), "workdays": N_("working days"), "days": N_("days")}
"""Hours run through nights and holidays; days begin the day after."""

IN_LEVELS = f"IN {tuple(LEVELS)}"
"""What a level has to be, for constraints."""

URGENT, PRESSING, ORDINARY = 1, 2, 3
URGENCIES = {URGENT: N_("urgent"), PRESSING: N_("pressing"), ORDINARY: N_("ordinary")}
"""How urgent an event is, in the words of the list; the smaller the number the sooner, so that lists sort by it."""

VISIT = "走访"
"""The kind of the classes that are visits: people's contacts (民情联系), not trouble."""

item_list = sa.Table(
    "item_list",
    db.metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("label", sa.String(40), nullable=False, unique=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("published_at", db.Utc, nullable=False),
    sa.Column("published_by", sa.String(80), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("step_limits", db.Json, nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.CheckConstraint("version > 0", name="version_positive"),
)
"""``label`` is what people call the version; ``step_limits`` how long each step of the process may take."""

item_major = sa.Table(
    "item_major",
    db.metadata,
    sa.Column("version", sa.ForeignKey("item_list.version"), primary_key=True),
    sa.Column("code", sa.String(8), primary_key=True),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)

item_class = sa.Table(
    "item_class",
    db.metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("name_en", sa.String(120), nullable=False),
    sa.Column("major", sa.String(8), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("domain", sa.ForeignKey(domain.grid_domain.c.code), nullable=False),
    sa.Column("level", sa.String(8), nullable=False),
    sa.Column("lead_unit", sa.ForeignKey(unit.unit.c.code), nullable=False),
    sa.Column("limit_amount", sa.Integer, nullable=False),
    sa.Column("limit_unit", sa.String(8), nullable=False),
    sa.Column("merge_m", sa.Integer),
    sa.Column("merge_days", sa.Integer),
    sa.Column("body", db.Json, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["version", "major"], ["item_major.version", "item_major.code"]),
    sa.CheckConstraint(f"level {IN_LEVELS}", name="level_known"),
    sa.CheckConstraint("limit_amount > 0", name="limit_positive"),
    sa.CheckConstraint(f"limit_unit IN ({', '.join(map(repr, LIMIT_UNITS))})", name="limit_unit_known"),
    sa.CheckConstraint("(merge_m IS NULL) = (merge_days IS NULL)", name="merges_by_distance_and_days"),
    sa.CheckConstraint("merge_m >= 0 AND merge_days > 0", name="merge_counted"),
)
"""``merge_m`` and ``merge_days``: how near and how late a report is still the same event; none for what never merges.
``body`` is the whole entry: helpers, escalation, evidence, closing condition, urgency rule, turn to enforcement."""


@dataclass(frozen=True)
class Content:
    """Everything a version holds; rows are checked (:mod:`.item_check`)."""

    label: str
    name: str
    effective_on: date
    hash: str
    step_limits: Mapping[str, Any]
    majors: Iterable[Mapping[str, Any]]
    classes: Iterable[Mapping[str, Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)


def write(connection: Connection, actor: audit.Actor, content: Content) -> int:
    """Write a version with its classes and return its number. What is published goes through :mod:`.item_list`."""
    version = 1 + (connection.scalar(sa.select(sa.func.max(item_list.c.version))) or 0)
    head = {"version": version, "label": content.label, "name": content.name, "effective_on": content.effective_on}
    said = {"hash": content.hash, "step_limits": dict(content.step_limits), "facts": dict(content.facts)}
    when = {"published_at": clock.now(), "published_by": actor.id}
    connection.execute(sa.insert(item_list).values(**head, **said, **when))
    connection.execute(sa.insert(item_major), [{**row, "version": version} for row in content.majors])
    rows = [{**row, "version": version} for row in content.classes]
    connection.execute(sa.insert(item_class), rows)
    details = {"version": version, "label": content.label, "rows": len(rows)}
    event = audit.Event("item_list.published", actor, content.label, details, content.hash)
    audit.record(connection, STREAM, event)
    return version


def latest(connection: Connection) -> sa.Row[Any] | None:
    """Return the version in force today, or None before the first one."""
    begun = item_list.c.effective_on <= clock.today()
    query = sa.select(item_list).where(begun).order_by(item_list.c.version.desc()).limit(1)
    return connection.execute(query).one_or_none()


def current(connection: Connection) -> sa.Row[Any]:
    """Return the version in force today.

    Raises
    ------
    ItemListMissing
        If none has been published, or none has begun.
    """
    row = latest(connection)
    if row is None:
        raise errors.ItemListMissing
    return row


def version(connection: Connection, number: int) -> sa.Row[Any]:
    """Return a version.

    Raises
    ------
    ItemListUnknown
        If there is none with this number.
    """
    row = connection.execute(sa.select(item_list).where(item_list.c.version == number)).one_or_none()
    if row is None:
        raise errors.ItemListUnknown(version=number)
    return row


def versions(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return every version, the newest first."""
    return connection.execute(sa.select(item_list).order_by(item_list.c.version.desc())).all()


def closing_en(row: sa.Row[Any]) -> str:
    """Return in English when an event of a class is closed; lists of before asked for Chinese alone."""
    return str(row.body.get("closing_condition_en") or row.body["closing_condition"])


def name_en(version: sa.ColumnElement[Any], code: sa.ColumnElement[Any]) -> sa.Label[Any]:
    """Return the column ``class_name_en`` for rows that keep a class by the version of the list and its code."""
    own = (item_class.c.version == version, item_class.c.code == code)
    return sa.select(item_class.c.name_en).where(*own).scalar_subquery().label("class_name_en")


def get(connection: Connection, code: str, number: int | None = None) -> sa.Row[Any]:
    """Return a class as a version says, by default the one in force.

    Raises
    ------
    ItemClassUnknown
        If that version has no such class.
    ItemListMissing
        If no list is in force.
    """
    number = current(connection).version if number is None else number
    here = (item_class.c.version == number, item_class.c.code == code)
    row = connection.execute(sa.select(item_class).where(*here)).one_or_none()
    if row is None:
        raise errors.ItemClassUnknown(item=code, version=number)
    return row


def every(
    connection: Connection, number: int, *, text: str = "", level: str = "", domain: str = ""
) -> Sequence[sa.Row[Any]]:
    """Return the classes of a version that fit every word of the text, the level and the domain, by code."""
    where: list[sa.ColumnElement[bool]] = [item_class.c.version == number]
    where += [item_class.c.words.icontains(word, autoescape=True) for word in text.split()]
    if level:
        where.append(item_class.c.level == level)
    if domain:
        where.append(item_class.c.domain == domain)
    return connection.execute(sa.select(item_class).where(*where).order_by(item_class.c.code)).all()


def for_residents(connection: Connection, number: int) -> list[sa.Row[Any]]:
    """Return what residents may report themselves: nothing sensitive, and no visit, which workers make."""
    return [row for row in every(connection, number) if row.kind != VISIT and not row.body.get("sensitive")]


def urgency(body: Mapping[str, Any]) -> int:
    """Return how urgent an event of a class is unless somebody says otherwise."""
    said = (body.get("urgency") or {}).get("default", URGENCIES[ORDINARY])
    return next(number for number, word in URGENCIES.items() if word == said)


def majors(connection: Connection, number: int) -> Sequence[sa.Row[Any]]:
    """Return the major classes of a version in its order."""
    query = sa.select(item_major).where(item_major.c.version == number)
    return connection.execute(query.order_by(item_major.c.position)).all()
