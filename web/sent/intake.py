"""The application at a window: the process's own start form, and what a clerk notes beside it.

The form ``application`` of the package says who applies and how; the window, the queue number, the moment of receipt
and the item's questions are the hall's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import forms
from engine import audit, clock, db, errors, tasks
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.people import booking
from engine.cases.reading import search
from engine.errors import N_
from engine.ground import files
from engine.organisation import post, unit
from forms import Fault
from web.sent import startform

POSTS = {"hall.window": "window", "village.window": "village_point"}
"""Posts that take applications in, and what kind of place each is held at."""
TAKES_IN = (*POSTS, "hall.lead", "hall.guide")
"""Posts whose holders may open an application; other posts of clerks archive, issue or receive what others took in."""
POWER = "agent.power_of_attorney"
UPLOAD = ":upload"


@dataclass
class Intake:
    """An application as it is being typed: its item, the bound form, the hall's own fields, and what is wrong."""

    item: sa.Row[Any]
    form: forms.BoundForm
    places: Sequence[sa.Row[Any]]
    ways: Sequence[str]
    typed: Mapping[str, str]
    faults: dict[str, Fault] = field(default_factory=dict)

    @property
    def questions(self) -> Sequence[Mapping[str, Any]]:
        """The questions on the applicant's situation that the item asks."""
        return (self.item.body.get("detail") or {}).get("situations") or ()

    @property
    def applicant(self) -> dict[str, Any]:
        """The applicant as parties are registered."""
        return startform.party(self.form.values.get("applicant") or {})

    def validate(self) -> bool:
        """Judge the form and the hall's own fields; the faults stand in both."""
        sound = self.form.validate()
        place = next((row for row in self.places if row.scope == self.typed.get("window")), None)
        if place is None:
            self.faults["window"] = Fault(N_("Nothing is chosen. Choose one."))
        elif self._channel() == "村级" and place.kind != "village_point":
            self.faults["window"] = Fault(N_("An application at a village point is taken in at one. Choose which."))
        if self._channel() not in self.ways:
            self.faults["channel"] = Fault(N_("This item is not offered that way. Choose another way in."))
        moment = _moment(self.typed.get("received_at", ""))
        if moment is None or moment > clock.now():
            self.faults["received_at"] = Fault(N_("This must be a moment that has come, like 2026-03-05 09:30."))
        return sound and not self.faults

    def opening(self) -> cases.Opening:
        """Return what the case is opened with; only after :meth:`validate`."""
        values = dict(self.form.values)
        agent = values.pop("agent", None) if self._channel() == "代理" else None
        papers = [int(entry) for entry in (agent or {}).get("power_of_attorney") or ()]
        values.pop("applicant"), values.pop("channel")
        values.pop("agent", None)
        return cases.Opening(
            item=opening.item_context(self.item.body),
            catalogue_version=self.item.version,
            channel=self._channel(),
            applicant=self.applicant,
            agent=startform.party({"kind": "person", **agent}) if agent else None,
            power_of_attorney=papers[0] if papers else None,
            window=self.typed["window"],
            queue_number=self.typed.get("queue_number", "")[:20],
            received_at=_moment(self.typed["received_at"]),
            facts={**values, "situations": self._answers(), **_handed_in(papers)},
        )

    def _channel(self) -> str:
        return str(self.form.values.get("channel") or "")

    def _answers(self) -> list[dict[str, Any]]:
        given = ((question["id"], self.typed.get(f"situation.{question['id']}")) for question in self.questions)
        return [{"id": name, "answer": answer} for name, answer in given if answer]


def load(
    connection: Connection,
    person: tasks.Candidate,
    item: sa.Row[Any],
    sent: Any = None,
    *,
    booked: sa.Row[Any] | None = None,
    locale: str = "zh_CN",
) -> Intake:
    """Return the application for an item, as it begins (by a booking: with what is known) or as it was sent.

    Raises
    ------
    ItemNotAtVillage
        If the person takes in at village points only, and the item is not offered there.
    ItemWithoutProcess
        If no process takes applications for the item.
    """
    ways = ways_in(item, person)
    if not ways:
        raise errors.ItemNotAtVillage(item=item.name)
    places = list(_places(connection))
    own = own_place(places, person)
    begun = {"window": own.scope if own else "", "received_at": f"{clock.now().astimezone(clock.TOWN):%Y-%m-%dT%H:%M}"}
    typed = begun if sent is None else {name: sent.get(name, "").strip() for name in sent}
    values: dict[str, Any] = {"channel": "村级"} if own is not None and own.kind == "village_point" else {}
    if booked is not None:
        values = {"channel": booking.CHANNEL, "applicant": {"name": booked.name, "phone": booked.phone}}
    form = forms.bind(
        startform.schema(connection, item),
        sent,
        values,
        {"item": item.body},
        locale=locale,
        uploads=lambda entry: _is_own(connection, person, entry),
    )
    return Intake(item, form, places, ways, typed)


