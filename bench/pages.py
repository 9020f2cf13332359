"""What a request costs the server: completing a task, the inbox, a case, in the demo town."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from alembic import command
from sqlalchemy.engine import Engine

from bench import workload
from bench.browser import Browser, Request
from bench.measure import Figure, Options
from engine import audit, db, instances
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.items import item
from migrations import configuration
from web import security
from web.application import create_app
from web.cli.demo import load_town
from web.settings import Settings

CLERK, ITEM = "demo029", "GL-MZZ-008"
APPLICANT = {"kind": "person", "name": "王小明", "phone": "13800138000", "address": "官林镇"}


def run(options: Options) -> Iterator[Figure]:
    """Sign the clerk of window W03 in and measure what they do."""
    url = f"sqlite:///{options.folder}/town.db"
    command.upgrade(configuration(url), "head")
    database = db.connect(url)
    with db.transaction(database) as connection:
        load_town(connection)
    app = create_app(Settings(url, options.folder, secret_key="k" * 40, demo=True, scheduler=False))
    app.extensions["onewindow.database"] = database
    clerk, number = Browser(app, CLERK), _open_cases(database, 20)
    for name, path, cpu, statements in (
        ("inbox page", "/inbox?view=claimable", (3, 2), (4, 3)),
        ("case page", f"/cases/{number}", (5, 2), (8, 5)),
    ):
        yield from clerk.measured(name, partial(clerk.request, path), options, cpu, statements)
    yield from clerk.measured("POST that completes a task", _posting(clerk), options, (1.9, 1.4), (10, 8))


def _open_cases(database: Engine, count: int) -> str:
    with db.transaction(database) as connection:
        row = item.get(connection, ITEM)
        found, version = opening.item_context(row.body), row.version
        for _ in range(count):
            given = cases.Opening(found, version, "窗口", APPLICANT, window="W03")
            case, _step = opening.open_case(connection, audit.Actor("P026"), given)
        return str(case.number)


def _posting(clerk: Browser) -> Callable[[], Request]:
    """Return what makes the form of one task after another ready; each instance is started beforehand."""
    assigned = f'assignee="{clerk.person}" {workload.OFFERED}'
    drawing = workload.diagram(workload.OURS_TASK.format(assigned), workload.OURS_SCRIPT, "=amount &gt; 20000", "w1")
    workload.deploy(clerk.database, "w1", source=drawing)
    with db.transaction(clerk.database) as connection:
        for number in range(500):
            instances.start(connection, workload.ACTOR, "w1", business_key=f"bench-{number}")
    tasks = iter([workload.open_task(clerk.database, f"bench-{number}") for number in range(500)])
    sent = {name: value[0] for name, value in workload.SENT.items()} | clerk.guard()

    def request() -> Request:
        return clerk.request(f"/tasks/{next(tasks)}/completion", sent | {security.KEY_FIELD: security.new_key()})

    return request
