"""Signing in, sessions and access tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors
from engine.organisation import account, demo, session, token, trail

ADMIN = audit.Actor("P095")
LOGIN = "demo029"
RIGHT = demo.password(LOGIN)


def sign_in(database: Engine, password: str, *, mode: bool = True) -> sa.Row[tuple[object, ...]]:
    return account.sign_in(database, LOGIN, password, "192.0.2.1", demo=mode)


def actions(database: Engine) -> list[str]:
    with db.reading(database) as connection:
        return [event.action for event in audit.trail(connection, trail.SIGN_INS)]


def test_the_right_password_signs_in_and_is_written_down(town_database: Engine) -> None:
    assert sign_in(town_database, RIGHT).id == "P029"
    assert actions(town_database) == ["account.signed_in"]


def test_the_first_sign_in_replaces_a_cheap_hash(town_database: Engine) -> None:
    sign_in(town_database, RIGHT)
    with db.reading(town_database) as connection:
        assert not account.HASHER.check_needs_rehash(account.get(connection, "P029").password_hash)
    assert sign_in(town_database, RIGHT).id == "P029"


def test_demo_accounts_work_in_demo_mode_only(town_database: Engine) -> None:
    with pytest.raises(errors.WrongCredentials):
        sign_in(town_database, RIGHT, mode=False)
    with db.reading(town_database) as connection:
        assert token.holder(connection, demo.bearer(LOGIN), demo=True).id == "P029"
        with pytest.raises(errors.TokenWrong):
            token.holder(connection, demo.bearer(LOGIN))


def test_five_wrong_tries_lock_the_login_for_a_quarter_of_an_hour(town_database: Engine) -> None:
    start = clock.now()
    for minute in range(5):
        with clock.frozen(start + timedelta(minutes=3 * minute)), pytest.raises(errors.WrongCredentials):
            sign_in(town_database, "wrong")
    with clock.frozen(start + timedelta(minutes=26)), pytest.raises(errors.AccountLocked):
        sign_in(town_database, RIGHT)
    with clock.frozen(start + timedelta(minutes=27)):
        assert sign_in(town_database, RIGHT).id == "P029"
    assert actions(town_database) == ["account.sign_in_refused"] * 5 + ["account.signed_in"]


def test_wrong_tries_far_apart_do_not_lock(town_database: Engine) -> None:
    start = clock.now()
    for step in range(7):
        with clock.frozen(start + timedelta(minutes=4 * step)), pytest.raises(errors.WrongCredentials):
            sign_in(town_database, "wrong")


def test_the_right_password_takes_back_the_count(town_database: Engine) -> None:
    for _ in range(4):
        with pytest.raises(errors.WrongCredentials):
            sign_in(town_database, "wrong")
    sign_in(town_database, RIGHT)
    with pytest.raises(errors.WrongCredentials):
        sign_in(town_database, "wrong")


def test_an_unknown_login_is_refused_and_locked_like_a_known_one(town_database: Engine) -> None:
    for _ in range(5):
        with pytest.raises(errors.WrongCredentials):
            account.sign_in(town_database, "nobody", "x", "192.0.2.1")
    with pytest.raises(errors.AccountLocked):
        account.sign_in(town_database, "nobody", "x", "192.0.2.1")


def test_who_has_left_cannot_sign_in_nor_go_on(town: Connection) -> None:
    secret = session.start(town, "P029", "192.0.2.1")
    assert session.find(town, secret, demo=True) is not None
    account.close(town, ADMIN, "P029")
    assert session.find(town, secret, demo=True) is None
    with pytest.raises(errors.TokenWrong):
        token.holder(town, demo.bearer(LOGIN), demo=True)


def test_a_session_ends_by_signing_out_idleness_and_age(town: Connection) -> None:
    start = clock.now()
    secret = session.start(town, "P029", "192.0.2.1", "Firefox")
    with clock.frozen(start + timedelta(hours=2)):
        assert session.find(town, secret, demo=True) is None
    for hour in range(1, 12):
        with clock.frozen(start + timedelta(hours=hour)):
            found = session.find(town, secret, demo=True)
            assert found is not None
            assert found.stale
            session.touch(town, found.id)
    with clock.frozen(start + timedelta(hours=12)):
        assert session.find(town, secret, demo=True) is None
    session.end(town, secret)
    assert session.find(town, secret, demo=True) is None
    assert audit.trail(town, trail.SIGN_INS)[-1].action == "account.signed_out"


def test_all_sessions_of_a_person_can_be_ended(town: Connection) -> None:
    secrets = [session.start(town, "P029", "192.0.2.1") for _ in range(2)]
    assert len(session.of(town, "P029")) == 2
    assert session.end_all(town, ADMIN, "P029") == 2
    assert [session.find(town, secret, demo=True) for secret in secrets] == [None, None]


def test_a_token_is_shown_once_kept_as_a_hash_and_can_be_revoked(town: Connection) -> None:
    bearer = token.create(town, ADMIN, "P029", "报表", expires_at=clock.now() + timedelta(days=1))
    kept = token.of(town, "P029")[0]
    assert bearer not in str(kept)
    assert token.holder(town, bearer, demo=True).id == "P029"
    with clock.frozen(clock.now() + timedelta(days=1)), pytest.raises(errors.TokenWrong):
        token.holder(town, bearer, demo=True)
    token.revoke(town, ADMIN, kept.id)
    with pytest.raises(errors.TokenWrong):
        token.holder(town, bearer, demo=True)
    with pytest.raises(errors.AccessTokenUnknown):
        token.revoke(town, ADMIN, kept.id)


def test_a_password_must_be_long_and_not_the_login(town: Connection) -> None:
    for weak in ("short", "demo029-demo029"):
        with pytest.raises(errors.PasswordTooWeak):
            account.set_password(town, ADMIN, "P029", weak)
    account.set_password(town, ADMIN, "P029", "九个字的口令不够长的")
    assert not account.get(town, "P029").demo


def test_a_login_belongs_to_one_person(town: Connection) -> None:
    with pytest.raises(errors.LoginTaken):
        account.open_account(town, ADMIN, "P196", LOGIN)
    account.open_account(town, ADMIN, "P196", "Jiang.Xiulan")
    assert account.get(town, "P196").login == "jiang.xiulan"
