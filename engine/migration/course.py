"""One instance on its way to another version: looked at, moved, moved back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, tasks
from engine.bpmn.running import effects
from engine.bpmn.running import migration as kernel
from engine.errors import N_
from engine.flow import steps
from engine.migration.plan import Mapped

GroupSource = Callable[[Connection], Set[str] | None]
_group_sources: list[GroupSource] = []

NO_GROUP = N_("“{element}” would be offered to the post {group}, which does not exist here.")
CORRECT = N_("Correct the post in a new version, or set it up first.")
LOOK = N_("Ask that person to look over the form before finishing it.")
TRANSFER = N_("Have it transferred, if others are to do it.")
TYPED = N_("Somebody has begun “{element}”, whose form is another one now: what was typed is kept and shown beside it.")
HELD = N_("“{element}” stays with whoever holds it, although it is offered to others in the other version.")


@dataclass(frozen=True)
class Course:
    """The way of a plan, or back: the definitions on either side by process, and where elements go."""

    sources: Mapping[str, sa.Row[Any]]
    targets: Mapping[str, sa.Row[Any]]
    mapping: Mapped
    timers_anew: bool

    @property
    def source_ids(self) -> frozenset[int]:
        """The definitions that it leads away from."""
        return frozenset(row.id for row in self.sources.values())

    @property
    def renamed(self) -> dict[str, str]:
        """Every element that gets another id."""
        return {a: b for pairs in self.mapping.values() for a, b in pairs.items() if b and a != b}


@dataclass
class Fit:
    """What came of looking: what is to say, and the moved workflow if it may be kept."""

    findings: list[bpmn.Finding]
    workflow: bpmn.Workflow
    target: sa.Row[Any] | None
    placed: Mapping[int, str]

    @property
    def fits(self) -> bool:
        """Whether nothing keeps the instance from moving."""
        return not bpmn.refusing(self.findings)


def knows_groups(source: GroupSource) -> GroupSource:
    """Register who knows the posts that tasks may be offered to; None: they are not checked."""
    _group_sources.append(source)
    return source


def groups(connection: Connection) -> Set[str] | None:
    """Return the posts that tasks may be offered to, None if nobody knows."""
    known = [found for source in _group_sources if (found := source(connection)) is not None]
    return frozenset().union(*known) if known else None


def course(connection: Connection, plan: sa.Row[Any], *, back: bool = False) -> Course:
    """Return the way that a plan describes, or the way back."""
    ends = [_definitions(connection, id) for id in (plan.source_id, plan.target_id)]
    if not back:
        return Course(ends[0], ends[1], plan.mapping, plan.timers_anew)
    mapping: dict[str, dict[str, str]] = {}
    for process, row in ends[1].items():
        if process in ends[0]:
            old, new = (definitions.model(connection, each).nodes[process] for each in (ends[0][process], row))
            mapping[process] = kernel.inverse(old, new, plan.mapping.get(process, {}))
    return Course(ends[1], ends[0], mapping, plan.timers_anew)


def _definitions(connection: Connection, deployment_id: int) -> dict[str, sa.Row[Any]]:
    table = definitions.definition
    found = connection.execute(sa.select(table).where(table.c.deployment_id == deployment_id)).all()
    return {row.process_id: row for row in found}


def look(
    connection: Connection,
    way: Course,
    row: sa.Row[Any],
    known: Set[str] | None,
    placed: Mapping[int, str] | None = None,
) -> Fit:
    """Move an instance in memory and tell what came of it; nothing is written."""
    definition = definitions.get(connection, row.definition_id)
    target = way.targets.get(definition.process_id)
    workflow = bpmn.load(
        definitions.model(connection, definition), row.tokens, row.variables,
        host=steps.host(connection, target or definition, row.id),
    )  # fmt: skip
    before = {token.id: token.task_spec.name for token in workflow.tasks.values()}
    findings = kernel.migrate(
        workflow, _route(connection, way), placed=placed, timers_anew=way.timers_anew, active=row.state == "active"
    )
    if not findings:
        findings = list(_posts(workflow, known)) + list(_remarks(connection, row, way, workflow))
    alive = workflow.tasks
    moved = {id: was for id, was in before.items() if id in alive and alive[id].task_spec.name != was}
    return Fit(findings, workflow, target, moved)


def _route(connection: Connection, way: Course) -> kernel.Route:
    called = {str(row.id): process for process, row in way.sources.items()}

    def route(definition: str, process: str) -> kernel.Target | None:
        if definition and definition not in called:
            return None  # deployed with another package: it stays on its version
        row = way.targets.get(process)
        if row is None:
            return kernel.Target(bpmn.Model({}, {}, {}, {}), process)
        model = definitions.model(connection, row)
        return kernel.Target(model, process, str(row.id) if definition else "", way.mapping.get(process, {}))

    return route


def _changed_tasks(workflow: bpmn.Workflow) -> list[effects.TaskChanged]:
    return [effect for effect in workflow.noted() if isinstance(effect, effects.TaskChanged)]


def _posts(workflow: bpmn.Workflow, known: Set[str] | None) -> Iterator[bpmn.Finding]:
    for effect in _changed_tasks(workflow):
        for group in effect.candidate_groups or ():
            if known is not None and group not in known:
                yield bpmn.Finding(effect.element, NO_GROUP, CORRECT, {"element": effect.name, "group": group})


def _remarks(connection: Connection, row: sa.Row[Any], way: Course, workflow: bpmn.Workflow) -> Iterator[bpmn.Finding]:
    """Say what keeps nobody from moving the case, but should be known before."""
    changed = {effect.token: effect for effect in _changed_tasks(workflow)}
    columns = tasks.task.c
    open_ones = connection.execute(
        sa.select(columns.token, columns.form, columns.definition_id, columns.draft, columns.assignee).where(
            columns.instance_id == row.id, tasks.IS_OPEN
        )
    )
    for task in open_ones.all() if changed else ():
        effect = changed.get(task.token)
        if effect is None:
            continue
        if task.draft and not _same_form(connection, way, task, effect):
            yield bpmn.Finding(effect.element, TYPED, LOOK, {"element": effect.name}, severity="warning")
        if task.assignee and effect.candidate_groups is not None:
            yield bpmn.Finding(effect.element, HELD, TRANSFER, {"element": effect.name}, severity="warning")


def _same_form(connection: Connection, way: Course, task: Any, effect: effects.TaskChanged) -> bool:
    if task.form is None or effect.form is None:
        return bool(task.form == effect.form)
    before = definitions.get(connection, task.definition_id)
    after = way.targets[before.process_id]
    return definitions.form(connection, before, task.form) == definitions.form(connection, after, effect.form)


def move(
    connection: Connection, actor: audit.Actor, way: Course, row: sa.Row[Any], fit: Fit, event: str, **details: Any
) -> None:
    """Write a move that fits: rows, audit event, the instance on its other definition."""
    assert fit.target is not None
    before = definitions.get(connection, row.definition_id)
    step = steps.Step(connection, actor, row, fit.target, fit.workflow)
    details |= {"before": _told(connection, before), "after": _told(connection, fit.target), "renamed": way.renamed}
    steps.finish(step, event, **details)
    on = {"definition_id": fit.target.id}
    if row.state == "suspended":
        on["state"] = "suspended"  # the workflow itself knows only whether it is over
    connection.execute(sa.update(steps.instance).where(steps.instance.c.id == row.id).values(**on))


def _told(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    deployment = definitions.deployment_by_id(connection, row.deployment_id)
    said = {"package": deployment.package, "version": deployment.version}
    return said | {"process": row.process_id, "definition": row.id, "hash": row.hash}
