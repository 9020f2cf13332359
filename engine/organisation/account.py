"""The account: how a person signs in. Passwords are kept as argon2id, wrong tries are counted in the database.

Hashing takes 40 ms on purpose, so signing in never does it inside a transaction: on SQLite every writer would wait.
Accounts of a demo town have public passwords; they work only where the caller says ``demo=True``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import argon2
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors
from engine.organisation import person, trail, wrong_try

PASSWORD_LENGTH = 10
"""The fewest characters of a password; ours."""

account = sa.Table(
    "account",
    db.metadata,
    sa.Column("person_id", sa.ForeignKey(person.person.c.id), primary_key=True),
    sa.Column("login", sa.String(40), nullable=False, unique=True),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("closed_at", db.Utc),
    sa.CheckConstraint("login = lower(login)", name="login_in_lower_case"),
)
"""Without a password nobody can sign in; a system works with tokens only."""

HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's minimum for argon2id, 41 ms on the machine of the benchmarks."""

_NOBODY = HASHER.hash("the password of nobody: an unknown login takes as long to refuse as a known one")


@dataclass(frozen=True)
class _Checked:
    """What was found out outside the transaction."""

    found: sa.Row[Any, Any] | None
    right: bool
    new_hash: str | None


def sign_in(database: Engine, login: str, password: str, address: str, *, demo: bool = False) -> sa.Row[Any]:
    """Check a password and return the person; wrong tries stay counted although this raises.

    This takes the database, not a connection: it looks, hashes outside any transaction, and writes in a second one.

    Raises
    ------
    AccountLocked
        After five wrong tries within 15 minutes, for 15 minutes; the right password is then refused too.
    WrongCredentials
        If login and password do not fit, the account is closed or the person has left; which of these is not told.
    """
    name = login.strip().lower()[:40]
    with db.reading(database) as connection:
        _refuse_locked(connection, name)
        found = _signable(connection, name, demo=demo)
    checked = _check(found, password)
    with db.transaction(database) as connection:
        outcome = _settle(connection, name, address, checked)
    if isinstance(outcome, errors.EngineError):
        raise outcome
    return outcome


def open_account(
    connection: Connection,
    actor: audit.Actor,
    person_id: str,
    login: str,
    *,
    password: str | None = None,
) -> sa.Row[Any]:
    """Give a person an account.

    Raises
    ------
    PersonUnknown
        If there is no such person.
    LoginTaken
        If another person has the login, or this one has an account already.
    PasswordTooWeak
        If the password is shorter than ten characters or contains the login.
    """
    person.get(connection, person_id, lock=True)
    name = login.strip().lower()
    taken = sa.select(account.c.login).where(sa.or_(account.c.login == name, account.c.person_id == person_id))
    if connection.execute(taken).first():
        raise errors.LoginTaken(login=name)
    hashed = _hash(name, password) if password is not None else None
    row = connection.execute(
        sa.insert(account).values(person_id=person_id, login=name, password_hash=hashed, demo=False).returning(account)
    ).one()
    trail.record(connection, actor, "account.opened", person=person_id, login=name)
    return row


def set_password(connection: Connection, actor: audit.Actor, person_id: str, password: str) -> None:
    """Set a password and free the login from a lock; sessions go on until :func:`engine.organisation.session.end_all`.

    Raises
    ------
    AccountUnknown
        If the person has no account.
    PasswordTooWeak
        If the password is shorter than ten characters or contains the login.
    """
    found = get(connection, person_id)
    connection.execute(
        sa.update(account)
        .where(account.c.person_id == person_id)
        .values(password_hash=_hash(found.login, password), demo=False)
    )
    wrong_try.forget(connection, _lock(found.login))
    trail.record(connection, actor, "account.password_set", person=person_id)


def close(connection: Connection, actor: audit.Actor, person_id: str) -> None:
    """Close an account: its password and tokens work no more; the person and the traces stay.

    Raises
    ------
    AccountUnknown
        If the person has no account.
    """
    get(connection, person_id)
    connection.execute(sa.update(account).where(account.c.person_id == person_id).values(closed_at=clock.now()))
    trail.record(connection, actor, "account.closed", person=person_id)


def unlock(connection: Connection, actor: audit.Actor, person_id: str) -> None:
    """Forget the wrong passwords of a person, so that the right one is taken again at once.

    Raises
    ------
    AccountUnknown
        If the person has no account.
    """
    found = get(connection, person_id)
    wrong_try.forget(connection, _lock(found.login))
    trail.record(connection, actor, "account.unlocked", person=person_id, login=found.login)


