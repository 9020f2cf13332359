"""Residents report an event without an account: the QR code of a grid's sign leads to the form of that grid."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.grid import event, photo, reporting
from engine.cases.grid.items import item_class
from engine.cases.people import identity, party
from engine.ground import allowance
from engine.organisation.grid import node, shape
from forms import checks, rules
from web import database, i18n, security
from web.security import public
from web.sent import grant, received, typed
from web.sent.received import Received

blueprint = Blueprint("reports", __name__, url_prefix="/report")

SOURCE = "群众扫码"
PHOTOS = "photos"


@blueprint.get("/<code>")
@public
def form(code: str) -> Response:
    """Show the form of a grid; the sign of one that was split since leads to its ground all the same."""
    return _page(node.get(database.connection(), code), Received())


@blueprint.post("/<code>")
@public
def send(code: str) -> Response:
    """Take the report in; one that is refused keeps what was typed and the photos."""
    connection, actor = database.connection(), security.applicant()
    grid = node.get(connection, code)
    photos = received.take(connection, actor, [PHOTOS])[PHOTOS]
    faults = _faults(connection)
    if faults or photos.faults:
        database.keep()
        return _page(grid, photos, faults=faults, status=422)
    try:
        with connection.begin_nested():
            allowance.use(connection, security.address(), 0)
            case, _step = reporting.report(connection, actor, _report(grid, photos))
    except errors.Refused as problem:
        database.keep()
        return _page(grid, photos, problem=i18n.error_message(problem), status=422)
    grant.give(case.number)
    return redirect(url_for("reports.receipt"), 303)


@blueprint.get("/receipt")
@public
def receipt() -> Response:
    """Show the number and what comes next."""
    row, connection = grant.case(), database.connection()
    who, kind = party.get(connection, row.applicant_id), event.of(connection, row.id)
    name = i18n.named(item_class.get(connection, kind.class_code, kind.list_version))
    facts = {"case": row, "name": name, "phone": identity.masked_phone(who.phone) if who.phone else ""}
    answer = make_response(render_template("public/reports/receipt.html", **facts))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _faults(connection: Connection) -> dict[str, str]:
    """Return what is wrong with the fields, by field."""
    given, found = request.form, {}
    if given.get("class_code") not in {row.code for rows in _classes(connection).values() for row in rows}:
        found["class_code"] = _("Nothing is chosen. Choose one.")
    if not given.get("description", "").strip():
        found["description"] = _("Say in a few words what you see.")
    if not given.get("address", "").strip() and _position() is None:
        found["address"] = _("Write where it is, or let the phone say where you stand.")
    if given.get("phone", "").strip() and not checks.mobile(typed.phone(given["phone"])):
        found["phone"] = _(rules.CHECK_FAULTS["cn-mobile"])
    return found


def _report(grid: sa.Row[Any], photos: Received) -> reporting.Report:
    """Return what was reported; without a position it happened inside the sign's grid, where its words say."""
    given = request.form
    lon, lat = _position() or shape.inner_point(shape.drawn(grid.polygon))
    return reporting.Report(
        source=SOURCE,
        class_code=given["class_code"],
        lon=lon,
        lat=lat,
        description=given["description"][:2000],
        address=given.get("address", "").strip()[:300],
        reporter={"name": given.get("name", "").strip()[:80], "phone": typed.phone(given.get("phone", ""))},
        photos=[photo.Taken(one) for one in photos.ids],
    )


def _position() -> tuple[float, float] | None:
    """Return where the phone says it stands, if it said so."""
    try:
        return float(request.form["lon"]), float(request.form["lat"])
    except (KeyError, ValueError):
        return None


def _classes(connection: Connection) -> dict[str, list[sa.Row[Any]]]:
    """Return what residents may report by major class."""
    version = item_class.current(connection).version
    found: dict[str, list[sa.Row[Any]]] = {}
    majors = {row.code: i18n.named(row) for row in item_class.majors(connection, version)}
    for row in item_class.for_residents(connection, version):
        found.setdefault(majors[row.major], []).append(row)
    return found


def _page(
    grid: sa.Row[Any], photos: Received, *, faults: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response:
    facts = {"grid": grid, "classes": _classes(database.connection()), "photos": photos, "typed": request.form}
    told = {"faults": faults or {}, "problem": problem, "limit_mb": received.LIMIT_MB}
    return make_response(render_template("public/reports/report.html", **facts, **told), status)
