"""The catalogue: what residents and firms may bring, for everybody to search and read, and the figures of the town."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from engine.cases.items import catalogue, figures, item
from engine.organisation import post, unit
from web import database, i18n, security
from web.i18n import lazy_gettext as _l
from web.security import public
from web.sent import intake
from web.shown import csv_out, lexicon

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")

PER_PAGE = 20
FILTERS = {
    "department": _l("any department"),
    "kind": _l("any kind"),
    "handling": _l("any handling"),
    "audience": _l("for anybody"),
    "power_source": _l("any source of power"),
}
"""The columns of :data:`engine.cases.items.item.WORDS` by which readers filter, with what an open filter is called."""

MARKS = {
    "run_once": _l("at most one visit"),
    "no_meeting": _l("no visit"),
    "online": _l("on line"),
    "village": _l("at village points"),
    "town_decides": _l("decided by the town"),
    "detailed": _l("with guidance by situation"),
}
MEASURES = {"materials": _l("Materials"), "steps": _l("Steps"), "promised_days": _l("Working days promised")}


AGENT = "代理"


@blueprint.get("")
@public
def items() -> str:
    """Show the items that fit what the address asks for."""
    connection, wanted = database.connection(), wanted_search()
    return render_template(
        "catalogue/items.html",
        page=item.search(connection, wanted, after=request.args.get("after") or None, limit=PER_PAGE),
        wanted=wanted,
        filters={name: (label, item.values(connection, name)) for name, label in FILTERS.items()},
        marks=MARKS,
        link=_link,
    )


@blueprint.get("/items.csv")
@public
def export() -> Response:
    """Hand out every item that fits as a table."""
    rows = item.search(database.connection(), wanted_search(), limit=100_000).rows
    head = [_("Code"), _("Item"), _("Kind"), _("Department"), _("Handling"), *map(str, MEASURES.values())]
    head += [str(label) for label in MARKS.values()]
    lines = (
        [row.code, i18n.named(row), *(lexicon.word(row._mapping[name]) for name in ("kind", "department", "handling"))]
        + [row._mapping[name] for name in MEASURES]
        + [int(row._mapping[name]) for name in MARKS]
        for row in rows
    )
    return csv_out.answer("items", head, lines)


@blueprint.get("/<code>", endpoint="item")
@public
def one(code: str) -> str:
    """Show an item as a resident reads it; ``version`` shows how an earlier catalogue described it."""
    connection = database.connection()
    in_force = item.current(connection)
    row = item.get(connection, code, _version(in_force))
    version, library = catalogue.get(connection, row.version), catalogue.materials(connection, row.version)
    agent = version.facts.get("channel_rules", {}).get(AGENT, {}).get("add_materials", ())
    return render_template(
        "catalogue/item.html",
        item=row,
        body=row.body,
        version=version,
        in_force=in_force,
        versions=[each for each in catalogue.versions(connection) if each.kind == "published"],
        library=library,
        agent_brings=[i18n.named(library[code]) for code in agent] if AGENT in row.body["channels"] else [],
        bundles=catalogue.bundles_with(connection, row.version, code),
        posts={each.code: each for each in post.every(connection)},
        units={each.code: each for each in unit.every(connection)},
        criteria={each["step"]: each["criteria"] for each in (row.body.get("detail") or {}).get("step_criteria", ())},
        marks=MARKS,
        may_take=not security.nobody() and security.holds(*intake.TAKES_IN),
    )


@blueprint.get("/figures", endpoint="figures")
@public
def town() -> str:
    """Show the figures of the town, each with the rows that it is counted from."""
    connection = database.connection()
    found = figures.town(connection)
    after = request.args.get("after") or None
    rows = figures.compared(connection, found.version.version, after=after, limit=PER_PAGE + 1)
    return render_template(
        "catalogue/figures.html",
        figures=found,
        measures=MEASURES,
        rows=rows[:PER_PAGE],
        following=rows[PER_PAGE - 1].code if len(rows) > PER_PAGE else None,
        windows=unit.every(connection, "window"),
        points=unit.every(connection, "village_point"),
        link=_link,
    )


@blueprint.get("/figures.csv")
@public
def export_figures() -> Response:
    """Hand out the comparison of all items, with the totals in the last line."""
    connection = database.connection()
    found = figures.town(connection)
    head = [_("Code"), _("Item")]
    for label in MEASURES.values():
        head += [_("%(measure)s before", measure=label), _("%(measure)s now", measure=label), _("Change")]
    rows = figures.compared(connection, found.version.version)
    lines = [[row.code, i18n.named(asdict(row)), *_changes(row.changes)] for row in rows]
    return csv_out.answer("figures", head, [*lines, ["", _("Total"), *_changes(found.changes)]])


def wanted_search() -> item.Search:
    """Return what the address looks for; unknown marks leave a point open."""
    given: dict[str, Any] = {name: request.args.get(name, "").strip()[:100] for name in ("text", *item.WORDS)}
    switches = {"1": True, "0": False}
    given |= {name: switches.get(request.args.get(name, "")) for name in item.MARKS}
    return item.Search(**given)


def _link(**changes: Any) -> str:
    """Return the address of the same page with some points changed; a changed filter begins at the first page."""
    kept = {name: value for name, value in request.args.items() if value and name != "after"} | changes
    return url_for(str(request.endpoint), **{name: value for name, value in kept.items() if value not in ("", None)})


def _version(otherwise: int) -> int:
    given = request.args.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else otherwise


def _changes(changes: dict[str, figures.Change]) -> Iterator[Any]:
    for name in MEASURES:
        if name in changes:
            change = changes[name]
            yield from (change.before, change.after, f"{change.share:.1%}")
