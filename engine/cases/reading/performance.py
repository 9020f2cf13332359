"""The performance of enforcement (执法绩效): per team or officer and month, how the cases were worked.

It never reads an amount of fines, confiscations or auction proceeds, which must not be tied to assessment in any way
(行政处罚法74(3)). Every figure is the list of the cases behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases import case as cases
from engine.cases import deadline, remedy, standing
from engine.cases.clocks import supervision
from engine.cases.docket import docket
from engine.cases.enforcement import officer
from engine.cases.enforcement.investigation import act
from engine.cases.enforcement.judging import review
from engine.errors import N_

BY = {"team": N_("Team"), "officer": N_("Officer")}
PERIODS = ("lead_check", "cf_decision", "legal_review", "cf_service", "penalty_publicity", "cf_closing", "cf_archive")
"""The organ's own periods, which a case is in time or late for."""
OVERTURNED = ("changed", "annulled", "unlawful", "void")


@dataclass(frozen=True)
class Measure:
    """A column of the report; a share tells how many of its rows are good."""

    name: str
    explains: str
    share: bool = False


MEASURES = {
    "received": Measure(N_("Received"), N_("Cases that came in within the month.")),
    "filed": Measure(N_("Filed"), N_("Cases that were filed within the month.")),
    "closed": Measure(N_("Closed"), N_("Cases that were closed within the month.")),
    "open": Measure(N_("Still open"), N_("Cases that were open when the month ended, or are open now.")),
    "in_time": Measure(
        N_("In time"),
        N_("Periods of the organ that ended within the month: met on their last day or before."),
        share=True,
    ),
    "first_pass": Measure(
        N_("Passed at the first review"), N_("Cases first reviewed within the month: passed at once."), share=True
    ),
    "complete": Measure(
        N_("Complete files"), N_("Files bound within the month: nothing was missing in the last one."), share=True
    ),
    "recorded": Measure(
        N_("Recorded acts"), N_("Acts of investigation within the month: with sound or pictures."), share=True
    ),
    "overturned": Measure(
        N_("Changed or annulled"), N_("Decisions that reconsideration or a court changed or annulled within the month.")
    ),
    "overdue": Measure(N_("Supervised as overdue"), N_("Supervisions opened within the month for what was overdue.")),
}


@dataclass(frozen=True)
class Entry:
    """One thing that a figure counts: its case, and for a share whether it is good."""

    case_id: int
    number: str
    title: str
    department: str
    good: bool = True


