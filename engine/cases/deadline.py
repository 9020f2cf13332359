"""The deadline: a period of the law running on a case, with every day explained and every change kept.

A deadline stores the length, the readings of the settings and the stops it was computed with. Recomputing it (a stop,
an extension, a newly published calendar) writes before and after into the case's trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors, jobs, tasks
from engine.cases import case as cases
from engine.cases.clocks import period as periods
from engine.cases.clocks import setting, stop
from engine.cases.reading import beside, trail
from engine.errors import N_
from engine.flow import steps
from engine.ground.counting import Due, Unit
from engine.ground.prepared import Prepared
from engine.ground.together import Question

WHY_ENDED = {
    "closed": N_("ended with the case"),
    "settled": N_("ended: what it waited for was settled otherwise"),
    "annulled": N_("lapsed: the decision was annulled"),
}
"""Why a period came to its end without what it demands; marked for translation."""

deadline = sa.Table(
    "deadline",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("period", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(20), nullable=False, default=""),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("extended", sa.Integer, nullable=False),
    sa.Column("unit", sa.String(10), nullable=False),
    sa.Column("readings", db.Json, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("due_at", db.Utc),
    sa.Column("last_due_at", db.Utc),
    sa.Column("days_left", sa.Integer),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("capped", sa.Boolean, nullable=False),
    sa.Column("derivation", db.Json, nullable=False),
    sa.Column("half_at", db.Utc),
    sa.Column("eighty_at", db.Utc),
    sa.Column("alarm", sa.Integer, nullable=False),
    sa.Column("alarm_at", db.Utc),
    sa.Column("ended_at", db.Utc),
    sa.Column("why_ended", sa.String(10)),
    sa.Column("extension", db.Json),
    sa.CheckConstraint("state IN ('open', 'stopped', 'met', 'ended')", name="state_known"),
    sa.CheckConstraint("(state IN ('met', 'ended')) = (ended_at IS NOT NULL)", name="ended_at_if_ended"),
    sa.CheckConstraint("(state = 'ended') = (why_ended IS NOT NULL)", name="ended_with_why"),
    sa.CheckConstraint(f"why_ended IN {tuple(WHY_ENDED)}", name="why_ended_known"),
    sa.CheckConstraint("(due_on IS NULL) = (due_at IS NULL)", name="due_day_and_moment"),
    sa.CheckConstraint("state <> 'open' OR due_at IS NOT NULL", name="open_has_due"),
    sa.CheckConstraint("alarm BETWEEN 0 AND 3", name="alarm_level"),
    sa.Index("uq_deadline_running", "case_id", "period", "subject", unique=True,
             sqlite_where=sa.text("state IN ('open', 'stopped')"),
             postgresql_where=sa.text("state IN ('open', 'stopped')")),
    sa.Index(None, "alarm_at"),
    sa.Index(None, "due_at"),
    sa.Index(None, "case_id", "due_at"),
)  # fmt: skip

"""``subject``: of several things of a case that have the same period, the one it is about."""

RUNNING = ("open", "stopped")
_BEFORE_END = 2
"""The alarm level before the end: that of a period that is not ours, where nobody here is urged at half time."""


def start(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    key: str,
    *,
    started_at: datetime | None = None,
    length: periods.Length | None = None,
    subject: str = "",
) -> sa.Row[Any]:
    """Start a period on a case, or return the one that already runs.

    Parameters
    ----------
    started_at
        Else the moment the period's start event happened on the case.
    length
        Else the period's own, the item's limit or the setting's.

    Raises
    ------
    PeriodUnknown
        If there is no such period.
    PeriodStartMissing
        If its start event has not happened, or the item promises nothing.
    """
    period = periods.get(key)
    running = find(connection, case, key, subject)
    if running is not None:
        return running
    values = setting.load(connection)
    length = length or periods.length_of(period, values, case.item)
    started_at = started_at or _start_of(case, period)
    used = periods.readings(period, values)
    known = {
        "case_id": case.id, "period": key, "subject": subject, "started_at": started_at, "length": length.number,
        "extended": 0, "unit": str(length.unit), "readings": used, "alarm": _BEFORE_END if period.theirs else 0,
    }  # fmt: skip
    counted = _computed(connection, case, period, length, started_at, used, subject)
    row = connection.execute(sa.insert(deadline).values(**known, **counted).returning(deadline)).one()
    row = _alarm(connection, row)
    _mirror(connection, case)
    trail.record(connection, case.number, actor, "deadline.started", **facts(row), article=period.article)
    return row


def get(connection: Connection, deadline_id: int) -> sa.Row[Any]:
    """Return a deadline."""
    return connection.execute(sa.select(deadline).where(deadline.c.id == deadline_id)).one()


def find(connection: Connection, case: sa.Row[Any], key: str, subject: str = "") -> sa.Row[Any] | None:
    """Return the case's running deadline of a period, if one runs."""
    about = (deadline.c.case_id == case.id, deadline.c.period == key, deadline.c.subject == subject)
    return connection.execute(sa.select(deadline).where(*about, deadline.c.state.in_(RUNNING))).one_or_none()


