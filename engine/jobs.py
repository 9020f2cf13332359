"""The job: work the engine owes, a timer, a service or a delivery; written with the change, run once it is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors
from engine.bpmn.running import effects
from engine.flow import steps, suspensions
from engine.ground.prepared import Prepared
from engine.handling import reasons

job = sa.Table(
    "job",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id)),
    sa.Column("token", sa.Integer),
    sa.Column("payload", db.Json, nullable=False),
    sa.Column("due_at", db.Utc, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("failed", sa.Boolean, nullable=False, default=False),
    sa.Column("last_error", sa.Text),
    sa.Column("held_by", sa.ForeignKey(suspensions.suspension.c.id, ondelete="SET NULL")),
    sa.Index(None, "failed", "held_by", "due_at", "id"),
    sa.Index(None, "held_by"),
    sa.Index(None, "instance_id", "token"),
    sa.CheckConstraint("(instance_id IS NULL) = (token IS NULL)", name="token_of_instance"),
)

STREAM = "house:jobs"
TRIES = 5
"""How often a job is tried before it becomes an incident, unless its model or its payload says otherwise."""
LONGEST_WAIT = timedelta(hours=1)
"""The most that lies between two tries, however often it failed."""

wakers: list[Callable[[], None]] = []
"""Called after a commit that wrote a job: how a scheduler in this process learns of it."""

LEASE = timedelta(minutes=10)
"""How long a call to another system may take before somebody else tries it."""

Runner = Callable[[Connection, sa.Row[Any]], None]
Finish = Callable[[Connection], None]
Caller = Callable[[Connection, sa.Row[Any]], Callable[[], Finish]]
GivesUp = Callable[[Connection, sa.Row[Any], str], None]
Follower = Callable[[Connection, sa.Row[Any], str], None]
_runners: dict[str, Runner] = {}
_callers: dict[str, tuple[Caller, GivesUp]] = {}
_followers: list[Follower] = []


def runs(kind: str) -> Callable[[Runner], Runner]:
    """Register what runs the jobs of one kind, in a transaction of its own."""

    def register(runner: Runner) -> Runner:
        _runners[kind] = runner
        return runner

    return register


def calls(kind: str, gives_up: GivesUp) -> Callable[[Caller], Caller]:
    """Register what runs the jobs of one kind outside a transaction, at least once.

    It gets the job in a first transaction and returns what to do outside of any, which returns what to write in the
    last one; that one must :func:`finish` the job. ``gives_up`` gets the job and the reason after the last try.
    """

    def register(caller: Caller) -> Caller:
        _callers[kind] = caller, gives_up
        return caller

    return register


def follows(follower: Follower) -> Follower:
    """Register what is told that a job has ``failed`` for good, then that it is ``retried`` or ``dropped``."""
    _followers.append(follower)
    return follower


def add(
    connection: Connection,
    kind: str,
    due_at: datetime,
    payload: Mapping[str, Any],
    *,
    instance_id: int | None = None,
    token: int | None = None,
) -> None:
    """Write a job in the running transaction; the scheduler is woken once it has been committed."""
    values = {"kind": kind, "due_at": due_at, "payload": dict(payload), "instance_id": instance_id, "token": token}
    _INSERT.run(connection, **values, attempts=0, failed=False)
    db.after_commit(connection, _wake)


def keep(connection: Connection, kind: str, due_at: datetime) -> None:
    """See to it that one job of a kind that belongs to no instance waits; there is never a second beside it."""
    waiting = sa.exists().where(job.c.kind == kind, job.c.failed.is_(False))
    if not connection.scalar(sa.select(waiting)):
        add(connection, kind, due_at, {})


_INSERT = Prepared(sa.insert(job))


def _wake() -> None:
    for waker in wakers:
        waker()


@suspensions.follows
def _run_what_was_held(connection: Connection) -> None:
    db.after_commit(connection, _wake)


@steps.writes(effects.TimerSet)
def _set_timers(step: steps.Step, timers: list[effects.TimerSet]) -> None:
    for timer in timers:
        add(step.connection, "timer", timer.due_at, {}, instance_id=step.instance_id, token=timer.token)


@steps.writes(effects.Unsubscribed, effects.JobCancelled)
def _drop(step: steps.Step, gone: list[Any]) -> None:
    tokens = [effect.token for effect in gone if isinstance(effect, effects.JobCancelled) or effect.kind == "timer"]
    for token in tokens:
        for row in _DROP.all(step.connection, instance=step.instance_id, at=token):
            if row.failed:
                _tell(step.connection, row, "dropped")


_DROP = Prepared(
    sa.delete(job)
    .where(
        job.c.instance_id == sa.bindparam("instance", type_=db.Id), job.c.token == sa.bindparam("at", type_=sa.Integer)
    )
    .returning(job)
)


@steps.writes(effects.TimerChanged)
def _move_timers(step: steps.Step, changed: list[effects.TimerChanged]) -> None:
    for effect in changed:
        mine = job.c.instance_id == step.instance_id, job.c.token == effect.token, job.c.kind == "timer"
        step.connection.execute(sa.update(job).where(*mine).values(due_at=effect.due_at))
    db.after_commit(step.connection, _wake)


@steps.writes(effects.JobChanged)
def _reword(step: steps.Step, changed: list[effects.JobChanged]) -> None:
    for effect in changed:
        mine = job.c.instance_id == step.instance_id, job.c.token == effect.token, job.c.kind == "service"
        for row in step.connection.execute(sa.select(job.c.id, job.c.payload).where(*mine)).all():
            payload = {**row.payload, "element": effect.element, "headers": dict(effect.headers)}
            step.connection.execute(sa.update(job).where(job.c.id == row.id).values(payload=payload))


def due(connection: Connection, limit: int = 100) -> Sequence[int]:
    """Return the keys of the jobs that are due, oldest first."""
    query = sa.select(job.c.id).where(*_WANTED, job.c.due_at <= clock.now())
    return connection.execute(query.order_by(job.c.due_at, job.c.id).limit(limit)).scalars().all()


def next_due(connection: Connection) -> datetime | None:
    """Return when the next job is due."""
    return connection.execute(sa.select(sa.func.min(job.c.due_at)).where(*_WANTED)).scalar()


_WANTED = (job.c.failed.is_(False), job.c.held_by.is_(None))


def run(database: Engine, job_id: int) -> bool:
    """Run a job once, if it is still there and due; tell whether it did its work.

    What fails is tried again after 10 s · 4ⁿ, an hour at most; after five tries a person has to look. What belongs to
    something suspended is held, without counting as a try, and runs once that is resumed.
    """
    try:
        try:
            return _work(database, job_id)
        except errors.Suspended:
            raise
        except Exception as error:  # whatever it was is kept with the job, where a person will see it
            with db.transaction(database) as connection:
                _note_failure(connection, job_id, error)
    except errors.Suspended as error:
        with db.transaction(database) as connection:
            connection.execute(sa.update(job).where(job.c.id == job_id).values(held_by=suspensions.holding(error)))
    return False


def _work(database: Engine, job_id: int) -> bool:
    with db.transaction(database) as connection:
        row = _take(connection, job_id)
        if row is None:
            return False
        if row.kind not in _callers:
            _runners[row.kind](connection, row)
            return True
        call = _callers[row.kind][0](connection, row)
    _outside(database, row, call)
    return True


def _outside(database: Engine, row: sa.Row[Any], call: Callable[[], Finish]) -> None:
    """Call another system and write what came of it; that a call failed which nobody wants any more is no fault."""
    try:
        write = call()
        with db.transaction(database) as connection:
            write(connection)
    except Exception:
        with db.reading(database) as connection:
            if connection.execute(sa.select(job.c.id).where(*_this(row))).scalar() is not None:
                raise


def _this(row: sa.Row[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what is true of this job alone: SQLite gives the number of one that was dropped to the next."""
    return job.c.id == row.id, job.c.instance_id == row.instance_id, job.c.token == row.token


