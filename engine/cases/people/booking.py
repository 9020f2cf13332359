"""The booking (预约): a window kept free for one applicant at one time; no window is promised to two.

When windows are open, how long one booking takes and how far ahead one may book are settings. A booking that is
cancelled is gone, its window is free again, and the trail tells of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors
from engine.cases import case as cases
from engine.cases.clocks import setting
from engine.cases.papers import numbering
from engine.cases.people import identity
from engine.organisation import unit

STREAM = "house:bookings"
CHANNEL = "预约"
MOST = 2
"""How many bookings to come one telephone number may have."""
NAME = 80

booking = sa.Table(
    "booking",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("window", sa.String(40), nullable=False),
    sa.Column("starts_at", db.Utc, nullable=False),
    sa.Column("item_code", sa.String(40), nullable=False),
    sa.Column("item_name", sa.String(200), nullable=False),
    sa.Column("name", sa.String(NAME), nullable=False),
    sa.Column("phone", sa.String(20), nullable=False),
    sa.Column("booked_at", db.Utc, nullable=False),
    sa.Column("case_number", sa.String(80)),
    sa.UniqueConstraint("window", "starts_at"),
    sa.Index(None, "starts_at"),
    sa.Index(None, "phone", "starts_at"),
)
"""``case_number``: the case that was opened when the applicant came."""


@dataclass(frozen=True)
class Slot:
    """A time at which windows can be booked, and how many of them are still free."""

    starts_at: datetime
    free: int


def offered(item: sa.Row[Any]) -> bool:
    """Tell whether windows are booked for an item."""
    return CHANNEL in cases.channels_of(item.body)


def days(connection: Connection) -> list[date]:
    """Return the working days that can be booked, today the first while its last time lies ahead."""
    values, calendar = setting.load(connection), calendars.load(connection)
    found: list[date] = []
    day = clock.today()
    while len(found) < values["booking_days_ahead"] and day <= clock.today() + timedelta(days=60):
        if calendar.is_working(day) and any(at > clock.now() for at in _times(values, day)):
            found.append(day)
        day += timedelta(days=1)
    return found


def slots(connection: Connection, day: date) -> list[Slot]:
    """Return the times of a day that still lie ahead; none for a day that cannot be booked."""
    if day not in days(connection):
        return []
    windows, taken = _windows(connection), _taken(connection, day)
    times = _times(setting.load(connection), day)
    return [Slot(at, len(windows - taken.get(at, set()))) for at in times if at > clock.now()]


def book(
    connection: Connection, visitor: audit.Actor, item: sa.Row[Any], starts_at: datetime, name: str, phone: str
) -> sa.Row[Any]:
    """Keep a window free for an applicant and return the booking.

    Raises
    ------
    ChannelNotOffered
        If the item is not one that windows are booked for.
    BookingNameMissing
        If no name is given, or one too long to be read out.
    BookingTimeGone
        If no window is free at this time any more, or the windows are closed then.
    TooManyBookings
        If the telephone number has as many bookings to come as it may.
    """
    if not offered(item):
        raise errors.ChannelNotOffered(item=item.name, channel=CHANNEL)
    if not 0 < len(name.strip()) <= NAME:
        raise errors.BookingNameMissing(most=NAME)
    if not any(slot.starts_at == starts_at for slot in slots(connection, clock.day(starts_at))):
        raise errors.BookingTimeGone
    if _to_come(connection, phone) >= MOST:
        raise errors.TooManyBookings(most=MOST)
    year = clock.today().year
    values = {
        "number": f"YY-{year}-{numbering.take(connection, 'booking', year):06d}",
        "starts_at": starts_at,
        "item_code": item.code,
        "item_name": item.name,
        "name": name.strip(),
        "phone": phone,
        "booked_at": clock.now(),
    }
    row = _in_a_free_window(connection, values)
    _tell(connection, visitor, "booking.made", row)
    return row


def get(connection: Connection, number: str) -> sa.Row[Any]:
    """Return a booking.

    Raises
    ------
    BookingUnknown
        If there is none, or it was cancelled.
    """
    row = connection.execute(sa.select(booking).where(booking.c.number == number)).one_or_none()
    if row is None:
        raise errors.BookingUnknown
    return row


def cancel(connection: Connection, visitor: audit.Actor, number: str) -> sa.Row[Any]:
    """Give the window free again.

    Raises
    ------
    BookingUnknown
        If there is none.
    BookingUsed
        If the applicant has come.
    """
    row = get(connection, number)
    if row.case_number is not None:
        raise errors.BookingUsed(number=row.case_number)
    connection.execute(sa.delete(booking).where(booking.c.id == row.id, booking.c.case_number.is_(None)))
    _tell(connection, visitor, "booking.cancelled", row)
    return row


def came(connection: Connection, actor: audit.Actor, number: str, case_number: str) -> None:
    """Note that the applicant came, and which case was opened.

    Raises
    ------
    BookingUnknown
        If there is none.
    BookingUsed
        If a case was opened with it before.
    """
    row = get(connection, number)
    changed = connection.execute(
        sa.update(booking)
        .where(booking.c.id == row.id, booking.c.case_number.is_(None))
        .values(case_number=case_number)
    )
    if changed.rowcount != 1:
        raise errors.BookingUsed(number=row.case_number)
    _tell(connection, actor, "booking.kept", row, case=case_number)


def of_day(connection: Connection, day: date) -> Sequence[sa.Row[Any]]:
    """Return the bookings of a day in the order in which the applicants come; a day holds no more than its windows."""
    query = sa.select(booking).where(*_within(day)).order_by(booking.c.starts_at, booking.c.window)
    return connection.execute(query).all()


def _in_a_free_window(connection: Connection, values: dict[str, Any]) -> sa.Row[Any]:
    """Write the booking for the first window that nobody else gets at the same moment."""
    day = clock.day(values["starts_at"])
    taken = _taken(connection, day).get(values["starts_at"], set())
    for window in sorted(_windows(connection) - taken):
        try:
            with connection.begin_nested():
                return connection.execute(sa.insert(booking).values(window=window, **values).returning(booking)).one()
        except sa.exc.IntegrityError:
            continue  # somebody was faster with this window
    raise errors.BookingTimeGone


def _tell(connection: Connection, actor: audit.Actor, action: str, row: sa.Row[Any], **more: Any) -> None:
    """Write the event; a telephone number is not for the trail, which is never erased."""
    at = row.starts_at.astimezone(clock.TOWN).isoformat(timespec="minutes")
    details = {"number": row.number, "window": row.window, "at": at, "phone": identity.masked_phone(row.phone), **more}
    audit.record(connection, STREAM, audit.Event(action, actor, details=details))


def _windows(connection: Connection) -> set[str]:
    return {str(row.scope) for row in unit.every(connection, "window")}


def _taken(connection: Connection, day: date) -> dict[datetime, set[str]]:
    found: dict[datetime, set[str]] = {}
    for row in connection.execute(sa.select(booking.c.starts_at, booking.c.window).where(*_within(day))):
        found.setdefault(row.starts_at, set()).add(row.window)
    return found


def _to_come(connection: Connection, phone: str) -> int:
    query = sa.select(sa.func.count()).where(booking.c.phone == phone, booking.c.starts_at > clock.now())
    return connection.scalar(query) or 0


def _within(day: date) -> tuple[sa.ColumnElement[bool], ...]:
    begins = clock.midnight(day)
    return booking.c.starts_at >= begins, booking.c.starts_at < begins + timedelta(days=1)


def _times(values: setting.Values, day: date) -> Iterator[datetime]:
    """Yield when bookings of a day begin; each ends before the windows close."""
    length = timedelta(minutes=values["booking_minutes"])
    for opens, closes in re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", values["window_hours"]):
        at = datetime.combine(day, time.fromisoformat(opens), clock.TOWN)
        closing = datetime.combine(day, time.fromisoformat(closes), clock.TOWN)
        while at + length <= closing:
            yield at
            at += length
