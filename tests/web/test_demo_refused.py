"""Outside demo mode nobody gets in with what everybody can know: passwords, tokens and sessions of demo accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.cases.papers import document
from engine.ground import files
from engine.organisation import account, demo, session
from tests.conftest import SECRET
from tests.web.conftest import Visitor
from web import security
from web.application import create_app
from web.settings import Settings

LOGIN, PERSON = "demo029", "P029"


@pytest.fixture
def in_earnest(town: Engine, town_app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application of the town as a server that was not told to accept demo accounts."""
    url = town.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data_dir=tmp_path, secret_key=SECRET, demo=False, scheduler=False))
    app.extensions["onewindow.database"].dispose()
    app.extensions["onewindow.database"] = town
    yield app
    kept: Settings = town_app.extensions["onewindow.settings"]
    files.configure(kept.data_dir)
    document.configure(kept.base_url)


def sign_in(app: Flask) -> int:
    password = demo.password(LOGIN)
    return Visitor(app.test_client()).post("/login", {"login": LOGIN, "password": password}).status_code


def test_a_demo_password_is_refused(town_app: Flask, in_earnest: Flask, town: Engine) -> None:
    assert sign_in(town_app) == 303
    assert sign_in(in_earnest) == 401
    with db.transaction(town) as connection:
        account.unlock(connection, audit.SYSTEM, PERSON)


def test_a_demo_token_is_refused(town_app: Flask, in_earnest: Flask) -> None:
    headers = {"Authorization": f"Bearer {demo.bearer(LOGIN)}"}
    assert town_app.test_client().get("/api/v1/tasks", headers=headers).status_code == 200
    assert in_earnest.test_client().get("/api/v1/tasks", headers=headers).status_code == 401


def test_a_session_of_a_demo_account_ends_with_the_demo(town: Engine, town_app: Flask, in_earnest: Flask) -> None:
    with db.transaction(town) as connection:
        token = session.start(connection, PERSON, "127.0.0.1", "test")
    for app, expected in ((town_app, 200), (in_earnest, 303)):
        client = app.test_client()
        client.set_cookie(security.COOKIE, token)
        assert client.get("/inbox").status_code == expected


def test_the_sign_in_page_speaks_of_no_demo(town_app: Flask, in_earnest: Flask) -> None:
    assert "onewindow demo accounts" in town_app.test_client().get("/login").text
    page = in_earnest.test_client().get("/login").text
    assert "onewindow demo accounts" not in page
