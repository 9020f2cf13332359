"""One task as it stands: for whoever it concerns, locked for a change, with its form and what the form sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, definitions, errors
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.handling.offers import candidate
from engine.tasks.table import IS_OPEN, Candidate, require_open, task

_COMMA: Any = sa.literal_column("','")


def _offered(kind: str) -> sa.ScalarSelect[str]:
    names = sa.func.aggregate_strings(candidate.c.name, _COMMA)  # no name has one: bpmn parts them there
    return sa.select(names).where(candidate.c.task_id == task.c.id, candidate.c.kind == kind).scalar_subquery()


COLUMNS = [*task.c, _offered("group").label("offered"), _offered("user").label("offered_users")]
"""A task with the groups and users it is ``offered`` to."""
_GET = Prepared(sa.select(*COLUMNS).where(task.c.id == sa.bindparam("key", type_=db.Id)))
_LOCK = steps.locking(task.c.id == sa.bindparam("task", type_=db.Id), task, COLUMNS)


def get(connection: Connection, person: Candidate, task_id: int) -> sa.Row[Any]:
    """Return a task that a person may act on or has acted on.

    Raises
    ------
    TaskUnknown
        If there is none, or it is somebody else's.
    """
    row = read(connection, task_id)
    if row is None or not _concerns(person, row):
        raise errors.TaskUnknown()
    return row


def read(connection: Connection, task_id: int) -> sa.Row[Any] | None:
    """Return a task, whosever it is, with the groups and users it is ``offered`` to; None if there is none."""
    return _GET.one(connection, key=task_id)


def of_case(connection: Connection, business_key: str) -> Sequence[sa.Row[Any]]:
    """Return the open tasks of a case and of what runs beside it, opinions asked for included, the oldest first."""
    beside = db.begins(connection, task.c.business_key, f"{business_key}-")
    mine = sa.or_(task.c.business_key == business_key, beside)
    return connection.execute(sa.select(task).where(mine, IS_OPEN).order_by(task.c.id)).all()


def _concerns(person: Candidate, row: sa.Row[Any]) -> bool:
    """Tell of a task's row what :func:`may_see` asks of the database, or whether the person has completed it."""
    if any(row.business_key == key or row.business_key.startswith(f"{key}-") for key in person.barred):
        return False
    if person.id in (row.assignee, row.owner, row.completed_by):
        return True
    return bool(groups_of(person, row)) or person.id in (row.offered_users or "").split(",")


def groups_of(person: Candidate, row: sa.Row[Any]) -> list[str]:
    """Return the groups for which a person may act on a task that :func:`get` returned; none if it is theirs alone."""
    return sorted(person.groups.intersection((row.offered or "").split(",")))


def context(
    connection: Connection,
    row: sa.Row[Any],
    instance: sa.Row[Any] | None = None,
    definition: definitions.Defined | None = None,
) -> dict[str, Any]:
    """Return the variables that a task's form sees: those around its token, its own input mappings first.

    A task that is over has no token any more; its form sees the outermost variables as they are now.

    Parameters
    ----------
    instance, definition : spare looking them up.
    """
    if instance is None:
        instance = connection.execute(sa.select(steps.instance).where(steps.instance.c.id == row.instance_id)).one()
    if row.state != "open":
        return dict(steps.load(connection, instance, definition, focus=row.token).view(None))
    return dict(steps.look(connection, instance, definition, row.token))


def form(connection: Connection, row: sa.Row[Any]) -> Mapping[str, Any] | None:
    """Return the form-js schema that a task is to be completed with; None if it has no form.

    It is the one deployed with the task's own process, whatever has been deployed since. Treat it as read-only.

    Raises
    ------
    FormUnknown
        If that deployment does not hold it.
    """
    if row.form is None:
        return None
    return definitions.form(connection, definitions.get(connection, row.definition_id), row.form)


def lock(connection: Connection, task_id: int, person: Candidate | None = None) -> tuple[sa.Row[Any], sa.Row[Any]]:
    """Return a task as :func:`read` and its instance, both locked: the loser of a race sees who won.

    Raises
    ------
    TaskUnknown
        If there is none, or it is not the business of the person who is given.
    """
    found = steps.locked(connection, _LOCK, task=task_id)
    if found is None or (person is not None and not _concerns(person, found[1])):
        raise errors.TaskUnknown()
    instance, row = found
    return row, instance


def own(
    connection: Connection, person: Candidate, task_id: int, held: tuple[sa.Row[Any], sa.Row[Any]] | None = None
) -> tuple[sa.Row[Any], sa.Row[Any]]:
    """Return an open task that the person holds and its locked instance; errors as :func:`claim`.

    ``held`` as for :func:`complete`.
    """
    row, instance = held or lock(connection, task_id, person)
    require_open(row)
    require_mine(row, person)
    return row, instance


def require_mine(row: sa.Row[Any], person: Candidate) -> None:
    """Refuse unless the person has the task in hand.

    Raises
    ------
    TaskNotYours
        If somebody else has, or as TaskUnclaimed nobody.
    """
    if row.assignee is None:
        raise errors.TaskUnclaimed
    if row.assignee != person.id:
        raise errors.TaskNotYours(person=row.assignee)
