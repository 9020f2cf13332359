"""The recording of a step (行政处罚法47): sound or pictures, stored here or kept elsewhere; when, where, by whom.

Acts of investigation name their recording in their own record; what the town's list demands of other steps (a penalty
on the spot, a notice or decision that is left, a hearing, execution) is kept here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.investigation import kinds
from engine.cases.reading import trail
from engine.ground import files
from engine.ground.together import Question

_HASH = re.compile(r"[0-9a-f]{64}")

case_recording = sa.Table(
    "case_recording",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("step", sa.ForeignKey("recording_step.code"), nullable=False),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id")),
    sa.Column("link", sa.String(300), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("place", sa.String(300), nullable=False),
    sa.Column("officers", sa.String(200), nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("ended_at", db.Utc, nullable=False),
    sa.Column("added_by", sa.String(80), nullable=False),
    sa.Column("added_at", db.Utc, nullable=False),
    sa.CheckConstraint("file_id IS NOT NULL OR link <> ''", name="stored_or_linked"),
    sa.CheckConstraint("length(sha256) = 64", name="hash_given"),
    sa.CheckConstraint("ended_at >= started_at", name="ends_after_it_begins"),
    sa.CheckConstraint("place <> '' AND officers <> ''", name="place_and_officers_given"),
    sa.Index(None, "case_id", "id"),
)
"""``link``: where the town keeps a recording that is too large to be stored; ``sha256`` proves that it is the one."""


@dataclass(frozen=True)
class Recording:
    """What is added: the step of the town's list, the stored file or the link with its hash, where, when, by whom."""

    step: str
    place: str
    officers: str
    started_at: datetime
    ended_at: datetime
    file_id: int | None = None
    link: str = ""
    sha256: str = ""


def add(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Recording) -> sa.Row[Any]:
    """Add a recording to a case and return it.

    Raises
    ------
    RecordingIncomplete
        If step, place, officers or times lack or cannot be, or a link comes without its SHA-256.
    FileMissing
        If the file is not stored.
    CaseStateWrong
        If the file lies in the archive.
    """
    if case.archived_at is not None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="closed")
    digest = files.get(connection, given.file_id).sha256 if given.file_id else given.sha256.strip().lower()
    begun, ended = given.started_at, given.ended_at
    known = kinds.recording(connection, given.step)
    right = {
        "step": known is not None,
        "place": given.place.strip(),
        "officers": given.officers.strip(),
        "started_at": begun <= clock.now(),
        "ended_at": begun <= ended <= clock.now(),
        "link": given.file_id or given.link.strip(),
        "sha256": _HASH.fullmatch(digest),
    }
    if known is None or not all(right.values()):
        raise errors.RecordingIncomplete(keys=[key for key, held in right.items() if not held])
    row = connection.execute(
        sa.insert(case_recording)
        .values(
            case_id=case.id, step=given.step, file_id=given.file_id, link=given.link.strip(), sha256=digest,
            place=given.place.strip(), officers=given.officers.strip(), started_at=begun, ended_at=ended,
            added_by=actor.id, added_at=clock.now(),
        )
        .returning(case_recording)
    ).one()  # fmt: skip
    trail.record(connection, case.number, actor, "recording.added", step=given.step, title=known.step, sha256=digest)
    return row


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the recordings of a case in order, with ``title`` and ``title_en`` of their step."""
    return OF_CASE.all(connection, case=case_id)


_steps = kinds.recording_step.c
OF_CASE = Question(
    sa.select(case_recording, _steps.step.label("title"), _steps.step_en.label("title_en"))
    .join(kinds.recording_step, _steps.code == case_recording.c.step)
    .where(case_recording.c.case_id == sa.bindparam("case", type_=db.Id)),
    case_recording.c.id,
)


def steps_of(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the town's list of steps that are recorded, in its order."""
    return kinds.STEPS.all(connection)
