"""What refuses a person a task: rules of other rooms, asked before anything is changed and followed by every list.

A guard looks at the person, the task and what they have filled in. A standing rule needs no values: it says of a task
who may not do it, so that lists leave it out for them. Both are asked in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.bpmn.running import effects
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.handling import exclusions
from engine.tasks.reading import COLUMNS, groups_of
from engine.tasks.table import IS_OPEN, Candidate, task

Guard = Callable[[Connection, Candidate, sa.Row[Any], Mapping[str, Any] | None], None]
_guards: list[Guard] = []


class Excluded(NamedTuple):
    """A person who may not do a task, why, and for which of the groups it is offered to: for any, or for one."""

    person: str
    why: errors.TaskNotForYou
    group: str = exclusions.ANY


DISTINCT = "distinct_persons"
"""The property of a task that may forbid it to whoever has another in hand (:mod:`engine.handling.four_eyes`)."""
MOST = 50
"""How many open tasks of an instance are followed."""

Rule = Callable[[Connection, sa.Row[Any]], Iterable[Excluded]]
_rules: list[Rule] = []


def guards(guard: Guard) -> Guard:
    """Register what refuses a person a task by raising: it gets the person, the task and, at its end, the values.

    The task's row says in ``offered`` to which groups it is offered. Claiming, transferring, delegating and completing
    ask every guard before anything is changed.
    """
    _guards.append(guard)
    return guard


def excludes(rule: Rule) -> Rule:
    """Register a standing rule: it gets a task as guards do and says who may not do it, whoever asks."""
    _rules.append(rule)
    return rule


def ask_guards(
    connection: Connection, person: Candidate, row: sa.Row[Any], values: Mapping[str, Any] | None = None
) -> None:
    """Let every rule and guard refuse the person the task, a row that :func:`get` returned; ``values`` come with its
    end."""
    _ask_rules(connection, person, row)
    for guard in _guards:
        guard(connection, person, row, values)


def _ask_rules(connection: Connection, person: Candidate, row: sa.Row[Any]) -> None:
    """Refuse the person what a rule forbids in any case, or for every group for which they could do it."""
    for rule in _rules:
        mine = {found.group: found.why for found in rule(connection, row) if found.person == person.id}
        groups = groups_of(person, row) if mine else []
        if exclusions.ANY in mine:
            raise mine[exclusions.ANY]
        if groups and mine.keys() >= set(groups):
            raise mine[groups[0]]


def renew(connection: Connection, business_key: str) -> None:
    """Work out anew who may not do the open tasks of an instance: somebody has done something in it, or has a task.

    Where more than :data:`MOST` tasks are open at once each would cost all the others: lists offer them to everybody.
    """
    rows = _OPEN.all(connection, key=business_key)
    if len(rows) <= MOST:
        judge(connection, rows, before=[row.id for row in rows if row.excludes])


def judge(connection: Connection, rows: Sequence[Any], before: Collection[int] = ()) -> None:
    """Keep who may not do tasks; ``before``: those of which that has been kept already."""
    found = {row.id: [(one.person, one.group) for one in _excluded(connection, row)] for row in rows}
    changed = {key: pairs for key, pairs in found.items() if pairs or key in before}
    if changed:
        exclusions.replace(connection, changed)


def _excluded(connection: Connection, row: sa.Row[Any]) -> Iterator[Excluded]:
    for rule in _rules:
        yield from rule(connection, row)


_kept = exclusions.exclusion.c
_key = sa.bindparam("key", type_=task.c.business_key.type)
_OPEN = Prepared(
    sa.select(*COLUMNS, sa.exists().where(_kept.task_id == task.c.id).label("excludes"))
    .where(task.c.business_key == _key, IS_OPEN)
    .limit(MOST + 1)
)


@steps.writes(effects.Left, effects.TaskOpened)
def _renew(step: steps.Step, changed: list[effects.Left | effects.TaskOpened]) -> None:
    """Follow what was done beside tasks that are still open; one that opens is judged when it does."""
    opened = {effect.token for effect in changed if isinstance(effect, effects.TaskOpened)}
    beside = any(kind == "task" and token not in opened for token, _element, kind in step.workflow.waiting())
    if beside and len(opened) < len(changed):
        renew(step.connection, str(step.row.business_key))