def of(connection: Connection, case_id: int, *states: str) -> Sequence[sa.Row[Any]]:
    """Return the case's deadlines in the given states (all by default), in the order they were started."""
    rows = OF_CASE.all(connection, case=case_id)
    return [row for row in rows if row.state in states] if states else rows


OF_CASE = Question(sa.select(deadline).where(deadline.c.case_id == sa.bindparam("case", type_=db.Id)), deadline.c.id)


def extend(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    key: str,
    *,
    reason: str,
    approved_by: str,
    subject: str = "",
    by: int | None = None,
) -> sa.Row[Any]:
    """Extend a period once, before it has ended, with the head's approval and a reason (行政许可法42, 行政强制法25).

    Parameters
    ----------
    by
        By how many of its units, for a period whose extension the law does not fix; else the period's own.

    Raises
    ------
    DeadlineUnknown
        If the period does not run.
    ExtensionNotForeseen, ExtensionIncomplete, ExtensionAgain, ExtensionLate
        If the law does not allow it, or approval or reason are missing, or it is not the first, or too late.
    """
    row, period = _running(connection, case, key, subject), periods.get(key)
    if by is None and (period.extension is None or row.unit != period.unit):
        raise errors.ExtensionNotForeseen(period=period.key)
    for name, given in (("reason", reason), ("approved_by", approved_by)):
        if not given.strip():
            raise errors.ExtensionIncomplete(field=name)
    if row.extended:
        raise errors.ExtensionAgain(period=period.key)
    late = row.due_at is not None and clock.now() >= row.due_at
    if late and setting.load(connection)["ext_late"] == "refused":
        raise errors.ExtensionLate(period=period.key, due_on=row.due_on)
    extension = {"reason": reason, "approved_by": approved_by, "approved_at": clock.now().isoformat()}
    connection.execute(
        sa.update(deadline).where(deadline.c.id == row.id).values(extended=by or period.extension, extension=extension)
    )
    return recompute(connection, actor, case, row, "deadline.extended", **extension)


def meet(connection: Connection, actor: audit.Actor, case: sa.Row[Any], key: str, *, subject: str = "") -> sa.Row[Any]:
    """Say that what the period demanded has been done; whether in time shows in ``ended_at`` and ``due_at``.

    Raises
    ------
    DeadlineUnknown
        If the period does not run.
    """
    row = _running(connection, case, key, subject)
    met = _end(connection, row, "met")
    _mirror(connection, case)
    trail.record(connection, case.number, actor, "deadline.met", period=key, overdue=overdue(met))
    return met


