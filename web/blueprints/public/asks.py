"""What an applicant asks of the own case on the tracking page: one page each, open while it is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.enforcement.execution import early_end as ending
from engine.cases.people import applicant as applicants
from web import database, failures, i18n
from web.i18n import lazy_gettext as _l
from web.security import public
from web.sent import grant, received
from web.shown import headlines, tracked

blueprint = Blueprint("asks", __name__, url_prefix="/track/case")

STARS = {
    5: _l("very satisfied"),
    4: _l("satisfied"),
    3: _l("fairly satisfied"),
    2: _l("not satisfied"),
    1: _l("very dissatisfied"),
}
"""The five steps of 好差评, the best first."""


@blueprint.errorhandler(errors.RequestNotPossible)
def too_late(problem: errors.RequestNotPossible) -> Response:
    """Say that the case has gone on, with the way back to it."""
    return failures.page(409, i18n.error_message(problem), headlines.of(problem), back=url_for("portal.case"))


@blueprint.get("/supplements")
@public
def supplements() -> Response:
    """Show what is to be brought, with a place for files at each."""
    return _form("supplement", _listed())


@blueprint.post("/supplements")
@public
def supplement() -> Response:
    """Hand in files; refused ones are named and the others kept on the page."""
    row, connection = grant.case(), database.connection()
    names = [entry["code"] for entry in applicants.materials(connection, row)]
    sent = received.take(connection, grant.actor(), [f"material.{name}" for name in names])
    if any(each.faults for each in sent.values()):
        database.keep()
        return _form("supplement", {**_listed(), "sent": sent}, 422)
    given = {name: sent[f"material.{name}"].ids for name in names}
    return _ask(
        "supplement",
        lambda: applicants.supplement(connection, row, given),
        _listed(),
        _("Your files have arrived. We check them and tell you what comes next."),
    )


@blueprint.get("/withdrawal")
@public
def withdrawal() -> Response:
    """Ask why the application is taken back."""
    return _form("withdrawal", {})


@blueprint.post("/withdrawal")
@public
def withdraw() -> Response:
    """Take the application back."""
    return _ask(
        "withdrawal",
        lambda: applicants.withdraw(database.connection(), grant.case(), request.form.get("reason", "")),
        {"text": request.form.get("reason", "")},
        _("You have asked to withdraw your application. The window confirms it and gives your papers back."),
    )


@blueprint.get("/hearing")
@public
def hearing() -> Response:
    """Show what asking for a hearing means."""
    return _form("hearing", {})


@blueprint.post("/hearing")
@public
def ask_hearing() -> Response:
    """Ask for the hearing."""
    return _ask(
        "hearing",
        lambda: applicants.ask_hearing(database.connection(), grant.case()),
        {},
        _("You have asked for a hearing. You will be told its day and place in writing at least seven days before."),
    )


@blueprint.get("/rating")
@public
def rating() -> Response:
    """Ask how the service was."""
    return _form("rating", {"stars": STARS, "chosen": request.args.get("stars", ""), "named": False})


@blueprint.post("/rating")
@public
def rate() -> Response:
    """Keep the rating."""
    stars, text, named = request.form.get("stars", ""), request.form.get("text", ""), "named" in request.form
    chosen = int(stars) if stars in ("1", "2", "3", "4", "5") else 0
    return _ask(
        "rating",
        lambda: applicants.rate(database.connection(), grant.case(), chosen, text, named=named),
        {"stars": STARS, "chosen": stars, "text": text, "named": named},
        _("Thank you. Your rating has been kept; if you are not satisfied, somebody will call you."),
    )


@blueprint.get("/complaint")
@public
def complaint() -> Response:
    """Ask what went wrong."""
    return _form("complaint", {})


@blueprint.post("/complaint")
@public
def complain() -> Response:
    """Take the complaint."""
    return _ask(
        "complaint",
        lambda: applicants.complain(database.connection(), grant.case(), request.form.get("text", "")),
        {"text": request.form.get("text", "")},
        _("Your complaint has arrived. Somebody will call you within one working day."),
    )


@blueprint.get("/early-end")
@public
def early_end() -> Response:
    """Say what must hold before a penalty is public no more."""
    return _form("early_end", {"conditions": ending.CONDITIONS})


@blueprint.post("/early-end")
@public
def end_early() -> Response:
    """Take the application."""
    thanks = _("Your application has arrived. It is checked and you are answered in writing.")
    return _ask_about_publicity("early_end", {"conditions": ending.CONDITIONS}, thanks)


@blueprint.get("/wrong-record")
@public
def wrong_record() -> Response:
    """Ask what is wrong in what is public."""
    return _form("wrong_record", {})


@blueprint.post("/wrong-record")
@public
def correct() -> Response:
    """Take it; it is put right at once, or the answer says why it is right."""
    thanks = _("What you say is wrong will be looked at at once, and you are answered in writing.")
    return _ask_about_publicity("wrong_record", {}, thanks)


def _ask_about_publicity(kind: str, facts: dict[str, Any], thanks: str) -> Response:
    text = request.form.get("text", "")
    return _ask(
        kind,
        lambda: applicants.ask_about_publicity(database.connection(), grant.case(), kind, text),
        {**facts, "text": text},
        thanks,
    )


def _listed() -> dict[str, Any]:
    row, connection = grant.case(), database.connection()
    return {
        "materials": tracked.wanted(connection, row),
        "corrections": tracked.corrections(connection, row),
        "sent": {},
        "limit_mb": received.LIMIT_MB,
    }


def _ask(kind: str, act: Callable[[], None], typed: dict[str, Any], thanks: str) -> Response:
    """Carry a request out and go back to the case; a refused one is shown again as it was typed."""
    try:
        act()
    except errors.Refused as problem:
        return _form(kind, {**typed, "problem": i18n.error_message(problem)}, 422)
    flash(thanks, "success")
    return redirect(url_for("portal.case"), 303)


def _form(kind: str, facts: dict[str, Any], status: int = 200) -> Response:
    """Show the page of one request.

    Raises
    ------
    RequestNotPossible
        If the case does not wait for it.
    """
    row = grant.case()
    if kind not in applicants.offered(database.connection(), row):
        raise errors.RequestNotPossible(number=row.number, kind=applicants.TITLES[kind])
    answer = make_response(render_template(f"public/portal/{kind}.html", case=row, **{"text": "", **facts}), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
