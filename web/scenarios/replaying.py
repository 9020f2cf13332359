"""Events that are still open: each is walked from its report to where its history ends, by the persons who did it.

What is closed is history (:mod:`engine.cases.grid.past.files`). What is open has tasks, clocks and warnings, which only
the process itself can give: every act of the history is done again at its moment, and whatever falls due between two
of them falls due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Engine

from engine import audit, clock, db, errors, outbox
from engine.cases.grid import reporting
from engine.cases.grid.past import files
from engine.cases.papers import push
from web.scenarios.walk import Stuck, Walk

Row = Mapping[str, Any]
Act = tuple[str, dict[str, Any]]
VERIFIED, CLASSIFIED = "G3", "G4"
INSPECTION = "discipline"


def replay(
    database: Engine,
    rows: Sequence[Row],
    usual: Mapping[str, Mapping[str, Any]],
    until: datetime,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> int:
    """Walk the open events to where they stand and let time pass until a moment; return how many were new.

    ``told`` hears how many of all are done.

    Raises
    ------
    Stuck
        Naming the event and the act that cannot be done again.
    """
    begun, way = 0, Walk(database, staffed=True, now=until)
    for done, row in enumerate(sorted(rows, key=lambda row: (row["received_at"], row["id"])), 1):
        with db.reading(database) as connection:
            known = reporting.find(connection, files.reported(row)) is not None
        if not known:
            received_at = datetime.fromisoformat(row["received_at"])
            _pass(way, received_at)
            way = Walk(database, usual=usual, staffed=True, now=received_at)
            try:
                _walk(way, row)
            except (Stuck, errors.EngineError) as stuck:
                raise Stuck(f"event {row['id']}, {way.entered}: {stuck}") from stuck
        begun += not known
        told(done, len(rows))
    if begun:
        _pass(way, until)
    return begun


def _walk(way: Walk, row: Row) -> None:
    said = vars(files.reported(row)) | {"captured_at": row["reported_at"], "by": row["reported_by"]}
    way.report(said)
    for one in row["history"]:
        if one["node"] == CLASSIFIED and VERIFIED in way.open_tasks():  # elsewhere line systems are believed unseen
            way.complete(VERIFIED, {})
        known = ACTS.get((one["node"], one["action"].partition(" ")[0]))
        if known is None:
            continue
        _pass(way, datetime.fromisoformat(one["at"]))
        element, given = known(row)
        try:
            way.complete(element, {**given, "$by": one["actor"]})
        except errors.TaskUnknown:  # the task is not for whom the history names: whoever holds its post does it
            way.complete(element, given)


def _pass(way: Walk, until: datetime) -> None:
    """Let time pass; twice a day discipline inspection confirms what it was pushed."""
    while way.now < until:
        way.wait(min(until, way.now + timedelta(hours=12)))
        with clock.frozen(way.now), db.transaction(way.database) as connection:
            for row in outbox.waiting(connection, INSPECTION):
                push.confirm(connection, audit.Actor(INSPECTION), row.id)


def _dispatch(row: Row) -> Act:
    lead = next(one["unit"] for one in row["joint"] if one["role"] == files.LEAD)
    helpers = [one["unit"] for one in row["joint"] if one["role"] != files.LEAD]
    return "G7_dispatch", {"dispatch.lead": lead, "dispatch.helpers": helpers}


def _put_off(row: Row) -> Act:
    reason, day = row["suspension"]["reason"], row["suspension"]["revisit_on"]
    if row["joint"]:
        return "G9_work", {"work.action": "postpone", "work.measure": reason, "work.revisit_on": day}
    said = {"level2.note": reason, "level2.photos": None, "level2.revisit_on": day}
    return "G6", {"level2.result": "postpone", **said}


def _plain(element: str) -> Callable[[Row], Act]:
    return lambda _row: (element, {})


ACTS: Mapping[tuple[str, str], Callable[[Row], Act]] = {
    ("G3", "核实：属实"): _plain("G3"),
    ("G7", "立案"): _plain("G7_file"),
    ("G7", "派遣"): _dispatch,
    ("G8", "签收"): _plain("G8"),
    ("G5", "格内处置完成"): _plain("G5"),
    ("G6", "申请缓办"): _put_off,
    ("G9", "申请缓办"): _put_off,
    ("X1", "批准缓办，案件时钟停止"): _plain("G9_put_off"),
}
"""What is done again, by node and act of the history; the rest the process does by itself."""
