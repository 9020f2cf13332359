"""The command centre's board as its address says it: which events, from where on; as rows, points and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, cast
from urllib.parse import quote

from flask import g, request, url_for
from flask_babel import gettext as _

from engine.cases import standing
from engine.cases.grid.items import item_class
from engine.cases.grid.overview import board, narrowing
from engine.ground import paging
from engine.organisation import trail
from engine.organisation.grid import node
from web import database, i18n
from web.shown import bar, formatting, remaining, remembered

_ANY = "any-unit"
"""Stands for the department in an address that is written once for all of them."""
BADGES = {item_class.URGENT: "overdue", item_class.PRESSING: "today", item_class.ORDINARY: ""}


class Row(NamedTuple):
    """One event as the list draws it, in the reader's words."""

    number: str
    link: str
    what: str
    place: str
    urgency: str
    badge: str
    where: str
    step: str
    step_state: str
    due: str
    due_state: str
    due_in_full: str
    closed: bool


@dataclass(frozen=True)
class _Words:
    """What the rows of a list share: where the page of an event is, and what things are called."""

    page: str
    units: Mapping[str, str]
    grids: Mapping[str, str]
    urgencies: Mapping[int, str]


@dataclass(frozen=True)
class Department:
    """A department that has open events: how many of them, how many are overdue, and the address of their list."""

    code: str
    name: str
    number: int
    overdue: int
    link: str


@dataclass(frozen=True)
class Address:
    """What the address of the board says."""

    wanted: narrowing.Filter
    after: paging.Place | None = None

    def url(self, endpoint: str = "centre.centre", **changes: Any) -> str:
        """Return the address of the same events with changes, from the first row on unless told otherwise."""
        given = {**self.filters, **changes}
        return url_for(endpoint, **{name: value for name, value in given.items() if value})

    def turned(self, place: paging.Place) -> str:
        """Return the address of the page after a row."""
        return self.url(after=f"{place.value},{place.id}")

    @cached_property
    def filters(self) -> dict[str, str]:
        """The filters that differ from how the board opens, by their names in the address."""
        return filters(self.wanted)


def filters(wanted: narrowing.Filter) -> dict[str, str]:
    """Return what a filter says beyond an empty one, as an address says it."""
    plain = narrowing.Filter()
    if wanted.quarter or wanted.cell:
        place = wanted.cell or wanted.quarter
        return {**filters(replace(wanted, quarter="", cell="")), "grid": place}
    values = {field.name: getattr(wanted, field.name) for field in fields(plain)}
    return {name: _said(value) for name, value in values.items() if value != getattr(plain, name)}


def address() -> Address:
    """Return the address of the request, which its page asks for several times."""
    if "board_address" not in g:
        g.board_address = _read(request.args)
    return cast(Address, g.board_address)


def _read(given: Mapping[str, str]) -> Address:
    """Read an address; words that mean nothing are left out, so that an old bookmark still opens."""
    known: dict[str, Iterable[Any]] = {
        "view": narrowing.VIEWS, "level": item_class.LEVELS, "state": board.STATES, "source": standing.EVENT_SOURCES,
        "unit": (narrowing.NO_UNIT, *bar.units()),
    }  # fmt: skip
    words = {name: given[name] for name, values in known.items() if given.get(name) in values}
    wanted = replace(
        narrowing.Filter(),
        **words,
        **_grid(given.get("grid", "")),
        class_code=given.get("class_code", "")[:20],
        overdue=given.get("overdue") == "1",
        running=given.get("running") == "1" and given.get("overdue") != "1",
        urgent=given.get("urgent") == "1",
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )
    return Address(wanted, _place(given.get("after", ""), wanted))


def rows(found: Iterable[Any]) -> list[Row]:
    """Return the rows of a page as the list draws them."""
    words = _Words(
        url_for("centre.event", number=""), _names("unit", bar.units), _names("grid", places),
        {level: i18n.message(text) for level, text in item_class.URGENCIES.items()},
    )  # fmt: skip
    return [_row(row, words) for row in found]


