"""The two clocks of an event: the case clock, which never begins anew, and the step clock, which each task begins.

Both are deadlines of the case. The case clock begins with the classification, stands still only while the event is put
off with approval, and runs on after a rework. A task whose property ``limit`` names a step of the item list
(``sign_hours``) has a step clock of its own; ``handle`` is a step that only the case clock bounds.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors, messages, tasks
from engine.bpmn.running import effects
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.clocks import alarm, stop, supervision
from engine.cases.clocks import period as periods
from engine.cases.grid import event
from engine.cases.grid.items import item_class
from engine.cases.reading import beside
from engine.flow import steps
from engine.ground.counting import Unit

CASE, STEP = "grid_case", "grid_step"
LIMIT = "limit"
"""The property of a task that names its limit."""
UNITS = {"hours": Unit.HOUR, "workdays": Unit.WORKING, "days": Unit.CALENDAR}
WARNED = "clock.warned"
STATES = {
    "G3": "verifying", "G5": "in_grid", "G6": "level2", "G7": "dispatching", "G8": "receiving", "G9": "handling",
    "G10": "handling", "G11": "inspecting", "G12": "calling_back", "G13": "closing", "X2": "handing_over",
}  # fmt: skip
"""Where an event stands when a task of a node opens."""


def start(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], amount: int, unit: str, factor: Decimal | int = 1
) -> sa.Row[Any]:
    """Start the case clock, unless it has been started; an urgent event has its limit times ``factor``, rounded up."""
    known = _of_case(connection, case)
    if known is not None:
        return known
    length = periods.Length(max(1, math.ceil(amount * factor)), UNITS[unit])
    row = deadline.start(connection, actor, case, CASE, length=length)
    event.change(connection, case.id, due_at=row.due_at)
    return row


def extend(connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, reason: str, approved_by: str) -> None:
    """Give the case clock its length once more, once; also where an instruction has fixed a sooner end since.

    Raises
    ------
    DeadlineUnknown, ExtensionIncomplete, ExtensionAgain, ExtensionLate
        See :func:`engine.cases.deadline.extend`.
    """
    running = deadline.find(connection, case, CASE)
    if event.of(connection, case.id).extended:
        raise errors.ExtensionAgain(period=periods.get(CASE).title)
    row = deadline.extend(
        connection, actor, case, CASE, reason=reason, approved_by=approved_by, by=running.length if running else 0
    )
    event.change(connection, case.id, extended=True, due_at=row.due_at)


def hasten(connection: Connection, actor: audit.Actor, case: sa.Row[Any], hours: int) -> None:
    """Let the running case clock end so many hours from now, if that is sooner than it would."""
    row = deadline.find(connection, case, CASE)
    if row is None or row.due_at is None or row.due_at <= clock.now() + timedelta(hours=hours):
        return
    since_start = math.ceil((clock.now() - row.started_at) / timedelta(hours=1))
    values = {"length": since_start + hours, "extended": 0, "unit": str(Unit.HOUR)}
    connection.execute(sa.update(deadline.deadline).where(deadline.deadline.c.id == row.id).values(**values))
    deadline.recompute(connection, actor, case, row, "deadline.set")
    follow(connection, case)


def finish(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Say that the event was handled: the case clock is met, and what was supervised for it is done."""
    if deadline.find(connection, case, CASE) is not None:
        deadline.meet(connection, actor, case, CASE)
    event.change(connection, case.id, finished_at=clock.now())
    _close_supervisions(connection, actor, case, CASE)


