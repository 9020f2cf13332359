"""The end of an event: not filed, withdrawn, closed with everybody told, reopened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors, messages, tasks
from engine.cases import case as cases
from engine.cases import closing
from engine.cases.clocks import supervision
from engine.cases.grid import alike, clock, event, photo
from engine.cases.papers import notice
from engine.cases.reading import trail
from engine.handling import reasons

REOPENED, WITHDRAWAL, WITHDRAWN, INSTRUCTED, ADDED = (
    "event.reopened", "event.withdrawal_asked", "event.withdrawn", "event.instructed", "event.added",
)  # fmt: skip
LONGEST_H = 24 * 60
"""The longest limit in hours that an instruction sets: two months."""


def refuse(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> None:
    """Do not file an event, with the reason.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    """
    reason = reasons.given(reason)
    event.change(connection, case.id, result="not_filed")
    trail.record(connection, case.number, actor, "event.not_filed", reason=reason)


def ask_to_withdraw(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> None:
    """Take a report back as its reporter; the centre looks whether the danger stays.

    Raises
    ------
    EventClosed
        If it is closed.
    ReasonMissing
        If nothing says why.
    WithdrawalAskedBefore
        If the centre is looking at an earlier wish.
    """
    _require_open(case)
    reason = reasons.given(reason)
    if any(row.properties.get("node") == "X3" for row in tasks.of_case(connection, case.number)):
        raise errors.WithdrawalAskedBefore(number=case.number)
    trail.record(connection, case.number, actor, "event.withdrawal_asked", reason=reason)
    messages.publish(connection, actor, WITHDRAWAL, case.number, {"withdrawal_asked": {"reason": reason}})


def withdraw(connection: Connection, actor: audit.Actor, case: sa.Row[Any], note: str) -> None:
    """Stop what runs: nothing dangerous is left and the reporter does not want more."""
    trail.record(connection, case.number, actor, "event.withdrawn", note=note)
    messages.publish(connection, actor, WITHDRAWN, case.number, {})


def keep(connection: Connection, actor: audit.Actor, case: sa.Row[Any], note: str) -> None:
    """Go on although the reporter has withdrawn: the town reports it itself from now on."""
    event.change(connection, case.id, reported_by=actor.id)
    trail.record(connection, case.number, actor, "event.kept", note=note)


def add(connection: Connection, actor: audit.Actor, case: sa.Row[Any], text: str, photos: Sequence[int] = ()) -> None:
    """Add words and photos of the reporter to the step in hand.

    Raises
    ------
    EventClosed
        If it is closed.
    EventTextMissing, ReasonTooLong
        If nothing is added, or too much is said.
    FileMissing, PhotoKindWrong, PhotoTooLarge
        See :func:`engine.cases.grid.photo.require`.
    """
    _require_open(case)
    if not text.strip() and not photos:
        raise errors.EventTextMissing
    text = reasons.given(text) if text.strip() else ""
    for one in photos:
        photo.require(connection, photo.Taken(one))
    addition = {"text": text, "photos": list(photos)}
    messages.publish(connection, actor, ADDED, case.number, {"addition": addition})


def instruct(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], text: str, *, grade: str = "",
    limit_hours: int | None = None,
) -> None:  # fmt: skip
    """Give an instruction as a leader: a grade of supervision, a sooner end of the case clock, or both.

    Raises
    ------
    EventClosed
        If it is closed.
    InstructionMissing, ReasonTooLong
        If nothing is said, or too much.
    InstructionLimitWrong
        If the limit is none of 1 to :data:`LONGEST_H` hours.
    SupervisionLevelUnknown
        If there is no such grade.
    """
    _require_open(case)
    if not text.strip():
        raise errors.InstructionMissing
    text = reasons.given(text)
    if limit_hours is not None and not 1 <= limit_hours <= LONGEST_H:
        raise errors.InstructionLimitWrong(most=LONGEST_H)
    if grade and grade not in supervision.LEVELS:
        raise errors.SupervisionLevelUnknown(level=grade, levels=", ".join(supervision.LEVELS))
    said = {"by": actor.id, "text": text, "grade": grade, "limit_hours": limit_hours}
    messages.publish(connection, actor, INSTRUCTED, case.number, {"instruction": said})


def close(connection: Connection, actor: audit.Actor, case: sa.Row[Any], note: str) -> sa.Row[Any]:
    """Close an event with its result and tell its source, its reporter and those of the events that follow it.

    Raises
    ------
    EventWithoutResult
        If nobody has said what came of it.
    """
    me = event.of(connection, case.id)
    if me.result is None:
        raise errors.EventWithoutResult
    row = closing.close(connection, actor, case, me.result)
    event.change(connection, case.id, closed_at=row.closed_at, step="", step_due_at=None)
    trail.record(connection, case.number, actor, "event.closed", note=note)
    for told in (row, *alike.children(connection, case.id)):
        _tell(connection, actor, told, me.result, note)
    return row


def reopen(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> sa.Row[Any]:
    """Open a closed event again as its reporter or the centre asks: it goes to the centre, its case clock runs on.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    EventStillOpen
        If it is not closed, or follows another event.
    """
    me = event.of(connection, case.id)
    reason = reasons.given(reason)
    if me.closed_at is None or me.parent_id is not None:
        raise errors.EventStillOpen(number=case.number)
    row = cases.change(connection, case.id, state="dispatching", outcome=None, closed_at=None)
    event.change(connection, case.id, closed_at=None, result=None, checker=None, satisfaction=None)
    clock.go_on(connection, actor, row)
    clock.follow(connection, row)
    trail.record(connection, case.number, actor, "event.reopened", reason=reason)
    alike.go_again(connection, actor, row, REOPENED)
    return row


def _tell(connection: Connection, actor: audit.Actor, case: sa.Row[Any], result: str, note: str) -> None:
    me = event.of(connection, case.id)
    event.tell_source(connection, case.number, me, "closed", result=result, note=note)
    if me.reporter_known:
        notice.tell(connection, actor, case, "event_closed", {"outcome": result})


def _require_open(case: sa.Row[Any]) -> None:
    if case.closed_at is not None:
        raise errors.EventClosed(number=case.number)