def end(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], key: str, why: str, *, subject: str = ""
) -> None:
    """End a period that has lost its object, if it runs; ``why`` is one of :data:`WHY_ENDED`."""
    row = find(connection, case, key, subject)
    if row is not None:
        _lapse(connection, actor, case, row, why)
        _mirror(connection, case)


def reopen(connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any]) -> None:
    """Let a period that was met run on with the day it had: what was done for it does not hold.

    If it has run out, its end is told anew.
    """
    if row.state in RUNNING:
        return
    state = "open" if row.due_at else "stopped"
    values = {"state": state, "ended_at": None, "why_ended": None}
    connection.execute(sa.update(deadline).where(deadline.c.id == row.id).values(**values))
    tell_end_again(connection, row)
    _mirror(connection, case)
    trail.record(connection, case.number, actor, "deadline.reopened", **facts(row))


def tell_end_again(connection: Connection, row: sa.Row[Any]) -> None:
    """Let the end of a period be told once more, where it was told: whoever heard of it was relieved since."""
    values = {"alarm": min(row.alarm, _BEFORE_END)}
    changed = sa.update(deadline).where(deadline.c.id == row.id).values(**values).returning(deadline)
    _alarm(connection, connection.execute(changed).one())


def end_all(connection: Connection, actor: audit.Actor, case: sa.Row[Any], *keep: str) -> None:
    """End every running period of a case that has come to its end, but those named in ``keep``."""
    for row in of(connection, case.id, *RUNNING):
        if row.period not in keep:
            _lapse(connection, actor, case, row, "closed")
    _mirror(connection, case)


def overdue(row: sa.Row[Any]) -> bool:
    """Tell whether the period ran out before it was met (or by now, while it runs)."""
    return row.due_at is not None and (row.ended_at or clock.now()) >= row.due_at


def recompute_all(connection: Connection, actor: audit.Actor, case: sa.Row[Any], action: str, **why: Any) -> None:
    """Count all running periods of a case again, the legal ones first because promises never outlast them."""
    rows = of(connection, case.id, *RUNNING)
    for row in sorted(rows, key=lambda row: periods.get(row.period).role == "promise"):
        recompute(connection, actor, case, row, action, **why)


def recompute(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], action: str, **why: Any
) -> sa.Row[Any]:
    """Count one running period again; write before and after to the trail if anything changed."""
    before = get(connection, row.id)
    length = periods.Length(before.length + before.extended, Unit(before.unit))
    period = periods.get(before.period)
    found = _computed(connection, case, period, length, before.started_at, before.readings, before.subject)
    found["last_due_at"] = before.due_at or before.last_due_at
    after = connection.execute(
        sa.update(deadline).where(deadline.c.id == row.id).values(**found).returning(deadline)
    ).one()
    known = before.due_at or before.last_due_at
    if known is not None and after.due_at is not None and known != after.due_at:
        tasks.move_due(connection, case.number, known, after.due_at)
    _alarm(connection, after)
    _mirror(connection, case)
    if facts(before) != facts(after) or action == "deadline.extended":
        trail.record(connection, case.number, actor, action, before=facts(before), after=facts(after), **why)
    return get(connection, row.id)


