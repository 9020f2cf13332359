"""The command ``onewindow deadline``: when a period ends, whether that is final, and why, day by day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from engine import calendars, clock, db, errors
from engine.cases.clocks import setting
from engine.ground import counting
from web.cli.database import url_option

Start = date | datetime


class _Moment(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """A day, or a moment with its time of day in the town's zone unless it names another."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Start:
        try:
            if len(value) <= 10:
                return date.fromisoformat(value)
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date like 2026-03-02 and no moment like 2026-03-02T16:30", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=clock.TOWN)


_MOMENT = _Moment()


@click.command("deadline")
@click.option("--from", "start", type=_MOMENT, required=True, help="First day (not counted), or the event if backward.")
@click.option("--length", type=int, required=True, help="How many units.")
@click.option("--unit", type=click.Choice([str(unit) for unit in counting.Unit]), default="working", show_default=True)
@click.option("--stop", "stops", type=_MOMENT, multiple=True, help="Day from which the clock stands still; repeatable.")
@click.option("--resume", "resumes", type=_MOMENT, multiple=True, help="Day until which; one for each --stop in order.")
@click.option("--both-ends", is_flag=True, help="A stop gives its first day back, too (setting stop_days).")
@click.option(
    "--roll", type=click.Choice(["next", "none"]), default="none", show_default=True, help="If the end rests."
)
@click.option("--backward", is_flag=True, help="Count back from an event to the latest day to act.")
@click.option("--nth", is_flag=True, help="Backward: the event day is the n-th, not n clear days before (before_n).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@url_option
def deadline_command(
    start: Start,
    length: int,
    unit: str,
    stops: Sequence[Start],
    resumes: Sequence[Start],
    both_ends: bool,
    roll: str,
    backward: bool,
    nth: bool,
    as_json: bool,
    url: str,
) -> None:
    """Say when a period ends, whether that is final, and why each day counts or not.

    Counts on the calendar of the database; where there is no database yet, on the built-in one.
    """
    measure = counting.Unit(unit)
    _refuse_unmeant(measure, backward=backward, nth=nth, forward_only=bool(stops or both_ends or roll == "next"))
    try:
        calendar = _calendar(url)
        if backward:
            found = calendar.before(counting.town_day(start), length, measure, clear=not nth)
        else:
            found = calendar.after(
                start,
                length,
                measure,
                roll=counting.Roll(roll),
                stops=_stops(stops, resumes),
                both_ends=both_ends,
            )
    except errors.EngineError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=1) if as_json else "\n".join(_as_text(found)))


def _refuse_unmeant(unit: counting.Unit, *, backward: bool, nth: bool, forward_only: bool) -> None:
    """Refuse what would go unheard: a date that looks counted with it would be counted without it."""
    if nth and not backward:
        raise click.UsageError("--nth is about counting back: give --backward with it.")
    if backward and forward_only:
        raise click.UsageError("Counting back knows no --stop, --both-ends and no --roll.")
    if backward and unit not in counting.BACKWARD:
        raise click.UsageError("Count back in days: --unit working or --unit calendar.")


def _stops(begun: Sequence[Start], ended: Sequence[Start]) -> list[counting.Stop]:
    if len(ended) not in (len(begun), len(begun) - 1):
        raise click.UsageError("Give one --resume for each --stop; only the last stop may still run.")
    ends = [*map(counting.town_day, ended), None]
    return [counting.Stop(counting.town_day(first), last) for first, last in zip(begun, ends, strict=False)]


def _calendar(url: str) -> calendars.Calendar:
    database = db.connect(url)
    if _exists(database):
        with db.reading(database) as connection:
            stored = calendars.load(connection, year_end=setting.load(connection)["year_end"])
            return _filled(stored)
    click.echo("No database yet: counting on the built-in calendar.", err=True)
    return calendars.built_in()


def _filled(stored: calendars.Calendar) -> calendars.Calendar:
    """Read all years while the connection is open; raises CalendarEmpty if there are none."""
    for year in range(calendars.SEED_YEARS.start, clock.today().year + 60):
        stored.published(year)
    return stored


def _exists(database: sa.Engine) -> bool:
    if database.url.get_backend_name() == "sqlite":
        from pathlib import Path

        if not Path(database.url.database or "").is_file():
            return False
    try:
        return sa.inspect(database).has_table(calendars.calendar_day.name)
    except DatabaseError:
        return False


def _as_json(found: counting.Due) -> dict[str, Any]:
    return {
        "from": found.start.isoformat(),
        "length": found.length,
        "unit": str(found.unit),
        "due_on": found.day.isoformat() if found.day else None,
        "due_at": found.at.astimezone(clock.TOWN).isoformat() if found.at else None,
        "provisional": found.provisional,
        "left": found.left,
        "derivation": [
            {"day": step.day.isoformat(), "number": step.number, "why": step.why, "name": step.name,
             "provisional": step.provisional}
            for step in found.derivation
        ],
    }  # fmt: skip


def _as_text(found: counting.Due) -> list[str]:
    lines = []
    for step in found.derivation:
        number = f"{step.number:>4}" if step.number else "   –"
        name = f" {step.name}" if step.name else ""
        open_ = " (provisional)" if step.provisional else ""
        lines.append(f"{step.day} {step.day:%a} {number}  {counting.REASONS[step.why]}{name}{open_}")
    if found.day is None or found.at is None:
        left = f", {found.left} {found.unit} left" if found.left is not None else ""
        return [*lines, f"The clock stands still{left}."]
    moment = found.at.astimezone(clock.TOWN)
    end = f"{moment:%Y-%m-%d %H:%M}" if found.unit is counting.Unit.HOUR else f"{found.day} 24:00"
    return [*lines, f"Due {end}{' (provisional)' if found.provisional else ''}"]
