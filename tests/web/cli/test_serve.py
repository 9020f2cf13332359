"""The processes that stay: the server starts with a sentence or not at all, and one process dispatches the jobs."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from click.testing import CliRunner
from sqlalchemy.engine import Engine

from bench.served import COMMAND, ROOT, answers, environment, free_port
from engine import audit, db
from engine.cases.items.item import catalogue_item
from engine.organisation import person
from migrations import configuration
from web.cli import main
from web.cli.demo import load_town
from web.cli.serve import SECONDS_TO_STOP
from web.process import Dispatcher

DYING = """
import os, signal
from engine.cases.items import catalogue
catalogue.publish = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)
from web.cli import main
main()
"""


@pytest.fixture
def loaded(tmp_path: Path, pattern: Callable[[str], str]) -> None:
    """The folder of the test holds the town already, as after a first run."""
    url = f"sqlite:///{shutil.copy(pattern('sqlite'), tmp_path / 'onewindow.db')}"
    command.stamp(configuration(url), "head")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, dict[str, str]]]:
    """The demo town, served from a folder of its own as ``make run`` does, with no cases yet."""
    port, settings = free_port(), environment(ONEWINDOW_DATA_DIR=str(tmp_path))
    started = subprocess.Popen(
        [*COMMAND, "demo", "run", "--no-cases", "--port", str(port)],
        cwd=ROOT, env=settings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        yield started, port, settings
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
            started.communicate(timeout=30)
        if started.stdout:
            started.stdout.close()


def test_the_demo_town_is_served_once_and_stops_when_told(
    running: tuple[subprocess.Popen[str], int, dict[str, str]],
) -> None:
    server, port, settings = running
    assert answers(port, server) == 200
    again = subprocess.run(
        [*COMMAND, "serve", "--port", str(port)], cwd=ROOT, env=settings | {"ONEWINDOW_DEMO": "1"},
        text=True, capture_output=True,
    )  # fmt: skip
    assert again.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in again.stderr
    worker = subprocess.run(
        [*COMMAND, "worker"], cwd=ROOT, env=settings | {"ONEWINDOW_DEMO": "1"}, text=True, capture_output=True
    )
    assert worker.returncode == 1
    assert "dispatches the jobs of this SQLite file already" in worker.stderr
    server.send_signal(signal.SIGTERM)
    said, _ = server.communicate(timeout=30)
    assert server.returncode == 0
    for post in ("General Window Clerk", "Village All-round Social Worker", "Archivist", "System Administrator"):
        assert post in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("how", ["by Ctrl-C", "by being killed"])
def test_a_server_that_ends_frees_its_port(
    running: tuple[subprocess.Popen[str], int, dict[str, str]], how: str
) -> None:
    server, port, _ = running
    assert answers(port, server) == 200
    if how == "by Ctrl-C":
        os.killpg(server.pid, signal.SIGINT)  # a terminal sends it to the whole group
        assert server.wait(timeout=SECONDS_TO_STOP - 2) == 0
    else:
        server.kill()
        server.wait(timeout=30)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise AssertionError("somebody still listens")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "ONEWINDOW_SECRET_KEY is not set"),
        ({"ONEWINDOW_SECRET_KEY": "short"}, "has 5 characters"),
        ({"ONEWINDOW_DEMO": "1", "ONEWINDOW_UPLOAD_MB": "many"}, "must be a whole number"),
        ({"ONEWINDOW_DEMO": "1"}, 'has not this version\'s schema. Run "onewindow db upgrade" first.'),
    ],
)
@pytest.mark.parametrize("which", ["serve", "worker"])
def test_what_is_not_safe_does_not_start_and_says_why(
    which: str, settings: dict[str, str], said: str, tmp_path: Path
) -> None:
    options = [which, "--port", str(free_port())] if which == "serve" else [which]
    clean = {name: None for name in os.environ if name.startswith("ONEWINDOW_")}
    wanted = {**clean, **settings, "ONEWINDOW_DATA_DIR": str(tmp_path)}
    result = CliRunner().invoke(main, options, env=wanted)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    result = CliRunner().invoke(main, ["db", "upgrade", "--database", url])
    assert result.exit_code == 1
    assert f"Error: {url} cannot be used:" in result.output


def test_one_process_dispatches_the_jobs_of_a_sqlite_file(tmp_path: Path) -> None:
    database = db.connect(f"sqlite:///{tmp_path}/one.db")
    db.metadata.create_all(database)
    first, second = Dispatcher(database), Dispatcher(database)
    assert first.start()
    assert not second.start()
    assert second.holder() == str(os.getpid())
    first.stop()
    assert second.start()
    second.stop()
    database.dispose()


def test_a_load_that_is_killed_leaves_nothing_and_can_be_run_again(database: Engine) -> None:
    url = database.url.render_as_string(hide_password=False)
    command.stamp(configuration(url), "head")
    killed = subprocess.run(
        [sys.executable, "-c", DYING, "demo", "load", "--database", url], cwd=ROOT, env=environment()
    )
    assert killed.returncode == -signal.SIGKILL
    with db.transaction(database) as connection:
        for table in (person.person, audit.audit_event):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        assert load_town(connection)
        assert connection.scalar(sa.select(sa.func.count()).select_from(catalogue_item)) == 2 * 276
