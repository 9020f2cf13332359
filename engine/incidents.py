"""The incident: a token that cannot go on until a person has looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, definitions, errors, feel, steps
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


def search(
    connection: Connection, *, resolved: bool = False, below: int | None = None, limit: int = 50
) -> Sequence[sa.Row[Any]]:
    """Return incidents, newest first, each with the ``business_key`` of its instance; ``below`` begins a page."""
    query = (
        sa.select(incident, steps.instance.c.business_key)
        .join(steps.instance, steps.instance.c.id == incident.c.instance_id)
        .where(incident.c.resolved_at.is_not(None) if resolved else incident.c.resolved_at.is_(None))
    )
    if below is not None:
        query = query.where(incident.c.id < below)
    return connection.execute(query.order_by(incident.c.id.desc()).limit(limit)).all()


def get(connection: Connection, incident_id: int) -> tuple[sa.Row[Any], Mapping[str, Any]]:
    """Return an incident, resolved or not, and the variables its token sees now.

    Raises
    ------
    IncidentUnknown
        If there is none.
    """
    row = connection.execute(
        sa.select(incident, steps.instance.c.business_key)
        .join(steps.instance, steps.instance.c.id == incident.c.instance_id)
        .where(incident.c.id == incident_id)
    ).one_or_none()
    if row is None:
        raise errors.IncidentUnknown()
    return row, {} if row.resolved_at else _seen(connection, row)


def _seen(connection: Connection, row: sa.Row[Any]) -> Mapping[str, Any]:
    found = connection.execute(sa.select(steps.instance).where(steps.instance.c.id == row.instance_id)).one()
    definition = definitions.get(connection, found.definition_id)
    workflow = bpmn.load(
        definitions.model(connection, definition),
        found.tokens,
        found.variables,
        host=steps.host(connection, definition),
    )
    return feel.to_json(workflow.view(row.token))  # type: ignore[no-any-return]