def go_on(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Let the case clock run on from where it began, since what was done was not good; overdue, it is told anew."""
    row = _of_case(connection, case)
    if row is not None:
        deadline.reopen(connection, actor, case, row)
    event.change(connection, case.id, finished_at=None)


def stand_still(connection: Connection, actor: audit.Actor, case: sa.Row[Any], revisit_on: date) -> None:
    """Let the case clock stand still until a day, one that is overdue as well: what was supervised for it is over."""
    deadline.recompute_all(connection, actor, case, "deadline.recomputed", revisit_on=revisit_on.isoformat())
    event.change(connection, case.id, revisit_on=revisit_on)
    _close_supervisions(connection, actor, case, CASE)
    follow(connection, case)


def run_again(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Let the case clock that stood still run again; if it is overdue, that is told anew."""
    deadline.recompute_all(connection, actor, case, "deadline.recomputed")
    event.change(connection, case.id, revisit_on=None)
    row = deadline.find(connection, case, CASE)
    if row is not None:
        deadline.tell_end_again(connection, row)
    follow(connection, case)


def follow(connection: Connection, case: sa.Row[Any]) -> None:
    """Show in the event when its case clock and the earliest of its running steps are due; one that stands is not."""
    rows = deadline.of(connection, case.id)
    runs = event.of(connection, case.id).revisit_on is None
    own = (row for row in rows if row.period == CASE and row.state != "stopped" and runs)
    due = next((row.due_at or row.last_due_at for row in own), None)
    running = [row.due_at for row in rows if row.period == STEP and row.state == "open"]
    event.change(connection, case.id, due_at=due, step_due_at=min(running, default=None))


def overdue(connection: Connection, case: sa.Row[Any], key: str, subject: str = "") -> tuple[int, sa.Row[Any] | None]:
    """Return by how many per cent of its length a running clock is overdue, and the clock; (0, None) if none runs.

    The time for which the event was put off does not count; while it is, its case clock is not overdue.
    """
    row = deadline.find(connection, case, key, subject)
    if row is None or row.due_at is None or (key == CASE and event.of(connection, case.id).revisit_on is not None):
        return 0, row
    late = clock.now() - ran_out_at(connection, case, row)
    return max(0, int(100 * late / (row.due_at - row.started_at))), row


def ran_out_at(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> datetime:
    """Return when a clock ran out, later by the time for which the event was put off since."""
    put_off = [one for one in stop.of(connection, case.id) if row.period == CASE and one.kind == stop.POSTPONED]
    spans = (
        (clock.midnight(one.resumed_on) if one.resumed_on else clock.now())
        - max(clock.midnight(one.started_on), row.due_at)
        for one in put_off
    )
    moment: datetime = row.due_at + sum((max(span, timedelta(0)) for span in spans), timedelta(0))
    return moment


def round_of(connection: Connection, case: sa.Row[Any]) -> int:
    """Return how often the case clock has begun to run on: who looks at an earlier stretch of it does so no more."""
    me = event.of(connection, case.id)
    put_off = [one for one in stop.of(connection, case.id) if one.kind == stop.POSTPONED]
    return int(me.rework_count) + int(me.reopened) + len(put_off)


def _of_case(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any] | None:
    return next((row for row in deadline.of(connection, case.id) if row.period == CASE), None)


@alarm.tells("escalate")
def _warn(connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], level: int) -> None:
    """Tell the process that a clock has reached a mark; its tables say who hears of it."""
    warned = {
        "clock": "step" if row.period == STEP else "case",
        "level": level,
        "overdue": overdue(connection, case, row.period, row.subject)[0],
        "rework": 0,
        "round": round_of(connection, case),
        "subject": row.subject,
        "still": True,
    }
    messages.publish(connection, actor, WARNED, case.number, {"warned": warned})


@steps.writes(effects.TaskOpened)
def _begin(step: steps.Step, opened: list[effects.TaskOpened]) -> None:
    """Begin the step clock of every task that has one."""
    limited = [effect for effect in opened if LIMIT in effect.properties]
    if not limited or not _is_event(step):
        return
    case = cases.get(step.connection, beside.number_of(step.row.business_key))
    for effect in limited:
        length = _limit(step.connection, case, effect.properties[LIMIT])
        if length is not None:
            subject = _subject(step.row.id, effect.token)
            begun = deadline.start(step.connection, step.actor, case, STEP, length=length, subject=subject)
            tasks.limit(step.connection, step.row.business_key, effect.token, begun.due_at)
    node = limited[-1].properties.get("node", "")
    event.change(step.connection, case.id, step=node)
    if node in STATES:
        cases.set_state(step.connection, step.actor, case, STATES[node])
    follow(step.connection, case)


@steps.listens
def _end(step: steps.Step) -> None:
    """End the step clocks whose tasks are done; what was supervised for a step ends with it."""
    if not _is_event(step):
        return
    case = cases.get(step.connection, beside.number_of(step.row.business_key))
    running = deadline.of(step.connection, case.id, *deadline.RUNNING)
    mine = [row for row in running if row.period == STEP and row.subject.startswith(f"{step.row.id}.")]
    if not mine:
        return
    open_ = {_subject(step.row.id, row.token) for row in tasks.of_case(step.connection, step.row.business_key)}
    gone = [row for row in mine if row.subject not in open_]
    for row in gone:
        deadline.meet(step.connection, step.actor, case, STEP, subject=row.subject)
        _close_supervisions(step.connection, step.actor, case, STEP, row.subject)
    if gone:
        follow(step.connection, case)


def _is_event(step: steps.Step) -> bool:
    return str(step.row.business_key).startswith(f"{event.SERIES}-")


def _subject(instance: int, token: int) -> str:
    return f"{instance}.{token}"


def _limit(connection: Connection, case: sa.Row[Any], key: str) -> periods.Length | None:
    """Return the limit of a step as the event's list says; none for what the list does not bound."""
    limits = item_class.version(connection, event.of(connection, case.id).list_version).step_limits
    if key not in limits:
        return None
    return periods.Length(int(limits[key]), UNITS[key.rpartition("_")[2]])


def _close_supervisions(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], key: str, subject: str = ""
) -> None:
    for row in supervision.of(connection, case.id):
        about = (row.facts.get("period"), row.facts.get("subject", ""))
        if row.closed_at is None and about == (key, subject):
            supervision.close(connection, actor, case, row.id)
