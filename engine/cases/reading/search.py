"""Searching cases: a list that stays quick with a hundred thousand of them, and shows only what a person may see.

The page's keys are found first, from indexes alone, and only the rows of that page are read whole: a case keeps its
item as it was on the day of the application, which makes its row wide.

Which index serves what: a number's beginning ``ix_case_file_number_prefix``; a telephone or identity number
``ix_party_phone``, ``ix_party_id_number`` and then ``ix_case_file_applicant_id_id``; ``state`` alone
``ix_case_file_state_id``; ``deadline`` ``ix_case_file_promised_due_at`` and ``ix_case_file_legal_due_at``, which hold
running clocks only; ``supervised`` ``ix_supervision_open_target``; whom a person may see
``ix_case_reader_principal_case_id``; every other filter, any mixture, the words of a name and the order by deadline
``ix_case_file_list``, read from end to end without the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors, outbox
from engine.cases import standing
from engine.cases.case import case_file
from engine.cases.clocks.supervision import supervision
from engine.cases.enforcement import lead
from engine.cases.grid import event
from engine.cases.papers import push
from engine.cases.people import access
from engine.cases.people.party import of_case as parties_of
from engine.cases.people.party import party
from engine.cases.reading import matters
from engine.ground.paging import Page, Place

DEADLINES = ("overdue", "today", "week")
STATES = ("open", "closed")
"""Besides the states of cases: all that are not closed, all that are."""
CHUNK = 500
_FAR = datetime(9999, 12, 31, tzinfo=clock.TOWN)
_case = case_file.c
_due = sa.func.coalesce(_case.promised_due_at, _case.legal_due_at)
_far_due = sa.func.coalesce(_due, sa.literal(_FAR, db.Utc))
_SORTS: dict[str, tuple[sa.ColumnElement[Any], bool]] = {
    "-received": (_case.id, True),
    "received": (_case.id, False),
    "due": (_far_due, False),
    "item": (_case.item_name, False),
    "state": (_case.state, False),
}
SORTS = tuple(_SORTS)
_OVER = ("closed", "archived", "not_accepted", "withdrawn")
_NUMBER = re.compile(r"[A-Z]{1,6}-[0-9]{4}-?[0-9]*\Z")
_GIVEN_NUMBER = re.compile(r"[0-9+ -]{7,}|[0-9A-Za-z]{15,18}", re.ASCII)
"""A telephone, identity or credit number, to be found in full only."""


@dataclass(frozen=True)
class Filter:
    """What a person looks for; empty words leave a point open."""

    text: str = ""
    state: str = ""
    outcome: str = ""
    kind: str = ""
    department: str = ""
    channel: str = ""
    window: str = ""
    deadline: str = ""
    supervised: bool = False
    sort: str = "-received"


@dataclass(frozen=True)
class Counts:
    """How many cases a person may see, by what a list is mostly asked for."""

    open: int
    overdue: int
    today: int
    week: int
    supervised: int


def page(
    connection: Connection, person: access.Reader, wanted: Filter, *, after: Place | None = None, limit: int = 20
) -> Page:
    """Return a page of cases, the newest first unless sorted otherwise.

    Each row carries the case's columns but ``item``, and ``party_name, party_kind, due_at, supervised``.
    """
    where = _conditions(connection, person, wanted)
    total = connection.scalar(sa.select(sa.func.count()).select_from(case_file).where(*where)) or 0
    rows = _rows(connection, where, wanted.sort, after, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], total, _place(last) if last else None)


def every(connection: Connection, person: access.Reader, wanted: Filter) -> Iterator[sa.Row[Any]]:
    """Yield all cases of a list in its order, read page by page; rows as in :func:`page`."""
    where, after = _conditions(connection, person, wanted), None
    while rows := _rows(connection, where, wanted.sort, after, CHUNK):
        yield from rows
        after = _place(rows[-1])


def counts(connection: Connection, person: access.Reader, wanted: Filter) -> Counts:
    """Count the cases of a list by deadline and supervision, whatever of those two it asks for itself."""
    plain = replace(wanted, deadline="", supervised=False)
    where = _conditions(connection, person, plain)

    def number(*more: sa.ColumnElement[bool]) -> int:
        return connection.scalar(sa.select(sa.func.count()).select_from(case_file).where(*where, *more)) or 0

    running = {name: number(_deadline(name)) for name in DEADLINES}
    return Counts(open=number(_case.state.not_in(_OVER)), supervised=number(_supervised()), **running)


def departments(connection: Connection, person: access.Reader) -> Sequence[str]:
    """Return the departments whose items a person's cases are about."""
    query = sa.select(_case.department).where(access.visible_cases(person), _case.department != "").distinct()
    return connection.execute(query.order_by(_case.department)).scalars().all()


NOBODY = (lead.UNKNOWN_PARTY, event.UNNAMED)
"""What a party is called of whom nothing is known."""


