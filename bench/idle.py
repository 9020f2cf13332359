"""What an instance costs that waits for a person: nothing, however many there are."""

from __future__ import annotations

from collections.abc import Iterator

from bench import workload
from bench.measure import Figure, Options, counting, cpu_ms, new_database
from engine import db, instances
from engine.scheduler.embedded import run_due


def run(options: Options) -> Iterator[Figure]:
    """Let the scheduler look with no instance waiting and with many."""
    database = new_database(options.folder, "idle")
    workload.deploy(database, "w1")
    count, looks = options.times(2000), options.times(200)
    without = cpu_ms(lambda: run_due(database), looks)
    with db.transaction(database) as connection:
        for number in range(count):
            instances.start(connection, workload.ACTOR, "w1", business_key=f"idle-{number}")
    beside = cpu_ms(lambda: run_due(database), looks)
    with counting(database) as counted:
        run_due(database)
    yield Figure(f"a look at the jobs, {count} instances waiting", beside, "ms CPU")
    yield Figure("a look at the jobs, nothing waiting", without, "ms CPU")
    yield Figure("the same, statements", counted.statements, "")
    yield Figure("idle instance, per look", max(0.0, round((beside - without) / count, 4)), "ms CPU", 0, 0)
