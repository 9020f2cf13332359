"""Housekeeping: what is no record and has served its time is thrown away, every night, some at a time.

Keys of repeated requests, sessions that are over and wrong tries stay as long as the setting ``keep_days`` says, files
that were stored and never handed in as long as ``upload_days`` says. Who signed in or out, what a request did and which
files went stays in the trail for good.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, jobs
from engine.cases.clocks import setting
from engine.ground import files, idempotency
from engine.organisation import session, wrong_try

JOB = "tidy"
NIGHTLY = time(3, 30)
MOST = 5000
"""How many rows of each kind one transaction throws away."""

Forget = Callable[[Connection, datetime, int], int]
"""Throws away what ended before a moment, so many rows at the most, and tells how many."""

KINDS: dict[str, tuple[str, Forget]] = {
    "idempotency_keys": ("keep_days", idempotency.forget),
    "sessions": ("keep_days", session.forget),
    "wrong_tries": ("keep_days", wrong_try.forget_old),
    "files": ("upload_days", files.forget),
}
"""What is thrown away: after how many days, by the name of the setting, and how."""


def tidy(connection: Connection, actor: audit.Actor) -> dict[str, int]:
    """Throw away what has served its time; return how many rows of each of :data:`KINDS`."""
    values, now = setting.load(connection), clock.now()
    thrown = {
        kind: forget(connection, now - timedelta(days=values[term]), MOST) for kind, (term, forget) in KINDS.items()
    }
    if any(thrown.values()):
        details: dict[str, Any] = {**thrown, **{term: values[term] for term, _ in KINDS.values()}}
        audit.record(connection, jobs.STREAM, audit.Event("house.tidied", actor, details=details))
    return thrown


def keep_going(connection: Connection) -> None:
    """See to it that the nightly job is among the jobs; there is never more than one."""
    jobs.keep(connection, JOB, clock.next_at(NIGHTLY))


@jobs.runs(JOB)
def _tidy_nightly(connection: Connection, job: sa.Row[Any]) -> None:
    if MOST in tidy(connection, audit.SYSTEM).values():
        jobs.keep(connection, JOB, clock.now())  # there may be more
    keep_going(connection)
