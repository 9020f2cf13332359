"""Commands for connected systems: ``onewindow intake take``, ``onewindow intake sweep``."""

from __future__ import annotations

from pathlib import Path

import click

from engine import audit, db, errors
from engine.cases.grid.sources import drop, source
from web.cli.database import open_database, url_option
from web.cli.serve import read_settings
from web.process import prepare

ACTOR = audit.Actor("command")


@click.group("intake")
def intake_group() -> None:
    """Take in what connected systems report."""


@intake_group.command("take")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@url_option
def take(code: str, file: Path, url: str) -> None:
    """Take the reports of the source CODE from a CSV or JSON FILE in; again takes nothing in twice."""
    prepare(read_settings()).dispose()
    try:
        with db.transaction(open_database(url)) as connection:
            one = source.get(connection, code)
            lines = drop.take(connection, audit.Actor(one.person_id), one, file.read_bytes())
    except errors.EngineError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(drop.results(lines), nl=False)


@intake_group.command("sweep")
@url_option
def sweep(url: str) -> None:
    """Take in what lies in the drop folders, as the server does every minute."""
    prepare(read_settings()).dispose()
    with db.transaction(open_database(url)) as connection:
        click.echo(f"{drop.sweep(connection, ACTOR)} files read")
