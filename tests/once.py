"""What the test processes of one run make once and share."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Once:
    """Makes things in the turn of one test process; where they are is kept in a folder that all of them see."""

    folder: Path

    def __call__(self, name: str, make: Callable[[], str]) -> str:
        """Return what ``make`` returned to the first who asked for the name; whoever asks meanwhile waits.

        When it fails, the next who asks tries again.
        """
        kept = self.folder / f"{name}.made"
        with self.turn(name):
            if not kept.exists():
                kept.write_text(make(), "utf-8")
            return kept.read_text("utf-8")

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Do something while no other test process does it."""
        with (self.folder / f"{name}.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
