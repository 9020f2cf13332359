"""The migrations lead to exactly the schema that the code describes, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine import audit, db
from migrations import configuration


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    url = sa.make_url(request.getfixturevalue("postgres_url"))
    name = f"{url.database}_migrations"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def test_upgrading_an_empty_database_gives_the_schema_of_the_code(empty_url: str) -> None:
    command.upgrade(configuration(empty_url), "head")
    database = db.connect(empty_url)
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        named = sa.inspect(connection)
        for table in db.metadata.sorted_tables:
            wanted = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
            assert {c["name"] for c in named.get_check_constraints(table.name)} == wanted, table.name
    database.dispose()


def test_the_trail_is_append_only_in_a_migrated_database(empty_url: str) -> None:
    command.upgrade(configuration(empty_url), "head")
    database = db.connect(empty_url)
    with db.transaction(database) as connection:
        audit.record(connection, "house:test", audit.Event("tick", audit.SYSTEM))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.transaction(database) as connection:
        connection.execute(sa.text("DELETE FROM audit_event"))
    database.dispose()
