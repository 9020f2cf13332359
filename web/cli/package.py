"""Commands for process packages: ``onewindow package deploy``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

import forms
from engine import audit, bpmn, db, definitions, errors
from engine.cases.items import environment
from engine.cases.papers import template
from engine.design import packages
from engine.flow import handlers
from engine.organisation.tenant_files import Finding
from web import scenarios
from web.cli.database import open_database, url_option

ITEMS = packages.SHIPPED.parent / "demo" / "guanlin" / "catalogue" / "items"
"""The items of the demo town, for which the scenarios of the shipped package are written."""


@click.group("package")
def package_group() -> None:
    """Look after process packages."""


@package_group.command("deploy")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@url_option
def deploy(source: Path, url: str) -> None:
    """Put the package in a folder or ZIP file SOURCE into force; the same content again changes nothing."""
    try:
        handlers.install(packages.SHIPPED)
        package = packages.read(source)
        with db.transaction(open_database(url)) as connection:
            known = environment.load(connection)
            row = definitions.deploy(connection, audit.Actor("command"), package, known, forms.compile)
    except errors.DeploymentRefused as refusal:
        tell_findings(refusal)
        raise click.ClickException(str(refusal)) from refusal
    except errors.EngineError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{row.package} version {row.version} ({row.hash[:12]})")


@package_group.command("test")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", multiple=True, help="Name of a scenario to walk; repeatable. By default all.")
@click.option("--items", type=click.Path(path_type=Path), default=ITEMS, help="Folder of the town's items.")
@click.option("--documents", is_flag=True, help="Print the documents truly; otherwise each is an empty page.")
@click.option("--complete", is_flag=True, help="Fail also if a flow or a rule is walked by no scenario.")
def test(folder: Path, only: tuple[str, ...], items: Path, documents: bool, complete: bool) -> None:
    """Walk the scenarios of the package in FOLDER, each in a throw-away database, and tell what they cover."""
    handlers.install(packages.SHIPPED)
    try:
        if (folder / "handlers.py").is_file():
            handlers.install(folder.parent)
        with nullcontext() if documents else template.blank():
            walked, covered = walk_all(folder, only, items)
    except errors.DeploymentRefused as refusal:
        tell_findings(refusal)
        raise click.ClickException(str(refusal)) from refusal
    except errors.EngineError as error:
        raise click.ClickException(str(error)) from error
    _tell_coverage(covered)
    failed = sum(reason is not None for reason in walked.values())
    if failed or not walked or (complete and (covered.missing_flows() or covered.missing_rules())):
        raise click.ClickException(f"{failed} of {len(walked)} scenarios failed")


def walk_all(
    folder: Path, only: tuple[str, ...], items: Path
) -> tuple[dict[str, str | None], scenarios.coverage.Coverage]:
    """Walk scenarios; return why each failed, None for those that did not, and what they covered."""
    package = packages.read(folder)
    covered = scenarios.coverage.drawn(package)
    usual = scenarios.usual(folder)
    walked: dict[str, str | None] = {}
    for name, scenario in scenarios.read(folder).items():
        if only and name not in only:
            continue
        with scenarios.ground(package, items.parent.parent) as database:
            try:
                way = scenarios.walk(database, scenario, usual, scenarios.items(items) if "item" in scenario else {})
            except (scenarios.Stuck, errors.EngineError) as stuck:
                walked[name] = str(stuck)
            else:
                walked[name] = None
                covered.taken |= way.flows()
                covered.matched |= way.rules()
        click.echo(f"{'✗' if walked[name] else '✓'} {name}{': ' if walked[name] else ''}{walked[name] or ''}")
    return walked, covered


def _tell_coverage(covered: scenarios.coverage.Coverage) -> None:
    for what, missing, whole in (
        ("sequence flows", covered.missing_flows(), len(covered.flows)),
        ("decision rules", covered.missing_rules(), len(covered.rules)),
    ):
        click.echo(f"{whole - len(missing)} of {whole} {what} walked")
        for each in missing:
            click.echo(f"  not walked: {each}")


def tell_findings(refusal: errors.EngineError) -> None:
    """Print every finding of a refusal, one a line."""
    for finding in refusal.facts["findings"]:
        click.echo(_sentence(finding), err=True)


def _sentence(finding: bpmn.Finding | Finding) -> str:
    if isinstance(finding, Finding):
        return str(finding)
    text = f"{finding.message} {finding.hint}".strip().format_map(finding.facts)
    return f"{finding.severity}: {finding.path} {finding.element}: {text}"
