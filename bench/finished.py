"""What a completion costs beside many finished cases: copies of a finished W1 case, made by the database itself."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench import workload
from bench.measure import Figure, Options, Watch, new_database
from engine import audit, db, tasks
from engine.flow import steps
from engine.ground import idempotency
from engine.handling import offers

FEW, MANY = 1_000, 20_000
OWN_KEYS = {
    "instance": {"id": 1},
    "task": {"id": 4, "instance_id": 1},
    "task_candidate": {"task_id": 4},
    "audit_event": {"id": 5},
}
"""Columns with a number of their own, and how many of them a case takes."""
TABLES = (
    steps.instance,
    tasks.task,
    offers.candidate,
    audit.audit_event,
    idempotency.idempotency_key,
)


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
    workload.begin(database, "w1", "case-0")
    for _ in workload.ORDER:
        workload.complete(database, workload.open_task(database, "case-0"))
    with db.transaction(database) as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE n(i INTEGER PRIMARY KEY)")
        numbers = [(number,) for number in range(1, options.times(count))]
        connection.connection.cursor().executemany("INSERT INTO n VALUES (?)", numbers)
        for table in TABLES:
            connection.exec_driver_sql(_copy(table))
    return database


def _copy(table: sa.Table) -> str:
    """Return the statement that makes a case out of case 0 for every number."""
    shown = [_value(table.name, column.name) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    whose = {"audit_event": "stream", "instance": "business_key", "task": "business_key"}
    of = f" WHERE {whose[table.name]} = 'case-0'" if table.name in whose else ""
    return f'INSERT INTO "{table.name}" ({names}) SELECT {", ".join(shown)} FROM "{table.name}" CROSS JOIN n{of}'


def _value(table: str, column: str) -> str:
    if column in OWN_KEYS.get(table, {}):
        return f'"{column}" + 1000 + n.i * {OWN_KEYS[table][column]}'
    if column in ("business_key", "stream"):
        return "'case-' || n.i"
    return "\"key\" || '-' || n.i" if column == "key" else f'"{column}"'
