"""The catalogue: one version of everything the town offers, in force from its publication, never changed afterwards.

A version may name the one before a reform as its baseline; the two are compared item by item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors

STREAM = "house:catalogue"

catalogue = sa.Table(
    "catalogue",
    db.metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("baseline", sa.ForeignKey("catalogue.version")),
    sa.Column("published_at", db.Utc, nullable=False),
    sa.Column("published_by", sa.String(80), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.CheckConstraint("version > 0", name="version_positive"),
    sa.CheckConstraint("kind IN ('baseline', 'published')", name="kind_known"),
    sa.CheckConstraint("baseline < version", name="baseline_earlier"),
)
"""``facts`` is what the tenant's file says besides: where names come from, what an agent brings, ways of delivery."""

catalogue_material = sa.Table(
    "catalogue_material",
    db.metadata,
    sa.Column("version", sa.ForeignKey("catalogue.version"), primary_key=True),
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("name_en", sa.String(120), nullable=False, server_default=""),
    sa.Column("form", sa.String(80)),
    sa.Column("source", sa.String(8)),
    sa.Column("replaced_by", sa.String(200)),
    sa.CheckConstraint("replaced_by IS NULL OR source IS NULL", name="retired_or_asked"),
)
"""Every material that items ask for; ``replaced_by`` says why a retired one is no longer asked.
``name_en`` is empty where the town names it in Chinese only."""

catalogue_bundle = sa.Table(
    "catalogue_bundle",
    db.metadata,
    sa.Column("version", sa.ForeignKey("catalogue.version"), primary_key=True),
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("name_en", sa.String(120), nullable=False),
    sa.Column("body", db.Json, nullable=False),
)
"""一件事: items that a person needs together, with the questions that add and drop some."""


@dataclass(frozen=True)
class Content:
    """Everything a version is to hold; ``rows`` maps the table to its rows without the version."""

    name: str
    kind: str
    hash: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[sa.Table, Iterable[Mapping[str, Any]]] = field(default_factory=dict)


def publish(connection: Connection, actor: audit.Actor, content: Content, baseline: int | None = None) -> int:
    """Write a version with all its rows and return its number; from now on it is the one in force."""
    version = 1 + (connection.scalar(sa.select(sa.func.max(catalogue.c.version))) or 0)
    connection.execute(
        sa.insert(catalogue).values(
            version=version,
            name=content.name,
            kind=content.kind,
            baseline=baseline,
            published_at=clock.now(),
            published_by=actor.id,
            hash=content.hash,
            facts=content.facts,
        )
    )
    counts = {}
    for table, rows in content.rows.items():
        written = [{**row, "version": version} for row in rows]
        counts[table.name] = len(written)
        if written:
            connection.execute(sa.insert(table), written)
    details = {"version": version, "name": content.name, "kind": content.kind, "rows": counts}
    audit.record(connection, STREAM, audit.Event("catalogue.published", actor, content.name, details, content.hash))
    return version


def latest(connection: Connection) -> sa.Row[Any] | None:
    """Return the version in force, or None before the first one."""
    query = sa.select(catalogue).where(catalogue.c.kind == "published").order_by(catalogue.c.version.desc())
    return connection.execute(query.limit(1)).one_or_none()


def current(connection: Connection) -> int:
    """Return the number of the version in force.

    Raises
    ------
    CatalogueMissing
        If none has been published.
    """
    row = latest(connection)
    if row is None:
        raise errors.CatalogueMissing
    return int(row.version)


def get(connection: Connection, version: int) -> sa.Row[Any]:
    """Return a version.

    Raises
    ------
    CatalogueUnknown
        If there is none with this number.
    """
    row = connection.execute(sa.select(catalogue).where(catalogue.c.version == version)).one_or_none()
    if row is None:
        raise errors.CatalogueUnknown(version=version)
    return row


def versions(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return every version, the newest first."""
    return connection.execute(sa.select(catalogue).order_by(catalogue.c.version.desc())).all()


def materials(connection: Connection, version: int) -> dict[str, sa.Row[Any]]:
    """Return the version's library of materials by code."""
    rows = connection.execute(sa.select(catalogue_material).where(catalogue_material.c.version == version))
    return {row.code: row for row in rows}


def bundles_with(connection: Connection, version: int, item: str) -> list[sa.Row[Any]]:
    """Return the bundles that hold an item."""
    rows = connection.execute(
        sa.select(catalogue_bundle).where(catalogue_bundle.c.version == version).order_by(catalogue_bundle.c.code)
    )
    return [row for row in rows if any(one["code"] == item for one in row.body["items"])]
