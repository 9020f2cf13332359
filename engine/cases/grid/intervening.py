"""Intervening: what may be asked of an event besides its tasks, by whom, and while it stands how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.grid import alike, ending, event, link
from engine.cases.people import access
from engine.errors import N_


def _open(_connection: Connection, me: sa.Row[Any]) -> bool:
    return me.closed_at is None


def _merged(_connection: Connection, me: sa.Row[Any]) -> bool:
    return me.parent_id is not None


def _closed(_connection: Connection, me: sa.Row[Any]) -> bool:
    return me.closed_at is not None and me.parent_id is None


def _taken(connection: Connection, me: sa.Row[Any]) -> bool:
    return _closed(connection, me) and link.taken(connection, me.case_id) is not None


def _owed(connection: Connection, me: sa.Row[Any]) -> bool:
    return link.ended_elsewhere(connection, me.case_id) is not None


@dataclass(frozen=True)
class Kind:
    """One thing that may be asked; ``key`` is also the right of :data:`engine.cases.people.access.ACTIONS_BY_POST`.

    ``when`` tells whether an event stands so that it can be asked, ``by_reporter`` that whoever reported it may ask.
    """

    key: str
    title: str
    explained: str
    when: Callable[[Connection, sa.Row[Any]], bool]
    by_reporter: bool = False


KINDS = {
    kind.key: kind
    for kind in (
        Kind("add", N_("Add to the report"),
             N_("Words and photos go to the step in hand; whoever works on it sees them."), _open, by_reporter=True),
        Kind("take_back", N_("Take the report back"),
             N_("The command centre looks whether the danger stays. If it does, the town goes on by itself."), _open,
             by_reporter=True),
        Kind("instruct", N_("Instruct"),
             N_("It stands in the case and those who handle it are told; the case clock can end sooner, never later."),
             _open),
        Kind("unmerge", N_("Set apart again"),
             N_("It was no duplicate: it leaves the event that it follows and is verified by itself."), _merged),
        Kind("reopen", N_("Reopen"),
             N_("It goes to the command centre; its case clock runs on from where it began."), _closed,
             by_reporter=True),
        Kind("hand_back", N_("Return what was taken over"),
             N_("It was no matter of ours after all: a new event is reported in its place and linked to it."), _taken),
        Kind("tell_result", N_("Note what came of it"),
             N_("The petition or the emergency is over there: its result is kept with the event."), _owed),
    )
}  # fmt: skip
"""Every kind by its key; titles and explanations are marked for translation."""


def offered(connection: Connection, reader: access.Reader, me: sa.Row[Any]) -> list[Kind]:
    """Return what a person who sees the case may ask of its event now."""
    return [kind for kind in KINDS.values() if _may(connection, reader, kind, me) and kind.when(connection, me)]


def require(connection: Connection, reader: access.Reader, key: str, number: str) -> sa.Row[Any]:
    """Return the case if the person may ask this of its event; how the event stands is left to the verb.

    Raises
    ------
    CaseNotFound, GridEventUnknown
        If there is no such event, or the person may not see it.
    RequestUnknown
        If there is no such kind.
    CaseForbidden
        If the person sees it but may not ask this.
    """
    case = access.require(connection, reader, "read", number)
    me = event.of(connection, case.id)
    if key not in KINDS:
        raise errors.RequestUnknown(kind=key)
    if not _may(connection, reader, KINDS[key], me):
        raise errors.CaseForbidden(number=number)
    return case


def ask(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], key: str, text: str, *,
    files: Sequence[int] = (), grade: str = "", limit_hours: int | None = None,
) -> sa.Row[Any] | None:  # fmt: skip
    """Ask it of an event, with the reason or what is to be said; return the case of the event that goes on instead.

    Parameters
    ----------
    files
        Photos that are added.
    grade, limit_hours
        What an instruction wants: a grade of supervision, a sooner end of the case clock.

    Raises
    ------
    ReasonMissing, EventTextMissing, EventClosed, EventStillOpen, EventNotMerged, WithdrawalAskedBefore, LinkAnswered
        See the verbs of :mod:`.ending`, :mod:`.alike` and :mod:`.link`.
    FileMissing, PhotoKindWrong, PhotoTooLarge
        If what is added is no photo.
    InstructionMissing, InstructionLimitWrong, SupervisionLevelUnknown
        If nothing is instructed, or there is no such limit or grade.
    """
    if key == "add":
        ending.add(connection, actor, case, text, files)
    elif key == "instruct":
        ending.instruct(connection, actor, case, text, grade=grade, limit_hours=limit_hours)
    elif key == "hand_back":
        return link.return_later(connection, actor, case, text)
    else:
        _PLAIN[key](connection, actor, case, text)
    return None


_PLAIN: Mapping[str, Callable[[Connection, audit.Actor, sa.Row[Any], str], Any]] = {
    "take_back": ending.ask_to_withdraw,
    "unmerge": alike.unmerge,
    "reopen": ending.reopen,
    "tell_result": link.note_result,
}


_OF_LINKS = {"hand_back": link.taken, "tell_result": link.ended_elsewhere}
"""What is asked by whoever answers for the link that this finds."""


def _may(connection: Connection, reader: access.Reader, kind: Kind, me: sa.Row[Any]) -> bool:
    if kind.key in _OF_LINKS:
        row = _OF_LINKS[kind.key](connection, me.case_id)
        return row is not None and link.answers(row, reader.groups)
    return access.allowed(reader, kind.key) or (kind.by_reporter and me.reported_by == reader.id)
