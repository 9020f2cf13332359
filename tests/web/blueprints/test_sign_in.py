"""Signing in: the password, the lock, the session, and what nobody may have without one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from engine import audit, clock, db
from engine.organisation import account, person, unit
from tests.conftest import SECRET
from web.application import create_app
from web.settings import Settings

PASSWORD = "seven-herons-over-the-water"


@pytest.fixture(scope="module")
def app(prepared_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application in earnest, which knows no demo person."""
    url = prepared_database.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data_dir=tmp_path_factory.mktemp("stored"), secret_key=SECRET))
    yield app
    app.extensions["onewindow.database"].dispose()


@pytest.fixture
def client(database: Engine, app: Flask) -> FlaskClient:
    with db.transaction(database) as connection:
        row = {"code": "GL", "name": "官林镇", "name_en": "Guanlin", "kind": "town", "position": 0}
        connection.execute(sa.insert(unit.unit).values(row | {"certainty": "demo", "facts": {}}))
        who = {"id": "P001", "kind": "person", "name": "李窗口", "display_name": "李窗口", "unit": "GL"}
        connection.execute(sa.insert(person.person).values(who | {"on_duty": True, "certainty": "demo", "facts": {}}))
        account.open_account(connection, audit.SYSTEM, "P001", "li", password=PASSWORD)
    return app.test_client()


def token(client: FlaskClient, page: str = "/login") -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, password: str = PASSWORD, wanted: str = "") -> tuple[int, str, str]:
    form = {"csrf_token": token(client), "login": "li", "password": password, "next": wanted}
    answer = client.post("/login", data=form)
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_the_right_password_opens_the_start_page(client: FlaskClient) -> None:
    assert sign_in(client)[:2] == (303, "/")
    assert "李窗口" in client.get("/").text


def test_who_is_signed_in_may_sign_in_again(client: FlaskClient) -> None:
    sign_in(client)
    form = {"csrf_token": token(client, "/"), "login": "li", "password": PASSWORD, "next": ""}
    assert client.post("/login", data=form).status_code == 303
    assert client.get("/").status_code == 200


def test_nobody_sees_a_page_without_signing_in_and_returns_to_it_afterwards(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/")
    assert client.post("/logout").status_code in (400, 401)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, wanted: str) -> None:
    assert sign_in(client, wanted=wanted)[:2] == (303, "/")


def test_the_fifth_wrong_password_locks_the_account_and_says_so(client: FlaskClient) -> None:
    assert [sign_in(client, "wrong")[0] for _ in range(5)] == [401] * 5
    status, _, text = sign_in(client)
    assert status == 429
    assert "alert error" in text


def test_signing_out_ends_the_session_for_a_kept_cookie_too(client: FlaskClient) -> None:
    sign_in(client)
    cookie = client.get_cookie("onewindow_session")
    assert cookie is not None
    assert client.post("/logout", data={"csrf_token": token(client, "/")}).status_code == 303
    client.set_cookie("onewindow_session", cookie.value)
    assert client.get("/").status_code == 303


def test_a_form_without_the_pages_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/login", data={"login": "li", "password": PASSWORD}).status_code == 400


def test_every_answer_forbids_foreign_scripts_and_frames(client: FlaskClient) -> None:
    headers = client.get("/login").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"].split("style-src-attr")[0]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_language_is_kept(client: FlaskClient) -> None:
    form = {"csrf_token": token(client), "back": "/login"}
    assert client.post("/language/en", data=form).headers["Location"] == "/login"
    assert "Staff log-in" in client.get("/login").text


def test_an_unknown_page_is_a_page_too(client: FlaskClient) -> None:
    sign_in(client)
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_we_are_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("name", ["build.py", "package.json", "../settings.py", "node_modules"])
def test_only_style_sheets_and_scripts_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


def test_a_session_lasts_as_long_as_the_setting_says(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(app.extensions["onewindow.settings"], session_hours=1)
    monkeypatch.setitem(app.extensions, "onewindow.settings", short)
    sign_in(client)
    with clock.frozen(clock.now() + timedelta(minutes=59)):
        assert client.get("/").status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert client.get("/").status_code == 303
