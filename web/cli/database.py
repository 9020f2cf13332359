"""Commands for the database: ``onewindow db upgrade``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine import db
from engine.flow import consistency
from migrations import configuration
from web.settings import database_url

url_option = click.option(
    "--database",
    "url",
    envvar="ONEWINDOW_DATABASE_URL",
    default=database_url,
    show_default="a file in ONEWINDOW_DATA_DIR",
    help="Which database.",
)


@click.group("db")
def database_group() -> None:
    """Look after the database."""


@database_group.command("upgrade")
@url_option
def upgrade(url: str) -> None:
    """Bring the schema to this version's state; again changes nothing."""
    bring_up_to_date(url)
    click.echo(f"{sa.make_url(url).render_as_string()}: schema is up to date")


@database_group.command("check")
@url_option
def check(url: str) -> None:
    """Compare what every case waits for with the rows that say so; nothing is changed."""
    database = open_database(url)
    with db.reading(database) as connection:
        found = list(consistency.disagreements(connection))
    database.dispose()
    for each in found:
        click.echo(" ".join([f"{each.business_key}:", each.kind, each.waits_for, f"({each.token})"]))
    if found:
        raise click.ClickException(f"{len(found)} disagreements between cases and their rows.")
    click.echo("Every case and its rows agree")


def bring_up_to_date(url: str) -> None:
    """Run the migrations that are missing, in one transaction; a SQLite file is made with its folder."""
    make_folder(url)
    with _in_words(url):
        command.upgrade(configuration(url), "head")


def make_folder(url: str) -> None:
    """Make the folder of a SQLite file."""
    path = sa.make_url(url).database
    if url.startswith("sqlite") and path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def open_database(url: str) -> sa.Engine:
    """Return the database that a command works on.

    Raises
    ------
    click.ClickException
        If it cannot be reached, or its schema is not that of this version.
    """
    if not _up_to_date(url):
        shown = sa.make_url(url).render_as_string()
        raise click.ClickException(f'{shown} has not this version\'s schema. Run "onewindow db upgrade" first.')
    return db.connect(url)


def _up_to_date(url: str) -> bool:
    file = sa.make_url(url).database
    if url.startswith("sqlite") and not Path(str(file)).is_file():
        return False  # connecting would leave an empty file behind
    database = db.connect(url)
    with _in_words(url), database.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    database.dispose()
    return set(present) == set(ScriptDirectory.from_config(configuration(url)).get_heads())


@contextmanager
def _in_words(url: str) -> Iterator[None]:
    """Say in a sentence that the database cannot be reached."""
    try:
        yield
    except sa.exc.OperationalError as problem:
        reason = str(problem.orig).strip().splitlines()[0]
        shown = sa.make_url(url).render_as_string()
        raise click.ClickException(f"{shown} cannot be used: {reason}") from problem
