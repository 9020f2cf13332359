"""The eight kinds of evidence (行政处罚法46(1)) and the steps that are recorded (行政处罚法47), as the town keeps them.

The kinds are the law's; what a record of each must say, and which steps want sound or pictures, are rows of the town's
files that are checked when they are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db, errors
from engine.errors import N_
from engine.ground.together import Question
from engine.organisation import tenant, tenant_files
from engine.organisation.tenant_files import Files, Findings, Row

KINDS = {
    "doc": N_("documentary evidence"),
    "obj": N_("physical evidence"),
    "av": N_("audio-visual material"),
    "edata": N_("electronic data"),
    "wit": N_("testimony of a witness"),
    "party": N_("statement of the party"),
    "expert": N_("expert opinion"),
    "scene": N_("record of an inspection or of the scene"),
}
"""The eight kinds in the order of the law."""

LEVELS = {"required": N_("required"), "recommended": N_("recommended"), "text_only": N_("in writing only")}

evidence_kind = sa.Table(
    "evidence_kind",
    db.metadata,
    sa.Column("code", sa.String(10), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("law", sa.String(60), nullable=False),
    sa.Column("fields", db.Json, nullable=False),
    sa.Column("typical", db.Json, nullable=False),
    sa.Column("typical_en", db.Json, nullable=False, server_default="[]"),
    sa.Column("certainty", sa.String(12), nullable=False),
    sa.CheckConstraint(f"code IN {tuple(KINDS)}", name="kind_of_article_46"),
)

recording_step = sa.Table(
    "recording_step",
    db.metadata,
    sa.Column("code", sa.String(10), primary_key=True),
    sa.Column("node", sa.String(20), nullable=False),
    sa.Column("step", sa.String(120), nullable=False),
    sa.Column("step_en", sa.String(160), nullable=False),
    sa.Column("level", sa.String(12), nullable=False),
    sa.Column("scope", sa.String(120), nullable=False),
    sa.Column("scope_en", sa.String(160), nullable=False),
    sa.Column("certainty", sa.String(12), nullable=False),
    sa.CheckConstraint(f"level IN {tuple(LEVELS)}", name="level_known"),
)
"""Article 47 asks for records and names no step: the list is the town's own."""

FOLDER = "enforcement"
PART = "evidence"
_FILES = ("evidence_kinds", "recording_steps")
_KIND = ("code", "name", "name_en", "law", "fields", "typical", "typical_en")
_FIELD = ("key", "label", "label_en", "type")


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Load kinds and steps of a tenant's folder; return False if there are none or these were loaded before.

    Raises
    ------
    TenantFileUnreadable, TenantRefused
        If a file is missing or a row breaks a rule; nothing is written then.
    """
    files = Files(folder)
    digest = files.digest(*(f"{FOLDER}/{name}.json" for name in _FILES))
    if not (folder / FOLDER).is_dir() or tenant.loaded(connection, PART) == digest:
        return False
    findings = Findings()
    kinds, steps = _kinds(files, findings), _steps(files, findings)
    findings.refuse()
    written = {
        evidence_kind.name: tenant.Batch(evidence_kind, ("code",), kinds).write(connection),
        recording_step.name: tenant.Batch(recording_step, ("code",), steps).write(connection),
    }
    tenant.remember(connection, actor, PART, digest, written)
    return True


def every(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the kinds in the order of the law."""
    return EVERY.all(connection)


EVERY = Question(sa.select(evidence_kind), evidence_kind.c.position)
STEPS = Question(sa.select(recording_step), recording_step.c.code)
"""The town's list of recorded steps."""


def get(connection: Connection, code: str) -> sa.Row[Any]:
    """Return a kind.

    Raises
    ------
    EvidenceKindUnknown
        If the law knows none of that name, or the town has not said what a record of it must hold.
    """
    found = connection.execute(sa.select(evidence_kind).where(evidence_kind.c.code == code)).one_or_none()
    if found is None:
        raise errors.EvidenceKindUnknown(kind=code, kinds=", ".join(KINDS))
    return found


def recording(connection: Connection, code: str) -> sa.Row[Any] | None:
    """Return the step that says how an act is to be recorded, or None if the town's list has none."""
    return connection.execute(sa.select(recording_step).where(recording_step.c.code == code)).one_or_none()


