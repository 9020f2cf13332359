"""Commands for the trail: ``onewindow audit verify``."""

from __future__ import annotations

import click

from engine import audit, db
from engine.ground import inspection
from web.cli.database import open_database, url_option
from web.shown import events_out


@click.group("audit")
def audit_group() -> None:
    """Look after the audit trail."""


@audit_group.command("verify")
@click.argument("stream", default="")
@url_option
def verify(stream: str, url: str) -> None:
    """Recompute the chain of STREAM (a case number), or of everything; the result becomes an event itself."""
    database = open_database(url)
    with db.reading(database) as connection:
        proof = inspection.prove(connection, stream)
    with db.transaction(database) as connection:
        inspection.note_proof(connection, audit.Actor("command"), proof, stream)
    if proof.broken is not None:
        reason = events_out.REASONS[proof.broken.reason]
        raise click.ClickException(f"{proof.broken.stream}, event {proof.broken.seq}: {reason}")
    click.echo(f"{proof.events} events in {proof.streams} chains are whole")
