"""Execution by the town itself or by somebody else at the party's cost (行政强制法34–44, 50–52).

Urged with a period set in it, heard, decided by the head, carried out by day on a working day; a building falls only
after both remedies have run out unused (44, I11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors
from engine.cases import given_day
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import interruption, route, service, windows
from engine.cases.enforcement.investigation import acting
from engine.cases.reading import trail
from engine.ground.counting import Unit

HEADS = ("town.leader", "town.mayor")
ROUTES = ("own", "substitute", "auction")

own_execution = sa.Table(
    "own_execution",
    db.metadata,
    sa.Column("execution_id", db.Id, sa.ForeignKey("execution.id"), primary_key=True),
    sa.Column("demolition", sa.Boolean, nullable=False),
    sa.Column("urged_on", sa.Date, nullable=False),
    sa.Column("perform_by", sa.Date, nullable=False),
    sa.Column("urged_again_on", sa.Date),
    sa.Column("views", sa.Text, nullable=False),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("agent", sa.String(200), nullable=False),
    sa.Column("cost", sa.BigInteger),
    sa.Column("performed_at", db.Utc),
    sa.Column("urgent_reason", sa.Text, nullable=False),
    sa.CheckConstraint("perform_by > urged_on", name="time_to_perform"),
    sa.CheckConstraint("(decided_on IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
    sa.CheckConstraint("performed_at IS NULL OR decided_on IS NOT NULL", name="decided_before_performed"),
    sa.CheckConstraint("cost IS NULL OR cost >= 0", name="cost_counted"),
)


def urge(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Demand performance by a day that the demand names (行政强制法35).

    Parameters
    ----------
    given
        ``subject``, ``served_on``, ``perform_by`` (ISO days), ``demolition`` whether a building is to be pulled down.

    Raises
    ------
    ExecutionUnknown
        If the town does not carry it out itself.
    ServiceProofMissing
        If the days are missing or not in order.
    """
    row = route.require(connection, case, _subject(given), *ROUTES)
    served_on, perform_by = given_day.or_today(given.get("served_on")), given_day.read(given.get("perform_by"))
    known_on = service.effective_on(connection, case, *windows.DECISIONS)
    if served_on > clock.today() or (known_on is not None and served_on < known_on):
        raise errors.ServiceProofMissing(field="demand.served_on", article="行政强制法35")
    if perform_by is None or perform_by <= served_on:
        raise errors.ServiceProofMissing(field="demand.perform_by", article="行政强制法35")
    values = {"execution_id": row.id, "demolition": bool(given.get("demolition")), "urged_on": served_on,
              "perform_by": perform_by, "views": "", "manner": "", "agent": "", "urgent_reason": ""}  # fmt: skip
    urged = connection.execute(sa.insert(own_execution).values(**values).returning(own_execution)).one()
    trail.record(connection, case.number, actor, "execution.urged", perform_by=perform_by.isoformat())
    return urged


