"""The item: one instance of a wide multi-instance user task, a row of its own, so that a step reads only its own."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import bpmn, db
from engine.ground.prepared import Prepared

loop_item = sa.Table(
    "loop_item",
    db.metadata,
    sa.Column("instance_id", sa.ForeignKey("instance.id"), primary_key=True),
    sa.Column("token", sa.Integer, primary_key=True),
    sa.Column("body", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("variables", db.Json),
    sa.Column("result", db.Json),
    sa.CheckConstraint("number > 0", name="numbered_from_one"),
    sa.CheckConstraint("variables IS NULL OR result IS NULL", name="result_when_over"),
)
"""``variables`` of one that waits, ``result`` of one that is over; ``body`` is the token of the activity."""

_KEY = (
    loop_item.c.instance_id == sa.bindparam("instance", type_=db.Id),
    loop_item.c.token == sa.bindparam("at", type_=sa.Integer),
)
_ONE = Prepared(sa.select(loop_item).where(*_KEY))
_ADD = Prepared(sa.insert(loop_item))
_CHANGE = Prepared(
    sa.update(loop_item).where(*_KEY).values(variables=sa.bindparam("variables"), result=sa.bindparam("result"))
)
_TAKE = Prepared(sa.delete(loop_item).where(*_KEY))


def of(connection: Connection, instance_id: int, token: int | None) -> list[bpmn.Item]:
    """Return the items of an instance in the order of their tokens: that of one token, or all."""
    if token is not None:
        row = _ONE.one(connection, instance=instance_id, at=token)
        return [_item(row)] if row is not None else []
    rows = connection.execute(
        sa.select(loop_item).where(loop_item.c.instance_id == instance_id).order_by(loop_item.c.token)
    )
    return [_item(row) for row in rows]


def write(connection: Connection, instance_id: int, changes: bpmn.Changes) -> None:
    """Write what a step has changed."""
    if changes.added:
        rows = [{"instance_id": instance_id, "body": i.body, "number": i.number, **_values(i)} for i in changes.added]
        _ADD.many(connection, [{**row, "token": i.token} for row, i in zip(rows, changes.added, strict=True)])
    for item in changes.changed:
        _CHANGE.run(connection, instance=instance_id, at=item.token, **_values(item))
    for token in changes.gone:
        _TAKE.run(connection, instance=instance_id, at=token)
    if changes.bodies:
        mine = loop_item.c.instance_id == instance_id
        connection.execute(sa.delete(loop_item).where(mine, loop_item.c.body.in_(changes.bodies)))


def _values(item: bpmn.Item) -> dict[str, object]:
    return {"variables": item.values, "result": item.result if item.values is None else None}


def _item(row: sa.Row[tuple[object, ...]]) -> bpmn.Item:
    return bpmn.Item(row.token, row.body, row.number, row.variables, row.result)
