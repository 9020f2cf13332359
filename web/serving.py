"""What the server loads: the application, and beside it the scheduler unless a worker dispatches the jobs."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from multiprocessing import util

from flask import Flask

from web.application import create_app
from web.process import Dispatcher
from web.settings import from_environment

SECONDS_BETWEEN_LOOKS = 1

log = logging.getLogger(__name__)


def application() -> Flask:
    """Return the application of this process and start its scheduler.

    Raises
    ------
    web.settings.UnsafeSettings
        If the environment's settings are not safe to start with.
    engine.errors.HandlersBroken
        If the handlers of a process package cannot be imported.
    """
    _answer_to_the_parent_alone()
    app = create_app(settings := from_environment())
    if settings.scheduler:
        dispatcher = Dispatcher(app.extensions["onewindow.database"])
        if dispatcher.start():
            # The server runs this in a child process, whose end passes by atexit.
            util.Finalize(None, dispatcher.stop, exitpriority=1)
        else:
            log.warning("process %s dispatches the jobs already; this one only serves", dispatcher.holder())
    return app


def _answer_to_the_parent_alone() -> None:
    """Be stopped by the parent, once: Ctrl-C reaches a whole process group, and two signals at a time hang the server.

    A parent that was killed cannot stop anybody: then this process stops by itself and frees the port.
    """
    os.setpgid(0, 0)
    threading.Thread(target=_stop_with_parent, args=(os.getppid(),), daemon=True).start()


def _stop_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)
