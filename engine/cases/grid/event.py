"""The event: something seen in a grid, reported once however often it is sent, and carried by a case to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, outbox
from engine.cases import case as cases
from engine.cases import opening, standing
from engine.cases.clocks import setting
from engine.cases.grid import photo
from engine.cases.grid.items import item_class
from engine.cases.people import party as parties
from engine.cases.reading import trail
from engine.flow import steps
from engine.organisation import person
from engine.organisation.grid import node

PROCESS = "grid_event"
SERIES = "GLW"
"""What the numbers of events begin with."""

FARTHEST_M = 20_000_000
"""No place on earth is known less exactly than half its circumference."""

INSIDE = ("网格员", "领导交办")
"""Sources whose reporter works for the town: nobody needs to verify what they say."""

UNNAMED = "未留名"
"""How a case calls a reporter who left no name."""

grid_event = sa.Table(
    "grid_event",
    db.metadata,
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), primary_key=True),
    sa.Column("source", sa.String(8), nullable=False),
    sa.Column("source_code", sa.String(20), nullable=False),
    sa.Column("external_id", sa.String(120)),
    sa.Column("client_uuid", sa.String(36), unique=True),
    sa.Column("class_code", sa.String(20), nullable=False),
    sa.Column("class_name", sa.String(100), nullable=False),
    sa.Column("list_version", sa.ForeignKey("item_list.version"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("level_initial", sa.String(8), nullable=False),
    sa.Column("level", sa.String(8), nullable=False),
    sa.Column("urgency", sa.SmallInteger, nullable=False),
    sa.Column("lon", sa.Float(53), nullable=False),
    sa.Column("lat", sa.Float(53), nullable=False),
    sa.Column("accuracy_m", sa.Integer),
    sa.Column("address", sa.String(300), nullable=False),
    sa.Column("grid_code", sa.String(20), nullable=False),
    sa.Column("level2_code", sa.String(20), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("reported_by", sa.String(80)),
    sa.Column("on_behalf_of", sa.String(80)),
    sa.Column("reporter_known", sa.Boolean, nullable=False),
    sa.Column("party_id", db.Id, sa.ForeignKey("party.id")),
    sa.Column("captured_at", db.Utc, nullable=False),
    sa.Column("received_at", db.Utc, nullable=False),
    sa.Column("reported_at", db.Utc, nullable=False),
    sa.Column("clock_off_s", sa.BigInteger),
    sa.Column("clock_doubted", sa.Boolean, nullable=False),
    sa.Column("parent_id", db.Id, sa.ForeignKey("grid_event.case_id")),
    sa.Column("merged_at", db.Utc),
    sa.Column("unit", sa.String(40)),
    sa.Column("helpers", db.Json, nullable=False),
    sa.Column("step", sa.String(4), nullable=False),
    sa.Column("step_due_at", db.Utc),
    sa.Column("due_at", db.Utc),
    sa.Column("extended", sa.Boolean, nullable=False),
    sa.Column("revisit_on", sa.Date),
    sa.Column("verified", sa.Boolean),
    sa.Column("filed_at", db.Utc),
    sa.Column("level2_returned", sa.Boolean, nullable=False),
    sa.Column("sent_back", sa.Boolean, nullable=False),
    sa.Column("result", sa.String(20)),
    sa.Column("rework_count", sa.Integer, nullable=False),
    sa.Column("returns", sa.Integer, nullable=False),
    sa.Column("reopened", sa.Integer, nullable=False),
    sa.Column("settled_note", sa.Text),
    sa.Column("settled_signed", sa.Boolean),
    sa.Column("satisfaction", sa.String(12)),
    sa.Column("handler", sa.String(80)),
    sa.Column("checker", sa.String(80)),
    sa.Column("finished_at", db.Utc),
    sa.Column("closed_at", db.Utc),
    sa.CheckConstraint(f"source IN {tuple(standing.EVENT_SOURCES)}", name="source_known"),
    sa.CheckConstraint(f"level_initial {item_class.IN_LEVELS} AND level {item_class.IN_LEVELS}", name="level_known"),
    sa.CheckConstraint("urgency BETWEEN 1 AND 3", name="urgency_known"),
    sa.CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="place_on_earth"),
    sa.CheckConstraint("accuracy_m IS NULL OR accuracy_m >= 0", name="accuracy_counted"),
    sa.CheckConstraint("description <> ''", name="description_given"),
    sa.CheckConstraint("reported_at <= received_at", name="reported_before_received"),
    sa.CheckConstraint("parent_id IS NULL OR parent_id <> case_id", name="never_its_own_parent"),
    sa.CheckConstraint("(parent_id IS NULL) = (merged_at IS NULL)", name="merged_at_a_moment"),
    sa.CheckConstraint("rework_count >= 0 AND returns >= 0 AND reopened >= 0", name="rounds_counted"),
    sa.CheckConstraint(
        "satisfaction IN ('satisfied', 'fair', 'dissatisfied', 'not_reached')", name="satisfaction_known"
    ),
    sa.CheckConstraint("checker <> handler", name="checker_is_another"),
    sa.CheckConstraint("(settled_note IS NULL) = (settled_signed IS NULL)", name="settled_whole"),
    sa.CheckConstraint(f"result IN {tuple(standing.GRID_OUTCOMES)}", name="result_known"),
    sa.UniqueConstraint("source", "source_code", "external_id"),
    sa.Index(None, "class_code", "reported_at"),
    sa.Index(None, "reported_by", "reported_at"),
    sa.Index(None, "grid_code", "reported_at"),
    sa.Index(None, "unit", "reported_at"),
    sa.Index("ix_grid_event_figures", "reported_at", "source"),
    sa.Index(None, "lon", "lat"),
)
"""``reported_at`` is when it was seen, by our clock; ``captured_at`` what the phone said, ``clock_off_s`` how far the
phone's clock was off (its own reading of the moment of sending, compared with ours), ``clock_doubted`` that this was
more than the setting allows or could not be told. ``due_at`` and ``step_due_at`` are the two clocks, ``result`` is the
outcome with which the event will be closed. ``settled_note`` and ``settled_signed`` are what the worker did before the
report and whether both sides signed."""

_open, _closed = grid_event.c.closed_at.is_(None), grid_event.c.closed_at.is_not(None)
_merged = grid_event.c.parent_id.is_not(None)
sa.Index("ix_grid_event_parent_id", grid_event.c.parent_id, sqlite_where=_merged, postgresql_where=_merged)
sa.Index(
    "ix_grid_event_settled",
    *(grid_event.c[name] for name in ("closed_at", "unit", "finished_at", "due_at", "parent_id")),
    sqlite_where=_closed, postgresql_where=_closed,
)  # fmt: skip
"""SQLite takes an index in which the value that is asked for stands alone, were it NULL in nine rows of ten: an index
that is about some events holds no others."""


def _open_index(name: str, *columns: str) -> None:
    sa.Index(
        f"ix_grid_event_open_{name}", *(grid_event.c[column] for column in columns),
        sqlite_where=_open, postgresql_where=_open,
    )  # fmt: skip


_open_index("list", "urgency", "due_at")
_open_index("grid", "grid_code", "urgency", "due_at")
_open_index("level2", "level2_code", "urgency", "due_at", "case_id", "finished_at", "closed_at", "unit")
_open_index("unit", "unit", "urgency", "due_at")
_open_index("place", "lon", "lat", "urgency", "finished_at", "due_at", "closed_at")
_open_index("standing", "unit", "urgency", "level2_code", "finished_at", "due_at", "closed_at")
_open_index("alike", "class_code", "lon")


@dataclass(frozen=True)
class Settled:
    """What a worker had done already when the report was written: in words, with photos of the result."""

    note: str
    signed: bool = False
    photos: Sequence[photo.Taken] = ()


@dataclass(frozen=True)
class Report:
    """What somebody reports. ``class_code`` names the class of the item list in force.

    ``captured_at`` is the moment by the phone, ``sent_at`` what the phone's clock shows while it sends; both are left
    out by sources whose clock is not in question. ``reporter`` has ``name`` and ``phone`` as far as they were given,
    ``party`` is whom it is about (:func:`engine.cases.people.party.register`). ``settled`` is what a worker of the town
    has done about it already. ``variables`` are what the process is told besides.
    """

    source: str
    class_code: str
    lon: float
    lat: float
    description: str
    source_code: str = ""
    external_id: str | None = None
    client_uuid: str | None = None
    urgency: int | None = None
    accuracy_m: int | None = None
    address: str = ""
    captured_at: datetime | None = None
    sent_at: datetime | None = None
    reporter: Mapping[str, Any] = field(default_factory=dict)
    on_behalf_of: str | None = None
    party: Mapping[str, Any] | None = None
    photos: Sequence[photo.Taken] = ()
    settled: Settled | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


def report(connection: Connection, actor: audit.Actor, given: Report) -> tuple[sa.Row[Any], steps.Step | None]:
    """Open a case for an event and start its process; what is sent again is taken in once.

    The same ``client_uuid``, or the same ``external_id`` of the same source, is the same event, whatever else was sent
    with it. Returns the case and the first step of its process, or None instead of the step if it was there already.

    Raises
    ------
    ChannelUnknown
        If the source is none of the seven.
    ItemClassUnknown, ItemListMissing
        If the list in force has no such class.
    PointWrong, PointOutsideTown
        If the place is none, or lies in no grid of the town.
    EventTextMissing
        If nothing says what was seen.
    EventUnreadable
        If its urgency is none of :data:`item_class.URGENCIES`, its accuracy is no distance on earth, or it is settled
        by somebody who does not work for the town.
    EventMeasureMissing
        If it was settled already and nothing says how.
    EventFromTheFuture
        If it was captured after it was received, by a clock that was right.
    FileMissing, PhotoKindWrong, PhotoTooLarge, PhotoChanged
        See :func:`engine.cases.grid.photo.add`.
    PartyKindUnknown, ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.people.party.register`.
    ItemWithoutProcess
        If the process is not in force.
    """
    known = find(connection, given)
    if known is not None:
        return known, None
    _require_legible(given)
    written = _values(connection, actor, given)
    return opening.open_case(
        connection,
        actor,
        cases.Opening(
            item={"code": f"{SERIES}-{given.class_code}", "name": written["class_name"], "department": ""},
            catalogue_version=0,
            channel=given.source,
            applicant=_reporter(connection, actor, given),
            title=f"{written['class_name']} {given.address or written['grid_code']}"[:300],
            kind=standing.GRID,
            received_at=written["received_at"],
            facts={"said": dict(given.variables)},
        ),
        process_id=PROCESS,
        start_event="G1" if given.source in INSIDE else "G0",
        prepare=lambda row: _write(connection, actor, row, written, given),
    )


def find(connection: Connection, given: Report) -> sa.Row[Any] | None:
    """Return the case of an event that was reported before, by the phone's own id or by the source's."""
    same = []
    if given.client_uuid:
        same.append(grid_event.c.client_uuid == given.client_uuid)
    if given.external_id:
        there = (grid_event.c.source == given.source, grid_event.c.source_code == given.source_code)
        same.append(sa.and_(*there, grid_event.c.external_id == given.external_id))
    if not same:
        return None
    query = sa.select(cases.case_file).join(grid_event, grid_event.c.case_id == cases.case_file.c.id)
    return connection.execute(query.where(sa.or_(*same)).order_by(grid_event.c.case_id).limit(1)).one_or_none()


def of(connection: Connection, case_id: int) -> sa.Row[Any]:
    """Return the event of a case.

    Raises
    ------
    GridEventUnknown
        If the case is none.
    """
    row = connection.execute(sa.select(grid_event).where(grid_event.c.case_id == case_id)).one_or_none()
    if row is None:
        raise errors.GridEventUnknown
    return row


def done_before(connection: Connection, case_id: int) -> list[str]:
    """Return what workers had done when they reported an event, or one that follows it, in the order they came."""
    table = grid_event.c
    about = (sa.or_(table.case_id == case_id, table.parent_id == case_id), table.settled_note.is_not(None))
    query = sa.select(table.settled_note).where(*about).order_by(table.case_id)
    return list(connection.execute(query).scalars())


def number_by(connection: Connection, person_id: str, since: datetime) -> int:
    """Count what somebody has reported since a moment; a merged event counts for whom it was merged into."""
    mine = (grid_event.c.reported_by == person_id, grid_event.c.reported_at >= since, grid_event.c.parent_id.is_(None))
    return connection.scalar(sa.select(sa.func.count()).select_from(grid_event).where(*mine)) or 0


def receiver_of(source_code: str) -> str:
    """Return the name under which pushes find the system that reports under a code."""
    return f"source.{source_code or 'unnamed'}"


def tell_source(connection: Connection, number: str, me: sa.Row[Any], happened: str, **more: Any) -> None:
    """Push to the system that reported an event what became of it; nobody is told of what a person reported."""
    if me.external_id is not None:
        content = {"external_id": me.external_id, "number": number, **more}
        outbox.push(connection, receiver_of(me.source_code), f"event.{happened}", content, number)


def change(connection: Connection, case_id: int, **values: Any) -> sa.Row[Any]:
    """Write columns of an event and return it; the verb that calls this writes the audit event."""
    return connection.execute(
        sa.update(grid_event).where(grid_event.c.case_id == case_id).values(**values).returning(grid_event)
    ).one()


def told(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the process knows of an event."""
    names = (
        "source", "class_code", "class_name", "kind", "level", "urgency", "address", "grid_code", "level2_code",
        "description", "reporter_known", "clock_doubted", "lon", "lat",
    )  # fmt: skip
    return {**{name: written[name] for name in names}, "reported_at": _town(written["reported_at"])}


def seen_at(
    captured_at: datetime | None, sent_at: datetime | None, received_at: datetime, tolerance: timedelta
) -> tuple[datetime, int | None, bool]:
    """Return when something was seen by our clock, how many seconds the phone's was behind, and whether to doubt it.

    A phone says what its clock shows while it sends: the difference to ours moves the moment of capture, and one beyond
    the tolerance marks the event. A phone that does not say it is believed, unless it speaks of the future.

    Raises
    ------
    EventFromTheFuture
        If the phone's clock was right and the capture lies after the sending.
    """
    if captured_at is None:
        return received_at, None, False
    behind = received_at - sent_at if sent_at else None
    moment = captured_at + behind if behind is not None and abs(behind) > tolerance else captured_at
    if sent_at and captured_at > sent_at + tolerance:
        raise errors.EventFromTheFuture(captured_at=_town(captured_at), sent_at=_town(sent_at))
    doubted = abs(behind) > tolerance if behind is not None else captured_at > received_at + tolerance
    return min(moment, received_at), round(behind.total_seconds()) if behind is not None else None, doubted


def _require_legible(given: Report) -> None:
    """Refuse a report that says nothing, or what cannot be, as :func:`report` tells."""
    if given.source not in standing.EVENT_SOURCES:
        raise errors.ChannelUnknown(channel=given.source, channels=", ".join(standing.EVENT_SOURCES))
    if not given.description.strip():
        raise errors.EventTextMissing
    if given.urgency is not None and given.urgency not in item_class.URGENCIES:
        raise errors.EventUnreadable(field="urgency")
    if not 0 <= (given.accuracy_m or 0) <= FARTHEST_M:
        raise errors.EventUnreadable(field="accuracy_m")
    if given.settled is not None and given.source not in INSIDE:
        raise errors.EventUnreadable(field="settled")
    if given.settled is not None and not given.settled.note.strip():
        raise errors.EventMeasureMissing


def _values(connection: Connection, actor: audit.Actor, given: Report) -> dict[str, Any]:
    now, item = clock.now(), item_class.get(connection, given.class_code)
    grid = node.get(connection, node.at(connection, given.lon, given.lat))
    tolerance = timedelta(minutes=setting.load(connection)["grid_clock_tolerance"])
    reported_at, off, doubted = seen_at(given.captured_at, given.sent_at, now, tolerance)
    return {
        "source": given.source,
        "source_code": given.source_code,
        "external_id": given.external_id or None,
        "client_uuid": given.client_uuid or None,
        "class_code": given.class_code,
        "class_name": item.name,
        "list_version": item.version,
        "kind": item.kind,
        "level_initial": item.level,
        "level": item.level,
        "urgency": given.urgency or item_class.urgency(item.body),
        "lon": given.lon,
        "lat": given.lat,
        "accuracy_m": given.accuracy_m,
        "address": given.address,
        "grid_code": grid.code,
        "level2_code": grid.parent,
        "description": given.description.strip(),
        "reported_by": actor.id if given.source in INSIDE else None,
        "on_behalf_of": given.on_behalf_of,
        "reporter_known": bool(str(given.reporter.get("phone") or "").strip()),
        "party_id": parties.register(connection, given.party).id if given.party else None,
        "captured_at": given.captured_at or now,
        "received_at": now,
        "reported_at": reported_at,
        "clock_off_s": off,
        "clock_doubted": doubted,
        "settled_note": given.settled.note.strip() if given.settled else None,
        "settled_signed": given.settled.signed if given.settled else None,
        "helpers": [],
        "step": "G1",
        "extended": False,
        "level2_returned": False,
        "sent_back": False,
        "rework_count": 0,
        "returns": 0,
        "reopened": 0,
    }


def _reporter(connection: Connection, actor: audit.Actor, given: Report) -> dict[str, str]:
    """Return who reported, as a party of the case: by the name given, else whoever works for the town, else unnamed."""
    name = str(given.reporter.get("name") or "").strip()
    if not name and given.source in INSIDE:
        name = person.names(connection, [actor.id]).get(actor.id, actor.id)
    return {"kind": "person", "name": name or UNNAMED, "phone": str(given.reporter.get("phone") or "").strip()}


def _write(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], written: Mapping[str, Any], given: Report
) -> None:
    connection.execute(sa.insert(grid_event).values(case_id=case.id, **written))
    trail.record(
        connection,
        case.number,
        actor,
        "event.reported",
        source=written["source"],
        external_id=written["external_id"],
        class_code=written["class_code"],
        list_version=written["list_version"],
        grid=written["grid_code"],
        captured_at=_town(written["captured_at"]),
        clock_off_s=written["clock_off_s"],
        clock_doubted=written["clock_doubted"],
    )
    photo.add(connection, actor, case, "before", given.photos)
    if given.settled is not None:
        photo.add(connection, actor, case, "after", given.settled.photos)
        told = {"note": written["settled_note"], "signed": given.settled.signed}
        trail.record(connection, case.number, actor, "event.settled_before", **told)


def _town(moment: datetime) -> str:
    return moment.astimezone(clock.TOWN).isoformat()
