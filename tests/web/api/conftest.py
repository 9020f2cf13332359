"""A program that calls the API of the demo town with somebody's token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import audit, db
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.items import item
from engine.organisation import demo
from web import security

CLERK, AUDITOR, PUBLISHER, ADMINISTRATOR = "demo029", "demo092", "demo008", "demo096"
APPLICANT = {"kind": "person", "name": "王小明", "phone": "13800138000", "address": "官林镇东虹路1号"}


@dataclass
class Program:
    """Calls with a token; ``key`` is the idempotency key, by default a fresh one."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, **options: Any) -> TestResponse:
        """Ask."""
        return self.client.get(f"/api/v1{path}", headers=self.headers, **options)

    def send(
        self, path: str, body: Any = None, *, method: str = "POST", key: str | None = None, **options: Any
    ) -> TestResponse:
        """Change."""
        headers = {**self.headers, "Idempotency-Key": key or security.new_key()}
        more = {"json": body} if body is not None else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more, **options)


Call = Callable[..., Program]


@pytest.fixture
def call(town_app: Any) -> Call:
    """Call as the person of a login, in English unless said otherwise."""

    def call(login: str, *, language: str = "en") -> Program:
        headers = {"Authorization": f"Bearer {demo.bearer(login)}", "Accept-Language": language}
        return Program(town_app.test_client(), headers)

    return call


@pytest.fixture
def case_number(town: Engine, town_app: Any) -> str:
    """A case that waits for the clerk's first task."""
    with db.transaction(town) as connection:
        row = item.get(connection, "GL-MZZ-008")
        case, _step = opening.open_case(
            connection,
            audit.Actor("test"),
            cases.Opening(
                item=opening.item_context(row.body),
                catalogue_version=row.version,
                channel="窗口",
                applicant=APPLICANT,
                window="W03",
            ),
        )
        return str(case.number)
