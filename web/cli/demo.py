"""Commands for the demo town: ``onewindow demo load``, ``demo run`` and ``demo accounts``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

import forms
from engine import audit, calendars, clock, db, definitions, errors, instances
from engine.cases import case as cases
from engine.cases import standing
from engine.cases.enforcement import power_files
from engine.cases.enforcement.investigation import kinds
from engine.cases.enforcement.judging import discretion_table
from engine.cases.grid.assessment import answer, raw_value, window
from engine.cases.grid.items import item_list
from engine.cases.grid.past import files as past_files
from engine.cases.grid.past import generated
from engine.cases.grid.patrols import generated as generated_patrols
from engine.cases.grid.patrols import patrol_plan
from engine.cases.grid.sources import source_files
from engine.cases.items import catalogue_files, environment, register
from engine.cases.radar import look
from engine.design import packages
from engine.flow import handlers
from engine.organisation import demo, tenant
from engine.organisation.grid import files as grid_files
from web import scenarios
from web.cli.database import bring_up_to_date, open_database, url_option
from web.cli.package import tell_findings
from web.cli.serve import host_option, port_option, read_settings, refuse_taken_port, serve
from web.process import prepare

GUANLIN = Path(__file__).parents[2] / "demo" / "guanlin"
PROCESSES = ("one_window_approval", "enforcement_case", "grid_event", "monthly_assessment")
"""The process packages that the demo town works with."""

OCTOBER, ANSWERS = "2026-10", "grid/assessment/answers.json"
"""The month of events that the town has, and what its workers said to their scores."""

ACTOR = audit.Actor("command")


@click.group("demo")
def demo_group() -> None:
    """Fill the database with the demo town Guanlin, and tell who may sign in."""


@demo_group.command("load")
@url_option
def load(url: str) -> None:
    """Load the demo town; again changes nothing."""
    new = _load(open_database(url))
    click.echo("The demo town is loaded." if new else "The demo town was loaded already.")


def _load(database: Engine) -> bool:
    try:
        with db.transaction(database) as connection:
            return load_town(connection)
    except (errors.TenantRefused, errors.ItemListRefused, errors.DeploymentRefused) as refused:
        tell_findings(refused)
        raise click.ClickException(str(refused)) from refused
    except errors.EngineError as error:
        raise click.ClickException(str(error)) from error


def load_town(connection: Connection, folder: Path = GUANLIN) -> bool:
    """Load everything of the town in the running transaction, all or nothing; return False if it was all there.

    In this order: persons and posts, which processes name as groups; the calendar; the grid and what its workers look
    for; the processes, without which no item may be published; the items; the registers; the discretion tables.

    Raises
    ------
    TenantFileUnreadable, TenantRefused
        If a file of the town is wrong.
    DeploymentRefused, HandlersBroken, PackageUnreadable
        If a process package is.
    """
    handlers.install(packages.SHIPPED)
    changed = [tenant.load(connection, ACTOR, folder), bool(calendars.seed(connection, ACTOR))]
    changed += [part.load(connection, ACTOR, folder) for part in (grid_files, item_list)]
    known = environment.load(connection)
    before = len(definitions.versions(connection))
    for name in PROCESSES:
        definitions.deploy(connection, ACTOR, packages.read(packages.SHIPPED / name), known, forms.compile)
    changed.append(len(definitions.versions(connection)) > before)
    changed.append(power_files.load(connection, ACTOR, folder))
    changed.append(catalogue_files.load(connection, ACTOR, folder))
    changed += [part.load(connection, ACTOR, folder) for part in (register, patrol_plan, raw_value, source_files)]
    changed.append(kinds.load(connection, ACTOR, folder))
    changed.append(discretion_table.load(connection, ACTOR, folder))
    return any(changed)


@demo_group.command("cases")
@url_option
def cases_command(url: str) -> None:
    """Let cases in every state come in, where there are none yet."""
    let_cases_in(open_database(url))


def let_cases_in(database: Engine) -> bool:
    """Let the cases of ``cases.yaml`` come in and workers patrol; return False if there are cases already."""
    if _has_cases(database, cases.case_file.c.kind != standing.GRID):
        return False
    prepare(read_settings()).dispose()
    rows, items = scenarios.load(GUANLIN / "cases.yaml"), scenarios.items(GUANLIN / "catalogue" / "items")
    with click.progressbar(length=len(rows), label="Cases of the demo town") as bar:
        scenarios.populate(database, packages.SHIPPED, rows, items, lambda _done, _of: bar.update(1))
    with db.transaction(database) as connection:
        look.look(connection, audit.SYSTEM)
        generated_patrols.generate(connection, seed=1)
    return True


@demo_group.command("events")
@click.option("--count", type=click.IntRange(0, 1_000_000), help="Generate so many closed events instead of October's.")
@click.option("--open", "open_", type=click.IntRange(0, 100_000), default=0, help="… and report so many open ones.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same events.")
@url_option
def events(url: str, count: int | None, open_: int, seed: int) -> None:
    """Take the town's events of October over, or generate any number of others."""
    if count is None:
        closed, begun = take_october_over(open_database(url))
        click.echo(f"{closed} closed and {begun} open events were taken over.")
        return
    handlers.install(packages.SHIPPED)
    with db.transaction(open_database(url)) as connection:
        written = generated.generate(connection, ACTOR, count, seed)
        begun = generated.report(connection, open_, seed)
    click.echo(f"{written} closed and {begun} open events were generated.")


