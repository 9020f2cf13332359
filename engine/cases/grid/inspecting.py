"""Inspecting: somebody who did not handle an event looks at the result, it is done again, the reporter is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors, tasks
from engine.cases import case as cases
from engine.cases.clocks import setting
from engine.cases.grid import clock, event, handling, photo
from engine.cases.reading import beside, trail
from engine.errors import N_
from engine.handling import reasons

PROPERTY, VALUE = "keeps_out", "handlers"
"""The property of a task by which a diagram keeps out whoever has handled the event."""

SATISFACTIONS = {
    "satisfied": N_("satisfied"),
    "fair": N_("fairly satisfied"),
    "dissatisfied": N_("not satisfied"),
    "not_reached": N_("not reached"),
}


def verify(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], note: str, photos: Iterable[photo.Taken] = (), *,
    holds: bool,
) -> None:  # fmt: skip
    """Say whether it is as reported.

    Raises
    ------
    ReasonMissing
        If nothing is said.
    """
    note = reasons.given(note)
    photo.add(connection, actor, case, "before", photos)
    event.change(connection, case.id, verified=holds)
    trail.record(connection, case.number, actor, "event.verified" if holds else "event.not_as_reported", note=note)


def inspect(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], note: str, photos: Iterable[photo.Taken] = (), *,
    passed: bool,
) -> None:  # fmt: skip
    """Say whether the result is good.

    Raises
    ------
    EventHandlerInspects
        If whoever says so handled it.
    ReasonMissing
        If nothing is said.
    """
    if actor.id in handling.handled(connection, case.id):
        raise errors.EventHandlerInspects(person=actor.id)
    note = reasons.given(note)
    photo.add(connection, actor, case, "after", photos)
    event.change(connection, case.id, checker=actor.id)
    trail.record(connection, case.number, actor, "event.inspected" if passed else "event.not_good", note=note)


def rework(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> int:
    """Let it be done again: counted, and the case clock runs on from where it began; return how often so far."""
    me = event.of(connection, case.id)
    event.change(connection, case.id, rework_count=me.rework_count + 1, result=None, checker=None)
    clock.go_on(connection, actor, case)
    trail.record(connection, case.number, actor, "event.rework", count=me.rework_count + 1)
    return int(me.rework_count) + 1


def call_back(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], satisfaction: str, note: str = "", *, back: bool
) -> bool:
    """Keep what the reporter said; return whether it goes back, which the centre may decide once, with the reason.

    Raises
    ------
    SatisfactionUnknown
        If it is none of :data:`SATISFACTIONS`.
    ReasonMissing
        If it goes back without a reason.
    EventSentBackBefore
        If it went back before.
    """
    if satisfaction not in SATISFACTIONS:
        raise errors.SatisfactionUnknown(satisfaction=satisfaction)
    back = back and satisfaction == "dissatisfied" and setting.load(connection)["grid_dissatisfied"] == "may_return"
    if back:
        note = reasons.given(note)
    if back and event.of(connection, case.id).sent_back:
        raise errors.EventSentBackBefore
    values = {"sent_back": True} if back else {}
    event.change(connection, case.id, satisfaction=satisfaction, **values)
    trail.record(connection, case.number, actor, "event.called_back", satisfaction=satisfaction, note=note, back=back)
    return back


@tasks.excludes
def _keep_out(connection: Connection, row: sa.Row[Any]) -> Iterator[tasks.Excluded]:
    if row.properties.get(PROPERTY) == VALUE:
        case = cases.get(connection, beside.number_of(row.business_key))
        for person in handling.handled(connection, case.id):
            yield tasks.Excluded(person, errors.EventHandlerInspects(person=person))
