"""The embedded scheduler runs what is due, once, whether it fell due before the start, now or later."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import clock, db, jobs
from engine.scheduler import embedded

ran: list[str] = []
arrived = threading.Semaphore(0)


@jobs.runs("test.note")
def _note(connection: Connection, row: sa.Row[object]) -> None:
    ran.append(row.payload["name"])
    if row.payload["name"] == "parent":
        jobs.add(connection, "test.note", clock.now(), {"name": "child"})
    arrived.release()
    if row.payload["name"] == "broken":
        raise RuntimeError("the other side is away")


@pytest.fixture
def scheduler(database: Engine) -> Iterator[embedded.Embedded]:
    ran.clear()
    while arrived.acquire(blocking=False):
        pass
    scheduler = embedded.Embedded(database)
    yield scheduler
    scheduler.stop()


def add(database: Engine, name: str, wait: timedelta = timedelta(0)) -> None:
    with db.transaction(database) as connection:
        # threads do not see the test's frozen clock: the scheduler goes by the real one
        jobs.add(connection, "test.note", datetime.now(UTC) + wait, {"name": name})


def wait_for(count: int) -> None:
    for _ in range(count):
        assert arrived.acquire(timeout=10), f"only {ran} ran"


def left(database: Engine) -> int:
    for _ in range(100):  # the row goes with the commit that follows the runner
        with db.reading(database) as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(jobs.job)).scalar_one()
        if not count:
            return 0
        time.sleep(0.02)
    return int(count)


def test_jobs_that_fell_due_before_the_start_run_late_and_once(database: Engine, scheduler: embedded.Embedded) -> None:
    for name in ("a", "b", "c"):
        add(database, name, timedelta(hours=-1))
    scheduler.start()
    wait_for(3)
    assert (left(database), ran) == (0, ["a", "b", "c"])


def test_a_commit_that_writes_a_job_wakes_the_scheduler(database: Engine, scheduler: embedded.Embedded) -> None:
    scheduler.start()
    add(database, "now")
    wait_for(1)
    assert (left(database), ran) == (0, ["now"])


def test_a_job_of_the_future_runs_when_its_time_has_come(database: Engine, scheduler: embedded.Embedded) -> None:
    scheduler.start()
    before = time.monotonic()
    add(database, "later", timedelta(seconds=0.5))
    wait_for(1)
    assert time.monotonic() - before >= 0.45
    assert left(database) == 0


def test_a_job_written_by_a_job_follows_at_once(database: Engine, scheduler: embedded.Embedded) -> None:
    scheduler.start()
    add(database, "parent")
    wait_for(2)
    assert (left(database), ran) == (0, ["parent", "child"])


def test_wakes_in_a_storm_lose_no_job_and_double_none(database: Engine, scheduler: embedded.Embedded) -> None:
    scheduler.start()
    threads = [threading.Thread(target=add, args=(database, str(number))) for number in range(20)]
    for thread in threads:
        thread.start()
    wait_for(20)
    for thread in threads:
        thread.join()
    assert left(database) == 0
    assert sorted(ran, key=int) == [str(number) for number in range(20)]


def test_a_job_that_fails_waits_ten_seconds_and_stops_nobody(database: Engine, scheduler: embedded.Embedded) -> None:
    add(database, "broken", timedelta(seconds=-2))
    add(database, "fine", timedelta(seconds=-1))
    scheduler.start()
    wait_for(2)
    for _ in range(100):
        with db.reading(database) as connection:
            rows = connection.execute(sa.select(jobs.job)).all()
        if len(rows) == 1 and rows[0].attempts:
            break
        time.sleep(0.02)
    assert [(row.attempts, row.failed, row.last_error) for row in rows] == [
        (1, False, "RuntimeError: the other side is away")
    ]
    assert rows[0].due_at > datetime.now(UTC) + timedelta(seconds=8)


def test_due_jobs_run_without_a_scheduler_when_a_command_asks(database: Engine, frozen: datetime) -> None:
    ran.clear()
    with db.transaction(database) as connection:
        jobs.add(connection, "test.note", frozen, {"name": "parent"})
        jobs.add(connection, "test.note", frozen + timedelta(days=1), {"name": "tomorrow"})
    assert embedded.run_due(database) == 2
    assert ran == ["parent", "child"]
