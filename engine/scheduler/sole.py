"""The right to dispatch the jobs of a SQLite file: one process at a time, for writers of the file queue anyway.

PostgreSQL needs no such right: the job's row lock decides, and any number of processes may look.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from sqlalchemy.engine import Engine


class Sole:
    """Holds the lock beside the database file from :meth:`take` until the process ends or :meth:`give_back`.

    The operating system takes the lock back when the process dies, however it dies.
    """

    def __init__(self, database: Engine) -> None:
        path = database.url.database if database.dialect.name == "sqlite" else None
        self._path = Path(f"{path}.dispatcher") if path and path != ":memory:" else None
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """Take the right; tell whether it was free."""
        if self._path is None:
            return True
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return True

    def holder(self) -> str:
        """Return the process that has the right, as far as it is known."""
        return self._path.read_text().strip() if self._path and self._path.exists() else ""

    def give_back(self) -> None:
        """Let another process dispatch."""
        if self._file is not None:
            self._file.close()
            self._file = None
