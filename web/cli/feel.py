"""Commands that evaluate FEEL and decisions outside any case: ``feel`` and ``decision``."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from engine import db, dmn, errors, feel
from engine.design import decisions
from engine.feel.printing import number_text
from web.cli.database import open_database, url_option


@click.command("feel")
@click.argument("expression")
@click.option("--context", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON file of variables.")
def feel_command(expression: str, context: Path | None) -> None:
    """Evaluate a FEEL EXPRESSION and print its value as JSON; warnings go to the error output."""
    warnings: list[Any] = []
    try:
        value = feel.evaluate(expression, read_context(context), warnings=warnings)
    except errors.FeelError as problem:
        raise click.ClickException(str(problem)) from problem
    for warning in warnings:
        click.echo(f"! {warning}", err=True)
    click.echo(as_json(value))


@click.group("decision")
def decision() -> None:
    """Evaluate and test decision models."""


@decision.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", "name", required=True, help="Id or name of the decision or decision service.")
@click.option("--context", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON file of inputs.")
@click.option(
    "--import", "imported", multiple=True, type=click.Path(exists=True, path_type=Path), help="Imported model."
)
@click.option("--explain", is_flag=True, help="Also print inputs, rules and outputs.")
def evaluate(file: Path, name: str, context: Path | None, imported: tuple[Path, ...], explain: bool) -> None:
    """Evaluate a decision of a DMN FILE and print its value as JSON."""
    try:
        result = model_of(file, imported).evaluate(name, read_context(context), explain=explain)
    except errors.EngineError as problem:
        raise click.ClickException(str(problem)) from problem
    for warning in result.warnings:
        click.echo(f"! {warning}", err=True)
    if explain:
        click.echo(as_json({"value": result.value, "explanation": result.explanation}, indent=2))
    else:
        click.echo(as_json(result.value))
    if result.failure:
        raise click.ClickException(str(result.failure))


@decision.command("backtest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", "name", required=True, help="Id or name of the decision.")
@click.option(
    "--past",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON lines: {"key": …, "inputs": {…}, "result": …}; without it, what the trail of the database holds.',
)
@url_option
def backtest(file: Path, name: str, past: Path | None, url: str) -> None:
    """List which past results a changed DMN FILE would decide differently; changes nothing."""
    stored = read_past(past) if past else past_of(url, name)
    try:
        differences = list(dmn.backtest(model_of(file, ()), name, stored))
    except errors.EngineError as problem:
        raise click.ClickException(str(problem)) from problem
    for difference in differences:
        click.echo(as_json({"key": difference.key, "before": difference.before, "after": difference.after}))
    click.echo(f"{len(differences)} of {len(stored)} results would differ.", err=True)


def read_past(file: Path) -> list[tuple[str, dict[str, Any], Any]]:
    """Read past evaluations from a file of JSON lines."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_float=Decimal)
            found.append((str(row["key"]), dict(row["inputs"]), row["result"]))
        except (ValueError, KeyError, TypeError):
            raise click.ClickException(f"{file}, line {number}: key, inputs and result are needed.") from None
    return found


def past_of(url: str, name: str) -> list[decisions.Past]:
    """Read past evaluations from the trail of a database."""
    with db.reading(open_database(url)) as connection:
        return list(decisions.past(connection, name))


def model_of(file: Path, imported: tuple[Path, ...]) -> dmn.Model:
    """Read a model after those it imports, which are given in the order in which they need one another."""
    known: list[dmn.Model] = []
    for path in imported:
        known.append(dmn.parse(path.read_bytes(), imports=known))
    return dmn.parse(file.read_bytes(), imports=known)


def read_context(path: Path | None) -> dict[str, Any]:
    """Read the variables of an evaluation from a JSON file."""
    if path is None:
        return {}
    try:
        context = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except ValueError as problem:
        raise click.ClickException(f"{path} is no JSON: {problem}") from problem
    if not isinstance(context, dict):
        raise click.ClickException(f"{path} must hold a JSON object.")
    return context


def as_json(value: Any, indent: int | None = None) -> str:
    """Print a value as JSON; numbers keep every digit as long as they are whole or fit a double."""

    def plain(item: Any) -> Any:
        if isinstance(item, Decimal):
            text = number_text(item)
            return float(text) if "." in text else int(text)
        return str(item)

    return json.dumps(feel.to_json(value), ensure_ascii=False, indent=indent, default=plain)
