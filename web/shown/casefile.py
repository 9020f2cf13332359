"""What pages show of a case: facts, clocks, materials, opinions, the story in plain words, diagrams and documents.

Every function takes a case that :mod:`engine.cases.people.access` has let through. The partials in
``templates/cases/_*.html`` draw what is returned here; the task page draws the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, url_for
from sqlalchemy.engine import Connection

from engine import clock, errors
from engine.cases import deadline, decision, intervention, remedy, standing
from engine.cases.clocks import period as periods
from engine.cases.clocks import setting, stop, supervision
from engine.cases.enforcement import officer, on_the_spot
from engine.cases.enforcement.execution import early_end
from engine.cases.enforcement.investigation import act, evidence, recusal
from engine.cases.grid import link as grid_link
from engine.cases.items import directory
from engine.cases.papers import document, material, notice, publicity, push
from engine.cases.people import expert_draw, identity, party, rating
from engine.cases.reading import story, waiting, way
from engine.errors import N_
from engine.ground import counting, files
from engine.ground.together import Together
from web import i18n, security
from web.shown import bar, diagrams, formatting, remaining

HANDLING = frozenset({"clerk", "reviewer", "decider"})
"""Roles that need an applicant's telephone number in full; others read it masked."""


UNITS = {
    "working": N_("working days"),
    "calendar": N_("calendar days"),
    "month": N_("months"),
    "year": N_("years"),
    "hour": N_("hours"),
}
"""What periods are counted in; marked for translation."""


REGISTERED = {
    standing.APPROVAL: N_("Received"),
    standing.ENFORCEMENT: N_("Lead registered"),
    standing.GRID: N_("Event reported"),
}
"""By kind of case: what to call the moment it came in; marked for translation."""


@dataclass(frozen=True)
class Clock:
    """One period of a case: its row and the period of the law."""

    row: sa.Row[Any]
    period: periods.Period

    @property
    def late(self) -> bool:
        """Whether it ran out before it was met."""
        return deadline.overdue(self.row)

    @property
    def lapsed(self) -> bool:
        """Whether a time that was given to others, who need not have used it, is over."""
        return self.late and self.period.theirs


@dataclass(frozen=True)
class Clocks:
    """The promise, the law, and whatever else runs or ran on a case, with the stretches that did not count."""

    promise: Clock | None
    law: Clock | None
    others: Sequence[Clock]
    stops: Sequence[sa.Row[Any]]

    @property
    def running(self) -> list[Clock]:
        """Those of the others that are not over."""
        return [known for known in self.others if known.row.state in deadline.RUNNING]

    @property
    def over(self) -> list[Clock]:
        """Those of the others that are over."""
        return [known for known in self.others if known.row.state not in deadline.RUNNING]


@dataclass(frozen=True)
class Paper:
    """A material in its present version with its files, and what it was before."""

    row: sa.Row[Any]
    files: Sequence[sa.Row[Any]]
    earlier: Sequence[Paper] = ()


@dataclass(frozen=True)
class Issued:
    """A document with the name of who issued it; ``sound`` tells whether its file is still what was issued."""

    row: sa.Row[Any]
    number: str
    issued_by: str
    sound: bool | None


@dataclass(frozen=True)
class Reason:
    """Why the case waits, in the reader's words, and what would let it go on."""

    kind: str
    sentence: str
    unblock: str


@dataclass
class Names:
    """How people, steps, processes and documents are called in the reader's language."""

    steps: Mapping[str, Any] = field(default_factory=dict)
    processes: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[int, str] = field(default_factory=dict)

    @property
    def english(self) -> bool:
        """Whether the reader reads English."""
        return i18n.locale_name() == "en"

    def say(self, text: str, facts: Mapping[str, Any] | None = None) -> str:
        """Translate a text of the engine and fill in its facts."""
        return i18n.message(text, facts)

    def actor(self, actor: str) -> str:
        """Return what to call who acted: a person, a part of the system, or a unit that has confirmed a push."""
        kind = actor.partition(":")[0]
        if kind in story.ACTORS:
            return i18n.message(story.ACTORS[kind])
        return bar.called([actor]).get(actor) or receiver_name(actor)

    def element(self, element: str) -> str:
        """Return what the diagram calls a step."""
        return self._called(self.steps.get(element), element)

    def process(self, process: str) -> str:
        """Return what a process is called."""
        return self._called(self.processes.get(process), process)

    def receiver(self, code: str) -> str:
        """Return what to call a receiver of pushes."""
        return receiver_name(code)

    def document(self, document_id: Any) -> str:
        """Return the title of a document of the case."""
        return self.documents.get(int(document_id), "") if document_id else ""

    def _called(self, info: Any, otherwise: str) -> str:
        if info is None:
            return otherwise
        return str((info.name_en if self.english else "") or info.name or otherwise)


