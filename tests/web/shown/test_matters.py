"""What cases are about, in English: the shipped town names every matter, and its clerks read Chinese in names only."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.cases.enforcement import lead
from engine.cases.enforcement.power import power
from engine.cases.grid.items.item_class import item_class, item_major
from engine.cases.items.catalogue import catalogue_bundle, catalogue_material
from engine.cases.items.item import catalogue_item
from tests.web.conftest import Visit
from tests.web.desk import CLERK, take_in
from web.shown import matters

CHINESE = re.compile(r"[\u3400-\u9fff]+")
UNSAID = re.compile(r"(?s)<script.*?</script>|<style.*?</style>| value=\S+")
ON_EVERY_PAGE = {"英文列表", "中文", "傅天宇"}
"""What was looked for, the way to the Chinese page, and the clerk's own name."""
LEADER = "demo001"
ALLOWANCE, ADVERTISEMENT = "GL-MZZ-008", "GL-CGG-001"


@pytest.mark.parametrize("table", [catalogue_item, catalogue_bundle, catalogue_material, power, item_class, item_major])
def test_the_shipped_town_names_every_matter_in_english(town: Engine, table: sa.Table) -> None:
    with db.reading(town) as connection:
        newest = sa.select(sa.func.max(table.c.version)).scalar_subquery()
        rows = connection.execute(sa.select(table.c.code, table.c.name_en).where(table.c.version == newest)).all()
    assert rows
    assert [row.code for row in rows if not row.name_en or CHINESE.search(row.name_en)] == []


@pytest.mark.parametrize("address", ["/inbox?view=claimable", "/inbox?view=all", "/inbox.csv?view=all", "/cases"])
def test_lists_in_english_hold_chinese_in_names_of_persons_only(town: Engine, visit: Visit, address: str) -> None:
    take_in(town, name="英文列表甲", item_code=ALLOWANCE)
    take_in(town, name="英文列表乙", item_code=ADVERTISEMENT)
    clerk = visit(CLERK, language="en")
    said = clerk.get(f"{address}{'&' if '?' in address else '?'}q=英文列表").text
    assert "Allowance for people aged 80 and over" in said
    assert "Permit for a large outdoor advertisement" in said
    assert set(CHINESE.findall(_read(said))) - ON_EVERY_PAGE == {"英文列表甲", "英文列表乙"}


@pytest.mark.parametrize(("name", "english"), [
    ("农业水利与市场劳动执法队", "Agriculture, Water, Market and Labour Enforcement Team"),
    ("综合执法局", "Comprehensive Enforcement Bureau"),
    ("执法线索", "Lead of enforcement"),
])  # fmt: skip
def test_who_has_a_penalty_case_is_called_in_english(town_app: Flask, name: str, english: str) -> None:
    with town_app.test_request_context(headers={"Cookie": "lang=en"}):
        assert matters.matter(name) == english


def test_a_task_and_its_case_are_titled_in_english_beside_the_partys_name(town: Engine, visit: Visit) -> None:
    row = take_in(town, name="英文标题甲")
    clerk = visit(CLERK, language="en")
    assert "英文标题甲 Allowance for people aged 80 and over" in clerk.get(f"/tasks/{row.id}").text
    assert "</span> Allowance for people aged 80 and over</h1>" in clerk.get(f"/cases/{row.business_key}").text
    assert "英文标题甲 80周岁以上老年人尊老金（高龄津贴）" in visit(CLERK).get(f"/tasks/{row.id}").text


def test_the_day_begins_with_steps_in_english(town: Engine, visit: Visit) -> None:
    take_in(town, name="英文首页甲")
    steps = re.findall(r'href="/tasks/\d+">([^<]+)<', visit(CLERK, language="en").get("/").text)
    assert steps
    assert [step for step in steps if CHINESE.search(step)] == []


@pytest.mark.parametrize("page", ["/inbox?view=all&q=", "/inbox.csv?view=all&q=", "/cases?text=", "/search?q="])
def test_cases_and_tasks_are_found_by_the_english_name_of_their_matter(town: Engine, visit: Visit, page: str) -> None:
    number = take_in(town, name="英文查找甲", item_code=ALLOWANCE).business_key
    other = take_in(town, name="英文查找乙", item_code=ADVERTISEMENT).business_key
    clerk = visit(CLERK, language="en")
    for text in ("allowance for PEOPLE aged 80", "80周岁以上老年人"):
        said = clerk.get(f"{page}{text}").text
        assert number in said
        assert other not in said
    assert number not in clerk.get(f"{page}allowance%25people").text


@pytest.mark.parametrize(("login", "page"), [(CLERK, f"/catalogue/{ALLOWANCE}"), (None, f"/apply/{ALLOWANCE}")])
def test_materials_are_called_in_english_by_clerks_and_residents(visit: Visit, login: str | None, page: str) -> None:
    english, chinese = visit(login, language="en").get(page).text, visit(login).get(page).text
    assert ("Resident identity card" in english, "居民身份证" in english) == (True, False)
    assert ("Resident identity card" in chinese, "居民身份证" in chinese) == (False, True)


def test_the_lists_of_a_task_and_of_the_grid_are_read_in_english(town: Engine, visit: Visit) -> None:
    row = take_in(town, name="英文清单甲", item_code=ALLOWANCE)
    form = visit(CLERK, language="en").get(f"/tasks/{row.id}").text
    assert re.search(r'id="f-materials-\d+-name">Resident identity card</output>', form)
    assert "居民身份证" not in _read(form)
    assert "<dd>environment</dd>" in visit(LEADER, language="en").get("/grid-items/H0102").text


def test_items_and_powers_are_found_by_their_english_names(visit: Visit) -> None:
    clerk = visit(CLERK, language="en")
    assert ALLOWANCE in clerk.get("/catalogue?text=allowance for people aged 80").text
    assert "GL-CF1-103" in clerk.get("/powers?text=WITHOUT or against a planning permit").text


def test_a_party_whom_nobody_knows_yet_is_said_so_in_english(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        case, _step = lead.take_in(connection, audit.Actor("P064"), lead.Lead("巡查", "门口堆放杂物"))
    english, chinese = visit(LEADER, language="en"), visit(LEADER)
    for page in ("/cases?text=当事人待查", "/cases/export.csv?text=当事人待查", f"/cases/{case.number}"):
        said = _read(english.get(page).text)
        assert "party not known yet" in said
        assert lead.UNKNOWN_PARTY not in said
        assert lead.UNKNOWN_PARTY in chinese.get(page).text


def test_a_name_that_is_given_in_chinese_only_stays(town_app: Flask) -> None:
    with town_app.test_request_context(headers={"Cookie": "lang=en"}):
        assert matters.matter("镇里自定的事项") == "镇里自定的事项"
        assert matters.titled("某人 镇里自定的事项", "镇里自定的事项") == "某人 镇里自定的事项"


def _read(page: str) -> str:
    """Return what a page says, its tool tips included, without its scripts and what its choices send."""
    return unescape(UNSAID.sub("", page))
