"""What an instance costs that waits for a person: nothing, however many there are."""

from __future__ import annotations

from collections.abc import Iterator

from bench import workload
from bench.measure import Figure, Options, Watch, counting, new_database
from engine import db, instances
from engine.scheduler.embedded import run_due

LAPS = 9


def run(options: Options) -> Iterator[Figure]:
    """Let the scheduler look in turns where no instance waits and where many do."""
    count, looks = options.times(2000), max(1, options.times(450) // LAPS)
    empty, full = (new_database(options.folder, name) for name in ("nobody", "idle"))
    workload.deploy(full, "w1")
    with db.transaction(full) as connection:
        for number in range(count):
            instances.start(connection, workload.ACTOR, "w1", business_key=f"idle-{number}")
    without, beside = Watch(), Watch()
    for _ in range(LAPS):
        for database, watch in ((empty, without), (full, beside)):
            for _ in range(looks):
                watch(lambda database=database: run_due(database))
            watch.lap()
    with counting(full) as counted:
        run_due(full)
    yield Figure(f"a look at the jobs, {count} instances waiting", beside.ms, "ms CPU")
    yield Figure("a look at the jobs, nothing waiting", without.ms, "ms CPU")
    yield Figure("the same, statements", counted.statements, "")
    yield Figure("idle instance, per look", max(0.0, round((beside.ms - without.ms) / count, 4)), "ms CPU", 0, 0)
