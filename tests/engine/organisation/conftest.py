"""The demo town's organisation, as every test of this room needs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Connection, Engine

from engine import audit, db
from engine.organisation import tenant

GUANLIN = Path(__file__).parents[3] / "demo" / "guanlin"


@pytest.fixture
def town(db_connection: Connection) -> Connection:
    """A transaction in which Guanlin's organisation has been loaded."""
    tenant.load(db_connection, audit.SYSTEM, GUANLIN)
    return db_connection


@pytest.fixture
def town_database(database: Engine) -> Engine:
    """A database that holds Guanlin's organisation."""
    with db.transaction(database) as connection:
        tenant.load(connection, audit.SYSTEM, GUANLIN)
    return database
