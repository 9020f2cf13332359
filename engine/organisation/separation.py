"""The separation rule: two posts that one person may never hold, or never use on the same case.

``same_person`` rules are kept when somebody is appointed or stands in for another; ``same_case`` rules are offered to
whoever decides if a person may act on a case, since only a case knows who has acted on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
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