def init_app(app: Flask) -> None:
    """Offer the words of cases to templates."""
    app.jinja_env.globals.update(
        count_reasons=counting.REASONS,
        outcome_words=standing.OUTCOMES,
        state_words=standing.STATES,
        channel_words=standing.WAYS_IN,
        service_modes=document.MODES,
        unit_words=UNITS,
        registered_words=REGISTERED,
        ended_words=deadline.WHY_ENDED,
        stop_words=stop.CALLED,
        supervision_levels=supervision.LEVELS,
        supervision_reasons=supervision.REASONS,
        notice_messages=notice.MESSAGES,
        push_purposes=push.PURPOSES,
        remedy_kinds=remedy.KINDS,
        remedy_results=remedy.RESULTS,
        act_kinds=act.KINDS,
        act_signatures=act.SIGNATURES,
        proof_sources=evidence.SOURCES,
        proof_confirmed=evidence.CONFIRMED,
        today=clock.today,
        now=clock.now,
    )
    app.add_template_filter(counting.last_day)
    app.add_template_filter(with_names)
    app.add_template_filter(receiver_name)
    app.add_template_filter(gap)


def gap(known: Mapping[str, Any]) -> str:
    """Return in the reader's language what keeps a case out of the archive."""
    return i18n.message(known["text"], with_names(known["facts"]))


