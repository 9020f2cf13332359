"""The separation rule: two posts that one person may never hold, or never use on the same case.

``same_person`` rules are kept when somebody is appointed or stands in for another; ``same_case`` rules whenever
somebody takes, is given or completes a task of a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, errors, tasks
from engine.ground.prepared import Prepared
from engine.organisation import post

separation_rule = sa.Table(
    "separation_rule",
    db.metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("posts_a", db.Json, nullable=False),
    sa.Column("posts_b", db.Json, nullable=False),
    sa.Column("scope", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("basis", sa.String(200), nullable=False),
    sa.Column("certainty", sa.String(12), nullable=False),
    sa.CheckConstraint("scope IN ('same_person', 'same_case')", name="scope_known"),
)


@dataclass(frozen=True)
class Rule:
    """Holders of a post of ``posts_a`` may not have one of ``posts_b``; patterns such as ``admin.*`` are allowed."""

    id: str
    posts_a: tuple[str, ...]
    posts_b: tuple[str, ...]
    scope: str
    reason: str
    basis: str

    def excludes(self, one: str, other: str) -> bool:
        """Tell whether the two posts exclude each other, in either order."""
        return (matches(self.posts_a, one) and matches(self.posts_b, other)) or (
            matches(self.posts_a, other) and matches(self.posts_b, one)
        )


def matches(patterns: Iterable[str], code: str) -> bool:
    """Tell whether a post is meant by one of the patterns."""
    return any(fnmatchcase(code, pattern) for pattern in patterns)


def rules(connection: Connection, scope: str) -> tuple[Rule, ...]:
    """Return the rules of one scope, ``same_person`` or ``same_case``."""
    columns = separation_rule.c
    found = connection.execute(
        sa.select(columns.id, columns.posts_a, columns.posts_b, columns.scope, columns.reason, columns.basis)
        .where(columns.scope == scope)
        .order_by(columns.id)
    )
    return tuple(
        Rule(row.id, tuple(row.posts_a), tuple(row.posts_b), row.scope, row.reason, row.basis) for row in found
    )


def conflict(known: Iterable[Rule], held: Iterable[str], wanted: str) -> tuple[Rule, str] | None:
    """Return the first rule that forbids ``wanted`` beside a post of ``held``, with that post.

    For ``same_case`` rules ``held`` are the groups under which the person has already acted on the case.
    """
    code = post.code_of(wanted)
    others = sorted({post.code_of(group) for group in held} - {code})
    return next(((rule, other) for rule in known for other in others if rule.excludes(code, other)), None)


@tasks.guards
def _same_case(
    connection: Connection, person: tasks.Candidate, row: sa.Row[Any], _values: Mapping[str, Any] | None
) -> None:
    """Refuse a person every one of whose posts for this task is excluded by one they have acted for in this case."""
    wanted = tasks.groups_of(person, row)
    held = _acted_for(connection, person, row.business_key) if wanted else ()
    if not held:
        return
    known = rules(connection, "same_case")
    conflicts = [(group, conflict(known, held, group)) for group in wanted]
    forbidden = [(group, found) for group, found in conflicts if found is not None]
    if len(forbidden) == len(conflicts):
        group, (rule, other) = forbidden[0]
        raise errors.TaskSeparated(
            person=person.id, held=other, wanted=group, reason=rule.reason, basis=rule.basis, rule=rule.id
        )


def _acted_for(connection: Connection, person: tasks.Candidate, business_key: str) -> set[str]:
    """Return the groups for which a person has completed tasks of a case, or of the one that ``business_key`` extends.

    A process that runs beside a case has the case's number with more behind a dash.
    """
    keys = list(accumulate(business_key.split("-"), "{}-{}".format))
    rows = _acted(len(keys)).all(connection, by=person.id, **{f"key{place}": key for place, key in enumerate(keys)})
    return {group for row in rows for group in row.completed_for or ()}


@lru_cache(16)
def _acted(keys: int) -> Prepared:
    table = tasks.task.c
    named = [sa.bindparam(f"key{place}", type_=table.business_key.type) for place in range(keys)]
    return Prepared(
        sa.select(table.completed_for).where(table.business_key.in_(named), table.completed_by == sa.bindparam("by"))
    )
