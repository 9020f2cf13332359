"""The basis: which events count for which figure of which worker, written down when the month is frozen.

An event that others follow counts once, for whoever reported it first. Who did it gets the credit: what a substitute
reported or handled is hers. Days of leave are not held against a worker. Money is not looked at: no column of a fine,
a confiscation or an auction is read here or anywhere in this folder (行政处罚法74(3)).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import calendars, clock, db, tasks
from engine.cases.case import case_file
from engine.cases.grid.assessment import line, raw_value, window
from engine.cases.grid.event import INSIDE, grid_event
from engine.cases.grid.patrols import patrol, reached
from engine.cases.grid.patrols.patrol_plan import patrol_point, patrol_round
from engine.cases.people import access
from engine.organisation import person
from engine.organisation.grid import node
from engine.organisation.substitution import absence

WORKER, LEVEL2_HEAD = "grid.worker", "grid.level2.head"
GIVEN_UP = ("not_filed", "withdrawn")
"""Outcomes of events that were none, or were taken back."""
OUTSIDE = ("12345", "群众扫码", "市长信箱")
"""Sources by which residents report what a patrol might have found first."""
WALKED = ("patrol_days", "patrol_minutes", "coverage")
"""Indicators that the patrols of the phone tell, unless their figures were entered for the month."""
ENTERED = tuple(code for code, one in line.INDICATORS.items() if set(one.figures) & set(raw_value.FIELDS))
"""Indicators that no event tells."""
CHECKS = ("G3", "G11")
"""The tasks in which a worker looks at what others reported or handled."""

assessment_basis = sa.Table(
    "assessment_basis",
    db.metadata,
    sa.Column("month", sa.ForeignKey(window.assessment_window.c.month), primary_key=True),
    sa.Column("worker", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("figure", sa.String(24), primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("grid_event.case_id"), primary_key=True),
)


@dataclass(frozen=True)
class Worker:
    """Whom a month assesses: at which cell, in which category, away on which days."""

    id: str
    grid: str
    level2: str
    category: str
    away: Collection[tuple[date, date]] = ()

    def absent(self, day: date) -> bool:
        """Tell whether a day is one of leave."""
        return any(since <= day <= until for since, until in self.away)


def workers(connection: Connection, month: str) -> list[Worker]:
    """Return the workers who had a cell in the month, by id; the first cell of the month is theirs."""
    begin, end = (moment.date() for moment in window.bounds(month))
    held = person.appointment.c
    rows = connection.execute(
        sa.select(held.person_id, node.grid_node.c.code, node.grid_node.c.parent, node.grid_node.c.category)
        .join(node.grid_node, node.grid_node.c.code == held.scope)
        .where(held.post == WORKER, held.since < end, sa.or_(held.until.is_(None), held.until >= begin))
        .order_by(held.person_id, held.since, held.id)
    ).all()
    first = {row.person_id: row for row in reversed(rows)}
    away = _absences(connection, first, begin, end)
    return [Worker(name, row.code, row.parent, row.category, away[name]) for name, row in sorted(first.items())]


def write(connection: Connection, month: str) -> None:
    """Write down who is assessed, with the raw values, and which events count, in the window of the month.

    Whoever is to answer for a score may read the events it counts: the worker, and the head of the level-2 grid.
    """
    everybody = workers(connection, month)
    members, rules = _members(connection, month, everybody), window.get(connection, month).rules
    window.change(connection, month, members=members)
    rows = list(_rows(connection, month, rules, everybody))
    if rows:
        connection.execute(sa.insert(assessment_basis), rows)
    heads = {one.id: f"group:{LEVEL2_HEAD}@{one.level2}" for one in everybody}
    readers = ((row["case_id"], who) for row in rows for who in (f"person:{row['worker']}", heads[row["worker"]]))
    access.grant_each(connection, readers)


def counts(connection: Connection, month: str) -> dict[str, dict[str, int]]:
    """Return how many events each figure of a month counts, by worker."""
    basis = assessment_basis.c
    found: dict[str, dict[str, int]] = defaultdict(dict)
    query = sa.select(basis.worker, basis.figure, sa.func.count()).where(basis.month == month)
    for worker, figure, number in connection.execute(query.group_by(basis.worker, basis.figure)):
        found[worker][figure] = number
    return found


@dataclass(frozen=True)
class Counted:
    """An event that a line counts, and the figures for which it counts, in their order."""

    event: sa.Row[Any]
    figures: tuple[str, ...]


def events(connection: Connection, month: str, worker: str, indicator: str) -> list[Counted]:
    """Return the events that a line counts, each once, in the order in which they were reported."""
    basis, figures = assessment_basis.c, line.INDICATORS[indicator].figures
    query: sa.Select[Any] = (
        sa.select(
            basis.figure,
            case_file.c.number,
            case_file.c.title,
            case_file.c.item_name,
            case_file.c.outcome,
            grid_event.c.reported_at,
        )
        .join(grid_event, grid_event.c.case_id == basis.case_id)
        .join(case_file, case_file.c.id == basis.case_id)
        .where(basis.month == month, basis.worker == worker, basis.figure.in_(figures))
        .order_by(grid_event.c.reported_at, case_file.c.id)
    )
    rows, counted = {}, defaultdict(list)
    for row in connection.execute(query):
        rows[row.number] = row
        counted[row.number].append(row.figure)
    return [Counted(row, tuple(sorted(counted[number], key=figures.index))) for number, row in rows.items()]


def _members(connection: Connection, month: str, everybody: Sequence[Worker]) -> dict[str, dict[str, Any]]:
    raw = raw_value.of(connection, month)
    rounds = sa.select(patrol_round.c.grid, patrol_round.c.minutes_per_day)
    minutes = {row.grid: row.minutes_per_day for row in connection.execute(rounds)}
    calendar, found = calendars.load(connection), {}
    for one in everybody:
        mine, walked = raw.get(one.id), _walked(connection, month, one, calendar)
        figures = {field: getattr(mine, field) for field in raw_value.FIELDS} if mine is not None else walked
        found[one.id] = {
            "grid": one.grid,
            "level2": one.level2,
            "category": one.category,
            "figures": {**figures, "min_minutes_per_day": minutes.get(one.grid, 0)},
            "leave_days": mine.leave_days if mine is not None else 0,
            "redlines": mine.redlines if mine is not None else [],
            "entered": mine is not None,
        }
    return found


def _walked(connection: Connection, month: str, worker: Worker, calendar: calendars.Calendar) -> dict[str, int]:
    """Return what the patrols of the phone say of a month for which nothing was entered; days of leave are left out."""
    begin, end = window.bounds(month)
    walks = [
        row for row in patrol.of(connection, worker.id, begin, end) if not worker.absent(clock.day(row.started_at))
    ]
    first = begin.date()
    days = (first + timedelta(days=count) for count in range((end.date() - first).days))
    duty = [day for day in days if calendar.is_working(day) and not worker.absent(day)]
    points_reached, points_due = reached.in_month(connection, walks, worker.grid, duty, first)
    return {
        "workdays_on_duty": len(duty),
        "points_reached": points_reached,
        "points_due": points_due,
        "patrol_days": len({clock.day(row.started_at) for row in walks}),
        "patrol_minutes": round(sum((row.ended_at - row.started_at).total_seconds() for row in walks) / 60),
    }


def _rows(
    connection: Connection, month: str, rules: Mapping[str, Any], workers: Sequence[Worker]
) -> Iterator[dict[str, Any]]:
    begin, end = window.bounds(month)
    caps = {rule["category"]: rule["class_cap"] for rule in rules["weights"] if rule["indicator"] == "valid_reports"}
    everybody = {worker.id: worker for worker in workers}
    cells = {worker.grid: worker for worker in everybody.values()}
    seen: set[tuple[str, str, int]] = set()
    found = (
        *_reports(connection, begin, end, everybody, caps),
        *_handled(connection, begin, end),
        *_unfinished(connection, begin, end, cells),
        *_missed(connection, begin, end, cells),
        *_checks(connection, begin, end),
    )
    for worker, figure, case_id in found:
        if worker in everybody and (worker, figure, case_id) not in seen:
            seen.add((worker, figure, case_id))
            yield {"month": month, "worker": worker, "figure": figure, "case_id": case_id}


Found = Iterator[tuple[str, str, int]]


def _reports(
    connection: Connection, begin: datetime, end: datetime, everybody: Mapping[str, Worker], caps: Mapping[str, Any]
) -> Found:
    """Count what a worker reported first; of one class no more than the cap, the earliest."""
    event = grid_event.c
    by_class: dict[tuple[str, str], int] = defaultdict(int)
    rows = _events(
        connection, event.parent_id.is_(None), event.source.in_(INSIDE), _within(event.reported_at, begin, end)
    )
    for row in rows:
        worker = everybody.get(row.reported_by or "")
        if worker is None:
            continue
        yield worker.id, "reported", row.case_id
        if row.result in GIVEN_UP:
            continue
        yield worker.id, "filed", row.case_id
        by_class[worker.id, row.class_code] += 1
        cap = caps.get(worker.category)
        if cap is None or by_class[worker.id, row.class_code] <= cap:
            yield worker.id, "valid_reports", row.case_id
        if row.level_initial == "grid" and row.closed_at is not None:
            yield worker.id, "level_grid_reports", row.case_id
            if row.result == "in_grid":
                yield worker.id, "closed_in_grid", row.case_id


def _handled(connection: Connection, begin: datetime, end: datetime) -> Found:
    """Count what a worker settled: in time, not again, and to the reporter's satisfaction."""
    event = grid_event.c
    for row in _events(connection, event.handler.is_not(None), event.parent_id.is_(None)):
        if row.finished_at is not None and begin <= row.finished_at < end:
            yield row.handler, "handled", row.case_id
            if row.rework_count:
                yield row.handler, "reworked", row.case_id
        if row.due_at is not None and row.finished_at is not None and begin < row.due_at <= end:
            yield row.handler, "due_in_month", row.case_id
            if row.finished_at <= row.due_at:
                yield row.handler, "closed_on_time", row.case_id
        if row.closed_at is not None and begin <= row.closed_at < end and row.satisfaction in _RATED:
            yield row.handler, "rated", row.case_id
            if row.satisfaction != "dissatisfied":
                yield row.handler, "satisfied", row.case_id


