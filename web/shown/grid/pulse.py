"""The pulse of the events: the mark of what happened to them last, read once a moment for everybody who asks."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app

from engine import clock
from engine.cases.grid.overview import board
from web import database

KEPT = timedelta(milliseconds=500)
"""How long one answer serves everybody."""


@dataclass
class _Pulse:
    lock: threading.Lock = field(default_factory=threading.Lock)
    asked_at: datetime | None = None
    beat: board.Beat = field(default_factory=board.Beat)


def mark() -> str:
    """Return what changes whenever something happened to an event."""
    known: _Pulse = current_app.extensions.setdefault("onewindow.pulse", _Pulse())
    with known.lock:
        if known.asked_at is None or abs(clock.now() - known.asked_at) >= KEPT:
            known.beat, known.asked_at = board.latest(database.connection(), known.beat), clock.now()
    return str(known.beat)
