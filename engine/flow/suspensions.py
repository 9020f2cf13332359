"""The suspension: an instance in which nothing happens, or a definition of which no instance begins, until resumed.

How definitions are suspended with all that runs on them says :mod:`engine.flow.standstills`.
Nothing is lost meanwhile: a job of what is suspended is held by its suspension and runs late, and once, when that is
lifted (:mod:`engine.jobs`). Periods of the law run on; only their own special procedures stop them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, definitions, errors
from engine.flow import steps
from engine.handling import reasons

suspension = sa.Table(
    "suspension",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id)),
    sa.Column("definition_id", sa.ForeignKey(definitions.definition.c.id)),
    sa.Column("part_of", sa.ForeignKey("suspension.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("suspended_at", db.Utc, nullable=False),
    sa.Column("suspended_by", sa.String(80), nullable=False),
    sa.UniqueConstraint("instance_id"),
    sa.UniqueConstraint("definition_id"),
    sa.Index(None, "part_of"),
    sa.CheckConstraint("(instance_id IS NULL) <> (definition_id IS NULL)", name="of_one_thing"),
    sa.CheckConstraint("part_of IS NULL OR instance_id IS NOT NULL", name="instances_are_parts"),
)
"""What is suspended now; ``part_of`` is the definition's suspension that an instance's came with."""

_followers: list[Callable[[Connection], None]] = []


def follows(follower: Callable[[Connection], None]) -> Callable[[Connection], None]:
    """Register what is called when something has been resumed, in its transaction."""
    _followers.append(follower)
    return follower


def suspend(connection: Connection, actor: audit.Actor, instance_id: int, reason: str) -> sa.Row[Any]:
    """Let nothing happen in an instance until it is resumed; return the suspension.

    Raises
    ------
    InstanceUnknown, ReasonMissing
    InstanceSuspended, InstanceNotActive
        If it is suspended already, or over.
    """
    why = reasons.given(reason)
    row = steps.lock(connection, instance_id)
    steps.require_active(row)
    return stop(connection, actor, row, why, None)


def resume(connection: Connection, actor: audit.Actor, instance_id: int, reason: str) -> None:
    """Let a suspended instance go on; what fell due meanwhile runs at once.

    Raises
    ------
    InstanceUnknown, ReasonMissing
    NotSuspended
        If it is not suspended.
    """
    why = reasons.given(reason)
    row = steps.lock(connection, instance_id)
    kept = of(connection, instance_id)
    if kept is None:
        raise errors.NotSuspended
    go_on(connection, actor, row, kept, why)


def of(connection: Connection, instance_id: int) -> sa.Row[Any] | None:
    """Return the suspension of an instance, if it is suspended."""
    return connection.execute(sa.select(suspension).where(suspension.c.instance_id == instance_id)).one_or_none()


def of_definition(connection: Connection, definition_id: int) -> sa.Row[Any] | None:
    """Return the suspension of a definition, if it is suspended."""
    return connection.execute(sa.select(suspension).where(suspension.c.definition_id == definition_id)).one_or_none()


def holding(error: errors.Suspended) -> sa.ScalarSelect[int]:
    """Return the query of the suspension that an error came from; it finds nothing once that has been lifted."""
    of_what = suspension.c.instance_id if "instance" in error.facts else suspension.c.definition_id
    key = error.facts.get("instance") or error.facts["definition"]
    return sa.select(suspension.c.id).where(of_what == key).scalar_subquery()


def stop(connection: Connection, actor: audit.Actor, row: sa.Row[Any], reason: str, part_of: int | None) -> sa.Row[Any]:
    """Suspend a locked instance, alone or as part of its definition's suspension."""
    kept = insert(connection, actor, reason, instance_id=row.id, part_of=part_of)
    _set_state(connection, row, "suspended")
    audit.record(connection, row.business_key, audit.Event("instance.suspended", actor, details={"reason": reason}))
    return kept


def go_on(connection: Connection, actor: audit.Actor, row: sa.Row[Any], kept: sa.Row[Any], reason: str) -> None:
    """Lift the suspension of a locked instance."""
    connection.execute(sa.delete(suspension).where(suspension.c.id == kept.id))
    _set_state(connection, row, "active")
    details = {"reason": reason, "since": kept.suspended_at.isoformat()}
    audit.record(connection, row.business_key, audit.Event("instance.resumed", actor, details=details))
    tell(connection)


def _set_state(connection: Connection, row: sa.Row[Any], state: str) -> None:
    changed = sa.update(steps.instance).where(steps.instance.c.id == row.id)
    connection.execute(changed.values(state=state, revision=row.revision + 1))


def insert(connection: Connection, actor: audit.Actor, reason: str, **of_what: int | None) -> sa.Row[Any]:
    """Note a suspension of an instance or a definition."""
    values = {**of_what, "reason": reason, "suspended_at": clock.now(), "suspended_by": actor.id}
    return connection.execute(sa.insert(suspension).values(values).returning(suspension)).one()


def tell(connection: Connection) -> None:
    """Tell those who follow that something has been resumed."""
    for follower in _followers:
        follower(connection)
