"""Commands for access tokens: ``onewindow token create``, ``list``, ``revoke``."""

from __future__ import annotations

from datetime import timedelta

import click
import sqlalchemy as sa

from engine import audit, clock, db, errors
from engine.organisation import account, token
from web.cli.database import open_database, url_option

ACTOR = audit.Actor("command")


@click.group("token")
def token_group() -> None:
    """Access tokens with which programs act for a person or a connected system."""


@token_group.command("create")
@click.argument("login")
@click.option("--name", required=True, help="What it is for, so that it can be revoked later.")
@click.option("--days", type=click.IntRange(1, 3660), help="How long it is valid; without it, until it is revoked.")
@url_option
def create(login: str, name: str, days: int | None, url: str) -> None:
    """Create a token for the account LOGIN and print it; it is shown only now."""
    expires = clock.now() + timedelta(days=days) if days else None
    with db.transaction(open_database(url)) as connection:
        secret = token.create(connection, ACTOR, _holder(connection, login), name[:80], expires_at=expires)
    click.echo(secret)


@token_group.command("list")
@click.argument("login")
@url_option
def every(login: str, url: str) -> None:
    """List the tokens of the account LOGIN: id, name, created, state."""
    with db.reading(open_database(url)) as connection:
        for row in token.of(connection, _holder(connection, login)):
            click.echo(f"{row.id}  {row.name}  {row.created_at.astimezone(clock.TOWN):%Y-%m-%d}  {_state(row)}")


@token_group.command("revoke")
@click.argument("token_id", type=int)
@url_option
def revoke(token_id: int, url: str) -> None:
    """Make the token with this id useless at once."""
    try:
        with db.transaction(open_database(url)) as connection:
            token.revoke(connection, ACTOR, token_id)
    except errors.AccessTokenUnknown as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"token {token_id} is revoked")


def _holder(connection: sa.Connection, login: str) -> str:
    found = connection.scalar(sa.select(account.account.c.person_id).where(account.account.c.login == login.lower()))
    if found is None:
        raise click.ClickException(f"there is no account {login}")
    return str(found)


def _state(row: sa.Row[tuple[object, ...]]) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is None:
        return "valid"
    ended = row.expires_at <= clock.now()
    return f"{'expired' if ended else 'valid until'} {row.expires_at.astimezone(clock.TOWN):%Y-%m-%d}"
