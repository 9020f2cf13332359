"""The command ``onewindow``: one module per group of commands."""

from __future__ import annotations

import click

from web.cli.audit import audit_group
from web.cli.calendar import calendar_group
from web.cli.database import database_group
from web.cli.deadline import deadline_command
from web.cli.demo import demo_group
from web.cli.feel import decision, feel_command
from web.cli.intake import intake_group
from web.cli.package import package_group
from web.cli.serve import serve_command, worker_command
from web.cli.token import token_group
from web.cli.trial import trial_command


@click.group()
@click.version_option(package_name="onewindow")
def main() -> None:
    """OneWindow 一窗: the case processing system of a town government."""


main.add_command(audit_group)
main.add_command(calendar_group)
main.add_command(database_group)
main.add_command(deadline_command)
main.add_command(decision)
main.add_command(demo_group)
main.add_command(feel_command)
main.add_command(intake_group)
main.add_command(package_group)
main.add_command(token_group)
main.add_command(trial_command)
main.add_command(serve_command)
main.add_command(worker_command)
