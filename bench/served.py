"""A server process of its own on a database, to be asked, killed and started again."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import Engine

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from web.cli import main; main()"]


def environment(**settings: str) -> dict[str, str]:
    """Return the environment with these settings of ours and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONEWINDOW_")}
    return kept | settings


def free_port() -> int:
    """Return a port below those that the system gives to whoever asks for any: a server started again finds it free."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe, suppress(OSError):  # somebody has it
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def answers(port: int, running: subprocess.Popen[str]) -> int:
    """Wait until the server answers; return the status."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return int(answer.status)
        except (urllib.error.URLError, ConnectionError):
            assert running.poll() is None, running.communicate()
            time.sleep(0.1)
    raise AssertionError("the server never answered")


class Server:
    """A server process on a database, with files of its own; it can be killed and started again."""

    def __init__(self, town: Engine, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.settings = environment(
            ONEWINDOW_DATABASE_URL=town.url.render_as_string(hide_password=False),
            ONEWINDOW_DATA_DIR=str(folder),
            ONEWINDOW_DEMO="1",
        )
        self.start()

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it answers."""
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(self.port)],
            cwd=ROOT, env=self.settings, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        assert answers(self.port, self.process) == 200

    def processes(self) -> list[int]:
        """Return the processes of the server: the one that was started, and the worker in a group of its own."""
        asked = ["ps", "-o", "pid=", "-s", str(self.process.pid)]
        session = subprocess.run(asked, check=False, text=True, capture_output=True)  # it fails where none is left
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
