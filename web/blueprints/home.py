"""The start page, the language, and whether we are alive."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cases.people import access
from engine.cases.reading import search, worklist
from web import database, i18n, security
from web.blueprints.auth import own_path
from web.security import public
from web.shown import bar, remaining, workplace
from web.shown.grid import glance

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    """Show what a person's day begins with: what waits and where to go."""
    connection, reader = database.connection(), security.reader()
    tasks = worklist.page(connection, security.candidate()[0], worklist.Filter(view="all"), limit=8, total=0).rows
    own = search.mine(connection, reader, limit=8)
    remaining.know([*(row.case_id for row in tasks), *(row.id for row in own)])
    return render_template(
        "home/home.html",
        waiting=bar.counts(),
        tasks=tasks,
        task_name=workplace.task_name,
        cases=own,
        counts=search.counts(connection, reader, search.Filter()) if reader.roles & access.OVERSEERS else None,
        events=glance.of(connection, reader) if access.watches_events(reader) else None,
    )


@blueprint.get("/search", endpoint="search")
def find() -> Response:
    """Find a case number, a person or a firm among what one may see; a whole number leads straight to its case."""
    connection, reader = database.connection(), security.reader()
    text = request.args.get("q", "").strip()[:100]
    if (number := search.exact(connection, reader, text)) is not None:
        return redirect(url_for("cases.one", number=number), 303)
    found = search.page(connection, reader, search.Filter(text=text)) if text else None
    if found is not None and found.total == 1 and search.looks_like_number(text):
        return redirect(url_for("cases.one", number=found.rows[0].number), 303)
    remaining.know(row.id for row in (found.rows if found else ()))
    parties = search.parties(connection, reader, text)
    return make_response(render_template("home/search.html", text=text, page=found, parties=parties))


@blueprint.post("/language/<code>")
@public
@security.repeatable
def language(code: str) -> Response:
    """Read in another language from now on."""
    answer = make_response(redirect(own_path(request.form.get("back", "/")), 303))
    if code in i18n.LOCALES:
        answer.set_cookie(i18n.COOKIE, code, max_age=365 * 86400, samesite="Lax", httponly=True)
    return answer


@blueprint.get("/healthz")
@public
def health() -> tuple[str, int, dict[str, str]]:
    """Answer 200 once pages can be served: the database is there."""
    database.connection().execute(sa.text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
