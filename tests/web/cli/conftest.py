"""What tests of the commands build on: a town that a process of its own may have, and a server on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Engine

from bench.served import Server
from engine import clock, db
from migrations import configuration


@pytest.fixture(scope="module")
def own_database(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A copy of the demo town, for a server of its own."""
    town.dispose()
    if town.dialect.name == "sqlite":
        place = tmp_path_factory.mktemp("own") / "own.db"
        shutil.copy(str(town.url.database), place)
        url = town.url.set(database=str(place))
    else:
        url = town.url.set(database=f"{town.url.database}_own")
        admin = sa.create_engine(town.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)'))
            connection.execute(sa.text(f'CREATE DATABASE "{url.database}" TEMPLATE "{town.url.database}"'))
        admin.dispose()
    command.stamp(configuration(url.render_as_string(hide_password=False)), "head")
    own = db.connect(url.render_as_string(hide_password=False))
    yield own
    own.dispose()


@pytest.fixture
def own_town(own_database: Engine) -> Iterator[Engine]:
    """The town that the server has; the clock goes there, as it does in the server."""
    with clock.frozen(datetime.now(UTC)):
        yield own_database


@pytest.fixture(scope="module")
def server(own_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of the tests of one module."""
    running = Server(own_database, tmp_path_factory.mktemp("served"))
    yield running
    running.kill()


@pytest.fixture
def crash_seconds(request: pytest.FixtureRequest) -> float:
    """How long the server is killed again and again."""
    return float(request.config.getoption("--crash-seconds"))
