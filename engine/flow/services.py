"""The service task: a handler does its work, a local one within the step, a remote one as a job outside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, errors, jobs
from engine.bpmn.running import effects
from engine.flow import handlers, steps

REFUSED = "refused"
"""The header of a service right behind a user task: ``back`` gives what it refuses back to whoever entered it.

Nothing of their step is kept then; without it, and wherever nobody waits for an answer, a fault is an incident."""


@steps.writes(effects.JobCreated)
def _serve(step: steps.Step, created: list[effects.JobCreated]) -> None:
    for effect in created:
        waiting = {token for token, _, kind in step.workflow.waiting() if kind == "job"}
        if effect.token not in waiting:
            continue
        if handlers.is_remote(effect.type):
            _plan(step, effect)
        else:
            _run(step, effect)


# -- local


def _run(step: steps.Step, effect: effects.JobCreated) -> None:
    function = handlers.find(effect.type)
    if function is None:
        step.workflow.fail(effect.token, "JOB_NO_HANDLER", errors.N_("No handler is installed for this service."))
        return
    work = handlers.Job(
        step.connection,
        step.actor,
        step.instance_id,
        step.row.business_key,
        effect.element,
        effect.headers,
        step.workflow.view(effect.token),
    )
    try:
        with step.connection.begin_nested():
            result = function(work)
    except handlers.BpmnError as error:
        step.workflow.throw_error(effect.token, error.code, error.message, error.variables)
    except errors.EngineError as error:
        if effect.headers.get(REFUSED) == "back":
            error.sent_back = True
            raise
        step.workflow.fail(effect.token, "JOB_NO_RETRIES", str(error))
    except Exception as error:  # a handler's fault must not undo the person's act: it becomes an incident
        step.workflow.fail(effect.token, "JOB_NO_RETRIES", f"{type(error).__name__}: {error}")
    else:
        step.workflow.complete(effect.token, result or {})


# -- remote


def _plan(step: steps.Step, effect: effects.JobCreated) -> None:
    payload = {
        "type": effect.type,
        "element": effect.element,
        "headers": dict(effect.headers),
        "retries": effect.retries,
        "actor": [step.actor.id, step.actor.on_behalf_of],
    }
    jobs.add(step.connection, "service", clock.now(), payload, instance_id=step.instance_id, token=effect.token)


def _give_up(connection: Connection, row: sa.Row[Any], reason: str) -> None:
    """The last try has failed: the token stands still until a person lets it try again."""
    _end(connection, row, lambda workflow: workflow.fail(row.token, "JOB_NO_RETRIES", reason), "service.failed")


@jobs.calls("service", _give_up)
def _call(connection: Connection, row: sa.Row[Any]) -> Callable[[], jobs.Finish]:
    instance = steps.lock(connection, row.instance_id)
    steps.require_active(instance)
    work = handlers.Call(
        f"{instance.business_key}/{row.token}",
        audit.Actor(*row.payload["actor"]),
        instance.business_key,
        row.payload["element"],
        row.payload["headers"],
        dict(steps.load(connection, instance).view(row.token)),
    )
    function = handlers.find_remote(row.payload["type"])

    def call() -> jobs.Finish:
        try:
            result = function(work) or {}
        except handlers.BpmnError as error:
            thrown = error

            def throw(workflow: bpmn.Workflow) -> None:
                workflow.throw_error(row.token, thrown.code, thrown.message, thrown.variables)

            return lambda connection: _end(connection, row, throw, "service.completed", error=thrown.code)
        return lambda connection: _end(
            connection, row, lambda workflow: workflow.complete(row.token, result), "service.completed", values=result
        )

    return call


def _end(connection: Connection, row: sa.Row[Any], action: steps.Action, event: str, **details: Any) -> None:
    """Write what came of a call, unless the case went on without it."""
    instance = steps.lock(connection, row.instance_id)
    if jobs.finish(connection, row):
        told = {"element": row.payload["element"], "service": row.payload["type"], **details}
        steps.act(connection, audit.SYSTEM, instance, action, event, **told)
