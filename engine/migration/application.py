"""A plan applied: every living instance looked at, those that fit moved one by one, and moved back when undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, definitions, errors, jobs
from engine.errors import N_
from engine.flow import steps
from engine.handling import reasons
from engine.migration import rows
from engine.migration.course import Course, course, groups, look, move
from engine.migration.plan import change, get, locked, migration_plan, record, require_revision

migration = sa.Table(
    "migration",
    db.metadata,
    sa.Column("plan_id", sa.ForeignKey(migration_plan.c.id), primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id), primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("findings", db.Json, nullable=False),
    sa.Column("before", db.Json),
    sa.Column("at", db.Utc),
    sa.Index(None, "plan_id", "state", "instance_id"),
    sa.Index(None, "instance_id"),
    sa.CheckConstraint(
        "state IN ('unchecked', 'fits', 'refused', 'waiting', 'migrated', 'returning', 'returned')", name="state_known"
    ),
)
"""``before``: where tokens and done tasks stood whose elements got other ids; the way back needs it."""

KEPT = ("waiting", "migrated", "returning", "returned")
BATCH = 100
"""Instances looked at in one transaction."""

OVER = N_("The case is over.")
NOTHING = N_("Nothing is to be done: the plan passes over it.")
ELSEWHERE = N_("The case runs on another version by now.")

Entry = dict[str, Any]


def check(connection: Connection, actor: audit.Actor, plan_id: int, revision: int) -> sa.Row[Any]:
    """Begin to look at every living instance of the source version; jobs do it, nothing is moved.

    Raises
    ------
    PlanUnknown, PlanEnded, PlanChanged
        As :func:`engine.migration.plan.save`.
    """
    plan = locked(connection, plan_id, "open", "applied")
    require_revision(plan, revision)
    mine = migration.c.plan_id == plan_id
    connection.execute(sa.delete(migration).where(mine, migration.c.state.not_in(KEPT)))
    living = sa.select(
        sa.literal(plan_id), steps.instance.c.id, sa.literal("unchecked"), sa.literal([], db.Json)
    ).where(
        steps.instance.c.definition_id.in_(_definition_ids(plan.source_id)),
        steps.instance.c.ended_at.is_(None),
        steps.instance.c.id.not_in(sa.select(migration.c.instance_id).where(mine)),
    )
    connection.execute(sa.insert(migration).from_select(["plan_id", "instance_id", "state", "findings"], living))
    plan = change(connection, plan_id, checked_at=None)
    _look_on(connection, plan, [actor.id, actor.on_behalf_of])
    return plan


def _definition_ids(deployment_id: int) -> sa.Select[Any]:
    table = definitions.definition
    return sa.select(table.c.id).where(table.c.deployment_id == deployment_id)


def _look_on(connection: Connection, plan: sa.Row[Any], actor: Sequence[str | None]) -> None:
    payload = {"plan": plan.id, "revision": plan.revision, "actor": list(actor)}
    jobs.add(connection, "plan_check", clock.now(), payload)


@jobs.runs("plan_check")
def _check_some(connection: Connection, job: sa.Row[Any]) -> None:
    """Look at the next instances; the last batch says what was found."""
    plan = get(connection, job.payload["plan"], lock=True)
    if plan.state not in ("open", "applied") or plan.revision != job.payload["revision"]:
        return
    todo = sa.select(steps.instance).join(migration, migration.c.instance_id == steps.instance.c.id)
    todo = todo.where(migration.c.plan_id == plan.id, migration.c.state == "unchecked")
    found = connection.execute(todo.order_by(steps.instance.c.id).limit(BATCH)).all()
    way, known = course(connection, plan), groups(connection)
    for row in found:
        findings = _gone(row, way) or look(connection, way, row, known).findings
        state = "refused" if bpmn.refusing(findings) else "fits"
        _note(connection, plan.id, row.id, state, findings)
    if len(found) == BATCH:
        _look_on(connection, plan, job.payload["actor"])
        return
    change(connection, plan.id, checked_at=clock.now())
    counts = progress(connection, plan.id)
    told = {state: counts.get(state, 0) for state in ("fits", "refused")}
    record(connection, audit.Actor(*job.payload["actor"]), "migration.checked", plan, **told)


def _gone(row: sa.Row[Any], way: Course) -> list[bpmn.Finding]:
    if row.ended_at is not None:
        return [bpmn.Finding("", OVER, NOTHING)]
    return [] if row.definition_id in way.source_ids else [bpmn.Finding("", ELSEWHERE, NOTHING)]


def apply(
    connection: Connection, actor: audit.Actor, plan_id: int, revision: int, reason: str, only: Sequence[str] = ()
) -> int:
    """Let every instance that fits, or of these those in ``only``, be moved by a job of its own; return how many.

    Raises
    ------
    PlanUnknown, PlanEnded, PlanChanged
        As :func:`engine.migration.plan.save`.
    PlanOwn
        If the actor had a hand in the plan.
    PlanUnchecked, PlanNothingFits, PlanCasesUnfit, ReasonMissing
        If there is nothing to apply, or no reason to.
    """
    plan = locked(connection, plan_id, "open", "applied")
    require_revision(plan, revision)
    why = reasons.given(reason)
    if actor.id in plan.authors:
        raise errors.PlanOwn
    if plan.checked_at is None:
        raise errors.PlanUnchecked
    chosen = _fitting(connection, plan_id, only)
    _send(connection, actor, plan_id, "migrate", "waiting", chosen, why)
    plan = change(connection, plan_id, state="applied", reason=why, applied_by=actor.id, applied_at=clock.now())
    record(connection, actor, "migration.applied", plan, instances=len(chosen), reason=why)
    return len(chosen)


def _fitting(connection: Connection, plan_id: int, only: Sequence[str]) -> list[int]:
    query = sa.select(steps.instance.c.id, steps.instance.c.business_key).join(
        migration, migration.c.instance_id == steps.instance.c.id
    )
    query = query.where(migration.c.plan_id == plan_id, migration.c.state == "fits").order_by(steps.instance.c.id)
    found = {row.business_key: row.id for row in connection.execute(query)}
    strange = [key for key in only if key not in found]
    if strange:
        raise errors.PlanCasesUnfit(cases=", ".join(strange[:20]))
    if not found:
        raise errors.PlanNothingFits
    return [id for key, id in found.items() if not only or key in only]


def _send(
    connection: Connection, actor: audit.Actor, plan_id: int, kind: str, state: str, chosen: Sequence[int], reason: str
) -> None:
    sent = {"plan": plan_id, "actor": [actor.id, actor.on_behalf_of], "reason": reason}
    for instance_id in chosen:
        _note(connection, plan_id, instance_id, state, [])
        jobs.add(connection, kind, clock.now(), {**sent, "instance": instance_id})


@jobs.runs("migrate")
def _migrate(connection: Connection, job: sa.Row[Any]) -> None:
    """Look again, now that nobody else can act on the instance, and move it; else leave it where it is."""
    said = job.payload
    row = steps.lock(connection, said["instance"])
    plan, entry = get(connection, said["plan"]), _entry(connection, said["plan"], row.id)
    if entry is None or entry.state != "waiting":
        return
    way = course(connection, plan)
    findings = _gone(row, way)
    fit = look(connection, way, row, groups(connection)) if not findings else None
    if fit is None or not fit.fits:
        _note(connection, plan.id, row.id, "refused", findings if fit is None else fit.findings)
        return
    move(
        connection, audit.Actor(*said["actor"]), way, row, fit, "instance.migrated", plan=plan.id, reason=said["reason"]
    )
    placed = {str(token): element for token, element in fit.placed.items()}
    before = {"tokens": placed, "tasks": rows.rename(connection, row.business_key, way.renamed)}
    _note(connection, plan.id, row.id, "migrated", fit.findings, before)


def undo(connection: Connection, actor: audit.Actor, plan_id: int, reason: str) -> int:
    """Let every instance that was moved go back by a job of its own, if it still can; return how many may.

    Raises
    ------
    PlanUnknown, PlanEnded, PlanOwn, ReasonMissing
        As :func:`apply`.
    """
    plan = locked(connection, plan_id, "applied", "undone")
    why = reasons.given(reason)
    if actor.id in plan.authors:
        raise errors.PlanOwn
    mine = migration.c.plan_id == plan_id
    connection.execute(sa.update(migration).where(mine, migration.c.state == "waiting").values(state="fits"))
    moved = sa.select(migration.c.instance_id).where(mine, migration.c.state == "migrated")
    chosen = connection.execute(moved.order_by(migration.c.instance_id)).scalars().all()
    _send(connection, actor, plan_id, "unmigrate", "returning", chosen, why)
    plan = change(connection, plan_id, state="undone", ended_by=actor.id, ended_at=clock.now())
    record(connection, actor, "migration.undone", plan, instances=len(chosen), reason=why)
    return len(chosen)


@jobs.runs("unmigrate")
def _return(connection: Connection, job: sa.Row[Any]) -> None:
    said = job.payload
    row = steps.lock(connection, said["instance"])
    plan, entry = get(connection, said["plan"]), _entry(connection, said["plan"], row.id)
    if entry is None or entry.state != "returning":
        return
    way, before = course(connection, plan, back=True), entry.before or {"tokens": {}, "tasks": {}}
    placed = {int(token): element for token, element in before["tokens"].items()}
    findings = _gone(row, way)
    fit = look(connection, way, row, groups(connection), placed) if not findings else None
    if fit is None or not fit.fits:
        _note(connection, plan.id, row.id, "migrated", findings if fit is None else fit.findings)
        return
    move(
        connection, audit.Actor(*said["actor"]), way, row, fit, "instance.migrated_back",
        plan=plan.id, reason=said["reason"],
    )  # fmt: skip
    rows.rename(connection, row.business_key, way.renamed)
    rows.restore(connection, row.business_key, before["tasks"])
    _note(connection, plan.id, row.id, "returned", fit.findings)


# -- what is told of it


def progress(connection: Connection, plan_id: int) -> dict[str, int]:
    """Return how many instances are in each state."""
    query = sa.select(migration.c.state, sa.func.count()).where(migration.c.plan_id == plan_id)
    return {row[0]: row[1] for row in connection.execute(query.group_by(migration.c.state))}


def entries(
    connection: Connection, plan_id: int, states: Sequence[str], *, after: int = 0, limit: int = 100
) -> Sequence[sa.Row[Any]]:
    """Return instances of a plan in some states with ``business_key``, state, findings, in the order of their keys."""
    query = sa.select(migration, steps.instance.c.business_key).join(
        steps.instance, steps.instance.c.id == migration.c.instance_id
    )
    query = query.where(migration.c.plan_id == plan_id, migration.c.state.in_(states), migration.c.instance_id > after)
    return connection.execute(query.order_by(migration.c.instance_id).limit(limit)).all()


def obstacles(connection: Connection, plan_id: int) -> list[tuple[Mapping[str, Any], int]]:
    """Return what keeps instances where they are, each finding once with how many it keeps, the most frequent first."""
    query = sa.select(migration.c.findings).where(migration.c.plan_id == plan_id, migration.c.state == "refused")
    counts: dict[str, int] = {}
    for findings in connection.execute(query).scalars():
        for finding in findings:
            key = db.dumps(finding)
            counts[key] = counts.get(key, 0) + 1
    return [(db.loads(key), count) for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _entry(connection: Connection, plan_id: int, instance_id: int) -> sa.Row[Any] | None:
    """Return the entry of an instance, locked: who undoes the plan meanwhile waits and then sees what came of it."""
    mine = migration.c.plan_id == plan_id, migration.c.instance_id == instance_id
    return connection.execute(sa.select(migration).where(*mine).with_for_update()).one_or_none()


def _note(
    connection: Connection,
    plan_id: int,
    instance_id: int,
    state: str,
    findings: Sequence[bpmn.Finding],
    before: Mapping[str, Any] | None = None,
) -> None:
    values: Entry = {"state": state, "findings": [_stored(finding) for finding in findings], "at": clock.now()}
    if before is not None:
        values["before"] = dict(before)
    mine = migration.c.plan_id == plan_id, migration.c.instance_id == instance_id
    connection.execute(sa.update(migration).where(*mine).values(**values))


def _stored(finding: bpmn.Finding) -> dict[str, Any]:
    return asdict(finding) | {"facts": {name: str(value) for name, value in finding.facts.items()}}
