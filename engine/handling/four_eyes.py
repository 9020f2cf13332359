"""Four eyes: steps of a case that must be done by different persons, as the diagram says in properties of a task.

``excluded``
    Elements, separated by commas: whoever completed one of them in this instance may not do this task.
``distinct_persons``
    ``element:visit``: whoever holds or has done a task of that element in this instance may not do another (the task's
    own element for one that runs once per person). A plain name is a variable of the task's form: a list that must
    name at least two persons, each once, by ``person``, ``licence`` or ``name``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors, tasks
from engine.tasks import Candidate, Excluded, task

ELEMENT = "element:"
IDENTITY = ("person", "licence", "name")
"""What tells persons in a list apart, the surest first: namesakes exist, two holders of one licence do not."""


@tasks.excludes
def _excluded(connection: Connection, row: sa.Row[Any]) -> Iterator[Excluded]:
    elements = [name.removeprefix(ELEMENT) for name in _named(row, "excluded")]
    for done in _done(connection, row, elements):
        if done.completed_by:
            yield Excluded(done.completed_by, errors.TaskExcluded(person=done.completed_by, step=done.name))


@tasks.excludes
def _taking_part(connection: Connection, row: sa.Row[Any]) -> Iterator[Excluded]:
    wanted = _named(row, tasks.DISTINCT)
    elements = [name.removeprefix(ELEMENT) for name in wanted if name.startswith(ELEMENT)]
    for other in _done(connection, row, elements):
        holding = (other.assignee, other.owner) if other.state == "open" else (other.completed_by,)
        for person in holding if other.id != row.id else ():
            if person:
                yield Excluded(person, errors.TaskNeedsAnother(person=person, step=other.name))


@tasks.guards
def _distinct(_connection: Connection, _person: Candidate, row: sa.Row[Any], values: Mapping[str, Any] | None) -> None:
    for name in _named(row, tasks.DISTINCT) if values is not None else ():
        if not name.startswith(ELEMENT):
            _differ(name, (values or {}).get(name))


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


def _done(connection: Connection, row: sa.Row[Any], elements: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """Return the tasks of these elements in the same instance, the latest first: of two reasons the earlier counts."""
    if not elements:
        return ()
    mine = task.c.business_key == row.business_key, task.c.element.in_(elements)
    shown = task.c.id, task.c.name, task.c.state, task.c.assignee, task.c.owner, task.c.completed_by
    found: sa.Select[Any] = sa.select(*shown).where(*mine).order_by(task.c.id.desc())
    return connection.execute(found).all()
