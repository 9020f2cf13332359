"""What a request costs the server: completing a task, the inbox, a case; over the test client, in the demo town."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import command
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from bench import workload
from bench.measure import Figure, Options, Watch, counting
from engine import audit, db, instances
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.items import item
from engine.organisation import account, session
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
    client, person = app.test_client(), _sign_in(database)
    client.set_cookie(security.COOKIE, person[1])
    number = _open_cases(database, 20)
    yield from _measured(database, "inbox page", lambda: client.get("/inbox?view=claimable"), options, (3, 2), (4, 3))
    yield from _measured(database, "case page", lambda: client.get(f"/cases/{number}"), options, (5, 2), (8, 5))
    posting = _posting(database, client, person[0])
    yield from _measured(database, "POST that completes a task", posting, options, (1.9, 1.4), (10, 8))


def _sign_in(database: Engine) -> tuple[str, str]:
    with db.transaction(database) as connection:
        query = sa.select(account.account.c.person_id).where(account.account.c.login == CLERK)
        person = connection.execute(query).scalar_one()
        return person, session.start(connection, person, "127.0.0.1", "bench")


def _open_cases(database: Engine, count: int) -> str:
    with db.transaction(database) as connection:
        row = item.get(connection, ITEM)
        found, version = opening.item_context(row.body), row.version
        for _ in range(count):
            given = cases.Opening(found, version, "窗口", APPLICANT, window="W03")
            case, _step = opening.open_case(connection, audit.Actor("P026"), given)
        return str(case.number)


def _posting(database: Engine, client: FlaskClient, person: str) -> Callable[[], Any]:
    """Return what completes one task after another; each instance is started beforehand."""
    assigned = f'assignee="{person}" {workload.OFFERED}'
    drawing = workload.diagram(workload.OURS_TASK.format(assigned), workload.OURS_SCRIPT, "=amount &gt; 20000", "w1")
    workload.deploy(database, "w1", source=drawing)
    with db.transaction(database) as connection:
        for number in range(500):
            instances.start(connection, workload.ACTOR, "w1", business_key=f"bench-{number}")
    tasks = iter([workload.open_task(database, f"bench-{number}") for number in range(500)])
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/inbox").text)
    assert token
    sent = {name: value[0] for name, value in workload.SENT.items()} | {"csrf_token": token[1]}

    def post() -> Any:
        return client.post(f"/tasks/{next(tasks)}/completion", data=sent | {security.KEY_FIELD: security.new_key()})

    return post


def _measured(
    database: Engine,
    name: str,
    ask: Callable[[], Any],
    options: Options,
    cpu: tuple[float, float],
    statements: tuple[float | None, float | None] = (None, None),
) -> Iterator[Figure]:
    watch = Watch()
    for _ in range(5):
        ask()  # what is made once (templates, forms) is not the request's
    for _ in range(5):
        for _ in range(options.times(20)):
            answer = watch(ask)
            assert answer.status_code < 400, answer.text
        watch.lap()
    with counting(database) as counted:
        ask()
    yield Figure(name, watch.ms, "ms CPU", *cpu)
    yield Figure(f"{name}, statements", counted.statements, "", *statements)
    yield Figure(f"{name}, commits", counted.commits, "")
