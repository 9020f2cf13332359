"""What may be asked of an event besides its tasks: one small form each, for whom it concerns."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.clocks import supervision
from engine.cases.grid import intervening
from web import database, failures, i18n, security
from web.i18n import lazy_gettext as _l
from web.sent import enclosed
from web.sent.fields import REASON, REASON_LONGEST, Field, lacking

blueprint = Blueprint("requests", __name__, url_prefix="/events")

SAYS = {"add": _l("What is to be added"), "instruct": _l("Instruction"), "tell_result": _l("Result")}
"""What the text is called where it is no reason."""
PHOTOS = ".jpg,.jpeg,.png"


@blueprint.get("/<number>/requests/<kind>")
def form(number: str, kind: str) -> Response:
    """Show the form of a request."""
    return _page(_asked(number, kind), kind)


@blueprint.post("/<number>/requests/<kind>")
def ask(number: str, kind: str) -> Response:
    """Ask it of the event; what is lacking or refused is said on the form, and nothing typed is lost."""
    case, typed = _asked(number, kind), {name: value.strip() for name, value in request.form.items()}
    fields = _fields(kind)
    files = enclosed.take() if any(field.kind == "file" for field in fields) else enclosed.Enclosed([], [])
    missing = lacking(fields, typed)
    if missing or files.refused:
        return _page(case, kind, lacking=missing, files=files)
    try:
        opened = intervening.ask(
            database.connection(), security.actor(), case, kind, typed[REASON], files=files.ids,
            grade=typed.get("grade", ""), limit_hours=int(typed["hours"]) if typed.get("hours") else None,
        )  # fmt: skip
    except errors.EngineError as problem:
        return failures.shown_again(problem, lambda *said: _page(_asked(number, kind), kind, *said))
    if opened is None:
        flash(_("It has been asked for; the case shows what follows from it."), "success")
    else:
        flash(_("It goes on as %(number)s.", number=opened.number), "success")
    return redirect(url_for("cases.one", number=number), 303)


def _asked(number: str, kind: str) -> sa.Row[Any]:
    return intervening.require(database.connection(), security.reader(), kind, number)


def _fields(kind: str) -> list[Field]:
    if kind == "add":
        return [Field(enclosed.FIELD, _l("Photos"), "file", optional=True, accept=PHOTOS)]
    if kind == "instruct":
        grades = [(name, i18n.message(label)) for name, label in supervision.LEVELS.items()]
        return [
            Field("grade", _l("Grade of supervision"), "select", grades, optional=True),
            Field("hours", _l("To be settled within hours"), "number", optional=True),
        ]
    return []


def _page(
    case: sa.Row[Any],
    kind: str,
    problem: str = "",
    status: int = 200,
    *,
    lacking: Set[str] = frozenset(),
    files: enclosed.Enclosed | None = None,
) -> Response:
    refused = [i18n.error_message(one) for one in files.refused] if files else []
    shown = render_template(
        "cases/intervention.html",
        case=case,
        address=url_for("requests.ask", number=case.number, kind=kind),
        kind=intervening.KINDS[kind],
        reason=SAYS.get(kind),
        reason_longest=REASON_LONGEST,
        fields=_fields(kind),
        typed=request.form,
        lacking=lacking,
        problem=problem,
        file_ids=files.ids if files else [],
        refused=refused,
    )
    return make_response(shown, 422 if lacking or refused else status)
