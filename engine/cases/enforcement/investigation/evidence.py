"""Evidence: numbered in its case, of one of eight kinds, in versions that are never changed (行政处罚法46, 47).

A version names who took it where and when, holds a file or tells the shelf, and is hashed. Only what was verified
(查证属实) may be used (46(2)); what was obtained illegally stays in the register and proves nothing (46(3)).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.investigation import acting, custody, judged, kept, kinds
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground import files
from engine.ground.together import Question
from engine.handling import reasons
from engine.organisation import person

SOURCES = {
    "party": N_("party"),
    "witness": N_("witness"),
    "organ": N_("another organ"),
    "device": N_("device"),
    "public": N_("public source"),
}
CONFIRMED = {
    "signed": N_("signed by the party"),
    "refused": N_("refused by the party"),
    "not_asked": N_("not shown to the party"),
}

evidence = sa.Table(
    "evidence",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.ForeignKey("evidence_kind.code"), nullable=False),
    sa.UniqueConstraint("case_id", "number"),
    sa.CheckConstraint("number > 0", name="number_positive"),
)

evidence_version = sa.Table(
    "evidence_version",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("evidence_id", db.Id, sa.ForeignKey("evidence.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("obtained_at", db.Utc, nullable=False),
    sa.Column("act_id", db.Id, sa.ForeignKey("investigative_act.id")),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id")),
    sa.Column("shelf_mark", sa.String(80), nullable=False),
    sa.Column("extent", sa.String(40), nullable=False),
    sa.Column("confirmed", sa.String(10), nullable=False),
    sa.Column("confirmed_note", sa.Text, nullable=False),
    sa.Column("sealed", sa.Boolean, nullable=False),
    sa.Column("said", db.Json, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("registered_by", sa.String(80), nullable=False),
    sa.Column("registered_at", db.Utc, nullable=False),
    sa.Column("verified_by", sa.String(80)),
    sa.Column("verified_at", db.Utc),
    sa.Column("verified_how", sa.Text),
    sa.Column("excluded_by", sa.String(80)),
    sa.Column("excluded_at", db.Utc),
    sa.Column("excluded_why", sa.Text),
    sa.UniqueConstraint("evidence_id", "version"),
    sa.CheckConstraint("version > 0", name="version_positive"),
    sa.CheckConstraint("version = 1 OR reason <> ''", name="correction_has_reason"),
    sa.CheckConstraint(f"source IN {tuple(SOURCES)}", name="source_known"),
    sa.CheckConstraint(f"confirmed IN {tuple(CONFIRMED)}", name="confirmed_known"),
    sa.CheckConstraint("confirmed <> 'refused' OR confirmed_note <> ''", name="refusal_has_reason"),
    sa.CheckConstraint("file_id IS NOT NULL OR shelf_mark <> ''", name="file_or_shelf"),
    sa.CheckConstraint("(verified_at IS NULL) = (verified_by IS NULL)", name="verified_by_somebody"),
    sa.CheckConstraint("(verified_at IS NULL) = (verified_how IS NULL)", name="verified_somehow"),
    sa.CheckConstraint("(excluded_at IS NULL) = (excluded_by IS NULL)", name="excluded_by_somebody"),
    sa.CheckConstraint("(excluded_at IS NULL) = (excluded_why IS NULL)", name="excluded_with_reason"),
    sa.Index("uq_evidence_version_current", "evidence_id", unique=True, sqlite_where=sa.text("current"),
             postgresql_where=sa.text("current")),
    sa.Index(None, "file_id"),
)  # fmt: skip
"""``said``: what a record of this kind must say; ``sha256``: of the file, else of what is said of the thing."""

evidence_taker = sa.Table(
    "evidence_taker",
    db.metadata,
    sa.Column("version_id", db.Id, sa.ForeignKey("evidence_version.id"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("licence", sa.String(40), nullable=False),
)

KEPT = kept.triggers(
    "evidence_version",
    *("evidence_id", "version", "title", "source", "place", "obtained_at", "act_id", "file_id", "shelf_mark", "extent"),
    *("confirmed", "confirmed_note", "sealed", "said", "sha256", "reason", "registered_by", "registered_at"),
)
"""The triggers that keep a version as it was taken in; the migration creates the same ones."""
db.after_create(evidence_version, KEPT)


@dataclass(frozen=True)
class Entry:
    """What is taken into the register; ``act`` is the number of the record in the case that tells of the taking."""

    kind: str
    title: str
    source: str
    takers: Sequence[str]
    place: str
    obtained_at: datetime
    said: Mapping[str, Any] = field(default_factory=dict)
    file: int | None = None
    shelf_mark: str = ""
    extent: str = ""
    confirmed: str = "not_asked"
    confirmed_note: str = ""
    sealed: bool = False
    act: int | None = None


def register(connection: Connection, actor: audit.Actor, case: sa.Row[Any], entry: Entry) -> sa.Row[Any]:
    """Take evidence into the register under the next number of the case and return it as :func:`get` does.

    Raises
    ------
    OfficersTooFew, OfficerUnlicensed, OfficerRecused, OfficerReviews
        If those who took it may not act together on that day (V4).
    EvidenceKindUnknown, EvidenceIncomplete, EvidenceWithoutSubstance, EvidenceFromFuture, EvidenceRefused
        If it is not what its kind must be.
    FileMissing, ActUnknown
        If what it names is not there.
    CaseStateWrong
        If the case is closed.
    """
    values, takers = _checked(connection, case, entry)
    number = sa.select(sa.func.coalesce(sa.func.max(evidence.c.number), 0) + 1).where(evidence.c.case_id == case.id)
    row = connection.execute(
        sa.insert(evidence)
        .values(case_id=case.id, number=number.scalar_subquery(), kind=entry.kind)
        .returning(evidence)
    ).one()
    version = _write(connection, actor, row, 1, values, takers, "")
    if entry.kind == custody.THING:
        custody.begin(connection, row.id, takers[0].person, entry.obtained_at, str(values["said"]["place_kept"]))
    trail.record(
        connection, case.number, actor, "evidence.registered", **_told(row, version), takers=list(entry.takers)
    )
    return get(connection, case.id, row.number)


def correct(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], number: int, entry: Entry, reason: str
) -> sa.Row[Any]:
    """Put the next version in the place of the present one, which stays; it must be verified anew.

    Raises
    ------
    EvidenceUnknown, ReasonMissing, EvidenceExcluded
        If there is none, nothing says why, or it was excluded.
    EvidenceRefused
        If it is of another kind than the version before, or what :func:`register` refuses.
    """
    before = get(connection, case.id, number)
    reason = reasons.given(reason)
    if before.excluded_at is not None:
        raise errors.EvidenceExcluded(number=number)
    if entry.kind != before.kind:
        raise errors.EvidenceRefused(reason=N_("evidence of another kind is another entry."))
    values, takers = _checked(connection, case, entry)
    connection.execute(
        sa.update(evidence_version).where(evidence_version.c.id == before.version_id).values(current=False)
    )
    row = connection.execute(sa.select(evidence).where(evidence.c.id == before.id)).one()
    version = _write(connection, actor, row, before.version + 1, values, takers, reason)
    trail.record(connection, case.number, actor, "evidence.corrected", **_told(row, version), reason=reason)
    return get(connection, case.id, number)


def verify(connection: Connection, actor: audit.Actor, case: sa.Row[Any], number: int, how: str) -> sa.Row[Any]:
    """Say that evidence has been found true and how (46(2)): from then on it may be used.

    Raises
    ------
    EvidenceUnknown, EvidenceExcluded, EvidenceSettled, ReasonMissing
        If there is none, it was excluded or verified before, or nothing says how.
    FileDamaged
        If its file is not what was taken in any more (V5).
    OfficerUnlicensed, OfficerRecused, OfficerReviews
        If the person may not act in the case.
    """
    row = get(connection, case.id, number)
    if row.excluded_at is not None:
        raise errors.EvidenceExcluded(number=number)
    if row.verified_at is not None:
        raise errors.EvidenceSettled(number=number)
    acting.one(connection, case, actor.id, clock.today())
    if not intact(row, files.get(connection, row.file_id) if row.file_id else None):
        raise errors.FileDamaged(name=row.title)
    return _settle(connection, actor, case, row, "verified", how)


def exclude(connection: Connection, actor: audit.Actor, case: sa.Row[Any], number: int, why: str) -> sa.Row[Any]:
    """Take illegally obtained evidence out of use; it stays in the register (46(3)).

    Raises
    ------
    EvidenceUnknown, EvidenceSettled, ReasonMissing
        If there is none, it was excluded before, or nothing says why.
    """
    row = get(connection, case.id, number)
    if row.excluded_at is not None:
        raise errors.EvidenceSettled(number=number)
    return _settle(connection, actor, case, row, "excluded", why)


def get(connection: Connection, case_id: int, number: int) -> sa.Row[Any]:
    """Return evidence of a case by its number there: its columns and those of its present version (``version_id``).

    Raises
    ------
    EvidenceUnknown
    """
    found = connection.execute(
        _select().where(evidence.c.case_id == case_id, evidence.c.number == number)
    ).one_or_none()
    if found is None:
        raise errors.EvidenceUnknown(number=number)
    return found


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the evidence of a case by number, each in its present version."""
    return OF_CASE.all(connection, case=case_id)


