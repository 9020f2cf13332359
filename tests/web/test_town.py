"""The demo town as pages find it: everything is there, and visitors are who they say."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from engine import calendars, db, definitions
from engine.cases.items import item
from engine.organisation import demo
from tests.web.conftest import Visit
from web.cli.demo import load_town


def test_the_town_has_a_calendar_a_process_and_its_items(town: Engine) -> None:
    with db.reading(town) as connection:
        assert [int(row.year) for row in calendars.years(connection)] == list(calendars.SEED_YEARS)
        assert definitions.current(connection, "one_window_approval").version == 1
        assert item.search(connection, item.Search()).total == 276


def test_loading_the_town_again_changes_nothing(town: Engine) -> None:
    with db.transaction(town) as connection:
        assert load_town(connection) is False


def test_a_visitor_is_the_person_of_the_login(town: Engine, visit: Visit) -> None:
    with db.reading(town) as connection:
        clerk = next(row for row in demo.accounts(connection) if row["login"] == "demo029")
    assert clerk["name"].removesuffix("(演示)") in visit("demo029").get("/").text
    assert visit().get("/").status_code == 303


@pytest.mark.parametrize(("language", "said", "name"), [("zh_CN", "退出", "官林镇"), ("en", "Log out", "Guanlin Town")])
def test_a_visitor_reads_a_language(visit: Visit, language: str, said: str, name: str) -> None:
    page = visit("demo029", language=language).get("/").text
    assert said in page
    assert f'<span class="town">{name}</span>' in page


def test_a_visitor_sends_forms_that_pass_the_guard(visit: Visit) -> None:
    assert visit("demo029").post("/logout").headers["Location"] == "/login"
