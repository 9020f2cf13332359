"""Receipts of pushes, given on the page and through the API alike, in one's own name or an absent person's place."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine import audit
from engine.cases.papers import push
from engine.cases.people import access
from engine.organisation import post
from web import database, security
from web.shown import bar


def give(push_id: int, *, seen: bool = False) -> sa.Row[Any]:
    """Confirm that a push to one of the person's posts arrived, or with ``seen`` that it was read; return it.

    Raises
    ------
    OutboxUnknown
        If there is none that was sent to a post of the person.
    """
    connection = database.connection()
    row = access.require_push(connection, security.reader(), push_id)
    push.confirm(connection, _actor(row.receiver), row.id, seen=seen)
    return push.one(connection, row.id)


def _actor(receiver: str) -> audit.Actor:
    person, acting_for = security.candidate()
    wanted = bar.receivers()[receiver].post
    places = [whom for group, whom in sorted(acting_for.items()) if post.code_of(group) == wanted]
    return audit.Actor(person.id, None if None in places else places[0])
