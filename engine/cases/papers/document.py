"""The document (文书): rendered once from a template of the process package, numbered, stored by its hash.

It reads ``data`` (all variables of the process, ``organ``, ``case`` and ``document``). What was issued is never
rendered again: the same kind and variant on the same case gives the stored document.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, definitions, errors
from engine.cases.clocks import setting
from engine.cases.papers import numbering, template
from engine.cases.reading import trail
from engine.errors import N_
from engine.flow import steps
from engine.ground import files
from engine.ground.together import Question

MODES = {
    "direct": N_("in person"),
    "mail": N_("by mail"),
    "electronic": N_("electronically"),
    "window": N_("at the window"),
    "left": N_("left at the place"),
    "entrusted": N_("through another organ"),
    "public": N_("by public notice"),
}
"""How a document may reach its addressee, with its name for translation."""
PUBLIC = "public"

document = sa.Table(
    "document",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("variant", sa.String(60), nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("title_en", sa.String(120), nullable=False),
    sa.Column("addressee", sa.String(12), nullable=False),
    sa.Column("part", sa.String(10), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("keep_years", sa.Integer, nullable=False),
    sa.Column("word", sa.Boolean, nullable=False),
    sa.Column("prefix", sa.String(20), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id"), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("template_sha256", sa.String(64), nullable=False),
    sa.Column("data", db.Json, nullable=False),
    sa.Column("issued_by", sa.String(80), nullable=False),
    sa.Column("issued_at", db.Utc, nullable=False),
    sa.Column("served_mode", sa.String(12)),
    sa.Column("served_to", sa.String(200)),
    sa.Column("served_at", db.Utc),
    sa.Column("proof_file_id", db.Id, sa.ForeignKey("stored_file.id")),
    sa.UniqueConstraint("case_id", "kind", "variant"),
    sa.UniqueConstraint("prefix", "year", "ordinal"),
    sa.CheckConstraint("addressee IN ('applicant', 'other', 'file')", name="addressee_known"),
    sa.CheckConstraint("part IN ('main', 'secondary')", name="part_known"),
    sa.CheckConstraint("keep_years >= 0", name="kept_for_years"),
    sa.CheckConstraint("(served_at IS NULL) = (served_mode IS NULL)", name="served_with_mode"),
    sa.Index(None, "file_id"),
)

_base_url = "http://localhost:8000"


def configure(base_url: str) -> None:
    """Let the codes on documents lead to this address; every entry point calls this once."""
    global _base_url  # noqa: PLW0603 - one address per process, chosen where the process starts
    _base_url = base_url.rstrip("/")


@dataclass(frozen=True)
class Service:
    """How, to whom and when documents were handed over, with the file that proves it.

    ``served_at`` is a day where only the day is known.
    """

    mode: str
    recipient: str
    served_at: datetime | date
    proof_file: int | None = None


_OF_FRONT = ("title", "title_en", "addressee", "part", "place", "keep_years", "word", "prefix")
"""What the front matter of a template says of every document that it prints."""


def issue(connection: Connection, actor: audit.Actor, case: sa.Row[Any], draft: template.Draft) -> sa.Row[Any]:
    """Issue a document, or return the one already issued for this case, kind and variant.

    Raises
    ------
    DocumentTemplateMissing, DocumentTemplateBroken
        If the package has no such template or it cannot be rendered.
    DocumentIncomplete
        If something the law wants in it is not there.
    DocumentFontMissing
        If no font with Chinese characters is there.
    """
    issued = find(connection, case.id, draft.kind, draft.variant)
    if issued is not None:
        return issued
    front = template.read_front(draft)
    year = clock.today().year
    ordinal = numbering.take(connection, f"document:{front.prefix}", year)
    data = data_of(connection, case, draft, front, number_text(front.prefix, year, ordinal))
    template.require_filled(front, data)
    pdf = template.print_out(draft, data)
    stored = files.store(connection, io.BytesIO(pdf), f"{front.title}-{case.number}.pdf", actor)
    values = {
        **{name: getattr(front, name) for name in _OF_FRONT},
        "case_id": case.id,
        "kind": draft.kind,
        "variant": draft.variant,
        "year": year,
        "ordinal": ordinal,
        "file_id": stored.id,
        "sha256": stored.sha256,
        "template_sha256": hashlib.sha256(draft.templates[template.path_of(draft.kind)]).hexdigest(),
        "data": data,
        "issued_by": actor.id,
        "issued_at": clock.now(),
    }
    row = connection.execute(sa.insert(document).values(values).returning(document)).one()
    details = {"document": row.id, "kind": row.kind, "number": number_of(row), "sha256": row.sha256}
    trail.record(connection, case.number, actor, "document.issued", **details)
    return row


def find(connection: Connection, case_id: int, kind: str, variant: str = "") -> sa.Row[Any] | None:
    """Return the case's document of a kind and variant, if it has been issued."""
    return connection.execute(
        sa.select(document).where(document.c.case_id == case_id, document.c.kind == kind, document.c.variant == variant)
    ).one_or_none()


def get(connection: Connection, document_id: int) -> sa.Row[Any]:
    """Return a document by its id."""
    return connection.execute(sa.select(document).where(document.c.id == document_id)).one()


