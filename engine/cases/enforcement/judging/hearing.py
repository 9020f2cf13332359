"""The hearing (听证, 行政处罚法63-65): asked for in time, told seven days before, chaired by no investigator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.judging import investigators, notification
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.counting import Unit

NOTICE_DAYS = 7
"""Working days before the hearing by which it is told (64(二), 85; setting ``before_n``)."""
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
    sa.CheckConstraint("public IS NULL OR public OR private_ground <> ''", name="private_with_ground"),
    sa.Index(None, "case_id", "id"),
)  # fmt: skip
"""One for each notice; ``told_on`` is the day the notice of the hearing was served, ``record`` how it went."""


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
    """Fix day, place and chair and tell the party; again for another day or, after an objection, another chair.

    Parameters
    ----------
    given
        ``at`` (moment with zone), ``place``, ``chair`` (a person), ``public``, ``private_ground``.

    Raises
    ------
    HearingUnknown
        If no hearing is asked for.
    HearingNoticeLate
        If fewer than seven working days lie before it.
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
    _require_notice(connection, held_at)
    public, ground = given.get("public") is not False, str(given.get("private_ground") or "").strip()
    if not public and not ground:
        raise errors.HearingNotPublic
    values = {"held_at": held_at, "place": place, "chair": chair, "public": public, "private_ground": ground}
    planned = _change(connection, row, state="planned", told_on=clock.today(), **values)
    trail.record(
        connection, case.number, actor, "penalty.hearing_planned", hearing=row.id, **{**values, "held_at": str(held_at)}
    )
    return planned


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
    HearingNoticeLate
        If it is said to be held before its day.
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


def _require_notice(connection: Connection, held_at: datetime) -> None:
    held_on, told_on = clock.day(held_at), clock.today()
    clear = setting.load(connection)["before_n"] == "clear"
    latest = calendars.load(connection).before(held_on, NOTICE_DAYS, Unit.WORKING, clear=clear).day
    if latest is None or latest < told_on:
        raise errors.HearingNoticeLate(held_on=held_on, latest=latest, earliest=earliest(connection, told_on))


def _require_held(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> None:
    if row.state != "planned":
        raise errors.HearingUnknown(number=case.number)
    if clock.now() < row.held_at:
        raise errors.HearingNoticeLate(held_on=clock.today(), latest=row.told_on, earliest=clock.day(row.held_at))
    _require_chair(connection, case, row.chair)


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
