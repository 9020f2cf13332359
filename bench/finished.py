"""What a completion costs beside many finished cases: copies of a finished W1 case."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.engine import Engine

from bench import copies, workload
from bench.measure import Figure, Options, Watch, new_database

FEW, MANY = 1_000, 100_000


def run(options: Options) -> Iterator[Figure]:
    """Measure completions beside few finished cases and beside many, in turns."""
    few, many = _filled(options, "few", FEW), _filled(options, "many", MANY)
    watches = {few: Watch(), many: Watch()}
    for number in range(options.times(60)):
        for database, watch in watches.items():
            key = f"new-{number}"
            workload.begin(database, "w1", key)
            for _ in workload.ORDER:
                task = workload.open_task(database, key)
                watch(lambda database=database, task=task: workload.complete(database, task))
            watch.lap()
    yield Figure(f"completion beside {options.times(FEW)} finished cases", watches[few].ms, "ms CPU")
    yield Figure(f"completion beside {options.times(MANY)} finished cases", watches[many].ms, "ms CPU")
    yield Figure("completion, many against few", watches[many].ms / watches[few].ms, "×", 1.3, 1.1)


def _filled(options: Options, name: str, count: int) -> Engine:
    database = new_database(options.folder, name)
    workload.deploy(database, "w1")
    workload.begin(database, "w1", "case")
    for _ in workload.ORDER:
        workload.complete(database, workload.open_task(database, "case"))
    copies.multiply(database, "case", options.times(count) - 1)
    return database
