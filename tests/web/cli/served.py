"""A server process of a town of its own, to be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from sqlalchemy.engine import Engine

from tests.web.cli.test_serve import COMMAND, ROOT, answers, environment, free_port


class Server:
    """A server process on the town; it can be killed and started again."""

    def __init__(self, town: Engine, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.settings = environment(
            ONEWINDOW_DATABASE_URL=town.url.render_as_string(hide_password=False),
            ONEWINDOW_DATA_DIR=str(folder),
            ONEWINDOW_DEMO="1",
        )
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(self.port)],
            cwd=ROOT, env=self.settings, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        assert answers(self.port, self.process) == 200

    def kill(self) -> None:
        """Kill the server and the processes it has begun, without a word."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
