"""Commands for the calendar: ``onewindow calendar seed``, ``onewindow calendar publish``."""

from __future__ import annotations

from typing import IO

import click

from engine import audit, calendars, db, errors
from engine.cases.clocks import republished
from engine.ground import calendar_file
from web.cli.database import open_database, url_option

ACTOR = audit.Actor("command")
LISTENERS = (republished.recompute_for_year,)
"""Imported so that open deadlines are counted anew in the same transaction."""


@click.group("calendar")
def calendar_group() -> None:
    """Holidays and make-up working days."""


@calendar_group.command("seed")
@url_option
def seed(url: str) -> None:
    """Enter the years 2004-2026 where they are missing."""
    with db.transaction(open_database(url)) as connection:
        entered = calendars.seed(connection, ACTOR)
    click.echo(f"{len(entered)} years entered" if entered else "all years were there")


@calendar_group.command("publish")
@click.argument("year", type=int)
@click.argument("table", type=click.File(encoding="utf-8-sig"))
@click.option("--origin", required=True, help="The notice it comes from, for example its number.")
@url_option
def publish(year: int, table: IO[str], origin: str, url: str) -> None:
    """Enter a year from a CSV file of the days that differ from the plain week: day,working,name.

    WORKING is 1 or 0. Open deadlines are counted anew, with a trace in each case.
    """
    try:
        with db.transaction(open_database(url)) as connection:
            published = calendars.publish(connection, ACTOR, year, calendar_file.read(table.read()), origin=origin)
    except errors.EngineError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{year}: {len(published.days)} days changed, {published.deadlines} open deadlines moved")
