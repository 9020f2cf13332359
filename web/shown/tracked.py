"""What the tracking page tells an applicant: where the case stands, whom it waits for, what happened, what was issued.

Everything is said in the applicant's words, without the names of those who work on the case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases import standing
from engine.cases.items import directory
from engine.cases.papers import document, notice
from engine.cases.people import applicant as applicants
from engine.cases.reading import waiting
from engine.errors import N_
from engine.ground.counting import last_day
from web import i18n
from web.shown import formatting

WAITS = {
    "incident": N_("A fault in our system holds your application up. We are repairing it; you need not do anything."),
    "stopped": N_("“{what}” is under way since {since}. This time does not count towards our time limit ({article})."),
    "applicant": N_("We are waiting for you: please hand in {missing}."),
    "answer": N_("If you have anything to say or to ask for, do it now ({what})."),
    "claimed": N_("{who} is dealing with it now: {what}."),
    "offered": N_("{who} is dealing with it now: {what}."),
    "message": N_("We are waiting for an answer from {who}: {what}."),
    "timer": N_("Nobody has to do anything now; it goes on by itself at its time."),
    "stalled": N_("Your application does not move at the moment. Ask at a window; they will look into it."),
}
"""Why it waits, to the applicant; marked for translation."""

SETTLED = N_("Your matter is settled. What is left is our own filing; you need not do anything.")
READY = N_("The result is ready. Fetch it at the issuing window, or wait for it if it is sent to you.")
ARCHIVED = N_("Your matter is settled and the file lies in the archive.")

STEPS = (
    (N_("Handed in"), "received_at"),
    (N_("Accepted"), "accepted_at"),
    (N_("Examined"), "examined_at"),
    (N_("Decided"), "decided_at"),
    (N_("Handed over"), "closed_at"),
)
OF_EVENT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Report received"), ()),
    (N_("Looked at"), ("reported", "verifying")),
    (N_("Being settled"), (
        "in_grid", "level2", "dispatching", "receiving", "handling", "postponed", "handing_over",
    )),
    (N_("Result inspected"), ("inspecting", "calling_back")),
    (N_("Settled"), ("closing", "closed")),
)  # fmt: skip
"""The way of a reported event with the states of each step."""
OF_PENALTY: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Lead registered"), ("lead", "checking", "on_the_spot", "filing")),
    (N_("Investigated"), ("filed", "investigating", "with_police", "suspended")),
    (N_("Notice and plea"), ("legal_review", "notified", "hearing", "rechecking", "deciding")),
    (N_("Decided"), ("decided", "serving", "executing")),
    (N_("Closed"), ("closing", "archiving", "closed", "archived")),
)
"""The way of a penalty case with the states of each step."""
AT_ONCE = ("merged", "not_filed", "withdrawn")
"""Outcomes of an event that nobody had to settle for itself."""
OVER = ("archiving", "closed", "archived")
EXAMINED = ("deciding", "decided", "delivering", "publishing", *OVER)
SHORT = ("not_accepted", "withdrawn")

STORY: dict[str, str] = {
    "case.opened": N_("We received your application."),
    "case.accepted": N_("Your application was accepted."),
    "deadline.stopped": N_("“{procedure}” began. Until its result comes in, the time does not count."),
    "deadline.resumed": N_("“{procedure}” ended; our time limit runs again."),
    "case.decided": N_("Your application was decided: {result}."),
    "document.issued": N_("A document was issued for you: {title}, {number}."),
    "publicity.published": N_("The decision was made public."),
    "publicity.withdrawn": N_("The publication was taken back: {reason}"),
    "publicity.early_end_asked": N_("You asked that your penalty be public no more."),
    "publicity.ended_early": N_("What was public about you was taken down early."),
    "publicity.correction_asked": N_("It was said what is wrong in what is public: {why}"),
    "publicity.corrected": N_("What is public about you was corrected: {reason}"),
    "publicity.found_right": N_("What is public about you was found right: {reason}"),
    "case.not_accepted": N_("Your application was not accepted: {reason}"),
    "case.withdrawn": N_("Your application was withdrawn and closed."),
    "case.closed": N_("The matter was closed: {outcome}."),
    "case.archived": N_("The file went to the archive."),
    "request.supplement": N_("You handed in: {materials}."),
    "request.withdrawal": N_("You asked to withdraw the application."),
    "request.hearing": N_("You asked for a hearing."),
    "request.rating": N_("You rated our service."),
    "request.complaint": N_("You complained about our service."),
    "rectification.closed": N_("What you were not satisfied with has been dealt with: {measure}"),
}
"""The events of the trail that are the applicant's business, in sentences; marked for translation."""

