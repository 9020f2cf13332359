"""What every process of the house sets up before it works: files, fonts, documents, handlers, the database."""

from __future__ import annotations

import logging

from sqlalchemy.engine import Engine

from engine import db
from engine.cases import housekeeping
from engine.cases.clocks import duties, finality
from engine.cases.grid.sources import drop
from engine.cases.items import environment
from engine.cases.papers import document, fonts
from engine.cases.radar import look
from engine.design import packages
from engine.flow import handlers
from engine.ground import files
from engine.scheduler.embedded import Embedded
from engine.scheduler.sole import Sole
from web.settings import Settings

LOADED = (duties.DUTIES, environment.SERVICES, finality)
"""Imported so that every job and every service task finds what runs it, and that what is decided stays decided."""

log = logging.getLogger(__name__)


def prepare(settings: Settings) -> Engine:
    """Set the process up and return its database.

    Raises
    ------
    engine.errors.HandlersBroken
        If the handlers of a process package cannot be imported.
    """
    files.configure(settings.data_dir)
    fonts.configure([settings.font_dir])
    document.configure(settings.base_url)
    handlers.install(packages.SHIPPED)
    return db.connect(settings.database_url)


class Dispatcher:
    """The scheduler of this process, with the right to dispatch."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._sole = Sole(database)
        self._scheduler = Embedded(database)

    def start(self) -> bool:
        """Begin to dispatch, unless another process does; tell whether this one begins."""
        if not self._sole.take():
            return False
        with db.transaction(self._database) as connection:
            look.keep_going(connection)
            drop.watch(connection)
            housekeeping.keep_going(connection)
        self._scheduler.start()
        return True

    def stop(self) -> None:
        """Finish the job in hand and let another process dispatch."""
        self._scheduler.stop()
        self._sole.give_back()

    def holder(self) -> str:
        """Return the number of the process that dispatches."""
        return self._sole.holder()
