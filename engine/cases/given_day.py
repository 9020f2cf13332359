"""A day that somebody gave in a form or a call of the API: an ISO day, or an ISO moment, of which its day is taken."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine import clock, errors


def read(value: Any) -> date | None:
    """Return the day that was given; None where nothing was.

    Raises
    ------
    ValueError
        If it is a text that says no day.
    """
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    return date.fromisoformat(text[:10]) if text else None


def or_today(value: Any) -> date:
    """Return the day that was given, else today in the town; errors as :func:`read`."""
    return read(value) or clock.today()


def past(value: Any, ahead: errors.EngineError) -> date:
    """Return the day on which something happened that is recorded now: as it is given, else today.

    Raises
    ------
    EngineError
        The one that is handed in, if the day lies ahead.
    """
    day = or_today(value)
    if day > clock.today():
        raise ahead
    return day
