"""The incident: a token that cannot go on until a person has looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, errors, feel, jobs
from engine.bpmn.running import effects
from engine.flow import steps
from engine.handling import reasons

incident = sa.Table(
    "incident",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id)),
    sa.Column("token", sa.Integer),
    sa.Column("job_id", sa.ForeignKey(jobs.job.c.id, ondelete="SET NULL")),
    sa.Column("element", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.Column("raised_at", db.Utc, nullable=False),
    sa.Column("resolved_at", db.Utc),
    sa.Index(None, "instance_id", "token", "resolved_at"),
    sa.Index(None, "job_id"),
    sa.CheckConstraint("(instance_id IS NULL) = (token IS NULL)", name="token_of_instance"),
)
"""``job_id`` is the job that failed for good, where it is not the token that stands still; a delivery has no token."""


@steps.writes(effects.Incident)
def _raise(step: steps.Step, raised: list[effects.Incident]) -> None:
    rows = [
        {
            "instance_id": step.instance_id,
            "token": effect.token,
            "element": effect.element,
            "kind": effect.kind,
            "message": effect.message,
            "facts": {name: str(value) for name, value in effect.facts.items()},
            "raised_at": clock.now(),
        }
        for effect in raised
    ]
    step.connection.execute(sa.insert(incident), rows)


@steps.writes(effects.Moved)
def _follow(step: steps.Step, moved: list[effects.Moved]) -> None:
    for effect in moved:
        mine = incident.c.instance_id == step.instance_id, incident.c.token == effect.token
        step.connection.execute(
            sa.update(incident).where(*mine, incident.c.resolved_at.is_(None)).values(element=effect.after)
        )


@jobs.follows
def _of_job(connection: Connection, row: sa.Row[Any], happened: str) -> None:
    """Raise an incident of a job that has failed for good; resolve it when the job is tried again or not needed."""
    if happened != "failed":
        own = incident.c.job_id == row.id  # a dropped one is named no more, but has a token
        of_token = sa.and_(incident.c.instance_id == row.instance_id, incident.c.token == row.token)
        connection.execute(
            sa.update(incident)
            .where(own if row.token is None else sa.or_(own, of_token), incident.c.resolved_at.is_(None))
            .values(resolved_at=clock.now())
        )
        return
    values = {
        "instance_id": row.instance_id,
        "token": row.token,
        "job_id": row.id,
        "element": _element(connection, row) or row.kind,
        "kind": "JOB_NO_RETRIES",
        "message": row.last_error,
        "facts": {},
        "raised_at": clock.now(),
    }
    connection.execute(sa.insert(incident).values(values))


def _element(connection: Connection, row: sa.Row[Any]) -> str:
    """Return the element that a failed job's token stands at, empty where it is gone or there is none."""
    if row.instance_id is None:
        return ""
    token = _workflow(connection, row.instance_id).tasks.get(row.token)
    return str(token.task_spec.name) if token is not None else ""


@steps.writes(effects.IncidentResolved)
def _resolve(step: steps.Step, resolved: list[effects.IncidentResolved]) -> None:
    step.connection.execute(
        sa.update(incident)
        .where(
            incident.c.instance_id == step.instance_id,
            incident.c.token.in_([effect.token for effect in resolved]),
            incident.c.resolved_at.is_(None),
        )
        .values(resolved_at=clock.now())
    )


def retry(connection: Connection, actor: audit.Actor, incident_id: int, reason: str) -> steps.Step | None:
    """Let the token of an incident try again, or its job, which then runs by itself: no step is returned.

    Raises
    ------
    IncidentUnknown
        If there is none, or it has been resolved.
    InstanceSuspended, InstanceNotActive, ReasonMissing
    """
    why = reasons.given(reason)
    row: sa.Row[Any] | None = connection.execute(
        sa.select(incident).where(incident.c.id == incident_id, incident.c.resolved_at.is_(None))
    ).one_or_none()
    if row is None:
        raise errors.IncidentUnknown()
    if row.job_id is not None:
        jobs.retry(connection, actor, row.job_id, why)
        return None
    instance = steps.lock(connection, row.instance_id)
    return steps.act(
        connection, actor, instance, lambda workflow: workflow.retry(row.token), "incident.retried",
        element=row.element, reason=why,
    )  # fmt: skip


def search(
    connection: Connection, *, resolved: bool = False, below: int | None = None, limit: int = 50
) -> Sequence[sa.Row[Any]]:
    """Return incidents, newest first, each with the ``business_key`` of its instance; ``below`` begins a page."""
    query = (
        sa.select(incident, steps.instance.c.business_key)
        .outerjoin(steps.instance, steps.instance.c.id == incident.c.instance_id)
        .where(incident.c.resolved_at.is_not(None) if resolved else incident.c.resolved_at.is_(None))
    )
    if below is not None:
        query = query.where(incident.c.id < below)
    return connection.execute(query.order_by(incident.c.id.desc()).limit(limit)).all()


def of_instance(connection: Connection, instance_id: int) -> Sequence[sa.Row[Any]]:
    """Return the unresolved incidents of an instance, the oldest first."""
    mine = incident.c.instance_id == instance_id, incident.c.resolved_at.is_(None)
    return connection.execute(sa.select(incident).where(*mine).order_by(incident.c.id)).all()


def get(connection: Connection, incident_id: int) -> tuple[sa.Row[Any], Mapping[str, Any]]:
    """Return an incident, resolved or not, and the variables its token sees now.

    Raises
    ------
    IncidentUnknown
        If there is none.
    """
    row = connection.execute(
        sa.select(incident, steps.instance.c.business_key)
        .outerjoin(steps.instance, steps.instance.c.id == incident.c.instance_id)
        .where(incident.c.id == incident_id)
    ).one_or_none()
    if row is None:
        raise errors.IncidentUnknown()
    if row.resolved_at or row.instance_id is None:
        return row, {}
    return row, feel.to_json(_workflow(connection, row.instance_id).view(row.token))


def _workflow(connection: Connection, instance_id: int) -> bpmn.Workflow:
    found = connection.execute(sa.select(steps.instance).where(steps.instance.c.id == instance_id)).one()
    return steps.load(connection, found)
