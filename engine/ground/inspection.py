"""The inspection of the trail: events found by stream, actor, action and time, handed out, and their chains proven.

What is found is ordered newest first by moment and key; every way of asking has an index that gives this order. A
proof and an export are events of their own stream, so that the trail also tells who looked through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.audit import audit_event, audit_head

STREAM = "house:audit"
PROVEN, EXPORTED = "trail.proven", "trail.exported"
COUNTED = 10_000
"""Found events are counted up to here: an auditor who finds more than that narrows the query, and it must stay fast."""
_BATCH = 500


@dataclass(frozen=True)
class Query:
    """What is looked for; an empty value leaves the point open. ``until`` is exclusive, ``upto`` an event's key."""

    stream: str = ""
    actors: tuple[str, ...] = ()
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    upto: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind this event, or before it when going back to newer ones."""

    at: datetime
    id: int
    newer: bool = False


@dataclass(frozen=True)
class Page:
    """Events, newest first, and whether there are more on either side."""

    rows: Sequence[sa.Row[Any]]
    older: Place | None
    newer: Place | None


@dataclass(frozen=True)
class Proof:
    """What a look through the chains found: how much was read, up to which event, and the first break."""

    events: int
    streams: int
    upto: int
    broken: audit.Break | None

    @property
    def holds(self) -> bool:
        """Whether every chain is whole."""
        return self.broken is None


def page(connection: Connection, query: Query, *, at: Place | None = None, limit: int = 50) -> Page:
    """Return a page of the events found."""
    where = _conditions(query)
    key = sa.tuple_(audit_event.c.at, audit_event.c.id)
    newer = at is not None and at.newer
    if at is not None:
        mark = sa.tuple_(sa.literal(at.at, audit_event.c.at.type), sa.literal(at.id))
        where.append(key > mark if newer else key < mark)
    order = (audit_event.c.at, audit_event.c.id) if newer else (audit_event.c.at.desc(), audit_event.c.id.desc())
    found = connection.execute(audit.events().where(*where).order_by(*order).limit(limit + 1)).all()
    rows = list(reversed(found[:limit])) if newer else list(found[:limit])
    more = len(found) > limit
    if not rows:
        return Page([], None, None)
    first, last = rows[0], rows[-1]
    return Page(
        rows,
        older=Place(last.at, last.id) if more or newer else None,
        newer=Place(first.at, first.id, newer=True) if (more if newer else at is not None) else None,
    )


def count(connection: Connection, query: Query) -> int:
    """Count the events found, one more than :data:`COUNTED` at most."""
    some = sa.select(sa.literal(1)).select_from(audit_event).where(*_conditions(query)).limit(COUNTED + 1).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def get(connection: Connection, event_id: int) -> sa.Row[Any]:
    """Return an event.

    Raises
    ------
    EventUnknown
        If there is none.
    """
    row = connection.execute(audit.events().where(audit_event.c.id == event_id)).one_or_none()
    if row is None:
        raise errors.EventUnknown(event=event_id)
    return row


def beside(connection: Connection, event: sa.Row[Any]) -> tuple[sa.Row[Any] | None, sa.Row[Any] | None]:
    """Return the events before and after one in its stream."""
    found = connection.execute(
        audit.events().where(
            audit_event.c.stream == event.stream, audit_event.c.seq.in_((event.seq - 1, event.seq + 1))
        )
    ).all()
    by_seq = {row.seq: row for row in found}
    return by_seq.get(event.seq - 1), by_seq.get(event.seq + 1)


def actions(connection: Connection) -> list[str]:
    """Return every action that occurs, jumping from one to the next in the index instead of reading all events."""
    known = sa.select(sa.func.min(audit_event.c.action).label("action")).cte(recursive=True)
    following = sa.select(sa.func.min(audit_event.c.action)).where(audit_event.c.action > known.c.action)
    known = known.union_all(sa.select(following.scalar_subquery()).where(known.c.action.is_not(None)))
    found = connection.execute(sa.select(known.c.action).where(known.c.action.is_not(None))).scalars()
    return list(found)


def everything(connection: Connection, query: Query) -> Iterator[sa.Row[Any]]:
    """Yield all events found, newest first, reading a batch at a time."""
    place: Place | None = None
    while True:
        batch = page(connection, query, at=place, limit=_BATCH)
        yield from batch.rows
        if batch.older is None:
            return
        place = batch.older


def export(connection: Connection, actor: audit.Actor, query: Query, form: str) -> int:
    """Note that the events found are handed out and return the note's key.

    The note keeps the query closed at the newest event, so that the export is the same whenever it is fetched.
    """
    newest = newest_key(connection)
    closed = asdict(replace(query, upto=newest))
    for name in ("since", "until"):
        closed[name] = closed[name].isoformat() if closed[name] else None
    return _note(connection, actor, EXPORTED, {"format": form, "query": closed})


def exported(connection: Connection, event_id: int) -> tuple[str, Query]:
    """Return the format and query of an export.

    Raises
    ------
    EventUnknown
        If there is none.
    """
    event = get(connection, event_id)
    if event.action != EXPORTED:
        raise errors.EventUnknown(event=event_id)
    kept = dict(event.details["query"])
    for name in ("since", "until"):
        kept[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
    return event.details["format"], Query(**kept | {"actors": tuple(kept["actors"])})


def prove(connection: Connection, stream: str = "") -> Proof:
    """Recompute the chain of one stream, or of all of them, up to the first event that does not hold."""
    heads = connection.execute(
        sa.select(audit_head)
        .where(audit_head.c.stream == stream if stream else sa.true())
        .order_by(audit_head.c.stream)
    ).all()
    read = 0
    broken = None if stream else _headless(connection)
    for row in heads:
        if broken is not None:
            break
        broken = audit.verify(connection, audit.Head(row.stream, row.seq, row.hash))
        read += row.seq if broken is None else broken.seq
    return Proof(read, len(heads), newest_key(connection), broken)


def note_proof(connection: Connection, actor: audit.Actor, proof: Proof, stream: str = "") -> int:
    """Keep in the trail what a proof found; return the note's key."""
    details = asdict(proof) | {"of": stream or None}
    return _note(connection, actor, PROVEN, details)


