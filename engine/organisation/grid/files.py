"""Loading the grid from a tenant's files. The tree is taken over once; from then on it changes by its verbs alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.errors import N_
from engine.organisation import person, post, tenant, tenant_files, unit
from engine.organisation.grid import branch, coverage, domain, duty, equipment, node, shape
from engine.organisation.tenant import Batch, Rows
from engine.organisation.tenant_files import Files, Finding, Findings, Row

PART = "grid"
SHAPES = "grid/shapes.geojson"

REQUIRED = {
    "domains": ("code", "name", "name_en"),
    "duties": ("post", "kind", "level", "mandatory"),
    "nodes": ("code", "name", "name_en", "level", "parent", "category", "opened_on"),
    "kit": ("code", "name", "name_en"),
    "equipment": ("no", "kind", "serial", "state", "holder", "issued_on", "next_check_on"),
}
"""The files of the grid and what each row must say; the shapes stand beside them in :data:`SHAPES`."""

_NODE = ("code", "name", "name_en", "level", "parent", "category", "certainty", "opened_on")


@dataclass
class Raw:
    """The rows of the files, the shapes by code, and what the organisation has that they refer to."""

    rows: dict[str, list[Row]]
    nodes: dict[str, Row]
    shapes: dict[str, shape.Shape]


def name(file: str) -> str:
    """Return the path of one of the files."""
    return f"grid/{file}.json"


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Load the grid of a tenant's folder; return False if these very files were loaded before.

    The organisation must have been loaded.

    Raises
    ------
    TenantFileUnreadable
        If a file is missing or is not what it should be.
    TenantRefused
        If rows break a rule or shapes leave a gap; the error names each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest(SHAPES, *map(name, REQUIRED))
    if tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    rows = {file: files.rows(name(file), required, findings) for file, required in REQUIRED.items()}
    findings.refuse()
    nodes = tenant_files.unique(findings, name("nodes"), rows["nodes"], "code")
    raw = Raw(rows, nodes, _shapes(files, nodes, findings))
    _check_tree(raw, findings)
    findings.refuse()
    _check_ground(raw, findings)
    _check_references(connection, raw, findings)
    findings.refuse()
    there = connection.scalar(sa.select(sa.func.count()).select_from(node.grid_node))
    batches = _batches(connection, raw, with_tree=not there)
    written = {batch.table.name: batch.write(connection) for batch in batches}
    tenant.remember(connection, actor, PART, digest, written)
    return True


def _shapes(files: Files, nodes: Mapping[str, Row], findings: Findings) -> dict[str, shape.Shape]:
    raw = files.read(SHAPES)
    features = raw.get("features") if isinstance(raw, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise errors.TenantFileUnreadable(file=SHAPES, reason="it is no GeoJSON FeatureCollection")
    found: dict[str, shape.Shape] = {}
    for feature in features:
        code = str(feature.get("id"))
        if code not in nodes:
            findings.add(SHAPES, code, N_("there is no grid {grid}"), grid=code)
            continue
        try:
            found[code] = shape.read(code, feature.get("geometry"))
        except errors.EngineError as problem:
            _tell(findings, code, problem)
    for code in nodes.keys() - found.keys():
        findings.add(name("nodes"), code, N_("it has no shape"))
    return found


def _tell(findings: Findings, code: str, problem: errors.EngineError) -> None:
    findings.append(Finding(SHAPES, code, problem.template, problem.facts))


def _check_tree(raw: Raw, findings: Findings) -> None:
    file = name("nodes")
    if sum(row["level"] == node.TOWN for row in raw.nodes.values()) != 1:
        findings.add(file, "level", N_("one grid of level 1 is the town"))
    for code, row in raw.nodes.items():
        above = raw.nodes.get(row["parent"])
        if row["level"] != (1 if above is None else above["level"] + 1) or row["level"] > node.CELL:
            findings.add(file, code, N_("its level does not follow from the grid above it"))
        if row["parent"] is not None and above is None:
            findings.add(file, code, N_("there is no grid {grid}"), grid=row["parent"])
        if row["category"] not in (None, *node.CATEGORIES):
            findings.add(file, code, N_("there is no category {category}"), category=row["category"])
        if tenant_files.day(findings, file, code, row["opened_on"]) is None:
            findings.add(file, code, N_("it does not say since when"))


def _check_ground(raw: Raw, findings: Findings) -> None:
    """Let the grids below each one cover exactly its ground."""
    for code in raw.nodes:
        below = {child: raw.shapes[child] for child, row in raw.nodes.items() if row["parent"] == code}
        faults = coverage.check(below, code, raw.shapes[code]) if below else ()
        for fault in faults:
            _tell(findings, code, fault)


def _check_references(connection: Connection, raw: Raw, findings: Findings) -> None:
    posts = {row.code: row for row in post.every(connection)}
    for row in raw.rows["duties"]:
        found = posts.get(row["post"])
        if found is None or found.scope != "grid":
            findings.add(name("duties"), row["post"], N_("there is no post {post}"), post=row["post"])
        if row["kind"] not in duty.KINDS or row["level"] not in (1, 2, 3):
            findings.add(name("duties"), row["post"], N_("there is no scope {scope}"), scope=row["kind"])
    units = {row.code: row for row in unit.every(connection)}
    for code, row in raw.nodes.items():
        for key in ("team", "service_point"):
            if row.get(key) is not None and row[key] not in units:
                findings.add(name("nodes"), code, N_("there is no unit {unit}"), unit=row[key])
    for one in units.values():
        if one.kind == branch.KIND and one.facts["grid"] not in raw.nodes:
            findings.add("organisation/branches.json", one.code, N_("there is no grid {grid}"), grid=one.facts["grid"])
    _check_holders(connection, raw, findings)
    _check_equipment(connection, raw, findings)


def _check_holders(connection: Connection, raw: Raw, findings: Findings) -> None:
    """Let posts be held at grids that exist, at their level, and every mandatory one at every grid."""
    file = "organisation/appointments.json"
    duties = {row["post"]: row for row in raw.rows["duties"]}
    held = person.appointment.c
    scoped = sa.select(held.person_id, held.post, held.scope).join(post.post, post.post.c.code == held.post)
    there = connection.execute(scoped.where(post.post.c.scope == "grid", held.until.is_(None))).all()
    for row in there:
        grid, said = raw.nodes.get(row.scope), duties.get(row.post)
        if grid is None and node_missing(connection, row.scope):
            findings.add(file, f"{row.person_id} {row.post}", N_("there is no grid {grid}"), grid=row.scope)
        elif grid is not None and said is not None and said["level"] != grid["level"]:
            findings.add(file, f"{row.person_id} {row.post}", N_("{grid} is a grid of another level"), grid=row.scope)
    filled = {(row.post, row.scope) for row in there}
    if connection.scalar(sa.select(sa.func.count()).select_from(node.grid_node)):
        return  # the tree has been redrawn since: who holds what is told on its page
    for code, grid in raw.nodes.items():
        for said in duties.values():
            if said["mandatory"] and said["level"] == grid["level"] and (said["post"], code) not in filled:
                findings.add(name("nodes"), code, N_("nobody holds the post {post} there"), post=said["post"])


def node_missing(connection: Connection, code: str) -> bool:
    """Tell whether there never was a grid with this code."""
    return connection.execute(sa.select(node.grid_node.c.code).where(node.grid_node.c.code == code)).first() is None


def _check_equipment(connection: Connection, raw: Raw, findings: Findings) -> None:
    file = name("equipment")
    kinds = {row["code"] for row in raw.rows["kit"]}
    rows = raw.rows["equipment"]
    tenant_files.unique(findings, file, rows, "no")
    tenant_files.unique(findings, file, rows, "serial")
    known = set(connection.execute(sa.select(person.person.c.id)).scalars())
    for row in rows:
        if row["kind"] not in kinds:
            findings.add(file, row["no"], N_("the kit has no {kind}"), kind=row["kind"])
        if row["state"] not in equipment.STATES or (row["state"] == "in_store") != (row["holder"] is None):
            findings.add(file, row["no"], N_("its state {state} does not fit who has it"), state=row["state"])
        if row["holder"] is not None and row["holder"] not in known:
            findings.add(file, row["no"], N_("there is no person {person}"), person=row["holder"])
        for key in ("issued_on", "next_check_on"):
            tenant_files.day(findings, file, row["no"], row[key])


def _batches(connection: Connection, raw: Raw, *, with_tree: bool) -> Iterator[Batch]:
    yield Batch(domain.grid_domain, ("code",), _placed(raw.rows["domains"]))
    yield Batch(duty.grid_duty, ("post",), _placed(raw.rows["duties"], certain=False))
    if with_tree:
        for level in (1, 2, 3):
            yield Batch(
                node.grid_node, ("code",), [_row(raw, row) for row in raw.nodes.values() if row["level"] == level]
            )
        branches = list(unit.every(connection, branch.KIND))
        links = [{"branch": row.code, "grid": row.facts["grid"]} for row in branches]
        yield Batch(branch.grid_branch, ("branch",), links, renew=False)
    yield Batch(equipment.equipment_kind, ("code",), _placed(raw.rows["kit"]))
    yield Batch(equipment.equipment, ("no",), [_thing(row) for row in raw.rows["equipment"]], renew=False)


def _placed(rows: list[Row], *, certain: bool = True) -> Rows:
    added = {"certainty": "demo"} if certain else {}
    return [{**added, **row, "position": position} for position, row in enumerate(rows, start=1)]


def _row(raw: Raw, row: Row) -> dict[str, Any]:
    opened = clock.midnight(date.fromisoformat(row["opened_on"])).astimezone(UTC)
    said = {key: row[key] for key in ("name", "name_en", "level", "parent", "category")}
    said |= {"certainty": row.get("certainty", "demo"), "facts": tenant_files.facts(row, _NODE)}
    return node.row(row["code"], raw.shapes[row["code"]], opened, said)


def _thing(row: Row) -> dict[str, Any]:
    days = {key: date.fromisoformat(row[key]) if row[key] else None for key in ("issued_on", "next_check_on")}
    return {**{key: row[key] for key in ("no", "kind", "serial", "state", "holder")}, **days}