def _take(connection: Connection, job_id: int) -> sa.Row[Any] | None:
    """Lock the instance first, then take the job out: whoever comes second finds nothing.

    A job that is done outside stays, but nobody else takes it until it should have been done long ago.
    """
    row = _READ.one(connection, key=job_id)
    if row is None or row.failed or row.due_at > clock.now():
        return None
    if row.instance_id is not None:
        steps.lock(connection, row.instance_id)
    if row.kind not in _callers:
        return _TAKE_OUT.one(connection, key=job_id)
    due = job.c.id == job_id, job.c.failed.is_(False), job.c.due_at <= clock.now()
    return connection.execute(
        sa.update(job).where(*due).values(due_at=clock.now() + LEASE).returning(job)
    ).one_or_none()


_BY_KEY = job.c.id == sa.bindparam("key", type_=db.Id)
_READ = Prepared(sa.select(job).where(_BY_KEY))
_TAKE_OUT = Prepared(sa.delete(job).where(_BY_KEY).returning(job))


def finish(connection: Connection, row: sa.Row[Any]) -> bool:
    """Take a job out that was done outside; tell whether it was still wanted. Its instance must be locked."""
    return connection.execute(sa.delete(job).where(*_this(row)).returning(job.c.id)).scalar() is not None


def _note_failure(connection: Connection, job_id: int, error: Exception) -> None:
    row = connection.execute(sa.select(job).where(job.c.id == job_id)).one_or_none()
    if row is None:
        return
    reason = f"{type(error).__name__}: {error}"
    last = row.attempts + 1 >= row.payload.get("retries", TRIES)
    if last and row.kind in _callers:
        _callers[row.kind][1](connection, row, reason)
        return
    wait = min(timedelta(seconds=10 * 4**row.attempts), LONGEST_WAIT)
    noted = sa.update(job).where(job.c.id == job_id).returning(job)
    row = connection.execute(
        noted.values(attempts=row.attempts + 1, failed=last, last_error=reason, due_at=clock.now() + wait)
    ).one()
    if last:
        _tell(connection, row, "failed")
    db.after_commit(connection, _wake)