def facts(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what the trail says of a deadline."""
    return {
        "period": row.period,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "provisional": row.provisional,
        "length": row.length + row.extended,
        "unit": row.unit,
    }


def _running(connection: Connection, case: sa.Row[Any], key: str, subject: str) -> sa.Row[Any]:
    row = find(connection, case, periods.get(key).key, subject)
    if row is None:
        raise errors.DeadlineUnknown(number=case.number, period=key)
    return row


def _start_of(case: sa.Row[Any], period: periods.Period) -> datetime:
    if period.start == "now":
        return clock.now()
    moment: datetime | None = getattr(case, period.start)
    if moment is None:
        raise errors.PeriodStartMissing(period=period.key, variable=period.start)
    return moment


def _computed(
    connection: Connection,
    case: sa.Row[Any],
    period: periods.Period,
    length: periods.Length,
    started_at: datetime,
    used: Mapping[str, Any],
    subject: str,
) -> dict[str, Any]:
    calendar = calendars.load(connection, year_end=used["year_end"])
    stops = stop.effective(connection, case.id, subject, police=period.by_police) if period.stops else ()
    due = periods.compute(calendar, period, length, started_at, used, stops)
    cap = _cap(connection, case, due) if period.role == "promise" else None
    return {
        "state": "open" if due.day else "stopped",
        "due_on": cap.due_on if cap else due.day,
        "due_at": cap.due_at if cap else due.at,
        "days_left": due.left,
        "provisional": cap.provisional if cap else due.provisional,
        "capped": cap is not None,
        "derivation": [step.as_json() for step in due.derivation],
        "half_at": periods.share(started_at, due, 0.5),
        "eighty_at": periods.share(started_at, due, 0.8),
    }


def _cap(connection: Connection, case: sa.Row[Any], due: Due) -> sa.Row[Any] | None:
    """Return the statutory deadline when the promise would outlast it: a promise is never longer than the law."""
    for row in of(connection, case.id, "open"):
        if periods.get(row.period).role == "legal" and due.at is not None and row.due_at < due.at:
            return row
    return None


def _lapse(connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], why: str) -> None:
    _end(connection, row, "ended", why)
    told = {"period": row.period, "overdue": overdue(row), "why": why}
    trail.record(connection, case.number, actor, "deadline.ended", **told)


def _end(connection: Connection, row: sa.Row[Any], state: str, why: str | None = None) -> sa.Row[Any]:
    return connection.execute(
        sa.update(deadline)
        .where(deadline.c.id == row.id)
        .values(state=state, ended_at=clock.now(), why_ended=why, alarm_at=None)
        .returning(deadline)
    ).one()


def _alarm(connection: Connection, row: sa.Row[Any]) -> sa.Row[Any]:
    """Set the moment of the next alarm and return the row; an alarm once given is not given again."""
    moments = (row.half_at, row.eighty_at, row.due_at)
    coming = moments[row.alarm] if row.alarm < len(moments) else None
    if coming is not None and coming != row.alarm_at:
        jobs.add(connection, "alarm", coming, {})
    change = sa.update(deadline).where(deadline.c.id == row.id).values(alarm_at=coming)
    return connection.execute(change.returning(deadline)).one()


def _mirror(connection: Connection, case: sa.Row[Any]) -> None:
    """Keep the case's own due moments, by which lists sort and filter."""
    due: dict[str, sa.Row[Any]] = {}
    for row in of(connection, case.id, *RUNNING):
        role = periods.get(row.period).role
        if role and (role not in due or (row.due_at and due[role].due_at and row.due_at < due[role].due_at)):
            due[role] = row
    after = cases.change(
        connection,
        case.id,
        legal_due_at=due["legal"].due_at if "legal" in due else None,
        promised_due_at=due["promise"].due_at if "promise" in due else None,
        provisional=any(row.provisional for row in due.values()),
    )
    key = steps.instance.c.business_key
    beside_it = sa.or_(key == case.number, db.begins(connection, key, f"{case.number}-"))
    tasks.show_due(connection, beside_it, after.promised_due_at or after.legal_due_at)


@tasks.dates
def due_of(connection: Connection, business_key: str) -> datetime | None:
    """Return when the work of a case is due: as promised, else by law."""
    if not beside.names_case(business_key):
        return None
    row = _DUE_OF.one(connection, case=beside.number_of(business_key))
    return None if row is None else row.due_at


_columns = cases.case_file.c
_DUE_OF = Prepared(
    sa.select(sa.func.coalesce(_columns.promised_due_at, _columns.legal_due_at, type_=db.Utc).label("due_at")).where(
        _columns.number == sa.bindparam("case")
    )
)
