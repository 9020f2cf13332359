"""Log-in and log-out of the staff."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import errors
from engine.organisation import account
from web import database, i18n, security
from web.security import public

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
@public
def sign_in() -> Response:
    """Show the log-in page."""
    return make_response(_page("", request.args.get("next", "")))


@blueprint.post("/login")
@public
@security.repeatable
def open_session() -> Response:
    """Check the password and begin a session; wrong ones are counted by the account."""
    login, wanted = request.form.get("login", "").strip(), request.form.get("next", "")
    try:
        person = account.sign_in(
            database.aside(),  # a browser that is signed in already has begun work, which would wait for itself
            login,
            request.form.get("password", ""),
            security.address(),
            demo=security.settings().demo,
        )
    except (errors.WrongCredentials, errors.AccountLocked) as problem:
        text = i18n.error_message(problem)
        status = 429 if isinstance(problem, errors.AccountLocked) else 401
        return make_response(_page(login, wanted, text), status)
    return security.open_session(person, make_response(redirect(own_path(wanted), 303)))


def _page(login: str, wanted: str, problem: str = "") -> str:
    demo = security.settings().demo
    return render_template("auth/sign_in.html", login=login, next=wanted, problem=problem, demo=demo)


@blueprint.post("/logout")
@security.repeatable
def sign_out() -> Response:
    """End the session."""
    return security.end_session(make_response(redirect(url_for("auth.sign_in"), 303)))


def own_path(wanted: str) -> str:
    """Return the path if it is one of ours; nobody is sent elsewhere after logging in."""
    parts = urlsplit(wanted)
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return wanted if safe else url_for("home.home")
