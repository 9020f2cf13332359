"""Commands for the database: ``onewindow db upgrade``."""

from __future__ import annotations

import click
import sqlalchemy as sa
from alembic import command

from engine import db
from migrations import configuration

DEFAULT_URL = "sqlite:///var/onewindow.db"

url_option = click.option(
    "--database", "url", envvar="ONEWINDOW_DATABASE_URL", default=DEFAULT_URL, show_default=True, help="Which database."
)


@click.group("db")
def database_group() -> None:
    """Look after the database."""


@database_group.command("upgrade")
@url_option
def upgrade(url: str) -> None:
    """Bring the schema to this version's state; again changes nothing."""
    make_folder(url)
    command.upgrade(configuration(url), "head")
    click.echo(f"{sa.make_url(url).render_as_string()}: schema is up to date")


def make_folder(url: str) -> None:
    """Make the folder of a SQLite file."""
    from pathlib import Path

    path = sa.make_url(url).database
    if url.startswith("sqlite") and path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def open_database(url: str) -> sa.Engine:
    """Return the database that a command works on."""
    return db.connect(url)
