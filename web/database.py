"""One unit of work per request: a transaction for a request that writes, a snapshot for one that reads.

The work begins when a view first asks for :func:`connection`. It is committed after the view has answered with
success or a redirect, and rolled back when the view raised or answered with an error, unless :func:`keep` was called.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.engine import Connection, Engine

from engine import db

READS = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask, database: Engine) -> None:
    """Give the application its database."""
    app.extensions["onewindow.database"] = database
    app.after_request(_finish)
    app.teardown_request(_abandon)


def engine() -> Engine:
    """Return the application's database, for work that outlives the request (a stream of events)."""
    return cast(Engine, current_app.extensions["onewindow.database"])


def connection() -> Connection:
    """Return the request's connection, beginning its work if need be."""
    here = g._get_current_object()
    if "work" not in here:
        reads = request.method in READS or here.get("work_failed", False)
        work = (db.reading if reads else db.transaction)(engine())
        here.work_connection = work.__enter__()
        here.work = work  # not before: what could not begin needs no end
    return cast(Connection, here.work_connection)


def keep() -> None:
    """Commit the request's work although its answer is an error (a failed log-in must be counted)."""
    g.work_kept = True


@contextmanager
def noting() -> Iterator[Connection]:
    """Write what a page that is read must leave behind, in a transaction of its own; its snapshot has ended then."""
    with db.transaction(aside()) as writing:
        yield writing


def aside() -> Engine:
    """Commit what was done so far and return the database, for work in transactions of its own that nobody waits for.

    A log-in counts its failures so, and a proof of the trail, which takes a while, reads so.
    """
    commit()
    return engine()


def commit() -> None:
    """Commit what was done so far: it stays whatever becomes of the request (a stored file whose form is refused)."""
    work = g.pop("work", None)
    if work is not None:
        g.pop("work_connection")
        work.__exit__(None, None, None)


def roll_back() -> None:
    """Undo the request's work at once; what follows (the error page) reads on a snapshot of its own."""
    g.work_failed = True
    work = g.pop("work", None)
    if work is not None:
        g.pop("work_connection")
        undone = _Undone()
        work.__exit__(_Undone, undone, None)


def _finish(response: Response) -> Response:
    if "work" not in g:
        return response
    if response.status_code < 400 or g.get("work_kept", False):
        commit()
    else:
        roll_back()
    return response


def _abandon(_problem: BaseException | None) -> None:
    if "work" in g:
        roll_back()


class _Undone(Exception):
    """Raised into a unit of work to make it roll back."""