def last_proof(connection: Connection, stream: str | None = "") -> sa.Row[Any] | None:
    """Return the note of the last proof of everything; with a stream of it or everything, with None of any chain."""
    notes = connection.execute(
        sa.select(audit_event)
        .where(audit_event.c.action == PROVEN)
        .order_by(audit_event.c.at.desc(), audit_event.c.id.desc())
        .limit(50)
    )
    return next((row for row in notes if stream is None or row.details["of"] in (None, stream or None)), None)


def newest_key(connection: Connection) -> int:
    """Return the key of the newest event, 0 if nothing has happened yet."""
    return connection.scalar(sa.select(sa.func.max(audit_event.c.id))) or 0


def _headless(connection: Connection) -> audit.Break | None:
    """Find a stream with events whose head is gone: somebody took it out to hide that the chain was cut."""
    streams = sa.select(audit_event.c.stream).distinct().subquery()
    lost = connection.execute(
        sa.select(streams.c.stream).where(~sa.exists().where(audit_head.c.stream == streams.c.stream)).limit(1)
    ).scalar()
    return audit.Break(lost, 1, "headless") if lost is not None else None


def _note(connection: Connection, actor: audit.Actor, action: str, details: dict[str, Any]) -> int:
    audit.record(connection, STREAM, audit.Event(action, actor, details=details))
    note = sa.select(audit_event.c.id).where(audit_event.c.stream == STREAM).order_by(audit_event.c.seq.desc()).limit(1)
    return int(connection.execute(note).scalar_one())


def _conditions(query: Query) -> list[sa.ColumnElement[bool]]:
    event = audit_event.c
    found: list[sa.ColumnElement[bool]] = []
    if query.stream:
        found.append(event.stream == query.stream)
    if query.actors:
        found.append(sa.or_(event.actor.in_(query.actors), event.on_behalf_of.in_(query.actors)))
    if query.action:
        found.append(event.action == query.action)
    if query.since:
        found.append(event.at >= query.since)
    if query.until:
        found.append(event.at < query.until)
    if query.upto is not None:
        found.append(event.id <= query.upto)
    return found
