"""Languages: Chinese first, English complete, errors of the engine with their facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from flask import Flask, g
from flask_babel import gettext, pgettext

from engine import errors
from web import i18n
from web.shown import formatting


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__)
    i18n.init_app(app)
    formatting.init_app(app)
    return app


@pytest.fixture
def chinese(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        g.person = None
        yield


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        g.person = None
        yield


def test_chinese_is_spoken_to_everybody_who_does_not_ask_for_english(chinese: None) -> None:
    assert i18n.locale_name() == "zh_CN"
    assert gettext("Log out") == "退出"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Accept-Language": "en-GB,en;q=0.9"}, "en"),
        ({"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.1"}, "zh_CN"),
        ({"Accept-Language": "en", "Cookie": "lang=zh_CN"}, "zh_CN"),
        ({"Cookie": "lang=../etc"}, "zh_CN"),
    ],
)
def test_the_cookie_beats_the_browser(app: Flask, headers: dict[str, str], expected: str) -> None:
    with app.test_request_context(headers=headers):
        g.person = None
        assert i18n.locale_name() == expected


def test_an_error_is_told_with_its_facts(english: None) -> None:
    assert "GL-2026-000009" in i18n.error_message(errors.CaseNotFound(number="GL-2026-000009"))


def test_a_message_without_its_fact_still_shows(chinese: None) -> None:
    assert i18n.message("Nothing like this {was} translated", {"other": 1}) == "Nothing like this {was} translated"


def test_a_row_is_named_in_the_language_read(english: None) -> None:
    assert i18n.named({"name": "收件登记", "name_en": "Take in"}) == "Take in"
    assert i18n.named({"name": "收件登记", "name_en": None}) == "收件登记"


def facts(text: str) -> set[str]:
    """Return the places that a text leaves for facts, in either way of marking them."""
    return {*re.findall(r"\{[a-z_]+\}|%\([a-z_]+\)[sd]", text)}


@pytest.mark.parametrize("file", sorted(i18n.FOLDER.glob("*/*.po")), ids=lambda file: file.name)
def test_a_translation_keeps_the_facts_of_its_text(file: Path) -> None:
    with file.open("rb") as content:
        for entry in pofile.read_po(content, locale=file.parent.name, abort_invalid=True):
            if not entry.id:
                continue
            assert entry.string, f"{entry.id!r} is not translated"
            texts = [entry.string] if isinstance(entry.string, str) else list(entry.string)
            wanted = [entry.id] if isinstance(entry.id, str) else entry.id
            assert all(facts(text) <= facts(wanted[-1]) for text in texts), f"{entry.id!r} names other facts"


def test_one_text_has_one_translation_wherever_it_stands() -> None:
    known: dict[tuple[str | None, str], set[str]] = {}
    for file in i18n.FOLDER.glob("zh_CN/*.po"):
        with file.open("rb") as content:
            for entry in pofile.read_po(content, locale="zh_CN", abort_invalid=True):
                text, said = (whole if isinstance(whole, str) else whole[0] for whole in (entry.id, entry.string))
                if text:
                    known.setdefault((entry.context, text), set()).add(said)
    assert {text: said for text, said in known.items() if len(said) > 1} == {}


def test_a_text_of_two_meanings_is_told_apart_by_its_context(chinese: None) -> None:
    assert pgettext("key", "open") == "打开"
    assert gettext("open") == "在办"


def test_the_number_of_a_case_has_one_name() -> None:
    said = {file.name: file.read_text("utf-8") for file in i18n.FOLDER.glob("zh_CN/*.po")}
    wrong = [name for name, text in said.items() if "办件编号" in text or "办件号" in text]
    assert wrong == [], "the word is 案号"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"visits": 1, "reason": ""}, "申请人到场，第1次。"),
        ({"visits": 2, "reason": "补正材料"}, "申请人到场，第2次：补正材料"),
    ],
)
def test_a_sentence_whose_last_fact_is_empty_ends_with_a_stop(chinese: None, facts: dict[str, Any], said: str) -> None:
    assert i18n.message("The applicant came in person, visit {visits}: {reason}", facts) == said


def test_english_sentences_end_with_a_stop_too(english: None) -> None:
    assert i18n.message("The application was withdrawn: {reason}", {"reason": ""}) == "The application was withdrawn."
    assert i18n.message("What follows: {reason}, twice:", {"reason": ""}) == "What follows: , twice:"


def test_a_message_cites_the_law_as_the_reader_calls_it(english: None) -> None:
    said = i18n.message("The party bears no costs of the hearing (行政处罚法63(2)).")
    assert said == "The party bears no costs of the hearing (Administrative Penalty Law, art. 63(2))."
