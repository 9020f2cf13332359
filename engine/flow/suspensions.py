"""The suspension: an instance in which nothing happens, or a definition of which no instance begins, until resumed.

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
    return _suspend(connection, actor, row, why, None)


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
    _resume(connection, actor, row, kept, why)


def suspend_definition(
    connection: Connection, actor: audit.Actor, definition_id: int, reason: str, *, with_instances: bool
) -> int:
    """Let no instance of a definition begin, and with ``with_instances`` suspend those that run; return how many.

    Raises
    ------
    DefinitionUnknown, ReasonMissing
    DefinitionSuspended
        If it is suspended already.
    """
    why = reasons.given(reason)
    row = definitions.get(connection, definition_id)
    if of_definition(connection, definition_id) is not None:
        raise errors.DefinitionSuspended(process=row.process_id, definition=row.id)
    kept = _insert(connection, actor, why, definition_id=definition_id)
    _mark(connection, definition_id, suspended=True)
    running = _with_state(connection, definition_id, "active") if with_instances else []
    for instance_id in running:
        _suspend(connection, actor, steps.lock(connection, instance_id), why, kept.id)
    details = {"definition": row.id, "version": row.version, "instances": len(running), "reason": why}
    _record(connection, actor, "definition.suspended", row, details)
    return len(running)


def resume_definition(connection: Connection, actor: audit.Actor, definition_id: int, reason: str) -> int:
    """Let instances begin again and resume those that were suspended with the definition; return how many.

    Raises
    ------
    DefinitionUnknown, ReasonMissing
    NotSuspended
        If it is not suspended.
    """
    why = reasons.given(reason)
    row = definitions.get(connection, definition_id)
    kept = of_definition(connection, definition_id)
    if kept is None:
        raise errors.NotSuspended
    parts = connection.execute(
        sa.select(suspension).where(suspension.c.part_of == kept.id).order_by(suspension.c.instance_id)
    ).all()
    for part in parts:
        _resume(connection, actor, steps.lock(connection, part.instance_id), part, why)
    connection.execute(sa.delete(suspension).where(suspension.c.id == kept.id))
    _mark(connection, definition_id, suspended=False)
    details = {"definition": row.id, "version": row.version, "instances": len(parts), "reason": why}
    _record(connection, actor, "definition.resumed", row, details)
    _tell(connection)
    return len(parts)


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


def _with_state(connection: Connection, definition_id: int, state: str) -> list[int]:
    """Return the instances of a definition in the order of their keys: all who lock several lock them so."""
    query = sa.select(steps.instance.c.id).where(
        steps.instance.c.definition_id == definition_id, steps.instance.c.state == state
    )
    return list(connection.execute(query.order_by(steps.instance.c.id)).scalars())


def _suspend(
    connection: Connection, actor: audit.Actor, row: sa.Row[Any], reason: str, part_of: int | None
) -> sa.Row[Any]:
    kept = _insert(connection, actor, reason, instance_id=row.id, part_of=part_of)
    _set_state(connection, row, "suspended")
    audit.record(connection, row.business_key, audit.Event("instance.suspended", actor, details={"reason": reason}))
    return kept


def _resume(connection: Connection, actor: audit.Actor, row: sa.Row[Any], kept: sa.Row[Any], reason: str) -> None:
    connection.execute(sa.delete(suspension).where(suspension.c.id == kept.id))
    _set_state(connection, row, "active")
    details = {"reason": reason, "since": kept.suspended_at.isoformat()}
    audit.record(connection, row.business_key, audit.Event("instance.resumed", actor, details=details))
    _tell(connection)


def _set_state(connection: Connection, row: sa.Row[Any], state: str) -> None:
    changed = sa.update(steps.instance).where(steps.instance.c.id == row.id)
    connection.execute(changed.values(state=state, revision=row.revision + 1))


def _insert(connection: Connection, actor: audit.Actor, reason: str, **of_what: int | None) -> sa.Row[Any]:
    values = {**of_what, "reason": reason, "suspended_at": clock.now(), "suspended_by": actor.id}
    return connection.execute(sa.insert(suspension).values(values).returning(suspension)).one()


def _mark(connection: Connection, definition_id: int, *, suspended: bool) -> None:
    table = definitions.definition
    connection.execute(sa.update(table).where(table.c.id == definition_id).values(suspended=suspended))


def _record(connection: Connection, actor: audit.Actor, action: str, row: sa.Row[Any], details: dict[str, Any]) -> None:
    audit.record(
        connection, definitions.STREAM, audit.Event(action, actor, row.process_id, details, definition_hash=row.hash)
    )


def _tell(connection: Connection) -> None:
    for follower in _followers:
        follower(connection)
