"""Why is it waiting: who must do what, since when, until when, under which article, and what would unblock it.

Every case that is not in the archive has at least one reason; if none can be found, that itself is the reason, and an
administrator is named: a case that nothing can move is never silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, incidents, tasks
from engine.cases import deadline, standing
from engine.cases.clocks import period as periods
from engine.cases.clocks import stop
from engine.cases.papers import material
from engine.cases.reading import beside, laws, way
from engine.errors import N_
from engine.flow import steps, suspensions
from engine.ground.counting import last_day
from engine.ground.together import Question
from engine.handling import offers

SENTENCES = {
    "suspended": N_("{who} suspended the case on {since}: {reason}"),
    "incident": N_("A fault at “{what}” holds the case up since {since}. {who} must repair it."),
    "stopped": N_("{who}: “{what}” runs since {since}; the clock stands still ({article})."),
    "applicant": N_("{who} must act in “{what}”, asked since {since}, {until} ({article})."),
    "answer": N_("“{what}” waits for the answer of those who were told on {since}, {until} ({article})."),
    "claimed": N_("{who} must finish “{what}”, taken on since {since}, {until} ({article})."),
    "offered": N_("{who} must take up and finish “{what}”, open since {since}, {until} ({article})."),
    "message": N_("The case waits since {since} for “{what}” from {who}, {until} ({article})."),
    "timer": N_("Nobody must act now: “{what}” goes on by itself at its time, set on {since} ({article})."),
    "adhoc": N_("{who} may begin what “{what}” needs, open since {since}."),
    "stalled": N_("Nothing moves this case since {since}. {who} must look into it."),
}
"""The sentence of each kind of reason; marked for translation."""

UNBLOCKS = {
    "suspended": N_("An administrator resumes the case; the periods of the law run on meanwhile."),
    "incident": N_("The fault is repaired and the step tried again."),
    "stopped": N_("The result of the procedure is entered."),
    "applicant": N_("What was asked for is handed in: {missing}."),
    "answer": N_("The answer is entered."),
    "claimed": N_("The task is finished, or given back to the post."),
    "offered": N_("Somebody of the post takes the task and finishes it."),
    "message": N_("The answer comes in."),
    "timer": N_("The time comes."),
    "adhoc": N_("Somebody begins what is needed, and it is finished."),
    "stalled": N_("An administrator repairs the process."),
}
"""What would let the case go on; marked for translation."""

NO_ARTICLE = N_("our own rule")
UNTIL = N_("until {day}")
PROVISIONAL = N_("until {day} (provisional)")
NO_DEADLINE = N_("without a last day")

_OUTSIDE = {"intermediateCatchEvent", "receiveTask", "eventBasedGateway"}


@dataclass(frozen=True)
class Waiting:
    """One reason. ``who`` are principals: ``group:…``, ``person:…``, ``applicant``, or a word of the process."""

    kind: str
    who: tuple[str, ...]
    what: str
    what_en: str
    since: datetime
    until: datetime | None = None
    article: str = ""
    provisional: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    article_en: str = ""

    @property
    def sentence(self) -> str:
        """The untranslated sentence with its facts still in braces."""
        return SENTENCES[self.kind]

    @property
    def unblock(self) -> str:
        """The untranslated sentence on what would let the case go on."""
        return UNBLOCKS[self.kind]

    def ground(self, *, english: bool) -> str:
        """Return the article under which it waits, in the reader's language; empty where none is known."""
        return laws.english(self.article_en or self.article) if english else self.article

    def told(
        self,
        name_of: Callable[[str], str],
        *,
        say: Callable[[str], str] = str,
        day: Callable[[date], str] = date.isoformat,
        english: bool = False,
    ) -> dict[str, str]:
        """Return the facts of :attr:`sentence` and :attr:`unblock` as texts in the reader's language.

        Parameters
        ----------
        name_of
            Knows how principals are called.
        say
            Translates a text of the code, as gettext does.
        day
            Writes a day as the reader does.
        """
        until = say(NO_DEADLINE)
        if self.until:
            until = say(PROVISIONAL if self.provisional else UNTIL).format(day=_end(self.until, day))
        return {
            "who": say(N_(", ")).join(name_of(who) for who in self.who),
            "what": self.what_en if english else self.what,
            "since": day(clock.day(self.since)),
            "until": until,
            "article": self.ground(english=english) or say(NO_ARTICLE),
            "missing": "",
            **self.facts,
        }


