"""The inbox query among ten thousand, a hundred thousand and a million open tasks; the post has sixty members.

Every post has a thousand open tasks, of which its members hold five each. Measured is a prepared query with its first
twenty rows, on SQLite and, where a URL is given, on PostgreSQL: there by the time that the server says it took, which
is what the gate is about and, with every page in memory, its CPU's; and with the way there and back. Every size is
measured in turns with the others and with the limit. Each gets a schema of its own, gone afterwards.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bench import workload
from bench.anchor import Limit
from bench.measure import Figure, Options, new_database
from engine import clock, db, tasks
from engine.ground.prepared import Prepared
from engine.handling import offers

SCHEMA = "bench_inbox"
VIEWS = ("claimable", "mine")
SIZES = (10_000, 100_000, 1_000_000)
PER_POST, MEMBERS, HELD = 1000, 60, 5
ROUNDS, BATCH = 200, 10_000
PER_LAP, LIMIT_CASES = 10, 5
"""After how many rounds the limit has its turn, and how many cases it takes to their end then."""


def run(options: Options) -> Iterator[Figure]:
    """Measure both lists on each database at each size."""
    for kind in ("sqlite", "postgresql") if options.postgresql else ("sqlite",):
        sizes = [options.times(size) for size in SIZES]
        databases = {size: _database(options, kind, size) for size in sizes}
        yield from _figures(kind, sizes, _measured(options, databases))
        for size, database in databases.items():
            _remove(database, size)


@dataclass(frozen=True)
class _Measured:
    """The median of a list at one size, there and with the way there and back, and the slowness of the machine."""

    there_ms: float
    and_back_ms: float
    slowness: float


def _measured(options: Options, databases: Mapping[int, Engine]) -> dict[tuple[str, int], _Measured]:
    """Measure every list at every size in turns with the limit: whatever the machine does, it does to all of them."""
    limit, found = Limit(options.folder), defaultdict[tuple[str, int], list[tuple[float, float]]](list)
    for number in range(ROUNDS):
        if number % PER_LAP == 0:
            limit.run(LIMIT_CASES)
        for size, database in databases.items():
            with db.reading(database) as connection:
                for view in VIEWS:
                    found[view, size].append(_took_ms(connection, _query(view, number, max(1, size // PER_POST))))
    slowness = limit.close().slowness
    return {
        place: _Measured(median(there for there, _back in took), median(back for _there, back in took), slowness)
        for place, took in found.items()
    }


def _figures(kind: str, sizes: Sequence[int], found: Mapping[tuple[str, int], _Measured]) -> Iterator[Figure]:
    for (view, size), took in found.items():
        name = f"inbox, {view}, {size} open tasks, {kind}"
        yield Figure(f"{name}, p50", took.there_ms, "ms CPU", 0.1, 0.03, took.slowness)
        if kind == "postgresql":
            yield Figure(f"{name}, there and back, p50", took.and_back_ms, "ms")
    for view in VIEWS:
        ratio = found[view, sizes[-1]].there_ms / found[view, sizes[0]].there_ms
        yield Figure(f"inbox, {view}, {sizes[-1]} against {sizes[0]}, {kind}", ratio, "×", 1.5, 1)


def _database(options: Options, kind: str, size: int) -> Engine:
    if kind == "sqlite":
        database = new_database(options.folder, f"inbox-{size}")
    else:
        database = db.connect(_in_schema(options.postgresql, size))
        _schema(database, size, "DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}")
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


def _in_schema(url: str, size: int) -> str:
    return sa.make_url(url).update_query_dict({"options": f"-csearch_path={SCHEMA}_{size}"}).render_as_string(False)


def _schema(database: Engine, size: int, statements: str) -> None:
    with db.transaction(database) as connection:
        for statement in statements.format(f"{SCHEMA}_{size}").split(";"):
            connection.exec_driver_sql(statement)


def _remove(database: Engine, size: int) -> None:
    if database.dialect.name == "postgresql":
        _schema(database, size, "DROP SCHEMA {0} CASCADE")
    database.dispose()


def _query(view: str, number: int, posts: int) -> sa.Select[Any]:
    """Return the query of one person after another, each of another post."""
    post = number % posts
    return tasks.inbox_query(tasks.Candidate(f"P{post}-{number % MEMBERS}", frozenset({f"post-{post}"})), view, 20)


def _took_ms(connection: Connection, query: sa.Select[Any]) -> tuple[float, float]:
    """Return what a query took where the tasks are, and with the way there and back."""
    whole = _client(connection, query)
    return (whole if connection.dialect.name == "sqlite" else _server(connection, query)), whole


def _client(connection: Connection, query: sa.Select[Any]) -> float:
    """Return the CPU time of a query with its rows, or all of its time where a server does the work."""
    watch = time.process_time if connection.dialect.name == "sqlite" else time.perf_counter
    prepared = Prepared(query)
    prepared.one(connection)  # compiles it, which Core does once for all persons
    begin = watch()
    prepared.all(connection)
    return (watch() - begin) * 1000


def _server(connection: Connection, query: sa.Select[Any]) -> float:
    """Return the time that PostgreSQL says the query took, the second time it was asked."""
    text = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
    for _ in range(2):
        lines = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF) {text}").scalars().all()
    return float(lines[-1].removeprefix("Execution Time: ").removesuffix(" ms"))