def take_october_over(database: Engine) -> tuple[int, int]:
    """Take October over, its open events as far as they had come, and let its assessment begin.

    Some workers have answered by then, some appeal. Return how many closed and how many open events were new.
    """
    prepare(read_settings()).dispose()
    with db.transaction(database) as connection:
        month = past_files.load(connection, ACTOR, GUANLIN)
    usual = scenarios.usual(packages.SHIPPED / "grid_event")
    with click.progressbar(length=len(month.open), label="Open events of October") as bar:
        begun = scenarios.replay(database, month.open, usual, month.until, lambda _done, _of: bar.update(1))
    with db.transaction(database) as connection:
        if window.find(connection, OCTOBER) is None:
            _assess(connection)
    return 0 if month.known else len(month.closed), begun


def _assess(connection: Connection) -> None:
    key, given = f"KH-{OCTOBER}", {"month": OCTOBER}
    instances.start(connection, audit.SYSTEM, window.PROCESS, business_key=key, variables=given, start_event="M0")
    for worker, appeals in db.loads((GUANLIN / ANSWERS).read_text("utf-8")).items():
        answer.answer(connection, audit.Actor(worker), OCTOBER, worker, appeals)


def _has_cases(database: Engine, *which: sa.ColumnElement[bool]) -> bool:
    with db.reading(database) as connection:
        return bool(connection.scalar(sa.select(sa.exists().where(cases.case_file.c.id.is_not(None), *which))))


@demo_group.command("run")
@host_option
@port_option
@click.option("--cases/--no-cases", "with_cases", default=True, help="Let cases in every state come in first.")
def run(host: str, port: int, with_cases: bool) -> None:
    """Set the demo town up where it is not, say who may sign in, and serve it."""
    os.environ["ONEWINDOW_DEMO"] = "1"
    refuse_taken_port(host, port)
    url = read_settings().database_url
    bring_up_to_date(url)
    database = open_database(url)
    _load(database)
    if with_cases and not _has_cases(database):
        if window.bounds(OCTOBER)[1] <= clock.now():
            take_october_over(database)
        let_cases_in(database)
    with db.reading(database) as connection:
        _tell_first_to_try(connection)
    database.dispose()
    serve(host, port)


def _tell_first_to_try(connection: Connection) -> None:
    click.echo("\nSign in with one of these; the password is guanlin- and the login:")
    for held, row in demo.first_to_try(connection):
        click.echo(f"  {row['login']:<10}{held.name_en} · {held.name} · {row['name']}")
    click.echo("Grid workers patrol at /patrol. Phones open it by https only, or on this machine: see the README.")
    click.echo("All accounts: .venv/bin/onewindow demo accounts (with access tokens: --json)\n")


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
