"""How long is left until a case or a task is due, by one rule: a period of working days is told in working days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask, g

from engine import calendars, errors
from engine.cases import deadline
from web import database
from web.shown import formatting, remembered


def init_app(app: Flask) -> None:
    """Offer the rule to templates."""
    app.add_template_global(left)


def know(cases: Iterable[int | None]) -> None:
    """Read in one statement what :func:`left` needs of the cases of a list."""
    wanted = {case for case in cases if case is not None}
    if wanted:
        g.setdefault("due_units", {}).update(deadline.units(database.connection(), wanted))


def left(due: datetime | None, case: int | None = None) -> str:
    """Say how long is left until ``due``: in working days, unless a period of the case ends there that has others.

    What belongs to no case is told in calendar days.
    """
    if case is not None and case not in g.setdefault("due_units", {}):
        know([case])
    working = case is not None and g.due_units[case].get(due, "working") == "working"
    try:
        return formatting.time_left(due, _calendar().working_days_between if working else None)
    except errors.CalendarEmpty:
        return formatting.time_left(due)


def _calendar() -> calendars.Calendar:
    return remembered.of(calendars.STREAM, "calendar", lambda: calendars.reading(database.connection))
