"""Evidence of an enforcement case: take in, correct, verify, exclude, hand over, and say what it proves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine import clock, errors
from engine.cases.enforcement.investigation import act, custody, evidence, fact, kinds, recording
from engine.cases.people import access, file_access
from engine.cases.reading import trail
from engine.handling import reasons
from web import database, failures, i18n, security
from web.blueprints import cases
from web.sent import enclosed
from web.sent import proofs as sent
from web.shown import lexicon
from web.shown.enforcement import proofs as shown

blueprint = Blueprint("proofs", __name__, url_prefix="/cases")


@blueprint.get("/<number>/evidence/new")
def new(number: str) -> Response:
    """Show the form of a kind of evidence."""
    case = _case(number)
    row = kinds.get(database.connection(), request.args.get("kind", "doc"))
    begins: MultiDict[str, str] = MultiDict(
        {"obtained_at": clock.now().astimezone(clock.TOWN).strftime(sent.TOWN_TIME)}
    )
    begins.add("taker", security.signed_in().id)
    return _form(case, row, begins)


@blueprint.post("/<number>/evidence")
def register(number: str) -> Response:
    """Take evidence into the register."""
    case = _case(number)
    row = kinds.get(database.connection(), request.form.get("kind", ""))
    return _take_in(case, row, None)


@blueprint.get("/<number>/evidence/<int:proof>")
def one(number: str, proof: int) -> str:
    """Show one piece of evidence."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    return render_template("enforcement/evidence/one.html", case=case, **shown.one(connection, case, proof))


@blueprint.post("/<number>/evidence/<int:proof>/identity")
def identity(number: str, proof: int) -> Response:
    """Show what is sealed, to those who may ask for it and say why."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "exclude", number)
    evidence.get(connection, case.id, proof)
    try:
        reason = reasons.given(request.form.get("reason", ""))
    except errors.ReasonWrong as problem:
        return _again(number, proof, problem)
    trail.record(connection, case.number, security.actor(), "evidence.identity_shown", evidence=proof, reason=reason)
    page = render_template(
        "enforcement/evidence/one.html", case=case, **shown.one(connection, case, proof, unsealed=True)
    )
    return make_response(page)


@blueprint.get("/<number>/evidence/<int:proof>/versions")
def correction(number: str, proof: int) -> Response:
    """Show the form of a correction, which becomes the next version."""
    case = _case(number)
    connection = database.connection()
    row = evidence.get(connection, case.id, proof)
    begins = sent.begun(row)
    for taker in evidence.takers_of(connection, case.id).get(row.version_id, ()):
        begins.add("taker", taker.person_id)
    return _form(case, kinds.get(connection, row.kind), begins, proof=proof)


@blueprint.post("/<number>/evidence/<int:proof>/versions")
def correct(number: str, proof: int) -> Response:
    """Put the next version in the place of the present one."""
    case = _case(number)
    row = evidence.get(database.connection(), case.id, proof)
    return _take_in(case, kinds.get(database.connection(), row.kind), proof)


@blueprint.post("/<number>/evidence/<int:proof>/verification")
def verify(number: str, proof: int) -> Response:
    """Say that evidence was found true, and how."""
    case, how = _case(number), request.form.get("how", "")
    return _do(number, proof, lambda: evidence.verify(database.connection(), security.actor(), case, proof, how))


@blueprint.post("/<number>/evidence/<int:proof>/exclusion")
def exclude(number: str, proof: int) -> Response:
    """Take illegal evidence out of use."""
    connection, why = database.connection(), request.form.get("reason", "")
    case = access.require(connection, security.reader(), "exclude", number)
    return _do(number, proof, lambda: evidence.exclude(connection, security.actor(), case, proof, why))


@blueprint.post("/<number>/evidence/<int:proof>/custody")
def hand_over(number: str, proof: int) -> Response:
    """Add a link to the chain of custody."""
    case, connection, typed = _case(number), database.connection(), request.form

    def act_() -> None:
        thing = evidence.get(connection, case.id, proof)
        names = {name: typed.get(name, "").strip() for name in ("giver", "taker", "place", "reason")}
        at = sent.moment(typed.get("at", ""))
        custody.hand_over(connection, security.actor(), case, thing, at=at, **names)

    return _do(number, proof, act_)


@blueprint.post("/<number>/facts")
def say(number: str) -> Response:
    """Say a fact."""
    case, text = _case(number), request.form.get("text", "")
    return _on_tab(number, lambda: fact.say(database.connection(), security.actor(), case, text))


@blueprint.post("/<number>/facts/<int:said>/withdrawal")
def withdraw(number: str, said: int) -> Response:
    """Say a fact no longer."""
    case, why = _case(number), request.form.get("reason", "")
    return _on_tab(number, lambda: fact.withdraw(database.connection(), security.actor(), case, said, why))


@blueprint.post("/<number>/facts/<int:said>/proofs")
def prove(number: str, said: int) -> Response:
    """Say which evidence proves a fact."""
    case = _case(number)
    by = [int(one) for one in request.form.getlist("proof") if one.isascii() and one.isdecimal() and len(one) < 9]
    return _on_tab(number, lambda: fact.prove(database.connection(), security.actor(), case, said, by))


@blueprint.post("/<number>/acts/<int:record>/signature")
def sign(number: str, record: int) -> Response:
    """Sign a record as one of the officers who took part."""
    case = _case(number)
    return _on_tab(number, lambda: act.sign(database.connection(), security.actor(), case, record))


@blueprint.post("/<number>/recordings")
def record(number: str) -> Response:
    """Add a recording that the town's list demands of a step; the file is kept whatever becomes of the form."""
    case, files = _case(number), enclosed.take()

    def added() -> None:
        if files.refused:
            raise files.refused[0]
        given = sent.recorded(request.form, files.ids[-1] if files.ids else None)
        recording.add(database.connection(), security.actor(), case, given)
        flash(_("The recording has been added."), "success")

    try:
        added()
    except errors.Refused as problem:
        keys = problem.facts.get("keys", ())
        again = {"recorded": request.form, "recorded_files": files.ids[-1:], "recorded_wrong": keys}
        return failures.shown_again(problem, lambda *said: cases.page(number, "evidence", *said, **again))
    return redirect(url_for("cases.one", number=number, tab="evidence"), 303)


