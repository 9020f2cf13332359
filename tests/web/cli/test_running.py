"""A server that runs: it tells what others change, is killed in the middle of work, and is sent more than it takes."""

from __future__ import annotations

import http.client
import re
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench.served import Server, answers
from engine import audit, db, tasks
from engine.cases.grid import reporting
from engine.flow import steps
from engine.organisation import session
from engine.tasks import Candidate
from tests.engine.cases.grid.conftest import reported
from tests.web.desk import all_received, present, take_in
from web import security

CASES, CLIENTS, BEFORE_THE_END = 12, 4, 3
GIGABYTE = 1 << 30
TOLD_WITHIN, PATIENCE = 2, 10
"""Seconds until who watches the events must know of a change, and after which nobody waits for it any more."""


def asked(port: int, method: str, path: str, cookie: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Ask the server; return the status, the body and the page's cookie."""
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, urlencode(form) if form else None, headers)
        with connection.getresponse() as answer:
            found = re.search(r"onewindow_page=[^;]+", answer.headers.get("Set-Cookie", ""))
            return answer.status, answer.read().decode(), found[0] if found else ""


def finish(port: int, cookie: str, task: int, form: dict[str, str]) -> int:
    """Open the task's page and finish it, as a browser would."""
    _status, page, own = asked(port, "GET", f"/tasks/{task}", cookie)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    guard = {"csrf_token": token[1], security.KEY_FIELD: security.new_key()}
    return asked(port, "POST", f"/tasks/{task}/completion", f"{cookie}; {own}", {**guard, **form})[0]


def stream(port: int, cookie: str) -> tuple[str, float]:
    """Ask for the centre's stream as a browser does; return its mark and for how many seconds to wait now."""
    _status, said, _cookie = asked(port, "GET", "/centre/live", cookie)
    again, mark = re.search(r"^retry: (\d+)$", said, re.MULTILINE), re.search(r"^data: (\S+)$", said, re.MULTILINE)
    assert again, said
    assert mark, said
    return mark[1], int(again[1]) / 1000


def test_the_centre_is_told_within_two_seconds_what_another_process_did(own_town: Engine, server: Server) -> None:
    with db.transaction(own_town) as connection:
        cookie = f"{security.COOKIE}={session.start(connection, 'P001', '127.0.0.1')}"
    before, again = stream(server.port, cookie)
    with db.transaction(own_town) as connection:
        reporting.report(connection, audit.Actor("P132"), reported())
    begin, mark = time.monotonic(), before
    while mark == before and time.monotonic() - begin < PATIENCE:
        time.sleep(again)
        mark, again = stream(server.port, cookie)
    assert time.monotonic() - begin <= TOLD_WITHIN
    assert mark != before


def test_a_server_killed_in_the_middle_of_work_leaves_nothing_half_done(own_town: Engine, server: Server) -> None:
    clerk = Candidate("P029", frozenset({"hall.window@W03"}))
    rows = [take_in(own_town) for _ in range(CASES)]
    with db.transaction(own_town) as connection:
        for row in rows:
            tasks.claim(connection, audit.Actor("P029"), clerk, row.id)
        cookie = f"{security.COOKIE}={session.start(connection, 'P029', '127.0.0.1')}"
    form, waiting, done, enough = all_received(rows[0], own_town), list(rows), [], threading.Event()

    def work() -> None:
        while waiting:
            row = waiting.pop()
            try:
                if finish(server.port, cookie, row.id, form) == 303:
                    done.append(row.id)
            except (OSError, http.client.HTTPException):
                return
            if len(done) >= BEFORE_THE_END:
                enough.set()

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    server.kill()
    for thread in threads:
        thread.join(30)

    server.start()
    left = [row for row in rows if present(own_town, row.id).state == "open"]
    assert {row.id for row in rows} - {row.id for row in left} >= set(done)
    for row in left[:1]:
        assert finish(server.port, cookie, row.id, form) == 303
    for row in rows:
        _whole(own_town, row)


def _whole(town: Engine, row: Any) -> None:
    """The task is finished and told once, or neither; the case's chain holds and its step is counted."""
    state = present(town, row.id).state
    with db.reading(town) as connection:
        head = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == row.business_key))
        assert audit.verify(connection, head.one()) is None
        told = [event.action for event in audit.trail(connection, row.business_key)].count("task.completed")
        revision = connection.scalar(
            sa.select(steps.instance.c.revision).where(steps.instance.c.business_key == row.business_key)
        )
        following = connection.scalar(
            sa.select(sa.func.count()).where(
                tasks.task.c.business_key == row.business_key, tasks.task.c.state == "open"
            )
        )
    assert (told, revision >= 1 + told) == (int(state == "completed"), True)
    assert following >= 1


@pytest.mark.parametrize("town", ["sqlite"], indirect=True, scope="module")  # it is refused before any database
@pytest.mark.parametrize("chunked", [False, True])
def test_a_gigabyte_is_refused_early_and_kept_nowhere(server: Server, chunked: bool) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        status, sent = pour(connection, chunked=chunked)
    assert status in (413, None)  # None: the connection was closed before the answer was read
    assert sent < 200 << 20
    assert _most_memory(server) < 300 << 10
    assert not [place for place in server.folder.rglob("*") if place.is_file() and place.stat().st_size > 60 << 20]
    assert answers(server.port, server.process) == 200


def pour(connection: http.client.HTTPConnection, *, chunked: bool) -> tuple[int | None, int]:
    """Send a file of a gigabyte until the server has had enough; return its status and how much went out."""
    connection.putrequest("POST", "/apply/GL-NYN-001")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(GIGABYTE))))
    connection.endheaders()
    sent, block = 0, b"x" * (1 << 20)
    head = b'--b\r\nContent-Disposition: form-data; name="material.M001:upload"; filename="a.pdf"\r\n\r\n'
    try:
        while sent < GIGABYTE:
            part = head if not sent else block
            connection.send(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            sent += len(part)
    except OSError:
        pass  # the server has closed the connection; what it said before may still be there
    return _answered(connection), sent


def _answered(connection: http.client.HTTPConnection) -> int | None:
    """Return the status that was sent before the connection was closed, if it arrived."""
    try:
        with connection.getresponse() as answer:
            return answer.status
    except (OSError, http.client.HTTPException):
        return None


def _most_memory(server: Server) -> int:
    """Return the most memory, in KiB, that a process of the server has held."""
    found = []
    for each in server.processes():
        peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{each}/status").read_text())
        found.append(int(peak[1]) if peak else 0)
    assert len(found) > 1  # the one that was started, and the worker that reads what is sent
    return max(found)