def asked(fields: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields that a record must fill in, seen what it says in others."""
    return [field for field in fields if _applies(field, given)]


def cleaned(kind: sa.Row[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of evidence of a kind, each value as its field wants it.

    Raises
    ------
    EvidenceIncomplete
        With every field that lacks or cannot be read.
    """
    found, wrong = {}, []
    for field in asked(kind.fields, given):
        value = given.get(field["key"])
        value = value.strip() if isinstance(value, str) else value
        if value in (None, "", False):
            if not field.get("optional"):
                wrong.append(field)
            continue
        try:
            found[field["key"]] = _READ[field["type"]](field, value)
        except (ValueError, TypeError, InvalidOperation):
            wrong.append(field)
    if wrong:
        raise errors.EvidenceIncomplete(
            kind=kind.name, fields="、".join(field["label"] for field in wrong), keys=[field["key"] for field in wrong]
        )
    return found


def _applies(field: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    for key, wanted in (field.get("only_if") or {}).items():
        if given.get(key) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def _text(_field: Mapping[str, Any], value: Any) -> str:
    return str(value)[:4000]


def _day(_field: Mapping[str, Any], value: Any) -> str:
    return date.fromisoformat(str(value)[:10]).isoformat()


def _moment(_field: Mapping[str, Any], value: Any) -> str:
    read = value if isinstance(value, datetime) else db.moment(str(value))
    return read.isoformat()


def _number(_field: Mapping[str, Any], value: Any) -> int | Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(value)
    return int(number) if number == number.to_integral_value() else number


def _digest(_field: Mapping[str, Any], value: Any) -> str:
    text = str(value).lower()
    if len(bytes.fromhex(text)) != 32:
        raise ValueError(value)
    return text


def _choice(field: Mapping[str, Any], value: Any) -> str:
    if value not in [choice[0] for choice in field["choices"]]:
        raise ValueError(value)
    return str(value)


def _confirmed(_field: Mapping[str, Any], value: Any) -> bool:
    if str(value).lower() not in ("true", "yes", "1", "on"):
        raise ValueError(value)
    return True


_READ: dict[str, Callable[[Mapping[str, Any], Any], Any]] = {
    "text": _text,
    "long": _text,
    "day": _day,
    "moment": _moment,
    "number": _number,
    "digest": _digest,
    "choice": _choice,
    "confirmed": _confirmed,
}


def _kinds(files: Files, findings: Findings) -> list[dict[str, Any]]:
    name = f"{FOLDER}/evidence_kinds.json"
    rows = files.rows(name, _KIND, findings)
    known = tenant_files.unique(findings, name, rows, "code")
    for code in set(KINDS) ^ set(known):
        findings.add(name, code, N_("the law has exactly the eight kinds of 行政处罚法46"))
    for row in rows:
        _check_fields(name, row, findings)
    order = {code: position for position, code in enumerate(KINDS, start=1)}
    ours = [{"position": order.get(row["code"], 0), "certainty": row.get("certainty", "demo")} for row in rows]
    return [{**{key: row[key] for key in _KIND}, **more} for row, more in zip(rows, ours, strict=True)]


def _check_fields(name: str, row: Row, findings: Findings) -> None:
    before: set[str] = set()
    for field in row["fields"]:
        lacking = [key for key in _FIELD if not field.get(key)]
        if lacking:
            findings.add(name, row["code"], N_("the field {field} lacks {fields}"), field=field.get("key"),
                         fields=", ".join(lacking))  # fmt: skip
            continue
        if field["type"] not in _READ or (field["type"] == "choice") != bool(field.get("choices")):
            findings.add(name, row["code"], N_("the field {field} has no type we know"), field=field["key"])
        if field["key"] in before:
            findings.add(name, row["code"], N_("{key} stands here twice"), key=field["key"])
        for other in set(field.get("only_if") or {}) - before:
            findings.add(name, row["code"], N_("the field {field} depends on {other}, which is not before it"),
                         field=field["key"], other=other)  # fmt: skip
        before.add(field["key"])


def _steps(files: Files, findings: Findings) -> list[dict[str, Any]]:
    name = f"{FOLDER}/recording_steps.json"
    columns = ("code", "node", "step", "step_en", "level", "scope", "scope_en")
    rows = files.rows(name, columns, findings)
    tenant_files.unique(findings, name, rows, "code")
    for row in rows:
        if row["level"] not in LEVELS:
            findings.add(name, row["code"], N_("there is no level {level}"), level=row["level"])
    return [{**{key: row[key] for key in columns}, "certainty": row.get("certainty", "demo")} for row in rows]
