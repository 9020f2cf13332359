"""What the filters of the board offer, as the options of a list: written once, as there are two hundred of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

from engine.cases.grid import unit_posts
from engine.cases.grid.items import item_class
from engine.cases.grid.overview import board
from engine.organisation import trail
from engine.organisation.grid import node
from web import database, i18n
from web.shown import remembered
from web.shown.grid import boards


def grids(chosen: str) -> Markup:
    """Return every level-2 grid with its cells."""
    return _with(remembered.of(("grid options", i18n.locale_name()), _grids, trail.STREAM), chosen)


def classes(chosen: str) -> Markup:
    """Return the classes of the list of items in force."""
    return _with(remembered.of(("class options", i18n.locale_name()), _classes, item_class.STREAM), chosen)


def departments(chosen: str) -> Markup:
    """Return the departments that can have events, and the one that is chosen, whatever it is."""
    key = ("department options", i18n.locale_name())
    options: Markup = remembered.of(key, _departments, trail.STREAM)
    if chosen and _value(chosen) not in options:
        options += _options([(chosen, boards.department(chosen))])
    return _with(options, chosen)


def _departments() -> Markup:
    codes = [row["value"] for row in unit_posts.offered(database.connection())]
    return _options((code, boards.department(code)) for code in codes)


def _classes() -> Markup:
    return _options((row.code, i18n.named(row)) for row in board.classes(database.connection()))


def _grids() -> Markup:
    rows = sorted(boards.places().values(), key=lambda row: str(row.code))
    group = Markup('<optgroup label="{}">{}</optgroup>')
    return Markup().join(
        group.format(i18n.named(above), _options((row.code, i18n.named(row)) for row in rows if above.code in _of(row)))
        for above in rows
        if above.level == node.LEVEL_2
    )


def _of(row: Any) -> tuple[str, str | None]:
    """Return the grids under whose name a grid stands: its own and the one above."""
    return row.code, row.parent


def _options(found: Iterable[tuple[str, str]]) -> Markup:
    option = Markup('<option value="{}">{}</option>')
    return Markup().join(option.format(*one) for one in found)


def _with(options: Markup, chosen: str) -> Markup:
    """Mark the option that is chosen."""
    if not chosen:
        return options
    value = _value(chosen)
    return Markup(str(options).replace(value, f"{value} selected"))  # noqa: S704  # escaped there


def _value(chosen: str) -> str:
    return f'value="{escape(chosen)}"'
