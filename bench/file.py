"""The file (案卷) of an enforcement case with forty entries: its documents truly printed, the rest photos as evidence.

A photo is as large as a phone's and hardly compresses. What is measured is the job that binds, from its begin to the
stored PDF: reading and comparing with the hashes, the pages of the photos, numbers, lists and progress.
"""

from __future__ import annotations

import io
import random
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bench.measure import Figure, Options, Watch, counting
from engine import audit, clock, db, jobs
from engine.cases import case as cases
from engine.cases.docket import contents, docket
from engine.cases.enforcement.investigation import evidence
from engine.cases.papers import document, fonts
from engine.design import packages
from engine.ground import files
from web import scenarios
from web.cli.demo import load_town
from web.scenarios.acting import PAPER
from web.scenarios.walk import MORNING
from web.settings import BUILT_FONTS

PACKAGE, STORY = packages.SHIPPED / "enforcement_case", "sc02_whole"
OFFICERS = ("P058", "P059")
ACTOR = audit.Actor(OFFICERS[0])
ENTRIES, SIDES = 40, (1200, 900)
TOLD = contents.Told([], [])


@dataclass(frozen=True)
class Built:
    """One binding: the row of the file, and the seconds that it took on the clock."""

    row: sa.Row[Any]
    seconds: float


def run(options: Options) -> Iterator[Figure]:
    """Measure the binding of the main part; its gate is on the clock, as somebody waits for it."""
    files.configure(options.folder)
    fonts.configure([BUILT_FONTS])
    url = f"sqlite:///{options.folder}/file.db"
    database = db.connect(url)
    db.metadata.create_all(database)
    with clock.frozen(MORNING), db.transaction(database) as connection:
        load_town(connection)
    way = _walked(database, options.times(ENTRIES))
    watch, built = Watch(), []
    with counting(database) as counted:
        for _ in range(3):
            built.append(_bind(database, way, watch))
            watch.lap()
    row = built[-1].row
    assert row.state == "built", row.error
    name = f"file of {row.sheets} entries"
    yield Figure(name, sorted(each.seconds for each in built)[1], "s", 10, 5)
    yield Figure(f"{name}, CPU", watch.ms, "ms CPU")
    yield Figure(f"{name}, pages", row.pages, "")
    yield Figure(f"{name}, size", row.size / 1_000_000, "MB")
    yield Figure(f"{name}, commits", counted.commits / len(built), "")


def _walked(database: Engine, entries: int) -> scenarios.Walk:
    """Walk a case until it could be closed; photos come in until its file has the entries."""
    story = scenarios.read(PACKAGE)[STORY]
    story = {**story, "steps": story["steps"][: story["steps"].index("E17")], "expect": {}}
    way = scenarios.walk(database, story, scenarios.usual(PACKAGE), {})
    with clock.frozen(way.now), db.transaction(database) as connection:
        case = cases.get(connection, way.number)
        printed = sum(row.part == "main" for row in document.of(connection, case.id))
        for number in range(1, entries - printed + 1):
            _photograph(connection, case, number)
    return way


def _photograph(connection: Connection, case: sa.Row[Any], number: int) -> None:
    name = f"现场照片{number}"
    stored = files.store(connection, io.BytesIO(_photo(number)), f"{name}.png", ACTOR)
    taken = evidence.Entry(
        "doc", name, "device", OFFICERS, "官林镇东虹路8号", clock.now(), said=PAPER, file=stored.id
    )  # fmt: skip
    evidence.register(connection, ACTOR, case, taken)


def _photo(number: int) -> bytes:
    """Return a PNG of noise that is as long as a phone's photo, another one for each number."""
    width, height = SIDES
    drawn = random.Random(number)
    shades = b"".join(bytes(1) + drawn.randbytes(width * 3) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(shades, 1)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _bind(database: Engine, way: scenarios.Walk, watch: Watch) -> Built:
    with clock.frozen(way.now):
        with db.transaction(database) as connection:
            case = cases.get(connection, way.number)
            docket.order(connection, ACTOR, case, "main", TOLD)
        with db.reading(database) as connection:
            job = connection.execute(sa.select(jobs.job.c.id).where(jobs.job.c.kind == "docket")).scalar_one()
        begun = time.monotonic()
        watch(lambda: jobs.run(database, job))
        seconds = time.monotonic() - begun
    with db.reading(database) as connection:
        return Built(docket.of(connection, case.id)[0], seconds)
