"""What the server process holds in memory: fresh, and beside a hundred thousand open instances that people ask for."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from sqlalchemy.engine import Engine

from bench import copies, workload
from bench.browser import sign_in
from bench.measure import Figure, Options
from bench.pages import CLERK
from bench.served import Server
from engine import db
from migrations import configuration
from web import security
from web.cli.demo import load_town

OPEN = 100_000
LOOKS = 40
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
    cookie = f"{security.COOKIE}={sign_in(database, CLERK)[1]}"
    server = Server(database, options.folder)
    try:
        for number in range(LOOKS):
            address = f"http://127.0.0.1:{server.port}{PAGES[number % len(PAGES)]}"
            asked = urllib.request.Request(address, headers={"Cookie": cookie})
            with urllib.request.urlopen(asked, timeout=60) as page:  # noqa: S310  # an address of our own
                assert page.status == 200
        return sum(_held_kb(process) for process in server.processes()) / 1024
    finally:
        server.kill()


def _held_kb(process: int) -> int:
    """Return what a process holds, memory that it shares with others by its part."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
