"""The role: what kind of user a post makes of its holder, which pages of the house open and what may be done there.

Which post gives which role is the tenant's data; a post may be a pattern (``approval.reviewer.*``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.errors import N_
from engine.organisation import person, post, separation

ROLES = {
    "clerk": N_("clerk"),
    "reviewer": N_("reviewer"),
    "decider": N_("decider"),
    "leader": N_("leader"),
    "supervisor": N_("supervisor"),
    "auditor": N_("auditor"),
    "designer": N_("process designer"),
    "publisher": N_("process publisher"),
    "administrator": N_("administrator"),
}
"""Every role with its name for translation."""

role_grant = sa.Table(
    "role_grant",
    db.metadata,
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("post", sa.String(60), primary_key=True),
    sa.CheckConstraint(f"role IN ({', '.join(repr(role) for role in ROLES)})", name="role_known"),
)


@dataclass(frozen=True)
class Grant:
    """The holders of a post, or of all posts that fit the pattern, have the role."""

    role: str
    post: str


def grants(connection: Connection) -> list[Grant]:
    """Return which posts give which roles."""
    return [Grant(row.role, row.post) for row in connection.execute(sa.select(role_grant).order_by(*role_grant.c))]


def of(known: Iterable[Grant], groups: Iterable[str]) -> frozenset[str]:
    """Return the roles that candidate groups give."""
    codes = {post.code_of(group) for group in groups}
    return frozenset(grant.role for grant in known if any(separation.matches((grant.post,), code) for code in codes))


def granted(connection: Connection, person_id: str, on: date | None = None) -> frozenset[str]:
    """Return a person's roles on the day (default: today), including those of the persons it stands in for."""
    return of(grants(connection), person.groups(connection, person_id, on))
