"""How long is left until a case or a task is due, by one rule: a period of working days is told in working days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Flask, g

from engine import calendars, errors
from engine.cases.reading import counted
from web import database
from web.shown import formatting, remembered


def init_app(app: Flask) -> None:
    """Offer the rule to templates."""
    app.add_template_global(left)


def know(cases: Iterable[int | None]) -> None:
    """Read in one statement what :func:`left` needs of the cases of a list."""
    wanted = {case for case in cases if case is not None}
    if wanted:
        g.setdefault("due_units", {}).update(counted.units(database.connection(), wanted))


def known(case_id: int, deadlines: Iterable[Any]) -> None:
    """Take note of the periods of a case, which its page has read on its way."""
    g.setdefault("due_units", {})[case_id] = counted.units_of(deadlines)


def left(due: datetime | None, case: int | None = None) -> str:
    """Say how long is left until ``due``: in working days, unless a period of the case ends there that has others.

    What belongs to no case is told in calendar days.
    """
    if case is not None and case not in g.setdefault("due_units", {}):
        know([case])
    return _said(due, working=case is not None and g.due_units[case].get(due, "working") == "working")


def of_row(row: Any) -> str:
    """Say how long is left for a row of a worklist, which carries the ``due_unit`` of its period."""
    return _said(row.shown_due_at, working=row.case_id is not None and row.due_unit in (None, "working"))


def _said(due: datetime | None, *, working: bool) -> str:
    said: dict[tuple[datetime | None, bool], str] = g._get_current_object().setdefault("times_left", {})
    if (due, working) not in said:  # many rows of a list end with the same day
        said[due, working] = _left(due, working=working)
    return said[due, working]


def _left(due: datetime | None, *, working: bool) -> str:
    try:
        return formatting.time_left(due, _calendar().working_days_between if working else None)
    except errors.CalendarEmpty:
        return formatting.time_left(due)


def _calendar() -> calendars.Calendar:
    return remembered.of("calendar", lambda: calendars.reading(database.connection), calendars.STREAM)
