"""Prepared statements behave as Core's do, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

from engine import db
from engine.definitions import deployment
from engine.ground import idempotency
from engine.ground.idempotency import idempotency_key
from engine.ground.prepared import Prepared, written

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROW: dict[str, Any] = {"actor": "P001", "key": "k" * 8, "request_hash": "0" * 64, "answer": {"等": 1}, "at": AT}
INSERT = Prepared(sa.insert(idempotency_key))
FIND = Prepared(sa.select(idempotency_key).where(idempotency_key.c.key == sa.bindparam("sent")))
MOVE = Prepared(sa.update(idempotency_key).where(idempotency_key.c.actor == "P001").values(at=sa.bindparam("to")))


def test_a_row_reads_like_one_of_core(database: Engine) -> None:
    with db.transaction(database) as connection:
        assert FIND.one(connection, sent=ROW["key"]) is None
        assert INSERT.run(connection, **ROW) == 1
        row = FIND.one(connection, sent=ROW["key"])
        core = connection.execute(sa.select(idempotency_key)).one()
    assert row is not None
    assert dict(row._mapping) == dict(core._mapping) == ROW
    assert (row.answer, row.at) == ({"等": 1}, AT)


def test_a_row_has_the_attributes_of_cores_row_and_no_others(database: Engine) -> None:
    named = Prepared(sa.select(idempotency_key.c.actor.label("count"), idempotency_key.c.key.label("sent")))
    with db.transaction(database) as connection:
        INSERT.run(connection, **ROW)
        row = named.one(connection)
    assert row is not None
    assert (row.sent, row.count, row[1]) == (ROW["key"], "P001", ROW["key"])
    with pytest.raises(AttributeError, match="actor"):
        _ = row.actor


def test_a_value_may_be_named_twice_beside_signs_that_drivers_take_for_marks(database: Engine) -> None:
    key, sent = idempotency_key.c.key, sa.bindparam("sent", type_=sa.String())
    marks = sa.literal_column("'100 % ? $1'").label("marks")
    twice = Prepared(sa.select(marks).where(sa.or_(key == sent, key == sent + "$1"), key.like("k%"), marks.like("1%")))
    with db.transaction(database) as connection:
        INSERT.run(connection, **ROW)
        found = [[tuple(row) for row in twice.all(connection, sent=name)] for name in (ROW["key"], "%")]
    assert found == [[("100 % ? $1",)], []]


def test_an_insertion_tells_the_key_of_its_row_or_that_it_gave_way(database: Engine) -> None:
    kinds: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    insert = Prepared(kinds[database.dialect.name](deployment).on_conflict_do_nothing())
    given: dict[str, Any] = {
        "package": "permit",
        "version": 1,
        "hash": "0" * 64,
        "deployed_at": AT,
        "deployed_by": "P1",
    }
    with db.transaction(database) as connection:
        keys = [insert.key(connection, **given | {"version": version}) for version in (1, 2, 2, 3)]
        rows = connection.execute(sa.select(deployment).order_by(deployment.c.id)).all()
    assert keys == [rows[0].id, rows[1].id, 0, rows[2].id]
    assert dict(written(deployment)({"id": keys[0], **given})._mapping) == dict(rows[0]._mapping)


def test_values_within_the_statement_are_bound_too(database: Engine) -> None:
    later = AT.replace(hour=10)
    with db.transaction(database) as connection:
        INSERT.many(connection, [ROW, ROW | {"actor": "P002"}])
        assert MOVE.run(connection, to=later) == 1
        found = connection.execute(sa.select(idempotency_key.c.at).order_by(idempotency_key.c.actor)).scalars().all()
    assert found == [later, AT]


def test_what_the_database_refuses_is_raised_as_core_raises_it(database: Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError), db.transaction(database) as connection:
        INSERT.run(connection, **ROW)
        INSERT.run(connection, **ROW)
    with db.reading(database) as connection:
        assert idempotency.answer(connection, "P001", ROW["key"], ROW["request_hash"]) is None


def test_a_parameter_that_the_statement_does_not_know_is_an_error(database: Engine) -> None:
    with db.transaction(database) as connection:
        INSERT.run(connection, **ROW)
        with pytest.raises(TypeError, match="sent_by"):
            FIND.one(connection, sent="", sent_by="P001")
        with pytest.raises((TypeError, sa.exc.ProgrammingError), match="sent"):
            FIND.one(connection, sent_by="P001")


def test_a_value_that_only_a_like_statement_uses_may_be_named(database: Engine) -> None:
    short = Prepared(sa.select(idempotency_key.c.actor).where(idempotency_key.c.key == sa.bindparam("sent")))
    with db.transaction(database) as connection:
        INSERT.run(connection, **ROW)
        for _ in range(2):
            assert short.returned(connection, sent=ROW["key"], week_end=AT).actor == ROW["actor"]


def test_who_counts_statements_sees_them(database: Engine) -> None:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_more: Any) -> None:
        seen.append(text)

    sa.event.listen(database, "before_cursor_execute", note)
    with db.transaction(database) as connection:
        INSERT.run(connection, **ROW)
    sa.event.remove(database, "before_cursor_execute", note)
    assert [text for text in seen if text.startswith("INSERT INTO idempotency_key")]
