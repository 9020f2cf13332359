"""Many instances at once: copies of one in SQLite, made by the database itself."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, db, tasks
from engine.flow import steps
from engine.ground import idempotency
from engine.handling import offers

TABLES = (steps.instance, tasks.task, offers.candidate, audit.audit_event, idempotency.idempotency_key)
_MINE = "SELECT id FROM task WHERE business_key = :key"
_WHOSE = {
    "instance": "business_key = :key",
    "task": "business_key = :key",
    "task_candidate": f"task_id IN ({_MINE})",
    "audit_event": "stream = :key",
    "idempotency_key": f'CAST("key" AS INTEGER) IN ({_MINE})',
}
_NUMBERED = {("instance", "id"): "instance", ("task", "id"): "task", ("audit_event", "id"): "audit_event"} | {
    ("task", "instance_id"): "instance",
    ("task_candidate", "task_id"): "task",
}
"""Columns that hold a number of their own, and the table that counts it."""


def multiply(database: Engine, key: str, count: int) -> None:
    """Make copies of an instance with its tasks, its trail and its idempotency keys: ``key`` and a number."""
    with db.transaction(database) as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE n(i INTEGER PRIMARY KEY)")
        numbers = [(number,) for number in range(1, count + 1)]
        connection.connection.cursor().executemany("INSERT INTO n VALUES (?)", numbers)
        places = {table: _place(connection, table, key) for table in sorted(set(_NUMBERED.values()))}
        for table in TABLES:
            connection.execute(sa.text(_copy(table, places)), {"key": key})
        connection.exec_driver_sql("DROP TABLE n")


def _place(connection: Connection, table: str, key: str) -> tuple[int, int]:
    """Return behind which number a table's copies begin, and how many numbers each of them takes."""
    first, last, highest = connection.execute(
        sa.text(f"SELECT min(id), max(id), (SELECT max(id) FROM {table}) FROM {table} WHERE {_WHOSE[table]}"),
        {"key": key},
    ).one()
    return highest - last, last - first + 1


def _copy(table: sa.Table, places: dict[str, tuple[int, int]]) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    shown = ", ".join(_value(table.name, column.name, places) for column in table.columns)
    found = f'"{table.name}" CROSS JOIN n WHERE {_WHOSE[table.name]}'
    return f'INSERT INTO "{table.name}" ({names}) SELECT {shown} FROM {found}'


def _value(table: str, column: str, places: dict[str, tuple[int, int]]) -> str:
    if (table, column) in _NUMBERED:
        behind, each = places[_NUMBERED[table, column]]
        return f'"{column}" + {behind} + n.i * {each}'
    if column in ("business_key", "stream"):
        return ":key || '-' || n.i"
    return "\"key\" || '-' || n.i" if column == "key" else f'"{column}"'
