"""What may be asked of a case besides its tasks: one small form for each kind of request, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors
from engine.cases import intervention, remedy
from engine.cases.clocks import stop
from engine.cases.enforcement.execution import challenge
from engine.cases.papers import document
from engine.cases.people import access
from web import database, failures, i18n, security
from web.i18n import lazy_gettext as _l
from web.sent import enclosed
from web.sent.fields import REASON_LONGEST, Field, lacking
from web.shown import headlines

blueprint = Blueprint("interventions", __name__, url_prefix="/cases")

OTHER_PROCEDURES = ("踏勘", "利害关系人陈述申辩", "入户调查", "公示")
"""Procedures that the process knows besides the eight of article 45; the clock runs on."""


GROUNDS = {
    "49": _l("Change at the holder's request (art. 49)"),
    "8-change": _l("Change for the public good (art. 8)"),
    "8-withdraw": _l("Withdrawal for the public good, with compensation (art. 8)"),
    "69": _l("Revocation (art. 69)"),
    "69-fraud": _l("Revocation, obtained by fraud or bribery (art. 69)"),
    "70": _l("Cancellation (art. 70)"),
}
"""Why a licence is reviewed, by the words of the process."""
REASONS = {"rectify": _l("What is wrong"), "end_early": _l("How the party meets each condition")}
"""What the reason of a request is called where it is more than a reason."""


@blueprint.errorhandler(errors.RequestNotPossible)
def too_late(problem: errors.RequestNotPossible) -> Response:
    """Say that the case has gone on, with the way back to it."""
    back = url_for("cases.one", number=problem.facts["number"])
    return failures.page(409, i18n.error_message(problem), headlines.of(problem), back=back)


@blueprint.get("/<number>/interventions/<kind>")
def form(number: str, kind: str) -> Response:
    """Show the form of a request."""
    case, wanted = _asked(number, kind)
    _require_heard(case, wanted)
    return _page(case, wanted, {})


@blueprint.post("/<number>/interventions/<kind>")
def ask(number: str, kind: str) -> Response:
    """Ask it of the case; what is lacking is said beside its field and nothing typed is lost."""
    case, wanted = _asked(number, kind)
    _require_heard(case, wanted)
    typed = {name: value.strip() for name, value in request.form.items()}
    fields = _fields(case, kind)
    files = enclosed.take() if any(field.kind == "file" for field in fields) else enclosed.Enclosed([], [])
    missing = _missing(kind, fields, typed)
    if missing or files.refused:
        return _page(case, wanted, typed, missing, files)
    given = _nested({field.path: typed[field.path] for field in fields if typed.get(field.path)})
    if kind == "special":
        given["procedure"]["stops_clock"] = given["procedure"]["kind"] in stop.KINDS
    if kind == "outcome":
        given["outcome"] = _read_outcome(given["outcome"])
    intervention.ask(database.connection(), security.actor(), case, kind, typed["reason"], given, files.ids)
    flash(_("It has been asked for; the case shows what follows from it."), "success")
    return redirect(url_for("cases.one", number=number), 303)


def _require_heard(case: sa.Row[Any], wanted: intervention.Kind) -> None:
    if wanted.key not in intervention.listened_for(database.connection(), case):
        raise errors.RequestNotPossible(number=case.number, kind=wanted.title)


def _missing(kind: str, fields: Sequence[Field], typed: Mapping[str, str]) -> set[str]:
    """Return what is lacking or no answer to its field."""
    missing = lacking(fields, typed)
    if kind == "outcome" and typed.get("outcome.result") == "changed" and not typed.get("outcome.fine"):
        missing.add("outcome.fine")
    return missing


def _read_outcome(given: Mapping[str, str]) -> dict[str, Any]:
    fine = {"fine": int(given["fine"])} if given["result"] == "changed" else {}
    return {**given, **fine, "anew": given.get("anew") == "yes"}


def _asked(number: str, kind: str) -> tuple[sa.Row[Any], intervention.Kind]:
    """Return case and kind of request; a case that is not the reader's is not there, whatever is asked of it."""
    connection, reader = database.connection(), security.reader()
    case = access.require(connection, reader, "read", number)
    if kind not in intervention.KINDS:
        raise errors.RequestUnknown(kind=kind)
    return access.require(connection, reader, kind, case.number), intervention.KINDS[kind]


