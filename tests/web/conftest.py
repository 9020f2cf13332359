"""What tests of pages and of the API build on: the application of the demo town, and persons who visit it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import audit, db
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.items import item
from engine.organisation import account, session
from web import i18n, security


class Visitor:
    """A browser of a person who is signed in, or of nobody."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **options)

    def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, key: str | None = None, **options: Any
    ) -> TestResponse:
        """Send a form with the page's token and an idempotency key, by default a fresh one."""
        guard = {"csrf_token": self.token(), security.KEY_FIELD: key or security.new_key()}
        return self.client.post(path, data={**guard, **(form or {})}, **options)

    def token(self) -> str:
        """Return the token that forms of this visitor's pages carry."""
        if not self._token:
            found = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/login").text)
            assert found
            self._token = found[1]
        return self._token


Visit = Callable[..., Visitor]
CLERK = "demo029"
Make = Callable[..., sa.Row[Any]]


@pytest.fixture
def visit(town: Engine, town_app: Flask) -> Visit:
    """Call with a login (``demo029``), or with nothing for somebody who is not signed in."""

    def visit(login: str | None = None, *, language: str = "zh_CN") -> Visitor:
        client = town_app.test_client()
        client.set_cookie(i18n.COOKIE, language)
        if login is not None:
            with db.transaction(town) as connection:
                found = connection.execute(
                    sa.select(account.account.c.person_id).where(account.account.c.login == login)
                )
                token = session.start(connection, found.scalar_one(), "127.0.0.1", "test")
            client.set_cookie(security.COOKIE, token)
        return Visitor(client)

    return visit


@pytest.fixture
def make(town: Engine) -> Make:
    """Open a case of 尊老金 at window 3 as its clerk: ``make(name="王小明", phone="13800138000")``."""

    def made(**applicant: Any) -> sa.Row[Any]:
        party = {"kind": "person", "name": "王小明", "phone": "13800138000", **applicant}
        with db.transaction(town) as connection:
            who = connection.scalar(sa.select(account.account.c.person_id).where(account.account.c.login == CLERK))
            row = item.get(connection, "GL-MZZ-008")
            given = cases.Opening(opening.item_context(row.body), row.version, "窗口", party, window="W03")
            case, _step = opening.open_case(connection, audit.Actor(str(who)), given)
        return case

    return made