@dataclass
class Figure:
    """A cell of the report: what it counts."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.entries)

    @property
    def good(self) -> int:
        """How many of them are good."""
        return sum(entry.good for entry in self.entries)


@dataclass(frozen=True)
class Span:
    """A month in the town."""

    first: date

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return clock.midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment of the next month."""
        return clock.midnight((self.first + timedelta(days=32)).replace(day=1))

    def within(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Return the condition that a moment lies in the month."""
        return sa.and_(column >= self.begin, column < self.end)


Report = Mapping[str, Mapping[str, Figure]]
"""Figures by whose they are (a team's unit, an officer's id) and by measure."""


def month_of(text: str) -> Span:
    """Return the month that ``2026-04`` names; the present one for anything else."""
    try:
        return Span(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return Span(clock.today().replace(day=1))


def report(connection: Connection, month: Span, by: str, barred: Collection[str] = ()) -> Report:
    """Return every figure of a month, by team or by officer; cases one is kept away from are left out."""
    officers = _officers(connection) if by == "officer" else {}
    found: defaultdict[str, defaultdict[str, Figure]] = defaultdict(lambda: defaultdict(Figure))
    for key in MEASURES:
        for entry in _FINDS[key](connection, month):
            if entry.number in barred:
                continue
            for who in officers.get(entry.case_id, ()) if by == "officer" else (entry.department,):
                found[who][key].entries.append(entry)
    return {who: found[who] for who in sorted(found)}


def figure(
    connection: Connection, month: Span, by: str, who: str, measure: str, barred: Collection[str] = ()
) -> Figure:
    """Return one figure with the cases behind it."""
    return report(connection, month, by, barred).get(who, {}).get(measure, Figure())


Finds = Callable[[Connection, Span], Sequence[Entry]]


def _cases(name: str) -> Finds:
    def find(connection: Connection, month: Span) -> Sequence[Entry]:
        return _entries(connection, sa.select(*_CASE), month.within(cases.case_file.c[name]))

    return find


def _open(connection: Connection, month: Span) -> Sequence[Entry]:
    case = cases.case_file.c
    still = sa.or_(case.closed_at.is_(None), case.closed_at >= month.end)
    return _entries(connection, sa.select(*_CASE), case.received_at < month.end, still)


def _in_time(connection: Connection, month: Span) -> Sequence[Entry]:
    kept = deadline.deadline.c
    good = sa.and_(kept.state == "met", kept.ended_at <= kept.due_at)
    query = sa.select(*_CASE, good.label("good")).join(deadline.deadline, kept.case_id == cases.case_file.c.id)
    over = sa.or_(kept.state == "met", sa.and_(kept.state == "open", kept.due_at < clock.now()))
    return _entries(connection, query, kept.period.in_(PERIODS), month.within(kept.due_at), over)


def _first_pass(connection: Connection, month: Span) -> Sequence[Entry]:
    made = review.legal_review.c
    first = sa.select(sa.func.min(made.id)).group_by(made.case_id)
    query = sa.select(*_CASE, (made.result == "passed").label("good"))
    query = query.join(review.legal_review, made.case_id == cases.case_file.c.id)
    return _entries(connection, query, made.id.in_(first), month.within(made.reviewed_at))


def _complete(connection: Connection, month: Span) -> Sequence[Entry]:
    bound = docket.docket.c
    last = (
        sa.select(sa.func.max(bound.id))
        .where(month.within(bound.built_at), bound.part == "main")
        .group_by(bound.case_id)
    )
    query = sa.select(*_CASE, bound.gaps).join(docket.docket, bound.case_id == cases.case_file.c.id)
    rows = connection.execute(query.where(_ENFORCING, bound.id.in_(last)).order_by(bound.id))
    return [Entry(row.id, row.number, row.title, row.department, not row.gaps) for row in rows]


def _recorded(connection: Connection, month: Span) -> Sequence[Entry]:
    done = act.investigative_act.c
    good = sa.or_(done.recording != "", done.recording_file_id.is_not(None))
    query = sa.select(*_CASE, good.label("good")).join(act.investigative_act, done.case_id == cases.case_file.c.id)
    return _entries(connection, query, month.within(done.started_at))


def _overturned(connection: Connection, month: Span) -> Sequence[Entry]:
    asked = remedy.remedy.c
    query = sa.select(*_CASE).join(remedy.remedy, asked.case_id == cases.case_file.c.id)
    by_others = asked.result.in_(OVERTURNED), asked.period != remedy.FORWARDING
    return _entries(connection, query, *by_others, month.within(asked.closed_at))


def _overdue(connection: Connection, month: Span) -> Sequence[Entry]:
    opened = supervision.supervision.c
    query = sa.select(*_CASE).join(supervision.supervision, opened.case_id == cases.case_file.c.id)
    return _entries(connection, query, opened.reason == "overdue", month.within(opened.opened_at))


_CASE = tuple(cases.case_file.c[name] for name in ("id", "number", "title", "department"))
_ENFORCING = cases.case_file.c.kind == standing.ENFORCEMENT
_FINDS: Mapping[str, Finds] = {
    "received": _cases("received_at"),
    "filed": _cases("accepted_at"),
    "closed": _cases("closed_at"),
    "open": _open,
    "in_time": _in_time,
    "first_pass": _first_pass,
    "complete": _complete,
    "recorded": _recorded,
    "overturned": _overturned,
    "overdue": _overdue,
}


def _entries(connection: Connection, query: sa.Select[Any], *where: sa.ColumnElement[bool]) -> list[Entry]:
    rows = connection.execute(query.where(_ENFORCING, *where).order_by(cases.case_file.c.id)).mappings()
    return [
        Entry(row["id"], row["number"], row["title"], row["department"], bool(row.get("good", True))) for row in rows
    ]


def _officers(connection: Connection) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    named = officer.case_officer.c
    for row in connection.execute(
        sa.select(named.case_id, named.person).distinct().order_by(named.case_id, named.person)
    ):
        found[row.case_id].append(row.person)
    return found