_RATED = ("satisfied", "fair", "dissatisfied")


def _unfinished(connection: Connection, begin: datetime, end: datetime, cells: Mapping[str, Worker]) -> Found:
    """Count what fell due in the worker's own cell and nobody had settled: it was not closed in time."""
    event = grid_event.c
    due = sa.and_(event.due_at > begin, event.due_at <= end)
    late = sa.and_(event.finished_at.is_(None), event.level == "grid", event.unit.is_(None), event.parent_id.is_(None))
    for row in _events(connection, due, late, event.closed_at.is_(None)):
        worker = cells.get(row.grid_code)
        if worker is not None and not worker.absent(clock.day(row.due_at)):
            yield worker.id, "due_in_month", row.case_id


def _missed(connection: Connection, begin: datetime, end: datetime, cells: Mapping[str, Worker]) -> Found:
    """Count what residents saw first of the classes in the cell's patrol plan; not on days of leave."""
    event = grid_event.c
    looked_for = defaultdict(set)
    for point in connection.execute(sa.select(patrol_point.c.grid, patrol_point.c.classes)):
        looked_for[point.grid].update(point.classes)
    rows = _events(
        connection, event.parent_id.is_(None), event.source.in_(OUTSIDE), _within(event.reported_at, begin, end)
    )
    for row in rows:
        worker = cells.get(row.grid_code)
        if worker is None or row.result in GIVEN_UP or worker.absent(clock.day(row.reported_at)):
            continue
        if row.class_code in looked_for[row.grid_code]:
            yield worker.id, "found_by_others_first", row.case_id