def last(connection: Connection, case_id: int, kind: str) -> sa.Row[Any] | None:
    """Return the document of a kind that was issued last; of a notice that was written anew, the one that holds."""
    wanted = sa.select(document).where(document.c.case_id == case_id, document.c.kind == kind)
    return connection.execute(wanted.order_by(document.c.id.desc()).limit(1)).one_or_none()


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the case's documents in the order they were issued."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(sa.select(document).where(document.c.case_id == sa.bindparam("case", type_=db.Id)), document.c.id)


def addressed(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the documents that the applicant may read, in the order they were issued."""
    wanted = sa.select(document).where(document.c.case_id == case_id, document.c.addressee == "applicant")
    return connection.execute(wanted.order_by(document.c.id)).all()


def serve(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    service: Service,
    *,
    kind: str,
    variant: str = "",
) -> sa.Row[Any]:
    """Record that a document reached its addressee; serving what is served changes nothing.

    Raises
    ------
    DocumentUnknown
        If it has not been issued.
    ServiceModeUnknown
        If there is no such mode.
    ServiceTimeWrong
        If the document had not been issued yet then, or the time has not come.
    """
    row = find(connection, case.id, kind, variant)
    if row is None:
        raise errors.DocumentUnknown(number=case.number, kind=kind)
    mode, recipient = service.mode, service.recipient
    if mode not in MODES:
        raise errors.ServiceModeUnknown(mode=mode, modes=", ".join(MODES))
    if row.served_at is not None:
        return row
    moment = _moment_of(service, row)
    values = {"served_mode": mode, "served_to": recipient, "served_at": moment, "proof_file_id": service.proof_file}
    served = connection.execute(
        sa.update(document).where(document.c.id == row.id).values(**values).returning(document)
    ).one()
    details = {"document": row.id, "mode": mode, "recipient": recipient, "served_at": moment.isoformat()}
    trail.record(connection, case.number, actor, "document.served", **details)
    return served


def _moment_of(service: Service, row: sa.Row[Any]) -> datetime:
    """Return when a document was served: after it was issued, to the minute as people type, and not in the future.

    Only a public notice counts as served on a day to come (民事诉讼法95).
    """
    issued_at, given = row.issued_at.astimezone(clock.TOWN), service.served_at
    if not isinstance(given, datetime):
        begins = clock.midnight(given)
        given = max(begins, issued_at) if given == issued_at.date() else begins
    early = given < issued_at.replace(second=0, microsecond=0)
    if early or (given > clock.now() and service.mode != PUBLIC):
        told = {"issued_at": f"{issued_at:%Y-%m-%d %H:%M}", "served_at": f"{given:%Y-%m-%d %H:%M}"}
        raise errors.ServiceTimeWrong(title=row.title, **told)
    return given


def shown(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables may know of a document."""
    return {
        "id": row.id,
        "kind": row.kind,
        "number": number_of(row),
        "title": row.title,
        "title_en": row.title_en,
        "file": row.file_id,
        "sha256": row.sha256,
        "issued_on": clock.day(row.issued_at).isoformat(),
    }


def number_of(row: sa.Row[Any]) -> str:
    """Return the document's number (文号), ``官审受〔2026〕1号``; nothing for one that bears none."""
    return number_text(row.prefix, row.year, row.ordinal)


def number_text(prefix: str, year: int, ordinal: int) -> str:
    """Write a number as documents show it."""
    return "" if prefix == template.UNNUMBERED else f"{prefix}〔{year}〕{ordinal}号"


def templates(connection: Connection, instance_id: int) -> dict[str, bytes]:
    """Return the files under ``documents/`` of the version of the package that an instance runs on."""
    table = definitions.deployment_file.c
    rows = connection.execute(
        sa.select(table.path, table.content)
        .join(definitions.definition, definitions.definition.c.deployment_id == table.deployment_id)
        .join(steps.instance, steps.instance.c.definition_id == definitions.definition.c.id)
        .where(steps.instance.c.id == instance_id, table.path.like("documents/%"))
    )
    return {row.path: bytes(row.content) for row in rows}


def data_of(
    connection: Connection, case: sa.Row[Any], draft: template.Draft, front: template.Front, number: str
) -> dict[str, Any]:
    """Return all that a template reads: the draft's data with ``organ``, ``case`` and ``document``."""
    values = setting.load(connection)
    organ = {
        "name": values["organ_name"],
        "contact": values["organ_contact"],
        "phone": values["organ_phone"],
        "reconsideration": values["reconsideration_organ"],
        "court": values["court_name"],
        "bank_name": values["bank_name"],
        "bank_address": values["bank_address"],
    }
    facts = {
        "kind": draft.kind,
        "title": front.title,
        "number": number,
        "issued_on": clock.today().isoformat(),
        "track_url": f"{_base_url}/track?number={quote(case.number)}",
    }
    moments = {
        name: moment.astimezone(clock.TOWN).isoformat() if moment else None
        for name, moment in ((name, getattr(case, name)) for name in ("received_at", "accepted_at", "decided_at"))
    }
    about = {"number": case.number, "item_code": case.item_code, "item_name": case.item_name, **moments}
    return {
        **draft.data,
        "organ": organ,
        "case": {**about, "deemed": case.deemed, "channel": case.channel},
        "document": facts,
    }
