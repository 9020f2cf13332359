"""Changes to the grid: cells drawn anew, posts filled and vacated, branches moved; by the head of the Grid Centre."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import db, errors
from engine.handling import reasons
from engine.organisation import appointment, person
from engine.organisation.grid import branch, duty, node, redrawing
from web import database, failures, security
from web.blueprints.grid import blueprint
from web.sent import grids
from web.sent.grids import keepers

LARGEST = 2_000_000
"""Bytes of a drawing: twice what the whole demo town takes, and ten times over."""


@blueprint.get("/grids/<code>/redrawing", endpoint="redrawing")
@keepers
def form(code: str) -> Response:
    """Show the form by which a cell gives way to others."""
    return _form(code)


@blueprint.post("/grids/<code>/redrawing", endpoint="redraw")
@keepers
def redraw(code: str) -> Response:
    """Close the cell, and others if named, and open those of the drawing; what is refused keeps what was typed."""
    try:
        opened = redrawing.redraw(database.connection(), security.actor(), _wanted(code))
    except errors.Refused as problem:
        return failures.shown_again(problem, lambda text, status: _form(code, text, status))
    flash(_("%(closed)s has given way to %(opened)s.", closed=code, opened=", ".join(opened)), "success")
    return redirect(url_for("grids.grid", code=request.form.get("heir", code)), 303)


def _form(code: str, problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    row = node.in_force(connection, code)
    also = [row for row in node.children(connection, row.parent or "") if row.code != code]
    page = render_template(
        "grid/grids/redrawing.html",
        row=row,
        also=also if row.level == node.CELL else [],
        branches=branch.of(connection, [code, *(one.code for one in also)]),
        typed=request.form,
        problem=problem,
    )
    return make_response(page, status)


def _wanted(code: str) -> redrawing.Redrawing:
    closed = [code, *request.form.getlist("also")]
    branches = {
        name.removeprefix("branch_"): value.strip()
        for name, value in request.form.items()
        if name.startswith("branch_") and value.strip()
    }
    drawn = [grids.drawn(feature) for feature in _features()]
    return redrawing.Redrawing(
        closed, drawn, request.form.get("heir", "").strip(), request.form.get("reason", ""), branches
    )


def _features() -> list[Any]:
    sent = request.files.get("drawing")
    text = sent.read(LARGEST + 1) if sent is not None and sent.filename else b""
    try:
        raw = db.loads(text.decode("utf-8") if text else request.form.get("geojson", ""))
    except (ValueError, RecursionError):
        raw = None
    features = raw.get("features") if isinstance(raw, dict) else None
    if len(text) > LARGEST or not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise errors.DrawingUnreadable
    return features


@blueprint.post("/grids/<code>/holders", endpoint="appoint")
@keepers
def appoint(code: str) -> Response:
    """Give somebody a post at the grid, from today."""
    connection = database.connection()
    post_code, who = request.form.get("post", ""), request.form.get("person", "").strip()
    if duty.level_of(connection, post_code) is None:
        raise errors.PostUnknown(post=post_code)
    appointment.appoint(connection, security.actor(), who, post_code, scope=code)
    flash(_("%(name)s holds the post from today.", name=person.get(connection, who).display_name), "success")
    return redirect(url_for("grids.grid", code=code, _anchor="posts"), 303)


@blueprint.post("/grids/<code>/holders/<person_id>/dismissal", endpoint="dismiss")
@keepers
def dismiss(code: str, person_id: str) -> Response:
    """Take a post at the grid back from somebody, at once."""
    connection = database.connection()
    held = duty.held_by(connection, code, request.form.get("post", ""), person_id)
    reason = reasons.given(request.form.get("reason", ""))
    appointment.dismiss(connection, security.actor(), held, reason)
    flash(_("%(name)s no longer holds the post.", name=person.get(connection, person_id).display_name), "success")
    return redirect(url_for("grids.grid", code=code, _anchor="posts"), 303)


@blueprint.post("/grids/<code>/branches", endpoint="link_branch")
@keepers
def link_branch(code: str) -> Response:
    """Let a party branch belong to this grid instead of its old one."""
    name = request.form.get("branch", "").strip()
    branch.link(database.connection(), security.actor(), name, code)
    flash(_("%(branch)s belongs to this grid now.", branch=name), "success")
    return redirect(url_for("grids.grid", code=code, _anchor="branches"), 303)
