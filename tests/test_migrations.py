"""The migrations lead to exactly the schema that the code describes, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.audit import Head
from engine.cases.enforcement.investigation import act, custody, evidence, fact
from engine.handling import exclusions, offers
from migrations import configuration
from tests import databases


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return str(request.param)


@pytest.fixture(scope="module")
def empty(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Call with a name for a database without any table."""

    def make(name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp(name)}/empty.db"
        return databases.database_beside(request.getfixturevalue("postgres_url"), name)

    return make


@pytest.fixture
def empty_url(empty: Callable[[str], str]) -> str:
    """A database without any table."""
    return empty("empty")


@pytest.fixture(scope="module")
def migrated(empty: Callable[[str], str]) -> Iterator[Engine]:
    """An empty database that all migrations have been through, once for all who look at it."""
    url = empty("migrated")
    command.upgrade(configuration(url), "head")
    database = db.connect(url)
    yield database
    database.dispose()


def test_upgrading_an_empty_database_gives_the_schema_of_the_code(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        named = sa.inspect(connection)
        for table in db.metadata.sorted_tables:
            wanted = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
            assert {c["name"] for c in named.get_check_constraints(table.name)} == wanted, table.name


def test_the_trail_is_append_only_in_a_migrated_database(migrated: Engine) -> None:
    with db.transaction(migrated) as connection:
        audit.record(connection, "house:test", audit.Event("tick", audit.SYSTEM))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.transaction(migrated) as connection:
        connection.execute(sa.text("DELETE FROM audit_event"))


def test_a_trail_from_before_its_hashes_were_bytes_still_holds(empty_url: str) -> None:
    command.upgrade(configuration(empty_url), "0004")
    database = db.connect(empty_url)
    at = datetime(2026, 3, 2, 9, 0, 0, 250, tzinfo=UTC)
    row: dict[str, Any] = {
        "stream": "house:test",
        "seq": 1,
        "at": at,
        "actor": "P001",
        "on_behalf_of": None,
        "action": "tick",
        "element": None,
        "details": {},
        "definition_hash": "a" * 64,
        "form_hash": None,
        "prev_hash": audit.GENESIS,
    }
    row["hash"] = audit.digest(row)
    old = sa.table("audit_event", *(sa.column(name) for name in row))
    written = "2026-03-02 09:00:00.000250" if empty_url.startswith("sqlite") else at
    with db.transaction(database) as connection:
        connection.execute(sa.insert(old), row | {"at": written, "details": "{}"})
        head = sa.table("audit_head", sa.column("stream"), sa.column("seq"), sa.column("hash"))
        connection.execute(sa.insert(head), {"stream": "house:test", "seq": 1, "hash": row["hash"]})
    for revision in ("head", "0004", "head"):
        (command.downgrade if revision == "0004" else command.upgrade)(configuration(empty_url), revision)
    with db.reading(database) as connection:
        head = connection.execute(sa.select(audit.audit_head)).one()
        assert audit.verify(connection, Head(*head)) is None
        assert audit.trail(connection, "house:test")[0].at == at
    database.dispose()


def test_the_migrations_make_the_triggers_of_the_code(migrated: Engine, kind: str) -> None:
    names = {
        "sqlite": "name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[kind]
    with db.reading(migrated) as connection:
        found = set(connection.execute(sa.text(f"SELECT {names}")).scalars())
    ours = (
        *(audit.APPEND_ONLY, audit.MOVES_HEAD, offers.FOLLOWS_TASK, exclusions.ENDS_WITH_TASK),
        *(act.KEPT, custody.KEPT, evidence.KEPT, fact.KEPT),
    )
    wanted = {text for triggers in ours for text in triggers[kind]}
    assert found == {text.split()[2] for text in wanted if text.startswith("CREATE TRIGGER")}


def test_cases_of_before_the_leads_are_kept(empty_url: str) -> None:
    command.upgrade(configuration(empty_url), "0011")
    database = db.connect(empty_url)
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    texts = ("id_type", "id_number", "phone", "address", "representative", "contact")
    party = {"id": 1, "kind": "person", "name": "王小明", "created_at": now, **dict.fromkeys(texts, "")}
    case = {
        "id": 1, "number": "GL-2026-000001", "kind": "approval", "item_code": "GL-1", "item_name": "x",
        "department": "", "catalogue_version": 1, "item": {}, "title": "x", "state": "received", "channel": "窗口",
        "window": "", "queue_number": "", "applicant_id": 1, "opened_by": "P001", "received_at": now,
        "deemed": False, "provisional": False, "visits": 0,
    }  # fmt: skip
    rows = {"party": party, "case_file": case, "case_reader": {"case_id": 1, "principal": "person:P001"}}
    with db.transaction(database) as connection:
        for name, row in rows.items():
            columns = [column for column in db.metadata.tables[name].c if column.name in row]
            old = sa.table(name, *(sa.column(column.name, column.type) for column in columns))
            connection.execute(sa.insert(old), row)
    for revision in ("head", "0011", "head"):
        (command.downgrade if revision == "0011" else command.upgrade)(configuration(empty_url), revision)
    with db.reading(database) as connection:
        counts = {name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in rows}  # noqa: S608
    database.dispose()
    assert set(counts.values()) == {1}
