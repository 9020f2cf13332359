"""Instances and processes by hand, for administrators: suspend, resume, end, set variables, move tokens, try again."""

from __future__ import annotations

from typing import Any

from engine import bpmn, feel, incidents, instances, jobs
from engine.flow import modifications, standstills, steps, suspensions
from web import database, security
from web.api.guard import Resource
from web.api.shapes import instances as shapes
from web.api.shapes.base import Reason

blueprint = Resource("instances", "Instances", "What runs, suspended, corrected, moved and ended by administrators.")
administrators = security.requires("administrator")


@blueprint.get("/instances/<business_key>")
@administrators
@blueprint.response(200, shapes.Instance)
def one(business_key: str) -> dict[str, Any]:
    """Read where an instance stands, what it knows, and what is proposed for it."""
    return _shown(business_key)


@blueprint.post("/instances/<business_key>/suspension")
@administrators
@blueprint.arguments(Reason)
@blueprint.response(200, shapes.Instance)
def suspend(sent: dict[str, Any], business_key: str) -> dict[str, Any]:
    """Let nothing happen in an instance; its timers and messages wait and come late, once."""
    connection = database.connection()
    row = instances.get(connection, business_key)
    suspensions.suspend(connection, security.actor(), row.id, sent["reason"])
    return _shown(business_key)


@blueprint.post("/instances/<business_key>/resumption")
@administrators
@blueprint.arguments(Reason)
@blueprint.response(200, shapes.Instance)
def resume(sent: dict[str, Any], business_key: str) -> dict[str, Any]:
    """Let a suspended instance go on."""
    connection = database.connection()
    row = instances.get(connection, business_key)
    suspensions.resume(connection, security.actor(), row.id, sent["reason"])
    return _shown(business_key)


@blueprint.post("/instances/<business_key>/cancellation")
@administrators
@blueprint.arguments(Reason)
@blueprint.response(200, shapes.Instance)
def cancel(sent: dict[str, Any], business_key: str) -> dict[str, Any]:
    """End an instance where it stands."""
    connection = database.connection()
    instances.cancel(connection, security.actor(), instances.get(connection, business_key).id, sent["reason"])
    return _shown(business_key)


@blueprint.patch("/instances/<business_key>/variables")
@administrators
@blueprint.arguments(shapes.NewVariables)
@blueprint.response(200, shapes.Instance)
def set_variables(sent: dict[str, Any], business_key: str) -> dict[str, Any]:
    """Set variables; the old and the new values stay in the trail, and conditional events look at them."""
    connection = database.connection()
    row = instances.get(connection, business_key)
    given = feel.to_json(sent["variables"])
    instances.set_variables(connection, security.actor(), row.id, given, sent["reason"], token=sent["token"])
    return _shown(business_key)


@blueprint.post("/instances/<business_key>/modifications")
@administrators
@blueprint.arguments(shapes.Proposal)
@blueprint.response(201, shapes.Modification)
def propose(sent: dict[str, Any], business_key: str) -> Any:
    """Propose to cancel, start or move tokens: the answer says what would follow; nothing has changed yet."""
    connection = database.connection()
    row = instances.get(connection, business_key)
    return modifications.propose(
        connection, security.actor(), row.id, bpmn.changes(sent["changes"]), sent["reason"]
    )._mapping


@blueprint.post("/modifications/<int:modification_id>/application")
@administrators
@blueprint.response(200, shapes.Modification)
def carry_out(modification_id: int) -> Any:
    """Carry out what another administrator has proposed."""
    connection = database.connection()
    modifications.apply(connection, security.actor(), modification_id)
    return modifications.get(connection, modification_id)._mapping


@blueprint.post("/modifications/<int:modification_id>/dropping")
@administrators
@blueprint.arguments(Reason)
@blueprint.response(200, shapes.Modification)
def drop(sent: dict[str, Any], modification_id: int) -> Any:
    """Let a proposal be."""
    connection = database.connection()
    modifications.drop(connection, security.actor(), modification_id, sent["reason"])
    return modifications.get(connection, modification_id)._mapping


@blueprint.get("/processes")
@administrators
@blueprint.response(200, shapes.Processes)
def processes() -> dict[str, Any]:
    """List the processes in force, suspended, or with instances that run."""
    return {"items": [row._mapping for row in instances.definitions_in_use(database.connection())]}


@blueprint.post("/processes/<int:definition_id>/suspension")
@administrators
@blueprint.arguments(shapes.ProcessSuspension)
@blueprint.response(200, shapes.Affected)
def suspend_process(sent: dict[str, Any], definition_id: int) -> dict[str, int]:
    """Let no instance of a process begin, and if wanted those that run stand still."""
    return {
        "instances": standstills.suspend(
            database.connection(), security.actor(), definition_id, sent["reason"], with_instances=sent["instances"]
        )
    }


@blueprint.post("/processes/<int:definition_id>/resumption")
@administrators
@blueprint.arguments(Reason)
@blueprint.response(200, shapes.Affected)
def resume_process(sent: dict[str, Any], definition_id: int) -> dict[str, int]:
    """Let instances begin again, and those go on that were suspended with the process."""
    connection = database.connection()
    return {"instances": standstills.resume(connection, security.actor(), definition_id, sent["reason"])}


@blueprint.get("/incidents")
@administrators
@blueprint.response(200, shapes.Incidents)
def standing_still() -> dict[str, Any]:
    """List what stands still, the newest first."""
    return {"items": [row._mapping for row in incidents.search(database.connection(), limit=100)]}


@blueprint.post("/incidents/<int:incident_id>/retry")
@administrators
@blueprint.arguments(Reason)
@blueprint.response(204)
def retry(sent: dict[str, Any], incident_id: int) -> None:
    """Let what stands still try again."""
    incidents.retry(database.connection(), security.actor(), incident_id, sent["reason"])


@blueprint.post("/jobs/<int:job_id>/retry")
@administrators
@blueprint.arguments(Reason)
@blueprint.response(204)
def retry_job(sent: dict[str, Any], job_id: int) -> None:
    """Let a job that has failed for good try again."""
    jobs.retry(database.connection(), security.actor(), job_id, sent["reason"])


def _shown(business_key: str) -> dict[str, Any]:
    connection = database.connection()
    row = instances.get(connection, business_key)
    workflow = steps.load(connection, row)
    kept = suspensions.of(connection, row.id)
    return {
        **row._mapping,
        "suspended_because": kept.reason if kept else None,
        "tokens": bpmn.standing(workflow),
        "variables": feel.to_json(dict(workflow.view(None))),
        "proposals": [each._mapping for each in modifications.proposed(connection, row.id)],
    }
