"""The limit contestant: workload W1 as a state machine written by hand, with the same durable writes and an audit row.

No engine can beat it. It also anchors every other figure: how much slower this machine is just now than the one on
which the gates were set, and whether it stayed the same during a measurement.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Watch
from bench.workload import ORDER, VALUES

REFERENCE_START_MS, REFERENCE_COMPLETE_MS = 0.081, 0.117
"""What the limit took where the gates were set."""
_FOLLOWING = {"A": "B", "B": "CD", "C": "D", "D": ""}
_SCHEMA = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE c(id INTEGER PRIMARY KEY, state TEXT, vars TEXT, hash TEXT);
CREATE TABLE audit(id INTEGER PRIMARY KEY, c INTEGER, at REAL, actor TEXT, action TEXT, body TEXT, hash TEXT);
"""


@dataclass(frozen=True)
class Anchor:
    """What the limit takes here and now."""

    start_ms: float
    complete_ms: float
    bytes_per_case: float

    @property
    def slowness(self) -> float:
        """How many times slower this machine is than the one of the gates."""
        return self.complete_ms / REFERENCE_COMPLETE_MS

    def drift(self, later: Anchor) -> float:
        """Return by how much the machine changed until a later measurement, as a part of one."""
        return abs(later.complete_ms / self.complete_ms - 1)


class Limit:
    """The state machine and its file."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / f"limit{time.monotonic_ns()}.db"
        self.store = sqlite3.connect(self.place, isolation_level=None)
        self.store.executescript(_SCHEMA)
        self.start, self.complete = Watch(), Watch()
        self.cases = 0

    def run(self, cases: int) -> None:
        """Take some cases from their start to their end; one lap."""
        for _ in range(cases):
            case = self.start(self._begin)
            for task in ORDER:
                self.complete(lambda case=case, task=task: self._step(case, task))
        self.cases += cases
        self.start.lap()
        self.complete.lap()

    def close(self) -> Anchor:
        """Return what was measured."""
        self.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.store.close()
        return Anchor(self.start.ms, self.complete.ms, self.place.stat().st_size / self.cases)

    def _note(self, case: int, action: str, body: str, before: str) -> str:
        digest = hashlib.sha256((before + body).encode()).hexdigest()
        row = (case, time.time(), "P040", action, body, digest)
        self.store.execute("INSERT INTO audit(c, at, actor, action, body, hash) VALUES(?,?,?,?,?,?)", row)
        return digest

    def _begin(self) -> int:
        self.store.execute("BEGIN IMMEDIATE")
        case = self.store.execute("INSERT INTO c(state, vars, hash) VALUES('A', '{}', '')").lastrowid or 0
        self.store.execute("UPDATE c SET hash=? WHERE id=?", (self._note(case, "start", "{}", ""), case))
        self.store.execute("COMMIT")
        return case

    def _step(self, case: int, task: str) -> None:
        self.store.execute("BEGIN IMMEDIATE")
        state, text, digest = self.store.execute("SELECT state, vars, hash FROM c WHERE id=?", (case,)).fetchone()
        assert task in state
        values = json.loads(text) | VALUES
        digest = self._note(case, task, json.dumps(VALUES), digest)
        row = (_FOLLOWING[task], json.dumps(values), digest, case)
        self.store.execute("UPDATE c SET state=?, vars=?, hash=? WHERE id=?", row)
        self.store.execute("COMMIT")


def measure(folder: Path, cases: int = 150) -> Anchor:
    """Let the limit run alone, in three laps."""
    limit = Limit(folder)
    for _ in range(3):
        limit.run(cases // 3)
    return limit.close()
