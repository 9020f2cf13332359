"""Walks a scenario of a process package: opens a case, fills in every task's form, lets time pass, records the way.

A scenario is a YAML file in the package's folder ``scenarios``::

    title: what happens, in one sentence
    item: GL-SCJ-001                     # the case is opened for this item of the demo town …
    open: {channel: 窗口, window: W03}
    steps:
      - A1: {field.path: value}          # complete the open task A1; ``_usual.yaml`` says what is entered else
      - message: material.supplemented   # publish a message under the case number
        with: {…}
      - begins: licence.change_opened    # publish a message that begins another process beside the case
        with: {…}
      - asks: {complain: 态度差}          # ask it of the case as on its page, with the reason
        with: {…}
      - receipt: grid                    # the receiver confirms its push
      - setting: {lacking_expiry: withdrawn}   # the town reads the law the other way from now on
      - fails: document.issue            # complete the task ``at`` while this service is out of order
        at: A2
      - wait: 6                          # let so many days pass (or ``until: 2026-03-09T12:00``)
      - see: {tasks: […], deadlines: {…}}   # what is true half-way; the same words as ``expect``
    expect: {outcome: …, state: …, documents: […], deadlines: {…}, notices: […]}

``$received: all`` (or a list of codes that are missing) ticks the rows of the list ``materials``; ``$answers`` answers
the questions of the item. What ``see`` and ``expect`` may name: :meth:`Walk.facts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection, Engine

import forms
from engine import (
    audit,
    bpmn,
    clock,
    counting,
    db,
    definitions,
    handlers,
    incidents,
    instances,
    jobs,
    messages,
    outbox,
    packages,
    steps,
    tasks,
)
from engine.cases import case as cases
from engine.cases import deadline, document, intervention, notice, opening, push, setting, supervision

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "workflows" / "one_window_approval"
SCENARIOS = PACKAGE / "scenarios"
USUAL: dict[str, dict[str, Any]] = yaml.safe_load((SCENARIOS / "_usual.yaml").read_text("utf-8"))
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=clock.TOWN)
APPLICANT = {"kind": "person", "name": "王小明", "phone": "13800138000", "address": "官林镇东虹路1号"}


class Stuck(AssertionError):
    """The scenario cannot go on: no such task, a form refuses, or an incident stands open."""


@dataclass
class Walk:
    """One case on its way."""

    database: Engine
    items: Mapping[str, Mapping[str, Any]]
    number: str = ""
    now: datetime = MORNING
    entered: list[str] = field(default_factory=list)
    broken_down: bool = False

    # -- what people and time do

    def open(self, code: str, given: Mapping[str, Any]) -> None:
        """Open a case of an item."""
        facts = {"applicant": APPLICANT, "channel": "窗口", "window": "W03", **given}
        event = facts.pop("event", None)
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            case, _ = opening.open_case(
                connection,
                audit.Actor("hall.window"),
                cases.Opening(item=opening.item_context(self.items[code]), catalogue_version=1, **facts),
                start_event=event,
            )
        self.number = case.number
        self.work()

    def begin(self, message: str, variables: Mapping[str, Any]) -> None:
        """Let a message begin another process for the same case."""
        known = {**self.variables(self.number), **variables}
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            messages.publish(connection, audit.Actor("clerk"), message, self.number, known)
        self.work()

    def ask(self, key: str, reason: str, given: Mapping[str, Any]) -> None:
        """Ask something of the case besides its tasks."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            intervention.ask(connection, audit.Actor("clerk"), cases.get(connection, self.number), key, reason, given)
        self.work()

    def complete(self, element: str, given: Mapping[str, Any]) -> None:
        """Fill in a task's form as a person of its post and complete it."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            task = self._task(connection, element)
            group = _posts(connection, task.id)
            person = tasks.Candidate(self._name(task, group[-1]), frozenset(group))
            actor = audit.Actor(person.id)
            tasks.claim(connection, actor, person, task.id)
            values = self._filled(connection, task, {**USUAL[element], **given})
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
        with mock.patch.dict(handlers._local, {type_: _out_of_order}):
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
        with db.reading(self.database) as connection:
            bodies = connection.execute(
                sa.select(audit.audit_event.c.details).where(audit.audit_event.c.stream.startswith(self.number))
            ).scalars()
            return {entry[1] for body in bodies for entry in body.get("steps", []) if entry[0] == "flow"}

    def facts(self) -> dict[str, Any]:
        """Return what scenarios expect: of the case, of what it issued and told, and of the processes beside it."""
        with db.reading(self.database) as connection:
            case = cases.get(connection, self.number)
            return {
                "state": case.state,
                "outcome": case.outcome,
                "deemed": case.deemed,
                "accepted": _day(case.accepted_at),
                "instance": instances.get(connection, self.number).state,
                "beside": self._beside(connection),
                "tasks": [row.element for row in self._open(connection)],
                "due": {row.element: _last_day(row.due_at) for row in self._open(connection)},
                "posts": {row.element: _posts(connection, row.id) for row in self._open(connection)},
                "documents": [row.kind for row in document.of(connection, case.id)],
                "deadlines": {row.period: _clock(row) for row in deadline.of(connection, case.id)},
                "notices": [row.message for row in reversed(notice.of(connection, case.id))],
                "pushes": [f"{row.receiver} {row.purpose}" for row in push.of(connection, case.id)],
                "supervisions": [f"{row.level} {row.reason}" for row in supervision.of(connection, case.id)],
                "visits": case.visits,
            }

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

    def _name(self, task: Any, post: str) -> str:
        """Call who works by the post; where the step wants somebody else than before, a colleague."""
        named = (task.properties.get("excluded", ""), task.properties.get("distinct_persons", ""))
        others = any("element:" in name or name in self.entered for name in named)
        return f"{post} {len(self.entered)}" if others else post

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

    def _task(self, connection: Any, element: str) -> Any:
        found = [row for row in self._open(connection) if row.element == element]
        if not found:
            raise Stuck(
                f"no open task {element}, but {[row.element for row in self._open(connection)]}; done: {self.entered}"
            )
        return found[0]

    def _filled(self, connection: Any, task: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """Type the values into the form as a browser would and return what the form hands on."""
        schema = forms.compile(tasks.form(connection, task) or {"components": []})
        seen = tasks.context(connection, task)
        typed = dict(_typed(forms.bind(schema, None, seen, {}).components))
        typed.update(_flat(_rows(given, seen)))
        bound = forms.bind(schema, typed, seen, {}, uploads=lambda _: True)
        if not bound.validate():
            raise Stuck(f"the form of {task.element} refuses: {bound.errors}")
        return bound.values


def _last_day(moment: datetime | None) -> str | None:
    return counting.last_day(moment).isoformat() if moment else None


def _posts(connection: Connection, task_id: int) -> list[str]:
    candidate = tasks.candidate.c
    query = sa.select(candidate.name).where(candidate.task_id == task_id).order_by(candidate.name)
    return list(connection.execute(query).scalars())


def _out_of_order(job: handlers.Job) -> None:
    raise OSError("out of order")


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.TOWN).date().isoformat() if moment else None


def _clock(row: Any) -> str:
    """Return the last day of a period with its state: ``2026-03-11 open``; a stopped clock has no last day."""
    return f"{row.due_on} {row.state}" if row.due_on else str(row.state)


def _typed(parts: Any) -> Iterator[tuple[str, list[str]]]:
    """Return what stands in the fields when the page is opened, as the browser would send it."""
    for part in parts:
        if part.kind in ("group", "dynamiclist"):
            yield from _typed(list(part.inner()))
        elif (
            not part.readonly and part.component.path and part.value not in (None, "", []) and part.kind != "expression"
        ):
            values = part.value if isinstance(part.value, list) else [part.value]
            if part.value is not False:
                yield part.name, [_text(value) for value in values]


def _rows(given: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(given)
    wanted = values.pop("$received", None)
    if wanted is not None:
        for index, row in enumerate(seen.get("materials") or []):
            missing = isinstance(wanted, list) and row["code"] in wanted
            values[f"materials[{index}].received"] = not missing
    answers = values.pop("$answers", {})
    for index, row in enumerate(seen.get("situations") or []):
        if row["id"] in answers:
            values[f"situations[{index}].answer"] = answers[row["id"]]
    return values


def _flat(values: Any, path: str = "") -> dict[str, list[str]]:
    if isinstance(values, Mapping):
        found: dict[str, list[str]] = {}
        for name, value in values.items():
            found |= _flat(value, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(values, list) and values and isinstance(values[0], Mapping):
        found = {}
        for index, value in enumerate(values):
            found |= _flat(value, f"{path}[{index}]")
        return found
    if isinstance(values, list):
        return {path: [_text(value) for value in values]}
    return {path: [] if values is None else [_text(values)]}


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def deploy(database: Engine) -> None:
    """Put the package into force as it lies in the repository."""
    with clock.frozen(MORNING), db.transaction(database) as connection:
        definitions.deploy(connection, audit.Actor("designer"), packages.read(PACKAGE), bpmn.Environment())


def walk(database: Engine, items: Mapping[str, Mapping[str, Any]], scenario: Mapping[str, Any]) -> Walk:
    """Walk a whole scenario."""
    way = Walk(database, items)
    way.open(scenario["item"], scenario.get("open", {}))
    for number, step in enumerate(scenario["steps"], 1):
        try:
            _take(way, step)
        except Stuck as stuck:
            raise Stuck(f"step {number} {step}: {stuck}") from None
    expect(way, scenario["expect"])
    return way


def expect(way: Walk, wanted: Mapping[str, Any]) -> None:
    """Compare facts; of deadlines, due days, posts and the processes beside the case only those named."""
    reached = way.facts()
    for name, value in wanted.items():
        found = reached[name]
        if name in ("deadlines", "beside", "due", "posts"):
            found = {key: found.get(key) for key in value}
        if name == "tasks":
            found, value = sorted(found), sorted(value)
        if found != value:
            raise Stuck(f"{name} is {found}, not {value}")


class _Plain(yaml.SafeLoader):
    """Reads days and moments as the texts they are in forms and variables."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def scenarios() -> dict[str, dict[str, Any]]:
    """Return every scenario of the package by name."""
    return {
        path.stem: yaml.load(path.read_text("utf-8"), _Plain)  # noqa: S506  # a SafeLoader
        for path in sorted(SCENARIOS.glob("*.yaml"))
        if not path.stem.startswith("_")
    }


