"""The user task: offered to posts, claimed by a person, completed with a form, exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, definitions, errors
from engine.bpmn.running import effects
from engine.errors import N_
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.handling import listeners, offers
from engine.handling.offers import candidate

task = sa.Table(
    "task",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id), nullable=False),
    sa.Column("business_key", sa.String(80), nullable=False),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("scope", sa.Integer, nullable=False),
    sa.Column("signs", sa.ForeignKey("task.id")),
    sa.Column("signing", sa.Integer, nullable=False, default=0),
    sa.Column("element", sa.String(120), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("definition_id", sa.Integer, nullable=False),
    sa.Column("form", sa.String(200)),
    sa.Column("properties", db.Json, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("assignee", sa.String(80)),
    sa.Column("owner", sa.String(80)),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("created_at", db.Utc, nullable=False),
    sa.Column("claimed_at", db.Utc),
    sa.Column("due_at", db.Utc),
    sa.Column("sort_due_at", db.Utc, nullable=False),
    sa.Column("follow_up_at", db.Utc),
    sa.Column("draft", db.Json),
    sa.Column("draft_form_hash", sa.String(64)),
    sa.Column("completed_at", db.Utc),
    sa.Column("completed_by", sa.String(80)),
    sa.Column("completed_for", db.Json),
    sa.CheckConstraint("state IN ('open', 'completed', 'cancelled')", name="state_known"),
    sa.CheckConstraint("(completed_at IS NULL) = (state = 'open')", name="completed_when_over"),
    sa.CheckConstraint("state <> 'completed' OR completed_by IS NOT NULL", name="completed_by_somebody"),
    sa.Index(None, "instance_id"),
    sa.Index(None, "business_key", "completed_by"),
)
"""``sort_due_at`` is the due moment by which lists sort: the task's own, else its case's, else :data:`offers.NEVER`;
``scope`` is the token in whose scope the task's element stands; ``signs`` is the task that a signer was added to,
``signing`` how many opinions of its signers a task still wants;
``completed_for``: the groups for which whoever completed it could act, of those it was offered to."""

IS_OPEN: sa.ColumnElement[bool] = task.c.state == sa.literal_column("'open'")
"""The condition in the words of the partial indexes, which no database compares with a parameter."""


def _partial(name: str, *columns: sa.ColumnElement[Any], where: sa.ColumnElement[bool]) -> None:
    sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


_partial("ix_task_held", task.c.assignee, task.c.sort_due_at, task.c.id, where=IS_OPEN)
_partial("ix_task_owned", task.c.owner, where=sa.and_(IS_OPEN, task.c.owner.is_not(None)))
_partial("ix_task_signs", task.c.signs, where=task.c.signs.is_not(None))


@dataclass(frozen=True)
class Candidate:
    """A person as tasks see one: an id, the groups whose work that person may do, and what they are kept away from.

    Whoever is ``barred`` from a business key neither sees nor gets a task of it, or of what runs beside it.
    """

    id: str
    groups: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


Dates = Callable[[Connection, str], datetime | None]
_dates: list[Dates] = []


def dates(source: Dates) -> Dates:
    """Register what knows when the work of a business key is due, for tasks without a due moment of their own."""
    _dates.append(source)
    return source


def _due_of(connection: Connection, business_key: str) -> datetime:
    found = (source(connection, business_key) for source in _dates)
    return next((moment for moment in found if moment is not None), offers.NEVER)


Guard = Callable[[Connection, Candidate, sa.Row[Any], Mapping[str, Any] | None], None]
_guards: list[Guard] = []


def guards(guard: Guard) -> Guard:
    """Register what refuses a person a task by raising: it gets the person, the task and, at its end, the values.

    The task's row says in ``offered`` to which groups it is offered. Claiming, transferring, delegating and completing
    ask every guard before anything is changed.
    """
    _guards.append(guard)
    return guard


@steps.writes(effects.TaskOpened, effects.TaskClosed)
def _open_and_close(step: steps.Step, changed: list[effects.TaskOpened | effects.TaskClosed]) -> None:
    """Follow the kernel in its order: a step that is tried again closes a task and opens one for the same token."""
    for kind, some in groupby(changed, type):
        if kind is effects.TaskOpened:
            _open(step, list(some))  # type: ignore[arg-type]
        else:
            _close(step, list(some))  # type: ignore[arg-type]


def _open(step: steps.Step, opened: list[effects.TaskOpened]) -> None:
    pinned = [_pinned(step, effect) for effect in opened]
    opened = [heard for effect in pinned if effect and (heard := listeners.created(step, effect)) is not None]
    now, dated = clock.now(), all(effect.due_at for effect in opened)
    due = offers.NEVER if dated else _due_of(step.connection, step.row.business_key)
    for effect in opened:
        key = _INSERT.returned(
            step.connection,
            instance_id=step.instance_id,
            business_key=step.row.business_key,
            token=effect.token,
            scope=effect.scope,
            element=effect.element,
            name=effect.name or effect.element,
            definition_id=int(effect.definition or step.definition.id),
            form=effect.form,
            properties=dict(effect.properties),
            state="open",
            signing=0,
            assignee=effect.assignee,
            priority=effect.priority,
            created_at=now,
            claimed_at=now if effect.assignee else None,
            due_at=effect.due_at,
            sort_due_at=effect.due_at or due,
            follow_up_at=effect.follow_up_at,
        ).id
        to = {"group": effect.candidate_groups, "user": effect.candidate_users}
        offers.make(step.connection, key, to, free=effect.assignee is None, sort_due_at=effect.due_at or due)


def _pinned(step: steps.Step, effect: effects.TaskOpened) -> effects.TaskOpened | None:
    """Return a task with the form that its version tag means now; None if there is none, which is an incident."""
    if effect.form is None or not effect.form.startswith(bpmn.TAGGED):
        return effect
    try:
        return replace(effect, form=definitions.pinned(step.connection, effect.form))
    except errors.FormUnknown as missing:
        step.workflow.fail(effect.token, "FORM_NOT_FOUND", str(missing))
        return None


_INSERT = Prepared(sa.insert(task).returning(task.c.id))


def _close(step: steps.Step, closed: list[effects.TaskClosed]) -> None:
    gone = (
        task.c.instance_id == step.instance_id,
        task.c.state == "open",
        task.c.token.in_([effect.token for effect in closed]),
    )
    if any(effect.asks for effect in closed):
        for row in step.connection.execute(sa.select(task).where(*gone, task.c.signs.is_(None)).order_by(task.c.id)):
            listeners.closing(step, row)
    step.connection.execute(sa.update(task).where(*gone).values(state="cancelled", completed_at=clock.now()))


def may_see(person: Candidate) -> sa.ColumnElement[bool]:
    """Return the condition under which a task is a person's own or offered to that person."""
    offered = sa.exists().where(candidate.c.task_id == task.c.id, offers.to(person.id, person.groups))
    return sa.and_(sa.or_(task.c.assignee == person.id, task.c.owner == person.id, offered), *_not_barred(person))


