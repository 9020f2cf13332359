"""The only place that asks the system for the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOWN = ZoneInfo("Asia/Shanghai")
"""The zone in which days begin and end, deadlines run out and people read times."""

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in the town's zone."""
    return day(now())


def day(moment: datetime) -> date:
    """Return the day on which an aware moment lies in the town."""
    return moment.astimezone(TOWN).date()


def minute(moment: datetime) -> str:
    """Return an aware moment of the town to the minute, as documents and errors tell it: ``2026-03-02 09:30``."""
    return moment.astimezone(TOWN).strftime("%Y-%m-%d %H:%M")


def midnight(of: date) -> datetime:
    """Return the moment, aware, at which a day begins in the town."""
    return datetime.combine(of, time(), TOWN)


def next_at(hour: time) -> datetime:
    """Return the next moment, aware, at which clocks in the town show a time of day."""
    at = datetime.combine(today(), hour, TOWN)
    return at if at > now() else at + timedelta(days=1)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Let :func:`now` answer ``at`` (aware) within the block, for trials, scenarios and tests.

    Raises
    ------
    ValueError
        If ``at`` carries no zone: a naive moment means a different instant on every machine.
    """
    if at.tzinfo is None:
        raise ValueError(f"frozen() needs an aware moment, not {at!r}")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
