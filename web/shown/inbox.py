"""The inbox as its address says it: which tasks, in which order, from where on; and the same as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from engine.cases.reading import worklist
from engine.ground import paging, spreadsheet
from web.addresses import numbered
from web.i18n import lazy_gettext as _l
from web.shown import formatting, matters, remaining, workplace

KINDS = {"approval": _l("approval"), "enforcement": _l("enforcement"), "grid": _l("grid event")}
DEADLINES = {
    "overdue": _l("overdue"),
    "today": _l("due today"),
    "week": _l("due within a week"),
    "none": _l("without a deadline"),
}
TABS = {"mine": _l("Mine"), "claimable": _l("To claim"), "all": _l("All I may see")}
COLUMNS = {
    "number": _l("Case number"),
    "kind": _l("Kind"),
    "item": _l("Item"),
    "step": _l("Current step"),
    "party": _l("Party"),
    "assignee": _l("Assignee"),
    "received": _l("Came in"),
    "due": _l("Deadline"),
}
"""The columns by which one can sort."""
_NAMES = {"text": "q"}
"""Filters that are called otherwise in the address."""


class Row(NamedTuple):
    """One task as the list draws it, in the reader's words; ``holder`` is empty where nobody has it."""

    id: int
    number: str
    kind: str
    item: str
    name: str
    reminded: int
    party: str
    holder: str
    came_in: str
    due: str
    due_in_full: str
    due_state: str
    provisional: bool
    link: str
    claim: str


@dataclass(frozen=True)
class Address:
    """What the address of the list says."""

    wanted: worklist.Filter
    after: paging.Place | None = None
    before: paging.Place | None = None

    def url(self, **changes: Any) -> str:
        """Return the address of the same list with changes, from its first row on unless told otherwise."""
        return _url({**self.filters, **changes})

    def turned(self, way: str, place: paging.Place) -> str:
        """Return the address of the page ``after`` or ``before`` a row."""
        return _url({**self.filters, way: f"{place.value},{place.id}"})

    def sorted_by(self, column: str) -> str:
        """Return the address of the list sorted by a column; once more turns it round."""
        sort = f"-{column}" if self.wanted.sort == column else column
        if sort == worklist.Filter.sort:
            return self._unsorted
        return f"{self._unsorted}{'&' if '?' in self._unsorted else '?'}sort={sort}"

    @cached_property
    def _unsorted(self) -> str:
        return self.url(sort="")

    @cached_property
    def filters(self) -> dict[str, str]:
        """The filters that differ from how the inbox opens, by their names in the address."""
        plain = worklist.Filter()
        values = {field.name: getattr(self.wanted, field.name) for field in fields(plain)}
        return {_NAMES.get(name, name): value for name, value in values.items() if value != getattr(plain, name)}

    @cached_property
    def query(self) -> str:
        """The filters as a view keeps them."""
        return urlencode(self.filters)

    @cached_property
    def here(self) -> str:
        """The address itself, to come back to."""
        return request.full_path.rstrip("?")

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered out of the tab."""
        return any(name not in ("view", "sort") for name in self.filters)


def address(given: Mapping[str, str]) -> Address:
    """Read the address; words that mean nothing are left out, so that an old bookmark still opens."""
    view, deadline, sort = given.get("view", ""), given.get("deadline", ""), given.get("sort", "")
    kind = given.get("kind", "")
    wanted = worklist.Filter(
        view=view if view in worklist.VIEWS else "mine",
        kind=kind if kind in KINDS else "",
        deadline=deadline if deadline in worklist.DEADLINES else "",
        group=given.get("group", "")[:60],
        text=given.get("q", "").strip()[:100],
        sort=sort if sort in worklist.SORTS else "due",
    )
    return Address(wanted, _place(given.get("after", "")), _place(given.get("before", "")))


def rows(found: Iterable[Any], me: str, here: str) -> list[Row]:
    """Return the rows of a page as the list draws them; their links lead back ``here``."""
    kinds = {kind: str(label) for kind, label in KINDS.items()}
    mine, back, matter = _("me"), urlencode({"back": here}), matters.names()
    task, claim = numbered("tasks.task", "task_id"), numbered("handovers.claim", "task_id")
    in_full, state = cache(formatting.moment), cache(formatting.due_state)  # many rows end with the same day
    return [
        Row(
            id=row.id,
            number=row.business_key,
            kind=kinds.get(row.kind, ""),
            item=matter.get(row.item_name, row.item_name or ""),
            name=workplace.task_name(row),
            reminded=row.reminded,
            party=matters.party(row.party_name or ""),
            holder=mine if row.assignee == me else row.assignee_name or row.assignee or "",
            came_in=formatting.short_moment(row.created_at),
            due=remaining.of_row(row),
            due_in_full=in_full(row.shown_due_at),
            due_state=state(row.shown_due_at),
            provisional=bool(row.provisional),
            link=f"{task(row.id)}?{back}",
            claim="" if row.assignee else claim(row.id),
        )
        for row in found
    ]


def csv_lines(rows: Any) -> Iterator[str]:
    """Yield the list as a CSV file that spreadsheets open with Chinese intact."""
    matter = matters.names()
    yield "\ufeff" + spreadsheet.line([str(label) for label in COLUMNS.values()])
    for row in rows:
        yield spreadsheet.line(
            [
                row.business_key,
                str(KINDS.get(row.kind, "")),
                matter.get(row.item_name, row.item_name or ""),
                workplace.task_name(row),
                matters.party(row.party_name or ""),
                row.assignee_name or "",
                _minute(row.created_at),
                _minute(row.shown_due_at),
            ]
        )


def results(done: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield what a batch came to, as category and sentence: what was taken, and each task that was not, with why."""
    if done["taken"]:
        yield "success", _("Claimed: %(tasks)s", tasks=_(", ").join(done["taken"]))
    for sentence in done["refused"]:
        yield "warning", sentence


def _minute(moment: Any) -> str:
    return formatting.iso(moment)[:16].replace("T", " ")


def _place(text: str) -> paging.Place | None:
    value, comma, key = text.rpartition(",")
    return paging.Place(value, int(key)) if comma and key.isascii() and key.isdecimal() and len(key) < 19 else None


def _url(filters: Mapping[str, Any]) -> str:
    plain, page = {"view": "mine", "sort": "due"}, url_for("inbox.inbox")
    query = urlencode({name: value for name, value in filters.items() if value and value != plain.get(name)})
    return f"{page}?{query}" if query else page
