"""Whatever changes something wants proof that the page is ours, and a key so that a double click counts once."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing.converters import NumberConverter

from engine.organisation import demo
from tests.web.conftest import Visit
from tests.web.test_permissions import named
from web import security

REPEATABLE = {
    "POST /audit/proofs": "looks through the trail; twice finds the same",
    "POST /designer/drafts/<int:draft_id>/check": "looks at a draft",
    "POST /designer/drafts/<int:draft_id>/copy": "keeps what was typed as it is now",
    "POST /designer/drafts/<int:draft_id>/files": "keeps what was typed as it is now",
    "POST /language/<code>": "the same language again",
    "POST /login": "each try is counted by the account",
    "POST /logout": "ended is ended",
    "POST /tasks/<int:task_id>/draft": "keeps what was typed as it is now",
    "POST /track": "each try is counted by the case",
    "POST /track/leave": "left is left",
}
"""What may come twice without harm, and why."""
READS = ("GET",)


def paths(app: Flask) -> dict[str, str]:
    """Return each address that changes something, with a path that leads to it."""
    found = {}
    for address, rule in named(app).items():
        method = address.partition(" ")[0]
        if method not in READS:
            values = {
                name: "1" if isinstance(rule._converters[name], NumberConverter) else "x" for name in rule.arguments
            }
            with app.test_request_context():
                found[address] = app.url_for(rule.endpoint, _method=method, **values)
    return found


def test_a_page_that_changes_something_wants_its_token(town_app: Flask, visit: Visit) -> None:
    visitor, wrong = visit("demo029"), {}
    for address, path in paths(town_app).items():
        if not path.startswith("/api/"):
            form = {security.KEY_FIELD: security.new_key()}
            answer = visitor.client.open(path, method=address.partition(" ")[0], data=form)
            if answer.status_code not in (400, 404):  # 404: the page to be shown again is not there
                wrong[address] = answer.status_code
    assert wrong == {}


def test_a_page_that_changes_something_wants_a_key_unless_it_may_come_twice(town_app: Flask, visit: Visit) -> None:
    found = set()
    for address, path in paths(town_app).items():
        if not path.startswith("/api/"):
            visitor = visit("demo029")
            answer = visitor.client.open(
                path, method=address.partition(" ")[0], data={"csrf_token": visitor.token(), "login": "nobody"}
            )
            if answer.status_code != 400:
                found.add(address)
    assert found == set(REPEATABLE)


def test_a_call_of_the_api_that_changes_something_wants_a_key(town_app: Flask) -> None:
    headers = {"Authorization": f"Bearer {demo.bearer('demo029')}"}
    client, wrong = town_app.test_client(), {}
    for address, path in paths(town_app).items():
        if path.startswith("/api/"):
            answer = client.open(path, method=address.partition(" ")[0], headers=headers, json={})
            if answer.status_code != 422 or not answer.json["type"].endswith("IdempotencyKeyMissing"):
                wrong[address] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("cookie", [True, False])
def test_the_api_knows_nobody_by_a_cookie(town_app: Flask, visit: Visit, cookie: bool) -> None:
    client = visit("demo029").client if cookie else town_app.test_client()
    for address, path in paths(town_app).items():
        if path.startswith("/api/"):
            assert client.open(path, method=address.partition(" ")[0]).status_code == 401, address
