"""Execution by the court (行政强制法53–59): urged in writing, ten working days, then applied for within three months.

Only when reconsideration and lawsuit have both run out unused (I11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.enforcement.execution import interruption, payment, route, windows
from engine.cases.enforcement.investigation import acting
from engine.cases.reading import trail

URGING, ACCEPTANCE, RULING, REFUSAL = "court_urging", "court_acceptance", "court_ruling", "court_refusal"
HEAD = ("town.mayor",)
RULINGS = ("granted", "refused", "not_accepted")
CARRIED = ("executed", "agreement", "stay", "end")
"""What becomes of a decision that the court carries out."""

court_case = sa.Table(
    "court_case",
    db.metadata,
    sa.Column("execution_id", db.Id, sa.ForeignKey("execution.id"), primary_key=True),
    sa.Column("urged_on", sa.Date, nullable=False),
    sa.Column("urging_over_on", sa.Date, nullable=False),
    sa.Column("last_on", sa.Date, nullable=False),
    sa.Column("views", sa.Text, nullable=False),
    sa.Column("applied_on", sa.Date),
    sa.Column("signed_by", sa.String(80)),
    sa.Column("late_reason", sa.Text, nullable=False),
    sa.Column("accepted_on", sa.Date),
    sa.Column("ruling", sa.String(12)),
    sa.Column("ruled_on", sa.Date),
    sa.CheckConstraint("urging_over_on > urged_on", name="time_to_perform"),
    sa.CheckConstraint("applied_on IS NULL OR applied_on > urging_over_on", name="applied_after_urging"),
    sa.CheckConstraint("applied_on IS NULL OR applied_on <= last_on OR late_reason <> ''", name="applied_in_time"),
    sa.CheckConstraint("(applied_on IS NULL) = (signed_by IS NULL)", name="signed_by_the_head"),
    sa.CheckConstraint(f"ruling IS NULL OR ruling IN {RULINGS}", name="ruling_known"),
    sa.CheckConstraint("(ruling IS NULL) = (ruled_on IS NULL)", name="ruled_on_a_day"),
)


def urge(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], served_on: date, subject: str = "fine"
) -> sa.Row[Any]:
    """Demand performance before the court is asked; ten working days run from its service (行政强制法54, 69).

    Raises
    ------
    ExecutionUnknown
        If the case does not go to the court.
    ChallengeOpen, RemediesStillOpen
        If the party may still challenge the decision (53).
    ServiceProofMissing
        If the day of service lies ahead, or while the remedies were open.
    """
    row = route.require(connection, case, subject, "court")
    about = route.about(subject)
    last = windows.require_remedies_over(connection, case, about)
    if not last < served_on <= clock.today():
        raise errors.ServiceProofMissing(field="demand.served_on", article="行政强制法53、54")
    debt = payment.of(connection, case.id)
    planned = payment.plan(connection, debt.id) if debt is not None and not about else None
    running = _start(connection, actor, case, URGING, served_on, subject)
    begins = planned.ends_on if planned is not None else last
    window = _start(connection, actor, case, windows.COURT, begins, subject)
    values = {
        "execution_id": row.id, "urged_on": served_on, "urging_over_on": running.due_on, "views": "", "late_reason": "",
        "last_on": window.due_on,
    }  # fmt: skip
    urged = connection.execute(sa.insert(court_case).values(**values).returning(court_case)).one()
    until, over = urged.last_on.isoformat(), urged.urging_over_on.isoformat()
    trail.record(connection, case.number, actor, "execution.urged", urging_over_on=over, court_until=until)
    return urged


def apply(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any], subject: str = "fine"
) -> sa.Row[Any]:
    """Ask the court, as the head of the organ, who signs (行政强制法55(2)).

    Parameters
    ----------
    given
        ``views`` (what the party said when urged), ``late_reason`` where the three months are over.

    Raises
    ------
    ExecutionUnknown
        If the party was not urged.
    NotTheHead
        If somebody else signs.
    ChallengeOpen, RemediesStillOpen
        If the party has challenged the decision in the meantime.
    UrgingNotOver
        If the ten working days are not over (54).
    CourtWindowOver
        If the three months are over and no reason is given (53); no agreement and no stay holds them up.
    ExecutionPaused
        If it is stayed, or an agreement with the party is open (39, 42).
    """
    row = require(connection, case, subject)
    interruption.require_none(connection, case, row.execution_id)
    acting.require_head(connection, actor.id, *HEAD)
    windows.require_remedies_over(connection, case, route.about(subject))
    today, late_reason = clock.today(), str(given.get("late_reason") or "").strip()
    if today <= row.urging_over_on:
        raise errors.UrgingNotOver(day=row.urging_over_on.isoformat())
    if today > row.last_on and not late_reason:
        raise errors.CourtWindowOver(day=row.last_on.isoformat())
    changed = _change(connection, row, applied_on=today, signed_by=actor.id, late_reason=late_reason,
                      views=str(given.get("views") or "").strip())  # fmt: skip
    for key in (URGING, windows.COURT):
        _meet(connection, actor, case, key, subject)
    deadline.start(connection, actor, case, ACCEPTANCE, subject=route.about(subject))
    trail.record(connection, case.number, actor, "court.applied", last_on=row.last_on.isoformat(), late=late_reason)
    return changed


def accept(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], on: date, subject: str = "fine"
) -> sa.Row[Any]:
    """Note that the court has accepted the application; it rules within seven working days (57, 69).

    Raises
    ------
    ExecutionUnknown
        If nothing was applied for.
    ExecutionContentMissing
        If the day lies ahead, or before the application.
    """
    row = _applied(connection, case, subject)
    _require_order("accepted_on", row.applied_on, on)
    _meet(connection, actor, case, ACCEPTANCE, subject)
    _start(connection, actor, case, RULING, on, subject)
    trail.record(connection, case.number, actor, "court.accepted", on=on.isoformat())
    return _change(connection, row, accepted_on=on)


def rule(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], ruling: str, on: date, subject: str = "fine"
) -> sa.Row[Any]:
    """Note what the court ruled; against a refusal the upper court may be asked within fifteen days (56(2), 58(3)).

    Raises
    ------
    ExecutionUnknown
        If nothing was applied for.
    ExecutionResultWrong
        If there is no such ruling.
    ExecutionContentMissing
        If the day lies ahead, or before the application or its acceptance.
    """
    row = _applied(connection, case, subject)
    if ruling not in RULINGS:
        raise errors.ExecutionResultWrong(result=ruling, results=", ".join(RULINGS))
    _require_order("ruled_on", row.accepted_on or row.applied_on, on)
    for key in (ACCEPTANCE, RULING):
        _meet(connection, actor, case, key, subject)
    if ruling != "granted":
        _start(connection, actor, case, REFUSAL, on, subject)
    trail.record(connection, case.number, actor, "court.ruled", ruling=ruling, on=on.isoformat())
    return _change(connection, row, ruling=ruling, ruled_on=on)


def carry(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any], subject: str = "fine"
) -> str | None:
    """Note what has become of a decision that the court carries out; return how it ended, None while it is interrupted.

    Parameters
    ----------
    given
        ``result`` (executed, agreement, stay, end), ``number`` of the court's ruling that stays or ends it, ``terms``:
        what was agreed, or why.

    Raises
    ------
    ExecutionUnknown
        If the court did not grant it.
    ExecutionResultWrong
        If there is no such result.
    ExecutionContentMissing
        If number or terms are missing.
    ExecutionPaused
        If it is interrupted already.
    """
    row = require(connection, case, subject)
    if row.ruling != "granted":
        raise errors.ExecutionUnknown(number=case.number)
    result = str(given.get("result") or "")
    if result not in CARRIED:
        raise errors.ExecutionResultWrong(result=result, results=", ".join(CARRIED))
    if result in ("agreement", "stay"):
        interruption.note(connection, actor, case, {**given, "kind": result, "subject": subject})
        return None
    interruption.require_none(connection, case, row.execution_id)
    if result == "executed":
        return str(route.end(connection, actor, case, "executed", subject=subject).result)
    number, terms = (str(given.get(name) or "").strip() for name in ("number", "terms"))
    for name, text in (("number", number), ("terms", terms)):
        if not text:
            raise errors.ExecutionContentMissing(field=f"carry.{name}")
    return str(route.end(connection, actor, case, "ended", ground=f"{number} {terms}", subject=subject).result)


def require(connection: Connection, case: sa.Row[Any], subject: str = "fine") -> sa.Row[Any]:
    """Return what the court is or will be asked in the running execution.

    Raises
    ------
    ExecutionUnknown
        If the party was not urged yet.
    """
    running = route.require(connection, case, subject, "court")
    wanted = sa.select(court_case).where(court_case.c.execution_id == running.id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise errors.ExecutionUnknown(number=case.number)
    return row


def shown(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables may know."""
    days = ("urged_on", "urging_over_on", "last_on", "applied_on", "accepted_on", "ruled_on")
    found = {name: getattr(row, name) for name in days}
    return {**{name: day.isoformat() if day else None for name, day in found.items()}, "ruling": row.ruling}


def _require_order(field: str, after: date | None, on: date) -> None:
    if on > clock.today() or (after is not None and on < after):
        raise errors.ExecutionContentMissing(field=f"ruling.{field}")


def _applied(connection: Connection, case: sa.Row[Any], subject: str) -> sa.Row[Any]:
    row = require(connection, case, subject)
    if row.applied_on is None:
        raise errors.ExecutionUnknown(number=case.number)
    return row


def _start(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], key: str, on: date, subject: str
) -> sa.Row[Any]:
    moment = clock.midnight(on)
    return deadline.start(connection, actor, case, key, started_at=moment, subject=route.about(subject))


def _meet(connection: Connection, actor: audit.Actor, case: sa.Row[Any], key: str, subject: str) -> None:
    if deadline.find(connection, case, key, route.about(subject)) is not None:
        deadline.meet(connection, actor, case, key, subject=route.about(subject))


def _change(connection: Connection, row: sa.Row[Any], **values: Any) -> sa.Row[Any]:
    about = court_case.c.execution_id == row.execution_id
    return connection.execute(sa.update(court_case).where(about).values(**values).returning(court_case)).one()
