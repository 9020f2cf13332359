"""The handling: what one department has to do with an event in one round of dispatch, leading or helping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases.grid import event, unit_posts
from engine.cases.grid.items import item_class
from engine.cases.reading import trail
from engine.errors import N_
from engine.handling import reasons
from engine.organisation import unit

ROLES = {"lead": N_("lead department"), "helper": N_("helping department")}

grid_handling = sa.Table(
    "grid_handling",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("grid_event.case_id"), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("unit", sa.String(40), nullable=False),
    sa.Column("role", sa.String(6), nullable=False),
    sa.Column("designated", sa.Boolean, nullable=False),
    sa.Column("dispatched_by", sa.String(80), nullable=False),
    sa.Column("dispatched_at", db.Utc, nullable=False),
    sa.Column("signed_by", sa.String(80)),
    sa.Column("signed_at", db.Utc),
    sa.Column("returned_at", db.Utc),
    sa.Column("return_reason", sa.Text, nullable=False),
    sa.Column("done_by", sa.String(80)),
    sa.Column("done_at", db.Utc),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("cost", sa.BigInteger),
    sa.CheckConstraint("role IN ('lead', 'helper')", name="role_known"),
    sa.CheckConstraint("round > 0", name="round_counted"),
    sa.CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name="signed_by_somebody"),
    sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
    sa.CheckConstraint("returned_at IS NULL OR return_reason <> ''", name="returned_with_reason"),
    sa.CheckConstraint("returned_at IS NULL OR NOT designated", name="designated_stays"),
    sa.CheckConstraint("done_at IS NULL OR (signed_at IS NOT NULL AND returned_at IS NULL)", name="done_after_signing"),
    sa.CheckConstraint("done_at IS NULL OR measure <> ''", name="done_with_a_measure"),
    sa.CheckConstraint("cost IS NULL OR cost >= 0", name="cost_counted"),
    sa.UniqueConstraint("case_id", "round", "unit"),
    sa.Index(None, "unit", "dispatched_at"),
    sa.Index("uq_grid_handling_returned_once", "case_id", "unit", unique=True,
             sqlite_where=sa.text("returned_at IS NOT NULL"), postgresql_where=sa.text("returned_at IS NOT NULL")),
    sa.Index("uq_grid_handling_one_lead", "case_id", "round", unique=True,
             sqlite_where=sa.text("role = 'lead' AND returned_at IS NULL"),
             postgresql_where=sa.text("role = 'lead' AND returned_at IS NULL")),
)  # fmt: skip
"""A department returns an event once, and not at all after it was designated; ``cost`` is in yuan."""


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what the departments have to do with an event, round by round, the lead first."""
    query = sa.select(grid_handling).where(grid_handling.c.case_id == case_id)
    return connection.execute(
        query.order_by(grid_handling.c.round, grid_handling.c.role.desc(), grid_handling.c.id)
    ).all()


