"""The command ``trial``: runs one diagram in a throw-away database and says how it went, as JSON."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from engine import db, trial
from web.cli.feel import as_json

EXIT = {"completed": 0, "waiting": 0, "incident": 1, "error_event": 1, "refused": 3}
"""The command's exit code by outcome; 2 is a wrong call of the command itself."""


@click.command("trial")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--variables", default="{}", help="Variables to begin with: JSON, or the name of a file of JSON.")
@click.option("--process", "process_id", help="Process to run; by default the first executable one of the file.")
@click.option("--also-start", multiple=True, help="Another process of the file to start before it; repeatable.")
@click.option("--budget", default=5.0, show_default=True, help="Seconds after which one that never rests is waiting.")
def trial_command(
    file: Path, variables: str, process_id: str | None, also_start: tuple[str, ...], budget: float
) -> None:
    """Run the diagram in FILE with a clock that jumps to whatever is due next, and print how it went as JSON.

    The exit code is 0 for completed and waiting, 1 for incident and error_event, 3 for refused.
    """
    went = trial.run(
        file.read_bytes(), _read(variables), process_id=process_id, also_start=also_start, budget_seconds=budget
    )
    click.echo(as_json(asdict(went), indent=2))
    sys.exit(EXIT[went.outcome])


def _read(given: str) -> dict[str, Any]:
    text = given if given.lstrip().startswith(("{", "[")) else _content(Path(given))
    try:
        values = db.loads(text)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--variables") from problem
    if not isinstance(values, dict):
        raise click.BadParameter("one object of names and values is needed", param_hint="--variables")
    return values


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as problem:
        raise click.BadParameter(str(problem), param_hint="--variables") from problem