STORY_OF_EVENT: dict[str, str] = {
    "case.opened": N_("We received your report."),
    "event.verified": N_("The worker of the grid looked and found it so."),
    "event.not_as_reported": N_("The worker of the grid looked and found it otherwise."),
    "event.merged": N_("Others had reported the same; it is settled together."),
    "event.dispatched": N_("It was sent to the department that must settle it."),
    "event.settled": N_("It was dealt with."),
    "event.handled": N_("It was dealt with."),
    "event.inspected": N_("Somebody else looked at the result and found it good."),
    "event.not_good": N_("The result was not good enough; it is done again."),
}
"""What the trail of an event tells whoever reported it, in sentences; marked for translation."""

STORY_OF_PENALTY: dict[str, str] = {
    "case.opened": N_("The town registered a lead that concerns you."),
    "case.decided": N_("It was decided: {result}."),
}
"""What the trail of a penalty case calls otherwise for its party, who applied for nothing; marked for translation."""
_STORIES = {standing.GRID: STORY_OF_EVENT, standing.ENFORCEMENT: STORY_OF_PENALTY}
UNNUMBERED = N_("A document was issued for you: {title}.")
DEEMED = N_("We did not answer in time, so your application counts as accepted from the day it was received.")
_CODE = re.compile(r"\s*\(?\b[A-Z]\d{1,2}[a-z]?(?:[–-][A-Z]\d{1,2}[a-z]?)?\b\)?\s*$")


@dataclass(frozen=True)
class Step:
    """A step of the progress line; ``state`` is ``done``, ``current`` or empty."""

    label: str
    state: str
    on: date | None = None


@dataclass(frozen=True)
class Told:
    """One sentence of the story or of what was told, with the document that belongs to it."""

    at: datetime
    text: str
    document: sa.Row[Any] | None = None


def progress(case: sa.Row[Any]) -> list[Step]:
    """Return how far the case has come; one that ends early ends after the step it had reached."""
    if case.kind == standing.GRID:
        return _by_state(case, OF_EVENT, short=case.outcome in AT_ONCE)
    if case.kind == standing.ENFORCEMENT:
        return _by_state(case, OF_PENALTY, short=case.closed_at is not None and case.decided_at is None)
    moments = {name: getattr(case, name, None) for _label, name in STEPS}
    states = {"examined_at": EXAMINED, "closed_at": OVER}
    done = [name for name, at in moments.items() if at or case.state in states.get(name, ())]
    if case.state in SHORT or case.outcome in ("withdrawn", "not_accepted", "not_needed", "not_competent", "barred"):
        reached = [Step(_(label), "done", _day(moments[name])) for label, name in STEPS[:2] if moments[name]]
        return [*reached, Step(_(standing.OUTCOMES[case.outcome]), "current", _day(case.closed_at))]
    left = [name for _label, name in STEPS if name not in done]
    return [
        Step(_(label), "done" if name in done else "current" if name in left[:1] else "", _day(moments[name]))
        for label, name in STEPS
    ]


def _by_state(case: sa.Row[Any], way: Sequence[tuple[str, Sequence[str]]], *, short: bool) -> list[Step]:
    """Return how far a case has come on a way of states; a ``short`` one ends right after its beginning."""
    if short:
        first, last = _(way[0][0]), _(standing.OUTCOMES[case.outcome])
        return [Step(first, "done", _day(case.received_at)), Step(last, "current", _day(case.closed_at))]
    at = next((index for index, (_label, states) in enumerate(way) if case.state in states), 1)
    days = {
        _("Decided"): _day(case.decided_at),
        _(way[0][0]): _day(case.received_at),
        _(way[-1][0]): _day(case.closed_at),
    }
    return [
        Step(_(label), "done" if index < at or case.closed_at else "current" if index == at else "", days.get(_(label)))
        for index, (label, _states) in enumerate(way)
    ]


def _day(moment: datetime | None) -> date | None:
    return clock.day(moment) if moment else None


