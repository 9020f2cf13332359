"""The modification: tokens that an administrator proposes to move and another one, who has seen what follows, moves.

For what no step of the process mends: a token that stands where it cannot go on. What would happen is worked out on a
copy; if the instance takes a step meanwhile, the proposal no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, errors
from engine.bpmn.running import effects
from engine.flow import steps
from engine.handling import reasons

modification = sa.Table(
    "modification",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("changes", db.Json, nullable=False),
    sa.Column("follows", db.Json, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("proposed_by", sa.String(80), nullable=False),
    sa.Column("proposed_at", db.Utc, nullable=False),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", db.Utc),
    sa.Index(None, "instance_id", "state"),
    sa.CheckConstraint("state IN ('proposed', 'applied', 'dropped')", name="state_known"),
    sa.CheckConstraint("(decided_at IS NULL) = (state = 'proposed')", name="decided_when_over"),
    sa.CheckConstraint("state <> 'applied' OR decided_by <> proposed_by", name="four_eyes"),
)
"""``follows`` is what was worked out: ``["cancel", element]``, ``["enter", element]``, ``["task", name]``…"""


def explain(connection: Connection, row: sa.Row[Any], changes: Sequence[bpmn.Change]) -> list[list[str]]:
    """Return what changes would do to an instance at once; nothing is changed and no service is called.

    Raises
    ------
    TokenUnknown, ElementNotStartable, InstanceSuspended, InstanceNotActive
    """
    steps.require_active(row)
    workflow = steps.load(connection, row)
    bpmn.modify(workflow, changes)
    return [entry for effect in workflow.drain() for entry in _told(effect)]


def propose(
    connection: Connection, actor: audit.Actor, instance_id: int, changes: Sequence[bpmn.Change], reason: str
) -> sa.Row[Any]:
    """Propose changes for another administrator to carry out; errors as :func:`explain`, and ReasonMissing."""
    why = reasons.given(reason)
    row = steps.lock(connection, instance_id)
    if not changes:
        raise errors.ModificationUnreadable
    values = {
        "instance_id": row.id,
        "revision": row.revision,
        "changes": [change.body() for change in changes],
        "follows": explain(connection, row, changes),
        "reason": why,
        "state": "proposed",
        "proposed_by": actor.id,
        "proposed_at": clock.now(),
    }
    made = connection.execute(sa.insert(modification).values(values).returning(modification)).one()
    details = {"modification": made.id, "changes": made.changes, "reason": why}
    audit.record(connection, row.business_key, audit.Event("modification.proposed", actor, details=details))
    return made


def apply(connection: Connection, actor: audit.Actor, modification_id: int) -> steps.Step:
    """Carry out what another person has proposed.

    Raises
    ------
    ModificationUnknown
        If there is none, or it has been decided.
    ModificationOwn
        If the person has proposed it.
    ModificationOutdated
        If the instance has taken a step since.
    InstanceSuspended, InstanceNotActive, TokenUnknown, ElementNotStartable
    """
    kept = _proposed(connection, modification_id)
    row = steps.lock(connection, kept.instance_id)
    kept = _proposed(connection, modification_id)
    if kept.proposed_by == actor.id:
        raise errors.ModificationOwn
    if kept.revision != row.revision:
        raise errors.ModificationOutdated
    changes = bpmn.changes(kept.changes)
    _decide(connection, actor, kept, "applied")
    details = {"modification": kept.id, "changes": kept.changes, "proposed_by": kept.proposed_by}
    return steps.act(
        connection, actor, row, lambda workflow: bpmn.modify(workflow, changes), "instance.modified",
        reason=kept.reason, **details,
    )  # fmt: skip


def drop(connection: Connection, actor: audit.Actor, modification_id: int, reason: str) -> None:
    """Let a proposal be; its proposer may do so too. Errors: ModificationUnknown, ReasonMissing."""
    why = reasons.given(reason)
    kept = _proposed(connection, modification_id)
    row = steps.lock(connection, kept.instance_id)
    _decide(connection, actor, _proposed(connection, modification_id), "dropped")
    details = {"modification": kept.id, "reason": why}
    audit.record(connection, row.business_key, audit.Event("modification.dropped", actor, details=details))


def proposed(connection: Connection, instance_id: int) -> Sequence[sa.Row[Any]]:
    """Return the proposals for an instance that nobody has decided."""
    mine = modification.c.instance_id == instance_id, modification.c.state == "proposed"
    return connection.execute(sa.select(modification).where(*mine).order_by(modification.c.id)).all()


def get(connection: Connection, modification_id: int) -> sa.Row[Any]:
    """Return a proposal, decided or not, with the ``business_key`` of its instance.

    Raises
    ------
    ModificationUnknown
    """
    query = sa.select(modification, steps.instance.c.business_key).join(
        steps.instance, steps.instance.c.id == modification.c.instance_id
    )
    row = connection.execute(query.where(modification.c.id == modification_id)).one_or_none()
    if row is None:
        raise errors.ModificationUnknown
    return row


def _proposed(connection: Connection, modification_id: int) -> sa.Row[Any]:
    row = get(connection, modification_id)
    if row.state != "proposed":
        raise errors.ModificationUnknown
    return row


def _decide(connection: Connection, actor: audit.Actor, row: sa.Row[Any], state: str) -> None:
    values = {"state": state, "decided_by": actor.id, "decided_at": clock.now()}
    connection.execute(sa.update(modification).where(modification.c.id == row.id).values(values))


def _told(effect: bpmn.Effect) -> Iterator[list[str]]:
    match effect:
        case effects.Entered(element=element):
            yield ["enter", element]
        case effects.Left(element=element, outcome=outcome):
            yield ["leave" if outcome == "completed" else "cancel", element]
        case effects.TaskOpened(element=element):
            yield ["task", element]
        case effects.JobCreated(element=element):
            yield ["service", element]
        case effects.MessageThrown(element=element):
            yield ["message", element]
        case effects.Incident(element=element):
            yield ["incident", element]
        case effects.Ended(outcome=outcome):
            yield ["end", outcome]
