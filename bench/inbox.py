"""The inbox query among ten thousand, a hundred thousand and a million open tasks; the post has sixty members.

Every post has a thousand open tasks, of which its members hold five each. Measured is a prepared query with its first
twenty rows, on SQLite and, where a URL is given, on an empty PostgreSQL.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bench import workload
from bench.measure import Figure, Options, new_database
from engine import clock, db, tasks
from engine.ground.prepared import Prepared
from engine.handling import offers

SIZES = (10_000, 100_000, 1_000_000)
PER_POST, MEMBERS, HELD = 1000, 60, 5
ROUNDS, BATCH = 200, 10_000


def run(options: Options) -> Iterator[Figure]:
    """Measure both lists on each database at each size."""
    for kind in ("sqlite", "postgresql") if options.postgresql else ("sqlite",):
        found: dict[tuple[str, int], float] = {}
        sizes = [options.times(size) for size in SIZES]
        for size in sizes:
            database = _database(options, kind, size)
            for view in ("claimable", "mine"):
                found[view, size] = _p50_ms(database, view)
                unit = "ms CPU" if kind == "sqlite" else "ms"
                yield Figure(f"inbox, {view}, {size} open tasks, {kind}, p50", found[view, size], unit, 0.1, 0.03)
            database.dispose()
        for view in ("claimable", "mine"):
            ratio = found[view, sizes[-1]] / found[view, sizes[0]]
            yield Figure(f"inbox, {view}, {sizes[-1]} against {sizes[0]}, {kind}", ratio, "×", 1.5, 1)


def _database(options: Options, kind: str, size: int) -> Engine:
    if kind == "sqlite":
        database = new_database(options.folder, f"inbox-{size}")
    else:
        database = db.connect(options.postgresql)
        db.metadata.drop_all(database)
        db.metadata.create_all(database)
    workload.deploy(database, "w1", claimed=True)
    key = workload.begin(database, "w1", "all")
    with db.transaction(database) as connection:
        like = connection.execute(sa.select(tasks.task).where(tasks.task.c.id == key)).one()
        _fill(connection, like, size)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return database


def _fill(connection: Connection, like: sa.Row[Any], size: int) -> None:
    drawn, now, first = random.Random(1), clock.now(), like.id + 1
    task, offer = Prepared(sa.insert(tasks.task)), Prepared(sa.insert(offers.candidate))
    for begin in range(0, size, BATCH):
        rows, offered = [], []
        for number in range(begin, min(begin + BATCH, size)):
            due = now + timedelta(minutes=drawn.randrange(100_000))
            post, place = divmod(number, PER_POST)
            holder = f"P{post}-{place % MEMBERS}" if place < MEMBERS * HELD else None
            own = {"id": first + number, "assignee": holder, "due_at": due, "sort_due_at": due}
            rows.append({**like._mapping, **own})
            more = {"free": holder is None, "sort_due_at": due}
            offered.append({"task_id": first + number, "kind": "group", "name": f"post-{post}", **more})
        task.many(connection, rows)
        offer.many(connection, offered)


def _p50_ms(database: Engine, view: str) -> float:
    """Return the median of the prepared query with its rows: CPU time, or all of it where a server does the work."""
    watch = time.process_time if database.dialect.name == "sqlite" else time.perf_counter
    times = []
    with db.reading(database) as connection:
        posts = connection.execute(sa.select(sa.func.count()).select_from(offers.candidate)).scalar_one() // PER_POST
        for number in range(ROUNDS):
            post = number % max(1, posts)
            person = tasks.Candidate(f"P{post}-{number % MEMBERS}", frozenset({f"post-{post}"}))
            query = Prepared(tasks.inbox_query(person, view, 20))
            query.one(connection)  # compiles it, which Core does once for all persons
            begin = watch()
            query.all(connection)
            times.append((watch() - begin) * 1000)
    return median(times)
