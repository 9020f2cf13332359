"""A browser that is signed in, and what its requests cost the server; its own work is made beforehand, unmeasured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.measure import Figure, Options, Watch, counting
from engine import db
from engine.organisation import account, session
from web import security

Request = dict[str, Any]
"""A request as a server hands it to the application (PEP 3333)."""


def sign_in(database: Engine, login: str) -> tuple[str, str]:
    """Return the person of a login and the secret of a session just begun for that person."""
    with db.transaction(database) as connection:
        query = sa.select(account.account.c.person_id).where(account.account.c.login == login)
        person = str(connection.execute(query).scalar_one())
        return person, session.start(connection, person, "127.0.0.1", "bench")


class Browser:
    """Asks an application as one person, and keeps its cookies."""

    def __init__(self, app: Flask, login: str) -> None:
        self._app, self.database = app, app.extensions["onewindow.database"]
        self.person, secret = sign_in(self.database, login)
        self._cookies = {security.COOKIE: secret}

    def request(self, path: str, form: Mapping[str, str] | None = None) -> Request:
        """Make a request ready: a page, or a form sent to it."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        builder = EnvironBuilder(path, method="GET" if form is None else "POST", data=form, headers={"Cookie": cookies})
        return builder.get_environ()

    def send(self, request: Request) -> bytes:
        """Return the answer, whole."""
        parts, status, headers = run_wsgi_app(self._app.wsgi_app, request, buffered=True)
        body = b"".join(parts)
        assert status < "4", body.decode()
        for cookie in headers.getlist("Set-Cookie"):
            name, _equals, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return body

    def guard(self) -> dict[str, str]:
        """Return the token that every form of this browser carries."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.send(self.request("/inbox")).decode())
        assert token
        return {"csrf_token": token[1]}

    def measured(
        self,
        name: str,
        request: Callable[[], Request],
        options: Options,
        cpu: tuple[float, float],
        statements: tuple[float | None, float | None] = (None, None),
        *,
        rounds: int = 20,
    ) -> Iterator[Figure]:
        """Measure a request, made anew each time; what is made once (templates, forms, names) is not the request's."""
        watch = Watch()
        for _ in range(5):
            self.send(request())
        for _ in range(5):
            for ready in [request() for _ in range(options.times(rounds))]:
                watch(lambda ready=ready: self.send(ready))
            watch.lap()
        ready = request()
        with counting(self.database) as counted:
            self.send(ready)
        yield Figure(name, watch.ms, "ms CPU", *cpu)
        yield Figure(f"{name}, statements", counted.statements, "", *statements)
        yield Figure(f"{name}, commits", counted.commits, "")
