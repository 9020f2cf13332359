"""The settings: what the law leaves open, with every reading, our default, why, and where it comes from.

``data/settings.json`` holds one setting per line. The database keeps only what was changed, by whom and why. A
computed date stores the readings it was computed with, so changing a setting never rewrites the past.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.ground.together import Question
from engine.handling import reasons

STREAM = "house:settings"
HOURS = r"(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)( ([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)*"
"""When something is open: ``09:00-11:30 13:30-17:00``."""

setting = sa.Table(
    "setting",
    db.metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", db.Json, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("changed_by", sa.String(80), nullable=False),
    sa.Column("changed_at", db.Utc, nullable=False),
)


@dataclass(frozen=True)
class Reading:
    """One way to understand the law."""

    value: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Setting:
    """An open point.

    ``kind`` is ``choice`` (of ``readings``), ``number`` (from ``low`` to ``high``), ``group``, ``text`` or ``hours``.
    A text is empty only where empty is the default: what nobody has entered yet can also be taken back.
    """

    key: str
    area: str
    kind: str
    title: str
    title_en: str
    default: str | int
    why: str
    why_en: str
    origin: str
    origin_en: str = ""
    readings: tuple[Reading, ...] = ()
    low: int = 0
    high: int = 0

    def allows(self, value: object) -> bool:
        """Tell whether ``value`` is one of the readings or within the bounds."""
        if self.kind == "number":
            return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high
        if self.kind == "group":
            return isinstance(value, str) and re.fullmatch(r"[a-z0-9_.@-]{1,100}", value) is not None
        if self.kind == "text":
            return isinstance(value, str) and (value == self.default or 0 < len(value.strip()) <= 100)
        if self.kind == "hours":
            return isinstance(value, str) and re.fullmatch(HOURS, value) is not None
        return any(value == reading.value for reading in self.readings)


@dataclass(frozen=True)
class Shown:
    """A setting as it stands: its value, and by whom it was changed (None: the default)."""

    setting: Setting
    value: str | int
    changed_by: str | None = None
    changed_at: datetime | None = None
    reason: str | None = None


class Values(Mapping[str, Any]):
    """All settings at one moment; ``values["stop_days"]``."""

    def __init__(self, changed: Mapping[str, str | int]) -> None:
        self._changed = changed

    def __getitem__(self, key: str) -> Any:
        return self._changed.get(key, _known(key).default)

    def __iter__(self) -> Iterator[str]:
        return iter(register())

    def __len__(self) -> int:
        return len(register())


@functools.cache
def register() -> Mapping[str, Setting]:
    """Return every setting by key, in the order of the file."""
    rows = db.loads(resources.files("engine.cases").joinpath("data/settings.json").read_text("utf-8"))
    found = {}
    for row in rows:
        readings = tuple(Reading(**reading) for reading in row.pop("readings", []))
        found[row["key"]] = Setting(**row, readings=readings)
    return found


def load(connection: Connection) -> Values:
    """Return all settings as they stand, read once in a unit of work."""
    known = db.known(connection)
    found: Values | None = known.get(STREAM)
    if found is None:
        known[STREAM] = found = Values({row.key: row.value for row in EVERY.all(connection)})
    return found


EVERY = Question(sa.select(setting.c.key, setting.c.value), setting.c.key)


def shown(connection: Connection) -> list[Shown]:
    """Return every setting with its present value and who changed it, in the order of the file."""
    changed = {row.key: row for row in connection.execute(sa.select(setting))}
    found = []
    for key, known in register().items():
        row = changed.get(key)
        found.append(
            Shown(known, row.value, row.changed_by, row.changed_at, row.reason) if row else Shown(known, known.default)
        )
    return found


def change(connection: Connection, actor: audit.Actor, key: str, value: str | int, *, reason: str) -> None:
    """Choose another reading from now on; dates already computed keep theirs.

    Raises
    ------
    SettingUnknown
        If there is no such setting.
    SettingReadingUnknown
        If the value is none of its readings.
    ReasonMissing, ReasonTooLong
    """
    known = _known(key)
    if not known.allows(value):
        raise errors.SettingReadingUnknown(key=key, value=value, readings=_readings(known))
    reason = reasons.given(reason)
    before = load(connection)[key]
    row = {"value": value, "reason": reason, "changed_by": actor.id, "changed_at": clock.now()}
    updated = connection.execute(sa.update(setting).where(setting.c.key == key).values(**row))
    if not updated.rowcount:
        connection.execute(sa.insert(setting).values(key=key, **row))
    db.known(connection).pop(STREAM, None)
    details = {"key": key, "before": before, "after": value, "reason": reason}
    audit.record(connection, STREAM, audit.Event("setting.changed", actor, details=details))


def _known(key: str) -> Setting:
    try:
        return register()[key]
    except KeyError:
        raise errors.SettingUnknown(key=key) from None


def _readings(known: Setting) -> str:
    if known.kind == "number":
        return f"{known.low}-{known.high}"
    if known.kind in ("group", "text", "hours"):
        return {"group": "post.code", "text": "1-100", "hours": "09:00-11:30 13:30-17:00"}[known.kind]
    return ", ".join(reading.value for reading in known.readings)
