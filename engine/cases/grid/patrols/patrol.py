"""The patrol: when a grid worker was out and which way they went, sent once by the phone that kept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.clocks import setting
from engine.organisation import person
from engine.organisation.grid import earth

STREAM = "house:patrols"
LONGEST = timedelta(hours=24)
MOST_POINTS = 20_000
"""What a patrol lasts and how many points its track has at most: one every four seconds for a day."""

patrol = sa.Table(
    "patrol",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("client_uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey(person.person.c.id), nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("ended_at", db.Utc, nullable=False),
    sa.Column("received_at", db.Utc, nullable=False),
    sa.Column("points", db.Json, nullable=False),
    sa.Column("metres", sa.Integer, nullable=False),
    sa.CheckConstraint("ended_at >= started_at", name="ends_after_start"),
    sa.CheckConstraint("metres >= 0", name="metres_counted"),
    sa.Index(None, "person_id", "started_at"),
)
"""``points``: ``[moment, lon, lat, accuracy in metres]`` each, in the order they were walked (WGS 84)."""

Point = tuple[datetime, float, float, int]


@dataclass(frozen=True)
class Walked:
    """What a phone sends of a patrol; ``sent_at`` is what its clock shows while it sends."""

    client_uuid: str
    started_at: datetime
    ended_at: datetime
    points: Sequence[Point]
    sent_at: datetime | None = None


def keep(connection: Connection, actor: audit.Actor, walked: Walked) -> sa.Row[Any]:
    """Keep a patrol, by our clock; what is sent again under the same id is kept once.

    A phone whose clock is further off than the setting allows walked when ours says.

    Raises
    ------
    PatrolImpossible
        If it ends before it begins, lasts longer than a day, ends in the future, or has more points than anybody walks.
    """
    known = connection.execute(sa.select(patrol).where(patrol.c.client_uuid == walked.client_uuid)).one_or_none()
    if known is not None:
        return known
    walked, off = _by_our_clock(connection, walked)
    lasted = walked.ended_at - walked.started_at
    ahead = walked.ended_at > clock.now() + LONGEST
    if not timedelta(0) <= lasted <= LONGEST or ahead or len(walked.points) > MOST_POINTS:
        raise errors.PatrolImpossible
    row = {
        "client_uuid": walked.client_uuid,
        "person_id": actor.id,
        "started_at": walked.started_at,
        "ended_at": walked.ended_at,
        "received_at": clock.now(),
        "points": [[point[0].isoformat(), *point[1:]] for point in walked.points],
        "metres": round(length_m(walked.points)),
    }
    kept = connection.execute(sa.insert(patrol).values(**row).returning(patrol)).one()
    minutes, seconds = round(lasted.total_seconds() / 60), round(off.total_seconds())
    details = {"patrol": kept.id, "minutes": minutes, "metres": kept.metres, "clock_off_s": seconds}
    audit.record(connection, STREAM, audit.Event("patrol.kept", actor, details=details))
    return kept


def _by_our_clock(connection: Connection, walked: Walked) -> tuple[Walked, timedelta]:
    """Return the patrol as our clock saw it, and by how much the phone's was behind."""
    off = clock.now() - walked.sent_at if walked.sent_at else timedelta(0)
    if abs(off) <= timedelta(minutes=setting.load(connection)["grid_clock_tolerance"]):
        return walked, off
    points = [(moment + off, lon, lat, accuracy_m) for moment, lon, lat, accuracy_m in walked.points]
    started_at, ended_at = walked.started_at + off, walked.ended_at + off
    return replace(walked, started_at=started_at, ended_at=ended_at, points=points), off


def length_m(points: Sequence[Point]) -> float:
    """Return how long a way is, in metres: at a town's size the plane tangent to the earth is exact enough."""
    return sum(earth.apart_m(*one[1:3], *next_[1:3]) for one, next_ in pairwise(points))


def get(connection: Connection, id_: int) -> sa.Row[Any]:
    """Return a patrol with its points and the name of who walked.

    Raises
    ------
    PatrolUnknown
        If there is none with this id.
    """
    query = sa.select(patrol, person.person.c.display_name).join(person.person).where(patrol.c.id == id_)
    found = connection.execute(query).one_or_none() if 0 < id_ < 2**63 else None
    if found is None:
        raise errors.PatrolUnknown
    return found


def of(connection: Connection, person_id: str, since: datetime, until: datetime) -> Sequence[sa.Row[Any]]:
    """Return the patrols of a person that began in a span of time, the oldest first."""
    mine = (patrol.c.person_id == person_id, patrol.c.started_at >= since, patrol.c.started_at < until)
    return connection.execute(sa.select(patrol).where(*mine).order_by(patrol.c.started_at)).all()


def page(
    connection: Connection, since: datetime, until: datetime, *, person_id: str = "", below: int | None = None,
    limit: int = 50,
) -> Sequence[sa.Row[Any]]:  # fmt: skip
    """Return patrols that began in a span of time, the last received first, without their points; with the names.

    ``person_id`` asks for those of one person, ``below`` for those before an id.
    """
    where = [patrol.c.started_at >= since, patrol.c.started_at < until]
    if person_id:
        where.append(patrol.c.person_id == person_id)
    if below is not None:
        where.append(patrol.c.id < below)
    columns: list[sa.ColumnElement[Any]] = [column for column in patrol.c if column is not patrol.c.points]
    query: sa.Select[Any] = sa.select(*columns, person.person.c.display_name).join(person.person).where(*where)
    return connection.execute(query.order_by(patrol.c.id.desc()).limit(limit)).all()
