"""The page of connected systems: who is heard, what a file brought, why a row was refused, in the reader's words."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock, db
from engine.cases.grid import event
from engine.cases.grid.sources import source
from tests.conftest import MORNING
from tests.web.conftest import Visit

ADMINISTRATOR, CLERK = "demo096", "demo029"
TABLE = "external_id,lon,lat,river\n{name}-1,119.701234,31.500123,演示河\n{name}-2,121.47,31.23,演示河\n"


def file(text: str, name: str = "today.csv") -> dict[str, tuple[io.BytesIO, str]]:
    return {"file": (io.BytesIO(text.encode()), name)}


@pytest.mark.parametrize(("language", "said"), [("zh_CN", "第 2 行"), ("en", "row 2")])
def test_a_file_is_taken_in_and_its_wrong_row_is_named(visit: Visit, language: str, said: str) -> None:
    visitor, text = visit(ADMINISTRATOR, language=language), TABLE.format(name=language)
    page = visitor.post("/admin/sources/slxh", file(text))
    assert page.status_code == 200
    assert said in page.text
    assert f"{language}-2" in visitor.get("/admin/sources/slxh?view=refused").text
    again = visitor.post("/admin/sources/slxh", file(text.rpartition(f"{language}-2")[0]))
    assert again.status_code == 303
    listed = visitor.get("/admin/sources/slxh").text
    assert f"{language}-1" in listed
    assert "GL" in listed


def test_a_source_that_replays_the_file_of_yesterday_makes_nothing_new(visit: Visit, town: Engine) -> None:
    text = TABLE.format(name="replayed").rpartition("replayed-2")[0]
    visit(ADMINISTRATOR).post("/admin/sources/slxh", file(text))
    before = events(town)
    with clock.frozen(MORNING + timedelta(days=1)):
        later = visit(ADMINISTRATOR, language="en")
        assert later.post("/admin/sources/slxh", file(text)).status_code == 303
        assert "1 was there already" in later.get("/admin/sources/slxh").text
    assert events(town) == before


def events(town: Engine) -> int:
    """Return how many events there are."""
    with db.reading(town) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(event.grid_event)) or 0


@pytest.mark.parametrize(("language", "said"), [("zh_CN", "文件无法读取"), ("en", "The file cannot be read")])
@pytest.mark.parametrize("text", ["", "lon,lat\n1,2\n", "[1"])
def test_what_is_no_table_is_refused_with_the_page(visit: Visit, text: str, language: str, said: str) -> None:
    page = visit(ADMINISTRATOR, language=language).post("/admin/sources/slxh", file(text))
    assert page.status_code == 422
    assert said in page.text


def test_every_source_has_a_line_and_others_do_not_see_it(visit: Visit) -> None:
    text = visit(ADMINISTRATOR).get("/admin/sources").text
    assert text.count('href="/admin/sources/') >= 16
    assert "尚未接入" in text
    assert visit(CLERK).get("/admin/sources").status_code == 403
    assert visit(ADMINISTRATOR).get("/admin/sources/nobody").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh_CN", ("河道", "上报方式", "访问令牌")), ("en", ("stretch of river", "How it reports", "Access token"))],
)
def test_a_source_says_how_it_reports(visit: Visit, language: str, words: tuple[str, ...]) -> None:
    text = visit(ADMINISTRATOR, language=language).get("/admin/sources/slxh").text
    assert [word for word in words if word not in text] == []
    assert "POST /api/v1/intake/slxh" in text
    assert "onewindow token create s-slxh" in text


def test_every_field_of_every_source_has_a_name_in_both_languages(town: Engine) -> None:
    with db.reading(town) as connection:
        rows = connection.execute(sa.select(source.source)).all()
    lacking = [(row.code, field) for row in rows for field in row.fields if not field["label"] or not field["label_en"]]
    assert (len(rows), lacking) == (16, [])
