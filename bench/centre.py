"""The command centre and the inboxes with a hundred thousand events in the town, one in ten of them open.

Each open event waits for somebody: most for the worker of its grid, others for the head of the level-2 grid or for a
post of the centre, which so has a thousand tasks. The map, asked for a rectangle, reads what lies in it: a part of the
town costs a fraction of the town.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Connection, Engine

from bench.browser import Browser
from bench.measure import Figure, Options, Watch
from engine import audit, clock, db, tasks
from engine.cases import case as cases
from engine.cases import standing
from engine.cases.grid import event, reporting
from engine.cases.grid.overview import board, narrowing, rectangle
from engine.cases.people import access
from engine.ground.prepared import Prepared
from engine.handling import offers
from engine.organisation import unit
from engine.organisation.grid import node
from migrations import configuration
from web.application import create_app
from web.cli.demo import load_town
from web.settings import Settings

LEADER, IN_THE_GRID, DISPATCHER, WORKER = "demo001", "demo132", "demo089", audit.Actor("P132")
EVENTS, OPEN_OF, BATCH = 100_000, 10, 10_000
AROUND = {"west": 119.68, "south": 31.50, "east": 119.70, "north": 31.515}
"""A rectangle of the map: a quarter of the town's centre."""
WHOLE = {"west": 119.6, "south": 31.4, "east": 119.8, "north": 31.6}
LEAD = access.Reader("P085", groups=frozenset({"command.lead"}))
POSTS = ("grid.worker@{cell}",) * 7 + ("grid.level2.head@{quarter}", "command.intake", "command.dispatcher")
"""For whom an open event waits, by turns."""


def run(options: Options) -> Iterator[Figure]:
    """Measure the pages, two rectangles of the map and the figures on each database, then the engine's statements."""
    urls = {"sqlite": f"sqlite:///{options.folder}/centre.db", "postgresql": options.postgresql}
    for kind, url in urls.items():
        if url:
            command.upgrade(configuration(url), "head")
            database = db.connect(url)
            _load(database, options.times(EVENTS))
            yield from _pages(database, url, kind, options)
            yield from _statements(database, kind)
            database.dispose()


def _pages(database: Engine, url: str, kind: str, options: Options) -> Iterator[Figure]:
    app = create_app(Settings(url, options.folder, secret_key="k" * 40, demo=True, scheduler=False))
    app.extensions["onewindow.database"] = database
    for login, name, path, cpu, most in (
        (LEADER, "centre page", "/centre", (5, 2), 8),
        (LEADER, "centre page of a grid", "/centre?grid=GL-01", (5, 2), 8),
        (LEADER, "centre map, a part", _map(AROUND), (5, 2), 8),
        (LEADER, "centre map, the town", _map(WHOLE), (20, 8), 8),
        (LEADER, "centre live", "/centre/live", (1, 0.5), 8),
        (LEADER, "centre figures", "/centre/figures", (60, 40), 8),
        (IN_THE_GRID, "inbox of a grid worker", "/inbox?view=claimable", (3, 2), 4),
        (DISPATCHER, "inbox of the centre", "/inbox?view=claimable", (3, 2), 4),
        (LEADER, "inbox of a leader", "/inbox?view=claimable", (3, 2), 4),
    ):
        browser = Browser(app, login)
        request = partial(browser.request, path)
        yield from browser.measured(f"{name}, {kind}", request, options, cpu, (most, None), rounds=10)


def _statements(database: Engine, kind: str) -> Iterator[Figure]:
    everything, around, whole = narrowing.Filter(), rectangle.Box(**AROUND), rectangle.Box(**WHOLE)
    asked: dict[str, Callable[[Connection], Any]] = {
        "centre list": lambda connection: board.page(connection, LEAD, everything),
        "centre standing": lambda connection: board.standing(connection, LEAD, everything, "unit", "urgency"),
        "centre map, a part": lambda connection: rectangle.within(connection, LEAD, everything, around),
        "centre map, the town": lambda connection: rectangle.within(connection, LEAD, everything, whole),
    }
    with db.reading(database) as connection:
        for name, ask in asked.items():
            watch = Watch()
            for _ in range(5):
                watch(lambda ask=ask: ask(connection))
                watch.lap()
            yield Figure(f"{name}, {kind}, statements of the engine", watch.ms, "ms CPU")


