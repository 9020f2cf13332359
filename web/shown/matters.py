"""What a case is about, in the reader's language: cases keep the Chinese name of their item, power or class."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from engine.cases.reading import matters
from web import database, i18n
from web.shown import remembered


def init_app(app: Flask) -> None:
    """Offer what cases are called to templates."""
    app.add_template_filter(matter)
    app.add_template_filter(titled)


def names() -> Mapping[str, str]:
    """Return the names in the reader's language by those that cases keep; there are none for who reads Chinese."""
    if i18n.locale_name() != "en":
        return {}
    return remembered.of("matters", lambda: matters.english(database.connection()), *matters.TOLD_BY)


def matter(name: str) -> str:
    """Return what an item is called in the reader's language; a name that is given in Chinese only stays."""
    return names().get(name, name)


def titled(title: str, name: str) -> str:
    """Return the title of a case with its item called in the reader's language; what people wrote in it stays."""
    return title.replace(name, matter(name), 1)