def versions(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return every version of the evidence of a case, the latest of each first."""
    return connection.execute(
        sa.select(evidence.c.number, evidence_version)
        .join(evidence, evidence.c.id == evidence_version.c.evidence_id)
        .where(evidence.c.case_id == case_id)
        .order_by(evidence.c.number, evidence_version.c.version.desc())
    ).all()


def takers_of(connection: Connection, case_id: int) -> dict[int, list[sa.Row[Any]]]:
    """Return who took each version of the case's evidence, by version: ``person_id, licence, name``."""
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in TAKERS_OF_CASE.all(connection, case=case_id):
        found.setdefault(row.version_id, []).append(row)
    return found


TAKERS_OF_CASE = Question(
    sa.select(evidence_taker, person.person.c.display_name.label("name"))
    .join(evidence_version, evidence_version.c.id == evidence_taker.c.version_id)
    .join(evidence, evidence.c.id == evidence_version.c.evidence_id)
    .join(person.person, person.person.c.id == evidence_taker.c.person_id)
    .where(evidence.c.case_id == sa.bindparam("case", type_=db.Id)),
    evidence_taker.c.version_id,
    evidence_taker.c.person_id,
)


def usable(row: sa.Row[Any]) -> bool:
    """Tell whether evidence may be used: verified, and not excluded."""
    return row.verified_at is not None and row.excluded_at is None


def intact(row: sa.Row[Any], stored: sa.Row[Any] | None) -> bool:
    """Tell whether evidence is what was taken in: the hash of its file, or of what is said of the thing, still fits."""
    if stored is None:
        return bool(row.sha256 == _digest(row.kind, row._asdict()))
    try:
        files.verify(stored)
    except errors.FileDamaged:
        return False
    return bool(stored.sha256 == row.sha256)


def _select() -> sa.Select[Any]:
    version = [column for column in evidence_version.c if column.name not in ("id", "evidence_id")]
    return sa.select(evidence, evidence_version.c.id.label("version_id"), *version).join(
        evidence_version, sa.and_(evidence_version.c.evidence_id == evidence.c.id, evidence_version.c.current)
    )


OF_CASE = Question(_select().where(evidence.c.case_id == sa.bindparam("case", type_=db.Id)), evidence.c.number)


def _checked(connection: Connection, case: sa.Row[Any], entry: Entry) -> tuple[dict[str, Any], list[acting.Acting]]:
    kind = kinds.get(connection, entry.kind)
    for words, given, called in ((SOURCES, entry.source, "来源"), (CONFIRMED, entry.confirmed, "当事人确认")):
        if given not in words:
            raise errors.EvidenceIncomplete(kind=kind.name, fields=called, keys=[])
    if case.closed_at is not None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="investigating")
    if entry.obtained_at > clock.now():
        at = entry.obtained_at.astimezone(clock.TOWN).isoformat()
        raise errors.EvidenceFromFuture(obtained_at=at, keys=["obtained_at"])
    if entry.file is None and not entry.shelf_mark.strip():
        raise errors.EvidenceWithoutSubstance(keys=["file", "shelf_mark"])
    takers = acting.require(connection, case, entry.takers, clock.day(entry.obtained_at))
    said = kinds.cleaned(kind, entry.said)
    stored = files.get(connection, entry.file) if entry.file is not None else None
    values = {
        "title": entry.title.strip(),
        "source": entry.source,
        "place": entry.place.strip(),
        "obtained_at": entry.obtained_at,
        "act_id": judged.act_of(connection, case.id, entry.act),
        "file_id": entry.file,
        "shelf_mark": entry.shelf_mark.strip(),
        "extent": entry.extent.strip(),
        "confirmed": entry.confirmed,
        "confirmed_note": entry.confirmed_note.strip(),
        "sealed": entry.sealed or judged.identifies(kind),
        "said": said,
    }
    judged.check(connection, kind, values, [taker.person for taker in takers], stored)
    values["sha256"] = stored.sha256 if stored is not None else _digest(entry.kind, values)
    return values, takers


