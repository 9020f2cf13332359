"""Migration plans: made by a designer, tried on every case, applied and undone by a publisher."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from engine import definitions, migration
from web import database, security
from web.blueprints.design.designer import may_read
from web.security import requires
from web.shown.design import migrating, workbench

blueprint = Blueprint("migrations", __name__, url_prefix="/designer/migrations")
PAGE = 50


@blueprint.post("")
@requires("designer")
def start() -> Response:
    """Begin a plan from one version of a package to another."""
    source, target = (_number(name) for name in ("source", "target"))
    package = request.form.get("package", "")
    row = migration.start(database.connection(), security.actor(), package, source, target)
    return _to(row.id)


@blueprint.get("/<int:plan_id>")
@may_read
def plan(plan_id: int) -> str:
    """Show where elements go, what was found at the cases, and how far the plan has come."""
    connection = database.connection()
    row = migration.get(connection, plan_id)
    source, target = (definitions.deployment_by_id(connection, id) for id in (row.source_id, row.target_id))
    counts = migration.progress(connection, plan_id)
    state = request.args.get("state", "")
    shown = [state] if state in migrating.STATES else list(migrating.STATES)
    after = request.args.get("after", "0")
    cases = migration.entries(
        connection, plan_id, shown, after=int(after) if after.isdecimal() and len(after) < 16 else 0, limit=PAGE + 1
    )
    return render_template(
        "design/migration.html",
        row=row,
        source=source,
        target=target,
        title=workbench.title_of(definitions.file(connection, target.id, "package.toml")),
        choices=migrating.choices(connection, row),
        known=(migrating.known(connection, source.id), migrating.known(connection, target.id))
        if _changeable(row)
        else ((), ()),
        counts=counts,
        states=migrating.STATES,
        running=sum(counts.get(each, 0) for each in migrating.RUNNING),
        obstacles=[(migrating.told(finding), count) for finding, count in migration.obstacles(connection, plan_id)],
        state=state if state in migrating.STATES else "",
        cases=[(entry, [migrating.told(finding) for finding in entry.findings]) for entry in cases[:PAGE]],
        next=cases[PAGE - 1].instance_id if len(cases) > PAGE else None,
        changeable=_changeable(row),
        own=security.signed_in().id in row.authors,
        publishers=workbench.publishers(connection),
        people=workbench.people(connection, [*row.authors, row.saved_by, row.applied_by, row.ended_by]),
    )


@blueprint.post("/<int:plan_id>/mapping")
@requires("designer")
def save(plan_id: int) -> Response:
    """Save where elements go."""
    connection = database.connection()
    row = migration.get(connection, plan_id)
    sent = [(name, value) for name, value in request.form.items() if migrating.BETWEEN in name]
    extra = request.form.get("element", "").strip()
    if extra:
        sent.append((extra, request.form.get("becomes", "").strip()))
    mapping = migrating.mapping(row, sent)
    anew = request.form.get("timers") == "anew"
    migration.save(connection, security.actor(), plan_id, _number("revision"), mapping, timers_anew=anew)
    flash(_("The plan is saved. Look at every case again before it is applied."), "success")
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/check")
@requires("designer", "publisher")
def check(plan_id: int) -> Response:
    """Begin to look at every living case; nothing is moved."""
    migration.check(database.connection(), security.actor(), plan_id, _number("revision"))
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/application")
@requires("publisher")
def apply(plan_id: int) -> Response:
    """Move the cases that fit, or some of them."""
    only = request.form.get("only", "").replace(",", " ").replace("，", " ").replace("、", " ").split()
    count = migration.apply(
        database.connection(), security.actor(), plan_id, _number("revision"), request.form.get("reason", ""), only
    )
    flash(ngettext("%(num)d case is being moved.", "%(num)d cases are being moved.", count), "success")
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/reversal")
@requires("publisher")
def undo(plan_id: int) -> Response:
    """Move the cases back that still can."""
    count = migration.undo(database.connection(), security.actor(), plan_id, request.form.get("reason", ""))
    flash(ngettext("%(num)d case is being moved back.", "%(num)d cases are being moved back.", count), "success")
    return _to(plan_id)


@blueprint.post("/<int:plan_id>/discard")
@requires("designer")
def discard(plan_id: int) -> Response:
    """Take a plan out of the list that was not applied."""
    row = migration.discard(database.connection(), security.actor(), plan_id)
    flash(_("The plan is discarded. No case has moved."), "success")
    return redirect(url_for("designer.package", package=row.package), 303)


def _to(plan_id: int) -> Response:
    return redirect(url_for("migrations.plan", plan_id=plan_id), 303)


def _changeable(row: Any) -> bool:
    return bool(row.state == "open" and security.has_role("designer"))


def _number(name: str) -> int:
    number = request.form.get(name, "")
    if not number.isdecimal() or len(number) > 9:
        raise BadRequest
    return int(number)
