"""The discretion table (裁量基准, 行政处罚法34): for one power and kind of party, what each step of gravity leads to.

Tables and circumstances are data of the town, ``enforcement/discretion_tables.json`` and
``enforcement/circumstances.json`` of its folder. No table is taken over unless its rows cover everything from the least
to the most that the statute allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db
from engine.errors import N_
from engine.organisation import tenant, tenant_files
from engine.organisation.tenant_files import Files, Findings

STEPS = ("轻微", "较轻", "一般", "较重", "严重")
"""The steps of gravity, the mildest first; the first leads to no penalty or, if 33(1) is not met, to the next."""
FINE, NO_PENALTY = "fine", "no_penalty_if_33"
PARTIES = ("citizen", "entity", "any")
EFFECTS = ("no_penalty", "may_no_penalty", "lighter_or_reduced", "heavier_one_step", "heavier", "use_new_rule")
"""What a circumstance does to the penalty."""

discretion_table = sa.Table(
    "discretion_table",
    db.metadata,
    sa.Column("code", sa.String(60), primary_key=True),
    sa.Column("power", sa.String(40), nullable=False),
    sa.Column("applies_to", sa.String(10), nullable=False),
    sa.Column("stage", sa.String(40), nullable=False),
    sa.Column("body", db.Json, nullable=False),
    sa.CheckConstraint("applies_to IN ('citizen', 'entity', 'any')", name="applies_to_known"),
    sa.UniqueConstraint("power", "applies_to", "stage"),
)

circumstance = sa.Table(
    "discretion_circumstance",
    db.metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("law", sa.String(60)),
    sa.Column("effect", sa.String(20), nullable=False),
    sa.Column("mandatory", sa.Boolean, nullable=False),
    sa.Column("needs", sa.String(200), nullable=False),
    sa.CheckConstraint(f"effect IN {EFFECTS}", name="effect_known"),
)
"""``law`` is empty for a rule of our own; ``mandatory``: 应当, else 可以."""

FOLDER, PART = "enforcement", "discretion"
TABLES, CIRCUMSTANCES = f"{FOLDER}/discretion_tables.json", f"{FOLDER}/circumstances.json"
_FIELDS = (
    "table",
    "power",
    "cause",
    "applies_to",
    "stage",
    "unit",
    "statutory_min",
    "statutory_max",
    "statute",
    "rows",
)


@dataclass(frozen=True)
class Row:
    """One step of a table: ``low`` is in it, ``high`` only in the last row; multiples where ``unit`` says so."""

    step: str
    criteria: str
    low: Decimal
    high: Decimal
    suggested: Decimal


@dataclass(frozen=True)
class Table:
    """A discretion table as it is read: the rows that lead to a fine, the mildest first."""

    code: str
    power: str
    cause: str
    unit: str
    low: Decimal
    high: Decimal
    statute: tuple[str, ...]
    special: str
    criteria: Mapping[str, str]
    rows: tuple[Row, ...]

    @property
    def multiple(self) -> bool:
        """Tell whether the figures are multiples of a base (工程造价, 货值金额) instead of yuan."""
        return self.unit != "元"

    def row(self, step: str) -> Row:
        """Return the row of a step; the mildest with a fine where the step leads to none."""
        return next((row for row in self.rows if row.step == step), self.rows[0])


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Load the tables of a tenant's folder; return False if there are none or these were loaded before.

    Raises
    ------
    TenantFileUnreadable, TenantRefused
        If a file is missing or a table has a gap; nothing is written then.
    """
    files = Files(folder)
    digest = files.digest(TABLES, CIRCUMSTANCES)
    if not (folder / TABLES).is_file() or tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    given = files.rows(TABLES, _FIELDS, findings)
    known = files.rows(CIRCUMSTANCES, ("id", "name", "name_en", "law", "effect", "mandatory", "needs"), findings)
    tenant_files.unique(findings, TABLES, given, "table")
    tenant_files.unique(findings, CIRCUMSTANCES, known, "id")
    for row in given:
        check(findings, row)
    for row in known:
        if row["effect"] not in EFFECTS:
            findings.add(CIRCUMSTANCES, row["id"], N_("there is no effect {effect}"), effect=row["effect"])
    findings.refuse()
    written = {
        batch.table.name: batch.write(connection)
        for batch in (
            tenant.Batch(discretion_table, ("code",), [_stored(row) for row in given]),
            tenant.Batch(circumstance, ("id",), [_circumstance(row, at) for at, row in enumerate(known, 1)]),
        )
    }
    tenant.remember(connection, actor, PART, digest, written)
    return True


