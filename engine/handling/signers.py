"""The signer (加签): somebody whose opinion whoever holds a task asks for before finishing it.

A signer gets a task of the same kind, form included; what they fill in is an opinion in the trail and changes no
variable. Whoever holds the task finishes it on their own responsibility once enough opinions are in: every one
(会签), any one (或签), or one after the other (依次). Signers can be taken off again (减签).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, tasks
from engine.bpmn.running import effects
from engine.errors import N_
from engine.flow import steps
from engine.handling import offers, reasons
from engine.tasks import Candidate, task

MODES = {
    "all": N_("everybody gives an opinion"),
    "one": N_("one opinion is enough"),
    "in_turn": N_("one gives an opinion after the other"),
}
"""When enough opinions are in; marked for translation."""
MOST = 20
"""How many signers a task may have."""

signer = sa.Table(
    "signer",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("task_id", sa.ForeignKey(task.c.id), nullable=False),
    sa.Column("person", sa.String(80), nullable=False),
    sa.Column("mode", sa.String(7), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("state", sa.String(7), nullable=False),
    sa.Column("added_by", sa.String(80), nullable=False),
    sa.Column("added_at", db.Utc, nullable=False),
    sa.Column("signing_id", sa.ForeignKey(task.c.id)),
    sa.Column("ended_at", db.Utc),
    sa.Index(None, "task_id", "person"),
    sa.Index(None, "signing_id"),
    sa.CheckConstraint("mode IN ('all', 'one', 'in_turn')", name="mode_known"),
    sa.CheckConstraint("state IN ('waiting', 'asked', 'given', 'removed', 'spared')", name="state_known"),
    sa.CheckConstraint("(ended_at IS NULL) = (state IN ('waiting', 'asked'))", name="ended_when_over"),
    sa.CheckConstraint("state NOT IN ('asked', 'given') OR signing_id IS NOT NULL", name="asked_by_a_task"),
)
"""``waiting`` for their turn, ``asked``, opinion ``given``, ``removed``, ``spared`` because another was
enough or the task went away."""

PENDING = ("waiting", "asked")
Follower = Callable[[Connection, sa.Row[Any], str], None]
_followers: list[Follower] = []


def follows(follower: Follower) -> Follower:
    """Register what is called when a task asks a person for an opinion, with the task and the person."""
    _followers.append(follower)
    return follower


@steps.writes(effects.TaskClosed)
def _let_go(step: steps.Step, closed: list[effects.TaskClosed]) -> None:
    """Ask nobody any more about a task that went back, was cancelled or was taken away by an event."""
    gone = sa.select(task.c.id).where(
        task.c.business_key == step.row.business_key,
        task.c.token.in_([effect.token for effect in closed]),
        task.c.state == "cancelled",
        task.c.signs.is_(None),
    )
    spared = {"state": "spared", "ended_at": clock.now()}
    step.connection.execute(
        sa.update(signer).where(signer.c.task_id.in_(gone), signer.c.state.in_(PENDING)).values(spared)
    )


@tasks.guards
def _enough(_connection: Connection, _person: Candidate, row: sa.Row[Any], values: Mapping[str, Any] | None) -> None:
    """Refuse to finish a task whose opinions are not in, and to finish a step with what is only an opinion."""
    if values is not None and row.signing:
        raise errors.OpinionsMissing(count=row.signing)
    if values is not None and row.signs is not None:
        raise errors.TaskNotForYou(reason=N_("it asks for an opinion only."))


def add(
    connection: Connection,
    actor: audit.Actor,
    person: Candidate,
    task_id: int,
    people: Sequence[Candidate],
    mode: str,
    question: str,
) -> list[sa.Row[Any]]:
    """Ask people for their opinion on a task one holds; the mode holds for all who have not answered yet.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours, InstanceSuspended, ReasonMissing
    TaskNotForYou
        If a rule keeps one of them from having a hand in the task, or the task only asks for an opinion itself.
    SignersWrong
        If nobody is named, one is named twice or is the holder, there are too many, or the mode is unknown.
    """
    why = reasons.given(question)
    row, instance = tasks.own(connection, person, task_id)
    steps.require_active(instance)
    if row.signs is not None:
        raise errors.TaskNotForYou(reason=N_("it asks for an opinion only."))
    known = of(connection, row.id)
    pending = {each.person for each in known if each.state in PENDING}
    named = [each.id for each in people]
    if mode not in MODES or not named or len({*named, *pending, person.id}) != len(named) + len(pending) + 1:
        raise errors.SignersWrong(limit=MOST)
    if len(known) + len(named) > MOST:
        raise errors.SignersWrong(limit=MOST)
    for each in people:
        tasks.ask_guards(connection, each, row)
    connection.execute(
        sa.update(signer).where(signer.c.task_id == row.id, signer.c.state.in_(PENDING)).values(mode=mode)
    )
    common = {"task_id": row.id, "mode": mode, "question": why, "added_by": actor.id, "added_at": clock.now()}
    for each in people:
        connection.execute(sa.insert(signer).values(person=each.id, state="waiting", **common))
        details = {"task": row.id, "after": each.id, "mode": mode, "reason": why}
        _record(connection, actor, "task.signer_added", row, details)
    _go_on(connection, row)
    return [each for each in of(connection, row.id) if each.person in named and each.state in PENDING]


def remove(
    connection: Connection, actor: audit.Actor, person: Candidate, task_id: int, signer_id: int, reason: str
) -> None:
    """Take a signer off who has not answered yet.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours, InstanceSuspended, ReasonMissing
    SignerUnknown
        If the task has no such signer who has not answered.
    """
    why = reasons.given(reason)
    row, instance = tasks.own(connection, person, task_id)
    steps.require_active(instance)
    found = next((each for each in of(connection, row.id) if each.id == signer_id and each.state in PENDING), None)
    if found is None:
        raise errors.SignerUnknown
    _end(connection, [found], "removed")
    _record(connection, actor, "task.signer_removed", row, {"task": row.id, "after": found.person, "reason": why})
    _go_on(connection, row)


def sign(
    connection: Connection,
    actor: audit.Actor,
    person: Candidate,
    signing_id: int,
    values: Mapping[str, Any],
    form_hash: str | None = None,
) -> None:
    """Give the opinion that a signer's task asks for.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours, TaskNotForYou, InstanceSuspended
    """
    row, instance = tasks.own(connection, person, signing_id)
    steps.require_active(instance)
    if row.signs is None:
        raise errors.TaskNotForYou(reason=N_("nobody asks for an opinion in it."))
    tasks.ask_guards(connection, person, row)
    done = {"state": "completed", "completed_at": clock.now(), "completed_by": person.id, "draft": None}
    connection.execute(
        sa.update(task)
        .where(task.c.id == row.id)
        .values(**done, completed_for=tasks.groups_of(person, row), draft_form_hash=None)
    )
    given = {"state": "given", "ended_at": clock.now()}
    connection.execute(sa.update(signer).where(signer.c.signing_id == row.id).values(given))
    details = {"task": row.id, "for": row.signs, "values": dict(values)}
    _record(connection, actor, "task.signed", row, details, form_hash)
    asked = tasks.read(connection, row.signs)
    assert asked is not None
    _go_on(connection, asked)


def of(connection: Connection, task_id: int) -> Sequence[sa.Row[Any]]:
    """Return the signers of a task in the order in which they were added."""
    return connection.execute(sa.select(signer).where(signer.c.task_id == task_id).order_by(signer.c.id)).all()


def asking(connection: Connection, signing_id: int) -> sa.Row[Any] | None:
    """Return what a signer's task asks, of whom and for whom; None if it is no signer's task."""
    return connection.execute(sa.select(signer).where(signer.c.signing_id == signing_id)).one_or_none()


def _go_on(connection: Connection, row: sa.Row[Any]) -> None:
    """Spare whom nobody needs any more, ask whose turn it is, and count how many opinions are still wanted."""
    everybody = of(connection, row.id)
    pending = [each for each in everybody if each.state in PENDING]
    if pending and pending[0].mode == "one" and any(each.state == "given" for each in everybody):
        _end(connection, pending, "spared")
        pending = []
    one_by_one = bool(pending) and pending[0].mode == "in_turn"
    for each in pending[:1] if one_by_one else pending:
        if each.state == "waiting":
            _ask(connection, row, each)
    wanted = min(len(pending), 1) if pending and pending[0].mode == "one" else len(pending)
    connection.execute(sa.update(task).where(task.c.id == row.id).values(signing=wanted))


def _ask(connection: Connection, row: sa.Row[Any], whom: sa.Row[Any]) -> None:
    same = ("instance_id", "business_key", "token", "scope", "element", "name", "definition_id", "form", "properties")
    values = {name: getattr(row, name) for name in (*same, "priority", "due_at", "sort_due_at", "follow_up_at")}
    now = {"created_at": clock.now(), "claimed_at": clock.now(), "assignee": whom.person, "state": "open"}
    key = connection.execute(sa.insert(task).values(**values, **now, signs=row.id).returning(task.c.id)).scalar_one()
    offers.make(connection, key, {"user": [whom.person]}, free=False, sort_due_at=row.sort_due_at)
    connection.execute(sa.update(signer).where(signer.c.id == whom.id).values(state="asked", signing_id=key))
    for follower in _followers:
        follower(connection, row, whom.person)


def _end(connection: Connection, whom: Sequence[sa.Row[Any]], state: str) -> None:
    ended = {"state": state, "ended_at": clock.now()}
    connection.execute(sa.update(signer).where(signer.c.id.in_([each.id for each in whom])).values(ended))
    asked = [each.signing_id for each in whom if each.signing_id is not None]
    connection.execute(sa.update(task).where(task.c.id.in_(asked)).values(state="cancelled", completed_at=clock.now()))


def _record(
    connection: Connection,
    actor: audit.Actor,
    action: str,
    row: sa.Row[Any],
    details: dict[str, Any],
    form_hash: str | None = None,
) -> None:
    event = audit.Event(action, actor, row.element, details, form_hash=form_hash)
    audit.record(connection, row.business_key, event)