def open_to(person: Candidate) -> sa.ColumnElement[bool]:
    """Return the condition under which a task is open and :func:`may_see`, told from the indexes of open tasks."""
    own = [sa.select(task.c.id).where(IS_OPEN, column == person.id) for column in (task.c.assignee, task.c.owner)]
    mine = task.c.id.in_(sa.union_all(*own, offers.opened(person.id, person.groups)))
    return sa.and_(IS_OPEN, mine, *_not_barred(person))


def free_to(
    person: Candidate, limit: int, *, edge: sa.Tuple | None = None, upwards: bool = True
) -> sa.CompoundSelect[Any]:
    """Return :func:`offers.first_free` without the tasks that the person is kept away from."""
    hidden = sa.select(task.c.id).where(IS_OPEN, sa.not_(sa.and_(*_not_barred(person)))) if person.barred else None
    return offers.first_free(person.id, person.groups, limit, hidden=hidden, edge=edge, upwards=upwards)


def _not_barred(person: Candidate) -> list[sa.ColumnElement[bool]]:
    key, barred = task.c.business_key, sorted(person.barred)
    return [sa.and_(key != each, sa.not_(key.startswith(f"{each}-", autoescape=True))) for each in barred]


_COMMA: Any = sa.literal_column("','")


def _offered(kind: str) -> sa.ScalarSelect[str]:
    names = sa.func.aggregate_strings(candidate.c.name, _COMMA)  # no name has one: bpmn parts them there
    return sa.select(names).where(candidate.c.task_id == task.c.id, candidate.c.kind == kind).scalar_subquery()


