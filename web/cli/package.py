"""Commands for process packages: ``onewindow package deploy``."""

from __future__ import annotations

from pathlib import Path

import click

import forms
from engine import audit, bpmn, db, definitions, errors, handlers, packages
from engine.cases import environment
from engine.organisation.tenant_files import Finding
from web.cli.database import open_database, url_option


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


def tell_findings(refusal: errors.EngineError) -> None:
    """Print every finding of a refusal, one a line."""
    for finding in refusal.facts["findings"]:
        click.echo(_sentence(finding), err=True)


def _sentence(finding: bpmn.Finding | Finding) -> str:
    if isinstance(finding, Finding):
        return str(finding)
    text = f"{finding.message} {finding.hint}".strip().format_map(finding.facts)
    return f"{finding.severity}: {finding.path} {finding.element}: {text}"
