"""Cases for a town that has none yet: each is walked from some days ago to where it stands today.

A row says what a scenario says (``item``, ``lead`` or ``event``, ``open``, ``steps``), or which ``source`` sends which
``report``; ``package``, and ``days_ago``: how many days before today the case came in, at half past nine. The town's
own persons do the work, and what falls due on the way falls due; a step ``wait`` lets days pass. ``today-5`` is the day
five days before today, ``today-5T10:00:00+08:00`` a moment of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from engine import clock, errors
from engine.cases.enforcement import lead
from web.scenarios import running
from web.scenarios.walk import Stuck, Walk


def populate(
    database: Engine,
    packages: Path,
    rows: Iterable[Mapping[str, Any]],
    items: Mapping[str, Mapping[str, Any]],
    told: Callable[[int, int], None],
) -> None:
    """Let the cases come in and go on, the oldest first; ``told`` hears how many of all are done.

    Raises
    ------
    Stuck
        Naming the row and the step that cannot be taken.
    """
    rows = sorted(rows, key=lambda row: -row["days_ago"])
    usual = {name: running.usual(packages / name) for name in {row["package"] for row in rows}}
    for done, row in enumerate(rows, 1):
        way = Walk(database, items, usual[row["package"]], now=_began(row["days_ago"]), staffed=True)
        try:
            _begin(way, row)
            for step in row.get("steps", ()):
                running.take(way, _dated(step))
            way.wait(max(way.now, clock.now()))
        except (Stuck, errors.EngineError) as stuck:
            raise Stuck(f"case {done} ({row['title']}), {way.entered}: {stuck}") from stuck
        told(done, len(rows))


def _begin(way: Walk, row: Mapping[str, Any]) -> None:
    if "item" in row:
        way.open(row["item"], row.get("open", {}))
    elif "event" in row:
        way.report(row["event"])
    elif "source" in row:
        way.deliver(row["source"], row["report"])
    else:
        way.take_in(row["lead"], row.get("process", lead.PROCESS), row.get("with", {}))


def _dated(value: Any) -> Any:
    """Put the day in place of ``today-5``, wherever it stands."""
    if isinstance(value, Mapping):
        return {key: _dated(each) for key, each in value.items()}
    found = _DAY.match(value) if isinstance(value, str) else None
    return f"{clock.today() - timedelta(days=int(found[1]))}{value[found.end() :]}" if found else value


_DAY = re.compile(r"today-(\d{1,4})(?=T|\Z)")


def _began(days_ago: int) -> Any:
    today = clock.now().astimezone(clock.TOWN)
    morning = today.replace(hour=9, minute=30, second=0, microsecond=0) - timedelta(days=days_ago)
    return min(morning, clock.now())
