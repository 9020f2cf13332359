"""A window is booked for one applicant at one time, and is free again when the booking is cancelled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases.clocks import setting
from engine.cases.people import booking
from engine.organisation import unit
from tests.conftest import MORNING

VISITOR, CLERK = audit.Actor("applicant:anybody"), audit.Actor("P029")
TEN = datetime(2026, 3, 2, 10, 0, tzinfo=clock.TOWN)


class Item:
    code, name, body = "GL-NYN-001", "农村土地经营权流转合同备案", {"channels": ["窗口", "预约"]}


ITEM: Any = Item()


@pytest.fixture
def hall(connection: Connection) -> Connection:
    """A hall of two windows."""
    connection.execute(
        sa.insert(unit.unit),
        [
            {"code": f"hall.{scope}", "name": scope, "name_en": scope, "kind": "window", "scope": scope,
             "position": place, "certainty": "seed", "facts": {}}
            for place, scope in enumerate(["W01", "W02"])
        ],
    )  # fmt: skip
    return connection


def book(hall: Connection, at: datetime = TEN, phone: str = "13800138000", name: str = "王小明") -> sa.Row[Any]:
    return booking.book(hall, VISITOR, ITEM, at, name, phone)


def told(hall: Connection) -> list[tuple[str, str]]:
    return [(event.action, event.details["phone"]) for event in audit.trail(hall, booking.STREAM)]


def test_the_first_free_window_is_kept_and_told_without_the_number(hall: Connection) -> None:
    row = book(hall)
    assert (row.number, row.window, row.starts_at, row.case_number) == ("YY-2026-000001", "W01", TEN, None)
    assert told(hall) == [("booking.made", "138****8000")]


def test_as_many_are_booked_as_there_are_windows(hall: Connection) -> None:
    windows = [book(hall, phone=phone).window for phone in ("13800138001", "13800138002")]
    assert windows == ["W01", "W02"]
    with pytest.raises(errors.BookingTimeGone):
        book(hall, phone="13800138003")
    free = {slot.starts_at: slot.free for slot in booking.slots(hall, TEN.date())}
    assert (free[TEN], free[TEN + timedelta(minutes=30)]) == (0, 2)


def test_the_database_keeps_a_window_from_being_promised_twice(hall: Connection) -> None:
    row = book(hall)
    with pytest.raises(sa.exc.IntegrityError), hall.begin_nested():
        hall.execute(sa.insert(booking.booking).values(**{**row._mapping, "id": row.id + 1, "number": "YY-2026-9"}))


def test_what_is_cancelled_can_be_booked_again(hall: Connection) -> None:
    row = book(hall)
    booking.cancel(hall, VISITOR, row.number)
    assert book(hall).window == "W01"
    assert [action for action, _ in told(hall)] == ["booking.made", "booking.cancelled", "booking.made"]
    with pytest.raises(errors.BookingUnknown):
        booking.cancel(hall, VISITOR, row.number)


def test_a_booking_is_kept_once(hall: Connection) -> None:
    row = book(hall)
    booking.came(hall, CLERK, row.number, "GL-2026-000001")
    for act in (lambda: booking.came(hall, CLERK, row.number, "2"), lambda: booking.cancel(hall, VISITOR, row.number)):
        with pytest.raises(errors.BookingUsed, match="GL-2026-000001"):
            act()
    assert [event.actor for event in audit.trail(hall, booking.STREAM)] == ["applicant:anybody", "P029"]


def test_a_telephone_number_books_no_more_than_two_to_come(hall: Connection) -> None:
    for hour in (10, 11):
        book(hall, TEN.replace(hour=hour))
    with pytest.raises(errors.TooManyBookings):
        book(hall, TEN.replace(hour=14))
    with clock.frozen(TEN.replace(hour=13)):
        assert book(hall, TEN.replace(hour=14)).window == "W01"


@pytest.mark.parametrize(
    "at",
    [
        TEN.replace(minute=10),
        TEN.replace(hour=8),
        TEN.replace(hour=12),
        MORNING,
        TEN + timedelta(days=5),
        TEN + timedelta(days=40),
    ],
    ids=["between times", "before the hall opens", "at noon", "now", "on a Saturday", "too far ahead"],
)
def test_nothing_else_can_be_booked(hall: Connection, at: datetime) -> None:
    with pytest.raises(errors.BookingTimeGone):
        book(hall, at)


def test_an_item_for_which_no_window_is_booked_is_refused(hall: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Item, "body", {"channels": ["窗口", "网上"]})
    with pytest.raises(errors.ChannelNotOffered):
        book(hall)


@pytest.mark.parametrize("name", ["", "  ", "王" * 81])
def test_who_comes_has_a_name(hall: Connection, name: str) -> None:
    with pytest.raises(errors.BookingNameMissing):
        book(hall, name=name)


def test_hours_length_and_days_are_settings(hall: Connection) -> None:
    for key, value in {"window_hours": "09:00-10:00", "booking_minutes": 20, "booking_days_ahead": 3}.items():
        setting.change(hall, CLERK, key, value, reason="试点")  # type: ignore[arg-type]
    assert booking.days(hall) == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]
    times = [f"{slot.starts_at:%H:%M}" for slot in booking.slots(hall, date(2026, 3, 3))]
    assert times == ["09:00", "09:20", "09:40"]
    with pytest.raises(errors.SettingReadingUnknown):
        setting.change(hall, CLERK, "window_hours", "9 to 5", reason="试点")
