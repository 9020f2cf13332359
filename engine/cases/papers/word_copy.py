"""The Word copy of a document: for officers to read on from, and to write in before it is issued.

What is issued is the PDF. A copy of an issued document is set from the data of that document and never comes back. A
copy of one that a step in hand will issue has the text fields of the step's form as fields to write in; brought back,
it is kept as a version and fills in that form, which is judged as if it had been typed. Nothing else of it may differ
from what the case says, so that a reviewed draft (行政处罚法58) and the contents of a decision (59) cannot be changed
through Word.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, definitions, errors
from engine.cases.papers import document, template, word
from engine.cases.reading import trail
from engine.ground import files

PROPERTY = "word"
"""The property of a task that names the kinds of document which may be written in Word at it."""

word_copy = sa.Table(
    "word_copy",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("task_id", db.Id, sa.ForeignKey("task.id"), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id"), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("fields", db.Json, nullable=False),
    sa.Column("written_by", sa.String(80), nullable=False),
    sa.Column("written_at", db.Utc, nullable=False),
    sa.UniqueConstraint("case_id", "kind", "version"),
    sa.CheckConstraint("version > 0", name="version_positive"),
    sa.Index(None, "file_id"),
    sa.Index(None, "task_id"),
)
"""``fields`` are the texts of the copy's fields by their paths."""


@dataclass(frozen=True)
class Sheet:
    """A document that a step in hand will issue: the case, the task, what its form sees, and what may be written."""

    case: sa.Row[Any]
    task: sa.Row[Any]
    kind: str
    data: Mapping[str, Any]
    writable: Collection[str]


def of_issued(connection: Connection, actor: audit.Actor, case: sa.Row[Any], document_id: int) -> tuple[str, bytes]:
    """Return an issued document as a Word file, with the name to save it under.

    Raises
    ------
    DocumentUnknown
        If the case has no such document.
    DocumentNotInWord
        If its template does not offer it.
    """
    row = next((one for one in document.of(connection, case.id) if one.id == document_id), None)
    if row is None:
        raise errors.DocumentUnknown(number=case.number, kind=document_id)
    if not row.word:
        raise errors.DocumentNotInWord(title=row.title)
    draft = template.Draft(row.kind, _templates_of(connection, row), row.data)
    footer = f"案号 {case.number}　文书以 PDF 为准，SHA-256 {row.sha256[:16]}"
    about = word.About(case.number, row.kind, row.title, footer)
    details = {"document": row.id, "kind": row.kind, "number": document.number_of(row)}
    trail.record(connection, case.number, actor, "document.worded", **details)
    return f"{row.title}-{case.number}.docx", word.write(template.tell(draft, row.data), about)


def kinds(task: sa.Row[Any]) -> list[str]:
    """Return the kinds of document that may be written in Word at a task."""
    return str((task.properties or {}).get(PROPERTY) or "").split()


def offered(connection: Connection, task: sa.Row[Any]) -> dict[str, template.Front]:
    """Return these kinds with what their templates say of themselves."""
    known = document.templates(connection, task.instance_id) if kinds(task) else {}
    return {kind: template.read_front(template.Draft(kind, known, {})) for kind in kinds(task)}


def to_write_in(connection: Connection, actor: audit.Actor, sheet: Sheet) -> tuple[str, bytes]:
    """Return a document as it would be issued now, with the fields to write in, and the name to save it under.

    Raises
    ------
    DocumentNotInWord
        If its template does not offer it.
    """
    title, content = _set(connection, sheet)
    trail.record(connection, sheet.case.number, actor, "document.worded", task=sheet.task.id, kind=sheet.kind)
    return f"{title}-{sheet.case.number}.docx", content


def take_back(connection: Connection, actor: audit.Actor, sheet: Sheet, stored: sa.Row[Any]) -> dict[str, str]:
    """Keep what was written in Word as the next version and return its texts by the paths of their fields.

    Raises
    ------
    DocumentNotInWord
        As :func:`to_write_in`.
    WordUnreadable, WordOfAnother
        If it is no Word file, or that of another case or document.
    WordFixedTextChanged
        If anything outside of the fields differs from what the case says now.
    """
    written = word.read(files.serve(stored).path.read_bytes())
    expected = word.read(_set(connection, sheet)[1])
    if written.mark != expected.mark:
        raise errors.WordOfAnother(found=written.mark or "—", wanted=expected.mark)
    if written.fixed != expected.fixed or set(written.fields) != set(expected.fields):
        found, wanted = _differing(written.fixed, expected.fixed)
        raise errors.WordFixedTextChanged(found=found, wanted=wanted)
    table = word_copy.c
    last = connection.scalar(
        sa.select(sa.func.max(table.version)).where(table.case_id == sheet.case.id, table.kind == sheet.kind)
    )
    row = connection.execute(
        sa.insert(word_copy)
        .values(
            case_id=sheet.case.id,
            task_id=sheet.task.id,
            kind=sheet.kind,
            version=(last or 0) + 1,
            file_id=stored.id,
            sha256=stored.sha256,
            fields=dict(written.fields),
            written_by=actor.id,
            written_at=clock.now(),
        )
        .returning(word_copy)
    ).one()
    changed = sorted(path for path, text in written.fields.items() if text != expected.fields[path])
    details = {"task": row.task_id, "kind": row.kind, "version": row.version, "sha256": row.sha256, "fields": changed}
    trail.record(connection, sheet.case.number, actor, "document.written", **details)
    return dict(written.fields)


def of(connection: Connection, case_id: int) -> list[sa.Row[Any]]:
    """Return the versions that were brought back in a case, in their order."""
    query = sa.select(word_copy).where(word_copy.c.case_id == case_id).order_by(word_copy.c.id)
    return list(connection.execute(query))


def _set(connection: Connection, sheet: Sheet) -> tuple[str, bytes]:
    known = document.templates(connection, sheet.task.instance_id)
    draft = template.Draft(sheet.kind, known, sheet.data)
    front = template.read_front(draft)
    if not front.word:
        raise errors.DocumentNotInWord(title=front.title)
    data = document.data_of(connection, sheet.case, draft, front, "")
    data["document"]["issued_on"] = ""  # it is dated when it is issued
    about = word.About(sheet.case.number, sheet.kind, front.title, f"案号 {sheet.case.number}　草稿，尚未制发")
    return front.title, word.write(template.tell(draft, data), about, sheet.writable)


def _templates_of(connection: Connection, row: sa.Row[Any]) -> dict[str, bytes]:
    """Return the templates with which a document was issued, whatever has been deployed since."""
    table, path = definitions.deployment_file.c, template.path_of(row.kind)
    found = connection.execute(
        sa.select(table.deployment_id, table.content).where(table.path == path).order_by(table.deployment_id.desc())
    )
    deployment = next(
        (one.deployment_id for one in found if hashlib.sha256(one.content).hexdigest() == row.template_sha256), None
    )
    if deployment is None:
        raise errors.DocumentTemplateMissing(path=path)
    rows = connection.execute(
        sa.select(table.path, table.content).where(table.deployment_id == deployment, table.path.like("documents/%"))
    )
    return {one.path: bytes(one.content) for one in rows}


def _differing(found: str, wanted: str) -> tuple[str, str]:
    """Return the first passage in which two texts differ, as each has it."""
    for kind, start, end, other, last in difflib.SequenceMatcher(None, found, wanted, autojunk=False).get_opcodes():
        if kind != "equal":
            return found[start : min(end, start + 40)] or "—", wanted[other : min(last, other + 40)] or "—"
    return "—", "—"
