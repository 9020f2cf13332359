"""Alike events: whether what is reported is open already, how a child follows its parent, and how it is set apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors, messages
from engine.cases import case as cases
from engine.cases import closing
from engine.cases.grid import clock as clocks
from engine.cases.grid import context, event, settling
from engine.cases.grid.event import grid_event
from engine.cases.grid.items import item_class
from engine.cases.reading import trail
from engine.handling import reasons
from engine.organisation.grid import earth

UNMERGED = "event.unmerged"


@dataclass(frozen=True)
class Alike:
    """An open event of the same class, with its distance in metres and the days between the two."""

    number: str
    case_id: int
    distance_m: float
    age_days: int


def nearest(connection: Connection, case: sa.Row[Any]) -> Alike | None:
    """Return the nearest open event of the same class that is no child, within what the list says; visits have none.

    What came in before counts, whichever was seen first: a phone may send in the evening what it saw in the morning.
    """
    me = event.of(connection, case.id)
    known = item_class.get(connection, me.class_code, me.list_version)
    if known.merge_m is None:
        return None
    days = timedelta(days=known.merge_days)
    seen = grid_event.c.reported_at.between(me.reported_at - days, me.reported_at + days)
    query = _around(me, known.merge_m).where(seen).order_by(grid_event.c.case_id)
    rows = connection.execute(query.with_for_update(of=grid_event)).all()  # none of them is closed meanwhile
    near = [one for one in (_alike(me, row) for row in rows) if one.distance_m <= known.merge_m]
    return min(near, key=lambda one: (one.distance_m, one.case_id), default=None)


def near(connection: Connection, case: sa.Row[Any], within_m: int, most: int) -> list[Alike]:
    """Return open events of the same class within so many metres that came before and follow no other, by distance."""
    me = event.of(connection, case.id)
    found = [_alike(me, row) for row in connection.execute(_around(me, within_m))]
    close = [one for one in found if one.distance_m <= within_m]
    return sorted(close, key=lambda one: (one.distance_m, one.case_id))[:most]


def repeated(connection: Connection, me: sa.Row[Any], within_m: int, days: int) -> int:
    """Count the earlier events of the class at the same place within so many days, closed or open, merged ones once."""
    table, since = grid_event.c, me.reported_at - timedelta(days=days)
    rows = connection.execute(
        sa.select(table.lon, table.lat).where(
            table.class_code == me.class_code,
            table.reported_at.between(since, me.reported_at),
            table.case_id != me.case_id,
            table.parent_id.is_(None),
            *_box(me, within_m),
        )
    )
    return sum(earth.apart_m(me.lon, me.lat, row.lon, row.lat) <= within_m for row in rows)


def merge(connection: Connection, actor: audit.Actor, case: sa.Row[Any], into: str) -> sa.Row[Any]:
    """Let an event follow another: it is closed as merged, and its own children follow the same parent.

    Raises
    ------
    CaseNotFound, GridEventUnknown
        If there is no such event.
    EventMergeCycle
        If it is the event itself, or one that follows it.
    EventMergeRefused
        In one of its kinds: the other follows a third, one of the two is closed, or they are of different classes.
    """
    target = cases.get(connection, into)
    both = sa.select(grid_event.c.case_id).where(grid_event.c.case_id.in_([target.id, case.id]))
    connection.execute(both.order_by(grid_event.c.case_id).with_for_update())  # no other merge turns it into a circle
    parent, child = event.of(connection, target.id), event.of(connection, case.id)
    if parent.case_id == child.case_id or parent.parent_id == child.case_id:
        raise errors.EventMergeCycle(number=case.number, into=into)
    if parent.parent_id is not None:
        first = cases.by_id(connection, parent.parent_id).number
        raise errors.EventMergeFollows(number=case.number, into=into, first=first)
    if parent.closed_at or child.closed_at:
        raise errors.EventMergeClosed(number=case.number, into=into, closed=into if parent.closed_at else case.number)
    if parent.class_code != child.class_code:
        raise errors.EventMergeRefused(number=case.number, into=into)
    now = clock.now()
    connection.execute(
        sa.update(grid_event).where(grid_event.c.parent_id == child.case_id).values(parent_id=parent.case_id)
    )
    closed = closing.close(connection, actor, case, "merged")
    over = {"closed_at": closed.closed_at, "step": "", "step_due_at": None}
    event.change(connection, case.id, parent_id=parent.case_id, merged_at=now, **over)
    distance = round(earth.apart_m(child.lon, child.lat, parent.lon, parent.lat), 1)
    trail.record(connection, into, actor, "event.joined", number=case.number, distance_m=distance)
    trail.record(connection, case.number, actor, "event.merged", number=into, distance_m=distance)
    return closed


def unmerge(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> sa.Row[Any]:
    """Set an event apart that was merged by mistake: it goes its own way from the verification on.

    A case clock that ran before runs on from where it began, also that of an event which had been put off.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    EventNotMerged
        If it follows no other.
    """
    me = event.of(connection, case.id)
    reason = reasons.given(reason)
    if me.parent_id is None:
        raise errors.EventNotMerged(number=case.number)
    row = cases.change(connection, case.id, state="reported", outcome=None, closed_at=None)
    event.change(connection, case.id, parent_id=None, merged_at=None, closed_at=None)
    clocks.go_on(connection, actor, row)
    settling.resume(connection, actor, row)
    trail.record(connection, case.number, actor, "event.unmerged", reason=reason)
    go_again(connection, actor, row, UNMERGED)
    return row


def go_again(connection: Connection, actor: audit.Actor, case: sa.Row[Any], message: str) -> None:
    """Let the process of an event begin anew beside the one that has ended."""
    me = event.of(connection, case.id)
    again = event.change(connection, case.id, reopened=me.reopened + 1)
    key = f"{case.number}-{again.reopened}"
    known = {"event": context.of(connection, again), "case_number": case.number, "business_key": key}
    messages.publish(connection, actor, message, key, known)


def parent_of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the case that an event follows, if it follows one."""
    parent = event.of(connection, case_id).parent_id
    return None if parent is None else cases.by_id(connection, parent)


def children(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the cases that follow an event, in the order they came."""
    query = sa.select(cases.case_file).join(grid_event, grid_event.c.case_id == cases.case_file.c.id)
    return connection.execute(query.where(grid_event.c.parent_id == case_id).order_by(grid_event.c.case_id)).all()


def _around(me: sa.Row[Any], within_m: int) -> sa.Select[Any]:
    table = grid_event.c
    return (
        sa.select(table.case_id, cases.case_file.c.number, table.lon, table.lat, table.reported_at)
        .join(cases.case_file, cases.case_file.c.id == table.case_id)
        .where(
            table.class_code == me.class_code,
            table.closed_at.is_(None),
            table.parent_id.is_(None),
            table.case_id < me.case_id,
            *_box(me, within_m),
        )
    )


def _alike(me: sa.Row[Any], row: sa.Row[Any]) -> Alike:
    apart_m = earth.apart_m(me.lon, me.lat, row.lon, row.lat)
    return Alike(row.number, row.case_id, apart_m, abs(me.reported_at - row.reported_at).days)


def _box(me: sa.Row[Any], within_m: int) -> tuple[sa.ColumnElement[bool], ...]:
    east, north = within_m / earth.east_m(me.lat), within_m / earth.north_m(me.lat)
    table = grid_event.c
    return (table.lon.between(me.lon - east, me.lon + east), table.lat.between(me.lat - north, me.lat + north))
