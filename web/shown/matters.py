"""What a case is about, in the reader's language: cases keep the Chinese name of their item, power or class."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from engine.cases.enforcement import lead
from engine.cases.grid import event
from engine.cases.reading import matters
from engine.errors import N_
from web import database, i18n
from web.shown import remembered

UNKNOWN = {lead.UNKNOWN_PARTY: N_("party not known yet"), event.UNNAMED: N_("no name left")}
"""What a case keeps in place of a name; marked for translation."""


def init_app(app: Flask) -> None:
    """Offer what cases are called to templates."""
    app.add_template_filter(matter)
    app.add_template_filter(titled)
    app.add_template_filter(party)


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
    said = title.replace(name, matter(name), 1)
    return next((said.replace(kept, party(kept), 1) for kept in UNKNOWN if said.startswith(kept)), said)


def party(name: str) -> str:
    """Return the name of a party, or in the reader's language that nobody knows it."""
    return i18n.message(UNKNOWN[name]) if name in UNKNOWN else name
