"""Repetition by the calendar: the six fields that Spring and Camunda 8 read, in UTC (dialect.md 7).

Seconds, minutes, hours, day of the month, month, day of the week; ``*``, ``?``, lists, ranges, steps and names. A day
must fit both the day of the month and the day of the week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
BOUNDS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
NAMES: tuple[tuple[str, ...], ...] = (
    (), (), (), (),
    ("", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
)  # fmt: skip
HORIZON = 3_000
"""Days after which a day that never comes is given up: 29 February may be eight years away."""


@dataclass(frozen=True)
class Cron:
    """What the six fields allow."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def after(self, moment: datetime) -> datetime | None:
        """Return the first moment later than ``moment`` that all fields allow; None if none comes in eight years."""
        start = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day, earliest = start.date(), start.time()
        for _ in range(HORIZON):
            if self._allows(day):
                found = self._time(earliest)
                if found is not None:
                    return datetime.combine(day, found, UTC)
            day, earliest = day + timedelta(days=1), time()
        return None

    def _allows(self, day: date) -> bool:
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays

    def _time(self, earliest: time) -> time | None:
        for hour in self.hours:
            for minute in self.minutes if hour >= earliest.hour else ():
                if (hour, minute) >= (earliest.hour, earliest.minute):
                    for second in self.seconds:
                        if time(hour, minute, second) >= earliest:
                            return time(hour, minute, second)
        return None


def parse(text: str) -> Cron | None:
    """Return what an expression says; None if it is none."""
    fields = MACROS.get(text.strip(), text).upper().split()
    if len(fields) != len(BOUNDS):
        return None
    sets = [_field(field, position) for position, field in enumerate(fields)]
    if not all(sets):
        return None
    seconds, minutes, hours, days, months, weekdays = sets
    return Cron(
        tuple(sorted(seconds)), tuple(sorted(minutes)), tuple(sorted(hours)),
        frozenset(days), frozenset(months), frozenset(day % 7 for day in weekdays),
    )  # fmt: skip


def _field(field: str, position: int) -> set[int]:
    """Return the numbers that a field allows; none if it cannot be read."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, last = _span(span, position, open_end=bool(step))
        if first is None or last is None or first > last or (step and not (step.isdigit() and int(step))):
            return set()
        found.update(range(first, last + 1, int(step or 1)))
    return found


def _span(span: str, position: int, *, open_end: bool) -> tuple[int | None, int | None]:
    low, high = BOUNDS[position]
    if span == "*" or (span == "?" and position in (3, 5)):
        return low, high
    first, dash, last = span.partition("-")
    begin = _number(first, position)
    return begin, _number(last, position) if dash else high if open_end else begin


def _number(text: str, position: int) -> int | None:
    if text and text in NAMES[position]:
        return NAMES[position].index(text)
    low, high = BOUNDS[position]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1
    return number if low <= number <= high else None
