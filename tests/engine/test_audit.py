"""The trail is written with the change, only grows, and shows where it was touched."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, db
from engine.audit import Actor, Break, Event, Head

LI = Actor("P040")
STREAM = "GL-2026-000001"
STEPS = [["leave", "A"], ["flow", "A-B"], ["set", "A", {"fine": None}], ["enter", "B"]]


def record_three(connection: Connection) -> Head:
    for fine in ("100", "200.50", "300"):
        details = {"fine": Decimal(fine), "reason": "占道", "steps": STEPS}
        audit.record(connection, STREAM, Event("decided", LI, "E12", details))
    return Head(*connection.execute(sa.select(audit.audit_head)).one())


def test_an_untouched_trail_verifies(database: Engine) -> None:
    with db.transaction(database) as connection:
        head = record_three(connection)
    with db.reading(database) as connection:
        assert [row.details["fine"] for row in audit.trail(connection, head.stream)] == [100, Decimal("200.50"), 300]
        assert audit.verify(connection, head) is None


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor = 'P001'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_an_event(database: Engine, statement: str) -> None:
    with db.transaction(database) as connection:
        record_three(connection)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.transaction(database) as connection:
        connection.execute(sa.text(statement))


def _changed(connection: Connection) -> None:
    _set(connection, 2, details={"fine": 20})


def _changed_with_its_hash(connection: Connection) -> None:
    before, _, _ = audit.trail(connection, STREAM)
    row = connection.execute(audit.events().where(audit.audit_event.c.seq == 2)).one()
    forged = audit.digest({**row._mapping, "details": {"fine": 20}, "prev_hash": before.hash})
    _set(connection, 2, details={"fine": 20}, hash=forged)


def _taken_out(connection: Connection) -> None:
    connection.execute(sa.delete(audit.audit_event).where(audit.audit_event.c.seq == 2))


def _swapped(connection: Connection) -> None:
    for before, after in ((2, 9), (3, 2), (9, 3)):
        _set(connection, before, seq=after)


def _cut_short(connection: Connection) -> None:
    connection.execute(sa.delete(audit.audit_event).where(audit.audit_event.c.seq == 3))


def _set(connection: Connection, which: int, **values: object) -> None:
    connection.execute(sa.update(audit.audit_event).where(audit.audit_event.c.seq == which).values(**values))


@pytest.mark.parametrize(
    ("touch", "seq", "reason"),
    [
        (_changed, 2, "changed"),
        (_changed_with_its_hash, 3, "changed"),
        (_taken_out, 2, "missing"),
        (_swapped, 2, "changed"),
        (_cut_short, 3, "truncated"),
    ],
)
def test_whatever_is_done_to_a_trail_is_named(
    database: Engine, touch: Callable[[Connection], None], seq: int, reason: str
) -> None:
    with db.transaction(database) as connection:
        head = record_three(connection)
    with database.connect() as connection, connection.begin() as work:
        _without_triggers(connection)
        touch(connection)
        assert audit.verify(connection, head) == Break(STREAM, seq, reason)
        work.rollback()


def test_an_event_shows_the_hash_before_it_and_its_trace_in_full(database: Engine) -> None:
    with db.transaction(database) as connection:
        record_three(connection)
        kept = sa.select(sa.type_coerce(audit.audit_event.c.details, sa.Text)).limit(1)
        assert '"~steps":["-A >A-B",["set","A",{"fine":null}],"+B"]' in connection.execute(kept).scalar_one()
    with db.reading(database) as connection:
        first, second, third = audit.trail(connection, STREAM)
    assert [row.prev_hash for row in (first, second, third)] == [audit.GENESIS, first.hash, second.hash]
    assert all(audit.holds(row) for row in (first, second, third))
    assert first.details["steps"] == STEPS


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"steps": []},
        {"steps": 7, "reason": "three steps"},
        {"steps": ["-A", "+B"]},
        {"steps": [["enter", "a b"], ["leave", ""], ["cancel", None], ["flow", "x", "y"], ["end", "completed"]]},
    ],
)
def test_a_trace_is_read_as_it_was_written(database: Engine, details: dict[str, object]) -> None:
    with db.transaction(database) as connection:
        audit.record(connection, STREAM, Event("told", LI, details=details))
        (event,) = audit.trail(connection, STREAM)
    assert event.details == details
    assert audit.holds(event)


def test_a_stream_of_the_house_keeps_its_own_head(database: Engine) -> None:
    for action in ("signed_in", "signed_out"):
        with db.transaction(database) as connection:
            audit.record(connection, "house:sign-ins", Event(action, LI))
    with db.reading(database) as connection:
        row = connection.execute(sa.select(audit.audit_head)).one()
        assert audit.verify(connection, Head(row.stream, row.seq, row.hash)) is None
        assert row.seq == 2


def test_nothing_stays_when_the_change_is_rolled_back(database: Engine) -> None:
    with pytest.raises(RuntimeError), db.transaction(database) as connection:
        record_three(connection)
        raise RuntimeError
    with db.reading(database) as connection:
        assert audit.trail(connection, "GL-2026-000001") == []


def _without_triggers(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
    else:
        for name in ("audit_event_no_update", "audit_event_no_delete"):
            connection.execute(sa.text(f"DROP TRIGGER {name}"))


def test_what_a_savepoint_takes_back_leaves_no_gap(database: Engine) -> None:
    stream = "GL-2026-000001"
    with db.transaction(database) as connection:
        audit.record(connection, stream, Event("opened", LI))
        with pytest.raises(ZeroDivisionError), connection.begin_nested():
            audit.record(connection, stream, Event("never happened", LI))
            raise ZeroDivisionError
        audit.record(connection, stream, Event("accepted", LI), Event("decided", LI))
    with db.transaction(database) as connection:
        audit.record(connection, stream, Event("archived", LI))
        row = connection.execute(sa.select(audit.audit_head)).one()
        assert audit.verify(connection, Head(stream, row.seq, row.hash)) is None
        actions = [event.action for event in audit.trail(connection, stream)]
    assert actions == ["opened", "accepted", "decided", "archived"]


def test_a_head_read_in_one_transaction_is_read_anew_in_the_next(database: Engine) -> None:
    with database.connect() as mine:
        for number in range(3):
            with mine.begin():
                audit.record(mine, "house:test", Event(f"mine {number}", LI))
            with db.transaction(database) as other:
                audit.record(other, "house:test", Event(f"other {number}", LI))
    with db.reading(database) as connection:
        row = connection.execute(sa.select(audit.audit_head)).one()
        assert row.seq == 6
        assert audit.verify(connection, Head("house:test", row.seq, row.hash)) is None
