"""One unit of work per request: kept on success, undone on failure, read on one snapshot."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from engine import audit, db
from web import database as work


@pytest.fixture
def client(database: Engine) -> FlaskClient:
    app = Flask(__name__)
    work.init_app(app, database)

    @app.route("/write/<answer>", methods=["GET", "POST"])
    def write(answer: str) -> tuple[str, int]:
        audit.record(work.connection(), "house:test", audit.Event("test.happened", audit.SYSTEM))
        if answer == "raise":
            raise RuntimeError("broken")
        if answer == "kept":
            work.keep()
        return "", {"fine": 200, "moved": 303, "refused": 422, "kept": 401}[answer]

    @app.errorhandler(RuntimeError)
    def failed(_problem: RuntimeError) -> tuple[str, int]:
        work.roll_back()
        return str(len(audit.trail(work.connection(), "house:test"))), 500

    return app.test_client()


def events(database: Engine) -> int:
    with db.reading(database) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(audit.audit_event)) or 0


@pytest.mark.parametrize("answer", ["fine", "moved"])
def test_what_a_request_wrote_is_kept_when_it_succeeds(client: FlaskClient, database: Engine, answer: str) -> None:
    client.post(f"/write/{answer}")
    assert events(database) == 1


def test_what_a_request_wrote_is_undone_when_it_is_refused(client: FlaskClient, database: Engine) -> None:
    client.post("/write/refused")
    assert events(database) == 0


def test_a_failure_undoes_the_work_and_the_error_page_reads_the_state_before(
    client: FlaskClient, database: Engine
) -> None:
    assert client.post("/write/raise").text == "0"
    assert events(database) == 0


def test_a_view_may_keep_its_work_although_it_answers_with_an_error(client: FlaskClient, database: Engine) -> None:
    client.post("/write/kept")
    assert events(database) == 1


def test_a_request_that_reads_leaves_nothing_behind(client: FlaskClient, database: Engine) -> None:
    client.get("/write/fine")
    assert events(database) == 0
