"""The patrol plan: what the worker of each cell walks past, how often, whom she visits, and the special patrols.

It follows the tenant's files whenever they change. Where a cell was split, its successors keep the points on their
ground.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db, errors
from engine.cases.grid.items import item_class
from engine.cases.items.register import register_entry
from engine.errors import N_
from engine.organisation import tenant, tenant_files
from engine.organisation.grid import node, shape
from engine.organisation.tenant import Batch, Rows
from engine.organisation.tenant_files import Files, Findings, Row

PART = "patrol_plan"
FOLDER = "grid/patrol"

REQUIRED = {
    "rounds": ("grid", "patrols_per_workday", "minutes_per_day", "visit_every_days", "visits"),
    "points": ("code", "grid", "name", "name_en", "lon", "lat", "radius_m", "every_days", "classes"),
    "specials": ("code", "name", "name_en", "from_on", "until_on", "categories", "classes"),
}
"""The files of the plan beside its head, ``plan.json``, and what each row must say."""

TRACK_RULE = ("sample_seconds", "max_gap_minutes", "accuracy_m", "min_stay_seconds")
"""What the head must say of a track: how often it is sampled, when it breaks, how exact it is, how long a stay is."""

patrol_plan = sa.Table(
    "patrol_plan",
    db.metadata,
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("track_rule", db.Json, nullable=False),
)

patrol_round = sa.Table(
    "patrol_round",
    db.metadata,
    sa.Column("grid", sa.ForeignKey(node.grid_node.c.code), primary_key=True),
    sa.Column("patrols_per_workday", sa.Integer, nullable=False),
    sa.Column("minutes_per_day", sa.Integer, nullable=False),
    sa.Column("visit_every_days", sa.Integer, nullable=False),
    sa.Column("visits", db.Json, nullable=False),
    sa.CheckConstraint("patrols_per_workday > 0 AND minutes_per_day > 0", name="walks"),
    sa.CheckConstraint("visit_every_days > 0", name="visits_again"),
)
"""``visits``: the firms to be visited, by their keys in the register of enterprises."""

patrol_point = sa.Table(
    "patrol_point",
    db.metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("grid", sa.ForeignKey(node.grid_node.c.code), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("lon", sa.Float(53), nullable=False),
    sa.Column("lat", sa.Float(53), nullable=False),
    sa.Column("radius_m", sa.Integer, nullable=False),
    sa.Column("every_days", sa.Integer, nullable=False),
    sa.Column("classes", db.Json, nullable=False),
    sa.Index(None, "grid"),
    sa.CheckConstraint("radius_m > 0 AND every_days > 0", name="reached_again"),
)
"""``classes``: what to look for there."""

special_patrol = sa.Table(
    "special_patrol",
    db.metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    sa.Column("categories", db.Json, nullable=False),
    sa.Column("classes", db.Json, nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.CheckConstraint("from_on <= until_on", name="ends_after_start"),
)
"""``categories``: in which kinds of grid, none for all of them; both days count."""


@dataclass(frozen=True)
class Plan:
    """What holds for a cell on a day; ``round`` is None where the plan says nothing of it."""

    round: sa.Row[Any] | None
    points: Sequence[sa.Row[Any]]
    specials: Sequence[sa.Row[Any]]


def track_rule(connection: Connection) -> dict[str, Any]:
    """Return how tracks are judged, as the latest plan says; empty before there is one."""
    latest = sa.select(patrol_plan.c.track_rule).order_by(patrol_plan.c.since.desc(), patrol_plan.c.code.desc())
    return dict(connection.execute(latest.limit(1)).scalar_one_or_none() or {})


def of(connection: Connection, grid: str, day: date) -> Plan:
    """Return the plan of a cell.

    Raises
    ------
    GridUnknown
        If there is no such grid.
    """
    cell = node.get(connection, grid)
    before = node.predecessors(connection, grid)
    codes = [grid, *before]
    rounds = {
        row.grid: row for row in connection.execute(sa.select(patrol_round).where(patrol_round.c.grid.in_(codes)))
    }
    points = connection.execute(
        sa.select(patrol_point).where(patrol_point.c.grid.in_(codes)).order_by(patrol_point.c.code)
    ).all()
    if before:
        ground = shape.drawn(cell.polygon)
        points = [row for row in points if shape.where(ground, shape.point(row.lon, row.lat)) != shape.OUTSIDE]
    found = next((rounds[code] for code in codes if code in rounds), None)
    return Plan(found, points, _specials(connection, cell.category, day))


def _specials(connection: Connection, category: str | None, day: date) -> list[sa.Row[Any]]:
    running = (special_patrol.c.from_on <= day, special_patrol.c.until_on >= day)
    rows = connection.execute(sa.select(special_patrol).where(*running).order_by(special_patrol.c.code))
    return [row for row in rows if not row.categories or category in row.categories]


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Load the plan of a tenant's folder; return False if these very files were loaded before.

    Grid, list of items and registers must have been loaded.

    Raises
    ------
    TenantFileUnreadable
        If a file is missing or is not what it should be.
    TenantRefused
        If rows break a rule; the error names each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest(f"{FOLDER}/*.json")
    if tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    head = files.read(f"{FOLDER}/plan.json")
    if not isinstance(head, dict) or any(key not in head for key in ("code", "name", "since", "track_rule")):
        raise errors.TenantFileUnreadable(file=f"{FOLDER}/plan.json", reason="it is no patrol plan")
    rows = {file: files.rows(_name(file), required, findings) for file, required in REQUIRED.items()}
    findings.refuse()
    _check(connection, head, rows, findings)
    findings.refuse()
    written = {batch.table.name: batch.write(connection) for batch in _batches(head, rows)}
    tenant.remember(connection, actor, PART, digest, written)
    return True


def _name(file: str) -> str:
    return f"{FOLDER}/{file}.json"


def _check(connection: Connection, head: Row, rows: dict[str, list[Row]], findings: Findings) -> None:
    tenant_files.day(findings, _name("plan"), "since", head["since"])
    for key in TRACK_RULE:
        if not _counts(head["track_rule"].get(key)):
            findings.add(_name("plan"), key, N_("it is no whole number above 0"))
    tenant_files.unique(findings, _name("rounds"), rows["rounds"], "grid")
    tenant_files.unique(findings, _name("points"), rows["points"], "code")
    tenant_files.unique(findings, _name("specials"), rows["specials"], "code")
    classes = {row.code for row in item_class.every(connection, item_class.current(connection).version)}
    _check_rounds(connection, rows["rounds"], findings)
    _check_points(connection, rows["points"], classes, findings)
    for row in rows["specials"]:
        _check_special(row, classes, findings)


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _check_rounds(connection: Connection, rows: list[Row], findings: Findings) -> None:
    grids = node.names(connection)
    firms = sa.select(register_entry.c.key).where(register_entry.c.register == "enterprise")
    known = set(connection.execute(firms).scalars())
    for row in rows:
        if row["grid"] not in grids:
            findings.add(_name("rounds"), row["grid"], N_("there is no grid {grid}"), grid=row["grid"])
        if not all(_counts(row[key]) for key in ("patrols_per_workday", "minutes_per_day", "visit_every_days")):
            findings.add(_name("rounds"), row["grid"], N_("it is no whole number above 0"))
        for firm in set(row["visits"]) - known:
            findings.add(_name("rounds"), row["grid"], N_("the registers know no firm {firm}"), firm=firm)


def _check_points(connection: Connection, rows: list[Row], classes: Collection[str], findings: Findings) -> None:
    """Let every point lie in its cell, as it is or was drawn, and name classes that the list has."""
    shapes = node.shapes(connection, {row["grid"] for row in rows})
    for row in rows:
        ground = shapes.get(row["grid"], ())
        if shape.where(ground, shape.point(row["lon"], row["lat"])) == shape.OUTSIDE:
            findings.add(_name("points"), row["code"], N_("it does not lie in {grid}"), grid=row["grid"])
        if not _counts(row["radius_m"]) or not _counts(row["every_days"]):
            findings.add(_name("points"), row["code"], N_("it is no whole number above 0"))
        _check_classes("points", row, classes, findings)


def _check_special(row: Row, classes: Collection[str], findings: Findings) -> None:
    file = _name("specials")
    first, last = (tenant_files.day(findings, file, row["code"], row[key]) for key in ("from_on", "until_on"))
    if first is None or last is None or last < first:
        findings.add(file, row["code"], N_("it ends before it begins"))
    for category in set(row["categories"]) - set(node.CATEGORIES):
        findings.add(file, row["code"], N_("there is no category {category}"), category=category)
    _check_classes("specials", row, classes, findings)


def _check_classes(file: str, row: Row, classes: Collection[str], findings: Findings) -> None:
    for code in set(row["classes"]) - set(classes):
        findings.add(_name(file), row["code"], N_("the list has no class {item}"), item=code)


def _batches(head: Row, rows: dict[str, list[Row]]) -> Iterator[Batch]:
    since = {"since": date.fromisoformat(head["since"])}
    first = {**{key: head[key] for key in ("code", "name", "track_rule")}, **since}
    yield Batch(patrol_plan, ("code",), [first])
    yield Batch(patrol_round, ("grid",), _taken("rounds", rows))
    yield Batch(patrol_point, ("code",), _taken("points", rows))
    specials = [
        {
            **said,
            "from_on": date.fromisoformat(said["from_on"]),
            "until_on": date.fromisoformat(said["until_on"]),
            "facts": tenant_files.facts(row, REQUIRED["specials"]),
        }
        for said, row in zip(_taken("specials", rows), rows["specials"], strict=True)
    ]
    yield Batch(special_patrol, ("code",), specials)


def _taken(file: str, rows: dict[str, list[Row]]) -> Rows:
    return [{key: row[key] for key in REQUIRED[file]} for row in rows[file]]
