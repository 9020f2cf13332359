"""The applicant's own case, without an account: number and telephone open it, and nothing else."""

from __future__ import annotations

import re
import unicodedata

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors
from engine.cases import standing
from engine.cases.papers import document, publicity
from engine.cases.people import applicant as applicants
from engine.cases.people import party, rating, tracking
from engine.ground import files
from web import database, i18n, security
from web.security import public
from web.sent import grant, typed
from web.shown import tracked

blueprint = Blueprint("portal", __name__)


@blueprint.get("/track")
@public
def track() -> Response:
    """Ask for number and telephone; whoever may see the case already goes there at once."""
    number, own = tidy_number(request.args.get("number", "")), grant.number()
    if own and number in ("", own):
        return redirect(url_for("portal.case"), 303)
    return make_response(render_template("public/portal/track.html", number=number))


@blueprint.post("/track")
@public
@security.repeatable
def enter() -> Response:
    """Let the applicant in; wrong tries stay counted although the answer is an error."""
    number, phone = tidy_number(request.form.get("number", "")), typed.phone(request.form.get("phone", ""))
    found = tracking.enter(database.connection(), number, phone, security.address())
    if isinstance(found, errors.EngineError):
        database.keep()
        text = i18n.error_message(found)
        status = 429 if isinstance(found, errors.TrackingLocked) else 422
        page = render_template(
            "public/portal/track.html", number=number, phone=request.form.get("phone", ""), problem=text
        )
        return make_response(page, status)
    grant.give(found.number)
    return redirect(url_for("portal.case"), 303)


@blueprint.post("/track/leave")
@public
@security.repeatable
def leave() -> Response:
    """Forget whose case was looked at, for the next person at the same machine."""
    grant.leave()
    flash(_("You have left your case. The next person at this machine cannot see it."), "success")
    return redirect(url_for("portal.track"), 303)


@blueprint.get("/track/case")
@public
def case() -> Response:
    """Show where the case stands, whom it waits for and what can be done."""
    row, connection = grant.case(), database.connection()
    papers = {paper.id: paper for paper in document.addressed(connection, row.id)}
    page = render_template(
        "public/portal/case.html",
        case=row,
        state=standing.STATES[row.state],
        applicant=party.public_name(party.get(connection, row.applicant_id)),
        steps=tracked.progress(row),
        wait=tracked.wait(connection, row),
        due=tracked.due(row),
        open=applicants.offered(connection, row),
        corrections=tracked.corrections(connection, row) if row.state == "correcting" else [],
        documents=list(papers.values()),
        number_of=document.number_of,
        notices=tracked.notices(connection, row, papers),
        story=tracked.story(connection, row, papers),
        rating=rating.of(connection, row.id),
        published=[entry for entry in publicity.of(connection, row.id) if not (entry.withdrawn_at or entry.ended_at)],
    )
    return _private(make_response(page))


@blueprint.get("/track/case/documents/<int:document_id>")
@public
def paper(document_id: int) -> Response:
    """Hand out a document that is addressed to the applicant of this case; any other is unknown here."""
    row, connection = grant.case(), database.connection()
    found = next((each for each in document.addressed(connection, row.id) if each.id == document_id), None)
    if found is None:
        abort(404)
    served = files.serve(files.get(connection, found.file_id))
    answer = send_file(served.path, mimetype=served.media_type, as_attachment=True, download_name=served.name)
    answer.headers.update(served.headers)
    return _private(answer)


@blueprint.app_errorhandler(errors.TrackingEnded)
def ask_again(problem: errors.TrackingEnded) -> Response:
    """Send a visitor without a case to where number and telephone are asked for."""
    database.roll_back()
    if request.method != "GET":
        flash(i18n.error_message(problem), "warning")
    return redirect(url_for("portal.track"), 303)


def tidy_number(typed: str) -> str:
    """Return a case number as we write it, however it was typed."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed)).upper().replace("—", "-").replace("–", "-")[:64]


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
