"""What every page needs and seldom changes: kept in the process while the trail that tells of changes stands still.

The session's look-up reads the heads of those trails on its way. What is kept holds for one head and one day, and a
page that has asked once is not asked for either again. A
request that writes may use what is kept for the head that it found, but keeps nothing itself: it may have changed what
it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from engine import clock
from web import database

T = TypeVar("T")


def of(stream: str, name: Any, read: Callable[[], T]) -> T:
    """Return what ``read`` returns, read again once the stream has got another event or the day has changed."""
    here = g._get_current_object()
    recalled: dict[Any, Any] = here.setdefault("recalled", {})
    if (stream, name) in recalled:
        return cast(T, recalled[stream, name])
    head = here.get("heads", {}).get(stream)
    if head is None:
        return read()
    kept: dict[Any, Any] = current_app.extensions.setdefault("onewindow.remembered", {})
    now = (head, clock.today())
    known = kept.get((stream, name))
    if known is None or known[0] != now:
        known = (now, read())
    if request.method in database.READS:
        kept[stream, name], recalled[stream, name] = known, known[1]
    return cast(T, known[1])
