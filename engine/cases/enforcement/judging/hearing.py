"""The hearing (听证, 行政处罚法63-65): asked for in time, told seven days before, chaired by no investigator.

It is told by its notice, which is served like any document; the seven working days lie between the day on which that
takes effect and the hearing. A notice that was served later tells of nothing: another day is fixed and told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import service
from engine.cases.enforcement.judging import investigators, notification
from engine.cases.papers import document
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.counting import Unit

NOTICE_DAYS = 7
"""Working days before the hearing by which it is told (64(二), 85; setting ``before_n``)."""
NOTICE = "hearing_notice"
STATES = {
    "requested": N_("asked for"),
    "planned": N_("day and place told"),
    "held": N_("held"),
    "absent": N_("ended: the party stayed away"),
    "withdrawn": N_("request withdrawn"),
}
OPEN = ("requested", "planned")

penalty_hearing = sa.Table(
    "penalty_hearing",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("notice_id", db.Id, sa.ForeignKey("penalty_notice.id"), nullable=False, unique=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("requested_on", sa.Date, nullable=False),
    sa.Column("tell_by", sa.Date),
    sa.Column("told_on", sa.Date),
    sa.Column("held_at", db.Utc),
    sa.Column("place", sa.String(200)),
    sa.Column("chair", sa.String(80)),
    sa.Column("public", sa.Boolean),
    sa.Column("private_ground", sa.Text),
    sa.Column("record", db.Json),
    sa.Column("closed_at", db.Utc),
    sa.CheckConstraint("state IN ('requested', 'planned', 'held', 'absent', 'withdrawn')", name="state_known"),
    sa.CheckConstraint("(state IN ('requested', 'planned')) = (closed_at IS NULL)", name="closed_when_over"),
    sa.CheckConstraint("state NOT IN ('planned', 'held', 'absent') OR (held_at IS NOT NULL AND chair IS NOT NULL)",
                       name="planned_with_chair"),
    sa.CheckConstraint("state NOT IN ('held', 'absent') OR (told_on IS NOT NULL AND tell_by IS NOT NULL"
                       " AND told_on <= tell_by)", name="told_in_time"),
    sa.CheckConstraint("public IS NULL OR public OR private_ground <> ''", name="private_with_ground"),
    sa.Index(None, "case_id", "id"),
)  # fmt: skip
"""One for each notice of a penalty; ``record`` is how it went.

``told_on`` is the day on which the service of the notice of the hearing took or takes effect, ``tell_by`` the last day
on which it may.
"""


def request(connection: Connection, actor: audit.Actor, case: sa.Row[Any], requested_on: date) -> sa.Row[Any] | None:
    """Take a request in; None if it comes after its five days: then it is heard as a plea (行政处罚法64(一)).

    ``requested_on`` is the day it was handed in or, where setting ``post_in_time`` holds, posted.

    Raises
    ------
    NoticeMissing
        If nothing has been told to the party yet.
    HearingNotOffered
        If the party was not told of a right to a hearing.
    """
    notice = notification.require(connection, case)
    if notice.hearing_due_on is None:
        raise errors.HearingNotOffered
    if requested_on > notice.hearing_due_on:
        return None
    known = connection.execute(sa.select(penalty_hearing).where(penalty_hearing.c.notice_id == notice.id)).one_or_none()
    if known is not None:
        return known
    row = connection.execute(
        sa.insert(penalty_hearing)
        .values(case_id=case.id, notice_id=notice.id, state="requested", requested_on=requested_on)
        .returning(penalty_hearing)
    ).one()
    details = {"hearing": row.id, "requested_on": requested_on.isoformat()}
    trail.record(connection, case.number, actor, "penalty.hearing_requested", **details)
    return row


def plan(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Fix day, place and chair; again for another day or, after an objection, another chair. It is then to be told.

    Parameters
    ----------
    given
        ``at`` (moment with zone), ``place``, ``chair`` (a person), ``public``, ``private_ground``.

    Raises
    ------
    HearingUnknown
        If no hearing is asked for.
    HearingNoticeLate
        If no seven working days would lie before it even if it were told today.
    HearingChairInvestigated
        If the chair has investigated the case.
    HearingNotPublic
        If it is closed without a ground.
    DraftIncomplete
        If moment, place or chair are missing.
    """
    row = _open(connection, case)
    held_at, place, chair = _moment(given.get("at")), str(given.get("place") or "").strip(), _chair(given)
    for name, value in (("hearing.place", place), ("hearing.chair", chair)):
        if not value:
            raise errors.DraftIncomplete(field=name)
    _require_chair(connection, case, chair)
    tell_by = _require_notice(connection, held_at, clock.today())
    public, ground = given.get("public") is not False, str(given.get("private_ground") or "").strip()
    if not public and not ground:
        raise errors.HearingNotPublic
    values = {"held_at": held_at, "place": place, "chair": chair, "public": public, "private_ground": ground}
    planned = _change(connection, row, state="planned", tell_by=tell_by, told_on=None, **values)
    trail.record(
        connection, case.number, actor, "penalty.hearing_planned", hearing=row.id, **{**values, "held_at": str(held_at)}
    )
    return planned


