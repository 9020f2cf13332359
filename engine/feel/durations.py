"""The two durations of FEEL, which Python does not have, and how they are printed (DMN 1.5 §10.3.2.3, ISO 8601)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAY = 86_400
"""The seconds of a day."""


@dataclass(frozen=True, order=True, slots=True)
class YearsMonths:
    """A duration of whole months; it has no length in days."""

    total: int

    def __str__(self) -> str:
        """Print ``P1Y2M``."""
        years, months = divmod(abs(self.total), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.total < 0 else "") + "P" + (text or "0M")


class DaysTime(dt.timedelta):
    """A duration of days and parts of days."""

    @classmethod
    def of(cls, duration: dt.timedelta) -> DaysTime:
        """Take the same length of time."""
        return cls(days=duration.days, seconds=duration.seconds, microseconds=duration.microseconds)

    @property
    def microseconds_total(self) -> int:
        """The whole length in microseconds, exact."""
        return (self.days * DAY + self.seconds) * 1_000_000 + self.microseconds

    def __str__(self) -> str:
        """Print ``P1DT2H3M4.5S``."""
        total = self.microseconds_total
        seconds, micro = divmod(abs(total), 1_000_000)
        days, seconds = divmod(seconds, DAY)
        hours, seconds = divmod(seconds, 3600)
        minutes, seconds = divmod(seconds, 60)
        fraction = f".{micro:06}".rstrip("0") if micro else ""
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        clock += f"{seconds}{fraction}S" if seconds or micro else ""
        text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return ("-" if total < 0 else "") + "P" + (text or "T0S")
