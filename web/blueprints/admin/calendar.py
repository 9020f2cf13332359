"""The calendar: which years are published, what each day of a year is, and how to publish a year from its notice."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext as _n

from engine import calendars, clock, errors
from engine.cases.clocks import republished, setting
from engine.ground import calendar_file
from web import database, security
from web.blueprints.admin import administrators, blueprint
from web.i18n import error_message

LISTENERS = (republished.recompute_for_year,)
"""Imported so that open deadlines are counted anew in the same transaction."""
FIRST, LAST = 1990, 2100
WHOLE = 365
"""Days that change when a year is new."""
LARGEST = 100_000
"""Characters of a table; a year has 366 lines."""


@blueprint.get("/admin/calendar", endpoint="calendar")
@administrators
def year_page() -> str:
    """Show a year day by day."""
    year = request.args.get("year", type=int) or clock.today().year
    return _page(min(max(year, FIRST), LAST))


@blueprint.post("/admin/calendar")
@administrators
def publish() -> Any:
    """Enter or correct a year from a table of the days that differ from the plain week."""
    year = request.form.get("year", type=int) or 0
    origin = request.form.get("origin", "").strip()[:120]
    wrong = {}
    if not FIRST <= year <= LAST:
        wrong["year"] = _("Give the year as a number, for example 2027.")
    if not origin:
        wrong["origin"] = _("Name the notice the days come from, for example its number.")
    try:
        days = calendar_file.read(_table())
        if not wrong:
            published = calendars.publish(database.connection(), security.actor(), year, days, origin=origin)
    except (errors.CalendarFileWrong, errors.CalendarDayForeign) as problem:
        wrong["table"] = error_message(problem)
    if wrong:
        return _page(year if FIRST <= year <= LAST else clock.today().year, wrong), 422
    flash(_told(year, published), "success")
    return redirect(url_for("admin.calendar", year=year), 303)


def _told(year: int, published: calendars.Publication) -> str:
    """Say what the publication did; of a year that is new, every day changes, which tells nobody anything."""
    days = len(published.days)
    first = (
        _("%(year)d is published.", year=year)
        if days >= WHOLE
        else _n("%(num)d day changed.", "%(num)d days changed.", days)
    )
    moved = _n(
        "Deadlines that are still open were counted anew: %(num)d now ends on another day.",
        "Deadlines that are still open were counted anew: %(num)d now end on another day.",
        published.deadlines,
    )
    return f"{first} {moved} {_('The story of each case tells from which day to which.')}"


def _table() -> str:
    """Return the table that was chosen as a file, or else typed."""
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        return request.form.get("table", "")[:LARGEST]
    content = chosen.stream.read(LARGEST)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")  # what a spreadsheet in the office saves


def _page(year: int, wrong: dict[str, str] | None = None) -> str:
    connection = database.connection()
    published = calendars.years(connection)
    known = calendars.load(connection, year_end=setting.load(connection)["year_end"])
    weeks = calendar.Calendar().monthdatescalendar
    return render_template(
        "admin/calendar.html",
        year=year,
        years=published,
        this=next((row for row in published if int(row.year) == year), None),
        months=[(month, weeks(year, month)) for month in range(1, 13)],
        marks=_marks(known, year) if published else {},
        wrong=wrong or {},
        typed=request.form,
    )


def _marks(known: calendars.Calendar, year: int) -> dict[date, Any]:
    return {day: known.mark(day) for week in _weeks(year) for day in week if day.year == year}


def _weeks(year: int) -> list[list[date]]:
    return [week for month in range(1, 13) for week in calendar.Calendar().monthdatescalendar(year, month)]