def at_village_only(person: tasks.Candidate) -> bool:
    """Tell whether the person takes applications in at village points and nowhere else."""
    return _codes(person) & {*TAKES_IN} == {"village.window"}


def ways_in(item: sa.Row[Any], person: tasks.Candidate) -> list[str]:
    """Return the ways by which an item is taken in where the person works: at a village point only that one."""
    return [way for way in cases.channels_of(item.body) if way == "村级" or not at_village_only(person)]


def receive(connection: Connection, actor: audit.Actor, sent: Any, uploaded: Sequence[Any], limit_mb: int) -> list[str]:
    """Store the power of attorney that came with the form; return the ids as the form names them.

    Raises
    ------
    FileEmpty, FileTooLarge, FileKindNotAllowed
        See :func:`engine.ground.files.store`.
    """
    return [
        str(files.store(connection, file.stream, file.filename, actor, limit_mb=limit_mb).id)
        for file in uploaded
        if file.filename
    ]


def open_case(
    connection: Connection, actor: audit.Actor, person: tasks.Candidate, intake: Intake
) -> tuple[str, int | None]:
    """Open the case and claim its first task if it is the clerk's to do; return the number and that task.

    Raises
    ------
    ItemWithoutProcess, ChannelNotOffered, AgentPowerMissing, ReceivedInFuture, ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.opening.open_case`.
    """
    case, _step = opening.open_case(connection, actor, intake.opening())
    return case.number, claim_first(connection, actor, person, case.number)


def claim_first(connection: Connection, actor: audit.Actor, person: tasks.Candidate, number: str) -> int | None:
    """Claim the first task of a new case if it is the person's to do, and return it."""
    mine = sa.select(tasks.task.c.id).where(
        tasks.task.c.business_key == number, tasks.task.c.state == "open", tasks.may_see(person)
    )
    first: int | None = connection.execute(mine.order_by(tasks.task.c.id).limit(1)).scalar()
    if first is not None:
        tasks.claim(connection, actor, person, first)
    return first


def running(connection: Connection, intake: Intake) -> Sequence[sa.Row[Any]]:
    """Return the running cases of the same applicant, to be seen before another one is opened."""
    return search.open_of(connection, intake.applicant)


def own_place(places: Sequence[sa.Row[Any]], person: tasks.Candidate) -> sa.Row[Any] | None:
    """Return the window or village point that the person takes applications at."""
    held = {
        group.partition("@")[2]: POSTS[post.code_of(group)] for group in person.groups if post.code_of(group) in POSTS
    }
    return next((row for row in places if held.get(row.scope) == row.kind), None)


def _codes(person: tasks.Candidate) -> set[str]:
    return {post.code_of(group) for group in person.groups}


def _places(connection: Connection) -> Sequence[sa.Row[Any]]:
    return [row for kind in POSTS.values() for row in unit.every(connection, kind)]


def _handed_in(papers: Sequence[int]) -> dict[str, Any]:
    """Return the power of attorney as a material that has been received with its files."""
    if not papers:
        return {}
    entry = {"code": "M004", "received": True, "form": "电子件", "copies": 1, "files": [str(paper) for paper in papers]}
    return {"materials": [entry]}


def _moment(text: str) -> datetime | None:
    try:
        return db.moment(text, clock.TOWN)
    except ValueError:
        return None


def _is_own(connection: Connection, person: tasks.Candidate, entry: str) -> bool:
    if not entry.isascii() or not entry.isdecimal() or len(entry) > 18:
        return False
    try:
        return bool(files.get(connection, int(entry)).stored_by == person.id)
    except errors.FileMissing:
        return False