def _end(until: datetime, day: Callable[[date], str]) -> str:
    """Write the last day, and the hour if the period does not end with the day."""
    local = until.astimezone(clock.TOWN)
    return day(last_day(until)) + ("" if clock.midnight(local.date()) == until else f" {local:%H:%M}")


def reasons(connection: Connection, case: sa.Row[Any]) -> list[Waiting]:
    """Return why a case waits, the most telling reason first, and then what runs beside it.

    A case in the archive waits only for what was begun beside it since.
    """
    running = {row.id: row for row in way.instances(connection, case.number)}
    own = next((row for row in running.values() if row.business_key == case.number), None)
    besides = [why for row in running.values() if row is not own for why in _of_beside(connection, case, row)]
    if case.kind == standing.GRID and (own is None or own.ended_at is not None) and (besides or case.closed_at):
        return besides  # an event that is closed is over, and one that was reopened goes on beside what has ended
    return [*_of_case(connection, case, own), *besides]


def _of_case(connection: Connection, case: sa.Row[Any], instance: sa.Row[Any] | None) -> list[Waiting]:
    if case.archived_at is not None:
        return []
    if instance is None:
        return [_stalled(case, case.received_at)]
    if instance.state == "suspended":
        return [_suspended(connection, case, instance)]
    found = [*_incidents(connection, case, instance), *_stops(connection, case), *_tasks(connection, case, instance)]
    if not found and instance.state == "active":
        found = list(_outside(connection, instance))
    return found or [_stalled(case, instance.ended_at or instance.started_at)]


def _of_beside(connection: Connection, case: sa.Row[Any], instance: sa.Row[Any]) -> Iterator[Waiting]:
    yield from _incidents(connection, case, instance)
    yield from _tasks(connection, case, instance)


def sentence(connection: Connection, case: sa.Row[Any]) -> Waiting | None:
    """Return the first reason; None only for a case in the archive that nothing runs beside."""
    return next(iter(reasons(connection, case)), None)


def open_tasks(connection: Connection, number: str) -> list[sa.Row[Any]]:
    """Return the open tasks of a case and of what runs beside it, opinions asked for included, the oldest first."""
    found = _by_task(connection, number)
    return [found[key][-1] for key in sorted(found)]


def holders(connection: Connection, number: str) -> dict[int, tuple[str, ...]]:
    """Return who has each open task of a case: whoever took it up, else the principals to whom it is offered."""
    return {key: _holders(offers) for key, offers in _by_task(connection, number).items()}


_NUMBER = sa.bindparam("number", type_=sa.String())
INCIDENTS = Question(
    sa.select(incidents.incident)
    .join(steps.instance, steps.instance.c.id == incidents.incident.c.instance_id)
    .where(beside.belongs(steps.instance.c.business_key, _NUMBER), incidents.incident.c.resolved_at.is_(None)),
    incidents.incident.c.id,
)
OPEN_TASKS = Question(
    sa.select(tasks.task, offers.candidate.c.kind.label("offer"), offers.candidate.c.name.label("to"))
    .outerjoin(offers.candidate, offers.candidate.c.task_id == tasks.task.c.id)
    .where(beside.belongs(tasks.task.c.business_key, _NUMBER), tasks.IS_OPEN),
    tasks.task.c.due_at.is_(None),
    tasks.task.c.due_at,
    tasks.task.c.id,
    offers.candidate.c.name,
)
"""What somebody has to do for a case, once for each to whom it is offered."""
QUESTIONS = (way.INSTANCES, INCIDENTS, OPEN_TASKS, stop.OF_CASE, deadline.OF_CASE)
"""What :func:`reasons` asks."""


def _suspended(connection: Connection, case: sa.Row[Any], instance: sa.Row[Any]) -> Waiting:
    kept = suspensions.of(connection, instance.id)
    assert kept is not None
    who, facts = (f"person:{kept.suspended_by}",), {"reason": kept.reason}
    return Waiting("suspended", who, *_item(case), kept.suspended_at, facts=facts)


def _incidents(connection: Connection, case: sa.Row[Any], instance: sa.Row[Any]) -> Iterator[Waiting]:
    for row in INCIDENTS.all(connection, number=case.number):
        if row.instance_id != instance.id:
            continue
        what, english = _names(connection, instance).get(row.element, (row.element, row.element))
        facts = {"reason": row.message}
        yield Waiting("incident", ("group:admin.system",), what, english, row.raised_at, facts=facts)


