"""The settings: what the law leaves open, with every reading, our default and its origin, and how to choose another."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import errors
from engine.cases.clocks import setting
from engine.errors import N_
from engine.ground import inspection
from engine.organisation import person
from web import database, security
from web.blueprints.admin import administrators, blueprint
from web.i18n import error_message, locale_name, message

AREAS = {
    "clock": N_("Counting of time"),
    "approval": N_("Approval"),
    "enforcement": N_("Enforcement"),
    "supervision": N_("Supervision"),
    "grid": N_("Grid"),
    "radar": N_("Radar"),
    "files": N_("Files"),
    "town": N_("Town"),
    "house": N_("Running the system"),
}
HISTORY = 200


@blueprint.get("/admin/settings", endpoint="settings")
@administrators
def every() -> str:
    """Show every setting as it stands, by area."""
    shown = setting.shown(database.connection())
    people = person.names(database.connection(), {each.changed_by for each in shown if each.changed_by})
    groups = {area: [each for each in shown if each.setting.area == area] for area in AREAS}
    return render_template("admin/settings.html", groups=groups, area_name=area_name, people=people, words=words)


@blueprint.get("/admin/settings/<key>", endpoint="setting")
@administrators
def one(key: str) -> str:
    """Show one setting with the form to change it and what it was before."""
    return _one(key)


@blueprint.post("/admin/settings/<key>")
@administrators
def change(key: str) -> Any:
    """Choose another reading from now on."""
    known = _known(key).setting
    given, reason = request.form.get("value", "").strip(), request.form.get("reason", "").strip()
    value: str | int = int(given) if known.kind == "number" and given.isdecimal() else given
    if not reason:
        return _one(key, {"reason": _("Say why: the reason stays in the trail.")}), 422
    if not known.allows(value):
        problem = errors.SettingReadingUnknown(key=key, value=given or "—", readings=_readings(known))
        return _one(key, {"value": error_message(problem)}), 422
    setting.change(database.connection(), security.actor(), key, value, reason=reason)
    flash(_("Changed. Dates that are computed from now on follow it; those already computed keep theirs."), "success")
    return redirect(url_for("admin.settings"), 303)


def words(known: setting.Setting, value: Any) -> str:
    """Return what a value means, in the reader's language."""
    for reading in known.readings:
        if reading.value == value:
            return reading.label_en if locale_name() == "en" else reading.label
    return str(value)


def area_name(area: str) -> str:
    """Return what an area of settings is called."""
    return message(AREAS[area])


def _one(key: str, wrong: dict[str, str] | None = None) -> str:
    connection = database.connection()
    query = inspection.Query(stream=setting.STREAM, action="setting.changed")
    changes = [row for row in inspection.page(connection, query, limit=HISTORY).rows if row.details["key"] == key]
    return render_template(
        "admin/setting.html",
        shown=_known(key),
        area_name=area_name,
        words=words,
        changes=changes,
        people=person.names(connection, {row.actor for row in changes}),
        wrong=wrong or {},
        typed=request.form,
    )


def _known(key: str) -> setting.Shown:
    for each in setting.shown(database.connection()):
        if each.setting.key == key:
            return each
    raise errors.SettingUnknown(key=key)


def _readings(known: setting.Setting) -> str:
    if known.kind == "number":
        return f"{known.low}-{known.high}"
    return "; ".join(words(known, reading.value) for reading in known.readings) or known.kind
