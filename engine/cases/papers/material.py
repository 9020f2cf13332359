"""The material: what was handed in for a case, in versions, with the files that hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.reading import trail
from engine.ground import files
from engine.ground.together import Question

material = sa.Table(
    "material",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("received", sa.Boolean, nullable=False),
    sa.Column("received_at", db.Utc),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("form", sa.String(100), nullable=False),
    sa.Column("copies", sa.Integer, nullable=False),
    sa.Column("valid_until", sa.Date),
    sa.Column("required", sa.Boolean, nullable=False),
    sa.Column("lacking_ok", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("registered_by", sa.String(80), nullable=False),
    sa.UniqueConstraint("case_id", "code", "version"),
    sa.CheckConstraint("version > 0", name="version_positive"),
    sa.CheckConstraint("copies >= 0", name="copies_counted"),
    sa.CheckConstraint("received = (received_at IS NOT NULL)", name="received_at_if_received"),
    sa.Index("uq_material_current", "case_id", "code", unique=True, sqlite_where=sa.text("current"),
             postgresql_where=sa.text("current")),
)  # fmt: skip

material_file = sa.Table(
    "material_file",
    db.metadata,
    sa.Column("material_id", db.Id, sa.ForeignKey("material.id"), primary_key=True),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id"), primary_key=True),
    sa.Index(None, "file_id"),
)

_COMPARED = ("name", "received", "source", "form", "copies", "valid_until", "required", "lacking_ok", "note")


@dataclass(frozen=True)
class Checked:
    """What the list of materials says about the application."""

    missing: tuple[str, ...]
    minor_only: bool

    @property
    def complete(self) -> bool:
        """Tell whether nothing required is missing."""
        return not self.missing


def register(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Sequence[Mapping[str, Any]]
) -> Checked:
    """Write what was handed in; a material that differs from before becomes its next version.

    Parameters
    ----------
    given
        ``code``, ``name``, ``received``, and where known ``source``, ``form``, ``copies``, ``valid_until`` (ISO day),
        ``required``, ``lacking_ok``, ``note``, ``file`` or ``files`` (ids of stored files).

    Raises
    ------
    MaterialUnknown
        If an entry has no code or no name.
    FileMissing
        If a file is not stored.
    """
    known = {entry["code"]: entry for entry in case.item.get("materials", ())}
    present = {row.code: row for row in of(connection, case.id)}
    for position, entry in enumerate(given, 1):
        _register_one(connection, actor, case, position, known.get(entry.get("code", ""), {}) | entry, present)
    return check(connection, case)


def check(connection: Connection, case: sa.Row[Any]) -> Checked:
    """Tell what the item demands and nobody has handed in."""
    present = {row.code: row for row in of(connection, case.id)}
    lacking = [row for row in present.values() if row.required and not row.received]
    missing = [row.name for row in lacking]
    minor = [row.lacking_ok for row in lacking]
    for entry in case.item.get("materials", ()):
        if entry.get("required") and entry["code"] not in present:
            missing.append(entry["name"])
            minor.append(bool(entry.get("lacking_ok")))
    return Checked(tuple(missing), bool(missing) and all(minor))


def of(connection: Connection, case_id: int, *, every_version: bool = False) -> Sequence[sa.Row[Any]]:
    """Return the case's materials, the present versions or all of them, in the order of their codes."""
    rows = OF_CASE.all(connection, case=case_id)
    return rows if every_version else [row for row in rows if row.current]


OF_CASE = Question(
    sa.select(material).where(material.c.case_id == sa.bindparam("case", type_=db.Id)),
    material.c.code,
    material.c.version,
)


def files_of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the files of all versions with ``material_id, code, version`` and the file's columns."""
    return FILES_OF_CASE.all(connection, case=case_id)


FILES_OF_CASE = Question(
    sa.select(material_file.c.material_id, material.c.code, material.c.version, files.stored_file)
    .join(material, material.c.id == material_file.c.material_id)
    .join(files.stored_file, files.stored_file.c.id == material_file.c.file_id)
    .where(material.c.case_id == sa.bindparam("case", type_=db.Id)),
    material.c.code,
    material.c.version,
    files.stored_file.c.id,
)


def _register_one(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    position: int,
    entry: Mapping[str, Any],
    present: dict[str, sa.Row[Any]],
) -> None:
    row, file_ids = _clean(entry, position), _file_ids(entry)
    before = present.get(row["code"])
    same = before is not None and all(getattr(before, name) == row[name] for name in _COMPARED)
    if before is not None and same and set(file_ids) <= _linked(connection, before.id):
        return
    if before is not None:
        connection.execute(sa.update(material).where(material.c.id == before.id).values(current=False))
    written = connection.execute(
        sa.insert(material)
        .values(
            **row,
            case_id=case.id,
            version=before.version + 1 if before else 1,
            current=True,
            received_at=clock.now() if row["received"] else None,
            registered_by=actor.id,
        )
        .returning(material)
    ).one()
    for file_id in file_ids:
        files.get(connection, file_id)
        connection.execute(sa.insert(material_file).values(material_id=written.id, file_id=file_id))
    details = {"code": row["code"], "name": row["name"], "received": row["received"], "files": file_ids}
    trail.record(connection, case.number, actor, "material.registered", version=written.version, **details)


def _clean(entry: Mapping[str, Any], position: int) -> dict[str, Any]:
    for name in ("code", "name"):
        if not str(entry.get(name) or "").strip():
            raise errors.MaterialUnknown(position=position, field=name)
    until = entry.get("valid_until")
    return {
        "code": str(entry["code"]),
        "name": str(entry["name"]),
        "received": bool(entry.get("received")),
        "source": str(entry.get("source") or ""),
        "form": str(entry.get("form") or ""),
        "copies": int(entry.get("copies") or 1),
        "valid_until": date.fromisoformat(until) if isinstance(until, str) and until else until or None,
        "required": bool(entry.get("required")),
        "lacking_ok": bool(entry.get("lacking_ok")),
        "note": str(entry.get("note") or ""),
    }


def _file_ids(entry: Mapping[str, Any]) -> list[int]:
    given = entry.get("files") or entry.get("file") or []
    return [int(file_id) for file_id in (given if isinstance(given, list) else [given])]


def _linked(connection: Connection, material_id: int) -> set[int]:
    query = sa.select(material_file.c.file_id).where(material_file.c.material_id == material_id)
    return set(connection.execute(query).scalars())
