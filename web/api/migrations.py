"""Migration plans: lead running cases from one version of a package to another, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from engine import definitions, migration
from web import database, security
from web.api import paging
from web.api.guard import Resource
from web.api.shapes import base
from web.api.shapes import migrations as shapes
from web.shown.design import migrating

blueprint = Resource(
    "migrations", "Migration plans", "Move running cases to another version of their package, and back."
)
may_read = security.requires("designer", "publisher")


@blueprint.get("/migrations")
@may_read
@blueprint.arguments(shapes.MigrationQuery, location="query")
@blueprint.response(200, shapes.Migrations)
def every(query: dict[str, Any]) -> dict[str, Any]:
    """List the plans that were not discarded, the newest first."""
    connection = database.connection()
    return {"items": [_shown(connection, row) for row in migration.of(connection, query["package"] or None)]}


@blueprint.post("/migrations")
@security.requires("designer")
@blueprint.arguments(shapes.NewMigration)
@blueprint.response(201, shapes.Migration)
def start(sent: dict[str, Any]) -> dict[str, Any]:
    """Begin a plan; elements of one name and kind that have new ids are mapped already."""
    connection = database.connection()
    row = migration.start(connection, security.actor(), sent["package"], sent["source"], sent["target"])
    return _shown(connection, row)


@blueprint.get("/migrations/<int:plan_id>")
@may_read
@blueprint.response(200, shapes.Migration)
def one(plan_id: int) -> dict[str, Any]:
    """Read a plan and how far it has come."""
    connection = database.connection()
    return _shown(connection, migration.get(connection, plan_id))


@blueprint.get("/migrations/<int:plan_id>/cases")
@may_read
@blueprint.arguments(shapes.MigrationCaseQuery, location="query")
@blueprint.response(200, shapes.MigrationCases)
def cases(query: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """List the cases of a plan with what was found at each: why it does not fit, or what should be known."""
    connection = database.connection()
    migration.get(connection, plan_id)
    start = paging.place(query.get("after"))
    states = [query["state"]] if query["state"] else list(migrating.STATES)
    after, limit = int(start[1]) if start else 0, query["limit"]
    rows = migration.entries(connection, plan_id, states, after=after, limit=limit + 1)
    shown = [
        {
            "business_key": row.business_key,
            "state": row.state,
            "findings": [migrating.told(finding) for finding in row.findings],
        }
        for row in rows[:limit]
    ]
    return paging.page(shown, f"~{rows[limit - 1].instance_id}" if len(rows) > limit else None)


@blueprint.put("/migrations/<int:plan_id>/mapping")
@security.requires("designer")
@blueprint.arguments(shapes.ElementMapping)
@blueprint.response(200, shapes.Migration)
def save(sent: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Say where elements go; what was found at the cases has to be looked at again."""
    connection = database.connection()
    anew = {"timers_anew": sent["timers_anew"]}
    return _shown(
        connection, migration.save(connection, security.actor(), plan_id, sent["revision"], sent["mapping"], **anew)
    )


@blueprint.post("/migrations/<int:plan_id>/check")
@may_read
@blueprint.arguments(shapes.Seen)
@blueprint.response(202, shapes.Migration)
def check(sent: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Begin to look at every living case; nothing is moved. `checked_at` tells when all have been."""
    connection = database.connection()
    return _shown(connection, migration.check(connection, security.actor(), plan_id, sent["revision"]))


@blueprint.post("/migrations/<int:plan_id>/application")
@security.requires("publisher")
@blueprint.arguments(shapes.Applied)
@blueprint.response(202, shapes.Migration)
def apply(sent: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Let the cases that fit be moved, each by a job of its own; not by who had a hand in the plan."""
    connection = database.connection()
    migration.apply(connection, security.actor(), plan_id, sent["revision"], sent["reason"], sent["cases"])
    return _shown(connection, migration.get(connection, plan_id))


@blueprint.post("/migrations/<int:plan_id>/reversal")
@security.requires("publisher")
@blueprint.arguments(base.Reason)
@blueprint.response(202, shapes.Migration)
def undo(sent: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Let the cases be moved back that still can."""
    connection = database.connection()
    migration.undo(connection, security.actor(), plan_id, sent["reason"])
    return _shown(connection, migration.get(connection, plan_id))


def _shown(connection: Connection, row: Any) -> dict[str, Any]:
    ends = [definitions.deployment_by_id(connection, id).version for id in (row.source_id, row.target_id)]
    counts = migration.progress(connection, row.id)
    return {**row._mapping, "source": ends[0], "target": ends[1], "cases": counts}