def of_party(
    connection: Connection, person: access.Reader, case: sa.Row[Any], limit: int = 20
) -> Sequence[sa.Row[Any]]:
    """Return the other cases of a case's applicant: the same number of identity, else the same name and telephone.

    Two parties that nobody knows yet are not the same.
    """
    where = [_case.applicant_id.in_(_same_party(connection, case)), _case.id != case.id, access.visible_cases(person)]
    return _rows(connection, where, "-received", None, limit)


def _same_party(connection: Connection, case: sa.Row[Any]) -> sa.Select[tuple[int]]:
    one = parties_of(connection, case)[case.applicant_id]
    if one.name in NOBODY and not one.id_number and not one.phone:
        return sa.select(party.c.id).where(sa.false())
    same = party.c.id_number == one.id_number
    if not one.id_number:
        same = sa.and_(party.c.name == one.name, party.c.phone == one.phone, party.c.phone != "")
    return sa.select(party.c.id).where(sa.or_(party.c.id == one.id, same))


def linked(connection: Connection, person: access.Reader, case: sa.Row[Any]) -> Sequence[sa.Row[Any]]:
    """Return the leads that the supervision of a case's licence has led to, or the licence that a lead came from."""
    origin = sa.select(lead.lead.c.licence_case_id).where(lead.lead.c.case_id == case.id)
    leads = sa.select(lead.lead.c.case_id).where(lead.lead.c.licence_case_id == case.id)
    columns = (_case.number, _case.kind, _case.item_name, _case.state, _case.outcome)
    query: sa.Select[Any] = sa.select(*columns).where(_case.id.in_(leads.union_all(origin)))
    return connection.execute(query.where(access.visible_cases(person)).order_by(_case.id)).all()


def pushed_about(
    connection: Connection, person: access.Reader, case: sa.Row[Any], limit: int = 20
) -> Sequence[sa.Row[Any]]:
    """Return what was pushed of the other cases of a case's party, as far as it is a person's to read, latest first.

    A licence shows the penalties of its holder so, and a penalty the licences; ``ours`` says that the push came to one
    of the person's posts, whose holder may not see the case itself.
    """
    told, ours = outbox.outbox.c, access.pushed_to(person)
    query = (
        sa.select(outbox.outbox, push.push.c.purpose, push.push.c.receipt_due_at, ours.label("ours"))
        .join(push.push, push.push.c.outbox_id == told.id)
        .join(case_file, _case.id == push.push.c.case_id)
        .where(_case.applicant_id.in_(_same_party(connection, case)), _case.id != case.id)
        .where(sa.or_(ours, access.visible_cases(person)))
    )
    return connection.execute(query.order_by(told.id.desc()).limit(limit)).all()


def popular(connection: Connection, limit: int = 12) -> Sequence[str]:
    """Return the codes of the items that most cases are about; ``ix_case_file_item_code`` serves it."""
    query = sa.select(_case.item_code).group_by(_case.item_code).order_by(sa.func.count().desc(), _case.item_code)
    return connection.execute(query.limit(limit)).scalars().all()


def open_of(connection: Connection, given: Mapping[str, Any], limit: int = 20) -> Sequence[sa.Row[Any]]:
    """Return the running cases of whoever is about to apply: by identity number, else by name and telephone.

    Whoever takes an application must know of them, so that these few facts are told whoever handles those cases. Of
    enforcement they are the penalties in force, whose push went to the front desk; what is being investigated is not
    told.
    """
    same = party.c.id_number == given["id_number"]
    if not given.get("id_number"):
        same = sa.and_(party.c.name == given.get("name"), party.c.phone == given.get("phone"))
    columns = (_case.number, _case.item_name, _case.state, _case.outcome, _case.received_at)
    query: sa.Select[Any] = sa.select(*columns).join(party, party.c.id == _case.applicant_id)
    told = sa.or_(_case.kind != standing.ENFORCEMENT, _case.outcome == "penalised")
    return connection.execute(
        query.where(same, told, _case.state.not_in(_OVER)).order_by(_case.id.desc()).limit(limit)
    ).all()


def parties(connection: Connection, person: access.Reader, text: str, limit: int = 20) -> Sequence[sa.Row[Any]]:
    """Return the persons and firms that a text finds and how many cases of each one may see: ``name, kind, count``."""
    if not text.strip():
        return []
    rows = sa.select(party.c.name, party.c.kind, sa.func.count(_case.id).label("count"))
    rows = rows.join(case_file, _case.applicant_id == party.c.id)
    rows = rows.where(_named(text.strip()), access.visible_cases(person))
    rows = rows.group_by(party.c.name, party.c.kind).order_by(sa.desc("count"), party.c.name)
    return connection.execute(rows.limit(limit)).all()


def mine(connection: Connection, person: access.Reader, limit: int = 8) -> Sequence[sa.Row[Any]]:
    """Return the newest cases that a person opened or was given a task of; rows as in :func:`page`."""
    reader = access.case_reader.c
    own = sa.select(reader.case_id).where(reader.principal == f"person:{person.id}")
    return _rows(connection, [_case.id.in_(own)], "-received", None, limit)


