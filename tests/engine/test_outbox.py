"""A push is written with the change, sent by a job, received once and read once; each word is in the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors, jobs, outbox
from engine.scheduler import embedded

CASE = "GL-2026-000007"
GRID = audit.Actor("P120")
OFFICE = audit.Actor("P033")


def push(database: Engine, receiver: str = "market_office") -> int:
    with db.transaction(database) as connection:
        return outbox.push(connection, receiver, "grant", {"licence": "食品经营许可证"}, CASE)


def the_row(database: Engine, key: int) -> sa.Row[Any]:
    with db.reading(database) as connection:
        return next(row for row in outbox.of_case(connection, CASE) if row.id == key)


def events(database: Engine) -> list[tuple[str, str, int]]:
    with db.reading(database) as connection:
        return [(row.action, row.actor, row.details["push"]) for row in audit.trail(connection, CASE)]


def test_a_push_leaves_only_with_the_commit_of_its_change(database: Engine) -> None:
    with pytest.raises(RuntimeError), db.transaction(database) as connection:
        outbox.push(connection, "market_office", "grant", {}, CASE)
        raise RuntimeError("the step failed")
    assert embedded.run_due(database) == 0
    with db.reading(database) as connection:
        assert outbox.of_case(connection, CASE) == []


def test_a_unit_of_the_house_finds_its_push_once_the_job_has_run(database: Engine) -> None:
    key = push(database)
    assert the_row(database, key).sent_at is None
    assert embedded.run_due(database) == 1
    assert the_row(database, key).sent_at == clock.now()


def test_receipt_and_reading_are_noted_with_person_and_event(database: Engine) -> None:
    key = push(database)
    embedded.run_due(database)
    with db.transaction(database) as connection:
        outbox.receive(connection, GRID, key)
        outbox.read(connection, OFFICE, key)
    row = the_row(database, key)
    assert (row.received_by, row.read_by) == ("P120", "P033")
    assert events(database) == [("push.received", "P120", key), ("push.read", "P033", key)]


def test_who_reads_has_received(database: Engine) -> None:
    key = push(database)
    embedded.run_due(database)
    with db.transaction(database) as connection:
        outbox.read(connection, GRID, key)
    assert the_row(database, key).received_by == "P120"


def test_the_first_receipt_counts(database: Engine) -> None:
    key = push(database)
    embedded.run_due(database)
    with db.transaction(database) as connection:
        outbox.receive(connection, GRID, key)
    with db.transaction(database) as connection:
        outbox.receive(connection, OFFICE, key)
    assert the_row(database, key).received_by == "P120"
    assert len(events(database)) == 1


def test_what_has_not_been_sent_cannot_be_received(database: Engine) -> None:
    key = push(database)
    with pytest.raises(errors.OutboxUnknown), db.transaction(database) as connection:
        outbox.receive(connection, GRID, key)
    assert events(database) == []


def test_a_channel_that_fails_is_tried_again_and_delivers_once(database: Engine) -> None:
    calls: list[int] = []

    @outbox.channel("province.test")
    def carry(connection: Connection, row: sa.Row[Any]) -> None:
        calls.append(row.id)
        if len(calls) == 1:
            raise ConnectionError("no answer")

    try:
        key = push(database, "province.test")
        assert embedded.run_due(database) == 0
        assert the_row(database, key).sent_at is None
        with clock.frozen(clock.now() + timedelta(seconds=11)):
            assert embedded.run_due(database) == 1
            assert embedded.run_due(database) == 0
        assert calls == [key, key]
        assert the_row(database, key).sent_at is not None
    finally:
        del outbox._channels["province.test"]


def test_a_delivery_run_twice_has_one_effect(database: Engine) -> None:
    key = push(database)
    with db.reading(database) as connection:
        (job_id,) = jobs.due(connection)
    assert jobs.run(database, job_id)
    sent_at = the_row(database, key).sent_at
    assert not jobs.run(database, job_id)
    assert the_row(database, key).sent_at == sent_at


def test_a_receiver_has_one_channel() -> None:
    outbox.channel("applicant.test")(print)
    try:
        with pytest.raises(ValueError, match="two channels"):
            outbox.channel("applicant.test")(repr)
    finally:
        del outbox._channels["applicant.test"]
