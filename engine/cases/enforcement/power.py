"""The power to penalise: one version of the list of powers (权责清单), in force from its publication, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.clocks import setting
from engine.ground import numerals

STREAM = "house:powers"

power_list = sa.Table(
    "power_list",
    db.metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("published_at", db.Utc, nullable=False),
    sa.Column("published_by", sa.String(80), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.CheckConstraint("version > 0", name="version_positive"),
)
"""``demo``: the list belongs to a demo town, where what was not transferred yet may be shown as if it were."""

power = sa.Table(
    "power",
    db.metadata,
    sa.Column("version", sa.ForeignKey("power_list.version"), primary_key=True),
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("name_en", sa.String(120), nullable=False, server_default=""),
    sa.Column("sector", sa.String(40), nullable=False),
    sa.Column("team", sa.String(40), nullable=False),
    sa.Column("source", sa.String(4), nullable=False),
    sa.Column("town_may_penalise", sa.Boolean, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("body", db.Json, nullable=False),
    sa.CheckConstraint("source IN ('法定', '赋权', '协助')", name="source_known"),
    sa.CheckConstraint("source <> '协助' OR NOT town_may_penalise", name="assistance_is_no_penalty"),
)
"""``team`` is the unit whose officers use it; ``body`` the whole entry: clauses, brackets, kinds, certainty.
``name_en`` is empty in versions of before the list named its powers in English."""

_listed = [column for column in power.c if column.name != "words"]


def publish(
    connection: Connection,
    actor: audit.Actor,
    *,
    name: str,
    demo: bool,
    digest: str,
    facts: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
) -> int:
    """Write a version with all its powers and return its number; from now on it is the one in force."""
    version = 1 + (connection.scalar(sa.select(sa.func.max(power_list.c.version))) or 0)
    head = {"version": version, "name": name, "demo": demo, "hash": digest, "facts": facts}
    connection.execute(sa.insert(power_list).values(**head, published_at=clock.now(), published_by=actor.id))
    written = [{**row, "version": version} for row in rows]
    connection.execute(sa.insert(power), written)
    details = {"version": version, "name": name, "rows": len(written)}
    audit.record(connection, STREAM, audit.Event("powers.published", actor, name, details, digest))
    return version


def latest(connection: Connection) -> sa.Row[Any] | None:
    """Return the version in force, or None before the first one."""
    return connection.execute(sa.select(power_list).order_by(power_list.c.version.desc()).limit(1)).one_or_none()


def current(connection: Connection) -> sa.Row[Any]:
    """Return the version in force.

    Raises
    ------
    PowersMissing
        If none has been published.
    """
    row = latest(connection)
    if row is None:
        raise errors.PowersMissing
    return row


def get(connection: Connection, code: str, version: int | None = None) -> sa.Row[Any]:
    """Return a power as a version describes it, by default the one in force.

    Raises
    ------
    PowerUnknown
        If that version holds no such power.
    PowersMissing
        If no list has been published.
    """
    version = current(connection).version if version is None else version
    here = (power.c.version == version, power.c.code == code)
    row = connection.execute(sa.select(power).where(*here)).one_or_none()
    if row is None:
        raise errors.PowerUnknown(power=code)
    return row


def search(connection: Connection, text: str = "", team: str = "") -> Sequence[sa.Row[Any]]:
    """Return the powers in force that fit every word of the text, and the team if one is named, by code."""
    row = latest(connection)
    where: list[sa.ColumnElement[bool]] = [power.c.version == (row.version if row is not None else 0)]
    where += [power.c.words.icontains(word, autoescape=True) for word in text.split()]
    if team:
        where.append(power.c.team == team)
    return connection.execute(sa.select(*_listed).where(*where).order_by(power.c.code)).all()


def transfer(connection: Connection) -> dict[str, Any]:
    """Return the decision by which the province moved powers to the town (处罚法24), as the legal office entered it.

    ``document`` is empty until then; ``demo`` tells that the list is a demo town's, which goes on all the same.
    """
    row = latest(connection)
    return {
        "document": str(setting.load(connection)["transfer_decision"]),
        "demo": bool(row.demo) if row is not None else False,
    }


def item_of(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what a case and its process may know of a power; a case keeps what held when it was chosen."""
    body, clauses = row.body, clauses_of(row.body)
    return {
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "cause": row.name,
        "version": row.version,
        "department": body["team"],
        "sector": row.sector,
        "team": row.team,
        "power_source": row.source,
        "town_may_penalise": row.town_may_penalise,
        "violated": "、".join(clauses),
        "basis": "、".join(clauses),
        "basis_text": "；".join(quote["quote"] for quote in body["legal_basis"] if quote.get("quote")),
        "penalty_kinds": body["penalty_kinds"],
        "fine": body["fine"],
        "simple_possible": body["simple_possible"],
        "order_to_correct": body["order_to_correct"],
        "seizure_power": body["seizure_power"],
        "hearing_hint": body["hearing_hint"],
        "licence_link": body["licence_link"],
        "certainty": body["certainty"],
    }


def clauses_of(body: Mapping[str, Any]) -> list[str]:
    """Return the clauses of an entry as papers cite them: 《水法》第六十五条, each once."""
    found: dict[str, None] = {}
    for basis in body["legal_basis"]:
        article = f"第{numerals.numeral(basis['article'])}条" if basis["article"] else ""
        paragraph = f"第{numerals.numeral(basis['paragraph'])}款" if basis["paragraph"] else ""
        found[f"《{basis['law']}》{article}{paragraph}"] = None
    return list(found)
