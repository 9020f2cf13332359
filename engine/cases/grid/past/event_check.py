"""Checks the events of a tenant's file: what a row names is there, each is there once, its moments are in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.cases import standing
from engine.cases.grid.items import item_class
from engine.errors import N_
from engine.organisation import person, tenant_files, unit
from engine.organisation.grid.locator import Locator
from engine.organisation.tenant_files import Findings, Row

REQUIRED = (
    "id", "source", "source_code", "external_id", "client_uuid", "class_code", "class_name", "kind", "list_version",
    "lon", "lat", "accuracy_m", "address", "grid", "reported_at", "received_at", "reported_by", "on_behalf_of",
    "reporter_known", "party_uscc", "description", "urgency", "level_initial", "level", "lead_unit", "helper_units",
    "clock_start_at", "due_at", "finished_at", "closed_at", "outcome", "verified", "merged_into", "rework_count",
    "returns", "supervision", "joint", "handover", "suspension", "extension", "satisfaction", "photos", "history",
)  # fmt: skip
ONCE = ("id", "client_uuid", "external_id")
MOMENTS = ("reported_at", "received_at", "closed_at")
"""In the order in which they follow each other."""
NOBODY = ("system", "reporter")
"""Who acts in a history without being a person of the town."""


@dataclass(frozen=True)
class Known:
    """What the rows may name."""

    classes: Collection[tuple[str, str]]
    units: Collection[str]
    persons: Collection[str]
    locator: Locator
    words: Mapping[str, Collection[str]]
    """By field: the words that it may say."""


def check(
    connection: Connection, file: str, rows: Sequence[Any], words: Mapping[str, Collection[str]], findings: Findings
) -> None:
    """Note what is wrong with the events of a file."""
    good = []
    for number, row in enumerate(rows, 1):
        missing = [key for key in REQUIRED if not isinstance(row, dict) or key not in row]
        if missing:
            findings.add(file, f"row {number}", N_("lacks {fields}"), fields=", ".join(missing))
        else:
            good.append(row)
    for key in ONCE:
        tenant_files.unique(findings, file, good, key)
    known, ids = _known(connection, words), {row["id"]: row for row in good}
    for row in good:
        for message, facts in (*_named(row, known, ids), *_placed(row, known), *_timed(row)):
            findings.add(file, row["id"], message, **facts)


def _known(connection: Connection, words: Mapping[str, Collection[str]]) -> Known:
    labels, kind = {row.version: row.label for row in item_class.versions(connection)}, item_class.item_class.c
    classes = {(labels[number], code) for number, code in connection.execute(sa.select(kind.version, kind.code))}
    persons = set(connection.execute(sa.select(person.person.c.id)).scalars())
    units = {row.code for row in unit.every(connection)}
    return Known(classes, units, persons, Locator(connection), words)


Faults = list[tuple[str, dict[str, Any]]]


def _named(row: Row, known: Known, ids: Mapping[str, Row]) -> Faults:
    """Return what a row names that is not there."""
    faults: Faults = []
    if row["source"] not in standing.EVENT_SOURCES:
        faults.append((N_("{value} is no way in of an event"), {"value": row["source"]}))
    if (row["list_version"], row["class_code"]) not in known.classes:
        faults.append((N_("the list has no class {item}"), {"item": row["class_code"]}))
    for field, allowed in known.words.items():
        if row[field] is not None and row[field] not in allowed:
            faults.append((N_("{field} does not say {value}"), {"field": field, "value": row[field]}))
    for code in {row["lead_unit"], *row["helper_units"], *(one["unit"] for one in row["joint"])} - {None, *known.units}:
        faults.append((N_("there is no unit {unit}"), {"unit": code}))
    acted = {row["reported_by"], row["on_behalf_of"], *(one["actor"] for one in row["history"])}
    for name in acted - {None, *NOBODY, *known.persons}:
        faults.append((N_("there is no person {person}"), {"person": name}))
    parent = ids.get(row["merged_into"]) if row["merged_into"] else None
    if row["merged_into"] and (parent is None or parent["merged_into"]):
        faults.append((N_("there is no event {event} that it could follow"), {"event": row["merged_into"]}))
    if (row["outcome"] is None) != (row["closed_at"] is None):
        faults.append((N_("it is closed exactly when it has an outcome"), {}))
    return faults


def _placed(row: Row, known: Known) -> Faults:
    try:
        found = known.locator.at(row["lon"], row["lat"])
    except (errors.PointOutsideTown, errors.PointWrong):
        return [(N_("its place lies outside the town"), {})]
    return [] if found == row["grid"] else [(N_("its place does not lie in {grid}"), {"grid": row["grid"]})]


def _timed(row: Row) -> Faults:
    try:
        moments = [datetime.fromisoformat(row[key]) for key in MOMENTS if row[key] is not None]
        history = [datetime.fromisoformat(one["at"]) for one in row["history"]]
        ordered = moments == sorted(moments) and all(moment.tzinfo for moment in (*moments, *history))
    except (TypeError, ValueError):
        ordered = False
    return [] if ordered else [(N_("its moments are not in order, or lack a zone"), {})]