_COLUMNS = [*task.c, _offered("group").label("offered"), _offered("user").label("offered_users")]
_GET = Prepared(sa.select(*_COLUMNS).where(task.c.id == sa.bindparam("key", type_=db.Id)))
_LOCK = steps.locking(task.c.id == sa.bindparam("task", type_=db.Id), task, _COLUMNS)


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
    return connection.execute(sa.select(task).where(mine, task.c.state == "open").order_by(task.c.id)).all()


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
    workflow = steps.load(connection, instance, definition, focus=row.token)
    return dict(workflow.view(row.token if row.state == "open" else None))


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


def _locked(connection: Connection, person: Candidate, task_id: int) -> tuple[sa.Row[Any], sa.Row[Any]]:
    row, instance = lock(connection, task_id, person)
    require_open(row)
    return row, instance


def require_open(row: sa.Row[Any]) -> None:
    """Refuse a task in which nothing can be done any more.

    Raises
    ------
    TaskAlreadyCompleted, TaskWithdrawn
    """
    if row.state == "completed":
        raise errors.TaskAlreadyCompleted(person=row.completed_by, at=row.completed_at)
    if row.state == "cancelled":
        raise errors.TaskWithdrawn()


def claim(connection: Connection, actor: audit.Actor, person: Candidate, task_id: int) -> sa.Row[Any]:
    """Take a task that is offered to one of the person's groups; claiming one's own again changes nothing.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskAlreadyClaimed
    TaskNotForYou
        In one of its kinds, which says what rule forbids it.
    """
    row, instance = _locked(connection, person, task_id)
    if row.assignee == person.id:
        return row
    if row.assignee is not None:
        raise errors.TaskAlreadyClaimed(person=row.assignee)
    ask_guards(connection, person, row)
    return change(connection, actor, instance, row, "task.claimed", assignee=person.id, claimed_at=clock.now())


def release(connection: Connection, actor: audit.Actor, person: Candidate, task_id: int) -> sa.Row[Any]:
    """Give a claimed task back to those it was offered to; errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    return change(connection, actor, instance, row, "task.released", assignee=None, owner=None, claimed_at=None)


def take_away(connection: Connection, actor: audit.Actor, row: sa.Row[Any]) -> None:
    """Open a task to those it is offered to again, because whoever holds it may not work on its case any more.

    It is called by the rule that forbids it, in whatever step that was decided; so nobody's instance is locked for it.
    """
    connection.execute(
        sa.update(task).where(task.c.id == row.id).values(assignee=None, owner=None, claimed_at=None, draft=None)
    )
    details = {"task": row.id, "before": row.assignee, "after": None}
    audit.record(connection, row.business_key, audit.Event("task.taken_away", actor, row.element, details))


def transfer(
    connection: Connection, actor: audit.Actor, person: Candidate, task_id: int, to: Candidate, reason: str
) -> sa.Row[Any]:
    """Hand a task over for good (转办) to a person it may be offered to; errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    offered_to(connection, to, row)
    return change(
        connection, actor, instance, row, "task.transferred", reason, assignee=to.id, owner=None, claimed_at=clock.now()
    )


