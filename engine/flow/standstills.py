"""The standstill: a definition of which no instance begins, and those that run stand still with it if wanted.

Instances stand still and go on in batches: the first in the transaction of whoever decides, the others in one job each,
which looks again whether that still holds. So thousands of them never keep everybody else waiting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, definitions, errors, jobs
from engine.flow import steps, suspensions
from engine.flow.suspensions import suspension
from engine.handling import reasons

BATCH = 200
"""How many instances one transaction suspends or resumes: a few tenths of a second."""


class Pending(NamedTuple):
    """How many instances of a definition still have to stand still, and how many to go on."""

    suspend: int = 0
    resume: int = 0


def suspend(
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
    if suspensions.of_definition(connection, definition_id) is not None:
        raise errors.DefinitionSuspended(process=row.process_id, definition=row.id)
    kept = suspensions.insert(connection, actor, why, definition_id=definition_id)
    definitions.mark(connection, definition_id, suspended=True)
    running = _running(connection, definition_id) if with_instances else []
    said = {
        "definition": definition_id,
        "part_of": _named(kept),
        "actor": [actor.id, actor.on_behalf_of],
        "reason": why,
    }
    _in_batches(connection, "suspend", said, running)
    details = {"definition": row.id, "version": row.version, "instances": len(running), "reason": why}
    _record(connection, actor, "definition.suspended", row, details)
    return len(running)


def resume(connection: Connection, actor: audit.Actor, definition_id: int, reason: str) -> int:
    """Let instances begin again and resume those that were suspended with the definition; return how many.

    Raises
    ------
    DefinitionUnknown, ReasonMissing
    NotSuspended
        If it is not suspended.
    """
    why = reasons.given(reason)
    row = definitions.get(connection, definition_id)
    kept = suspensions.of_definition(connection, definition_id)
    if kept is None:
        raise errors.NotSuspended
    mine = suspension.c.part_of == kept.id
    parts = connection.execute(sa.select(suspension).where(mine).order_by(suspension.c.instance_id)).all()
    connection.execute(sa.update(suspension).where(mine).values(part_of=None))
    connection.execute(sa.delete(suspension).where(suspension.c.id == kept.id))
    definitions.mark(connection, definition_id, suspended=False)
    said = {"definition": definition_id, "actor": [actor.id, actor.on_behalf_of], "reason": why}
    _in_batches(connection, "resume", said, [_named(part) for part in parts])
    details = {"definition": row.id, "version": row.version, "instances": len(parts), "reason": why}
    _record(connection, actor, "definition.resumed", row, details)
    suspensions.tell(connection)
    return len(parts)


def pending(connection: Connection) -> dict[int, Pending]:
    """Return what the batches still have to do, by definition; one that has failed for good counts as well."""
    query = sa.select(jobs.job.c.kind, jobs.job.c.payload).where(jobs.job.c.kind.in_(tuple(_RUNNERS)))
    found: dict[int, Pending] = {}
    for kind, payload in connection.execute(query):
        known = found.get(payload["definition"], Pending())
        found[payload["definition"]] = known._replace(**{kind: getattr(known, kind) + len(payload["of"])})
    return found


def _in_batches(connection: Connection, kind: str, said: dict[str, Any], keys: Sequence[Any]) -> None:
    batches = list(_parted(keys))
    for batch in batches[:1]:
        _RUNNERS[kind](connection, {**said, "of": batch})
    for batch in batches[1:]:
        jobs.add(connection, kind, clock.now(), {**said, "of": batch})


def _named(kept: sa.Row[Any]) -> list[Any]:
    """Return what tells a suspension from a later one: SQLite gives the number of one that was lifted to the next."""
    return [kept.id, kept.suspended_at.isoformat()]


def _parted(keys: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), BATCH):
        yield list(keys[start : start + BATCH])


def _suspend(connection: Connection, said: dict[str, Any]) -> None:
    """Suspend those of a batch that still run, if the definition is still suspended."""
    for instance_id in said["of"]:
        row, kept = steps.lock(connection, instance_id), _still(connection, said["part_of"])
        if kept is not None and row.state == "active" and row.definition_id == said["definition"]:
            suspensions.stop(connection, audit.Actor(*said["actor"]), row, said["reason"], kept.id)


def _resume(connection: Connection, said: dict[str, Any]) -> None:
    """Resume those of a batch that are still suspended as they were."""
    for named in said["of"]:
        part = _still(connection, named)
        if part is not None:
            row = steps.lock(connection, part.instance_id)
            if _still(connection, named) is not None:  # nobody else has resumed it meanwhile
                suspensions.go_on(connection, audit.Actor(*said["actor"]), row, part, said["reason"])


def _still(connection: Connection, named: Sequence[Any]) -> sa.Row[Any] | None:
    """Return a suspension that has not been lifted."""
    kept = connection.execute(sa.select(suspension).where(suspension.c.id == named[0])).one_or_none()
    return kept if kept is not None and _named(kept) == list(named) else None


_RUNNERS = {"suspend": _suspend, "resume": _resume}


@jobs.runs("suspend")
def _suspend_batch(connection: Connection, job: sa.Row[Any]) -> None:
    _suspend(connection, job.payload)


@jobs.runs("resume")
def _resume_batch(connection: Connection, job: sa.Row[Any]) -> None:
    _resume(connection, job.payload)


def _running(connection: Connection, definition_id: int) -> list[int]:
    """Return the active instances of a definition in the order of their keys: all who lock several lock them so."""
    mine = steps.instance.c.definition_id == definition_id, steps.instance.c.state == "active"
    return list(connection.execute(sa.select(steps.instance.c.id).where(*mine).order_by(steps.instance.c.id)).scalars())


def _record(connection: Connection, actor: audit.Actor, action: str, row: sa.Row[Any], details: dict[str, Any]) -> None:
    audit.record(
        connection, definitions.STREAM, audit.Event(action, actor, row.process_id, details, definition_hash=row.hash)
    )
