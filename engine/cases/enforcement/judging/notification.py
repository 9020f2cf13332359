"""The notice before a penalty (事先告知, 行政处罚法44): what was told, how it was served, and how long the party has.

Silence is no waiver. Until the decision whatever the party says must be heard (45, 62); where a hearing may be asked
for, nothing is decided before its five working days are over (64(一)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors
from engine.cases import deadline
from engine.cases.clocks import setting
from engine.cases.enforcement.judging import draft
from engine.cases.papers import document
from engine.cases.reading import trail
from engine.ground.counting import Roll, midnight_after

PLEA, HEARING = "plea", "penalty_hearing_request"
"""The party's two periods, which run from the day on which the notice took effect."""
WAIVER_FORMS = ("written", "record", "recording")
"""In writing, in a signed record, in an audio or video recording; setting ``waiver_form`` may allow the first only."""
PUBLIC = "public"

penalty_notice = sa.Table(
    "penalty_notice",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("draft_id", db.Id, sa.ForeignKey("penalty_draft.id"), nullable=False),
    sa.Column("draft_hash", db.Digest, nullable=False),
    sa.Column("hearing_told", sa.Boolean, nullable=False),
    sa.Column("mode", sa.String(12), nullable=False),
    sa.Column("recipient", sa.String(200), nullable=False),
    sa.Column("handed_on", sa.Date, nullable=False),
    sa.Column("served_on", sa.Date, nullable=False),
    sa.Column("plea_due_on", sa.Date, nullable=False),
    sa.Column("hearing_due_on", sa.Date),
    sa.Column("waiver", db.Json),
    sa.Column("told_by", sa.String(80), nullable=False),
    sa.Column("told_at", db.Utc, nullable=False),
    sa.CheckConstraint("hearing_told = (hearing_due_on IS NOT NULL)", name="hearing_due_if_told"),
    sa.CheckConstraint("served_on >= handed_on", name="served_when_handed"),
    sa.CheckConstraint("plea_due_on > served_on", name="time_to_plead"),
    sa.Index(None, "case_id", "id"),
)
"""``handed_on`` is the day it was handed over, posted or published, ``served_on`` the day on which it took effect."""


def tell(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    given: Mapping[str, Any],
    *,
    hearing_told: bool,
) -> sa.Row[Any]:
    """Record that the present draft was told to the party and served; an earlier notice of the case is superseded.

    Parameters
    ----------
    given
        ``mode`` (of :data:`engine.cases.papers.document.MODES`), ``recipient``, ``handed_on`` (ISO day), and for public
        notice ``reason`` (whereabouts unknown, or no other mode works).

    Raises
    ------
    DraftMissing
        If there is nothing to tell.
    NoticeServiceWrong
        If mode, recipient or day are missing, the day lies ahead or before the draft that is told was written, or a
        public notice has no reason.
    """
    told = draft.require(connection, case)
    mode, handed_on = _service(given)
    if handed_on < clock.day(told.written_at):
        raise errors.NoticeServiceWrong(field="handed_on")
    served_on = effective_on(connection, mode, handed_on)
    plea, hearing = _periods(connection, actor, case, served_on, hearing_told=hearing_told)
    days = {"served_on": served_on, "plea_due_on": plea, "hearing_due_on": hearing}
    row = connection.execute(
        sa.insert(penalty_notice)
        .values(
            case_id=case.id,
            draft_id=told.id,
            draft_hash=told.content_hash,
            hearing_told=hearing_told,
            mode=mode,
            recipient=str(given["recipient"]).strip(),
            handed_on=handed_on,
            told_by=actor.id,
            told_at=clock.now(),
            **days,
        )
        .returning(penalty_notice)
    ).one()
    trail.record(
        connection, case.number, actor, "penalty.told", notice=row.id, draft=told.version, hash=told.content_hash,
        mode=mode, recipient=row.recipient, **{name: day and day.isoformat() for name, day in days.items()},
    )  # fmt: skip
    return row