def _case(number: str) -> sa.Row[Any]:
    return access.require(database.connection(), security.reader(), "investigate", number)


def _take_in(case: sa.Row[Any], kind: sa.Row[Any], proof: int | None) -> Response:
    """Register an entry or its next version; the file is kept whatever becomes of the form."""
    typed = MultiDict(request.form)
    stored, refused = _store()
    file_id = stored or typed.get("file_id", type=int)
    typed.poplist("file_id")
    if file_id:
        typed.add("file_id", str(file_id))
    try:
        if refused:
            raise refused[0]
        if file_id:
            file_access.require(database.connection(), security.reader(), file_id)
        entry, connection = sent.entry(typed, kind.code, file_id), database.connection()
        if proof is None:
            row = evidence.register(connection, security.actor(), case, entry)
        else:
            row = evidence.correct(connection, security.actor(), case, proof, entry, typed.get("reason", ""))
    except errors.EngineError as problem:
        if not isinstance(problem, errors.Refused | errors.Conflict):
            raise
        keys = problem.facts.get("keys", ("taker",) if isinstance(problem, errors.OfficersTooFew) else ())
        return failures.shown_again(
            _called(problem, kind),
            lambda text, status: _form(_case(case.number), kind, typed, text, status, proof, keys),
        )
    flash(_("Evidence %(number)d is in the register.", number=row.number), "success")
    return redirect(url_for("proofs.one", number=case.number, proof=row.number), 303)


def _called(problem: errors.EngineError, kind: sa.Row[Any]) -> errors.EngineError:
    """Return the problem with the kind and its fields called in the reader's language."""
    if not isinstance(problem, errors.EvidenceIncomplete):
        return problem
    labels = {field["key"]: i18n.named(field, "label") for field in kind.fields}
    labels |= {"title": _("Name of the evidence"), "place": _("Place")}
    fields = lexicon.words(labels[key] for key in problem.facts["keys"]) or problem.facts["fields"]
    return errors.EvidenceIncomplete(**(problem.facts | {"kind": i18n.named(kind), "fields": fields}))


def _store() -> tuple[int | None, list[errors.EngineError]]:
    ids, refused = enclosed.store(request.files.getlist(enclosed.FIELD)[:1])
    return (ids[0] if ids else None), refused


def _form(
    case: sa.Row[Any],
    kind: sa.Row[Any],
    typed: MultiDict[str, str],
    problem: str = "",
    status: int = 200,
    proof: int | None = None,
    lacking: Any = (),
) -> Response:
    connection = database.connection()
    page = render_template(
        "enforcement/evidence/new.html",
        case=case,
        kind=kind,
        kinds=kinds.every(connection),
        typed=typed,
        problem=problem,
        lacking=set(lacking),
        proof=proof,
        officers=shown.colleagues(connection),
        records=act.of(connection, case.id),
        english=i18n.locale_name() == "en",
    )
    return make_response(page, status)


def _do(number: str, proof: int, verb: Any) -> Response:
    try:
        verb()
    except (errors.Refused, errors.Conflict) as problem:
        return _again(number, proof, problem)
    return redirect(url_for("proofs.one", number=number, proof=proof), 303)


def _again(number: str, proof: int, problem: errors.EngineError) -> Response:
    def page(text: str, status: int) -> Response:
        connection = database.connection()
        case = access.require(connection, security.reader(), "read", number)
        parts = shown.one(connection, case, proof)
        return make_response(render_template("enforcement/evidence/one.html", case=case, problem=text, **parts), status)

    return failures.shown_again(problem, page)


def _on_tab(number: str, verb: Any) -> Response:
    try:
        verb()
    except (errors.Refused, errors.Conflict) as problem:
        return failures.shown_again(problem, lambda text, status: cases.page(number, "evidence", text, status))
    return redirect(url_for("cases.one", number=number, tab="evidence"), 303)
