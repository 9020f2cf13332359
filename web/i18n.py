"""Languages: Chinese first, English complete; catalogues are merged from every ``translations/*/*.po`` at start.

Texts are English in the code. There is no build step: a changed catalogue holds after the next start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Babel, gettext

from engine import errors
from engine.cases.reading import laws
from web import language
from web.catalogues import CATALOGUES
from web.catalogues import FOLDER as FOLDER
from web.language import COOKIE as COOKIE
from web.language import LOCALES as LOCALES
from web.language import locale_name as locale_name
from web.shown import formatting

_DAY = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


class _Babel(Babel):  # type: ignore[misc]  # Flask-Babel publishes no types
    domain_instance = CATALOGUES


def init_app(app: Flask) -> None:
    """Set up translation, the reader's locale and the town's time zone."""
    _Babel().init_app(app, default_locale="zh_CN", default_timezone="Asia/Shanghai", locale_selector=language.chosen)
    app.add_template_global(locale_name)
    app.add_template_global(LOCALES, "LOCALES")  # type: ignore[arg-type]  # a constant is as good as a function here
    app.add_template_filter(message, "message")
    app.add_template_filter(named, "named")


def texts(locale: str) -> NullTranslations:
    """Return the texts of a locale."""
    return CATALOGUES.of(locale)


class Label:
    """A constant text that is said in the language of whoever reads it, as lists of choices and columns have them."""

    __slots__ = ("_said", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._said: dict[str, str] = {}

    def __str__(self) -> str:
        locale = locale_name()
        said = self._said.get(locale)
        if said is None:
            said = self._said[locale] = texts(locale).ugettext(self._text)
        return said

    __html__ = __str__  # what is ours may hold markup


def lazy_gettext(text: str) -> Label:
    """Mark a constant text for translation and return it as one that is said later."""
    return Label(text)


def message(text: str, facts: Mapping[str, Any] | None = None) -> str:
    """Translate a message of the engine and fill in its facts; facts that are words of ours are translated too."""
    translated = str(gettext(text))
    if locale_name() == "en" and not text.isascii():
        translated = laws.english(translated)
    if not facts:
        return translated
    filled = translated.format_map(_Facts(facts))
    return _closed(filled) if translated.endswith("}") else filled


def _closed(sentence: str) -> str:
    """End a sentence whose last fact is empty: a bare colon would promise something that does not follow."""
    kept = sentence.rstrip()
    if kept.endswith("："):
        return f"{kept[:-1]}。"
    return f"{kept[:-1]}." if kept.endswith(":") else sentence


def error_message(problem: errors.EngineError) -> str:
    """Return what an error says, in the reader's language."""
    return message(problem.template, problem.facts)


def named(row: Any, field: str = "name") -> str:
    """Return the row's name in the reader's language: ``name_en`` where English is read and given, else ``name``."""
    if locale_name() == "en":
        english = row.get(f"{field}_en") if isinstance(row, Mapping) else getattr(row, f"{field}_en", None)
        if english:
            return str(english)
    return str(row[field] if isinstance(row, Mapping) else getattr(row, field))


class _Facts(dict[str, Any]):
    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__({name: _worded(value) for name, value in facts.items()})

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _worded(fact: Any) -> Any:
    if isinstance(fact, list) and all(isinstance(part, Mapping) and "text" in part for part in fact):
        return str(gettext("; ")).join(message(part["text"], _called(part.get("facts") or {})) for part in fact)
    if isinstance(fact, datetime):
        return formatting.moment(fact)
    if isinstance(fact, date):
        return formatting.day(fact)
    if isinstance(fact, str) and _DAY.fullmatch(fact):
        return formatting.day(fact)
    return gettext(fact) if isinstance(fact, str) and fact else fact


def _called(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**facts, "title": named(facts, "title")} if "title" in facts else facts
