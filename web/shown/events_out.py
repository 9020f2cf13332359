"""How events of the trail are written out: for a page, as CSV and as JSON, a batch at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Engine

from engine import clock, db
from engine.errors import N_
from engine.flow import steps
from engine.ground import inspection, spreadsheet

COLUMNS = (
    *("id", "stream", "seq", "at", "actor", "on_behalf_of", "action", "element", "details"),
    *("definition_hash", "form_hash", "prev_hash", "hash"),
)
REASONS = {
    "missing": N_("an event before it is missing."),
    "changed": N_("it was changed after it was written."),
    "truncated": N_("events at the end are missing."),
    "headless": N_("the kept end of its chain is missing."),
}
"""Why a chain does not hold."""
_APART = ("steps", "reason", "before", "after", "values")


@dataclass(frozen=True)
class Change:
    """A value before and after; ``place`` is the step that set it."""

    place: str
    name: str
    before: Any
    after: Any


def told(event: Any) -> dict[str, Any]:
    """Return what an event says by itself, besides its reason, its changes and its steps."""
    plain = {name: value for name, value in event.details.items() if name not in _APART}
    values = event.details.get("values")
    return {**plain, **(values if isinstance(values, Mapping) else {})}


def changes(event: Any) -> Iterator[Change]:
    """Yield what an event changed: the values its verb names, and the variables its steps set."""
    details = event.details
    if "before" in details or "after" in details:
        yield from _compared("", details.get("before"), details.get("after"))
    for element, before, after in steps.changes(details):
        yield from _compared(element or "", before, after)


def _compared(place: str, before: Any, after: Any) -> Iterator[Change]:
    if not isinstance(before, Mapping) and not isinstance(after, Mapping):
        yield Change(place, "", before, after)
        return
    old, new = (side if isinstance(side, Mapping) else {} for side in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(place, name, old.get(name), new.get(name))


def short(value: Any) -> str:
    """Write a value in one line."""
    if value is None:
        return "—"
    return value if isinstance(value, str) else db.dumps(value)


def pretty(value: Any) -> str:
    """Write a value over several lines."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def as_csv(database: Engine, query: inspection.Query) -> Iterator[str]:
    """Yield a CSV file with a mark for spreadsheets that it is UTF-8."""
    yield "\ufeff"
    yield spreadsheet.line(COLUMNS)
    with db.reading(database) as connection:
        for event in inspection.everything(connection, query):
            yield spreadsheet.line(_cell(value) for value in _values(event).values())


def as_json(database: Engine, query: inspection.Query) -> Iterator[str]:
    """Yield a JSON document ``{"events": […]}``."""
    yield '{"events":['
    with db.reading(database) as connection:
        for number, event in enumerate(inspection.everything(connection, query)):
            yield (",\n" if number else "\n") + db.dumps(_values(event))
    yield "\n]}\n"


def _values(event: Any) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in COLUMNS}
    return values | {"at": event.at.astimezone(clock.TOWN).isoformat()}


def _cell(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, str | int) else db.dumps(value)
