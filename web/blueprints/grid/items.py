"""The list of grid items: its classes, its versions, what differs between two, and the publishing of a new one."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine import db, errors
from engine.cases.grid.items import item_class, item_difference, item_list
from engine.organisation.grid import domain
from web import database, failures, i18n, security
from web.blueprints.grid import blueprint
from web.i18n import lazy_gettext as _l
from web.sent.grids import KEEPERS, keepers
from web.shown import bar, csv_out

LARGEST = 4_000_000
FIELDS = {
    "name": _l("Class name"), "name_en": _l("English name"), "major": _l("Major class"), "domain": _l("Domain"),
    "level": _l("Level"), "lead_unit": _l("Lead"), "escalate_to": _l("Goes up to"), "helper_units": _l("Helpers"),
    "limit": _l("Time limit"), "evidence": _l("Evidence"), "closing_condition": _l("Closed when"),
    "closing_condition_en": _l("Closed when, in English"),
    "merge": _l("Merged within"), "to_enforcement": _l("To enforcement"), "urgency": _l("Urgency"),
    "allow_self_close": _l("Closed by the finder"), "emergency": _l("Emergency"), "sensitive": _l("Sensitive"),
}  # fmt: skip


@blueprint.get("/grid-items", endpoint="items")
def every() -> str:
    """Show the classes of a version that fit, by default of the one in force."""
    connection = database.connection()
    version = _version(connection)
    wanted = _wanted()
    rows = item_class.every(connection, version.version, **wanted) if version is not None else []
    return render_template(
        "grid/grids/items.html",
        rows=rows,
        version=version,
        current=item_class.latest(connection),
        versions=item_class.versions(connection),
        majors={row.code: row for row in item_class.majors(connection, version.version)} if version is not None else {},
        domains={row.code: row for row in domain.every(connection)},
        units=bar.units(),
        wanted=wanted,
        levels=item_class.LEVELS,
        limit_units=item_class.LIMIT_UNITS,
        keeps=security.holds(*KEEPERS),
    )


def _closing(row: Any) -> str:
    return item_class.closing_en(row) if i18n.locale_name() == "en" else str(row.body["closing_condition"])


def _version(connection: Any) -> Any:
    number = request.args.get("version", type=int)
    return item_class.latest(connection) if number is None else item_class.version(connection, number)


def _wanted() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:60] for name in ("text", "level", "domain")}


@blueprint.get("/grid-items.csv", endpoint="items_export")
def export() -> Response:
    """Hand out every class that fits as a table."""
    connection = database.connection()
    version, units = _version(connection), bar.units()
    rows = item_class.every(connection, version.version, **_wanted()) if version is not None else []
    head = [_("Class code"), *(FIELDS[name] for name in ("name", "domain", "level", "lead_unit", "helper_units"))]
    head += [FIELDS["limit"], _("Merged within metres"), _("Merged within days"), FIELDS["closing_condition"]]
    domains = {row.code: row for row in domain.every(connection)}
    lines = [
        [
            *(row.code, i18n.named(row), i18n.named(domains[row.domain]), _(item_class.LEVELS[row.level])),
            *(
                i18n.named(units[row.lead_unit]),
                "; ".join(i18n.named(units[code]) for code in row.body["helper_units"]),
            ),
            *(f"{row.limit_amount} {_(item_class.LIMIT_UNITS[row.limit_unit])}", row.merge_m, row.merge_days),
            _closing(row),
        ]
        for row in rows
    ]
    return csv_out.answer("grid-items", head, lines)


@blueprint.get("/grid-items/<code>", endpoint="item")
def one(code: str) -> str:
    """Show a class as a version says, by default the one in force."""
    connection = database.connection()
    row = item_class.get(connection, code, request.args.get("version", type=int))
    return render_template(
        "grid/grids/item.html",
        row=row,
        body=row.body,
        closing=_closing(row),
        version=item_class.version(connection, row.version),
        major=next(one for one in item_class.majors(connection, row.version) if one.code == row.major),
        domain={one.code: one for one in domain.every(connection)}[row.domain],
        units=bar.units(),
        levels=item_class.LEVELS,
        limit_units=item_class.LIMIT_UNITS,
    )


@blueprint.get("/grid-items/versions/<int:before>/<int:after>", endpoint="items_differ")
def differ(before: int, after: int) -> str:
    """Show what differs between two versions, class by class and field by field."""
    connection = database.connection()
    return render_template(
        "grid/grids/items_differ.html",
        before=item_class.version(connection, before),
        after=item_class.version(connection, after),
        found=item_difference.between(connection, before, after),
        fields=FIELDS,
        written=_written,
    )


def _written(value: Any) -> str:
    """Return a field as its file says it: words as they are, the rest as JSON."""
    return value if isinstance(value, str) else db.dumps(value)


@blueprint.get("/grid-items/new", endpoint="items_form")
@keepers
def form() -> Response:
    """Show the form for a new version."""
    return _form()


@blueprint.post("/grid-items/versions", endpoint="publish_items")
@keepers
def publish() -> AnyResponse:
    """Publish a new version out of its file; what is refused names class and field."""
    try:
        number = item_list.publish(database.connection(), security.actor(), _sent())
    except errors.Refused as problem:
        return failures.shown_again(problem, _form)
    flash(_("Version %(number)d has been published.", number=number), "success")
    return redirect(url_for("grids.items", version=number), 303)


def _sent() -> item_list.Draft:
    sent = request.files.get("list")
    text = sent.read(LARGEST + 1) if sent is not None else b""
    try:
        raw = db.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raw = None
    if len(text) > LARGEST or not isinstance(raw, dict):
        raise errors.ItemFileUnreadable
    return item_list.draft(raw.get("list"), raw.get("majors"), raw.get("classes"))


def _form(problem: str = "", status: int = 200) -> Response:
    return make_response(render_template("grid/grids/publish_items.html", problem=problem), status)


@blueprint.get("/grid-items/versions/<int:version>.json", endpoint="items_file")
def file(version: int) -> Response:
    """Hand out a version as the file from which a new one is made."""
    connection = database.connection()
    answer = make_response(db.dumps(item_list.written(connection, version)))
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="grid-items-{version}.json"'
    return answer
