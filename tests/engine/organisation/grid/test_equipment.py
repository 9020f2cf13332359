"""A thing is issued, repaired, lost, found and returned; each turn is in the trail and impossible ones are refused."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.organisation import trail
from engine.organisation.grid import equipment

KEEPER = audit.Actor("P110")


def told(connection: Connection, no: str) -> list[str]:
    events = sa.select(audit.audit_event.c.action, audit.audit_event.c.details, audit.audit_event.c.actor)
    events = events.where(audit.audit_event.c.stream == trail.STREAM).order_by(audit.audit_event.c.seq)
    return [row.action for row in connection.execute(events) if row.details.get("no") == no and row.actor == "P110"]


def test_a_new_torch_goes_out_and_comes_back(connection: Connection) -> None:
    equipment.register(connection, KEEPER, "EQ-900-1", "torch", "SN900")
    assert equipment.get(connection, "EQ-900-1").state == "in_store"
    equipment.issue(connection, KEEPER, "EQ-900-1", "P132", date(2026, 9, 1))
    row = equipment.get(connection, "EQ-900-1")
    assert (row.state, row.holder, row.issued_on, row.next_check_on) == (
        "issued", "P132", clock.today(), date(2026, 9, 1),
    )  # fmt: skip
    assert row.no in [thing.no for thing in equipment.of(connection, "GL-01-01")]
    for move, state in (("repair", "in_repair"), ("repaired", "issued"), ("lose", "lost"), ("find", "issued")):
        equipment.turn(connection, KEEPER, "EQ-900-1", move, "查明")
        assert equipment.get(connection, "EQ-900-1").state == state
        assert equipment.get(connection, "EQ-900-1").holder == "P132"
    equipment.turn(connection, KEEPER, "EQ-900-1", "return", "离岗")
    assert equipment.get(connection, "EQ-900-1").holder is None
    assert told(connection, "EQ-900-1") == ["equipment.registered", "equipment.issued", *["equipment.moved"] * 5]


def test_what_cannot_be_is_refused(connection: Connection) -> None:
    cases = [
        (errors.EquipmentUnknown, lambda: equipment.get(connection, "EQ-999-9")),
        (errors.EquipmentElsewhere, lambda: equipment.issue(connection, KEEPER, "EQ-001-1", "P133")),
        (errors.EquipmentElsewhere, lambda: equipment.turn(connection, KEEPER, "EQ-001-1", "find", "在车里")),
        (errors.EquipmentMoveUnknown, lambda: equipment.turn(connection, KEEPER, "EQ-001-1", "sell", "多余")),
        (errors.ReasonMissing, lambda: equipment.turn(connection, KEEPER, "EQ-001-1", "lose", " ")),
        (errors.EquipmentTwice, lambda: equipment.register(connection, KEEPER, "EQ-001-1", "torch", "SN1")),
        (errors.EquipmentTwice, lambda: equipment.register(connection, KEEPER, "EQ-900-2", "torch", "DEMOAP0001")),
        (errors.EquipmentKindUnknown, lambda: equipment.register(connection, KEEPER, "EQ-900-2", "drone", "SN1")),
    ]
    for error, act in cases:
        with pytest.raises(error):
            act()
    equipment.turn(connection, KEEPER, "EQ-001-1", "return", "离岗")
    with pytest.raises(errors.PersonOffDuty):
        equipment.issue(connection, KEEPER, "EQ-001-1", "P196")


def test_the_register_is_paged_by_number(connection: Connection) -> None:
    first = equipment.page(connection, limit=50)
    second = equipment.page(connection, after=first[-1].no, limit=50)
    assert len(first) == len(second) == 50
    assert first[-1].no < second[0].no
    assert [row.no for row in equipment.page(connection, state="in_repair")] == ["EQ-008-2", "EQ-034-1"]
    assert len(equipment.page(connection, holder="P132")) == 5