def locked(connection: Connection, logins: Sequence[str]) -> dict[str, datetime]:
    """Return those of the logins that are locked now, with the moment at which each lock ends."""
    found = {login: wrong_try.locked_until(connection, _lock(login)) for login in _tried(connection, logins)}
    return {login: until for login, until in found.items() if until is not None}


def _tried(connection: Connection, logins: Sequence[str]) -> Sequence[str]:
    tries = wrong_try.wrong_try.c
    there = sa.select(tries.name).where(tries.scope == _lock("").scope, tries.name.in_(logins)).distinct()
    return connection.execute(there).scalars().all()


def get(connection: Connection, person_id: str) -> sa.Row[Any]:
    """Return a person's account.

    Raises
    ------
    AccountUnknown
        If the person has none.
    """
    found = connection.execute(sa.select(account).where(account.c.person_id == person_id)).one_or_none()
    if found is None:
        raise errors.AccountUnknown(person=person_id)
    return found


def usable(*, demo: bool) -> sa.ColumnElement[bool]:
    """Return the condition under which an account may be used: open, on duty, and no demo account unless ``demo``."""
    open_now = sa.and_(account.c.closed_at.is_(None), person.person.c.on_duty)
    return open_now if demo else sa.and_(open_now, account.c.demo.is_(False))


def has_demo(connection: Connection) -> bool:
    """Tell whether accounts with public passwords are there; outside demo mode they do not work."""
    return connection.execute(sa.select(account.c.person_id).where(account.c.demo).limit(1)).first() is not None


def _signable(connection: Connection, login: str, *, demo: bool) -> sa.Row[Any, Any] | None:
    return connection.execute(
        sa.select(account.c.person_id, account.c.password_hash)
        .join(person.person, person.person.c.id == account.c.person_id)
        .where(account.c.login == login, account.c.password_hash.is_not(None), usable(demo=demo))
    ).one_or_none()


def _check(found: sa.Row[Any, Any] | None, password: str) -> _Checked:
    kept = found.password_hash if found else _NOBODY
    try:
        HASHER.verify(kept, password)
    except argon2.exceptions.VerifyMismatchError:
        return _Checked(found, right=False, new_hash=None)
    stale = found is not None and HASHER.check_needs_rehash(kept)
    return _Checked(found, right=found is not None, new_hash=HASHER.hash(password) if stale else None)


def _settle(connection: Connection, login: str, address: str, checked: _Checked) -> sa.Row[Any] | errors.EngineError:
    """Write what came of a try. The account's row is locked first, so that tries sent at once are counted in turn."""
    now = connection.execute(sa.select(account).where(account.c.login == login).with_for_update()).one_or_none()
    try:
        _refuse_locked(connection, login)
    except errors.AccountLocked as locked:
        return locked
    changed = now is None or checked.found is None or now.password_hash != checked.found.password_hash
    if not checked.right or changed or checked.found is None:
        return _count_wrong(connection, login, address)
    wrong_try.forget(connection, _lock(login))
    if checked.new_hash:
        connection.execute(sa.update(account).where(account.c.login == login).values(password_hash=checked.new_hash))
    who = checked.found.person_id
    trail.record_sign_in(connection, audit.Actor(who), "account.signed_in", address=address)
    return person.get(connection, who)


def _count_wrong(connection: Connection, login: str, address: str) -> errors.WrongCredentials:
    tries = wrong_try.count(connection, _lock(login), address)
    details = {"login": login, "address": address[:64], "tries": tries}
    trail.record_sign_in(connection, audit.Actor("anybody"), "account.sign_in_refused", **details)
    return errors.WrongCredentials()


def _refuse_locked(connection: Connection, login: str) -> None:
    until = wrong_try.locked_until(connection, _lock(login))
    if until is not None:
        moment = until.astimezone(clock.TOWN).isoformat(timespec="minutes")
        raise errors.AccountLocked(until=moment, tries=wrong_try.TRIES)


def _lock(login: str) -> wrong_try.Lock:
    return wrong_try.Lock("login", login)


def _hash(login: str, password: str) -> str:
    if len(password) < PASSWORD_LENGTH or login in password.lower():
        raise errors.PasswordTooWeak(length=PASSWORD_LENGTH)
    return HASHER.hash(password)
