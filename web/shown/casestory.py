"""The story of a case as pages tell it: acts in plain words, what the form said before and after, why a rule matched.

Opinions are the same acts, seen by what people wrote into their forms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.engine import Connection

import forms
from engine import clock, db, errors
from engine.cases import standing
from engine.cases.docket import contents, gaps
from engine.cases.reading import story, way
from web import i18n, language
from web.sent import submissions
from web.shown import casefile, explained

OPINION_KEYS = frozenset(
    ("conclusion", "opinion", "basis", "reason", "reasons", "result", "text", "vote", "statement_view", "answer")
).union(
    (
        "measure",
        "note",
        "passed",
        "holds",
        "standpoint",
        "approved",
        "acceptance_note",
        "hearing_result",
        "statement_result",
        "intake_outcome",
    )
)
"""The last word of the fields in which people say what they think; other fields are particulars."""
FILLED_IN = ("task.completed", "task.signed")
"""Actions that come with a filled-in form."""
NOT_AN_OPINION = frozenset({"A1"})
"""Steps whose form takes in what the applicant says."""


@dataclass(frozen=True)
class Told:
    """One event in the reader's words."""

    sentence: str
    event: sa.Row[Any]
    in_place_of: str


@dataclass(frozen=True)
class Field:
    """One field of a form: what it is called, and what it held before and after."""

    label: str
    before: str
    after: str
    key: str = ""


@dataclass(frozen=True)
class Entry:
    """One act with everything that opens below it."""

    head: Told
    followed: Sequence[Told]
    fields: Sequence[Field]
    rules: Sequence[explained.Rules]

    @property
    def event(self) -> sa.Row[Any]:
        """The audit event that heads the act."""
        return self.head.event

    @property
    def events(self) -> list[sa.Row[Any]]:
        """All audit events of the act, as they were written."""
        return sorted((told.event for told in (self.head, *self.followed)), key=lambda event: event.id)


@dataclass(frozen=True)
class Opinion:
    """What somebody wrote when finishing a step."""

    step: str
    who: str
    event: sa.Row[Any]
    fields: Sequence[Field]


def story_of(connection: Connection, case: sa.Row[Any]) -> list[Entry]:
    """Return the acts of a case, the oldest first."""
    names = casefile.names(connection, case)
    labels = _Labels(connection, case)
    return [
        Entry(
            _told(act.head, names),
            [_told(event, names) for event in act.followed],
            labels.of(act),
            [explained.rules(entry, names) for entry in act.decisions],
        )
        for act in story.acts(casefile.trail(connection, case))
    ]


def printed(connection: Connection, case: sa.Row[Any]) -> contents.Told:
    """Return every event and every gap as the printed file tells it, in Chinese."""
    with language.speaking("zh_CN"):
        names = casefile.names(connection, case)
        told = [_told(event, names) for event in casefile.trail(connection, case)]
        trail = [
            {
                "at": clock.minute(line.event.at),
                "who": names.actor(line.event.actor),
                "what": line.sentence,
            }
            for line in told
        ]
        lacking = [casefile.gap(row.as_json()) for row in gaps.of(connection, case)]
        return contents.Told(trail, lacking, _(standing.OUTCOMES[case.outcome]) if case.outcome else "")


def opinions_of(connection: Connection, case: sa.Row[Any]) -> list[Opinion]:
    """Return what people wrote when they finished their steps, the oldest first."""
    names = casefile.names(connection, case)
    labels = _Labels(connection, case)
    found = []
    for act in story.acts(casefile.trail(connection, case, *FILLED_IN)):
        event = act.head
        if event.element in NOT_AN_OPINION:
            continue
        said = [row for row in labels.of(act) if row.key.rpartition(".")[2] in OPINION_KEYS and row.after]
        if said:
            found.append(Opinion(names.element(event.element), names.actor(event.actor), event, said))
    return found


def _told(event: sa.Row[Any], names: casefile.Names) -> Told:
    represented = names.actor(event.on_behalf_of) if event.on_behalf_of else ""
    return Told(names.say(story.sentence(event), story.facts(event, names)), event, represented)


class _Labels:
    """Knows what the fields of a finished task's form were called, in the version that was filled in."""

    def __init__(self, connection: Connection, case: sa.Row[Any]) -> None:
        self._connection = connection
        self._tasks = {row.id: row for row in way.filled(connection, case.number)}

    def of(self, act: story.Act) -> list[Field]:
        """Return the fields that the act's form changed or filled."""
        task = self._tasks.get(act.head.details.get("task") or 0)
        if act.head.action not in FILLED_IN or task is None:
            return []
        before, after = act.changes
        try:
            schema = submissions.schema(self._connection, task, task.form)
        except errors.FormUnknown:  # the task was moved to a version without its form: what it said stays in the event
            return []
        return list(_fields(schema.components, before, after, i18n.locale_name()))


def _fields(
    components: Sequence[forms.Component], before: Mapping[str, Any], after: Mapping[str, Any], locale: str
) -> Iterator[Field]:
    for component in components:
        if component.kind == "group":
            yield from _fields(component.children, before, after, locale)
        elif component.path:
            was, now = (_text(component, _get(values, component.path), locale) for values in (before, after))
            if was or now:
                label = component.text("label", locale) or component.text("dateLabel", locale)
                yield Field(label, was, now, ".".join(component.path))


def _text(component: forms.Component, value: Any, locale: str) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if component.kind == "dynamiclist" and isinstance(value, list):
        return "；".join(filter(None, (_row(component, row, locale) for row in value)))
    if component.kind == "filepicker":
        return str(_("%(count)d files", count=len(value) if isinstance(value, list) else 1))
    if isinstance(value, list):
        return "、".join(_option(component, entry, locale) for entry in value)
    return _option(component, value, locale)


def _row(component: forms.Component, row: Any, locale: str) -> str:
    """Return a row of a list in one line: its first text, then what else was entered."""
    if not isinstance(row, Mapping):
        return str(row)
    texts = []
    for child in component.children:
        value = _get(row, child.path)
        text = _text(child, value, locale)
        if text and child.kind == "checkbox":
            text = child.text("label", locale) if value else ""
        texts.append(text)
    return " ".join(filter(None, texts))


def _option(component: forms.Component, value: Any, locale: str) -> str:
    for option in component.raw.get("values") or ():
        if isinstance(option, Mapping) and option.get("value") == value:
            return str((option.get("label:en") if locale == "en" else None) or option.get("label") or value)
    return db.dumps(value) if isinstance(value, Mapping) else str(value)


def _get(values: Any, path: Sequence[str]) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values