def with_names(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a supervision with its period or receiver called in the reader's language."""
    title = facts.get("title_en" if i18n.locale_name() == "en" else "title", "")
    return {**facts, "title": title, "receiver": receiver_name(str(facts.get("receiver") or ""))}


def receiver_name(code: str) -> str:
    """Return what to call a receiver of pushes; one that the town does not know is called by its code."""
    row = bar.receivers().get(code)
    return i18n.named(row) if row is not None else code


_QUESTIONS = (
    *waiting.QUESTIONS,
    *(party.OF_CASE, supervision.OF_CASE, intervention.HEARD, document.OF_CASE, decision.OF_CASE),
    *(material.OF_CASE, material.FILES_OF_CASE, way.FILLED, way.LISTENING),
    *(notice.OF_CASE, rating.OF_CASE, remedy.OF_CASE, push.OF_CASE, expert_draw.SEATS_OF_CASE),
)
_WHOLE = Together(*_QUESTIONS)
_PENALTY = Together(
    *_QUESTIONS,
    *(officer.OF_CASE, recusal.OF_CASE, on_the_spot.OF_CASE),
    *(publicity.PENALTIES_OF_CASE, early_end.OPEN_OF_CASE, setting.EVERY, grid_link.SOURCES),
)


def read(connection: Connection, case: sa.Row[Any]) -> None:
    """Ask in one statement what the parts of a case's page will ask one by one."""
    asked = _PENALTY if case.kind == standing.ENFORCEMENT else _WHOLE
    asked.ask(connection, case=case.id, number=case.number, applicant=case.applicant_id, agent=case.agent_id)


def names(connection: Connection, case: sa.Row[Any]) -> Names:
    """Return how the people, steps and documents of a case are called."""
    key = f"names:{case.number}"
    if key not in g:
        known: dict[str, Any] = {}
        steps: dict[str, Any] = {}
        for row in way.instances(connection, case.number):
            known |= {name: info for name, (_, info) in way.processes(connection, row).items()}
            steps |= way.elements(connection, row)
        titles = {row.id: i18n.named(row, "title") for row in document.of(connection, case.id)}
        setattr(g, key, Names(steps, known, titles))
    found: Names = getattr(g, key)
    return found


def facts(connection: Connection, case: sa.Row[Any]) -> dict[str, Any]:
    """Return the parties and the words for state, way in and end, with numbers masked as the reader may see them."""
    handles = security.has_role(*HANDLING)
    parties = party.of_case(connection, case)
    people = {"applicant": _party(parties[case.applicant_id], handles=handles)}
    if case.agent_id:
        people["agent"] = _party(parties[case.agent_id], handles=handles)
    return {
        **people,
        "state": standing.STATES[case.state],
        "channel": standing.WAYS_IN[case.channel],
        "outcome": standing.OUTCOMES.get(case.outcome or "", ""),
        "opened_by": names(connection, case).actor(case.opened_by),
        "window": window(case.window),
    }


def _party(row: sa.Row[Any], *, handles: bool) -> dict[str, Any]:
    shown = party.shown(row)
    return shown if handles else {**shown, "phone": identity.masked_phone(shown["phone"]) if shown["phone"] else ""}


def window(code: str) -> str:
    """Return what to call the window or village point of a code."""
    places = (row for row in bar.units().values() if row.scope == code and row.kind in ("window", "village_point"))
    row = next(places, None) if code else None
    return i18n.named(row) if row else code


def clocks(connection: Connection, case: sa.Row[Any]) -> Clocks:
    """Return the clocks of a case: of promise and law the one that was started last, then the others."""
    rows = deadline.of(connection, case.id)
    remaining.known(case.id, rows)
    every = [Clock(row, periods.get(row.period)) for row in rows]
    by_role = {known.period.role: known for known in every if known.period.role}
    promise, law = by_role.get("promise"), by_role.get("legal")
    others = [known for known in every if known not in (promise, law)]
    return Clocks(promise, law, others, stop.of(connection, case.id))


def materials(connection: Connection, case: sa.Row[Any]) -> list[Paper]:
    """Return the materials of a case, each with its files and its earlier versions, the latest first."""
    by_material: dict[int, list[sa.Row[Any]]] = {}
    for row in material.files_of(connection, case.id):
        by_material.setdefault(row.material_id, []).append(row)
    versions: dict[str, list[Paper]] = {}
    for row in material.of(connection, case.id, every_version=True):
        versions.setdefault(row.code, []).insert(0, Paper(row, by_material.get(row.id, [])))
    return [Paper(papers[0].row, papers[0].files, papers[1:]) for papers in versions.values()]


def decisions(connection: Connection, case: sa.Row[Any]) -> list[tuple[sa.Row[Any], str]]:
    """Return the decisions of a case with the name of who decided, the one in force last."""
    known = names(connection, case)
    return [(row, known.actor(row.decided_by)) for row in decision.of(connection, case.id)]


def documents(connection: Connection, case: sa.Row[Any], *, check: bool = False) -> list[Issued]:
    """Return the issued documents; with ``check`` every file is read again and compared with its hash."""
    known, rows = names(connection, case), document.of(connection, case.id)
    stored = files.by_id(connection, {row.file_id for row in rows}) if check else {}
    return [
        Issued(row, document.number_of(row), known.actor(row.issued_by), _sound(row, stored.get(row.file_id)))
        for row in rows
    ]


def _sound(row: sa.Row[Any], stored: sa.Row[Any] | None) -> bool | None:
    if stored is None:
        return None
    try:
        files.verify(stored)
    except errors.FileDamaged:
        return False
    return bool(stored.sha256 == row.sha256)


def reasons(connection: Connection, case: sa.Row[Any]) -> list[Reason]:
    """Return why a case waits, the most telling reason first, and what runs beside it."""
    found = waiting.reasons(connection, case)
    known = names(connection, case)
    called = directory.names(
        bar.Book(), [who for reason in found for who in reason.who], say=i18n.message, english=known.english
    )
    return [_reason(reason, called, english=known.english) for reason in found]


def _reason(reason: waiting.Waiting, called: Mapping[str, str], *, english: bool) -> Reason:
    told = reason.told(lambda who: called[who], say=i18n.message, day=formatting.day, english=english)
    return Reason(
        reason.kind, i18n.message(reason.sentence).format(**told), i18n.message(reason.unblock).format(**told)
    )


def drawing(
    connection: Connection, case: sa.Row[Any], link: Callable[[way.Diagram], str], wanted: str = ""
) -> dict[str, Any]:
    """Return what draws the diagrams of the case; ``link`` and ``wanted`` as :func:`diagrams.drawing` says."""
    found = way.diagrams(connection, case.number, trail(connection, case))

    def file(diagram: way.Diagram) -> str:
        return url_for("cases.diagram", number=case.number, key=diagram.key, process=diagram.process)

    return diagrams.drawing(case.number, found, names(connection, case).steps, file, link, wanted)


def trail(connection: Connection, case: sa.Row[Any], *actions: str) -> Sequence[sa.Row[Any]]:
    """Return the audit events of a case, or those of some actions; read once per page."""
    read: dict[Any, Sequence[sa.Row[Any]]] = g.setdefault("trails", {})
    key = (case.number, actions)
    if key not in read:
        read[key] = way.events(connection, case.number, *actions)
        bar.called(event.actor for event in read[key])  # in one question instead of one for each
    return read[key]
