"""What may be asked of a case besides its tasks: one small form for each kind of request, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine import clock, errors
from engine.cases import intervention, remedy
from engine.cases.clocks import stop
from engine.cases.papers import document
from engine.cases.people import access
from web import database, i18n, security

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


@dataclass(frozen=True)
class Field:
    """One field besides the reason; ``path`` is where its answer goes in the message."""

    path: str
    label: Any
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()


@blueprint.get("/<number>/interventions/<kind>")
def form(number: str, kind: str) -> Response:
    """Show the form of a request."""
    case, wanted = _asked(number, kind)
    if kind not in intervention.listened_for(database.connection(), case):
        raise errors.RequestNotPossible(number=number, kind=wanted.title)
    return _page(case, wanted, {})


@blueprint.post("/<number>/interventions/<kind>")
def ask(number: str, kind: str) -> Response:
    """Ask it of the case; what is lacking is said beside its field and nothing typed is lost."""
    case, wanted = _asked(number, kind)
    typed = {name: value.strip() for name, value in request.form.items()}
    fields = _fields(case, kind)
    missing = {field.path for field in fields if not typed.get(field.path)}
    missing |= {
        field.path for field in fields if field.choices and typed.get(field.path) not in dict(field.choices)
    } | {field.path for field in fields if field.kind == "date" and not _is_day(typed.get(field.path, ""))}
    if not typed.get("reason"):
        missing.add("reason")
    if missing:
        return _page(case, wanted, typed, missing)
    given = _nested({field.path: typed[field.path] for field in fields})
    if kind == "special":
        given["procedure"]["stops_clock"] = given["procedure"]["kind"] in stop.KINDS
    intervention.ask(database.connection(), security.actor(), case, kind, typed["reason"], given)
    flash(_("It has been asked for; the case shows what follows from it."), "success")
    return redirect(url_for("cases.one", number=number), 303)


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
) -> Response:
    shown = render_template(
        "cases/intervention.html",
        case=case,
        kind=wanted,
        fields=_fields(case, wanted.key),
        typed=typed,
        lacking=missing,
    )
    return make_response(shown, 422 if missing else 200)


def _fields(case: sa.Row[Any], kind: str) -> list[Field]:
    if kind == "special":
        procedures = [(name, name) for name in (*stop.KINDS, *OTHER_PROCEDURES)]
        return [Field("procedure.kind", _l("Procedure"), "select", procedures)]
    if kind == "correct":
        issued = [
            (document.number_of(row), f"{i18n.named(row, 'title')} {document.number_of(row)}")
            for row in document.of(database.connection(), case.id)
        ]
        return [
            Field("correction.document", _l("Document"), "select", issued),
            Field("correction.old", _l("Words as they stand")),
            Field("correction.new", _l("What it should say")),
        ]
    if kind == "review":
        return [Field("change.ground", _l("Ground"), "select", list(GROUNDS.items()))]
    if kind == "remedy":
        kinds = [(name, i18n.message(label)) for name, label in remedy.KINDS.items()]
        return [
            Field("remedy.kind", _l("Kind"), "select", kinds),
            Field("remedy.received_on", _l("Copy received on"), "date"),
            Field("remedy.authority", _l("Authority or court")),
            Field("remedy.filed_by", _l("Filed by")),
            Field("remedy.number", _l("Its case number")),
        ]
    return []


def _nested(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in given.items():
        name, _dot, rest = path.partition(".")
        found.setdefault(name, {})[rest] = value
    return found


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text) <= clock.today()
    except ValueError:
        return False