def delegate(
    connection: Connection, actor: audit.Actor, person: Candidate, task_id: int, to: Candidate, reason: str
) -> sa.Row[Any]:
    """Let another person work on a task that stays one's own (委派); errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    offered_to(connection, to, row)
    return change(connection, actor, instance, row, "task.delegated", reason, assignee=to.id, owner=person.id)


def hand_back(connection: Connection, actor: audit.Actor, person: Candidate, task_id: int) -> sa.Row[Any]:
    """Give a delegated task back to its owner; errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    if row.owner is None:
        raise errors.TaskNotForYou(reason=N_("it was not delegated."))
    return change(connection, actor, instance, row, "task.handed_back", assignee=row.owner, owner=None)


def save_draft(
    connection: Connection, person: Candidate, task_id: int, values: Mapping[str, Any], form_hash: str | None
) -> None:
    """Keep what was typed so far; a draft is nobody's act and leaves no event. Errors as :func:`claim`."""
    row, _ = own(connection, person, task_id)
    connection.execute(sa.update(task).where(task.c.id == row.id).values(draft=dict(values), draft_form_hash=form_hash))


_COMPLETE = Prepared(
    sa.update(task)
    .where(task.c.id == sa.bindparam("key"))
    .values(
        state="completed",
        completed_at=sa.bindparam("at"),
        completed_by=sa.bindparam("by"),
        completed_for=sa.bindparam("groups"),
        draft=None,
        draft_form_hash=None,
    )
)


def complete(
    connection: Connection,
    actor: audit.Actor,
    person: Candidate,
    task_id: int,
    variables: Mapping[str, Any],
    *,
    form_hash: str | None = None,
    comment: str = "",
    held: tuple[sa.Row[Any], sa.Row[Any]] | None = None,
) -> steps.Step:
    """Finish a task with the checked values of its form and let the process go on.

    Parameters
    ----------
    held : what :func:`lock` returned in this transaction, in which nothing has been written since.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours, InstanceNotActive
    TaskNotForYou
        In one of its kinds, which says what rule forbids it.
    PersonsNotDistinct
        If the values do not name the different persons that the task needs.
    """
    row, instance = own(connection, person, task_id, held)
    ask_guards(connection, person, row, variables)
    if corrected := heard(connection, actor, instance, row, "completing", {}, variables):
        connection.execute(sa.update(task).where(task.c.id == row.id).values(corrected))
    _COMPLETE.run(connection, key=row.id, at=clock.now(), by=person.id, groups=groups_of(person, row))
    more = {"comment": comment} if comment else {}
    return steps.act(
        connection,
        actor,
        instance,
        lambda workflow: workflow.complete(row.token, variables),
        "task.completed",
        focus=row.token,
        element=row.element,
        form_hash=form_hash,
        task=row.id,
        values=dict(variables),
        **more,
    )


def own(
    connection: Connection, person: Candidate, task_id: int, held: tuple[sa.Row[Any], sa.Row[Any]] | None = None
) -> tuple[sa.Row[Any], sa.Row[Any]]:
    """Return an open task that the person holds and its locked instance; errors as :func:`claim`.

    ``held`` as for :func:`complete`.
    """
    row, instance = held or lock(connection, task_id, person)
    require_open(row)
    if row.assignee != person.id:
        raise errors.TaskNotYours(person=row.assignee or "—")
    return row, instance


def offered_to(connection: Connection, to: Candidate, row: sa.Row[Any]) -> None:
    """Refuse to give a task to a person it is not offered to, or whom a rule forbids it.

    Raises
    ------
    TaskNotForYou
    """
    allowed = connection.execute(sa.select(task.c.id).where(task.c.id == row.id, may_see(to))).scalar()
    if allowed is None:
        raise errors.TaskNotForYou(reason=N_("that person holds none of the posts it is offered to."))
    ask_guards(connection, to, row)


def ask_guards(
    connection: Connection, person: Candidate, row: sa.Row[Any], values: Mapping[str, Any] | None = None
) -> None:
    """Let every guard refuse the person the task, a row that :func:`get` returned; ``values`` come with its end."""
    for guard in _guards:
        guard(connection, person, row, values)


