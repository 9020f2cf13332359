"""The start page, the language, and whether we are alive."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from web import bar, database, i18n, security
from web.blueprints.auth import own_path
from web.security import public

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    """Show what a person's day begins with: what waits and where to go."""
    return render_template("home/home.html", waiting=bar.counts())


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
