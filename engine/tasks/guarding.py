"""What refuses a person a task: rules of other rooms, asked before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.tasks.table import Candidate

Guard = Callable[[Connection, Candidate, sa.Row[Any], Mapping[str, Any] | None], None]
_guards: list[Guard] = []


def guards(guard: Guard) -> Guard:
    """Register what refuses a person a task by raising: it gets the person, the task and, at its end, the values.

    The task's row says in ``offered`` to which groups it is offered. Claiming, transferring, delegating and completing
    ask every guard before anything is changed.
    """
    _guards.append(guard)
    return guard


def ask_guards(
    connection: Connection, person: Candidate, row: sa.Row[Any], values: Mapping[str, Any] | None = None
) -> None:
    """Let every guard refuse the person the task, a row that :func:`get` returned; ``values`` come with its end."""
    for guard in _guards:
        guard(connection, person, row, values)
