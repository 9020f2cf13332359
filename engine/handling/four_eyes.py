"""Four eyes: steps of a case that must be done by different persons, as the diagram says in properties of a task.

``excluded``
    Elements, separated by commas: whoever completed one of them in this instance may not do this task.
``distinct_persons``
    ``element:visit``: whoever holds or has done a task of that element in this instance may not do another (the task's
    own element for one that runs once per person). A plain name is a variable of the task's form: a list that must
    name at least two persons, each once, by ``person``, ``licence`` or ``name``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors, tasks
from engine.tasks import Candidate, task

ELEMENT = "element:"
IDENTITY = ("person", "licence", "name")
"""What tells persons in a list apart, the surest first: namesakes exist, two holders of one licence do not."""


@tasks.guards
def _excluded(connection: Connection, person: Candidate, row: sa.Row[Any], _values: Mapping[str, Any] | None) -> None:
    elements = [name.removeprefix(ELEMENT) for name in _named(row, "excluded")]
    if not elements:
        return
    step = _first(connection, row, task.c.element.in_(elements), task.c.completed_by == person.id)
    if step is not None:
        raise errors.TaskExcluded(person=person.id, step=step)


@tasks.guards
def _distinct(connection: Connection, person: Candidate, row: sa.Row[Any], values: Mapping[str, Any] | None) -> None:
    wanted = _named(row, "distinct_persons")
    elements = [name.removeprefix(ELEMENT) for name in wanted if name.startswith(ELEMENT)]
    if elements:
        holds = sa.and_(tasks.IS_OPEN, sa.or_(task.c.assignee == person.id, task.c.owner == person.id))
        has_hand_in = sa.or_(task.c.completed_by == person.id, holds)
        step = _first(connection, row, task.c.element.in_(elements), task.c.id != row.id, has_hand_in)
        if step is not None:
            raise errors.TaskNeedsAnother(person=person.id, step=step)
    if values is not None:
        for name in wanted:
            if not name.startswith(ELEMENT):
                _differ(name, values.get(name))


def _differ(name: str, given: Any) -> None:
    people = [_identity(entry) for entry in given] if isinstance(given, Sequence) and not isinstance(given, str) else []
    known = [person for person in people if person]
    if len(set(known)) < 2 or len(set(known)) != len(people):
        raise errors.PersonsNotDistinct(field=name, count=len(set(known)))


def _identity(entry: Any) -> str:
    found = next((entry[key] for key in IDENTITY if entry.get(key)), "") if isinstance(entry, Mapping) else entry
    return "".join(str(found or "").split()).casefold()


def _named(row: sa.Row[Any], name: str) -> list[str]:
    return [entry.strip() for entry in row.properties.get(name, "").split(",") if entry.strip()]


def _first(connection: Connection, row: sa.Row[Any], *conditions: sa.ColumnElement[bool]) -> str | None:
    """Return the name of the first task of the same instance under the conditions."""
    query = sa.select(task.c.name).where(task.c.business_key == row.business_key, *conditions).order_by(task.c.id)
    return connection.execute(query.limit(1)).scalar()
