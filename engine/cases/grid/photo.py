"""The photo of an event: before or after, never more than a photo, and the very file that the camera made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.clocks import setting
from engine.cases.papers import attachment
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground import files

PHASES = {"before": N_("before"), "after": N_("after")}
KINDS = ("jpg", "png")
"""What a photo may be, by its content."""

grid_photo = sa.Table(
    "grid_photo",
    db.metadata,
    sa.Column("case_id", db.Id, primary_key=True),
    sa.Column("file_id", db.Id, primary_key=True),
    sa.Column("phase", sa.String(6), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("captured_at", db.Utc),
    sa.Column("original", sa.String(64), nullable=False),
    sa.Column("exif", db.Json, nullable=False),
    sa.Column("added_by", sa.String(80), nullable=False),
    sa.Column("added_at", db.Utc, nullable=False),
    sa.ForeignKeyConstraint(["case_id", "file_id"], ["attachment.case_id", "attachment.file_id"]),
    sa.CheckConstraint("phase IN ('before', 'after')", name="phase_known"),
    sa.CheckConstraint("length(sha256) = 64", name="hash_is_whole"),
    sa.UniqueConstraint("case_id", "phase", "sha256"),
)
"""The file is an attachment of the case; ``sha256`` is the hash taken where the photo was made, ``original`` that of
the camera's own file where the phone scaled it, ``exif`` what the camera wrote into that one: aside, since it may tell
more than the picture shows (place, device)."""


@dataclass(frozen=True)
class Taken:
    """A stored file that is a photo; ``sha256`` as the phone computed it when it was taken, where it did."""

    file_id: int
    sha256: str = ""
    captured_at: datetime | None = None
    original: str = ""
    exif: Mapping[str, Any] = field(default_factory=dict)


def add(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], phase: str, taken: Iterable[Taken]
) -> list[sa.Row[Any]]:
    """Lay photos into the case of an event; the same photo of the same phase is laid in once.

    Raises
    ------
    FileMissing
        If a file is not stored.
    PhotoKindWrong, PhotoTooLarge, PhotoChanged
        If it is no photo, larger than the setting allows, or not the one the phone took the hash of.
    """
    known = {(row.phase, row.sha256) for row in of(connection, case.id)}
    rows = [(one, require(connection, one)) for one in taken]
    new = {stored.sha256: (one, stored) for one, stored in rows if (phase, stored.sha256) not in known}
    attachment.lay(connection, case.id, [stored.id for _one, stored in new.values()])
    for one, stored in new.values():
        values = {
            "phase": phase,
            "sha256": stored.sha256,
            "captured_at": one.captured_at,
            "original": one.original[:64],
            "exif": dict(one.exif),
            "added_by": actor.id,
            "added_at": clock.now(),
        }
        connection.execute(sa.insert(grid_photo).values(case_id=case.id, file_id=stored.id, **values))
    if new:
        trail.record(connection, case.number, actor, "event.photographed", phase=phase, sha256=list(new))
    return [stored for _one, stored in new.values()]


def require(connection: Connection, taken: Taken) -> sa.Row[Any]:
    """Return the stored file of a photo.

    Raises
    ------
    FileMissing, PhotoKindWrong, PhotoTooLarge, PhotoChanged
        See :func:`add`.
    """
    stored = files.get(connection, taken.file_id)
    limit_mb = setting.load(connection)["grid_photo_mb"]
    if stored.kind not in KINDS:
        raise errors.PhotoKindWrong(name=stored.name)
    if stored.size > limit_mb << 20:
        raise errors.PhotoTooLarge(name=stored.name, limit_mb=limit_mb)
    if taken.sha256 and taken.sha256.lower() != stored.sha256:
        raise errors.PhotoChanged(name=stored.name)
    return stored


def of(connection: Connection, case_id: int, phase: str = "") -> Sequence[sa.Row[Any]]:
    """Return the photos of an event, those of a phase if one is named, in the order they came in."""
    query = sa.select(grid_photo).where(grid_photo.c.case_id == case_id)
    query = query.where(grid_photo.c.phase == phase) if phase else query
    return connection.execute(query.order_by(grid_photo.c.file_id)).all()


def lacking(connection: Connection, case_id: int, evidence: Mapping[str, Any]) -> int:
    """Return how many photos of the result are not there of those that an ``evidence`` entry of the list wants."""
    wanted = int(evidence.get("photo_after") or 0)
    return max(0, wanted - len(of(connection, case_id, "after"))) if wanted else 0
