"""The headline of an error says what kind of thing happened, in words that fit it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g

from engine import errors
from tests.web.conftest import Visit
from web import i18n
from web.shown import headlines


def every(kind: type[errors.EngineError]) -> list[type[errors.EngineError]]:
    """Return all errors of a kind."""
    return [each for direct in kind.__subclasses__() for each in (direct, *every(direct))]


def test_every_conflict_says_what_has_changed_instead_of_guessing() -> None:
    assert [kind.__name__ for kind in every(errors.Conflict) if kind not in headlines.named()] == []


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (errors.TaskWithdrawn(), "案件已经往前走了"),
        (errors.TaskAlreadyClaimed(person="王"), "他人已先办理"),
        (errors.LoginTaken(login="x"), "已经有了"),
        (errors.TaskSeparated(person="王"), "无权操作"),
    ],
)
def test_the_error_decides_and_not_its_status(problem: Any, said: str) -> None:
    app = Flask(__name__)
    i18n.init_app(app)
    with app.test_request_context():
        g.person = None
        assert headlines.of(problem) == said


def test_the_page_bears_the_headline(visit: Visit) -> None:
    page = visit("demo029").get("/inbox?after=x,1").text
    assert "<h1>列表已变化</h1>" in page
