"""Workload W1 on our engine, beside the limit in turns and beside SpiffWorkflow as tutorials use it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.engine import Engine

from bench import workload
from bench.anchor import Limit
from bench.measure import Counted, Figure, Options, Watch, counting, new_database, size
from bench.naive import Naive
from engine import db, tasks

LAPS = 5


def run(options: Options) -> Iterator[Figure]:
    """Measure start, completion and claim, what they ask of the database, and what a finished case leaves there."""
    limit, naive, ours = Limit(options.folder), Naive(options.folder), Ours(new_database(options.folder, "w1"))
    for _ in range(LAPS):
        for contestant in (limit, naive, ours):
            contestant.run(options.times(60))
    anchor = limit.close()
    counted = ours.count()
    yield Figure("W1 start, limit", anchor.start_ms, "ms CPU", slowness=anchor.slowness)
    yield Figure("W1 start", ours.start.ms, "ms CPU", 0.5, 0.3, anchor.slowness)
    yield Figure("W1 complete a task, limit", anchor.complete_ms, "ms CPU", slowness=anchor.slowness)
    yield Figure("W1 complete a task", ours.complete.ms, "ms CPU", 0.7, 0.4, anchor.slowness)
    yield Figure("W1 complete a task, naive", naive.complete.ms, "ms CPU", slowness=anchor.slowness)
    yield Figure("W1 claim a task", _claim(options), "ms CPU")
    yield Figure("W1 statements per completion", counted.statements / len(workload.ORDER), "", 10, 8)
    yield Figure("W1 commits per completion", counted.commits / len(workload.ORDER), "", 1, 1)
    yield Figure("W1 finished case, limit", anchor.bytes_per_case, "bytes")
    yield Figure("W1 finished case", ours.bytes_per_case, "bytes", 4000, 2500)
    yield Figure("W1 finished case, naive", naive.bytes_per_case, "bytes")


class Ours:
    """W1 on a database of its own."""

    def __init__(self, database: Engine) -> None:
        self.database = database
        workload.deploy(database, "w1")
        self._empty = size(database)
        self.start, self.complete = Watch(), Watch()
        self._cases = 0

    def run(self, cases: int) -> None:
        """Take some cases from their start to their end; one lap."""
        for _ in range(cases):
            key = self._next()
            self.start(lambda key=key: workload.start(self.database, "w1", key))
            for _ in workload.ORDER:
                task = workload.open_task(self.database, key)
                self.complete(lambda task=task: workload.complete(self.database, task))
        self.start.lap()
        self.complete.lap()

    def count(self) -> Counted:
        """Return what the completions of one more case ask of the database."""
        key = self._next()
        workload.begin(self.database, "w1", key)
        found = Counted()
        for _ in workload.ORDER:
            task = workload.open_task(self.database, key)
            with counting(self.database) as counted:
                workload.complete(self.database, task)
            found = Counted(found.statements + counted.statements, found.commits + counted.commits)
        return found

    def _next(self) -> str:
        self._cases += 1
        return f"GL-2026-{self._cases:06d}"

    @property
    def bytes_per_case(self) -> float:
        """What a finished case leaves in the database, its trail and idempotency keys included."""
        return (size(self.database) - self._empty) / self._cases


def _claim(options: Options) -> float:
    database, watch = new_database(options.folder, "claimed"), Watch()
    workload.deploy(database, "w1", claimed=True)
    for number in range(options.times(100)):
        task_id = workload.begin(database, "w1", f"GL-2026-{number:06d}")
        watch(lambda task_id=task_id: _take(database, task_id))
    database.dispose()
    return watch.ms


def _take(database: Engine, task_id: int) -> None:
    with db.transaction(database) as connection:
        tasks.claim(connection, workload.ACTOR, workload.WANG, task_id)
