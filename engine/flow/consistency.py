"""Whether what an instance waits for and the rows that say so agree, for instances that live and those that ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import incidents, jobs, messages, tasks
from engine.flow import steps

Waiting = tuple[str, int]
"""What a token waits for (``task``, ``timer``, ``message``, ``signal``, ``job``) and which token it is."""

KEPT = frozenset({"task", "timer", "message", "signal", "job"})
"""What a token waits for that has a row; a condition has none, it is looked at whenever a variable changes."""

_TASK, _JOB, _SUBSCRIPTION, _INCIDENT = tasks.task.c, jobs.job.c, messages.subscription.c, incidents.incident.c
_ROWS = (
    (sa.literal("task"), _TASK, tasks.IS_OPEN),
    (sa.case((_JOB.kind == "service", "job"), else_=_JOB.kind), _JOB, _JOB.kind.in_(["timer", "service"])),
    (_SUBSCRIPTION.kind, _SUBSCRIPTION, sa.true()),
    (sa.literal("incident"), _INCIDENT, _INCIDENT.resolved_at.is_(None)),
)
"""The rows that stand for a waiting token: what it waits for, its table, and which rows count."""


@dataclass(frozen=True)
class Disagreement:
    """Something that a row says and the tokens do not, or the other way round.

    ``kind`` is ``missing`` (a token waits, nothing says so), ``orphan`` (a row waits, no token does) or ``stuck`` (the
    instance lives, yet nobody and nothing can ever move it).
    """

    business_key: str
    kind: str
    waits_for: str = ""
    token: int = -1


def disagreements(connection: Connection) -> Iterator[Disagreement]:
    """Yield what does not agree, over all instances, one after another."""
    for row in connection.execute(sa.select(steps.instance).order_by(steps.instance.c.id)):
        yield from _of(connection, row)


def _of(connection: Connection, row: sa.Row[Any]) -> Iterator[Disagreement]:
    kept = _kept(connection, row)
    incident = {token for kind, token in kept if kind == "incident"}  # its row went, or stayed, with what failed
    rows = {each for each in kept if each[0] != "incident"}
    waiting: set[Waiting] = set()
    if row.ended_at is None:
        tokens = {(kind, token) for token, _element, kind in steps.load(connection, row).waiting()}
        waiting = {(kind, token) for kind, token in tokens if kind in KEPT and token not in incident} | (tokens & rows)
        if not kept and not tokens:
            yield Disagreement(row.business_key, "stuck")
    for kind, token in sorted(waiting - rows):
        yield Disagreement(row.business_key, "missing", kind, token)
    for kind, token in sorted(rows - waiting):
        yield Disagreement(row.business_key, "orphan", kind, token)


def _kept(connection: Connection, row: sa.Row[Any]) -> set[Waiting]:
    queries = [
        sa.select(kind.label("kind"), columns.token).where(
            _TASK.business_key == row.business_key if columns is _TASK else columns.instance_id == row.id, counts
        )
        for kind, columns, counts in _ROWS
    ]
    return {(row.kind, row.token) for row in connection.execute(sa.union_all(*queries))}
