"""The registers: what the town already knows of residents and firms, asked for one of them at a time.

Every question is an event of :mod:`engine.cases.people.personal`: who asked for whom, and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db
from engine.cases.people import identity, personal
from engine.organisation import tenant, tenant_files
from engine.organisation.tenant_files import Files, Findings

register_entry = sa.Table(
    "register_entry",
    db.metadata,
    sa.Column("register", sa.String(20), primary_key=True),
    sa.Column("key", sa.String(60), primary_key=True),
    sa.Column("subject", sa.String(40), nullable=False),
    sa.Column("body", db.Json, nullable=False),
    sa.Index(None, "subject", "register"),
)
"""``subject`` is the identity number or credit code of whom the entry is about."""

FOLDER = "registers"
PART = "registers"
KEYS = {
    "population": ("id_number", "id_number"),
    "enterprise": ("uscc", "uscc"),
    "credit": ("record_no", "subject_id"),
}
"""Of each register the fields that hold an entry's key and its subject."""
PEOPLE = ("population", "enterprise")


@dataclass(frozen=True)
class Known:
    """What the registers know of somebody: the entry of the person or firm, and what stands against it."""

    entry: Mapping[str, Any] | None
    notes: Sequence[Mapping[str, Any]]


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Load the registers of a tenant's folder; return False if there are none or these were loaded before.

    Raises
    ------
    TenantFileUnreadable, TenantRefused
        If a file is missing or rows lack their key; nothing is written then.
    """
    files = Files(folder)
    digest = files.digest(*(f"{FOLDER}/{name}.json" for name in KEYS))
    if not (folder / FOLDER).is_dir() or tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    rows: list[dict[str, Any]] = []
    for name, (key, subject) in KEYS.items():
        file = f"{FOLDER}/{name}.json"
        given = files.rows(file, {key, subject}, findings)
        tenant_files.unique(findings, file, given, key)
        rows += [{"register": name, "key": row[key], "subject": row[subject], "body": dict(row)} for row in given]
    findings.refuse()
    written = tenant.Batch(register_entry, ("register", "key"), rows).write(connection)
    tenant.remember(connection, actor, PART, digest, {register_entry.name: written})
    return True


def ask(connection: Connection, actor: audit.Actor, number: str, *, firm: bool, why: str, item: str) -> Known:
    """Return what the registers know of an identity number, or of a firm's credit code, and note that it was asked.

    Raises
    ------
    ResidentIdWrong, CreditCodeWrong
        If no number of that kind looks like this.
    """
    number = identity.credit_code(number) if firm else identity.resident_id(number)
    table = register_entry.c
    rows = connection.execute(
        sa.select(register_entry).where(table.subject == number).order_by(table.register, table.key)
    ).all()
    entry = next((row.body for row in rows if row.register in PEOPLE), None)
    notes = [row.body for row in rows if row.register == "credit" and _stands(row.body)]
    personal.record(
        connection,
        actor,
        "register.asked",
        subject=identity.masked(number),
        name=entry["name"] if entry else "",
        why=why,
        item=item,
        found=entry is not None,
        notes=len(notes),
    )
    return Known(entry, notes)


def _stands(note: Mapping[str, Any]) -> bool:
    """Tell whether a note is against its subject, has not been repaired and has not run out."""
    until = note.get("valid_until")
    return bool(
        note.get("negative")
        and not note.get("repaired_on")
        and (not until or date.fromisoformat(until) >= clock.today())
    )
