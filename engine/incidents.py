"""The incident: a token that cannot go on until a person has looked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, steps
from engine.bpmn import effects

incident = sa.Table(
    "incident",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id), nullable=False),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("element", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.Column("raised_at", db.Utc, nullable=False),
    sa.Column("resolved_at", db.Utc),
    sa.Index(None, "instance_id", "token", "resolved_at"),
)


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


def retry(connection: Connection, actor: audit.Actor, incident_id: int, reason: str) -> steps.Step:
    """Let the token of an incident try again.

    Raises
    ------
    IncidentUnknown
        If there is none, or it has been resolved.
    """
    row: sa.Row[Any] | None = connection.execute(
        sa.select(incident).where(incident.c.id == incident_id, incident.c.resolved_at.is_(None))
    ).one_or_none()
    if row is None:
        raise errors.IncidentUnknown()
    instance = steps.lock(connection, row.instance_id)
    return steps.act(
        connection, actor, instance, lambda workflow: workflow.retry(row.token), "incident.retried",
        element=row.element, reason=reason,
    )  # fmt: skip
