"""Connecting the sources of a tenant's file: each becomes a system with a post and a receiver of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit
from engine.cases import standing
from engine.cases.grid import event
from engine.cases.grid.sources import source
from engine.organisation import account, demo, person, post, receiver, tenant, tenant_files, token, unit
from engine.organisation.tenant import Batch
from engine.organisation.tenant_files import Files, Findings, Row

FILE = "grid/sources.json"
PART = "sources"
REQUIRED = (
    "code", "name", "name_en", "owner_unit", "way_in", "transport", "class_code", "payload_fields",
    "silence_alarm_minutes", "since",
)  # fmt: skip
CONTRACT = ("external_id", "occurred_at", "lon", "lat")
"""What every report says; a source's file lists them among its fields, too."""
_AFTER_OTHERS = 1000
"""Where lists of posts and receivers show the systems: after everybody else."""


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Connect the sources of a tenant's folder; return False if this very file was loaded before.

    Units and the list of items must have been loaded.

    Raises
    ------
    TenantFileUnreadable, TenantRefused
        If the file is missing or rows break a rule; the error names each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest("town.json", FILE)
    if tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    rows = files.rows(FILE, REQUIRED, findings)
    tenant_files.unique(findings, FILE, rows, "code")
    units = set(connection.execute(sa.select(unit.unit.c.code)).scalars())
    for row in rows:
        _check(row, units, findings)
    findings.refuse()
    public = bool(files.read("town.json").get("demo"))
    written = {batch.table.name: batch.write(connection) for batch in _batches(rows, public)}
    tenant.remember(connection, actor, PART, digest, written)
    return True


def _check(row: Row, units: set[str], findings: Findings) -> None:
    if row["owner_unit"] not in units:
        findings.add(FILE, row["code"], "there is no unit {unit}", unit=row["owner_unit"])
    if row["way_in"] not in standing.EVENT_SOURCES:
        findings.add(FILE, row["code"], "{value} is no way in of an event", value=row["way_in"])
    if row["transport"] not in ("REST", "file"):
        findings.add(FILE, row["code"], "{value} is no way of sending", value=row["transport"])
    if not isinstance(row["silence_alarm_minutes"], int) or row["silence_alarm_minutes"] < 1:
        findings.add(FILE, row["code"], "{value} is no number of minutes", value=row["silence_alarm_minutes"])
    tenant_files.day(findings, FILE, row["code"], row["since"])
    lacking = set(CONTRACT) - {field.get("name") for field in row["payload_fields"]}
    if lacking:
        findings.add(FILE, row["code"], "its reports lack {fields}", fields=", ".join(sorted(lacking)))


def _batches(rows: list[Row], public: bool) -> Iterator[Batch]:
    """Yield what the file says, in the order in which the tables refer to each other."""
    yield Batch(post.post, ("code",), [_post(row, at) for at, row in enumerate(rows, start=_AFTER_OTHERS)])
    yield Batch(person.person, ("id",), [_system(row) for row in rows])
    held = [
        {"person_id": _id(row), "post": _post_code(row), "scope": "", "since": date.fromisoformat(row["since"])}
        for row in rows
    ]
    yield Batch(person.appointment, ("person_id", "post", "scope", "since"), held, renew=False)
    yield Batch(receiver.receiver, ("code",), [_receiver(row, at) for at, row in enumerate(rows, start=_AFTER_OTHERS)])
    accounts: list[dict[str, Any]] = [{"person_id": _id(row), "login": _login(row), "demo": public} for row in rows]
    yield Batch(account.account, ("person_id",), accounts, renew=False)
    if public:
        tokens = [demo.token_row(_id(row), _login(row)) for row in rows]
        yield Batch(token.access_token, ("hash",), tokens, renew=False)
    yield Batch(source.source, ("code",), [_source(row, at) for at, row in enumerate(rows, start=1)])


def _login(row: Row) -> str:
    return f"s-{row['code']}"


def _id(row: Row) -> str:
    return f"S-{row['code']}"


def _post_code(row: Row) -> str:
    return event.receiver_of(row["code"])


def _post(row: Row, position: int) -> dict[str, Any]:
    return {
        "code": _post_code(row),
        "name": row["name"],
        "name_en": row["name_en"],
        "unit": row["owner_unit"],
        "scope": "none",
        "min_holders": 1,
        "max_holders": 1,
        "requires": [],
        "position": position,
        "certainty": row.get("certainty", "demo"),
        "facts": {},
    }


def _system(row: Row) -> dict[str, Any]:
    return {
        "id": _id(row),
        "kind": "system",
        "name": row["name"],
        "display_name": row["name"],
        "unit": row["owner_unit"],
        "on_duty": True,
        "certainty": row.get("certainty", "demo"),
        "facts": {},
    }


def _receiver(row: Row, position: int) -> dict[str, Any]:
    names = {"name": row["name"], "name_en": row["name_en"]}
    return {"code": _post_code(row), **names, "post": _post_code(row), "outside": False, "position": position}


def _source(row: Row, position: int) -> dict[str, Any]:
    own = [field for field in row["payload_fields"] if field["name"] not in CONTRACT]
    return {
        "code": row["code"],
        "name": row["name"],
        "name_en": row["name_en"],
        "unit": row["owner_unit"],
        "person_id": _id(row),
        "way_in": row["way_in"],
        "transport": row["transport"],
        "class_code": row["class_code"],
        "fields": own,
        "silence_minutes": row["silence_alarm_minutes"],
        "position": position,
    }
