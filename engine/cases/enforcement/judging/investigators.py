"""Who has investigated a case: they neither review it nor chair its hearing (行政处罚法58, 64(四))."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors, tasks
from engine.cases import case as cases
from engine.cases.enforcement.investigation import act
from engine.cases.reading import beside
from engine.organisation import separation

POSTS = ("enforcement.*.officer", "enforcement.*.leader")
"""The posts that investigate."""
PROPERTY, VALUE = "keeps_out", "investigators"
"""The property of a task by which a diagram keeps out whoever has investigated."""


def of(connection: Connection, case: sa.Row[Any]) -> frozenset[str]:
    """Return the persons who acted in the case, or completed a task of it in a post that investigates."""
    return _of(connection, case.number)


def _of(connection: Connection, number: str) -> frozenset[str]:
    done, acted = tasks.task.c, act.act_officer.c
    keys = list(accumulate(number.split("-"), "{}-{}".format))
    found = connection.execute(
        sa.select(done.completed_by, done.completed_for).where(done.business_key.in_(keys), done.state == "completed")
    )
    in_post = {row.completed_by for row in found if _investigates(row.completed_for or ())}
    officers = (
        sa.select(acted.person_id)
        .join(act.investigative_act, act.investigative_act.c.id == acted.act_id)
        .join(cases.case_file, cases.case_file.c.id == act.investigative_act.c.case_id)
        .where(cases.case_file.c.number == number)
    )
    return frozenset(in_post.union(connection.scalars(officers)))


def _investigates(groups: Iterable[str]) -> bool:
    return any(separation.matches(POSTS, group) for group in groups)


@tasks.excludes
def _keep_out(connection: Connection, row: sa.Row[Any]) -> Iterator[tasks.Excluded]:
    if row.properties.get(PROPERTY) == VALUE:
        for person in _of(connection, beside.number_of(row.business_key)):
            yield tasks.Excluded(person, errors.InvestigatorKeptOut(person=person))
