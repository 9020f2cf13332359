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
    head: int = 0
    mark: int = 0


def mark() -> int:
    """Return the number of the newest entry of the trail that is an event's."""
    known: _Pulse = current_app.extensions.setdefault("onewindow.pulse", _Pulse())
    with known.lock:
        if known.asked_at is None or abs(clock.now() - known.asked_at) >= KEPT:
            head, newest = board.latest(database.connection(), known.head)
            known.head, known.mark, known.asked_at = head, newest or known.mark, clock.now()
    return known.mark