def wait(connection: Connection, case: sa.Row[Any]) -> str:
    """Say whom the case waits for, in one sentence."""
    if case.archived_at is not None:
        return str(_(ARCHIVED))
    if case.closed_at is not None or case.state in ("publishing", "archiving"):
        return str(_(SETTLED))
    if case.state == "delivering":
        return str(_(READY))
    reason = waiting.sentence(connection, case)
    if reason is None:
        return str(_(SETTLED))
    who = [name for name in reason.who if not name.startswith("person:")] or ["handler"]
    english = i18n.locale_name() == "en"
    named = directory.names(directory.Asking(connection), who, say=_, english=english)
    facts = {
        "who": f" {_('or')} ".join(named[name] for name in who),
        "what": plain(reason.what_en if english else reason.what),
        "since": formatting.day(reason.since),
        "article": reason.ground(english=english) or _(waiting.NO_ARTICLE),
    }
    return str(_(WAITS[reason.kind])).format(missing=reason.facts.get("missing", ""), **facts)


def plain(name: str) -> str:
    """Return the name of a step without the code that our diagrams give it."""
    return _CODE.sub("", name)


def due(case: sa.Row[Any]) -> dict[str, str]:
    """Return the last day by our promise and by law, as far as they are known."""
    moments = {"promise": case.promised_due_at, "law": case.legal_due_at}
    return {name: formatting.day(last_day(moment)) for name, moment in moments.items() if moment}


def corrections(connection: Connection, case: sa.Row[Any]) -> list[Mapping[str, Any]]:
    """Return the defects of the one-time correction notice: material, what is wrong with it, how to cure it."""
    issued = document.find(connection, case.id, "correction_notice")
    return list(issued.data.get("defects") or ()) if issued is not None else []


def wanted(connection: Connection, case: sa.Row[Any]) -> list[dict[str, Any]]:
    """Return the materials with what is wrong with each; those that are asked for come first."""
    defects = {str(row.get("material")): row for row in corrections(connection, case)}
    listed = []
    for entry in applicants.materials(connection, case):
        defect = defects.get(entry["name"], {})
        asked = bool(defect) or (entry["required"] and not entry["received"])
        listed.append({**entry, "asked": asked, "defect": defect.get("defect"), "cure": defect.get("cure")})
    return sorted(listed, key=lambda entry: not entry["asked"])


def notices(connection: Connection, case: sa.Row[Any], papers: Mapping[int, sa.Row[Any]]) -> list[Told]:
    """Return what the applicant was told, latest first."""
    rows = notice.of(connection, case.id)
    return [
        Told(row.at, _sentence(notice.MESSAGES[row.message], row.facts), papers.get(int(row.document_id or 0)))
        for row in rows
    ]


def story(connection: Connection, case: sa.Row[Any], papers: Mapping[int, sa.Row[Any]]) -> list[Told]:
    """Return what happened, in the order it happened; documents that are not the applicant's are left out."""
    words = STORY | _STORIES.get(case.kind, {})
    return list(_told(audit.trail(connection, case.number), words, papers))


def _told(events: Any, words: Mapping[str, str], papers: Mapping[int, sa.Row[Any]]) -> Iterator[Told]:
    for event in events:
        text, paper = words.get(event.action), None
        if text is None:
            continue
        details = dict(event.details)
        if event.action == "case.accepted" and details.get("deemed"):
            text = DEEMED
        if event.action == "document.issued":
            paper = papers.get(int(details["document"]))
            if paper is None:
                continue
            details["title"] = i18n.named(paper, "title")
            text = text if details.get("number") else UNNUMBERED
        details["procedure"] = details.get("procedure") or details.get("kind") or ""
        yield Told(event.at, _sentence(text, details), paper)


_WORDS: dict[str, Callable[[str], str]] = {
    "outcome": lambda word: _(standing.OUTCOMES.get(word, word)),
    "result": lambda word: _(standing.OUTCOMES.get(word, word)),
}


def _sentence(text: str, facts: Mapping[str, Any]) -> str:
    return i18n.message(text, {name: _fact(name, value) for name, value in facts.items()})


def _fact(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return ("、" if i18n.locale_name() == "zh_CN" else ", ").join(str(each) for each in value)
    if not isinstance(value, str):
        return "" if value is None else value
    if name in _WORDS:
        return _WORDS[name](value)
    is_day = name.endswith(("_on", "_until")) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
    return formatting.day(value) if is_day else value
