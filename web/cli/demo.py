"""Commands for the demo town: ``onewindow demo load`` and ``onewindow demo accounts``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy.engine import Connection

from engine import audit, calendars, db, definitions, errors, handlers, packages
from engine.cases import catalogue_files, environment
from engine.organisation import demo, tenant
from web.cli.database import open_database, url_option
from web.cli.package import tell_findings

GUANLIN = Path(__file__).parents[2] / "demo" / "guanlin"
PROCESSES = ("one_window_approval",)
"""The process packages that the demo town works with."""

ACTOR = audit.Actor("command")


@click.group("demo")
def demo_group() -> None:
    """Fill the database with the demo town Guanlin, and tell who may sign in."""


@demo_group.command("load")
@url_option
def load(url: str) -> None:
    """Load the demo town; again changes nothing."""
    try:
        with db.transaction(open_database(url)) as connection:
            new = load_town(connection)
    except (errors.TenantRefused, errors.DeploymentRefused) as refused:
        tell_findings(refused)
        raise click.ClickException(str(refused)) from refused
    except errors.EngineError as error:
        raise click.ClickException(str(error)) from error
    click.echo("The demo town is loaded." if new else "The demo town was loaded already.")


def load_town(connection: Connection, folder: Path = GUANLIN) -> bool:
    """Load everything of the town in the running transaction, all or nothing; return False if it was all there.

    In this order: persons and posts, which processes name as groups; the calendar; the processes, without which no
    item may be published; the items.

    Raises
    ------
    TenantFileUnreadable, TenantRefused
        If a file of the town is wrong.
    DeploymentRefused, HandlersBroken, PackageUnreadable
        If a process package is.
    """
    handlers.install(packages.SHIPPED)
    changed = [tenant.load(connection, ACTOR, folder), bool(calendars.seed(connection, ACTOR))]
    known = environment.load(connection)
    before = len(definitions.versions(connection))
    for name in PROCESSES:
        definitions.deploy(connection, ACTOR, packages.read(packages.SHIPPED / name), known)
    changed.append(len(definitions.versions(connection)) > before)
    changed.append(catalogue_files.load(connection, ACTOR, folder))
    return any(changed)


@demo_group.command("accounts")
@url_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def accounts(url: str, as_json: bool) -> None:
    """Print name, posts, login, password and access token of every demo person. They work in demo mode only."""
    with db.reading(open_database(url)) as connection:
        rows = list(demo.accounts(connection))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['login']}  {row['password']}  {row['name']}  {'、'.join(row['post_names'])}")