def _take(way: Walk, step: Any) -> None:
    if isinstance(step, str):
        way.complete(step, {})
    elif "message" in step:
        way.publish(step["message"], step.get("with", {}))
    elif "wait" in step:
        way.wait(way.now + timedelta(days=step["wait"]))
    elif "until" in step:
        way.wait(datetime.fromisoformat(str(step["until"])).replace(tzinfo=clock.TOWN))
    elif "receipt" in step:
        way.confirm(step["receipt"])
    elif "setting" in step:
        way.change(step["setting"])
    elif "fails" in step:
        way.fail(step["fails"], step["at"], step.get("with", {}))
    elif "see" in step:
        expect(way, step["see"])
    elif "asks" in step:
        for key, reason in step["asks"].items():
            way.ask(key, reason, step.get("with", {}))
    elif "begins" in step:
        way.begin(step["begins"], step.get("with", {}))
    else:
        for element, given in step.items():
            way.complete(element, given or {})


def all_flows() -> set[str]:
    """Return every sequence flow drawn in the package."""
    space = "{http://www.omg.org/spec/BPMN/20100524/MODEL}sequenceFlow"
    import xml.etree.ElementTree as ElementTree

    return {
        flow.attrib["id"]
        for path in PACKAGE.glob("*.bpmn")
        for flow in ElementTree.parse(path).iter(space)  # noqa: S314  # our own files
    }
