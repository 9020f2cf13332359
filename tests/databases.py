"""The databases of the tests: made, copied, and emptied again in a few milliseconds."""

from __future__ import annotations

import functools
import importlib
import pkgutil

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

import engine
from engine import db

_COUNT_ANEW = """
    SELECT setval((quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


def trust_the_machine(url: str) -> None:
    """Let a server that lives as long as the tests not wait for the disk: it need not survive a loss of power."""
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "jit"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    admin.dispose()


def at_ease(database: Engine) -> Engine:
    """Let an SQLite file that lives as long as the tests not wait for the disk either; a server is not asked each
    time whether it still lives."""
    if database.dialect.name == "sqlite":
        sa.event.listen(database, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
    else:
        database.pool._pre_ping = False  # tests of the connection itself make an engine of their own
    return database


def database_of_worker(url: str, worker_id: str) -> str:
    name = f"onewindow_test_{worker_id}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return str(sa.make_url(url).set(database=name).render_as_string(hide_password=False))


def database_beside(url: str, what: str, template: str = "template1") -> str:
    name = f"{sa.make_url(url).database}_{what}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    admin.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def import_every_table() -> None:
    """Let the metadata know every table of the product."""
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        importlib.import_module(module.name)


def empty(database: Engine) -> None:
    """Take every row out again and number from one; the triggers that keep the audit trail rest meanwhile.

    Most tests fill few tables. To look which those are and to delete from them takes 2 ms in SQLite and 6 ms in
    PostgreSQL; to delete from all of them took 10 ms, to truncate all of them 150 ms.
    """
    with db.transaction(database) as connection:
        full = _full_tables(connection)
        if database.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            _delete_from(connection, full)
            connection.exec_driver_sql(_COUNT_ANEW)
            return
        triggers = connection.exec_driver_sql(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"
        ).all()
        resting = [trigger for trigger in triggers if trigger.tbl_name in full]
        for trigger in resting:
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger.name}"')
        _delete_from(connection, full)
        for trigger in resting:
            connection.exec_driver_sql(trigger.sql)


def _full_tables(connection: Connection) -> list[str]:
    """Return the tables that hold rows, those that refer to others first."""
    full = connection.exec_driver_sql(_question()).all()
    return [name for _place, name in sorted((row[0], row[1]) for row in full)]


@functools.cache
def _question() -> str:
    import_every_table()
    tables = reversed(db.metadata.sorted_tables)
    return " UNION ALL ".join(
        f"SELECT {place}, '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")"  # noqa: S608  # our own names
        for place, table in enumerate(tables)
    )


def _delete_from(connection: Connection, names: list[str]) -> None:
    for name in names:
        connection.execute(sa.delete(db.metadata.tables[name]))
