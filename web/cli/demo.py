"""Commands for the demo town: ``onewindow demo load`` and ``onewindow demo accounts``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from engine import audit, db, errors
from engine.organisation import demo, tenant
from web.cli.database import open_database, url_option

GUANLIN = Path(__file__).parents[2] / "demo" / "guanlin"


@click.group("demo")
def demo_group() -> None:
    """Fill the database with the demo town Guanlin, and tell who may sign in."""


@demo_group.command("load")
@url_option
def load(url: str) -> None:
    """Load the demo town; again changes nothing."""
    try:
        with db.transaction(open_database(url)) as connection:
            new = tenant.load(connection, audit.Actor("command"), GUANLIN)
    except errors.TenantRefused as refused:
        for finding in refused.facts["findings"]:
            click.echo(str(finding), err=True)
        raise click.ClickException(str(refused)) from refused
    except errors.EngineError as error:
        raise click.ClickException(str(error)) from error
    click.echo("The demo town is loaded." if new else "The demo town was loaded already.")


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