def _stops(connection: Connection, case: sa.Row[Any]) -> Iterator[Waiting]:
    for row in stop.of(connection, case.id):
        if row.effective_on is not None and row.resumed_on is None and not row.subject:
            since = clock.midnight(row.effective_on)
            names = (row.procedure or row.kind, row.procedure or stop.CALLED[row.kind])
            yield Waiting("stopped", ("procedure",), *names, since, article="行政许可法45")


def _tasks(connection: Connection, case: sa.Row[Any], instance: sa.Row[Any]) -> Iterator[Waiting]:
    found = _by_task(connection, case.number).values()
    mine = [of_one for of_one in found if of_one[0].instance_id == instance.id]
    running = deadline.of(connection, case.id, "open") if mine else []
    for of_one in mine:
        yield _task(connection, case, of_one, running)


def _by_task(connection: Connection, number: str) -> dict[int, list[sa.Row[Any]]]:
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in OPEN_TASKS.all(connection, number=number):
        found.setdefault(row.id, []).append(row)
    return found


def _holders(offers: Sequence[sa.Row[Any]]) -> tuple[str, ...]:
    if offers[0].assignee:
        return (f"person:{offers[0].assignee}",)
    return tuple(f"{'person' if offer.offer == 'user' else 'group'}:{offer.to}" for offer in offers if offer.to)


def _task(connection: Connection, case: sa.Row[Any], offers: list[sa.Row[Any]], running: Any) -> Waiting:
    row, properties = offers[0], offers[0].properties
    clocks = {known.due_at: known for known in running}
    own = row.business_key == case.number
    until = row.due_at or ((case.promised_due_at or case.legal_due_at) if own else None)
    bound = clocks.get(until)
    article, english = _ground(properties, bound)
    what = (row.name, properties.get("name:en", row.name))
    provisional = bool(bound and bound.provisional)
    waits_for = properties.get("waits_for", "")
    if waits_for and waits_for != "applicant":
        return Waiting("message", (waits_for,), *what, row.created_at, until, article, provisional, article_en=english)
    if waits_for:
        missing = "、".join(material.check(connection, case).missing)
        kind, facts = ("applicant", {"missing": missing}) if missing else ("answer", {})
        return Waiting(kind, ("applicant",), *what, row.created_at, until, article, provisional, facts, english)
    who = _holders(offers) or ("group:admin.system",)
    if row.assignee:
        since = row.claimed_at or row.created_at
        return Waiting("claimed", who, *what, since, until, article, provisional, article_en=english)
    return Waiting("offered", who, *what, row.created_at, until, article, provisional, article_en=english)


def _ground(properties: Mapping[str, str], bound: sa.Row[Any] | None = None) -> tuple[str, str]:
    """Return the article that a step names, else that of the period that binds it: in Chinese and in English."""
    if properties.get("article"):
        return properties["article"], properties.get("article:en", "")
    period = periods.get(bound.period) if bound is not None else None
    return (period.article, period.article_en) if period else ("", "")


def _outside(connection: Connection, instance: sa.Row[Any]) -> Iterator[Waiting]:
    """Look at what the process itself waits for; event sub-processes that merely listen are no reason."""
    elements = way.elements(connection, instance)
    workflow = steps.load(connection, instance, steps.definition_of(instance))
    for token, element, kind in workflow.waiting():
        info = elements.get(element)
        if info is not None and kind == "adhoc":
            offers = [offer for offer in workflow.offers() if offer.token == token]
            who = tuple(dict.fromkeys(f"group:{group}" for offer in offers for group in offer.groups))
            who += tuple(dict.fromkeys(f"person:{user}" for offer in offers for user in offer.users))
            names = (info.name or info.id, info.name_en or info.name or info.id)
            yield Waiting("adhoc", who or ("group:admin.system",), *names, instance.started_at)
        if info is None or info.type not in _OUTSIDE:
            continue
        who = (info.properties.get("waits_for", "outside"),)
        reason = "timer" if kind == "timer" else "message"
        article, english = _ground(info.properties)
        names = (info.name, info.name_en or info.name)
        yield Waiting(reason, who, *names, instance.started_at, article=article, article_en=english)


def _stalled(case: sa.Row[Any], since: datetime) -> Waiting:
    return Waiting("stalled", ("group:admin.system",), *_item(case), since)


def _item(case: sa.Row[Any]) -> tuple[str, str]:
    return case.item_name, case.item.get("name_en") or case.item_name


def _names(connection: Connection, instance: sa.Row[Any]) -> dict[str, tuple[str, str]]:
    return {
        info.id: (info.name or info.id, info.name_en or info.name or info.id)
        for info in way.elements(connection, instance).values()
    }
