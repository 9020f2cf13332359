"""The scheduler inside the server's process: APScheduler, which keeps nothing but the moment of the next look.

Its job store stays in memory on purpose: the one in a database cannot share our transactions, and a restart finds
everything that is due in our own rows anyway, runs it late, and once.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.engine import Engine

from engine import clock, db, jobs

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=30)
"""The longest time without a look: another process may have written jobs, and nobody there can wake this one."""


class Embedded:
    """Runs due jobs one after another in a thread of this process."""

    def __init__(self, database: Engine, *, look_every: timedelta = LOOK_EVERY) -> None:
        self._database = database
        self._look_every = look_every
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._lock = threading.Lock()
        self._looking = self._asked = False

    def start(self) -> None:
        """Begin with what fell due while nothing ran; from then on every commit that writes a job wakes this."""
        self._scheduler.start()
        jobs.wakers.append(self.wake)
        self.wake()

    def stop(self) -> None:
        """Stop looking, and wait for the job that is running."""
        jobs.wakers.remove(self.wake)
        # APScheduler's thread dies of a shutdown that comes while it takes a due look off its list: pause it, and ask
        # for the list, which is not answered before that is done.
        self._scheduler.pause()
        self._scheduler.get_jobs()
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Look as soon as possible; may be called from any thread, also while a look is going on."""
        with self._lock:
            self._asked = True
            if not self._looking:
                self._plan(clock.now())

    def _look(self) -> None:
        with self._lock:
            self._looking, self._asked = True, False
        next_look = clock.now() + self._look_every  # holds if the database cannot be asked
        try:
            run_due(self._database)
            next_look = min(next_look, self._next_due() or next_look)
        except Exception:  # the thread must survive a database that is away for a while
            log.exception("the jobs that are due could not be run; looking again at %s", next_look)
        finally:
            with self._lock:
                self._looking = False
                if self._scheduler.running:
                    self._plan(clock.now() if self._asked else next_look)

    def _next_due(self) -> datetime | None:
        with db.reading(self._database) as connection:
            return jobs.next_due(connection)

    def _plan(self, at: datetime) -> None:
        # Two instances: the next look may be due before APScheduler has noticed that this one has returned.
        self._scheduler.add_job(
            self._look, "date", run_date=at, id="look", replace_existing=True, max_instances=2, misfire_grace_time=None
        )


def run_due(database: Engine) -> int:
    """Run every job that is due, and those that become due by it; return how many did their work."""
    done = 0
    while True:
        with db.reading(database) as connection:
            due = jobs.due(connection)
        if not due:
            return done
        done += sum(jobs.run(database, job_id) for job_id in due)