def _checks(connection: Connection, begin: datetime, end: datetime) -> Found:
    """Count the verifications and inspections that a worker completed, and those within the step's limit."""
    task = tasks.task.c
    rows = connection.execute(
        sa.select(task.completed_by, task.due_at, task.completed_at, grid_event.c.case_id)
        .join(case_file, case_file.c.number == task.business_key)
        .join(grid_event, grid_event.c.case_id == case_file.c.id)
        .where(task.element.in_(CHECKS), task.state == "completed", _within(task.completed_at, begin, end))
        .order_by(task.id)
    )
    late = set()
    checked: dict[tuple[str, int], None] = {}
    for row in rows:
        checked[row.completed_by, row.case_id] = None
        if row.due_at is not None and row.completed_at > row.due_at:
            late.add((row.completed_by, row.case_id))
    for worker, case_id in checked:
        yield worker, "checks_due", case_id
        if (worker, case_id) not in late:
            yield worker, "checks_in_time", case_id


def _events(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
    event = grid_event.c
    columns = (
        event.case_id, event.reported_by, event.class_code, event.level_initial, event.grid_code, event.result,
        event.reported_at, event.due_at, event.finished_at, event.closed_at, event.handler, event.rework_count,
        event.satisfaction,
    )  # fmt: skip
    query: sa.Select[Any] = sa.select(*columns).where(*conditions).order_by(event.reported_at, event.case_id)
    return connection.execute(query).all()


def _within(column: Any, begin: datetime, end: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(column >= begin, column < end)


def _absences(
    connection: Connection, people: Collection[str], begin: date, end: date
) -> Mapping[str, list[tuple[date, date]]]:
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    rows = connection.execute(
        sa.select(absence.c.person_id, absence.c.since, absence.c.until).where(
            absence.c.person_id.in_(people), absence.c.since < end, absence.c.until >= begin,
            absence.c.cancelled_at.is_(None),
        )
    )  # fmt: skip
    for row in rows:
        found[row.person_id].append((row.since, row.until))
    return found
