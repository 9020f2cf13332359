"""Errors as pages: each kind of engine error has one status; the page says what happened and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine import errors
from engine.cases.clocks import period as periods
from engine.organisation import person
from web import database, i18n, problems, security
from web.sent import legible
from web.shown import bar, headlines

Page = TypeVar("Page")
STATUS: dict[type[errors.EngineError], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.Refused: 422,
    errors.Unavailable: 503,
}

PERSONS = ("person", "substitute")
"""The facts of errors that are ids of persons."""
UNITS = ("unit",)
"""The facts of errors that are codes of units; a word that is none stays as it is."""


def init_app(app: Flask) -> None:
    """Answer every error with a page in the house's own layout."""
    app.register_error_handler(errors.EngineError, engine_error)
    app.register_error_handler(CSRFError, stale_page)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(sa.exc.OperationalError, database_away)
    app.register_error_handler(Exception, defect)
    app.add_template_global(too_large)


def status_of(problem: errors.EngineError) -> int:
    """Return the HTTP status of an error."""
    return next((status for kind, status in STATUS.items() if isinstance(problem, kind)), 500)


def by_script() -> bool:
    """Tell whether a program asks, or the script of a page that shows the problem itself."""
    return security.by_program() or request.headers.get("Accept") == "application/json"


def engine_error(problem: errors.EngineError) -> Response:
    """Show an error of the engine; nothing was changed."""
    found = problem.facts.get("findings", ())
    if by_script():
        return problems.document(status_of(problem), told(problem), kind=problem.code, errors=problems.findings(found))
    return page(status_of(problem), told(problem), title=headlines.of(problem), findings=found)


def shown_again(problem: errors.EngineError, page: Callable[[str, int], Page]) -> Page:
    """Undo the request's work and show the page it came from again, with what is wrong and its status."""
    text = told(problem)
    database.roll_back()
    return page(text, status_of(problem))


def told(problem: errors.EngineError) -> str:
    """Return what an error says in the reader's language, with persons, units and periods called by name."""
    ids = [problem.facts[fact] for fact in PERSONS if problem.facts.get(fact)]
    names = {fact: person.names(database.connection(), ids) for fact in PERSONS if ids}
    if any(fact in problem.facts for fact in UNITS):
        called = {code: i18n.named(row) for code, row in bar.units().items()}
        names |= dict.fromkeys(UNITS, called)
    if (period := periods.register().get(problem.facts.get("period", ""))) is not None:
        names["period"] = {period.key: i18n.named(period, "title")}
    facts = {fact: names[fact].get(value, value) if fact in names else value for fact, value in problem.facts.items()}
    return i18n.message(problem.template, facts)


def stale_page(_problem: CSRFError) -> Any:
    """Show that the page was open for too long, or was not ours; a view that can shows what was typed again."""
    view = current_app.view_functions.get(request.endpoint or "")
    again = getattr(view, "shows_again", None)
    if again is not None and g.get("person") is not None:
        database.roll_back()
        try:
            return again(**(request.view_args or {}))
        except errors.EngineError as problem:  # what the page was about is gone, or was never the person's
            return engine_error(problem)
    return page(400, _("This page was open for too long. Go back, load it again and send it once more."))


def http_error(problem: HTTPException) -> Response:
    """Show an error of the protocol: an unknown address, a method that is not offered, a request that is too large."""
    if by_script():
        return problems.of_http(problem)
    status = problem.code or 500
    if isinstance(problem, RequestEntityTooLarge):
        return page(status, too_large(), back=_came_from())
    said = {
        400: _(legible.UNREADABLE)
        if problem.description == legible.UNREADABLE
        else _("The request is not complete. Go back and try again."),
        403: _("You may not do this."),
        404: _("There is no such page, or you may not see it."),
        405: _("This address does not do that. Go back and use the buttons of the page."),
        429: _("Too many attempts. Wait a few minutes and try again."),
    }
    answer = page(status, said.get(status, _("This did not work. Go back and try again.")))
    answer.headers.extend(problem.get_response().headers.items() if status == 405 else ())
    return answer


def too_large() -> str:
    """Say how much may be sent at once."""
    most = current_app.config["MAX_CONTENT_LENGTH"] >> 20
    return str(_("What you sent is larger than %(most)d MB. Choose smaller files, or send them one by one.", most=most))


def database_away(problem: sa.exc.OperationalError) -> Response:
    """Show that the database cannot be reached, or that its disk is full; the log has the reason."""
    current_app.logger.error("%s %s: %s", request.method, request.path, problem.orig)
    text = _("Nothing was changed: the database cannot be used right now. Go back, what you typed is still there, and "
             "send it again in a few minutes.")  # fmt: skip
    return problems.document(503, text) if by_script() else page(503, text)


def defect(problem: Exception) -> Response:
    """Show that we made a mistake; the log has the trace."""
    current_app.logger.exception("%s %s", request.method, request.path, exc_info=problem)
    text = _("Something went wrong on our side. Nothing was changed; the administrators can see what it was.")
    return problems.document(500, text) if by_script() else page(500, text)


def page(status: int, text: str, title: str = "", **facts: Any) -> Response:
    """Undo the request's work and answer with the error page."""
    database.roll_back()
    title = title or headlines.of_status(status)
    return make_response(render_template("error.html", status=status, title=title, text=text, **facts), status)


def _came_from() -> str:
    """Return the page of ours that sent the request, if the browser tells."""
    parts = urlsplit(request.referrer or "")
    return parts._replace(scheme="", netloc="").geturl() if parts.netloc == request.host else ""
