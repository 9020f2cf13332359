"""Publishing a catalogue from a tenant's files: the same files again change nothing, changed ones make a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, definitions, errors
from engine.cases import opening
from engine.cases.items import catalogue, catalogue_check
from engine.cases.items.catalogue import Content, catalogue_bundle, catalogue_material
from engine.cases.items.item import catalogue_item
from engine.errors import N_
from engine.organisation import tenant, tenant_files, unit
from engine.organisation.post import post
from engine.organisation.tenant_files import Files, Findings, Row

FOLDER = "catalogue"
PART = "catalogue"

REQUIRED = {
    "items": (
        "code", "name", "name_en", "kind", "department", "legal_basis", "legal_basis_note", "power_source",
        "audience", "handling", "decided_by", "safety_class", "statutory_limit", "promised_limit", "baseline_limit",
        "baseline_handling", "visits", "visit_reason", "channels", "village_enabled", "run_once", "no_meeting",
        "online", "special_procedures", "commitment_allowed", "lacking_allowed", "fee", "reviewing_units",
        "reviewer_post", "steps", "baseline_steps", "materials", "baseline_materials", "result", "keywords",
    ),
    "materials": ("code", "name", "form", "source"),
    "retired_materials": ("code", "name", "replaced_by"),
    "bundles": ("code", "name", "name_en", "items", "questions"),
}  # fmt: skip
"""The files of a catalogue and what each row must say."""

TOWN = "本镇"
OF_BASELINE = ("baseline_limit", "baseline_steps", "baseline_materials", "baseline_handling")
OF_TODAY = ("detail", "special_procedures", "reviewing_units")
"""What was not recorded before the reform, so that a baseline must not claim it."""

ADDED = ("code", "name", "source")
"""What a case must know of a material that an answer adds."""

HEAD = ("catalogue_version", "baseline_version")


@dataclass(frozen=True)
class Raw:
    """The rows as they stand: each item with the file it comes from."""

    head: Mapping[str, Any]
    items: list[tuple[str, Row]]
    materials: list[Row]
    bundles: list[Row]


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Publish the catalogue of a tenant's folder; return False if these very files were loaded before.

    The organisation must have been loaded and the processes of the items be in force.

    Raises
    ------
    TenantFileUnreadable
        If a file is missing or is no list of JSON objects.
    TenantRefused
        If rows break a rule; the error names file, row and rule of each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest("town.json", f"{FOLDER}/*.json", f"{FOLDER}/items/*.json")
    if tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    raw = _read(files, findings)
    findings.refuse()
    _check(raw, _known(connection, files, raw), findings)
    findings.refuse()
    written = _publish(connection, actor, raw, digest)
    tenant.remember(connection, actor, PART, digest, {"items": len(raw.items), "version": written})
    return True


def _read(files: Files, findings: Findings) -> Raw:
    head = files.read(f"{FOLDER}/catalogue.json")
    if not isinstance(head, dict):
        raise errors.TenantFileUnreadable(file=f"{FOLDER}/catalogue.json", reason="it is no object")
    for name in HEAD:
        if not head.get(name):
            findings.add(f"{FOLDER}/catalogue.json", name, N_("is not given"))
    items = [
        (name, row)
        for path in sorted((files.folder / FOLDER / "items").glob("*.json"))
        for name in (f"{FOLDER}/items/{path.name}",)
        for row in files.rows(name, REQUIRED["items"], findings)
    ]
    if not items:
        findings.add(f"{FOLDER}/items", "*.json", N_("there is no item"))
    names = ("materials", "retired_materials", "bundles")
    rows = {name: files.rows(f"{FOLDER}/{name}.json", REQUIRED[name], findings) for name in names}
    return Raw(head, items, [*rows["materials"], *rows["retired_materials"]], rows["bundles"])


def _known(connection: Connection, files: Files, raw: Raw) -> catalogue_check.Known:
    answers: dict[str, bool] = {}

    def in_force(process: str) -> bool:
        if process not in answers:
            answers[process] = _deployed(connection, process)
        return answers[process]

    return catalogue_check.Known(
        demo=bool(files.read("town.json").get("demo")),
        posts=set(connection.execute(sa.select(post.c.code)).scalars()),
        units=set(connection.execute(sa.select(unit.unit.c.code)).scalars()),
        materials={row["code"]: row for row in raw.materials},
        process=opening.PROCESS,
        in_force=in_force,
    )


def _deployed(connection: Connection, process: str) -> bool:
    try:
        definitions.current(connection, process)
    except errors.DefinitionUnknown:
        return False
    return True


def _check(raw: Raw, known: catalogue_check.Known, findings: Findings) -> None:
    seen: dict[str, str] = {}
    for file, row in raw.items:
        if row["code"] in seen:
            findings.add(file, row["code"], N_("{other} holds this item too"), other=seen[row["code"]])
        seen[row["code"]] = file
        catalogue_check.check(file, row, known, findings)
    tenant_files.unique(findings, f"{FOLDER}/materials.json", raw.materials, "code")
    tenant_files.unique(findings, f"{FOLDER}/bundles.json", raw.bundles, "code")
    for row in raw.bundles:
        for one in row["items"]:
            if one["code"] not in seen:
                findings.add(f"{FOLDER}/bundles.json", row["code"], N_("there is no item {item}"), item=one["code"])


def _publish(connection: Connection, actor: audit.Actor, raw: Raw, digest: str) -> int:
    library = [_material_row(row) for row in raw.materials]
    before = Content(
        raw.head["baseline_version"],
        "baseline",
        digest,
        rows={catalogue_item: [_item_row(_baseline_of(row)) for _, row in raw.items], catalogue_material: library},
    )
    now = Content(
        raw.head["catalogue_version"],
        "published",
        digest,
        facts=tenant_files.facts(raw.head, ("schema", "tenant", *HEAD)),
        rows={
            catalogue_item: [_item_row(_with_added(row, library)) for _, row in raw.items],
            catalogue_material: library,
            catalogue_bundle: [
                {**{name: row[name] for name in ("code", "name", "name_en")}, "body": dict(row)} for row in raw.bundles
            ],
        },
    )
    return catalogue.publish(connection, actor, now, baseline=catalogue.publish(connection, actor, before))


def _baseline_of(row: Row) -> Row:
    """Return the item as it was before the reform, as far as that was recorded."""
    return {
        **{name: value for name, value in row.items() if name not in (*OF_BASELINE, *OF_TODAY)},
        "promised_limit": row["baseline_limit"],
        "steps": row["baseline_steps"],
        "materials": row["baseline_materials"],
        "handling": row["baseline_handling"],
    }


def _with_added(row: Row, library: list[dict[str, Any]]) -> Row:
    """Return the item with the names of the materials that answers add, as a case has no library at hand."""
    detail = row.get("detail")
    if not detail:
        return row
    options = (option for question in detail.get("situations", ()) for option in question["options"])
    codes = {code for option in options for code in option["add_materials"]}
    added = {one["code"]: {name: one[name] for name in ADDED} for one in library if one["code"] in codes}
    return {**row, "detail": {**detail, "added_materials": added}}


def _item_row(row: Row) -> dict[str, Any]:
    body = {name: value for name, value in row.items() if name not in OF_BASELINE}
    same = ("code", "name", "name_en", "kind", "department", "handling", "power_source", "audience")
    return {
        **{name: row[name] for name in same},
        "village": row["village_enabled"],
        "run_once": row["run_once"],
        "no_meeting": row["no_meeting"],
        "online": row["online"],
        "town_decides": row["decided_by"] == TOWN,
        "detailed": bool(row.get("detail")),
        "materials": len(row["materials"]),
        "steps": len(row["steps"]),
        "promised_days": row["promised_limit"]["n"],
        "words": " ".join(dict.fromkeys(_words(row))),
        "body": body,
    }


def _words(row: Row) -> Iterator[str]:
    yield from (row["code"], row["name"], row["name_en"], row["department"], row["kind"], *row["keywords"])
    yield row["result"]["name"]
    yield from (material["name"] for material in row["materials"])


def _material_row(row: Row) -> dict[str, Any]:
    known = {name: row.get(name) for name in ("code", "name", "form", "source", "replaced_by")}
    return {**known, "name_en": row.get("name_en", "")}
