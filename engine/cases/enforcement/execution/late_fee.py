"""The late fee (加处罚款): three per cent of the fine a day, never more than the fine (行政处罚法72(1)(一), 73(3)).

Pure functions over days and amounts; the four settings that the law leaves open are :class:`Readings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

PER_CENT = 3
"""What is added a day, of the amount that is counted on (行政处罚法72(1)(一))."""
READINGS = ("fee_day", "fee_base", "fee_pause", "instalment_base")
"""The settings a late fee is counted with; they are stored beside it."""


@dataclass(frozen=True)
class Readings:
    """Is the day of payment late, on what is it counted, which day of a remedy is free first (C0.1)."""

    fee_day: str = "yes"
    fee_base: str = "fine"
    fee_pause: str = "day_after"
    instalment_base: str = "as_fee_base"

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Readings:
        """Return what the settings say."""
        return cls(**{name: str(values[name]) for name in READINGS})


@dataclass(frozen=True)
class Part:
    """An amount in whole yuan and its day: a payment made, or an instalment due."""

    on: date
    amount: int


@dataclass(frozen=True)
class Pause:
    """A remedy: the day it was applied for and the day its result came, None while it is open."""

    first: date
    last: date | None = None


@dataclass(frozen=True)
class LateFee:
    """How much, from which day, for how many days; ``capped_on`` is the day on which the cap was reached."""

    amount: int
    days: int
    since: date | None
    per_day: int
    capped_on: date | None

    def as_json(self) -> dict[str, Any]:
        """Return it as process variables and documents hold it."""
        return {
            "amount": self.amount,
            "days": self.days,
            "from": self.since.isoformat() if self.since else None,
            "per_day": self.per_day,
            "capped_on": self.capped_on.isoformat() if self.capped_on else None,
        }


@dataclass(frozen=True)
class Debt:
    """A fine with its due day or, once approved, the plan of its instalments; what was paid; when a remedy was open."""

    fine: int
    due_on: date
    paid: Sequence[Part] = ()
    plan: Sequence[Part] = ()
    pauses: Sequence[Pause] = ()

    def rest(self, day: date, readings: Readings) -> int:
        """Return what was still unpaid on a day; under ``fee_day`` yes a payment counts from the next day on."""
        return self.fine - self._paid(day, readings)

    def overdue(self, day: date, readings: Readings) -> int:
        """Return how much should have been paid before a day and was not."""
        wanted = sum(part.amount for part in self.plan or (Part(self.due_on, self.fine),) if part.on < day)
        return max(0, wanted - self._paid(day, readings))

    def paused(self, day: date, readings: Readings) -> bool:
        """Tell whether a day does not count because reconsideration or a lawsuit was open (行政处罚法73(3))."""
        skip = timedelta(days=1 if readings.fee_pause == "day_after" else 0)
        return any(pause.first + skip <= day and (pause.last is None or day <= pause.last) for pause in self.pauses)

    def base(self, day: date, readings: Readings) -> int:
        """Return on what the late fee of a late day is counted."""
        if self.plan and readings.instalment_base == "instalment":
            return self.overdue(day, readings)
        return self.fine if readings.fee_base == "fine" else self.rest(day, readings)

    def _paid(self, day: date, readings: Readings) -> int:
        last = day - timedelta(days=1) if readings.fee_day == "yes" else day
        return sum(part.amount for part in self.paid if part.on <= last)


def count(debt: Debt, until: date, readings: Readings | None = None) -> LateFee:
    """Return the late fee of a debt from its first late day through ``until``.

    Days add up in hundredths of a yuan; what is less than a whole yuan at the end is dropped, in the party's favour.
    """
    readings = readings or Readings()
    cap, total, days, capped_on, since = debt.fine * 100, 0, 0, None, None
    for day in _late_days(debt, until, readings):
        since, days = since or day, days + 1
        total += debt.base(day, readings) * PER_CENT
        if total >= cap and capped_on is None:
            capped_on = day
    return LateFee(min(total, cap) // 100, days, since, debt.fine * PER_CENT // 100, capped_on)


def _late_days(debt: Debt, until: date, readings: Readings) -> Iterator[date]:
    day = min(part.on for part in debt.plan or (Part(debt.due_on, debt.fine),))
    while (day := day + timedelta(days=1)) <= until:
        if debt.overdue(day, readings) and not debt.paused(day, readings):
            yield day