def last(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the notice in force, the last one of the case."""
    return next(iter(of(connection, case_id)), None)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the notices of a case, the last first."""
    return connection.execute(
        sa.select(penalty_notice).where(penalty_notice.c.case_id == case_id).order_by(penalty_notice.c.id.desc())
    ).all()


def require(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """Return the notice in force.

    Raises
    ------
    NoticeMissing
        If the party was told nothing.
    """
    row = last(connection, case.id)
    if row is None:
        raise errors.NoticeMissing
    return row


def waive(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record that the party explicitly gives up pleading, and perhaps the hearing (行政处罚法62).

    Parameters
    ----------
    given
        ``form`` (of :data:`WAIVER_FORMS`), ``statement``, ``received_on``; ``hearing`` whether it covers the hearing.

    Raises
    ------
    NoticeMissing
        If there is no notice to which it could apply.
    WaiverNotExplicit
        If it is not stated, not in a form that can be proved, or from before the notice was served.
    """
    row = require(connection, case)
    form, statement = str(given.get("form") or ""), str(given.get("statement") or "").strip()
    allowed = WAIVER_FORMS[:1] if setting.load(connection)["waiver_form"] == "written" else WAIVER_FORMS
    if form not in allowed:
        raise errors.WaiverNotExplicit(reason=form or "—")
    received_on = _day(given.get("received_on"))
    if not statement or received_on is None or received_on < row.served_on or received_on > clock.today():
        raise errors.WaiverNotExplicit(reason=str(given.get("received_on") or "—"))
    waiver = {
        "form": form, "statement": statement, "received_on": received_on.isoformat(),
        "hearing": bool(given.get("hearing")),
    }  # fmt: skip
    changed = connection.execute(
        sa.update(penalty_notice).where(penalty_notice.c.id == row.id).values(waiver=waiver).returning(penalty_notice)
    ).one()
    trail.record(connection, case.number, actor, "penalty.plea_waived", notice=row.id, **waiver)
    return changed


def open_until(connection: Connection, row: sa.Row[Any]) -> date | None:
    """Return the last day on which nothing may be decided yet, None when the party has waived all that holds it up.

    A waiver of the plea does not end the five days of the hearing (setting ``waiver_hearing``), unless it covers it and
    the town reads the law so.
    """
    ends = [row.plea_due_on] if row.waiver is None else []
    if row.hearing_due_on is not None and not _hearing_waived(connection, row):
        ends.append(row.hearing_due_on)
    return max(ends, default=None)


def require_over(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """Return the notice in force, whose time has run out or was waived.

    Raises
    ------
    NoticeMissing
        If the party was told nothing, or the notice has not taken effect.
    PleaPeriodOpen
        If the party may still plead or ask for a hearing.
    """
    row = require(connection, case)
    if row.served_on > clock.today():
        raise errors.NoticeMissing
    until = open_until(connection, row)
    if until is not None and clock.today() <= until:
        raise errors.PleaPeriodOpen(due_on=until)
    return row


def effective_on(connection: Connection, mode: str, handed_on: date) -> date:
    """Return the day on which a notice that was handed over, posted or published takes effect.

    A public notice does after thirty days (民诉法95; settings ``publication_day``, ``publication_roll``).
    """
    if mode != PUBLIC:
        return handed_on
    values = setting.load(connection)
    days, roll = int(values["publication_day"]), Roll(values["publication_roll"])
    return calendars.load(connection).calendar_days_after(handed_on, days, roll).day or handed_on


def shown(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables may know of a notice; ``open_until`` is None when nothing holds a decision up."""
    until = open_until(connection, row)
    return {
        "id": row.id,
        "served_on": row.served_on.isoformat(),
        "plea_due_on": row.plea_due_on.isoformat(),
        "hearing_due_on": row.hearing_due_on.isoformat() if row.hearing_due_on else None,
        "hearing_told": row.hearing_told,
        "open_until": until.isoformat() if until else None,
    }


def _service(given: Mapping[str, Any]) -> tuple[str, date]:
    mode, handed_on = str(given.get("mode") or ""), _day(given.get("handed_on"))
    if handed_on is None or handed_on > clock.today():
        raise errors.NoticeServiceWrong(field="handed_on")
    wrong = {
        "mode": mode not in document.MODES,
        "recipient": not str(given.get("recipient") or "").strip(),
        "reason": mode == PUBLIC and not str(given.get("reason") or "").strip(),
    }
    for name, found in wrong.items():
        if found:
            raise errors.NoticeServiceWrong(field=name)
    return mode, handed_on


def _periods(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], served_on: date, *, hearing_told: bool
) -> tuple[date, date | None]:
    """Start the party's periods anew; return the last days to plead, never before that of the hearing, and to ask."""
    end_periods(connection, actor, case)
    started_at = midnight_after(served_on - timedelta(days=1))
    keys = (PLEA, HEARING) if hearing_told else (PLEA,)
    ends = [deadline.start(connection, actor, case, key, started_at=started_at).due_on for key in keys]
    return max(ends), ends[1] if hearing_told else None


def end_periods(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """End the party's periods that still run on a case: they are told anew, or the decision is made."""
    for key in (PLEA, HEARING):
        if deadline.find(connection, case, key) is not None:
            deadline.meet(connection, actor, case, key)


def _hearing_waived(connection: Connection, row: sa.Row[Any]) -> bool:
    covers = bool(row.waiver and row.waiver["hearing"])
    return covers and setting.load(connection)["waiver_hearing"] == "yes"


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
