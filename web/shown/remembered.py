"""What every page needs and seldom changes: kept in the process while the trails that tell of changes stand still.

Whatever is kept names the streams of the audit that it depends on. The session's look-up reads the heads of all of
them on its way; what is kept holds for these heads and one day, in each server process by itself, and a page that has
asked once is not asked for it again. A request that writes may use what is kept for the heads that it found, but keeps
nothing itself: it may have changed what it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from engine import calendars, clock
from engine.cases.enforcement import power
from engine.cases.grid.items import item_class
from engine.cases.items import catalogue
from engine.organisation import trail
from web import database

T = TypeVar("T")

WATCHED = (trail.STREAM, calendars.STREAM, item_class.STREAM, catalogue.STREAM, power.STREAM)


def of(name: Any, read: Callable[[], T], *streams: str) -> T:
    """Return what ``read`` returns, read again once one of the streams has got another event or the day has changed.

    ``name`` is its own in the whole product; the streams are of :data:`WATCHED`. Who has no session is read to anew.
    """
    here = g._get_current_object()
    recalled: dict[Any, Any] = here.setdefault("recalled", {})
    if name in recalled:
        return cast(T, recalled[name])
    heads = here.get("heads")
    if heads is None:
        return recalled.setdefault(name, read()) if request.method in database.READS else read()
    kept: dict[Any, Any] = current_app.extensions.setdefault("onewindow.remembered", {})
    now = (*(heads[stream] for stream in streams), clock.today())
    known = kept.get(name)
    if known is None or known[0] != now:
        known = (now, read())
    if request.method in database.READS:
        kept[name], recalled[name] = known, known[1]
    return cast(T, known[1])
