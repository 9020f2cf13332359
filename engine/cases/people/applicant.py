"""The applicant: what whoever applied may ask of the own case, each sent as the message that its process waits for.

Nothing can be asked that no subscription of the case waits for, and what has been asked is not asked again: a message
bears the wait that it answers as its id. What the staff ask of a case is in :mod:`engine.cases.request`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors, messages
from engine.cases import case as cases
from engine.cases import deadline, intervention, standing
from engine.cases.papers import material
from engine.cases.people import party, rating, tracking
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground import files

MESSAGES = {
    "supplement": "material.supplemented",
    "withdrawal": "application.withdrawn",
    "hearing": "hearing.requested",
    "rating": "rating.given",
    "complaint": "complaint.filed",
}
"""The message that each request is sent as."""

ABOUT_PUBLICITY = {"early_end": "end_early", "wrong_record": "rectify"}
"""What is asked about a penalty that is public, as the kinds of :mod:`engine.cases.intervention`."""

TITLES = {
    "supplement": N_("Hand in what was missing"),
    "withdrawal": N_("Withdraw the application"),
    "hearing": N_("Ask for a hearing"),
    "rating": N_("Rate our service"),
    "complaint": N_("Complain"),
    "early_end": N_("Ask that your penalty be public no more"),
    "wrong_record": N_("Say what is wrong in what is public"),
}
"""What the applicant calls each; marked for translation."""

LONGEST = 2000
KEPT = timedelta(hours=1)
"""How long a message is kept for a step that begins to wait for it a little later."""


def offered(connection: Connection, case: sa.Row[Any]) -> frozenset[str]:
    """Return which requests the case waits for now and has not been sent yet, and what may be asked beside it."""
    heard = intervention.listened_for(connection, case) if case.kind == standing.ENFORCEMENT else frozenset()
    return frozenset(_waits(connection, case)) | {kind for kind, key in ABOUT_PUBLICITY.items() if key in heard}


def supplement(connection: Connection, case: sa.Row[Any], given: Mapping[str, Sequence[int]]) -> None:
    """Hand in files for materials, by the material's code.

    Raises
    ------
    RequestNotPossible
        If the case does not wait for supplements.
    SupplementEmpty, SupplementForeign
        If there is no file, or the application has no such material.
    FileMissing
        If a file was not stored by this applicant.
    """
    wait = _wait(connection, case, "supplement")
    brought = {code: list(file_ids) for code, file_ids in given.items() if file_ids}
    if not brought:
        raise errors.SupplementEmpty
    listed = materials(connection, case)
    if not brought.keys() <= {entry["code"] for entry in listed}:
        raise errors.SupplementForeign
    for file_id in (file_id for file_ids in brought.values() for file_id in file_ids):
        if files.get(connection, file_id).stored_by != tracking.applicant(case.number).id:
            raise errors.FileMissing
    whole = [_brought(entry, brought.get(entry["code"], [])) for entry in listed]
    names = [entry["name"] for entry in listed if entry["code"] in brought]
    _send(connection, case, "supplement", wait, {"materials": whole}, materials=names, files=brought)


def withdraw(connection: Connection, case: sa.Row[Any], reason: str) -> None:
    """Take the application back before it is decided; a window confirms it (A18).

    Raises
    ------
    RequestNotPossible
        If it is decided or has ended.
    RequestIncomplete
        If no reason is given or it is too long.
    """
    wait = _wait(connection, case, "withdrawal")
    reason = _said(reason)
    facts = {"withdrawal": {"reason": reason, "by": _name(connection, case)}}
    _send(connection, case, "withdrawal", wait, facts, reason=reason)


def ask_hearing(connection: Connection, case: sa.Row[Any]) -> None:
    """Ask for the hearing that was offered (行政许可法47).

    Raises
    ------
    RequestNotPossible
        If none is offered, or the days to ask are over.
    """
    wait = _wait(connection, case, "hearing")
    facts = {"hearing_requested": True, "hearing_applicant": _name(connection, case)}
    _send(connection, case, "hearing", wait, facts)


def rate(connection: Connection, case: sa.Row[Any], stars: int, text: str, *, named: bool) -> None:
    """Rate the service, once.

    Raises
    ------
    RequestNotPossible
        If the case does not wait for a rating, or has one.
    RatingStarsWrong
        If it has no one to five stars.
    RequestIncomplete
        If the text is too long.
    """
    wait = _wait(connection, case, "rating")
    if not 1 <= stars <= 5:
        raise errors.RatingStarsWrong(stars=stars)
    given = {"stars": stars, "text": _said(text, needed=False), "named": named}
    _send(connection, case, "rating", wait, {"rating": given}, **given)


def complain(connection: Connection, case: sa.Row[Any], text: str) -> None:
    """Complain about the service; one complaint is dealt with before the next is taken.

    Raises
    ------
    RequestNotPossible
        If one is being dealt with, or the case is over.
    RequestIncomplete
        If it says nothing or too much.
    """
    wait = _wait(connection, case, "complaint")
    text = _said(text)
    _send(connection, case, "complaint", wait, {"complaint": text}, text=text)


def ask_about_publicity(connection: Connection, case: sa.Row[Any], kind: str, text: str) -> None:
    """Ask that a penalty be public no more, or that what is public be put right; ``kind`` of :data:`ABOUT_PUBLICITY`.

    Raises
    ------
    RequestNotPossible
        If nothing is public that it could be about, or the same was asked already.
    RequestIncomplete
        If it says nothing or too much.
    """
    _lock(connection, case)
    if kind not in offered(connection, case):
        raise errors.RequestNotPossible(number=case.number, kind=TITLES[kind])
    name = _name(connection, case)
    given = {"early": {"applied_by": name}} if kind == "early_end" else {"record": {"asked_by": name}}
    actor = tracking.applicant(case.number)
    intervention.ask(connection, actor, case, ABOUT_PUBLICITY[kind], _said(text), given)


def materials(connection: Connection, case: sa.Row[Any]) -> list[dict[str, Any]]:
    """Return the whole list of materials as the process keeps it, those that nobody has registered included."""
    kept: dict[int, list[int]] = {}
    for row in material.files_of(connection, case.id):
        kept.setdefault(row.material_id, []).append(row.id)
    listed = [_entry(row, kept.get(row.id, [])) for row in material.of(connection, case.id)]
    known = {entry["code"] for entry in listed}
    wanted = (entry for entry in case.item.get("materials") or () if entry["code"] not in known)
    return listed + [{**_WANTED, **{name: entry.get(name) for name in _TAKEN}} for entry in wanted]


_WANTED = {"received": False, "copies": 1, "files": []}
_TAKEN = ("code", "name", "source", "required", "lacking_ok")


def _entry(row: sa.Row[Any], file_ids: list[int]) -> dict[str, Any]:
    names = ("code", "name", "source", "form", "copies", "required", "lacking_ok", "received", "note")
    until = row.valid_until.isoformat() if row.valid_until else None
    return {**{name: getattr(row, name) for name in names}, "valid_until": until, "files": file_ids}


def _brought(entry: dict[str, Any], file_ids: list[int]) -> dict[str, Any]:
    if not file_ids:
        return entry
    return {**entry, "received": True, "form": "电子件", "files": [str(file_id) for file_id in file_ids]}


def _waits(connection: Connection, case: sa.Row[Any]) -> dict[str, str]:
    """Return the requests that are possible now, each with the id of the wait that it would answer."""
    table, sent = messages.subscription.c, messages.message.c
    rows = connection.execute(
        sa.select(table.name, table.instance_id, table.token)
        .where(table.kind == "message", table.key == case.number, table.name.in_(MESSAGES.values()))
        .order_by(table.instance_id, table.token)
    ).all()
    asked = connection.execute(sa.select(sent.name, sent.message_id).where(sent.key == case.number))
    known = {(row.name, row.message_id) for row in asked}
    kinds = {name: kind for kind, name in MESSAGES.items()}
    waits = {kinds[row.name]: (row.name, f"{row.instance_id}.{row.token}") for row in rows}
    return {
        kind: wait for kind, (name, wait) in waits.items()
        if (name, wait) not in known and _possible(connection, case, kind)
    }  # fmt: skip


def _possible(connection: Connection, case: sa.Row[Any], kind: str) -> bool:
    if kind == "withdrawal":
        return case.decided_at is None and case.closed_at is None
    if kind == "rating":
        return rating.of(connection, case.id) is None
    if kind == "complaint":
        return deadline.find(connection, case, "rating_fix") is None
    return True


def _wait(connection: Connection, case: sa.Row[Any], kind: str) -> str:
    _lock(connection, case)
    wait = _waits(connection, case).get(kind)
    if wait is None:
        raise errors.RequestNotPossible(number=case.number, kind=TITLES[kind])
    return wait


def _lock(connection: Connection, case: sa.Row[Any]) -> None:
    """Let two that are sent at once come one after the other, so that the second finds the first."""
    connection.execute(sa.select(cases.case_file.c.id).where(cases.case_file.c.id == case.id).with_for_update())


def _send(
    connection: Connection, case: sa.Row[Any], kind: str, wait: str, variables: Mapping[str, Any], **details: Any
) -> None:
    actor: audit.Actor = tracking.applicant(case.number)
    messages.publish(connection, actor, MESSAGES[kind], case.number, variables, ttl=KEPT, message_id=wait)
    trail.record(connection, case.number, actor, f"request.{kind}", **details)


def _said(text: str, *, needed: bool = True) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST or (needed and not text):
        raise errors.RequestIncomplete(limit=LONGEST)
    return text


def _name(connection: Connection, case: sa.Row[Any]) -> str:
    return str(party.get(connection, case.applicant_id).name)