def decide(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Decide to carry it out, as the head, once the time to perform is over and the party was heard (36, 37).

    Parameters
    ----------
    given
        ``subject``, ``manner``, ``views`` (what the party said, or that it said nothing), ``hiding`` (property is being
        moved or hidden: at once, 37(3)), and for substitute performance ``agent`` and ``cost`` (51(1)(一)).

    Raises
    ------
    ExecutionUnknown
        If the party was not urged.
    UrgingNotOver
        If it still has time.
    ExecutionContentMissing
        If manner, views, agent or cost are missing.
    NotTheHead
        If somebody else decides.
    """
    row, running = _both(connection, case, given)
    acting.require_head(connection, actor.id, *HEADS)
    if clock.today() <= row.perform_by and not given.get("hiding"):
        raise errors.UrgingNotOver(day=row.perform_by.isoformat())
    wanted = ("manner", "views", *(("agent", "cost") if running.route == "substitute" else ()))
    for name in wanted:
        if given.get(name) in (None, ""):
            raise errors.ExecutionContentMissing(field=f"enforce.{name}")
    texts = {name: str(given.get(name) or "").strip() for name in ("manner", "views", "agent")}
    cost = int(given["cost"]) if given.get("cost") not in (None, "") else None
    changed = _change(connection, row, decided_on=clock.today(), decided_by=actor.id, cost=cost, **texts)
    trail.record(connection, case.number, actor, "execution.decided", route=running.route, cost=cost, **texts)
    return changed


def urge_again(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Demand once more before somebody else performs, three working days ahead (行政强制法51(1)(二), 69).

    Raises
    ------
    ServiceProofMissing
        If the day of service lies ahead, or before the decision that somebody else performs.
    """
    row, _running = _both(connection, case, given)
    day = given_day.or_today(given.get("served_on"))
    if day > clock.today() or (row.decided_on is not None and day < row.decided_on):
        raise errors.ServiceProofMissing(field="demand.again_on", article="行政强制法51(1)(二)")
    trail.record(connection, case.number, actor, "execution.urged_again", on=day.isoformat())
    return _change(connection, row, urged_again_on=day)


def perform(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record that it was carried out, with two officers present.

    Parameters
    ----------
    given
        ``subject``, ``at`` (aware moment), ``officers`` (two persons), ``urgent_reason``, ``cut_off`` (whether supply
        of water, power, heat or gas was cut to press residents).

    Raises
    ------
    ExecutionUnknown
        If it was not decided.
    ExecutionPaused
        If it is stayed, or an agreement with the party is open (39, 42).
    SupplyCutOff
        Residents' water, power, heat and gas are not touched (43(2)).
    ExecutionAtRest
        At night or on a holiday without an urgent reason (43(1); setting ``execution_night``).
    ChallengeOpen, RemediesStillOpen
        If a building is to be pulled down while a remedy is open (44).
    SubstituteTooSoon
        If the three working days after the second demand are not over (51(1)(二)).
    OfficersTooFew, OfficerUnlicensed, OfficerRecused, OfficerReviews
        See :func:`engine.cases.enforcement.investigation.acting.require`.
    """
    row, running = _both(connection, case, given)
    at, urgent = given["at"], str(given.get("urgent_reason") or "").strip()
    day = clock.day(at)
    if row.decided_on is None:
        raise errors.ExecutionUnknown(number=case.number)
    interruption.require_none(connection, case, running.id)
    if given.get("cut_off"):
        raise errors.SupplyCutOff
    if row.demolition:
        windows.require_remedies_over(connection, case)
    if running.route == "substitute":
        _require_urged_again(connection, row, day)
    if not urgent and not may_act(connection, at):
        raise errors.ExecutionAtRest(at=at.astimezone(clock.TOWN).isoformat(timespec="minutes"))
    acting.require(connection, case, list(given.get("officers") or ()), day)
    changed = _change(connection, row, performed_at=at, urgent_reason=urgent)
    trail.record(connection, case.number, actor, "execution.performed", at=at.isoformat(), urgent=urgent)
    return changed


def may_act(connection: Connection, at: datetime) -> bool:
    """Tell whether something may be carried out at a moment: not at night, not on a day of rest (行政强制法43(1))."""
    local = at.astimezone(clock.TOWN)
    begins, ends = map(int, str(setting.load(connection)["execution_night"]).split("-"))
    return ends <= local.hour < begins and calendars.load(connection).is_working(local.date())


def _require_urged_again(connection: Connection, row: sa.Row[Any], day: date) -> None:
    clear = setting.load(connection)["before_n"] == "clear"
    latest = calendars.load(connection).before(day, 3, Unit.WORKING, clear=clear).day
    if row.urged_again_on is None or latest is None or row.urged_again_on > latest:
        raise errors.SubstituteTooSoon(day=latest.isoformat() if latest else "—")


def _both(connection: Connection, case: sa.Row[Any], given: Mapping[str, Any]) -> tuple[sa.Row[Any], sa.Row[Any]]:
    running = route.require(connection, case, _subject(given), *ROUTES)
    wanted = sa.select(own_execution).where(own_execution.c.execution_id == running.id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise errors.ExecutionUnknown(number=case.number)
    return row, running


def _change(connection: Connection, row: sa.Row[Any], **values: Any) -> sa.Row[Any]:
    about = own_execution.c.execution_id == row.execution_id
    return connection.execute(sa.update(own_execution).where(about).values(**values).returning(own_execution)).one()


def _subject(given: Mapping[str, Any]) -> str:
    return str(given.get("subject") or "fine")
