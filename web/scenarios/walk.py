"""One case, or one plain instance of a process, on its way through a scenario."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, definitions, incidents, instances, jobs, messages, outbox, tasks
from engine.cases import case as cases
from engine.cases import deadline, intervention, opening, standing
from engine.cases.clocks import setting, supervision
from engine.cases.enforcement import lead
from engine.cases.grid import event as grid_event
from engine.cases.grid import photo, reporting
from engine.cases.grid.sources import drop, source
from engine.cases.papers import document, notice, push
from engine.flow import handlers, steps
from engine.ground import counting, files
from engine.handling import offers
from engine.organisation import person as people
from engine.organisation.grid import node
from web.scenarios import coverage, entering

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=clock.TOWN)
"""When a scenario begins that does not say when."""
PICTURE = b"\x89PNG\r\n\x1a\n"
APPLICANT = {"kind": "person", "name": "王小明", "phone": "13800138000", "address": "官林镇东虹路1号"}


class Stuck(AssertionError):
    """The scenario cannot go on: no such task, a form refuses, or an incident stands open."""


@dataclass
class Walk:
    """One case on its way."""

    database: Engine
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    usual: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is entered into a task when the scenario does not say."""
    number: str = ""
    now: datetime = MORNING
    entered: list[str] = field(default_factory=list)
    latest: str = ""
    broken_down: bool = False
    before: str = ""
    """The number of a case that was there already; ``$before`` in what is entered."""
    plain: bool = False
    """A plain instance is walked, which is no case."""
    workers: set[str] = field(default_factory=set)
    staffed: bool = False
    """The town's own persons do the work, not somebody called by the post."""

    # -- what people and time do

    def open(self, code: str, given: Mapping[str, Any]) -> None:
        """Open a case of an item."""
        facts = {"applicant": APPLICANT, "channel": "窗口", "window": "W03", **given}
        event = facts.pop("event", None)
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            case, _ = opening.open_case(
                connection,
                audit.Actor(self._holder(connection, f"hall.window@{facts['window']}")),
                cases.Opening(item=opening.item_context(self.items[code]), catalogue_version=1, **facts),
                start_event=event,
            )
        self.number = case.number
        self.work()

    def take_in(self, given: Mapping[str, Any], process: str, variables: Mapping[str, Any]) -> None:
        """Take a lead in, and let a process begin for it."""
        days = {name: date.fromisoformat(given[name]) for name in ("act_on", "act_end_on") if given.get(name)}
        found = given.get("discovered_at")
        moment = datetime.fromisoformat(str(found)) if found else None
        taken = lead.Lead(**{**given, **days, "discovered_at": moment, "variables": variables})
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            clerk = audit.Actor(self._holder(connection, "enforcement.intake"))
            case, _ = lead.take_in(connection, clerk, taken, process_id=process)
        self.number = case.number
        self.work()

    def report(self, given: Mapping[str, Any]) -> None:
        """Report an event of a grid; who reports is called by the post, or the worker of the place."""
        moments = {name: datetime.fromisoformat(given[name]) for name in ("captured_at", "sent_at") if given.get(name)}
        by = given.get("by")
        said = {name: value for name, value in given.items() if name not in ("by", "settled")}
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            seen = reporting.Report(**{"source": "网格员", **said, **moments})
            place = f"grid.worker@{node.at(connection, seen.lon, seen.lat)}"
            actor = audit.Actor(by or (self._holder(connection, place) if seen.source in grid_event.INSIDE else "api"))
            settled = _settled(connection, actor, given["settled"]) if given.get("settled") else None
            case, _ = reporting.report(connection, actor, replace(seen, settled=settled))
        self.number = case.number
        self.work()

    def deliver(self, code: str, given: Mapping[str, Any]) -> None:
        """Let a connected system send a report, as a row of its file; one that is refused makes no event."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            one = source.get(connection, code)
            actor = audit.Actor(one.person_id)
            taken = source.take(connection, actor, one, drop.given(given), transport=one.transport)
        self.number = taken.case.number if taken.case else ""
        self.work()

    def act(self, verb: Callable[..., Any], *given: Any, by: str = "command", **said: Any) -> None:
        """Let somebody do something with the case, or the plain instance by its number, besides its tasks."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            about = self.number if self.plain else cases.get(connection, self.number)
            verb(connection, audit.Actor(by), about, *given, **said)
        self.work()

    def start(
        self, process: str, variables: Mapping[str, Any], event: str | None = None, number: str = "scenario"
    ) -> None:
        """Begin a plain instance of a process, which is no case."""
        self.number, self.plain = number, True
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            instances.start(
                connection, audit.Actor("scenario"), process, business_key=self.number, variables=variables,
                start_event=event,
            )  # fmt: skip
        self.work()

    def begin(self, message: str, variables: Mapping[str, Any]) -> None:
        """Let a message begin another process for the same case."""
        known = {**self.variables(self.number), **variables}
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            messages.publish(connection, audit.Actor("clerk"), message, self.number, known)
        self.work()

    def run(self, process: str, variables: Mapping[str, Any]) -> None:
        """Let the next process of the same case begin, on what the one before has left."""
        known = {**self.variables(self.latest or self.number), "case_number": self.number, **variables}
        self.latest = f"{self.number}-{process}-{len(self.entered)}"
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            instances.start(connection, audit.Actor("scenario"), process, business_key=self.latest, variables=known)
        self.work()

    def ask(self, key: str, reason: str, given: Mapping[str, Any]) -> None:
        """Ask something of the case besides its tasks."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            intervention.ask(connection, audit.Actor("clerk"), cases.get(connection, self.number), key, reason, given)
        self.work()

    def complete(self, element: str, given: Mapping[str, Any]) -> None:
        """Fill in a task's form as a person of its post and complete it."""
        given = {**self.usual.get(element, {}), **given}
        by, post = given.pop("$by", None), given.pop("$post", None)
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            task = self._task(connection, element, by or post)
            group = _posts(connection, task.id)
            if not group and task.assignee is None:
                raise Stuck(f"the task {element} is offered to nobody")
            name = by or task.assignee or self._name(connection, task, group[-1])
            known = by or self.staffed
            person = people.as_candidate(connection, name) if known else tasks.Candidate(name, frozenset(group))
            actor = audit.Actor(person.id)
            self.workers.add(person.id)
            tasks.claim(connection, actor, person, task.id)
            values = self._filled(connection, task, _with_photos(connection, actor, given))
            tasks.complete(connection, actor, person, task.id, values)
        self.entered.append(element)
        self.work()

    def change(self, values: Mapping[str, Any]) -> None:
        """Read the law the other way from now on."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            for key, value in values.items():
                setting.change(connection, audit.Actor("administrator"), key, value, reason="本镇另作规定")

    def fail(self, type_: str, element: str, given: Mapping[str, Any]) -> None:
        """Complete a task while a service is out of order; its incident stands open until the case goes past it."""
        self.broken_down = True
        with handlers.standing_in(type_, _out_of_order):
            self.complete(element, given)

    def publish(self, name: str, variables: Mapping[str, Any]) -> None:
        """Send a message to the case."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            messages.publish(connection, audit.Actor("applicant"), name, self.number, variables)
        self.work()

    def wait(self, until: datetime) -> None:
        """Let time pass; whatever falls due on the way happens at its moment."""
        while True:
            with db.reading(self.database) as connection:
                due = jobs.next_due(connection)
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self.work()
        self.now = until
        self.work()

    def work(self) -> None:
        """Run what is due now; an incident stops the walk."""
        with clock.frozen(self.now):
            for _ in range(50):
                with db.reading(self.database) as connection:
                    due = jobs.due(connection)
                for job in due:
                    jobs.run(self.database, job)
                if not due:
                    break
            with db.reading(self.database) as connection:
                wrong = connection.execute(
                    sa.select(incidents.incident).where(incidents.incident.c.resolved_at.is_(None))
                ).all()
                failed = (
                    connection.execute(sa.select(jobs.job.c.last_error).where(jobs.job.c.attempts > 0)).scalars().all()
                )
        self.broken_down = self.broken_down and bool(wrong)
        if (wrong and not self.broken_down) or failed:
            raise Stuck(f"{[(row.element, row.kind, row.message, row.facts) for row in wrong]} {failed}")

    # -- what can be seen

    def open_tasks(self) -> list[str]:
        """Return the elements of the case's open tasks."""
        with db.reading(self.database) as connection:
            return [row.element for row in self._open(connection)]

    def variables(self, key: str) -> dict[str, Any]:
        """Return the outermost variables of an instance."""
        with db.reading(self.database) as connection:
            scopes = db.loads(instances.get(connection, key).variables)
        return dict(next(iter(scopes.values()), {}))

    def flows(self) -> set[str]:
        """Return the sequence flows taken so far by the case and the processes beside it."""
        return {entry[1] for entry in self._entries() if entry[0] == "flow"}

    def rules(self) -> set[tuple[str, str]]:
        """Return the rules of decision tables that have matched so far, each with its decision."""
        return {rule for entry in self._entries() if entry[0] == "decide" for rule in coverage.matched(entry[4])}

    def path(self) -> list[str]:
        """Return the elements that have completed so far, in order."""
        return [entry[1] for entry in self._entries() if entry[0] == "leave"]

    def facts(self) -> dict[str, Any]:
        """Return what scenarios expect: of the instance, and if it is a case, of what it issued and told."""
        with db.reading(self.database) as connection:
            facts = {
                "instance": instances.get(connection, self.number).state,
                "beside": self._beside(connection),
                "tasks": [row.element for row in self._open(connection)],
                "due": {row.element: _last_day(row.due_at) for row in self._open(connection)},
                "posts": {row.element: _posts(connection, row.id) for row in self._open(connection)},
            }
            if not self.plain:
                facts |= _of_case(connection, cases.get(connection, self.number))
        return facts | {"path": self.path(), "variables": self.variables(self.number)}

    def broken(self) -> audit.Break | None:
        """Return the first audit event of the case or a process beside it that does not hold."""
        with db.reading(self.database) as connection:
            rows = connection.execute(
                sa.select(audit.audit_head).where(audit.audit_head.c.stream.startswith(self.number))
            ).all()
            found = (audit.verify(connection, audit.Head(row.stream, row.seq, row.hash)) for row in rows)
            return next((wrong for wrong in found if wrong is not None), None)

    def confirm(self, receiver: str) -> None:
        """Let a receiver confirm the case's pushes."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            case = cases.get(connection, self.number)
            for row in push.of(connection, case.id):
                if row.receiver == receiver:
                    outbox.receive(connection, audit.Actor(receiver), row.id)

    # -- within

    def _entries(self) -> list[Any]:
        with db.reading(self.database) as connection:
            event = audit.audit_event.c
            bodies = connection.execute(
                sa.select(event.details).where(event.stream.startswith(self.number)).order_by(event.id)
            ).scalars()
            return [entry for body in bodies for entry in body.get("steps", [])]

    def _name(self, connection: Connection, task: Any, post: str) -> str:
        """Call who works by the post; where the step wants somebody else than before, a colleague."""
        named = (task.properties.get("excluded", ""), task.properties.get("distinct_persons", ""))
        others = any("element:" in name or name in self.entered for name in named) or "keeps_out" in task.properties
        if self.staffed:
            return self._holder(connection, post, but=self.workers if others else ())
        return f"{post} {len(self.entered)}" if others else post

    def _holder(self, connection: Connection, post: str, but: Collection[str] = ()) -> str:
        """Return who of the town holds a post, if it can be somebody new; without a town's persons, the post."""
        if not self.staffed:
            return post.partition("@")[0]
        held = [str(row.id) for row in people.holders(connection, post)]
        return next((name for name in held if name not in but), held[0])

    def _beside(self, connection: Any) -> dict[str, str]:
        process = definitions.definition.c.process_id
        rows = connection.execute(
            sa.select(process, steps.instance.c.state)
            .join(definitions.definition, definitions.definition.c.id == steps.instance.c.definition_id)
            .where(steps.instance.c.business_key.startswith(f"{self.number}-"))
            .order_by(steps.instance.c.id)
        )
        return {row.process_id: row.state for row in rows}

    def _open(self, connection: Any) -> list[Any]:
        rows = connection.execute(
            sa.select(tasks.task)
            .where(tasks.task.c.business_key.startswith(self.number), tasks.task.c.state == "open")
            .order_by(tasks.task.c.id)
        )
        return list(rows)

    def _task(self, connection: Any, element: str, by: str | None = None) -> Any:
        found = [row for row in self._open(connection) if row.element == element]
        found = [row for row in found if by in _posts(connection, row.id)] or found
        if not found:
            raise Stuck(
                f"no open task {element}, but {[row.element for row in self._open(connection)]}; done: {self.entered}"
            )
        return found[0]

    def _filled(self, connection: Any, task: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """Type the values into the form as a browser would and return what the form hands on."""
        schema = tasks.form(connection, task)
        if schema is None:
            return dict(given)  # a task without a form hands on what it is given
        named = {key: self.before if value == "$before" else value for key, value in given.items()}
        bound = entering.bound(schema, named, tasks.context(connection, task))
        if not bound.validate():
            raise Stuck(f"the form of {task.element} refuses: {bound.errors}")
        return bound.values


def _of_case(connection: Connection, case: Any) -> dict[str, Any]:
    return {
        "state": case.state,
        "outcome": case.outcome,
        "deemed": case.deemed,
        "accepted": _day(case.accepted_at),
        "documents": [row.kind for row in document.of(connection, case.id)],
        "deadlines": {row.period: _clock(row) for row in deadline.of(connection, case.id)},
        "notices": [row.message for row in reversed(notice.of(connection, case.id))],
        "pushes": [f"{row.receiver} {row.purpose}" for row in push.of(connection, case.id)],
        "clocks": _event_clocks(connection, case),
        "supervisions": [f"{row.level} {row.reason}" for row in supervision.of(connection, case.id)],
        "supervised": [
            f"{row.level} {row.target} {row.facts['period']}"  # who was told of which clock, and has still to see to it
            for row in reversed(supervision.of(connection, case.id))
            if row.closed_at is None and "period" in row.facts
        ],
        "visits": case.visits,
    }


def _with_photos(connection: Connection, actor: audit.Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put a photo that was just taken in the place of ``$photo``."""
    found = dict(given)
    for name, value in given.items():
        if value == "$photo":
            content = io.BytesIO(PICTURE + f"{actor.id} {clock.now()}".encode())
            found[name] = [files.store(connection, content, "photo.png", actor).id]
    return found


def _settled(connection: Connection, actor: audit.Actor, given: Mapping[str, Any]) -> reporting.Settled:
    """Return what was done before the report: ``note``, ``signed`` and ``photos``."""
    found = _with_photos(connection, actor, given)
    return reporting.Settled(**{**found, "photos": [photo.Taken(one) for one in found.get("photos", ())]})


def _last_day(moment: datetime | None) -> str | None:
    return counting.last_day(moment).isoformat() if moment else None


def _posts(connection: Connection, task_id: int) -> list[str]:
    candidate = offers.candidate.c
    query = sa.select(candidate.name).where(candidate.task_id == task_id).order_by(candidate.name)
    return list(connection.execute(query).scalars())


def _out_of_order(job: handlers.Job) -> None:
    raise OSError("out of order")


def _day(moment: datetime | None) -> str | None:
    return clock.day(moment).isoformat() if moment else None


def _event_clocks(connection: Connection, case: Any) -> dict[str, str]:
    """Return when the two clocks of a grid event run out, to the minute: the case clock and the earliest step."""
    if case.kind != standing.GRID:
        return {}
    me = grid_event.of(connection, case.id)
    ends = {"case": me.due_at, "step": me.step_due_at}
    return {name: f"{end.astimezone(clock.TOWN):%Y-%m-%dT%H:%M}" if end else "" for name, end in ends.items()}


def _clock(row: Any) -> str:
    """Return the last day of a period with its state: ``2026-03-11 open``; a stopped clock has no last day."""
    return f"{row.due_on} {row.state}" if row.due_on else str(row.state)
