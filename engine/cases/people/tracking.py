"""Tracking: how an applicant without an account comes to the own case, by its number and the telephone number given."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases.reading import trail
from engine.organisation import wrong_try

STREAM = "house:tracking"
OF_NUMBER = 5
"""How many wrong tries lock the number of a case."""
OF_ADDRESS = 20
"""How many wrong tries lock an address; many people may share one, as those in the hall do."""


def applicant(number: str) -> audit.Actor:
    """Return the applicant of a case as the one who acts."""
    return audit.Actor(f"applicant:{number}")


def enter(
    connection: Connection, number: str, phone: str, address: str
) -> sa.Row[Any] | errors.TrackingRefused | errors.TrackingLocked:
    """Return the case if number and telephone fit, else the error to show; wrong tries are counted in either case.

    The error is returned and not raised, so that the transaction that counts the try is committed. A number that
    nobody has and a telephone that does not fit are told alike, counted alike and locked alike.
    """
    locks = (
        wrong_try.Lock("case", number[:64], OF_NUMBER),
        wrong_try.Lock("tracking", address[:64], OF_ADDRESS),
    )
    closed = [until for lock in locks if (until := wrong_try.locked_until(connection, lock)) is not None]
    if closed:
        return errors.TrackingLocked(until=f"{max(closed).astimezone(clock.TOWN):%H:%M}")
    try:
        case = cases.track(connection, number, phone)
    except errors.CaseNotFound:
        tries = [wrong_try.count(connection, lock, address) for lock in locks]
        details = {"number": number[:64], "address": address[:64], "tries": tries}
        audit.record(connection, STREAM, audit.Event("tracking.refused", audit.Actor("anybody"), details=details))
        return errors.TrackingRefused()
    wrong_try.forget(connection, locks[0])
    trail.record(connection, case.number, applicant(case.number), "tracking.entered", address=address[:64])
    return case
