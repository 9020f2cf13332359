"""Measuring: CPU time instead of wall time, statements and commits counted, figures with their gates."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import db


@dataclass(frozen=True)
class Figure:
    """One line of the table. Milliseconds of CPU are compared with their gate at the anchor's reference speed.

    ``slowness`` is the machine's while this was measured, where the limit ran in turns with it.
    """

    name: str
    value: float
    unit: str
    gate: float | None = None
    goal: float | None = None
    slowness: float | None = None

    @property
    def is_cpu(self) -> bool:
        """Whether the figure grows with the slowness of the machine."""
        return self.unit == "ms CPU"


@dataclass(frozen=True)
class Options:
    """What a run is given: how much to do, where to keep files, a PostgreSQL to measure too."""

    folder: Path
    scale: float = 1.0
    postgresql: str = ""

    def times(self, count: int) -> int:
        """Return a number of rounds for the wished scale."""
        return max(1, round(count * self.scale))


class Watch:
    """Adds up the CPU time of one kind of step; :attr:`ms` is the median of its laps."""

    def __init__(self) -> None:
        self._laps: list[float] = []
        self._seconds, self._times = 0.0, 0

    def __call__(self, work: Callable[[], Any]) -> Any:
        before = time.process_time()
        result = work()
        self._seconds += time.process_time() - before
        self._times += 1
        return result

    def lap(self) -> None:
        """End a lap: what is measured from now on is averaged apart."""
        if self._times:
            self._laps.append(self._seconds * 1000 / self._times)
        self._seconds, self._times = 0.0, 0

    @property
    def ms(self) -> float:
        """Milliseconds of CPU per step."""
        self.lap()
        return median(self._laps)


def cpu_ms(work: Callable[[], Any], rounds: int, laps: int = 5) -> float:
    """Return the CPU milliseconds of a call: the median of some laps."""
    watch = Watch()
    for _ in range(laps):
        for _ in range(max(1, rounds // laps)):
            watch(work)
        watch.lap()
    return watch.ms


@dataclass
class Counted:
    """Statements and commits while :func:`counting`."""

    statements: int = 0
    commits: int = 0


@contextmanager
def counting(database: Engine) -> Iterator[Counted]:
    """Count what the block asks of the database."""
    counted = Counted()

    def statement(*_: Any) -> None:
        counted.statements += 1

    def commit(_: Any) -> None:
        counted.commits += 1

    sa.event.listen(database, "before_cursor_execute", statement)
    sa.event.listen(database, "commit", commit)
    try:
        yield counted
    finally:
        sa.event.remove(database, "before_cursor_execute", statement)
        sa.event.remove(database, "commit", commit)


def size(database: Engine) -> int:
    """Return the bytes of a SQLite database, its log written back."""
    with database.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = (
            cursor.execute("PRAGMA page_count").fetchone()[0] - cursor.execute("PRAGMA freelist_count").fetchone()[0]
        )
        return int(pages * cursor.execute("PRAGMA page_size").fetchone()[0])


def new_database(folder: Path, name: str) -> Engine:
    """Return an empty SQLite database with every table."""
    database = db.connect(f"sqlite:///{folder / name}.db")
    db.metadata.create_all(database)
    return database
