"""The collective discussion (集体讨论, 行政处罚法57(2)): who took part, what each said, and what was agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.judging import draft
from engine.cases.reading import trail
from engine.organisation import post

POST = "town.collective"
LEAST = 2
"""A discussion is not held alone; how many members it needs beyond that is the ``min_holders`` of its post."""
VOTES = ("agree", "disagree")

collective_discussion = sa.Table(
    "collective_discussion",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("draft_id", db.Id, sa.ForeignKey("penalty_draft.id"), nullable=False),
    sa.Column("agreed", db.Json, nullable=False),
    sa.Column("members", db.Json, nullable=False),
    sa.Column("held_at", db.Utc, nullable=False),
    sa.Column("recorded_by", sa.String(80), nullable=False),
    sa.Index(None, "case_id", "id"),
)
"""``agreed`` is the penalty that was agreed on, as a draft holds it; ``draft_id`` the draft that was discussed."""


def discuss(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record a discussion of the present draft.

    Parameters
    ----------
    given
        ``members`` (list of {name, opinion, vote agree|disagree}) and ``kinds``, the penalty agreed on where it is
        another than the draft's, as :func:`engine.cases.enforcement.judging.draft.content_of` takes it.

    Raises
    ------
    DraftMissing
        If there is nothing to discuss.
    CollectiveTooFew
        If fewer different members took part than the post asks for.
    CollectiveOpinionMissing
        If opinion or vote of a member are missing.
    CollectiveVoteWrong
        If not more than half agreed.
    """
    present = draft.require(connection, case)
    members = _members(connection, given.get("members") or ())
    agree = sum(member["vote"] == "agree" for member in members)
    if 2 * agree <= len(members):
        raise errors.CollectiveVoteWrong(agreed=agree, count=len(members))
    agreed = draft.penalty_of(given["kinds"]) if given.get("kinds") is not None else present.content["penalty"]
    row = connection.execute(
        sa.insert(collective_discussion)
        .values(
            case_id=case.id,
            draft_id=present.id,
            agreed=agreed,
            members=members,
            held_at=clock.now(),
            recorded_by=actor.id,
        )
        .returning(collective_discussion)
    ).one()
    details = {"discussion": row.id, "draft": present.version, "members": members, "agreed": agreed}
    trail.record(connection, case.number, actor, "penalty.discussed", **details)
    return row


def last(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the case's last discussion, if there was one."""
    return connection.execute(
        sa.select(collective_discussion)
        .where(collective_discussion.c.case_id == case_id)
        .order_by(collective_discussion.c.id.desc())
        .limit(1)
    ).one_or_none()


def require(connection: Connection, case: sa.Row[Any], content: Mapping[str, Any]) -> sa.Row[Any]:
    """Return the discussion that agreed on the penalty of this content.

    Raises
    ------
    CollectiveMissing
        If none was held.
    CollectiveOther
        If another penalty was agreed on.
    """
    row = last(connection, case.id)
    if row is None:
        raise errors.CollectiveMissing
    if row.agreed != content["penalty"]:
        changes = draft.differences({**content, "penalty": row.agreed}, content)
        raise errors.CollectiveOther(changes="; ".join(map(str, changes)))
    return row


def is_agreed(connection: Connection, case: sa.Row[Any], content: Mapping[str, Any]) -> bool:
    """Tell whether the last discussion agreed on the penalty of a content."""
    row = last(connection, case.id)
    return row is not None and bool(row.agreed == content["penalty"])


def shown(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what documents and forms know of a discussion, as texts."""
    members = row.members
    agree = sum(member["vote"] == "agree" for member in members)
    return {
        "at": row.held_at.astimezone(clock.TOWN).isoformat(timespec="minutes"),
        "attendees": "、".join(member["name"] for member in members),
        "opinions": "；".join(f"{member['name']}：{member['opinion']}" for member in members),
        "vote": f"{agree}:{len(members) - agree}",
    }


def _members(connection: Connection, given: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    found = [{name: str(entry.get(name) or "").strip() for name in ("name", "opinion", "vote")} for entry in given]
    least = max(LEAST, _least(connection))
    if len({member["name"] for member in found if member["name"]}) < max(least, len(found)):
        raise errors.CollectiveTooFew(count=len({member["name"] for member in found}), least=least)
    for member in found:
        if not member["opinion"] or member["vote"] not in VOTES:
            raise errors.CollectiveOpinionMissing(member=member["name"])
    return found


def _least(connection: Connection) -> int:
    return connection.scalar(sa.select(post.post.c.min_holders).where(post.post.c.code == POST)) or 0
