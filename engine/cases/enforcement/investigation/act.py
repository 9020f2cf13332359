"""The investigative act: what officers did, when and where, who was there, and how it was recorded.

Two officers act together and each signs the record (行政处罚法42, 47, 55); nobody is in two acts at the same time. A
record is never changed: a correction is a record of its own that names the one it corrects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, tasks
from engine.cases.enforcement.investigation import acting, kept
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground import files
from engine.ground.together import Question
from engine.organisation import person

KINDS = {
    "inspection": N_("inspection of a place"),
    "questioning": N_("questioning"),
    "sampling": N_("sampling"),
    "collection": N_("collection of evidence"),
    "measurement": N_("measurement"),
    "keeping": N_("provisional registration and keeping"),
    "seizure": N_("sealing or seizure"),
    "release": N_("release of things"),
}

RECORDED = {
    "inspection": "AV03",
    "questioning": "AV04",
    "sampling": "AV05",
    "keeping": "AV06",
    "seizure": "AV07",
    "release": "AV08",
}
"""Which entry of the town's list of recorded steps an act falls under."""

SIGNATURES = {
    "signed": N_("signed"),
    "refused": N_("refused to sign"),
    "absent": N_("was absent"),
}

investigative_act = sa.Table(
    "investigative_act",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("ended_at", db.Utc, nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("coordinates", sa.String(60), nullable=False),
    sa.Column("licences_shown", sa.Boolean, nullable=False),
    sa.Column("present", db.Json, nullable=False),
    sa.Column("findings", sa.Text, nullable=False),
    sa.Column("recording", sa.String(80), nullable=False),
    sa.Column("recording_file_id", db.Id, sa.ForeignKey("stored_file.id")),
    sa.Column("signature", sa.String(8), nullable=False),
    sa.Column("signature_note", sa.Text, nullable=False),
    sa.Column("witness", sa.String(80), nullable=False),
    sa.Column("corrects", db.Id, sa.ForeignKey("investigative_act.id")),
    sa.Column("recorded_by", sa.String(80), nullable=False),
    sa.Column("recorded_at", db.Utc, nullable=False),
    sa.UniqueConstraint("case_id", "number"),
    sa.UniqueConstraint("corrects"),
    sa.CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind_known"),
    sa.CheckConstraint("ended_at > started_at", name="ends_after_start"),
    sa.CheckConstraint("licences_shown", name="licences_were_shown"),
    sa.CheckConstraint(f"signature IN {tuple(SIGNATURES)}", name="signature_known"),
    sa.CheckConstraint(
        "signature = 'signed' OR (signature_note <> '' AND (witness <> '' OR recording <> ''))",
        name="refusal_is_witnessed",
    ),
)

act_officer = sa.Table(
    "act_officer",
    db.metadata,
    sa.Column("act_id", db.Id, sa.ForeignKey("investigative_act.id"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("licence", sa.String(40), nullable=False),
    sa.Column("signed_at", db.Utc),
    sa.Index(None, "person_id"),
)

KEPT = kept.triggers(
    "investigative_act",
    *("case_id", "number", "kind", "started_at", "ended_at", "place", "coordinates", "licences_shown", "present"),
    *("findings", "recording", "recording_file_id", "signature", "signature_note", "witness", "corrects"),
)
"""The triggers that keep a record as it was signed; the migration creates the same ones."""
db.after_create(investigative_act, KEPT)


@dataclass(frozen=True)
class Record:
    """What a record says; ``corrects`` is the number of the record in the case that it takes the place of."""

    kind: str
    started_at: datetime
    ended_at: datetime
    place: str
    officers: Sequence[str]
    licences_shown: bool = False
    coordinates: str = ""
    present: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    findings: str = ""
    recording: str = ""
    recording_file: int | None = None
    signature: str = "signed"
    signature_note: str = ""
    witness: str = ""
    corrects: int | None = None


def record(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Record) -> sa.Row[Any]:
    """Put the record of an act on file; whoever writes it signs it, the other officers sign for themselves.

    Raises
    ------
    ActKindUnknown, ActTimesWrong, LicenceNotShown, SignatureUnexplained, FileMissing
        If the record does not say what it must.
    OfficersTooFew, OfficerUnlicensed, OfficerRecused, OfficerReviews
        If the officers may not act together on that day.
    RecordNotYours
        If the writer took no part.
    ActOverlaps
        If one of them took part in another act, of any case, at the same time.
    ActUnknown
        If the corrected record is none of the case.
    """
    _check(connection, given)
    day = clock.day(given.started_at)
    officers = acting.require(connection, case, given.officers, day)
    if actor.id not in {officer.person for officer in officers}:
        raise errors.RecordNotYours
    corrected = get(connection, case.id, given.corrects).id if given.corrects else None
    for officer in officers:
        _refuse_overlap(connection, officer.person, given, corrected)
    row = _write(connection, actor, case, given, corrected)
    for officer in officers:
        signed = clock.now() if officer.person == actor.id else None
        connection.execute(
            sa.insert(act_officer).values(
                act_id=row.id, person_id=officer.person, licence=officer.licence, signed_at=signed
            )
        )
    tasks.renew(connection, case.number)
    trail.record(connection, case.number, actor, "act.recorded", act=row.number, kind=row.kind, place=row.place,
                 officers=[officer.person for officer in officers], corrects=given.corrects)  # fmt: skip
    return row


def _write(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Record, corrected: int | None
) -> sa.Row[Any]:
    last = sa.select(sa.func.coalesce(sa.func.max(investigative_act.c.number), 0) + 1)
    return connection.execute(
        sa.insert(investigative_act)
        .values(
            case_id=case.id,
            number=last.where(investigative_act.c.case_id == case.id).scalar_subquery(),
            kind=given.kind,
            started_at=given.started_at,
            ended_at=given.ended_at,
            place=given.place.strip(),
            coordinates=given.coordinates.strip(),
            licences_shown=given.licences_shown,
            present=[dict(one) for one in given.present],
            findings=given.findings,
            recording=given.recording.strip(),
            recording_file_id=given.recording_file,
            signature=given.signature,
            signature_note=given.signature_note.strip(),
            witness=given.witness.strip(),
            corrects=corrected,
            recorded_by=actor.id,
            recorded_at=clock.now(),
        )
        .returning(investigative_act)
    ).one()


def sign(connection: Connection, actor: audit.Actor, case: sa.Row[Any], number: int) -> sa.Row[Any]:
    """Sign a record as one of the officers who took part.

    Raises
    ------
    ActUnknown
        If there is no such record.
    RecordNotYours
        If the person took no part or has signed.
    """
    row = get(connection, case.id, number)
    signed = connection.execute(
        sa.update(act_officer)
        .where(act_officer.c.act_id == row.id, act_officer.c.person_id == actor.id, act_officer.c.signed_at.is_(None))
        .values(signed_at=clock.now())
    )
    if not signed.rowcount:
        raise errors.RecordNotYours
    trail.record(connection, case.number, actor, "act.signed", act=number)
    return row


def get(connection: Connection, case_id: int, number: int) -> sa.Row[Any]:
    """Return a record of a case by its number there.

    Raises
    ------
    ActUnknown
    """
    found = connection.execute(
        sa.select(investigative_act).where(investigative_act.c.case_id == case_id, investigative_act.c.number == number)
    ).one_or_none()
    if found is None:
        raise errors.ActUnknown(number=number)
    return found


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the records of a case in order, each with ``superseded``: whether a later one takes its place."""
    return OF_CASE.all(connection, case=case_id)


_later = investigative_act.alias()
OF_CASE = Question(
    sa.select(
        investigative_act, sa.exists().where(_later.c.corrects == investigative_act.c.id).label("superseded")
    ).where(investigative_act.c.case_id == sa.bindparam("case", type_=db.Id)),
    investigative_act.c.number,
)


def officers_of(connection: Connection, case_id: int) -> dict[int, list[sa.Row[Any]]]:
    """Return who took part in each record of a case, by the record's id: ``person_id, licence, signed_at, name``."""
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in OFFICERS_OF_CASE.all(connection, case=case_id):
        found.setdefault(row.act_id, []).append(row)
    return found


OFFICERS_OF_CASE = Question(
    sa.select(act_officer, person.person.c.display_name.label("name"))
    .join(investigative_act, investigative_act.c.id == act_officer.c.act_id)
    .join(person.person, person.person.c.id == act_officer.c.person_id)
    .where(investigative_act.c.case_id == sa.bindparam("case", type_=db.Id)),
    act_officer.c.act_id,
    act_officer.c.person_id,
)


def _check(connection: Connection, given: Record) -> None:
    if given.kind not in KINDS:
        raise errors.ActKindUnknown(kind=given.kind, kinds=", ".join(KINDS))
    if not given.started_at < given.ended_at <= clock.now():
        raise errors.ActTimesWrong
    if not given.licences_shown:
        raise errors.LicenceNotShown
    told = given.signature_note.strip() and (given.witness.strip() or given.recording.strip())
    if given.signature not in SIGNATURES or (given.signature != "signed" and not told):
        raise errors.SignatureUnexplained
    if given.recording_file is not None:
        files.get(connection, given.recording_file)


def _refuse_overlap(connection: Connection, who: str, given: Record, corrected: int | None) -> None:
    """Refuse an officer who was elsewhere; records that have been corrected say nothing any more."""
    act, later = investigative_act.c, investigative_act.alias()
    other = connection.execute(
        sa.select(act.started_at, act.ended_at)
        .join(act_officer, act_officer.c.act_id == act.id)
        .where(
            act_officer.c.person_id == who,
            act.started_at < given.ended_at,
            act.ended_at > given.started_at,
            act.id.is_distinct_from(corrected),
            sa.not_(sa.exists().where(later.c.corrects == act.id)),
        )
        .limit(1)
    ).one_or_none()
    if other is not None:
        times = {name: f"{getattr(other, name).astimezone(clock.TOWN):%Y-%m-%d %H:%M}" for name in other._fields}
        raise errors.ActOverlaps(person=who, **times)