def looks_like_number(text: str) -> bool:
    """Tell whether a text is meant as a case number: its beginning, or its last digits."""
    plain = text.strip().upper()
    return bool(_NUMBER.match(plain)) or (plain.isascii() and plain.isdecimal() and len(plain) <= 6)


def exact(connection: Connection, person: access.Reader, text: str) -> str | None:
    """Return the case number that a text is, in full, if the person may see the case."""
    query = sa.select(_case.number).where(_case.number == text.strip().upper(), access.visible_cases(person))
    return connection.execute(query).scalar()


def _rows(
    connection: Connection, where: list[sa.ColumnElement[bool]], sort: str, after: Place | None, limit: int
) -> Sequence[sa.Row[Any]]:
    key, descending = _SORTS.get(sort, _SORTS["-received"])
    keys = sa.select(_case.id, key.label("sort_value")).where(*where)
    if after is not None:
        mark = sa.tuple_(_mark(key, after.value), sa.literal(after.id))
        behind = sa.tuple_(key, _case.id)
        keys = keys.where(behind < mark if descending else behind > mark)
    order = (key.desc(), _case.id.desc()) if descending else (key, _case.id)
    found = keys.order_by(*order).limit(limit).subquery()
    columns = [column for column in case_file.c if column.name not in ("item", "archive")]
    query: sa.Select[Any] = (
        sa.select(
            *columns,
            party.c.name.label("party_name"),
            party.c.kind.label("party_kind"),
            _due.label("due_at"),
            _supervised().label("supervised"),
            found.c.sort_value,
        )
        .join(found, found.c.id == _case.id)
        .join(party, party.c.id == _case.applicant_id)
    )
    value = found.c.sort_value
    return connection.execute(
        query.order_by(*((value.desc(), _case.id.desc()) if descending else (value, _case.id)))
    ).all()


def _conditions(connection: Connection, person: access.Reader, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    found = [access.visible_cases(person)]
    for name in ("outcome", "kind", "department", "channel", "window"):
        if value := getattr(wanted, name):
            found.append(_case[name] == value)
    if wanted.state in STATES:
        found.append(_case.state.in_(_OVER) if wanted.state == "closed" else _case.state.not_in(_OVER))
    elif wanted.state:
        found.append(_case.state == wanted.state)
    if wanted.deadline in DEADLINES:
        found.append(_deadline(wanted.deadline))
    if wanted.supervised:
        found.append(_supervised())
    if text := wanted.text.strip():
        found.append(_text(connection, text))
    return found


def _text(connection: Connection, text: str) -> sa.ColumnElement[bool]:
    """A number from its beginning, its last digits, a telephone or identity number in full, or part of a name."""
    upper = text.upper()
    if _NUMBER.match(upper):
        return db.begins(connection, _case.number, upper)
    named = sa.select(party.c.id).where(_named(text))
    people = sa.or_(_case.applicant_id.in_(named), _case.agent_id.in_(named))
    if _GIVEN_NUMBER.fullmatch(text):
        return people
    if text.isascii() and text.isdecimal() and len(text) <= 6:
        return _case.number.endswith(f"-{int(text):06}")
    return sa.or_(people, matters.about(_case.item_name, text))


def _named(text: str) -> sa.ColumnElement[bool]:
    if _GIVEN_NUMBER.fullmatch(text):
        plain = re.sub(r"[ -]", "", text)
        return sa.or_(party.c.phone == plain, party.c.id_number == plain.upper())
    return party.c.name.icontains(text, autoescape=True)


def _deadline(wanted: str) -> sa.ColumnElement[bool]:
    """A running clock, promised or statutory, ends in this stretch; a promise never outlasts the law."""
    now = clock.now()
    end = clock.midnight(clock.today()) + timedelta(days=1)
    until = {"overdue": now, "today": end, "week": end + timedelta(days=6)}[wanted]

    def within(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return column <= until if wanted == "overdue" else sa.and_(column > now, column <= until)

    promised, legal = _case.promised_due_at, _case.legal_due_at
    return sa.or_(within(promised), sa.and_(promised.is_(None), within(legal)))


def _supervised() -> sa.ColumnElement[bool]:
    """Somebody asked for an answer that has not come; reminders by the clock do not count."""
    table = supervision.c
    waiting = sa.select(table.case_id).where(table.closed_at.is_(None), table.level != "remind")
    return _case.id.in_(waiting)


def _mark(key: sa.ColumnElement[Any], value: str) -> sa.ColumnElement[Any]:
    try:
        if isinstance(key.type, db.Utc | sa.DateTime):
            return sa.literal(db.moment(value), db.Utc)
        return sa.literal(db.whole(value)) if isinstance(key.type, sa.Integer) else sa.literal(value)
    except ValueError:
        raise errors.PlaceUnknown from None


def _place(row: sa.Row[Any]) -> Place:
    value = row.sort_value
    return Place(value.isoformat() if isinstance(value, datetime) else str(value), row.id)
