"""Evidence of an enforcement case, for programs: the same verbs and checks as on its pages."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import make_response, url_for

from engine import errors
from engine.cases.enforcement.investigation import act, checks, custody, evidence, fact
from engine.cases.people import access, file_access
from web import database, i18n, security
from web.api.guard import Resource
from web.api.shapes import evidence as shapes
from web.sent import proofs as sent
from web.shown.enforcement import proofs as shown

blueprint = Resource("evidence", "Evidence", "The register of a case: take in, correct, verify, exclude, prove, sign.")


@blueprint.get("/cases/<number>/evidence")
@blueprint.response(200, shapes.Register)
def every(number: str) -> dict[str, Any]:
    """Read the register with facts, records and what the checks find; sealed words are not told."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    officers = act.officers_of(connection, case.id)
    links = fact.proofs(connection, case.id)
    return {
        "items": [_shown(proof) for proof in shown.every(connection, case)],
        "facts": [
            {"number": row.number, "text": row.text, "proofs": sorted(by for of, by in links if of == row.number)}
            for row in fact.of(connection, case.id)
        ],
        "records": [
            {**row._asdict(), "officers": [one._asdict() for one in officers.get(row.id, ())]}
            for row in act.of(connection, case.id)
        ],
        "findings": [
            {"check": one.check, "law": one.law, "stops": one.stops, "text": i18n.message(one.text, one.facts)}
            for one in checks.ahead(connection, case)
        ],
    }


@blueprint.post("/cases/<number>/evidence")
@blueprint.arguments(shapes.NewEvidence)
@blueprint.response(201, shapes.Numbered)
def register(given: dict[str, Any], number: str) -> Any:
    """Take evidence in; a file is stored first and named by its id."""
    case = _case(number)
    row = evidence.register(database.connection(), security.actor(), case, _entry(given))
    answer = make_response(shapes.Numbered().dump({"number": row.number, "version": row.version}), 201)
    answer.headers["Location"] = url_for("api_evidence.every", number=number)
    return answer


@blueprint.post("/cases/<number>/evidence/<int:proof>/versions")
@blueprint.arguments(shapes.NewVersion)
@blueprint.response(201, shapes.Numbered)
def correct(given: dict[str, Any], number: str, proof: int) -> dict[str, Any]:
    """Put the next version in the place of the present one, which stays."""
    case, reason = _case(number), given.pop("reason")
    row = evidence.correct(database.connection(), security.actor(), case, proof, _entry(given), reason)
    return {"number": row.number, "version": row.version}


@blueprint.post("/cases/<number>/evidence/<int:proof>/verification")
@blueprint.arguments(shapes.Verification)
@blueprint.response(204)
def verify(given: dict[str, Any], number: str, proof: int) -> None:
    """Say that evidence was found true, and how."""
    evidence.verify(database.connection(), security.actor(), _case(number), proof, given["how"])


@blueprint.post("/cases/<number>/evidence/<int:proof>/exclusion")
@blueprint.arguments(shapes.Exclusion)
@blueprint.response(204)
def exclude(given: dict[str, Any], number: str, proof: int) -> None:
    """Take illegal evidence out of use; it stays in the register."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "exclude", number)
    evidence.exclude(connection, security.actor(), case, proof, given["reason"])


@blueprint.post("/cases/<number>/evidence/<int:proof>/custody")
@blueprint.arguments(shapes.Link)
@blueprint.response(204)
def hand_over(given: dict[str, Any], number: str, proof: int) -> None:
    """Add a link to the chain of custody of a thing."""
    case, connection = _case(number), database.connection()
    custody.hand_over(connection, security.actor(), case, evidence.get(connection, case.id, proof), **given)


@blueprint.post("/cases/<number>/facts")
@blueprint.arguments(shapes.NewFact)
@blueprint.response(201, shapes.Numbered)
def say(given: dict[str, Any], number: str) -> dict[str, Any]:
    """Say a fact."""
    return {"number": fact.say(database.connection(), security.actor(), _case(number), given["text"]).number}


@blueprint.post("/cases/<number>/facts/<int:said>/proofs")
@blueprint.arguments(shapes.Proofs)
@blueprint.response(204)
def prove(given: dict[str, Any], number: str, said: int) -> None:
    """Say which evidence proves a fact, all of it."""
    fact.prove(database.connection(), security.actor(), _case(number), said, given["evidence"])


@blueprint.post("/cases/<number>/facts/<int:said>/withdrawal")
@blueprint.arguments(shapes.Exclusion)
@blueprint.response(204)
def withdraw(given: dict[str, Any], number: str, said: int) -> None:
    """Say a fact no longer."""
    fact.withdraw(database.connection(), security.actor(), _case(number), said, given["reason"])


@blueprint.post("/cases/<number>/acts")
@blueprint.arguments(shapes.NewRecord)
@blueprint.response(201, shapes.Numbered)
def record(given: dict[str, Any], number: str) -> dict[str, Any]:
    """Put the record of an act on file, as one of the two officers or more who took part."""
    row = act.record(database.connection(), security.actor(), _case(number), act.Record(**given))
    return {"number": row.number}


@blueprint.post("/cases/<number>/acts/<int:record_no>/signature")
@blueprint.response(204)
def sign(number: str, record_no: int) -> None:
    """Sign a record as one of the officers who took part."""
    act.sign(database.connection(), security.actor(), _case(number), record_no)


def _case(number: str) -> sa.Row[Any]:
    return access.require(database.connection(), security.reader(), "investigate", number)


def _entry(given: dict[str, Any]) -> evidence.Entry:
    if given.get("file") is not None:
        try:
            file_access.require(database.connection(), security.reader(), given["file"])
        except errors.NotFound:
            raise errors.FileMissing from None
    return sent.given(given)


def _shown(proof: shown.Proof) -> dict[str, Any]:
    row = proof.row
    return {
        **row._asdict(),
        "state": proof.state,
        "takers": [{"person": one.person_id, "licence": one.licence} for one in proof.takers],
        "facts": list(proof.facts),
        "said": {one.label: one.value for one in shown.said(proof.kind, row.said)},
    }
