"""The trail is written with the change, only grows, and shows where it was touched."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, db
from engine.audit import Actor, Break, Event, Head

LI = Actor("P040")


def record_three(connection: Connection) -> Head:
    head = Head("GL-2026-000001")
    for fine in ("100", "200.50", "300"):
        audit.append(connection, head, [Event("decided", LI, "E12", {"fine": Decimal(fine), "reason": "占道"})])
    return head


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


def test_a_changed_event_is_named(database: Engine) -> None:
    with db.transaction(database) as connection:
        head = record_three(connection)
    with database.connect() as connection, connection.begin() as work:
        _without_triggers(connection)
        connection.execute(
            sa.update(audit.audit_event).where(audit.audit_event.c.seq == 2).values(details={"fine": 20})
        )
        assert audit.verify(connection, head) == Break(head.stream, 2, "changed")
        work.rollback()


def test_a_trail_cut_short_is_named(database: Engine) -> None:
    with db.transaction(database) as connection:
        head = record_three(connection)
    head.seq, head.hash = 4, "f" * 64
    with db.reading(database) as connection:
        assert audit.verify(connection, head) == Break(head.stream, 4, "truncated")


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