def _page(
    case: sa.Row[Any],
    wanted: intervention.Kind,
    typed: Mapping[str, str],
    missing: Set[str] = frozenset(),
    files: enclosed.Enclosed | None = None,
) -> Response:
    shown = render_template(
        "cases/intervention.html",
        case=case,
        address=url_for("interventions.ask", number=case.number, kind=wanted.key),
        kind=wanted,
        fields=_fields(case, wanted.key),
        typed=typed,
        lacking=missing,
        reason=REASONS.get(wanted.key),
        reason_longest=REASON_LONGEST,
        file_ids=files.ids if files else [],
        refused=[i18n.error_message(problem) for problem in files.refused] if files else [],
    )
    return make_response(shown, 422 if missing or (files and files.refused) else 200)


def _fields(case: sa.Row[Any], kind: str) -> list[Field]:
    return _FIELDS[kind](case) if kind in _FIELDS else []


def _of_special(_case: sa.Row[Any]) -> list[Field]:
    procedures = [(name, name) for name in (*stop.KINDS, *OTHER_PROCEDURES)]
    return [Field("procedure.kind", _l("Procedure"), "select", procedures)]


def _of_correction(case: sa.Row[Any]) -> list[Field]:
    issued = [
        (document.number_of(row), f"{i18n.named(row, 'title')} {document.number_of(row)}")
        for row in document.of(database.connection(), case.id)
    ]
    return [
        Field("correction.document", _l("Document"), "select", issued),
        Field("correction.old", _l("Words as they stand")),
        Field("correction.new", _l("What it should say")),
    ]


def _of_review(_case: sa.Row[Any]) -> list[Field]:
    return [Field("change.ground", _l("Ground"), "select", list(GROUNDS.items()))]


def _of_remedy(_case: sa.Row[Any]) -> list[Field]:
    return [
        Field("remedy.kind", _l("Kind"), "select", _named(remedy.KINDS)),
        Field("remedy.received_on", _l("Copy received on"), "date"),
        Field("remedy.authority", _l("Authority or court")),
        Field("remedy.filed_by", _l("Filed by")),
        Field("remedy.number", _l("Its case number"), longest=80),
    ]


def _of_challenge(_case: sa.Row[Any]) -> list[Field]:
    return [
        Field("recon.kind", _l("Kind"), "select", _named(remedy.KINDS)),
        Field("recon.applied_on", _l("Day on which the party applied or sued"), "date"),
        Field("recon.received_on", _l("Copy received on"), "date", optional=True),
        Field("recon.authority", _l("Authority or court")),
        Field("recon.number", _l("Its case number"), optional=True, longest=80),
        Field(enclosed.FIELD, _l("The copy, as a file"), "file", optional=True),
    ]


def _of_outcome(_case: sa.Row[Any]) -> list[Field]:
    yes_no = [("yes", i18n.message("yes")), ("no", i18n.message("no"))]
    return [
        Field("outcome.result", _l("Result"), "select", _named(challenge.RESULTS)),
        Field("outcome.result_on", _l("Received on"), "date"),
        Field("outcome.fine", _l("Fine that remains, in yuan, where it was changed"), "number", optional=True),
        Field("outcome.anew", _l("Ordered to act anew, where it was annulled"), "select", yes_no, optional=True),
        Field(enclosed.FIELD, _l("The decision or judgment, as a file"), "file", optional=True),
    ]


def _of_early_end(_case: sa.Row[Any]) -> list[Field]:
    return [
        Field("early.applied_on", _l("Day of the application"), "date"),
        Field("early.applied_by", _l("Filed by")),
        Field(enclosed.FIELD, _l("The application, as a file"), "file", optional=True),
    ]


def _of_wrong_record(_case: sa.Row[Any]) -> list[Field]:
    return [
        Field("record.asked_by", _l("Noticed by")),
        Field(enclosed.FIELD, _l("What proves it, as a file"), "file", optional=True),
    ]


_FIELDS = {
    "special": _of_special,
    "correct": _of_correction,
    "review": _of_review,
    "remedy": _of_remedy,
    "challenge": _of_challenge,
    "outcome": _of_outcome,
    "end_early": _of_early_end,
    "rectify": _of_wrong_record,
}
"""What is asked besides the reason, by kind of request."""


def _named(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, i18n.message(label)) for name, label in words.items()]


def _nested(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in given.items():
        name, _dot, rest = path.partition(".")
        found.setdefault(name, {})[rest] = value
    return found
