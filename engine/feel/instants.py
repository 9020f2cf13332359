"""Times and moments as instants: their distance from UTC, their order, whether two are the same (DMN 1.5 §10.3.2.3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine import clock
from engine.feel import far
from engine.feel.far import FarMoment


def offset_of(value: dt.time | dt.datetime) -> dt.timedelta | None:
    """The distance from UTC; a time in a named zone takes the zone's offset of today, as it has no day."""
    offset = value.utcoffset()
    if offset is None and isinstance(value, dt.time) and value.tzinfo is not None:
        return dt.datetime.combine(clock.today(), value).utcoffset()
    return offset


def _clock_seconds(value: dt.time) -> int:
    """Microseconds since midnight UTC, or local where there is no zone."""
    whole = (value.hour * 60 + value.minute) * 60 + value.second
    offset = offset_of(value) or dt.timedelta()
    return (whole - int(offset.total_seconds())) * 1_000_000 + value.microsecond


def comparable(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Two times or moments as things Python can order; None if just one of them has a zone."""
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    if type(left) is dt.time:
        return _clock_seconds(left), _clock_seconds(right)
    return (far.position(left), far.position(right)) if far.is_far(left, right) else (left, right)


def same_moment(left: Any, right: Any) -> bool:
    """Tell whether two times or moments are the same instant, to the millisecond as the DMN TCK has it."""
    pair = comparable(_to_millisecond(left), _to_millisecond(right))
    return pair is not None and bool(pair[0] == pair[1])


def _to_millisecond(value: Any) -> Any:
    if not value.microsecond or isinstance(value, FarMoment):
        return value
    return value.replace(microsecond=value.microsecond // 1000 * 1000)