def _tell(connection: Connection, row: sa.Row[Any], happened: str) -> None:
    for follower in _followers:
        follower(connection, row, happened)


@runs("timer")
def _fire(connection: Connection, row: sa.Row[Any]) -> None:
    instance = steps.lock(connection, row.instance_id)
    steps.act(
        connection, audit.SYSTEM, instance, lambda workflow: workflow.trigger(row.token), "timer.fired",
        due=row.due_at.isoformat(),
    )  # fmt: skip


def failed(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the jobs that were tried too often, the first to fail first, with the ``business_key`` of each."""
    return connection.execute(
        sa.select(job, steps.instance.c.business_key)
        .outerjoin(steps.instance, steps.instance.c.id == job.c.instance_id)
        .where(job.c.failed)
        .order_by(job.c.due_at, job.c.id)
    ).all()


def retry(connection: Connection, actor: audit.Actor, job_id: int, reason: str) -> None:
    """Let a failed job be tried again from now on.

    Raises
    ------
    JobUnknown
        If there is none, or it has not failed.
    ReasonMissing
    """
    why = reasons.given(reason)
    row = connection.execute(
        sa.update(job)
        .where(job.c.id == job_id, job.c.failed)
        .values(failed=False, attempts=0, due_at=clock.now())
        .returning(job)
    ).one_or_none()
    if row is None:
        raise errors.JobUnknown()
    key = connection.scalar(sa.select(steps.instance.c.business_key).where(steps.instance.c.id == row.instance_id))
    details = {"job": row.id, "kind": row.kind, "error": row.last_error, "reason": why}
    audit.record(connection, key or STREAM, audit.Event("job.retried", actor, details=details))
    _tell(connection, row, "retried")
    db.after_commit(connection, _wake)
