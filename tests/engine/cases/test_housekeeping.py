"""What is no record is thrown away once it has served its time, and the trail says so."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors, jobs
from engine.cases import housekeeping
from engine.cases.clocks import setting
from engine.ground import files, idempotency
from engine.organisation import wrong_try

ADMINISTRATOR = audit.Actor("P096")
DOOR = wrong_try.Lock("login", "demo029")


def used(connection: Connection, key: str) -> None:
    idempotency.remember(connection, "api:P029", key, idempotency.request_hash(key), {"status": 201})


def found(connection: Connection, key: str) -> Any:
    return idempotency.answer(connection, "api:P029", key, idempotency.request_hash(key))


def test_a_key_is_kept_for_its_days_and_then_thrown_away(db_connection: Connection) -> None:
    used(db_connection, "first-key")
    wrong_try.count(db_connection, DOOR, "192.0.2.1")
    days = setting.load(db_connection)["keep_days"]
    with clock.frozen(clock.now() + timedelta(days=days)):
        used(db_connection, "second-key")
        assert sum(housekeeping.tidy(db_connection, audit.SYSTEM).values()) == 0
        assert found(db_connection, "first-key") == {"status": 201}
    with clock.frozen(clock.now() + timedelta(days=days, seconds=1)):
        thrown = housekeeping.tidy(db_connection, audit.SYSTEM)
        assert thrown == {"idempotency_keys": 1, "sessions": 0, "wrong_tries": 1, "files": 0}
        assert found(db_connection, "first-key") is None
        assert found(db_connection, "second-key") == {"status": 201}
    (event,) = audit.trail(db_connection, jobs.STREAM)
    assert event.action == "house.tidied"
    assert event.details["idempotency_keys"] == 1


def test_the_town_says_how_long_they_are_kept(db_connection: Connection) -> None:
    used(db_connection, "first-key")
    setting.change(db_connection, ADMINISTRATOR, "keep_days", 400, reason="审计要求")
    with clock.frozen(clock.now() + timedelta(days=399)):
        assert housekeeping.tidy(db_connection, audit.SYSTEM)["idempotency_keys"] == 0


def test_much_is_thrown_away_some_at_a_time_and_the_next_night_follows(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "MOST", 2)
    with db.transaction(database) as connection:
        for number in range(3):
            used(connection, f"key-number-{number}")
        housekeeping.keep_going(connection)
        housekeeping.keep_going(connection)
    with clock.frozen(clock.now() + timedelta(days=100)):
        left = []
        for _ in range(2):
            with db.reading(database) as connection:
                (job_id,) = jobs.due(connection)
            assert jobs.run(database, job_id)
            with db.reading(database) as connection:
                left.append(connection.scalar(sa.select(sa.func.count()).select_from(idempotency.idempotency_key)))
        with db.reading(database) as connection:
            assert left == [1, 0]
            assert jobs.due(connection) == []
            assert jobs.next_due(connection) == clock.next_at(housekeeping.NIGHTLY)


def test_a_file_that_nobody_hands_in_goes_after_its_term_and_what_was_handed_in_stays(
    database: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "_root", tmp_path)
    with db.transaction(database) as connection:
        given_up, kept, twin = (upload(connection, text) for text in ("放弃的", "办结时交的", "两次上传的"))
        files.keep(connection, [kept.id])
        days = setting.load(connection)["upload_days"]
    past = (clock.now() - timedelta(days=1)).timestamp()
    for row in (given_up, kept, twin):
        os.utime(files.serve(row).path, (past, past))
    with clock.frozen(clock.now() + timedelta(days=days, seconds=1)):
        with db.transaction(database) as connection:
            again = upload(connection, "两次上传的")
            assert housekeeping.tidy(connection, audit.SYSTEM)["files"] == 2
        with db.transaction(database) as connection:
            (event,) = [row for row in audit.trail(connection, files.STREAM) if row.action == "files.forgotten"]
            assert event.details["files"] == [given_up.id, twin.id]
            assert files.get(connection, kept.id).name == kept.name
            with pytest.raises(errors.FileMissing):
                files.get(connection, given_up.id)
            assert housekeeping.tidy(connection, audit.SYSTEM)["files"] == 0
    for row in (kept, again):
        files.verify(row)
    with pytest.raises(errors.FileDamaged):
        files.serve(given_up)


def upload(connection: Connection, text: str) -> sa.Row[Any]:
    return files.store(connection, io.BytesIO(text.encode()), f"{text}.txt", ADMINISTRATOR)