def change(
    connection: Connection,
    actor: audit.Actor,
    instance: sa.Row[Any],
    row: sa.Row[Any],
    action: str,
    reason: str = "",
    **values: Any,
) -> sa.Row[Any]:
    """Let other people have a task of a running instance, as its listeners let them, and write that into the trail.

    Raises
    ------
    InstanceSuspended, InstanceNotActive, TaskDenied, TaskListenerFailed
    """
    steps.require_active(instance)
    values |= heard(connection, actor, instance, row, "assigning", values)
    changed = connection.execute(sa.update(task).where(task.c.id == row.id).values(**values).returning(task)).one()
    details = {"task": row.id, "before": row.assignee, "after": changed.assignee}
    if reason:
        details["reason"] = reason
    audit.record(connection, row.business_key, audit.Event(action, actor, row.element, details))
    return changed


def ask_about(
    connection: Connection, actor: audit.Actor, instance: sa.Row[Any], token: int, variables: Mapping[str, Any]
) -> None:
    """Ask the listeners of the task that stands at a token whether its variables may be changed; errors as theirs."""
    at = task.c.instance_id == instance.id, task.c.token == token, task.c.signs.is_(None)
    row = connection.execute(sa.select(task).where(IS_OPEN, *at)).one_or_none()
    corrected = heard(connection, actor, instance, row, "updating", {}, variables) if row is not None else {}
    if row is not None and corrected:
        connection.execute(sa.update(task).where(task.c.id == row.id).values(corrected))


def heard(connection: Connection, actor: audit.Actor, instance: sa.Row[Any], row: sa.Row[Any], *turn: Any) -> Any:
    """Return the columns that the listeners of a task correct, and the moment by which lists sort it then.

    Raises
    ------
    TaskDenied, TaskListenerFailed
    """
    corrected = listeners.heard(connection, actor, instance, row, *turn)
    if "due_at" in corrected:
        corrected["sort_due_at"] = corrected["due_at"] or _due_of(connection, row.business_key)
    return corrected


def move_due(connection: Connection, business_key: str, before: datetime, after: datetime) -> None:
    """Let a case's open tasks that were due at one moment be due at another: their period has been counted anew."""
    connection.execute(
        sa.update(task)
        .where(task.c.business_key == business_key, task.c.state == "open", task.c.due_at == before)
        .values(due_at=after, sort_due_at=after)
    )


def show_due(connection: Connection, instances: sa.ColumnElement[bool], at: datetime | None) -> None:
    """Let open tasks of some instances that have no due moment of their own stand in lists as due at ``at``."""
    theirs = task.c.instance_id.in_(sa.select(steps.instance.c.id).where(instances))
    connection.execute(
        sa.update(task).where(theirs, IS_OPEN, task.c.due_at.is_(None)).values(sort_due_at=at or offers.NEVER)
    )


def inbox(connection: Connection, person: Candidate, *, view: str = "mine", limit: int = 20) -> Sequence[sa.Row[Any]]:
    """Return the first open tasks as :data:`LISTED`, most urgent first, those without a deadline last.

    Parameters
    ----------
    view : ``mine`` (assigned), ``claimable`` (offered and free) or ``all``.
    """
    return connection.execute(inbox_query(person, view, limit)).all()


LISTED = [
    *(task.c.id, task.c.instance_id, task.c.business_key, task.c.token, task.c.element, task.c.name, task.c.form),
    *(task.c.properties, task.c.assignee, task.c.owner, task.c.priority, task.c.created_at),
    *(task.c.due_at, task.c.sort_due_at),
]
"""What lists show of open tasks: sorting their rows costs by the column, and a draft may be long."""


def inbox_query(person: Candidate, view: str, limit: int) -> sa.Select[Any]:
    """Return the query of :func:`inbox`."""
    query: sa.Select[Any] = sa.select(*LISTED).where(IS_OPEN, _view(person, view, limit))
    return query.order_by(task.c.sort_due_at, task.c.id).limit(limit)


def _view(person: Candidate, view: str, limit: int) -> sa.ColumnElement[bool]:
    if view == "mine":
        return task.c.assignee == person.id
    if view == "claimable":
        return task.c.id.in_(free_to(person, limit))
    return open_to(person)