def serve(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record an attempt to serve the notice of the hearing and return it; served too late, another day is to be fixed.

    Parameters
    ----------
    given
        As for :func:`engine.cases.enforcement.execution.service.attempt`.

    Raises
    ------
    HearingUnknown
        If no hearing is planned.
    DocumentUnknown, ServiceDone, ServiceModeUnknown, ServiceProofMissing, PublicServiceForbidden
        See :func:`engine.cases.enforcement.execution.service.attempt`.
    """
    row = _open(connection, case)
    if row.state != "planned":
        raise errors.HearingUnknown(number=case.number)
    tried = service.attempt(connection, actor, case, NOTICE, given)
    if tried.effective_on is None:
        return tried
    tell_by = _latest(connection, clock.day(row.held_at))
    late = tell_by is None or tried.effective_on > tell_by
    state = "requested" if late else "planned"
    _change(connection, row, state=state, told_on=tried.effective_on, tell_by=tell_by)
    action = "penalty.hearing_told_late" if late else "penalty.hearing_told"
    facts = {"hearing": row.id, "told_on": tried.effective_on.isoformat(), "held_on": str(clock.day(row.held_at))}
    trail.record(connection, case.number, actor, action, **facts)
    return tried


def is_told(row: sa.Row[Any]) -> bool:
    """Tell whether the day that is fixed has been told in time."""
    return row.state == "planned" and row.told_on is not None


def close(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Say how the hearing ended.

    Parameters
    ----------
    given
        ``result`` held, absent or withdrawn; ``summary``, ``opinion``; ``signed`` (party or agent) or
        ``refusal_noted``; ``objection`` {ground, result, reason, decided_by} where the chair was challenged;
        ``absence`` (the facts) where the party stayed away or left; ``costs`` must be nothing.

    Raises
    ------
    HearingUnknown
        If no hearing is open.
    HearingCostsCharged
        If the party is to pay for it.
    HearingChairChallenged, HearingChairInvestigated
        If an objection is not decided by another, or was granted; or the chair investigated meanwhile.
    HearingNotTold
        If its notice has not been served.
    HearingNoticeLate
        If it is said to be held before its day, or was told less than seven working days before.
    HearingRecordUnsigned, HearingAbsenceExcused, DraftIncomplete
        If signature, facts of the absence or the record are missing.
    """
    row, result = _open(connection, case), str(given.get("result") or "")
    if given.get("costs"):
        raise errors.HearingCostsCharged
    if result not in STATES or result in OPEN:
        raise errors.DraftIncomplete(field="hearing.result")
    if result != "withdrawn":
        _require_held(connection, case, row)
        _settle(connection, actor, case)
        _require_objection_decided(row, given.get("objection") or {})
    if result == "held":
        if not str(given.get("summary") or "").strip():
            raise errors.DraftIncomplete(field="hearing.summary")
        if not given.get("signed") and not str(given.get("refusal_noted") or "").strip():
            raise errors.HearingRecordUnsigned
    if result == "absent" and not str(given.get("absence") or "").strip():
        raise errors.HearingAbsenceExcused
    names = ("summary", "opinion", "signed", "refusal_noted", "objection", "absence")
    record = {name: given[name] for name in names if given.get(name)}
    closed = _change(connection, row, state=result, record=record, closed_at=clock.now())
    trail.record(connection, case.number, actor, f"penalty.hearing_{result}", hearing=row.id, record=record)
    return closed


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the hearings of a case, the last first."""
    return connection.execute(
        sa.select(penalty_hearing).where(penalty_hearing.c.case_id == case_id).order_by(penalty_hearing.c.id.desc())
    ).all()


def require_done(connection: Connection, case: sa.Row[Any]) -> datetime | None:
    """Return when the last hearing of the case was held, None without one.

    Raises
    ------
    HearingPending
        If one was asked for in time and is not over (行政处罚法63).
    """
    rows = of(connection, case.id)
    if any(row.state in OPEN for row in rows):
        raise errors.HearingPending
    return next((row.closed_at for row in rows if row.state == "held"), None)


def earliest(connection: Connection, told_on: date) -> date:
    """Return the first working day on which a hearing told on this day may be held."""
    calendar, clear = calendars.load(connection), setting.load(connection)["before_n"] == "clear"
    day = told_on
    while True:
        day += timedelta(days=1)
        latest = calendar.before(day, NOTICE_DAYS, Unit.WORKING, clear=clear).day
        if calendar.is_working(day) and latest is not None and latest >= told_on:
            return day


def _latest(connection: Connection, held_on: date) -> date | None:
    """Return the last day on which a hearing of this day may be told."""
    clear = setting.load(connection)["before_n"] == "clear"
    return calendars.load(connection).before(held_on, NOTICE_DAYS, Unit.WORKING, clear=clear).day


def _require_notice(connection: Connection, held_at: datetime, told_on: date) -> date:
    held_on = clock.day(held_at)
    latest = _latest(connection, held_on)
    if latest is None or latest < told_on:
        raise errors.HearingNoticeLate(held_on=held_on, latest=latest, earliest=earliest(connection, told_on))
    return latest


def _require_held(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> None:
    if row.state != "planned":
        raise errors.HearingUnknown(number=case.number)
    if row.told_on is None or row.told_on > clock.today():
        raise errors.HearingNotTold(number=case.number)
    _require_notice(connection, row.held_at, row.told_on)
    if clock.now() < row.held_at:
        raise errors.HearingNoticeLate(held_on=clock.today(), latest=row.told_on, earliest=clock.day(row.held_at))
    _require_chair(connection, case, row.chair)


def _settle(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Record that the notice counts as served where its day, as that of a public notice, came after the attempt."""
    paper = document.last(connection, case.id, NOTICE)
    if paper is not None and paper.served_at is None and service.done(connection, paper.id) is not None:
        service.settle(connection, actor, case, NOTICE)


def _require_chair(connection: Connection, case: sa.Row[Any], chair: str) -> None:
    if chair in investigators.of(connection, case):
        raise errors.HearingChairInvestigated(person=chair)


def _require_objection_decided(row: sa.Row[Any], objection: Mapping[str, Any]) -> None:
    """An objection is decided first, with a reason, and not by the chair; one that is granted needs another chair."""
    if not str(objection.get("ground") or "").strip():
        return
    by = str(objection.get("decided_by") or "").strip()
    decided = objection.get("result") == "refused" and str(objection.get("reason") or "").strip()
    if not decided or not by or by == row.chair:
        raise errors.HearingChairChallenged


def _open(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    row = next((row for row in of(connection, case.id) if row.state in OPEN), None)
    if row is None:
        raise errors.HearingUnknown(number=case.number)
    return row


def _change(connection: Connection, row: sa.Row[Any], **values: Any) -> sa.Row[Any]:
    return connection.execute(
        sa.update(penalty_hearing).where(penalty_hearing.c.id == row.id).values(**values).returning(penalty_hearing)
    ).one()


def _chair(given: Mapping[str, Any]) -> str:
    return str(given.get("chair") or "").strip()


def _moment(value: Any) -> datetime:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise errors.DraftIncomplete(field="hearing.at") from None
    return found if found.tzinfo else found.replace(tzinfo=clock.TOWN)