def _digest(kind: str, values: Mapping[str, Any]) -> str:
    body = {name: values[name] for name in ("title", "place", "shelf_mark", "extent", "said")}
    at = values["obtained_at"].astimezone(clock.TOWN).isoformat(timespec="microseconds")
    return hashlib.sha256(db.canonical({**body, "kind": kind, "obtained_at": at})).hexdigest()


def _write(
    connection: Connection,
    actor: audit.Actor,
    row: sa.Row[Any],
    version: int,
    values: Mapping[str, Any],
    takers: Sequence[acting.Acting],
    reason: str,
) -> sa.Row[Any]:
    written = connection.execute(
        sa.insert(evidence_version)
        .values(
            **values,
            evidence_id=row.id,
            version=version,
            current=True,
            reason=reason,
            registered_by=actor.id,
            registered_at=clock.now(),
        )
        .returning(evidence_version)
    ).one()
    named = [{"version_id": written.id, "person_id": taker.person, "licence": taker.licence} for taker in takers]
    connection.execute(sa.insert(evidence_taker), named)
    return written


def _settle(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], what: str, said: str
) -> sa.Row[Any]:
    said = reasons.given(said)
    told = {"verified": "verified_how", "excluded": "excluded_why"}[what]
    values = {f"{what}_by": actor.id, f"{what}_at": clock.now(), told: said}
    connection.execute(sa.update(evidence_version).where(evidence_version.c.id == row.version_id).values(**values))
    trail.record(connection, case.number, actor, f"evidence.{what}", evidence=row.number, version=row.version,
                 reason=said)  # fmt: skip
    return get(connection, case.id, row.number)


def _told(row: sa.Row[Any], version: sa.Row[Any]) -> dict[str, Any]:
    """Return what the trail says; names and numbers of witnesses are not for it."""
    return {
        "evidence": row.number,
        "kind": row.kind,
        "title": version.title,
        "version": version.version,
        "sha256": version.sha256,
    }