def point(row: Any) -> dict[str, Any]:
    """Return an event as the map draws it."""
    return {
        "number": row.number,
        "lon": row.lon,
        "lat": row.lat,
        "urgency": row.urgency,
        "overdue": formatting.due_state(row.due_at) == "overdue" and row.finished_at is None,
        "what": f"{i18n.message(item_class.URGENCIES[row.urgency])} · {i18n.named(row, 'class_name')}",
        "place": row.address or called(row.grid_code),
        "link": url_for("centre.event", number=row.number),
    }


def heap(row: Any) -> dict[str, Any]:
    """Return several events at one place as the map draws them."""
    return {name: getattr(row, name) for name in ("lon", "lat", "number", "urgency", "overdue")}


def places() -> dict[str, Any]:
    """Return every grid by its code."""
    return remembered.of("grids", lambda: node.names(database.connection()), trail.STREAM)


def called(code: str | None) -> str:
    """Return what a grid is called."""
    return _named(_names("grid", places), code)


def department(code: str | None) -> str:
    """Return what a department is called, and those events that no department has."""
    if code == narrowing.NO_UNIT:
        return str(_("in the grids"))
    return _named(_names("unit", bar.units), code)


def departments(rows: Iterable[Any], here: Address) -> list[Department]:
    """Return the departments that have open events, from how those stand by unit; the other filters stay."""
    page, units = here.url(unit=_ANY, view="", after=""), _names("unit", bar.units)
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        number, overdue = sums.get(row.unit, (0, 0))
        sums[row.unit] = (number + row.number, overdue + row.overdue)
    return [
        Department(code, _named(units, code), number, overdue, page.replace(_ANY, quote(code)))
        for code, (number, overdue) in sums.items()
        if code
    ]


def _row(row: Any, words: _Words) -> Row:
    over = row.closed_at is not None or row.finished_at is not None
    return Row(
        number=row.number,
        link=words.page + row.number,
        what=i18n.named(row, "class_name"),
        place=f"{_named(words.grids, row.grid_code)} {row.address}".strip(),
        urgency=words.urgencies[row.urgency],
        badge=BADGES[row.urgency],
        where=_named(words.units, row.unit) or i18n.message(standing.STATES[row.state]),
        step=formatting.time_left(row.step_due_at) if row.step_due_at and not over else "",
        step_state=formatting.due_state(row.step_due_at) if not over else "",
        due="" if over else _stands_until(row) or (remaining.of_row(row) if row.due_at else ""),
        due_state="" if over or row.revisit_on else formatting.due_state(row.due_at),
        due_in_full=formatting.due_moment(row.due_at),
        closed=over,
    )


def _stands_until(row: Any) -> str:
    """Say until when the case clock of an event stands that was put off."""
    return str(_("stands until %(day)s", day=formatting.short_moment(row.revisit_on))) if row.revisit_on else ""


def _names(kind: str, every: Callable[[], Mapping[str, Any]]) -> Mapping[str, str]:
    """Return what each is called in the reader's language; a list names one after another."""
    key = (kind, "named", i18n.locale_name())
    return remembered.of(key, lambda: {code: i18n.named(row) for code, row in every().items()}, trail.STREAM)


def _named(names: Mapping[str, str], code: str | None) -> str:
    return names.get(code or "", code or "")


def _grid(code: str) -> dict[str, str]:
    """Return a grid as a filter knows it, by its level."""
    names, row = {node.LEVEL_2: "quarter", node.CELL: "cell"}, places().get(code)
    return {names[row.level]: code} if row is not None and row.level in names else {}


def _said(value: Any) -> str:
    return "1" if value is True else value.isoformat() if isinstance(value, date) else str(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _place(text: str, wanted: narrowing.Filter) -> paging.Place | None:
    value, comma, key = text.rpartition(",")
    if not comma or not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    found = paging.Place(value, int(key))
    return found if board.is_place(wanted, found) else None
