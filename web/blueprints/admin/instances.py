"""The instances: what runs, and what an administrator does to one by hand, each time with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from engine import bpmn, definitions, errors, incidents, instances
from engine.cases.reading import way
from engine.errors import N_
from engine.flow import modifications, steps, suspensions
from engine.organisation import person
from web import database, failures, security
from web.blueprints.admin import administrators, blueprint
from web.blueprints.admin.incidents import said
from web.sent import typed
from web.shown import diagrams, events_out, step_names

ROWS = 50
STATES = {
    "active": N_("running"),
    "suspended": N_("suspended"),
    "completed": N_("ended"),
    "terminated": N_("ended by hand"),
}
WAITS = {
    "task": N_("waits for a person"),
    "job": N_("waits for a service"),
    "timer": N_("waits for its time"),
    "message": N_("waits for a message"),
    "signal": N_("waits for a signal"),
    "conditional": N_("waits for its condition"),
    "join": N_("waits for other branches"),
}
FOLLOWS = {
    "cancel": N_("ends: {step}"),
    "enter": N_("begins: {step}"),
    "leave": N_("is done: {step}"),
    "task": N_("opens the task: {step}"),
    "service": N_("calls the service: {step}"),
    "message": N_("sends the message: {step}"),
    "incident": N_("stands still at: {step}"),
    "end": N_("The whole process ends."),
}


@blueprint.get("/admin/instances", endpoint="instances")
@administrators
def every() -> str:
    """Find instances by the beginning of their number, by process and by state, the newest first."""
    connection, asked = database.connection(), request.args
    wanted = {name: asked.get(name, "").strip()[:80] for name in ("text", "process", "state")}
    rows = instances.search(
        connection, wanted["text"], process=wanted["process"], state=wanted["state"],
        below=asked.get("below", type=int), limit=ROWS + 1,
    )  # fmt: skip
    return render_template(
        "admin/instances.html",
        rows=[(row, step_names.process(connection, row)) for row in rows[:ROWS]],
        next=rows[ROWS - 1].id if len(rows) > ROWS else None,
        wanted=wanted,
        processes=_processes(connection),
        states=STATES,
    )


@blueprint.get("/admin/instances/<business_key>")
@administrators
def instance(business_key: str) -> Response:
    """Show where an instance stands and what can be done to it."""
    return _page(business_key)


@blueprint.get("/admin/instances/<business_key>/diagrams/<key>/<process>.bpmn")
@administrators
def instance_diagram(business_key: str, key: str, process: str) -> Response:
    """Hand out the file of a process that the instance runs on, for drawing."""
    return diagrams.file(way.source(database.connection(), business_key, key, process))


@blueprint.post("/admin/instances/<business_key>/suspension")
@administrators
def suspend(business_key: str) -> Response:
    """Let nothing happen in it."""
    return _do(
        business_key,
        lambda connection, row, reason: suspensions.suspend(connection, security.actor(), row.id, reason),
        _("Suspended. Timers and messages wait and come late, once."),
    )


@blueprint.post("/admin/instances/<business_key>/resumption")
@administrators
def resume(business_key: str) -> Response:
    """Let it go on."""
    return _do(
        business_key,
        lambda connection, row, reason: suspensions.resume(connection, security.actor(), row.id, reason),
        _("Resumed. What fell due meanwhile runs now."),
    )


@blueprint.post("/admin/instances/<business_key>/cancellation")
@administrators
def cancel(business_key: str) -> Response:
    """End it where it stands."""
    return _do(
        business_key,
        lambda connection, row, reason: instances.cancel(connection, security.actor(), row.id, reason),
        _("Ended. Nothing of it can be resumed."),
    )


@blueprint.post("/admin/instances/<business_key>/variables")
@administrators
def set_variable(business_key: str) -> Response:
    """Set one variable."""
    name = request.form.get("name", "").strip()[:120]

    def act(connection: Connection, row: sa.Row[Any], reason: str) -> None:
        if not name:
            raise errors.ValueUnreadable(text="", kind=typed.KINDS["text"])
        given = typed.value(request.form.get("kind", ""), request.form.get("value", "")[:20_000])
        instances.set_variables(connection, security.actor(), row.id, {name: given}, reason)

    return _do(business_key, act, _("“%(name)s” is set; the old value stays in the trail.", name=name))


@blueprint.post("/admin/instances/<business_key>/modifications")
@administrators
def propose(business_key: str) -> Response:
    """Propose to move a token; another administrator carries it out."""
    given = request.form
    token, element = given.get("token", type=int), given.get("element", "")
    kind = "start" if token is None else "move" if element else "cancel"

    def act(connection: Connection, row: sa.Row[Any], reason: str) -> None:
        modifications.propose(connection, security.actor(), row.id, [bpmn.Change(kind, token, element or None)], reason)

    return _do(business_key, act, _("Proposed. Another administrator looks at what follows and carries it out."))


@blueprint.post("/admin/modifications/<int:modification_id>/application")
@administrators
def carry_out(modification_id: int) -> Response:
    """Carry out what somebody else has proposed."""
    step = modifications.apply(database.connection(), security.actor(), modification_id)
    flash(_("Carried out."), "success")
    return redirect(url_for("admin.instance", business_key=step.row.business_key), 303)


@blueprint.post("/admin/modifications/<int:modification_id>/dropping")
@administrators
def drop(modification_id: int) -> Response:
    """Let a proposal be."""
    return _do(
        modifications.get(database.connection(), modification_id).business_key,
        lambda connection, _row, reason: modifications.drop(connection, security.actor(), modification_id, reason),
        _("The proposal is dropped."),
    )


def _do(business_key: str, act: Callable[[Connection, sa.Row[Any], str], Any], done: str) -> Response:
    connection = database.connection()
    try:
        act(connection, instances.get(connection, business_key), request.form.get("reason", ""))
    except (errors.Refused, errors.Conflict) as problem:
        return failures.shown_again(problem, lambda *said: _page(business_key, *said))
    flash(done, "success")
    return redirect(url_for("admin.instance", business_key=business_key), 303)


def _page(business_key: str, problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    row = instances.get(connection, business_key)
    workflow = steps.load(connection, row)
    definition = definitions.get(connection, row.definition_id)
    elements = way.elements(connection, definition)
    kept, proposals = suspensions.of(connection, row.id), modifications.proposed(connection, row.id)
    people = {each.proposed_by for each in proposals} | ({kept.suspended_by} if kept else set())
    shown = render_template(
        "admin/instance.html",
        instance=row,
        definition=definition,
        states=STATES,
        waits=WAITS,
        follows=FOLLOWS,
        suspension=kept,
        tokens=bpmn.standing(workflow),
        places={**bpmn.places(workflow)} if row.state == "active" else {},
        process=step_names.process(connection, definition),
        names={element: step_names.called(elements, element) or element for element in elements},
        variables=events_out.pretty(dict(workflow.view(None))),
        incidents=incidents.of_instance(connection, row.id),
        said=said,
        proposals=proposals,
        people=person.names(connection, people),
        me=security.signed_in().id,
        kinds=typed.KINDS,
        problem=problem,
        typed=request.form,
        **_drawing(connection, row, elements),
    )
    return make_response(shown, status)


def _drawing(connection: Connection, row: sa.Row[Any], elements: Mapping[str, bpmn.ElementInfo]) -> dict[str, Any]:
    """Return what draws the way of this instance; those beside it have pages of their own."""
    key = row.business_key
    found = [each for each in way.diagrams(connection, key, way.events(connection, key)) if each.key == key]

    def file(drawn: way.Diagram) -> str:
        return url_for("admin.instance_diagram", business_key=key, key=drawn.key, process=drawn.process)

    def link(drawn: way.Diagram) -> str:
        return url_for("admin.instance", business_key=key, diagram=f"{drawn.key}/{drawn.process}")

    return diagrams.drawing(key, found, elements, file, link, request.args.get("diagram", ""))


def _processes(connection: Connection) -> dict[str, str]:
    """Return what to call the processes that run or can be started, by id, sorted by it."""
    known = {row.process_id: step_names.process(connection, row) for row in instances.definitions_in_use(connection)}
    return dict(sorted(known.items(), key=lambda pair: pair[1]))
