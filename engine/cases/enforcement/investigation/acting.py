"""Who may act in an investigation: two officers at least, each licensed on that day, none recused, no reviewer.

行政处罚法42 (two officers with a licence) and 43 (recusal); that nobody reviews what they have investigated is the
house's reading of 58. Every verb of this room asks here, whoever calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, errors, tasks
from engine.cases.enforcement.investigation import recusal
from engine.handling import offers
from engine.organisation import person, qualification

LICENCE = "licence.enforcement"
REVIEWER = "legal.reviewer"


@dataclass(frozen=True)
class Acting:
    """An officer and the licence under which they act."""

    person: str
    licence: str


def require(connection: Connection, case: sa.Row[Any], people: Sequence[str], on: date) -> list[Acting]:
    """Return the officers with their licences if they may act together in a case on a day.

    Raises
    ------
    OfficersTooFew
        If they are not two different ones.
    PersonUnknown
        If one of them is nobody.
    OfficerUnlicensed, OfficerRecused, OfficerReviews
        If one of them may not act.
    """
    distinct = list(dict.fromkeys(name.strip() for name in people if name.strip()))
    if len(distinct) < 2:
        raise errors.OfficersTooFew(count=len(distinct))
    return [one(connection, case, name, on) for name in distinct]


def one(connection: Connection, case: sa.Row[Any], name: str, on: date) -> Acting:
    """Return an officer with the licence if they may act in a case on a day; errors as :func:`require`."""
    person.get(connection, name)
    licence = qualification.valid(connection, name, LICENCE, on=on)
    if licence is None:
        raise errors.OfficerUnlicensed(person=name, day=on.isoformat())
    since = recusal.since(connection, case.id, name)
    if since is not None and on >= since:
        raise errors.OfficerRecused(person=name, since=since.isoformat())
    if _reviews(connection, case.number, name):
        raise errors.OfficerReviews(person=name)
    return Acting(name, licence.number)


def require_head(connection: Connection, name: str, *posts: str) -> None:
    """Refuse unless somebody holds one of the posts today in their own right; standing in is not enough.

    Raises
    ------
    NotTheHead
    """
    held = person.held(clock.today())
    mine = connection.execute(
        sa.select(person.appointment.c.post).where(person.appointment.c.person_id == name, held)
    ).scalars()
    if not {str(post) for post in mine} & set(posts):
        raise errors.NotTheHead(posts="、".join(posts), person=name)


def _reviews(connection: Connection, number: str, name: str) -> bool:
    """Tell whether somebody holds or has done a task of the case that is offered to the legal reviewers."""
    task = tasks.task.c
    theirs = sa.or_(task.completed_by == name, sa.and_(task.assignee == name, tasks.IS_OPEN))
    offered = sa.exists().where(offers.candidate.c.task_id == task.id, offers.candidate.c.name == REVIEWER)
    return bool(connection.scalar(sa.select(sa.exists().where(task.business_key == number, theirs, offered))))
