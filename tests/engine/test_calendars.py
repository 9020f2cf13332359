"""Working days, 调休, stops and provisional days, against dates counted by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import Connection, Engine

from bench.measure import counting
from engine import audit, calendars, clock, db, errors, feel
from engine.ground.counting import Due, Mark, Roll, Stop, Unit, corresponding_day

CLERK = audit.Actor("P001")


@pytest.fixture(scope="module")
def seeded() -> calendars.Calendar:
    """The calendar as chinesecalendar publishes it, 2004-2026."""
    return calendars.built_in()


def day(text: str) -> date:
    return date.fromisoformat(text)


WORKING = [
    # start, length, last day, provisional; why this date was chosen
    ("2026-03-02", 0, "2026-03-02", False, "nothing to count"),
    ("2026-03-02", 1, "2026-03-03", False, "start day not counted"),
    ("2026-03-02", 5, "2026-03-09", False, "one weekend: the 5 days of 许可法32(1)(四)"),
    ("2026-03-06", 1, "2026-03-09", False, "Friday to Monday"),
    ("2026-03-07", 1, "2026-03-09", False, "received on a Saturday"),
    ("2026-03-08", 5, "2026-03-13", False, "received on a Sunday"),
    ("2026-03-02", 10, "2026-03-16", False, "the 10 days of 许可法44"),
    ("2026-03-02", 20, "2026-03-30", False, "the 20 days of 许可法42(1)"),
    ("2026-03-02", 30, "2026-04-14", False, "20 + 10 over 清明 (4 April is a Saturday, Monday 6 off)"),
    ("2026-03-02", 45, "2026-05-08", False, "joint handling over 清明 and 劳动节"),
    ("2026-03-02", 60, "2026-05-28", False, "45 + 15; Saturday 9 May is worked"),
    ("2026-02-13", 1, "2026-02-14", False, "Saturday 14 February is worked"),
    ("2026-02-13", 2, "2026-02-24", False, "春节 15-23 February"),
    ("2026-02-13", 5, "2026-02-27", False, "over 春节"),
    ("2026-02-13", 6, "2026-02-28", False, "Saturday 28 February is worked"),
    ("2026-02-20", 3, "2026-02-26", False, "received during 春节"),
    ("2026-04-03", 1, "2026-04-07", False, "清明 to Monday"),
    ("2026-04-30", 1, "2026-05-06", False, "劳动节 1-5 May"),
    ("2026-04-30", 4, "2026-05-09", False, "Saturday 9 May is worked"),
    ("2026-06-18", 1, "2026-06-22", False, "端午 Friday 19 June"),
    ("2026-09-18", 1, "2026-09-20", False, "Sunday 20 September is worked"),
    ("2026-09-24", 1, "2026-09-28", False, "中秋 Friday 25 September"),
    ("2026-09-30", 1, "2026-10-08", False, "国庆 1-7 October"),
    ("2026-09-30", 3, "2026-10-10", False, "Saturday 10 October is worked"),
    ("2026-09-24", 5, "2026-10-09", False, "中秋 and 国庆 together"),
    ("2026-01-01", 1, "2026-01-04", False, "Sunday 4 January is worked"),
    ("2025-12-31", 1, "2026-01-04", False, "both years published: the turn is final"),
    ("2025-09-30", 1, "2025-10-09", False, "国庆 with 中秋, eight days"),
    ("2025-01-24", 2, "2025-01-27", False, "Sunday 26 January is worked"),
    ("2025-01-27", 1, "2025-02-05", False, "春节 28 January - 4 February"),
    ("2024-02-09", 1, "2024-02-18", False, "Sunday 18 February 2024 is worked"),
    ("2024-02-28", 1, "2024-02-29", False, "leap day is a Thursday"),
    ("2024-02-29", 20, "2024-03-28", False, "from a leap day"),
    ("2020-01-23", 1, "2020-02-03", False, "春节 2020 was prolonged to 2 February"),
    ("2018-12-28", 1, "2018-12-29", False, "Saturday 29 December 2018 was worked"),
    ("2018-12-29", 1, "2019-01-02", False, "31 December 2018 was off"),
    ("2015-09-02", 1, "2015-09-06", False, "the anniversary of 2015; Sunday 6 September worked"),
    ("2026-12-02", 15, "2026-12-23", False, "ends on the last final day of the year"),
    ("2026-12-02", 16, "2026-12-24", True, "24 December may still change"),
    ("2026-12-03", 20, "2026-12-31", True, "last week of December"),
    ("2026-12-04", 20, "2027-01-04", True, "1 January is off by 放假办法2"),
    ("2026-11-23", 45, "2027-01-26", True, "joint handling into an unpublished year"),
    ("2026-12-31", 5, "2027-01-08", True, "all days unpublished"),
    ("2027-04-30", 1, "2027-05-03", True, "1 and 2 May 2027 are a weekend; no notice yet"),
    ("2027-09-30", 1, "2027-10-04", True, "1 October off by law, 2 and 3 a weekend"),
]


@pytest.mark.parametrize(("start", "length", "last", "provisional", "why"), WORKING)
def test_working_days(
    seeded: calendars.Calendar, start: str, length: int, last: str, provisional: bool, why: str
) -> None:
    due = seeded.working_days_after(day(start), length)
    assert (due.day, due.provisional) == (day(last), provisional), why
    assert [step.number for step in due.derivation if step.number] == list(range(1, length + 1))


CALENDAR = [
    # start, length, unit, roll, last day, provisional
    ("2026-03-02", 5, Unit.CALENDAR, Roll.NONE, "2026-03-07", False),
    ("2026-03-02", 5, Unit.CALENDAR, Roll.NEXT, "2026-03-09", False),
    ("2026-03-02", 15, Unit.CALENDAR, Roll.NEXT, "2026-03-17", False),
    ("2026-03-02", 60, Unit.CALENDAR, Roll.NONE, "2026-05-01", False),
    ("2026-03-02", 60, Unit.CALENDAR, Roll.NEXT, "2026-05-06", False),
    ("2026-01-30", 15, Unit.CALENDAR, Roll.NEXT, "2026-02-14", False),
    ("2026-01-31", 15, Unit.CALENDAR, Roll.NEXT, "2026-02-24", False),
    ("2026-11-23", 90, Unit.CALENDAR, Roll.NONE, "2027-02-21", False),
    ("2026-11-23", 90, Unit.CALENDAR, Roll.NEXT, "2027-02-22", True),
    ("2026-11-24", 90, Unit.CALENDAR, Roll.NEXT, "2027-02-22", True),
    ("2024-01-30", 30, Unit.CALENDAR, Roll.NONE, "2024-02-29", False),
    ("2025-01-30", 30, Unit.CALENDAR, Roll.NONE, "2025-03-01", False),
    ("2026-01-31", 1, Unit.MONTH, Roll.NONE, "2026-02-28", False),
    ("2024-01-31", 1, Unit.MONTH, Roll.NONE, "2024-02-29", False),
    ("2026-03-31", 6, Unit.MONTH, Roll.NONE, "2026-09-30", False),
    ("2026-08-31", 6, Unit.MONTH, Roll.NONE, "2027-02-28", False),
    ("2026-04-01", 6, Unit.MONTH, Roll.NEXT, "2026-10-08", False),
    ("2026-05-15", 3, Unit.MONTH, Roll.NEXT, "2026-08-17", False),
    ("2026-11-30", 3, Unit.MONTH, Roll.NEXT, "2027-03-01", True),
    ("2024-02-29", 1, Unit.YEAR, Roll.NONE, "2025-02-28", False),
    ("2024-02-29", 4, Unit.YEAR, Roll.NONE, "2028-02-29", False),
    ("2026-03-02", 1, Unit.YEAR, Roll.NONE, "2027-03-02", False),
    ("2026-03-02", 3, Unit.YEAR, Roll.NONE, "2029-03-02", False),
]


@pytest.mark.parametrize(("start", "length", "unit", "roll", "last", "provisional"), CALENDAR)
def test_calendar_periods(
    seeded: calendars.Calendar, start: str, length: int, unit: Unit, roll: Roll, last: str, provisional: bool
) -> None:
    due = seeded.after(day(start), length, unit, roll=roll)
    assert (due.day, due.provisional) == (day(last), provisional)


STOPPED = [
    # start, length, unit, stops, both ends given back, last day
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-09", "2026-03-13")], False, "2026-04-03"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-09", "2026-03-13")], True, "2026-04-07"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-06", "2026-03-08")], False, "2026-03-30"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-09", "2026-03-09")], False, "2026-03-30"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-09", "2026-03-09")], True, "2026-03-31"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-04", "2026-03-11"), ("2026-03-10", "2026-03-13")], False, "2026-04-09"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-04", "2026-03-06"), ("2026-03-11", "2026-03-13")], False, "2026-04-03"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-04-20", "2026-04-30")], False, "2026-03-30"),
    ("2026-03-02", 20, Unit.WORKING, [("2026-03-02", "2026-03-04")], True, "2026-04-01"),
    ("2026-02-10", 20, Unit.WORKING, [("2026-02-13", "2026-02-28")], False, "2026-03-24"),
    ("2026-03-02", 30, Unit.CALENDAR, [("2026-03-10", "2026-03-15")], False, "2026-04-06"),
    ("2026-03-02", 30, Unit.CALENDAR, [("2026-03-10", "2026-03-15")], True, "2026-04-07"),
    ("2026-01-31", 1, Unit.MONTH, [("2026-02-10", "2026-02-15")], False, "2026-03-05"),
    ("2026-01-31", 1, Unit.MONTH, [("2026-02-26", "2026-03-02")], False, "2026-03-04"),
]


@pytest.mark.parametrize(("start", "length", "unit", "stops", "both_ends", "last"), STOPPED)
def test_a_stopped_clock_gives_its_days_back_once(
    seeded: calendars.Calendar,
    start: str,
    length: int,
    unit: Unit,
    stops: list[tuple[str, str]],
    both_ends: bool,
    last: str,
) -> None:
    found = [Stop(day(began), day(ended)) for began, ended in stops]
    assert seeded.after(day(start), length, unit, stops=found, both_ends=both_ends).day == day(last)


def test_a_running_stop_leaves_no_last_day_but_says_what_remains(seeded: calendars.Calendar) -> None:
    due = seeded.after(day("2026-03-02"), 20, Unit.WORKING, stops=[Stop(day("2026-03-06"))])
    assert (due.day, due.at, due.left) == (None, None, 16)
    assert due.derivation[-1].why == "running"


def test_a_stop_that_ends_before_it_begins_is_refused(seeded: calendars.Calendar) -> None:
    with pytest.raises(errors.StopImpossible):
        seeded.after(day("2026-03-02"), 20, Unit.WORKING, stops=[Stop(day("2026-03-06"), day("2026-03-05"))])


BACKWARD = [
    # event, length, unit, clear, latest day to act
    ("2026-03-20", 7, Unit.WORKING, True, "2026-03-10"),
    ("2026-03-20", 7, Unit.WORKING, False, "2026-03-11"),
    ("2026-03-16", 5, Unit.WORKING, True, "2026-03-06"),
    ("2026-03-17", 5, Unit.WORKING, True, "2026-03-09"),
    ("2026-02-26", 3, Unit.WORKING, True, "2026-02-13"),
    ("2026-05-11", 7, Unit.WORKING, True, "2026-04-27"),
    ("2026-12-31", 30, Unit.CALENDAR, False, "2026-12-01"),
    ("2026-12-31", 30, Unit.CALENDAR, True, "2026-11-30"),
    ("2028-03-30", 30, Unit.CALENDAR, False, "2028-02-29"),
]


@pytest.mark.parametrize(("event", "length", "unit", "clear", "latest"), BACKWARD)
def test_days_before_an_event_are_clear_days(
    seeded: calendars.Calendar, event: str, length: int, unit: Unit, clear: bool, latest: str
) -> None:
    assert seeded.before(day(event), length, unit, clear=clear).day == day(latest)


STATUTORY = yaml.safe_load(Path(__file__).with_name("statutory_days.yaml").read_text("utf-8"))


def test_the_table_is_long_enough_to_trust() -> None:
    assert len(STATUTORY) >= 200
    assert all(row["law"] and row["why"] for row in STATUTORY)
    assert len({(row["law"], row["from"], row["n"], row["unit"], str(row)) for row in STATUTORY}) == len(STATUTORY)


@pytest.mark.parametrize("row", STATUTORY, ids=lambda row: f"{row['law']} {row['from']} {row['n']} {row['unit']}")
def test_periods_of_the_law_end_on_the_day_counted_by_hand(seeded: calendars.Calendar, row: Mapping[str, Any]) -> None:
    due = _counted(seeded, row)
    ends = due.at.astimezone(clock.TOWN).isoformat() if row["unit"] == "hour" and due.at else str(due.day)
    assert ends.startswith(row["due"]), row["why"]
    assert due.provisional == row.get("provisional", False), row["why"]


def _counted(calendar: calendars.Calendar, row: Mapping[str, Any]) -> Due:
    if "back" in row:
        return calendar.before(day(row["from"]), row["n"], Unit(row["unit"]), clear=row["back"] == "clear")
    start = datetime.fromisoformat(row["from"]).replace(tzinfo=clock.TOWN)
    stops = [Stop(day(began), day(ended)) for began, ended in row.get("stops", ())]
    return calendar.after(start, row["n"], Unit(row["unit"]), roll=Roll(row.get("roll", "none")), stops=stops)


def test_backward_counting_in_months_is_refused(seeded: calendars.Calendar) -> None:
    with pytest.raises(errors.PeriodImpossible):
        seeded.before(day("2026-03-20"), 1, Unit.MONTH)


def test_hours_run_through_nights_and_holidays(seeded: calendars.Calendar) -> None:
    start = datetime(2026, 2, 14, 16, 30, tzinfo=clock.TOWN)
    due = seeded.hours_after(start, 24)
    assert due.at == datetime(2026, 2, 15, 16, 30, tzinfo=clock.TOWN)
    assert not due.provisional


def test_hours_stand_still_on_stopped_days(seeded: calendars.Calendar) -> None:
    start = datetime(2026, 3, 2, 16, 30, tzinfo=clock.TOWN)
    due = seeded.after(start, 24, Unit.HOUR, stops=[Stop(day("2026-03-02"), day("2026-03-04"))])
    assert due.at == datetime(2026, 3, 5, 16, 30, tzinfo=clock.TOWN)


def test_a_period_ends_at_midnight_of_its_last_day_in_the_town(seeded: calendars.Calendar) -> None:
    assert seeded.working_days_after(day("2026-03-02"), 1).at == datetime(2026, 3, 4, 0, 0, tzinfo=clock.TOWN)


def test_a_moment_counts_as_its_day_in_the_town(seeded: calendars.Calendar) -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=clock.TOWN)
    assert seeded.working_days_after(late, 1).day == day("2026-03-03")
    with pytest.raises(errors.MomentWithoutZone):
        seeded.working_days_after(datetime(2026, 3, 2, 23, 30), 1)  # noqa: DTZ001


@pytest.mark.parametrize("length", [-1, 2501])
def test_a_length_no_law_knows_is_refused(seeded: calendars.Calendar, length: int) -> None:
    with pytest.raises(errors.PeriodImpossible):
        seeded.working_days_after(day("2026-03-02"), length)


def test_every_day_is_explained(seeded: calendars.Calendar) -> None:
    due = seeded.working_days_after(day("2026-02-13"), 6)
    assert [step.as_json() for step in due.derivation[:4]] == [
        ["2026-02-13", None, "start", None, False],
        ["2026-02-14", 1, "make_up", "春节", False],
        ["2026-02-15", None, "holiday", "春节", False],
        ["2026-02-16", None, "holiday", "春节", False],
    ]
    assert due.derivation[-1].as_json() == ["2026-02-28", 6, "make_up", "春节", False]
    assert len(due.derivation) == 16


def test_the_turn_of_the_year_is_final_when_the_setting_says_so() -> None:
    assert not calendars.built_in(year_end="final").working_days_after(day("2026-12-03"), 20).provisional
    assert calendars.built_in(year_end="final").working_days_after(day("2026-12-04"), 20).provisional


def test_corresponding_day_of_a_short_month() -> None:
    assert corresponding_day(day("2026-12-31"), 2) == day("2027-02-28")


def test_a_calendar_without_rows_says_what_to_do(db_connection: Connection) -> None:
    with pytest.raises(errors.CalendarEmpty, match="onewindow calendar seed"):
        calendars.load(db_connection).working_days_after(day("2026-03-02"), 5)


def test_seeding_twice_enters_each_year_once_and_is_recorded(db_connection: Connection) -> None:
    assert calendars.seed(db_connection, CLERK) == list(range(2004, 2027))
    assert calendars.seed(db_connection, CLERK) == []
    assert [(int(row.year), row.rows) for row in calendars.years(db_connection)][-1] == (2026, 365)
    trail = audit.trail(db_connection, calendars.STREAM)
    assert [event.details["year"] for event in trail] == list(range(2004, 2027))


def test_publishing_the_next_year_makes_its_days_final(db_connection: Connection) -> None:
    calendars.seed(db_connection, CLERK)
    off = [Mark(day("2027-01-01"), False, "元旦"), Mark(day("2027-01-04"), False, "元旦")]
    calendars.publish(db_connection, CLERK, 2027, off, origin="国办发明电〔2026〕0号")
    due = calendars.load(db_connection).working_days_after(day("2026-12-04"), 20)
    assert (due.day, due.provisional) == (day("2027-01-05"), False)


def test_a_correction_names_the_days_that_changed(db_connection: Connection) -> None:
    calendars.seed(db_connection, CLERK)
    marks = [*calendars.seeded(2026), Mark(day("2026-07-01"), False, "testing")]
    assert calendars.publish(db_connection, CLERK, 2026, marks, origin="test").days == [day("2026-07-01")]
    assert audit.trail(db_connection, calendars.STREAM)[-1].details["changed"] == ["2026-07-01"]
    with pytest.raises(errors.CalendarDayForeign):
        calendars.publish(db_connection, CLERK, 2026, [Mark(day("2025-07-01"), False)], origin="test")


def test_a_unit_of_work_reads_a_year_once_and_again_once_it_is_corrected(prepared_database: Engine) -> None:
    first = day("2026-07-01")
    with db.reading(prepared_database) as connection:
        calendars.publish(connection, CLERK, 2026, calendars.seeded(2026), origin="test")
        assert calendars.load(connection).is_working(first)
        with counting(prepared_database) as counted:
            assert calendars.load(connection).is_working(first)
        assert counted.statements == 0
        calendars.publish(connection, CLERK, 2026, [*calendars.seeded(2026), Mark(first, False)], origin="test")
        assert not calendars.load(connection).is_working(first)
    with db.reading(prepared_database) as connection, pytest.raises(errors.CalendarEmpty):
        calendars.load(connection).is_working(first)


def test_feel_counts_on_the_calendar(seeded: calendars.Calendar) -> None:
    functions = calendars.functions(seeded)
    value = feel.evaluate('working days after(date("2026-02-13"), 5)', {}, functions=functions)
    assert value == day("2026-02-27")
    value = feel.evaluate('calendar days after(date("2026-03-02"), 5)', {}, functions=functions)
    assert value == day("2026-03-07")
