"""The grant: what a visitor who gave number and telephone may see, one case and nothing else, until an
hour has gone by without a request.

It stands in the page's signed session, never in the session of the staff, and is taken away by the leave button.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import session

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases.people import tracking
from web import database

FIELD = "tracking"
LASTS = timedelta(hours=1)


def give(number: str) -> None:
    """Let the visitor see the case from now on, and no other."""
    session[FIELD] = {"number": number, "until": (clock.now() + LASTS).isoformat()}


def leave() -> None:
    """Take the grant away."""
    session.pop(FIELD, None)


def number() -> str | None:
    """Return the number of the case that the visitor may see, if there is one."""
    given = session.get(FIELD)
    if not given or clock.now() >= datetime.fromisoformat(given["until"]):
        return None
    return str(given["number"])


def case() -> sa.Row[Any]:
    """Return the case that the visitor may see.

    Raises
    ------
    TrackingEnded
        If there is none, or the hour is over.
    """
    own = number()
    if own is None:
        raise errors.TrackingEnded
    give(own)
    return cases.get(database.connection(), own)


def actor() -> audit.Actor:
    """Return the visitor as the applicant of the case."""
    return tracking.applicant(str(number()))
