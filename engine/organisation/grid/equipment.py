"""The equipment: each thing that grid workers are given, where it is and who has it. Every turn is in the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.errors import N_
from engine.handling import reasons
from engine.organisation import person, trail

STATES = {
    "in_store": N_("in store"),
    "issued": N_("issued"),
    "in_repair": N_("in repair"),
    "lost": N_("lost"),
}

equipment_kind = sa.Table(
    "equipment_kind",
    db.metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("certainty", sa.String(12), nullable=False),
)
"""What the kit consists of, one of each for every worker."""

equipment = sa.Table(
    "equipment",
    db.metadata,
    sa.Column("no", sa.String(20), primary_key=True),
    sa.Column("kind", sa.ForeignKey(equipment_kind.c.code), nullable=False),
    sa.Column("serial", sa.String(40), nullable=False, unique=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("holder", sa.ForeignKey(person.person.c.id)),
    sa.Column("issued_on", sa.Date),
    sa.Column("next_check_on", sa.Date),
    sa.Index(None, "holder"),
    sa.CheckConstraint(f"state IN ({', '.join(map(repr, STATES))})", name="state_known"),
    sa.CheckConstraint("(state = 'in_store') = (holder IS NULL)", name="held_unless_in_store"),
    sa.CheckConstraint("(holder IS NULL) = (issued_on IS NULL)", name="issued_on_a_day"),
)
"""A thing in repair or lost still stands against the name of whoever had it last."""

_MOVES = {
    "return": (("issued", "in_repair"), "in_store"),
    "repair": (("issued",), "in_repair"),
    "repaired": (("in_repair",), "issued"),
    "lose": (("issued", "in_repair"), "lost"),
    "find": (("lost",), "issued"),
}
"""From which states each turn leads to which."""

MOVES = {
    "return": N_("taken back"),
    "repair": N_("sent to repair"),
    "repaired": N_("repaired"),
    "lose": N_("lost"),
    "find": N_("found again"),
}
"""What each turn is called."""

_query = (
    sa.select(equipment, equipment_kind.c.name, equipment_kind.c.name_en, person.person.c.display_name)
    .join(equipment_kind, equipment_kind.c.code == equipment.c.kind)
    .outerjoin(person.person, person.person.c.id == equipment.c.holder)
)


def get(connection: Connection, no: str) -> sa.Row[Any]:
    """Return a thing with the name of its kind and of whoever has it.

    Raises
    ------
    EquipmentUnknown
        If there is none with this number.
    """
    found = connection.execute(_query.where(equipment.c.no == no)).one_or_none()
    if found is None:
        raise errors.EquipmentUnknown(no=no)
    return found


def kinds(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the kinds of things in the order of the town's file."""
    return connection.execute(sa.select(equipment_kind).order_by(equipment_kind.c.position)).all()


def page(
    connection: Connection, *, state: str = "", holder: str = "", after: str = "", limit: int = 50
) -> Sequence[sa.Row[Any]]:
    """Return the things behind a number, of one state and one holder if these are named, by number."""
    where = [equipment.c.no > after]
    if state:
        where.append(equipment.c.state == state)
    if holder:
        where.append(equipment.c.holder == holder)
    return connection.execute(_query.where(*where).order_by(equipment.c.no).limit(limit)).all()


def of(connection: Connection, grid: str) -> Sequence[sa.Row[Any]]:
    """Return what those who work in a cell have, by number."""
    held = person.appointment.c
    here = sa.select(held.person_id).where(held.scope == grid, held.post == WORKER, person.held(clock.today()))
    return connection.execute(_query.where(equipment.c.holder.in_(here)).order_by(equipment.c.no)).all()


WORKER = "grid.worker"
"""The post whose holders are given the kit."""


def moves(state: str) -> dict[str, str]:
    """Return the turns that a thing in a state may take, with what they are called."""
    return {move: MOVES[move] for move, (states, _after) in _MOVES.items() if state in states}


def counted(connection: Connection) -> dict[str, int]:
    """Return how many things there are in each state."""
    query = sa.select(equipment.c.state, sa.func.count()).group_by(equipment.c.state)
    return {str(state): int(count) for state, count in connection.execute(query)}


def register(connection: Connection, actor: audit.Actor, no: str, kind: str, serial: str) -> None:
    """Enter a new thing; it lies in the store.

    Raises
    ------
    EquipmentKindUnknown
        If the kit has no such kind.
    EquipmentTwice
        If the number or the serial number stands in the register already.
    """
    if kind not in {row.code for row in kinds(connection)}:
        raise errors.EquipmentKindUnknown(kind=kind)
    alike = sa.or_(equipment.c.no == no, equipment.c.serial == serial)
    if connection.execute(sa.select(equipment.c.no).where(alike)).first():
        raise errors.EquipmentTwice(no=no, serial=serial)
    connection.execute(sa.insert(equipment).values(no=no, kind=kind, serial=serial, state="in_store"))
    trail.record(connection, actor, "equipment.registered", no=no, kind=kind, serial=serial)


def issue(connection: Connection, actor: audit.Actor, no: str, holder: str, next_check_on: date | None = None) -> None:
    """Hand a thing from the store to a person, as of today.

    Raises
    ------
    EquipmentUnknown, EquipmentElsewhere
        If there is no such thing, or it is not in the store.
    PersonUnknown, PersonOffDuty
        If there is no such person on duty.
    """
    before = _locked(connection, no, ("in_store",))
    who = person.get(connection, holder)
    if not who.on_duty:
        raise errors.PersonOffDuty(person=who.display_name)
    values = {"holder": holder, "issued_on": clock.today(), "next_check_on": next_check_on or before.next_check_on}
    connection.execute(sa.update(equipment).where(equipment.c.no == no).values(state="issued", **values))
    trail.record(connection, actor, "equipment.issued", no=no, holder=holder)


def turn(connection: Connection, actor: audit.Actor, no: str, move: str, reason: str) -> None:
    """Take a thing back (``return``), send it to ``repair`` or hand it out ``repaired``, note that it is lost
    (``lose``) or was found again (``find``).

    Raises
    ------
    EquipmentUnknown, EquipmentElsewhere
        If there is no such thing, or it is where this cannot be done.
    EquipmentMoveUnknown
        If there is no such turn.
    ReasonMissing
        If no reason is given.
    """
    if move not in _MOVES:
        raise errors.EquipmentMoveUnknown(move=move)
    reason = reasons.given(reason)
    states, state = _MOVES[move]
    before = _locked(connection, no, states)
    values: dict[str, Any] = {"state": state}
    if state == "in_store":
        values |= {"holder": None, "issued_on": None}
    connection.execute(sa.update(equipment).where(equipment.c.no == no).values(values))
    details = {"no": no, "holder": before.holder, "before": before.state, "state": state, "reason": reason}
    trail.record(connection, actor, "equipment.moved", **details)


def _locked(connection: Connection, no: str, states: Sequence[str]) -> sa.Row[Any]:
    row = connection.execute(sa.select(equipment).where(equipment.c.no == no).with_for_update()).one_or_none()
    if row is None:
        raise errors.EquipmentUnknown(no=no)
    if row.state not in states:
        raise errors.EquipmentElsewhere(no=no, state=row.state)
    return row
