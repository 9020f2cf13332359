"""The separation rule: two posts that one person may never hold, or never use on the same case.

``same_person`` rules are kept when somebody is appointed or stands in for another; ``same_case`` rules whenever
somebody takes, is given or completes a task of a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import accumulate
from typing import Any, cast

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

    def names(self, code: str) -> bool:
        """Tell whether the rule excludes anything beside a post."""
        return matches(self.posts_a, code) or matches(self.posts_b, code)


def matches(patterns: Iterable[str], code: str) -> bool:
    """Tell whether a post is meant by one of the patterns."""
    return any(fnmatchcase(code, pattern) for pattern in patterns)


def rules(connection: Connection, scope: str) -> tuple[Rule, ...]:
    """Return the rules of one scope, ``same_person`` or ``same_case``, read once in a unit of work."""
    known = db.known(connection)
    found = cast("tuple[Rule, ...] | None", known.get((separation_rule.name, scope)))
    if found is None:
        found = known[separation_rule.name, scope] = tuple(
            Rule(row.id, tuple(row.posts_a), tuple(row.posts_b), row.scope, row.reason, row.basis)
            for row in _RULES.all(connection, scope=scope)
        )
    return found


_columns = separation_rule.c
_RULES = Prepared(
    sa.select(_columns.id, _columns.posts_a, _columns.posts_b, _columns.scope, _columns.reason, _columns.basis)
    .where(_columns.scope == sa.bindparam("scope"))
    .order_by(_columns.id)
)


def conflict(known: Iterable[Rule], held: Iterable[str], wanted: str) -> tuple[Rule, str] | None:
    """Return the first rule that forbids ``wanted`` beside a post of ``held``, with that post.

    For ``same_case`` rules ``held`` are the groups under which the person has already acted on the case.
    """
    code = post.code_of(wanted)
    others = sorted({post.code_of(group) for group in held} - {code})
    return next(((rule, other) for rule in known for other in others if rule.excludes(code, other)), None)


@tasks.excludes
def _same_case(connection: Connection, row: sa.Row[Any]) -> Iterator[tasks.Excluded]:
    """Keep each post of a task from persons who have acted in this case for one that excludes it."""
    offered = [group for group in (row.offered or "").split(",") if group]
    known = rules(connection, "same_case") if offered else ()
    offered = [group for group in offered if any(rule.names(post.code_of(group)) for rule in known)]
    acted = _acted_for(connection, row.business_key) if offered else {}
    for person, held in acted.items():
        for group in offered:
            found = conflict(known, held, group)
            if found is not None:
                rule, other = found
                facts = {"person": person, "held": other, "wanted": group, "reason": rule.reason, "basis": rule.basis}
                yield tasks.Excluded(person, errors.TaskSeparated(**facts, rule=rule.id), group)


def _acted_for(connection: Connection, business_key: str) -> dict[str, set[str]]:
    """Return for which groups persons have completed tasks of a case, or of the one that ``business_key`` extends.

    A process that runs beside a case has the case's number with more behind a dash.
    """
    keys = list(accumulate(business_key.split("-"), "{}-{}".format))
    found: dict[str, set[str]] = {}
    for row in _acted(len(keys)).all(connection, **{f"key{place}": key for place, key in enumerate(keys)}):
        found.setdefault(row.completed_by, set()).update(row.completed_for or ())
    return found


@lru_cache(16)
def _acted(keys: int) -> Prepared:
    table = tasks.task.c
    named = [sa.bindparam(f"key{place}", type_=table.business_key.type) for place in range(keys)]
    return Prepared(
        sa.select(table.completed_by, table.completed_for).where(
            table.business_key.in_(named), table.completed_by.is_not(None)
        )
    )
