"""The raw value: what a worker's month holds beside the events: days, minutes, check points, visits, training.

It follows the tenant's file whenever that changes; a month that is frozen keeps what it was counted with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db
from engine.errors import N_
from engine.organisation import tenant
from engine.organisation.tenant import Batch
from engine.organisation.tenant_files import Files, Findings, Row

PART = "assessment_raw"
FILE = "grid/assessment/raw_values.json"

FIELDS = (
    "workdays_on_duty", "patrol_days", "patrol_minutes", "points_due", "points_reached", "sampled", "errors",
    "visits_due", "visits_done", "sessions", "attended",
)  # fmt: skip
"""The figures of a worker's month; there is no money among them (行政处罚法74(3))."""

_NEVER_MORE = (
    ("points_reached", "points_due"), ("errors", "sampled"), ("visits_done", "visits_due"), ("attended", "sessions"),
)  # fmt: skip

raw_value = sa.Table(
    "assessment_raw_value",
    db.metadata,
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("worker", sa.ForeignKey("person.id"), primary_key=True),
    *(sa.Column(name, sa.Integer, nullable=False) for name in FIELDS),
    sa.Column("leave_days", sa.Integer, nullable=False),
    sa.Column("redlines", db.Json, nullable=False),
    sa.CheckConstraint(" AND ".join(f"{name} >= 0" for name in (*FIELDS, "leave_days")), name="counted"),
    *(sa.CheckConstraint(f"{part} <= {whole}", name=f"{part}_of_{whole}") for part, whole in _NEVER_MORE),
)
"""``workdays_on_duty`` are the working days without those of leave; ``redlines`` the codes of what was found."""


def of(connection: Connection, month: str) -> Mapping[str, sa.Row[Any]]:
    """Return the raw values of a month by worker."""
    rows = connection.execute(sa.select(raw_value).where(raw_value.c.month == month))
    return {row.worker: row for row in rows}


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Load the raw values of a tenant's folder; return False if this very file was loaded before.

    Raises
    ------
    TenantFileUnreadable
        If the file is missing or is not what it should be.
    TenantRefused
        If rows break a rule; the error names each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest(FILE)
    if tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    rows = files.rows(FILE, ("month", "worker", "leave_days", "redlines", *FIELDS), findings)
    findings.refuse()
    for row in rows:
        _check(row, findings)
    findings.refuse()
    taken = [{column.name: row[column.name] for column in raw_value.c} for row in rows]
    written = Batch(raw_value, ("month", "worker"), taken).write(connection)
    tenant.remember(connection, actor, PART, digest, {raw_value.name: written})
    return True


def _check(row: Row, findings: Findings) -> None:
    name = f"{row['month']} {row['worker']}"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(row["month"])):
        findings.add(FILE, name, N_("it is no month"))
    if any(not isinstance(row[field], int) or row[field] < 0 for field in (*FIELDS, "leave_days")):
        findings.add(FILE, name, N_("it is no whole number from 0 on"))
        return
    for part, whole in _NEVER_MORE:
        if row[part] > row[whole]:
            findings.add(FILE, name, N_("{part} is more than {whole}"), part=part, whole=whole)
