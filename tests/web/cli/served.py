"""A server process of a town of its own, to be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
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

    def processes(self) -> list[int]:
        """Return the processes of the server: the one that was started, and the worker in a group of its own."""
        session = subprocess.run(["ps", "-o", "pid=", "-s", str(self.process.pid)], text=True, capture_output=True)
        return [int(each) for each in session.stdout.split()]

    def kill(self) -> None:
        """Kill the processes of the server without a word, and wait until nobody answers on its port."""
        if self.process.poll() is None:
            for each in self.processes():
                with suppress(ProcessLookupError):  # it ended meanwhile
                    os.kill(each, signal.SIGKILL)
            self.process.wait(30)
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.1)
        raise AssertionError("the server that was killed still answers")
