"""The look of the radar: all rules, every day by a job and whenever an auditor asks; nothing is found twice."""

from __future__ import annotations

from datetime import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, jobs
from engine.cases.clocks import setting
from engine.cases.radar import (  # noqa: F401 - each registers what finds the hits of its rule
    changed_after_review,
    discretion_outlier,
    finding,
    late_notice,
    licence_under_penalty,
    off_hours,
    officer_party,
    repeated_returns,
    rule,
)

JOB = "radar"
DAILY = time(6, 0)
"""When the radar looks, before anybody is at work."""


def look(connection: Connection, actor: audit.Actor) -> int:
    """Ask every rule, keep what is new, and return how many findings that are."""
    values, new = setting.load(connection), 0
    for key in rule.every():
        new += sum(finding.keep(connection, actor, key, hit) for hit in list(rule.finder(key)(connection, values)))
    audit.record(connection, finding.STREAM, audit.Event("radar.looked", actor, details={"new": new}))
    return new


def keep_going(connection: Connection) -> None:
    """See to it that the daily look is among the jobs; there is never more than one."""
    jobs.keep(connection, JOB, clock.next_at(DAILY))


@jobs.runs(JOB)
def _look_daily(connection: Connection, job: sa.Row[Any]) -> None:
    look(connection, audit.SYSTEM)
    keep_going(connection)
