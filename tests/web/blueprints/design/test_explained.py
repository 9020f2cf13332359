"""A decision table is told in words: columns by their names, answers by what we call them, never by codes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy.engine import Engine

from engine.cases.clocks import period as periods
from engine.cases.papers import push
from engine.dmn import annotation
from engine.dmn.table import NAMES
from tests.web import desk
from tests.web.conftest import Visit
from web.language import speaking
from web.shown import casefile, explained, lexicon
from web.shown.design import answers

TABLES = sorted((Path(__file__).parents[4] / "workflows").glob("*/*.dmn"))
UNSAID = {"group", "receiver", "text", "formula"}
"""Columns whose answers are posts and units, texts of documents, or arithmetic."""
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
HAN = re.compile(r"[\u3400-\u9fff]")
RESULT = {"period": "decision", "days": 3, "unit": "工作日", "law": "行政许可法第四十二条第一款"}
TOLD = {
    "name": "承诺时限",
    "inputs": [
        {"expression": "item.decided_by", "label": "决定机关", "label_en": "Who decides", "value": "本镇"},
        {"expression": "joint", "label": "涉及镇外部门", "label_en": "Outside departments", "value": False},
    ],
    "outputs": [
        {"name": "period", "label": "法定期限", "label_en": "Statutory period"},
        {"name": "days", "label": "承诺天数", "label_en": "Promised days"},
        {"name": "unit", "label": "单位", "label_en": "Counted in"},
        {"name": "law", "label": "依据", "label_en": "Legal basis"},
    ],
    "rules": [
        {"number": 1, "matched": False, "failed": {"input": 1, "condition": "true"}},
        {"number": 2, "matched": True, "conditions": ['"本镇"', "-"], "annotations": ["自受理之日起二十日"]},
    ],
}


def said(app: Flask, locale: str, result: Any = RESULT, told: Any = TOLD) -> explained.Rules:
    with app.test_request_context(), speaking(locale):
        return explained.rules(["decide", "promise", "promise_due", result, told], casefile.Names())


def test_results_are_told_in_words_with_their_source(town_app: Flask) -> None:
    rules = said(town_app, "zh_CN")
    assert [(cell.label, cell.value) for cell in rules.results[0]] == [
        ("法定期限", "法定办结期限"),
        ("承诺天数", "3 工作日"),
        ("依据", "行政许可法第四十二条第一款"),
    ]
    assert rules.sources == ["行政许可法42(1)"]
    english = said(town_app, "en")
    assert [(cell.label, cell.value) for cell in english.results[0]][:2] == [
        ("Statutory period", "Statutory period to decide"),
        ("Promised days", "3 working days"),
    ]


def test_conditions_and_what_was_read_are_told_in_words(town_app: Flask) -> None:
    rules = said(town_app, "en")
    assert [(cell.label, cell.value) for cell in rules.inputs] == [
        ("Who decides", "the town"),
        ("Outside departments", "no"),
    ]
    assert [(number, cell.label, text) for number, cell, text in rules.failed] == [(1, "Outside departments", "yes")]
    assert [(cell.label, text) for cell, text in rules.matched[0].why] == [("Who decides", "the town")]


def test_receivers_purposes_and_posts_are_called_by_their_names(town_app: Flask) -> None:
    pushed = [{"receiver": "grid", "purpose": "grant"}, {"receiver": "credit", "purpose": "promise_check"}]
    rules = said(town_app, "zh_CN", pushed, {})
    assert [[cell.value for cell in row] for row in rules.results] == [
        ["网格化管理中心", "许可后监管"],
        ["公共信用信息平台", "承诺核查"],
    ]
    columns = {"outputs": [{"name": "groups", "label": "审查岗位"}]}
    posts = said(town_app, "en", ["approval.reviewer.social", "external.department@gas"], columns)
    assert posts.results[0][0].value == "Reviewer, Civil Affairs and Social Security, Department Liaison (gas)"


def test_a_decision_that_was_written_without_labels_is_still_told(town_app: Flask) -> None:
    old = {**TOLD, "inputs": [{"expression": "joint", "value": None}] * 2, "outputs": []}
    rules = said(town_app, "zh_CN", told=old)
    assert rules.inputs[0].label == "joint"
    assert rules.results[0][0].label == "period"


@pytest.mark.parametrize("table", TABLES, ids=[table.stem for table in TABLES])
def test_every_shipped_column_has_a_name_in_both_languages(table: Path) -> None:
    drawn = table.read_text("utf-8")
    assert NAMES in drawn
    columns = re.findall(r"<(?:input|output) id=[^>]*>", drawn)
    assert [column for column in columns if " label=" not in column or " names:label-en=" not in column] == []


def answered(table: Path) -> list[dict[str, str]]:
    """Return what each rule of a table answers, by the name of the column."""
    drawn = table.read_text("utf-8")
    names = re.findall(r'<output [^>]*name="(\w+)"', drawn)
    rules = re.findall(r"<rule .*?</rule>", drawn, re.S)
    said = [re.findall(r"<outputEntry[^>]*>\s*<text>(.*?)</text>", rule) for rule in rules]
    return [dict(zip(names, row, strict=True)) for row in said]


@pytest.mark.parametrize("table", TABLES, ids=[table.stem for table in TABLES])
def test_every_code_that_a_shipped_table_answers_has_words_in_both_languages(table: Path) -> None:
    known = {*lexicon.WORDS, *push.PURPOSES, *periods.register(), *answers.CODES}
    coded = {*lexicon.CHINESE, *push.PURPOSES, *periods.register(), *answers.CODES}
    missing = set()
    for row in answered(table):
        for name, answer in row.items():
            text = re.fullmatch('"([^"]*)"', answer)
            if text is None or name in UNSAID or f"{name}_en" in row or name.endswith("_en"):
                continue
            words = coded if text[1].isascii() else known
            if text[1] not in answers.COLUMNS.get(name, words):
                missing.add(text[1])
    assert missing == set()


@pytest.mark.parametrize("table", TABLES, ids=[table.stem for table in TABLES])
def test_every_sentence_that_a_shipped_table_answers_stands_beside_its_english(table: Path) -> None:
    unsaid = [
        said
        for row in answered(table)
        for name, said in row.items()
        if f"{name}_en" in row and ((said == '""') != (row[f"{name}_en"] == '""') or HAN.search(row[f"{name}_en"]))
    ]
    assert unsaid == []


@pytest.mark.parametrize(("locale", "text", "told"), [
    ("en", 'list contains(?, "踏勘")', "a list with site visit"),
    ("zh_CN", 'list contains(?, "踏勘")', "含踏勘"),
    ("en", 'not(list contains(?, "听证"))', "a list without hearing"),
    ("en", 'starts with(?, "上级")', "what begins with “a higher authority”"),
    ("en", 'count(?) = 1 and ?[1].kind = "警告"', 'count(?) = 1 and ?[1].kind = "warning"'),
    ("zh_CN", 'count(?) = 1 and ?[1].kind = "警告"', 'count(?) = 1 and ?[1].kind = "警告"'),
])  # fmt: skip
def test_a_formula_with_chinese_texts_is_told_in_the_readers_words(
    town_app: Flask, locale: str, text: str, told: str
) -> None:
    with town_app.test_request_context(), speaking(locale):
        assert explained.condition(text) == told


@pytest.mark.parametrize("table", TABLES, ids=[table.stem for table in TABLES])
def test_no_condition_of_a_shipped_table_is_told_in_chinese(town_app: Flask, table: Path) -> None:
    drawn = etree.fromstring(table.read_bytes())
    with town_app.test_request_context(), speaking("en"):
        conditions = [explained.condition(entry.findtext(f"{DMN}text")) for entry in drawn.iter(f"{DMN}inputEntry")]
        read = [explained.formula(entry.findtext(f"{DMN}text")) for entry in drawn.iter(f"{DMN}inputExpression")]
    assert [said for said in conditions + read if HAN.search(said)] == []


def test_a_sentence_is_told_once_in_the_readers_language(town_app: Flask) -> None:
    columns = {"outputs": [{"name": "reason", "label": "理由", "label_en": "Why"}, {"name": "reason_en"}]}
    result = {"reason": "拒不改正", "reason_en": "refuses to correct it"}
    for locale, given, told in (
        ("zh_CN", result, ("理由", "拒不改正")),
        ("en", result, ("Why", "refuses to correct it")),
        ("en", {"reason": "拒不改正"}, ("Why", "拒不改正")),
    ):
        [cells] = said(town_app, locale, given, columns).results
        assert [(cell.label, cell.value) for cell in cells] == [told]


@pytest.mark.parametrize("table", TABLES, ids=[table.stem for table in TABLES])
def test_every_note_of_a_shipped_table_is_kept_in_english_too(table: Path) -> None:
    drawn = etree.fromstring(table.read_bytes())
    [clauses] = [annotation.clauses(found) for found in drawn.iter(f"{DMN}decisionTable")]
    noted = {rule.get("id"): annotation.of(rule, clauses) for rule in drawn.iter(f"{DMN}rule")}
    assert noted
    unsaid = [id for id, notes in noted.items() if not all(note.english for note in notes)]
    chinese = [id for id, notes in noted.items() if any(HAN.search(note.english) for note in notes)]
    assert (unsaid, chinese) == ([], [])


def test_notes_are_told_in_the_readers_language_and_as_written_where_no_other_was_kept(town_app: Flask) -> None:
    matched = {"number": 1, "matched": True, "annotations": ["自受理之日起二十日"]}
    both = {**matched, "annotations_en": ["twenty days from acceptance"]}
    for rule, locale, notes in (
        (both, "zh_CN", ["自受理之日起二十日"]),
        (both, "en", ["twenty days from acceptance"]),
        (matched, "en", ["自受理之日起二十日"]),
    ):
        [said_of] = said(town_app, locale, told={**TOLD, "rules": [rule]}).matched
        assert said_of.notes == notes


def test_codes_of_grid_and_enforcement_tables_are_told_in_words(town_app: Flask) -> None:
    for column, code, chinese, english in (
        ("grade", "summon", "约谈", "summons"),
        ("target", "mayor", "镇长", "the mayor"),
        ("level", "grid", "格内", "in the grid"),
        ("route", "town", "本镇", "the town"),
        ("route", "court", "申请法院强制执行", "by the court"),
        ("target", "", "无", "none"),
    ):
        columns = {"outputs": [{"name": column, "label": column}]}
        told = [said(town_app, locale, code, columns).results[0][0].value for locale in ("zh_CN", "en")]
        assert told == [chinese, english]


def test_the_task_page_shows_no_code_of_a_decision(town: Engine, visit: Visit) -> None:
    task = desk.take_in(town)
    for language, period in (("zh_CN", "法定办结期限"), ("en", "Statutory period to decide")):
        page = visit(desk.CLERK, language=language).get(f"/tasks/{task.id}").text
        rules = page[page.index('<section class="rules">') : page.index("</section>", page.index("rules"))]
        assert period in rules
        assert not re.search(r"period =|days =|decision\b(?!s)", re.sub(r"<code.*?</code>", "", rules))
