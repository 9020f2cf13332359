"""What the server process holds in memory: fresh, and beside a hundred thousand open instances that people ask for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from sqlalchemy.engine import Engine

from bench import copies, workload
from bench.browser import sign_in
from bench.measure import Figure, Options
from bench.pages import CLERK
from engine import db
from migrations import configuration
from web import security
from web.cli.demo import load_town

OPEN = 100_000
LOOKS = 40
ROOT = Path(__file__).parents[1]
PAGES = ("/inbox", "/inbox?view=claimable", "/inbox?view=all", "/cases", "/")


def run(options: Options) -> Iterator[Figure]:
    """Serve the demo town, look at its pages, and ask the operating system."""
    database = db.connect(f"sqlite:///{options.folder}/town.db")
    command.upgrade(configuration(database.url.render_as_string(False)), "head")
    with db.transaction(database) as connection:
        load_town(connection)
    yield Figure("memory of the server, no case open", _memory_mb(options, database), "MB")
    count = options.times(OPEN)
    workload.deploy(database, "w1", claimed=True)
    workload.begin(database, "w1", "open")
    copies.multiply(database, "open", count - 1)
    yield Figure(f"memory of the server, {count} open instances", _memory_mb(options, database), "MB", 200, 150)
    database.dispose()


def _memory_mb(options: Options, database: Engine) -> float:
    with _served(options, database) as (server, port):
        cookie = f"{security.COOKIE}={sign_in(database, CLERK)[1]}"
        for number in range(LOOKS):
            address = f"http://127.0.0.1:{port}{PAGES[number % len(PAGES)]}"
            asked = urllib.request.Request(address, headers={"Cookie": cookie})
            with urllib.request.urlopen(asked, timeout=60) as page:  # noqa: S310  # an address of our own
                assert page.status == 200
        return sum(_held_kb(process) for process in _group(server.pid)) / 1024


@contextmanager
def _served(options: Options, database: Engine) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = _free_port()
    settings = {
        "ONEWINDOW_DATABASE_URL": database.url.render_as_string(False),
        "ONEWINDOW_DATA_DIR": str(options.folder),
        "ONEWINDOW_DEMO": "1",
    }
    server = subprocess.Popen(
        [sys.executable, "-c", "from web.cli import main; main()", "serve", "--port", str(port)],
        cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(server, port)
        yield server, port
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, "the server has ended"
            time.sleep(0.1)


def _group(leader: int) -> list[int]:
    """Return the processes that a server consists of."""
    found = subprocess.run(["ps", "-o", "pid=", "-g", str(leader)], check=True, capture_output=True, text=True)
    return [int(line) for line in found.stdout.split()]


def _held_kb(process: int) -> int:
    """Return what a process holds, memory that it shares with others by its part."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
