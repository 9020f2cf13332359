"""Questions asked together are answered as each would be by itself, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bench.measure import counting
from engine import audit, db
from engine.cases.reading import beside
from engine.ground import idempotency
from engine.ground.idempotency import idempotency_key
from engine.ground.together import Question, Together

PERSON = audit.Actor("P001")
KEYS = Question(
    sa.select(idempotency_key).where(idempotency_key.c.actor == sa.bindparam("who")), idempotency_key.c.key.desc()
)
EVENTS = Question(
    sa.select(audit.audit_event).where(
        audit.audit_event.c.actor == sa.bindparam("who"), audit.audit_event.c.stream == sa.bindparam("stream")
    ),
    audit.audit_event.c.seq,
)
ACTIONS = Question(sa.select(audit.audit_event.c.action).where(audit.audit_event.c.seq == 1), audit.audit_event.c.id)
ALL = Together(KEYS, EVENTS, ACTIONS)


@pytest.fixture
def filled(database: Engine) -> Engine:
    with db.transaction(database) as connection:
        for key in ("a", "c", "b"):
            idempotency.remember(connection, "P001", key * 8, "0" * 64, {"等": [1, None]})
        for stream in ("A", "A", "B"):
            audit.record(connection, stream, audit.Event("task.claimed", PERSON, "x", {"day": "2026-03-02"}))
    return database


def _answers(connection: Connection) -> list[list[dict[str, Any]]]:
    asked = [KEYS.all(connection, who="P001"), EVENTS.all(connection, who="P001", stream="A"), ACTIONS.all(connection)]
    return [[dict(row._mapping) for row in rows] for rows in asked]


def test_the_answers_are_those_of_each_question(filled: Engine) -> None:
    with db.reading(filled) as connection:
        alone = _answers(connection)
    with db.reading(filled) as connection, counting(filled) as counted:
        ALL.ask(connection, who="P001", stream="A", other=1)
        together = _answers(connection)
    assert together == alone
    assert [len(rows) for rows in together] == [3, 2, 2]
    assert [row["key"][0] for row in together[0]] == ["c", "b", "a"]
    assert counted.statements == 1


def test_other_values_are_asked_for_anew(filled: Engine) -> None:
    with db.reading(filled) as connection:
        ALL.ask(connection, who="P001", stream="A")
        assert KEYS.all(connection, who="P002") == []
        assert len(EVENTS.all(connection, who="P001", stream="B")) == 1


def test_nothing_is_kept_where_somebody_writes(filled: Engine) -> None:
    with db.transaction(filled) as connection:
        ALL.ask(connection, who="P001", stream="A")
        idempotency.remember(connection, "P001", "d" * 8, "0" * 64, {})
        assert len(KEYS.all(connection, who="P001")) == 4


def test_nothing_is_kept_longer_than_the_snapshot(filled: Engine) -> None:
    with db.reading(filled) as connection:
        ALL.ask(connection, who="P001", stream="A")
    with db.transaction(filled) as connection:
        audit.record(connection, "A", audit.Event("task.claimed", PERSON))
    with db.reading(filled) as connection:
        assert len(EVENTS.all(connection, who="P001", stream="A")) == 3


@pytest.mark.parametrize(
    ("key", "belongs"),
    [("GL_-1", True), ("GL_-1-R1", True), ("GL_-10", False), ("GLA-1-R1", False), ("GL_-1.5", False), ("GL_-", False)],
)
def test_a_key_belongs_to_a_case_if_it_is_its_number_or_beside_it(database: Engine, key: str, belongs: bool) -> None:
    told = beside.belongs(sa.literal(key), sa.bindparam("number", type_=sa.String()))
    with db.reading(database) as connection:
        assert bool(connection.scalar(sa.select(told), {"number": "GL_-1"})) is belongs