def check(findings: Findings, table: Mapping[str, Any]) -> None:
    """Note whatever keeps a table from covering what the statute allows, each amount in exactly one step."""
    name = table["table"]
    if table["applies_to"] not in PARTIES:
        findings.add(TABLES, name, N_("there is no kind of party {party}"), party=table["applies_to"])
    fines = [row for row in table["rows"] if row.get("outcome") == FINE]
    order = [row["step"] for row in table["rows"]]
    if order != [step for step in STEPS if step in order] or not fines:
        findings.add(TABLES, name, N_("its steps are not in the order {order}"), order="、".join(STEPS))
        return
    expected = table["statutory_min"]
    for row in fines:
        if row["min"] != expected:
            findings.add(
                TABLES, name, N_("{step} begins at {min} instead of {expected}: there is a gap or an overlap"),
                step=row["step"], min=row["min"], expected=expected,
            )  # fmt: skip
        if row["max"] <= row["min"]:
            findings.add(TABLES, name, N_("{step} ends where it begins"), step=row["step"])
        if bool(row.get("max_inclusive")) is not (row is fines[-1]):
            findings.add(TABLES, name, N_("only the last step holds its own upper end"))
        expected = row["max"]
    if expected != table["statutory_max"]:
        findings.add(
            TABLES, name, N_("the steps end at {max}, the statute at {expected}"),
            max=expected, expected=table["statutory_max"],
        )  # fmt: skip


def find(connection: Connection, power: str, party: str, stage: str) -> Table | None:
    """Return the table for a power, a kind of party (``citizen``, ``entity``) and a stage, if the town has one."""
    columns = discretion_table.c
    rows = connection.execute(
        sa.select(columns.applies_to, columns.body).where(
            columns.power == power, columns.stage == stage, columns.applies_to.in_((party, "any"))
        )
    ).all()
    own = sorted(rows, key=lambda row: row.applies_to == "any")
    return _read(own[0].body) if own else None


def by_code(connection: Connection, code: str) -> Table | None:
    """Return the table with this code, if the town has one."""
    body = connection.scalar(sa.select(discretion_table.c.body).where(discretion_table.c.code == code))
    return _read(body) if body else None


def circumstances(connection: Connection, ids: Iterable[str] | None = None) -> Sequence[sa.Row[Any]]:
    """Return the circumstances with these ids (all by default), in the order of the list."""
    query = sa.select(circumstance).order_by(circumstance.c.position)
    if ids is not None:
        query = query.where(circumstance.c.id.in_(list(ids)))
    return connection.execute(query).all()


def _stored(row: Mapping[str, Any]) -> dict[str, Any]:
    names = {"code": "table", "power": "power", "applies_to": "applies_to", "stage": "stage"}
    return {column: row[name] for column, name in names.items()} | {"body": dict(row)}


def _circumstance(row: Mapping[str, Any], position: int) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "name", "name_en", "law", "effect", "mandatory", "needs")} | {
        "position": position
    }


def _read(body: Mapping[str, Any]) -> Table:
    fines = [row for row in body["rows"] if row["outcome"] == FINE]
    return Table(
        code=body["table"],
        power=body["power"],
        cause=body["cause"],
        unit=body["unit"],
        low=db.number(body["statutory_min"]),
        high=db.number(body["statutory_max"]),
        statute=tuple(dict.fromkeys(body["statute"])),
        special=str(body.get("special") or ""),
        criteria={row["step"]: row["criteria"] for row in body["rows"]},
        rows=tuple(_row(row) for row in fines),
    )


def _row(row: Mapping[str, Any]) -> Row:
    low, high = db.number(row["min"]), db.number(row["max"])
    suggested = db.number(row["suggested"]) if row.get("suggested") is not None else (low + high) / 2
    return Row(row["step"], row["criteria"], low, high, suggested)
