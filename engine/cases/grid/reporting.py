"""Reporting an event: what somebody saw becomes a case once, however often it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases import opening, standing
from engine.cases.clocks import setting
from engine.cases.grid import photo
from engine.cases.grid.event import INSIDE, PROCESS, SERIES, UNNAMED, by_town_clock, grid_event
from engine.cases.grid.items import item_class
from engine.cases.people import party as parties
from engine.cases.reading import trail
from engine.flow import steps
from engine.organisation import person
from engine.organisation.grid import node

FARTHEST_M = 20_000_000
"""No place on earth is known less exactly than half its circumference."""


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
        raise errors.EventFromTheFuture(captured_at=by_town_clock(captured_at), sent_at=by_town_clock(sent_at))
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
        captured_at=by_town_clock(written["captured_at"]),
        clock_off_s=written["clock_off_s"],
        clock_doubted=written["clock_doubted"],
    )
    photo.add(connection, actor, case, "before", given.photos)
    if given.settled is not None:
        photo.add(connection, actor, case, "after", given.settled.photos)
        told = {"note": written["settled_note"], "signed": given.settled.signed}
        trail.record(connection, case.number, actor, "event.settled_before", **told)