def _load(database: Engine, count: int) -> None:
    """Load the town, let one event be reported, and write as many more of its kind."""
    with db.transaction(database) as connection:
        load_town(connection)
    with db.transaction(database) as connection:
        given = reporting.Report("网格员", "S0201", 119.688472, 31.508861, "消防通道被杂物占用")
        case, _step = reporting.report(connection, WORKER, given)
        fill(connection, case, count)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def fill(connection: Connection, like: sa.Row[Any], count: int) -> None:
    """Write events as one that was reported, all over the town's cells, over half a year."""
    drawn, now = random.Random(1), clock.now()
    kind = event.of(connection, like.id)
    like = connection.execute(sa.select(cases.case_file).where(cases.case_file.c.id == like.id)).one()
    cells = node.every(connection, node.CELL)
    units = [row.code for row in unit.every(connection, "department")] or [None]
    case_rows, event_rows = Prepared(sa.insert(cases.case_file)), Prepared(sa.insert(event.grid_event))
    for begin in range(0, count, BATCH):
        made = [
            _row(drawn, now, like.id + 1 + number, cells, units) for number in range(begin, min(begin + BATCH, count))
        ]
        case_rows.many(connection, [{**like._mapping, **case} for case, _one in made])
        event_rows.many(connection, [{**kind._mapping, **one} for _case, one in made])
        _offer(connection, like.number, made)


def _offer(connection: Connection, like: str, made: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Let the open ones of some events wait for somebody, by tasks as the one of the event that was reported."""
    (pattern,) = tasks.of_case(connection, like)
    waiting, offered = [], []
    for case, one in made:
        if case["closed_at"] is None:
            key, due = pattern.id + case["id"], {"sort_due_at": one["due_at"]}
            group = POSTS[len(waiting) % len(POSTS)].format(cell=one["grid_code"], quarter=one["level2_code"])
            waiting.append({**pattern._mapping, "id": key, "business_key": case["number"], **due})
            offered.append({"task_id": key, "kind": "group", "name": group, "free": True, **due})
    Prepared(sa.insert(tasks.task)).many(connection, waiting)
    Prepared(sa.insert(offers.candidate)).many(connection, offered)


def _row(drawn: random.Random, now: Any, key: int, cells: Any, units: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    cell = drawn.choice(cells)
    reported = now - timedelta(minutes=drawn.randrange(180 * 24 * 60))
    due, over = reported + timedelta(hours=drawn.choice((24, 72, 120))), key % OPEN_OF != 0
    finished = reported + timedelta(hours=drawn.randrange(1, 130)) if over else None
    source = drawn.choice(tuple(standing.EVENT_SOURCES))
    case = {
        "id": key, "number": f"{event.SERIES}-{reported:%Y}-9{key:06d}", "received_at": reported, "channel": source,
        "state": "closed" if over else "handling", "outcome": "department" if over else None, "closed_at": finished,
    }  # fmt: skip
    place = {
        "lon": (cell.west + drawn.random() * (cell.east - cell.west)) / 1_000_000,
        "lat": (cell.south + drawn.random() * (cell.north - cell.south)) / 1_000_000,
        "grid_code": cell.code, "level2_code": cell.parent,
    }  # fmt: skip
    one = {
        "case_id": key, "source": source, "urgency": drawn.choice((1, 2, 3, 3, 3)), "unit": drawn.choice(units),
        "captured_at": reported, "received_at": reported, "reported_at": reported, "due_at": due,
        "step_due_at": None if over else due, "finished_at": finished, "closed_at": finished, **place,
    }  # fmt: skip
    return case, one


def _map(box: dict[str, float]) -> str:
    return "/centre/map.json?" + "&".join(f"{name}={edge}" for name, edge in box.items())
