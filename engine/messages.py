"""Messages and signals: correlated by name and key, each delivery a job, buffered while their time-to-live lasts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, jobs
from engine.bpmn.elements.values import CONVERSATION
from engine.bpmn.running import effects
from engine.flow import steps

subscription = sa.Table(
    "subscription",
    db.metadata,
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id), primary_key=True),
    sa.Column("token", sa.Integer, primary_key=True),
    sa.Column("process_id", sa.String(120), nullable=False),
    sa.Column("element", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("key", sa.String(200)),
    sa.CheckConstraint("kind IN ('message', 'signal')", name="kind_known"),
    sa.CheckConstraint("(kind = 'message') = (key IS NOT NULL)", name="messages_have_keys"),
    sa.Index(None, "kind", "name", "key"),
)

message = sa.Table(
    "message",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("message_id", sa.String(120)),
    sa.Column("variables", db.Json, nullable=False),
    sa.Column("published_by", sa.String(80), nullable=False),
    sa.Column("expires_at", db.Utc, nullable=False),
    sa.UniqueConstraint("name", "key", "message_id"),
)

delivered = sa.Table(
    "message_delivered",
    db.metadata,
    sa.Column("message_id", sa.ForeignKey(message.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("process_id", sa.String(120), primary_key=True),
)
"""A message reaches at most one instance of each process (dialect.md 4)."""


Beginner = Callable[[Connection, sa.Row[Any], sa.Select[Any]], str | None]
Broadcaster = Callable[[Connection, str, Mapping[str, Any]], None]
_beginners: list[Beginner] = []
_broadcasters: list[Broadcaster] = []


Conversation = Callable[[Connection, int], str | None]
_conversations: list[Conversation] = []


def knows_conversation(source: Conversation) -> Conversation:
    """Register what knows the key of the conversation in which a message began an instance."""
    _conversations.append(source)
    return source


def _key(step: steps.Step, key: str) -> str:
    """Return the key of a message; of one without its own, that of the conversation of pools (BPMN 2.0.2 §8.3)."""
    if key != CONVERSATION:
        return key
    known = (source(step.connection, step.instance_id) for source in _conversations)
    return next((found for found in known if found), f"{CONVERSATION}{step.row.business_key}")


def join(connection: Connection, own: str, key: str) -> None:
    """Let an instance that has just begun take part in the conversation that began it, in place of one of its own."""
    mine = f"{CONVERSATION}{own}"
    connection.execute(sa.update(subscription).where(subscription.c.key == mine).values(key=key))
    connection.execute(sa.update(message).where(message.c.key == mine).values(key=key))
    offer_again(connection, key)


def begins(beginner: Beginner) -> Beginner:
    """Register what begins an instance by a message that no running one waits for.

    It gets the message and a query of the processes that have got it, and returns the process it began, or None.
    """
    _beginners.append(beginner)
    return beginner


def follows_signal(broadcaster: Broadcaster) -> Broadcaster:
    """Register what besides running instances reacts to a signal: it gets name and variables."""
    _broadcasters.append(broadcaster)
    return broadcaster


@steps.writes(
    effects.SubscriptionOpened,
    effects.SubscriptionChanged,
    effects.Unsubscribed,
    effects.MessageThrown,
    effects.SignalThrown,
)
def _write(step: steps.Step, happened: list[Any]) -> None:
    """Write what happened in its order: a signal is for those who waited when it was thrown, not for who came later."""
    writers: dict[type, Callable[[steps.Step, list[Any]], None]] = {
        effects.SubscriptionOpened: _subscribe,
        effects.SubscriptionChanged: _resubscribe,
        effects.Unsubscribed: _unsubscribe,
        effects.MessageThrown: _throw,
        effects.SignalThrown: _broadcast,
    }
    for kind, together in itertools.groupby(happened, type):
        writers[kind](step, list(together))


def _subscribe(step: steps.Step, opened: list[effects.SubscriptionOpened]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "instance_id": step.instance_id,
            "token": effect.token,
            "process_id": step.definition.process_id,
            "element": effect.element,
            "kind": effect.kind,
            "name": effect.name,
            "key": _key(step, effect.key) if effect.key is not None else None,
        }
        for effect in opened
    ]
    step.connection.execute(sa.insert(subscription), rows)
    for row in rows:
        if row["kind"] == "message":
            offer_again(step.connection, row["key"] or "", row["name"])


def offer_again(connection: Connection, key: str, name: str | None = None) -> None:
    """Look once more for whom the kept messages with a key are, of one name or of any."""
    kept = sa.select(message.c.id).where(message.c.key == key, message.c.expires_at > clock.now())
    if name is not None:
        kept = kept.where(message.c.name == name)
    waiting = connection.execute(kept.order_by(message.c.id)).scalars()
    for message_id in waiting.all():
        jobs.add(connection, "message", clock.now(), {"message": message_id})


def _unsubscribe(step: steps.Step, gone: list[effects.Unsubscribed]) -> None:
    tokens = [effect.token for effect in gone if effect.kind != "timer"]
    if tokens:
        step.connection.execute(_UNSUBSCRIBE, {"instance": step.instance_id, "tokens": tokens})


_UNSUBSCRIBE = sa.delete(subscription).where(
    subscription.c.instance_id == sa.bindparam("instance"),
    subscription.c.token.in_(sa.bindparam("tokens", expanding=True)),
)


def _resubscribe(step: steps.Step, changed: list[effects.SubscriptionChanged]) -> None:
    for effect in changed:
        key = _key(step, effect.key) if effect.key is not None else None
        waits_for = {"name": effect.name, "key": key} if effect.name is not None else {}
        mine = subscription.c.instance_id == step.instance_id, subscription.c.token == effect.token
        step.connection.execute(sa.update(subscription).where(*mine).values(element=effect.element, **waits_for))
        if effect.name is not None and key is not None:
            offer_again(step.connection, key, effect.name)


def _throw(step: steps.Step, thrown: list[effects.MessageThrown]) -> None:
    for effect in thrown:
        key = _key(step, effect.key)
        publish(step.connection, step.actor, effect.name, key, effect.variables, ttl=timedelta(hours=1))


def _broadcast(step: steps.Step, thrown: list[effects.SignalThrown]) -> None:
    for effect in thrown:
        beside = subscription.c.instance_id == step.instance_id, subscription.c.token.in_(effect.heard)
        broadcast(step.connection, effect.name, effect.variables, sa.not_(sa.and_(*beside)))


def publish(
    connection: Connection,
    actor: audit.Actor,
    name: str,
    key: str,
    variables: Mapping[str, Any],
    *,
    ttl: timedelta = timedelta(0),
    message_id: str | None = None,
) -> int:
    """Send a message to one waiting instance of every process, or begin one; it waits ``ttl`` for whom it misses.

    A process that starts by the message begins an instance, which is known by ``key`` unless the variable
    ``business_key`` says otherwise; while that instance lives, the next message with the same key has to wait.
    Sent again under the same name, key and ``message_id`` while the first is kept, it is the first.
    """
    if message_id is not None:
        known = connection.execute(
            sa.select(message.c.id).where(
                message.c.name == name, message.c.key == key, message.c.message_id == message_id
            )
        ).scalar()
        if known is not None:
            return int(known)
    values = {
        "name": name,
        "key": key,
        "message_id": message_id,
        "variables": dict(variables),
        "published_by": actor.id,
        "expires_at": clock.now() + ttl,
    }
    row_id: int = connection.execute(sa.insert(message).values(values).returning(message.c.id)).scalar_one()
    jobs.add(connection, "message", clock.now(), {"message": row_id})
    return row_id


def broadcast(connection: Connection, name: str, variables: Mapping[str, Any], *only: sa.ColumnElement[bool]) -> None:
    """Send a signal to every instance that waits for it now, and to every process that starts by it.

    Of the subscriptions, it goes to those for which ``only`` is true.
    """
    waits = sa.select(subscription).where(subscription.c.kind == "signal", subscription.c.name == name, *only)
    waiting = connection.execute(waits).all()
    for row in waiting:
        payload = {"token": row.token, "variables": dict(variables), "name": name, "instance": row.instance_id}
        jobs.add(connection, "signal", clock.now(), payload)
    for broadcaster in _broadcasters:
        broadcaster(connection, name, variables)


@jobs.runs("message")
def _correlate(connection: Connection, row: sa.Row[Any]) -> None:
    sent = connection.execute(sa.select(message).where(message.c.id == row.payload["message"])).one_or_none()
    if sent is None:
        return
    done = sa.select(delivered.c.process_id).where(delivered.c.message_id == sent.id)
    target = connection.execute(
        sa.select(subscription)
        .where(
            subscription.c.kind == "message",
            subscription.c.name == sent.name,
            subscription.c.key == sent.key,
            subscription.c.process_id.not_in(done),
        )
        .order_by(subscription.c.instance_id, subscription.c.token)
        .limit(1)
    ).one_or_none()
    if target is not None:
        reached = target.process_id
        instance = steps.lock(connection, target.instance_id)
        actor = audit.Actor(sent.published_by)
        _receive(connection, actor, instance, target.token, "message.received", sent.name, sent.variables)
    else:
        reached = _begun(connection, sent, done)
        if reached is None:  # everybody has got it: only now may it expire, were it kept for no time at all
            jobs.add(connection, "expiry", sent.expires_at, {"message": sent.id})
            return
    connection.execute(sa.insert(delivered).values(message_id=sent.id, process_id=reached))
    jobs.add(connection, "message", clock.now(), {"message": sent.id})


def _begun(connection: Connection, sent: sa.Row[Any], done: sa.Select[Any]) -> str | None:
    begun = (beginner(connection, sent, done) for beginner in _beginners)
    return next((process for process in begun if process is not None), None)


@jobs.runs("signal")
def _signal(connection: Connection, row: sa.Row[Any]) -> None:
    payload = row.payload
    instance = steps.lock(connection, payload["instance"])
    still = connection.execute(
        sa.select(subscription.c.token).where(
            subscription.c.instance_id == payload["instance"],
            subscription.c.token == payload["token"],
            subscription.c.name == payload["name"],
        )
    ).scalar()
    if still is not None:
        _receive(
            connection,
            audit.SYSTEM,
            instance,
            payload["token"],
            "signal.received",
            payload["name"],
            payload["variables"],
        )


@jobs.runs("expiry")
def _expire(connection: Connection, row: sa.Row[Any]) -> None:
    connection.execute(sa.delete(message).where(message.c.id == row.payload["message"]))


def _receive(
    connection: Connection,
    actor: audit.Actor,
    instance: sa.Row[Any],
    token: int,
    event: str,
    name: str,
    variables: Mapping[str, Any],
) -> None:
    steps.act(
        connection, actor, instance, lambda workflow: workflow.trigger(token, variables), event, name=name,
        values=dict(variables),
    )  # fmt: skip
