"""What the server loads: the application, and beside it the scheduler unless a worker dispatches the jobs."""

from __future__ import annotations

import logging
from multiprocessing import util

from flask import Flask

from web.application import create_app
from web.process import Dispatcher
from web.settings import from_environment

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
    app = create_app(settings := from_environment())
    if settings.scheduler:
        dispatcher = Dispatcher(app.extensions["onewindow.database"])
        if dispatcher.start():
            # The server runs this in a child process, whose end passes by atexit.
            util.Finalize(None, dispatcher.stop, exitpriority=1)
        else:
            log.warning("process %s dispatches the jobs already; this one only serves", dispatcher.holder())
    return app