def file(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Say that the centre has taken an event up: it is filed, once."""
    me = event.of(connection, case.id)
    if me.filed_at is None:
        event.change(connection, case.id, filed_at=clock.now())
        trail.record(connection, case.number, actor, "event.filed")
        event.tell_source(connection, case.number, me, "filed")


def dispatch(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], lead: str, helpers: Iterable[str], note: str = ""
) -> list[sa.Row[Any]]:
    """Send an event to a lead department and its helpers; return their handlings, the lead's first.

    Raises
    ------
    DispatchWithoutLead
        If no lead is named, or it helps itself.
    UnitUnknown, DepartmentWithoutPost
        If there is no such department, or nobody works there.
    """
    others = list(dict.fromkeys(helpers))
    if not lead or lead in others:
        raise errors.DispatchWithoutLead
    for code in (lead, *others):
        unit_posts.handlers_of(connection, unit.get(connection, code).code)
    number = 1 + max((row.round for row in of(connection, case.id)), default=0)
    rows = [
        _send(connection, actor, case, number, code, "helper" if code != lead else "lead") for code in (lead, *others)
    ]
    event.change(connection, case.id, unit=lead, helpers=others)
    trail.record(connection, case.number, actor, "event.dispatched", lead=lead, helpers=others, note=note)
    return rows


def again(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> list[sa.Row[Any]]:
    """Let the departments that did their part do it again, in a round of its own, the lead first.

    They received it before, and cannot return it any more.
    """
    me, rows = event.of(connection, case.id), of(connection, case.id)
    done = {row.unit: row for row in rows if row.done_at is not None}
    number, sent = 1 + max(row.round for row in rows), []
    for code in (one for one in (me.unit, *me.helpers) if one in done):
        row = _send(connection, actor, case, number, code, "lead" if code == me.unit else "helper")
        _change(connection, row.id, signed_by=done[code].signed_by, signed_at=clock.now())
        sent.append(get(connection, row.id))
    others = [row.unit for row in sent if row.unit != me.unit]
    trail.record(connection, case.number, actor, "event.done_again", lead=me.unit, helpers=others)
    return sent


def receive(connection: Connection, actor: audit.Actor, row: sa.Row[Any]) -> None:
    """Note that a department has received what it was sent."""
    _change(connection, row.id, signed_by=actor.id, signed_at=clock.now())
    trail.record(connection, _number(connection, row), actor, "event.received", unit=row.unit)


def give_back(connection: Connection, actor: audit.Actor, row: sa.Row[Any], reason: str) -> None:
    """Return what a department was sent, once, with a reason, within the hours of the list.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    EventDesignated, EventReturnedBefore, EventReturnLate
        If it was designated, returned it before, or has had it too long.
    """
    reason = reasons.given(reason)
    if row.designated:
        raise errors.EventDesignated(unit=row.unit)
    if _returned_before(connection, row):
        raise errors.EventReturnedBefore(unit=row.unit)
    me = event.of(connection, row.case_id)
    hours = _return_hours(connection, me)
    if clock.now() > row.dispatched_at + timedelta(hours=hours):
        raise errors.EventReturnLate(hours=hours)
    _change(connection, row.id, returned_at=clock.now(), return_reason=reason)
    event.change(connection, row.case_id, returns=me.returns + 1)
    trail.record(connection, _number(connection, row), actor, "event.returned", unit=row.unit, reason=reason)


def _returned_before(connection: Connection, row: sa.Row[Any]) -> bool:
    return any(one.unit == row.unit and one.returned_at for one in of(connection, row.case_id))


def _return_hours(connection: Connection, me: sa.Row[Any]) -> int:
    return int(item_class.version(connection, me.list_version).step_limits["return_hours"])


def send_again(
    connection: Connection, actor: audit.Actor, row: sa.Row[Any], code: str, *, designated: bool
) -> sa.Row[Any]:
    """Send what a department returned to another one, or to the same which cannot return it any more.

    Raises
    ------
    EventReturnedBefore
        If it goes back to the department that returned it without being designated.
    DepartmentHasIt
        If that department works on it already.
    UnitUnknown, DepartmentWithoutPost
        See :func:`dispatch`.
    """
    unit_posts.handlers_of(connection, unit.get(connection, code).code)
    same = [one for one in of(connection, row.case_id) if one.unit == code]
    if any(one.returned_at for one in same) and not designated:
        raise errors.EventReturnedBefore(unit=code)
    if any(one.round == row.round and one.returned_at is None for one in same):
        raise errors.DepartmentHasIt(unit=code)
    case = cases.by_id(connection, row.case_id)
    number = row.round if not same else 1 + max(one.round for one in of(connection, row.case_id))
    sent = _send(connection, actor, case, number, code, row.role, designated=designated)
    me = event.of(connection, row.case_id)
    if row.role == "lead":
        event.change(connection, row.case_id, unit=code)
    else:
        event.change(connection, row.case_id, helpers=[code if one == row.unit else one for one in me.helpers])
    trail.record(
        connection, case.number, actor, "event.redispatched", unit=code, before=row.unit, designated=designated
    )
    return sent


def ask(connection: Connection, actor: audit.Actor, row: sa.Row[Any], what: str, reason: str) -> None:
    """Ask for more time or to put the event off, with the reason.

    Raises
    ------
    EventMeasureMissing
        If nothing is said.
    """
    if not reason.strip():
        raise errors.EventMeasureMissing
    trail.record(connection, _number(connection, row), actor, "event.asked", what=what, unit=row.unit, reason=reason)


def finish(connection: Connection, actor: audit.Actor, row: sa.Row[Any], measure: str, cost: int | None = None) -> None:
    """Note what a department has done, or why the law does not allow what is asked.

    Raises
    ------
    EventMeasureMissing
        If nothing is said.
    """
    if not measure.strip():
        raise errors.EventMeasureMissing
    _change(connection, row.id, done_by=actor.id, done_at=clock.now(), measure=measure.strip(), cost=cost)
    event.change(connection, row.case_id, handler=actor.id)
    number = _number(connection, row)
    trail.record(connection, number, actor, "event.handled", unit=row.unit, measure=measure.strip(), cost=cost)


def get(connection: Connection, handling_id: int) -> sa.Row[Any]:
    """Return a handling."""
    return connection.execute(sa.select(grid_handling).where(grid_handling.c.id == handling_id)).one()


def shown(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    """Return a department of the event as the process knows it; ``return_by``: until when it may return it, if ever."""
    posts = unit_posts.handlers_of(connection, row.unit)
    named = unit.get(connection, row.unit)
    known = {"name": named.name, "name_en": named.name_en, "role": row.role, "designated": row.designated}
    if not row.designated and not _returned_before(connection, row):
        last = row.dispatched_at + timedelta(hours=_return_hours(connection, event.of(connection, row.case_id)))
        known["return_by"] = last.astimezone(clock.TOWN).isoformat()
    return {"id": row.id, "unit": row.unit, **known, "again": row.signed_at is not None, "handlers": posts}


def handled(connection: Connection, case_id: int) -> frozenset[str]:
    """Return everybody who handled an event, in whatever round: they do not inspect it."""
    me = event.of(connection, case_id)
    rows = of(connection, case_id)
    told = audit.audit_event.c
    query = sa.select(told.actor).join(cases.case_file, cases.case_file.c.number == told.stream)
    settled = query.where(cases.case_file.c.id == case_id, told.action == "event.settled")
    before = connection.execute(settled).scalars()
    people = {me.handler, *before, *(row.signed_by for row in rows), *(row.done_by for row in rows)}
    return frozenset(person for person in people if person)


def _send(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], number: int, code: str, role: str, *,
    designated: bool = False,
) -> sa.Row[Any]:  # fmt: skip
    values = {"round": number, "unit": code, "role": role, "designated": designated, "dispatched_by": actor.id}
    empty = {"return_reason": "", "measure": ""}
    return connection.execute(
        sa.insert(grid_handling)
        .values(case_id=case.id, dispatched_at=clock.now(), **values, **empty)
        .returning(grid_handling)
    ).one()


def _change(connection: Connection, handling_id: int, **values: Any) -> None:
    connection.execute(sa.update(grid_handling).where(grid_handling.c.id == handling_id).values(**values))


def _number(connection: Connection, row: sa.Row[Any]) -> str:
    table = cases.case_file.c
    return str(connection.execute(sa.select(table.number).where(table.id == row.case_id)).scalar_one())
