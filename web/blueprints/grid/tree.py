"""The tree: all grids with their map, and one grid with everything that belongs to it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from engine import clock, db
from engine.cases.grid.overview import overlay
from engine.cases.grid.patrols import patrol_plan
from engine.organisation import unit
from engine.organisation.grid import branch, domain, duty, equipment, node
from web import database, i18n, security
from web.blueprints.grid import blueprint
from web.blueprints.grid import picture as pictures
from web.sent.grids import KEEPERS
from web.shown import bar, csv_out

ROWS = 30


@blueprint.get("/grids", endpoint="grids")
def every() -> str:
    """Show the grids that fit, with their map."""
    connection = database.connection()
    rows, wanted = _fitting()
    page, after = _page(rows, request.args.get("after", ""))
    return render_template(
        "grid/grids/grids.html",
        rows=page,
        next=after,
        total=len(rows),
        wanted=wanted,
        names=node.names(connection),
        branches=_branches(connection),
        chiefs=_holders(connection, page),
        vacant=duty.vacancies(connection),
        domains=domain.every(connection),
        categories=node.CATEGORIES,
        picture=pictures.of_town(),
    )


def _fitting() -> tuple[list[Any], dict[str, str]]:
    """Return the grids in force that fit the words, the category and the level of the address."""
    wanted = {name: request.args.get(name, "").strip()[:40] for name in ("text", "category", "level")}
    rows = [
        row
        for row in node.every(database.connection())
        if wanted["category"] in ("", row.category)
        and wanted["level"] in ("", str(row.level))
        and all(word.lower() in f"{row.code} {row.name} {row.name_en}".lower() for word in wanted["text"].split())
    ]
    return rows, wanted


def _page(rows: list[Any], after: str) -> tuple[list[Any], str | None]:
    behind = [row for row in rows if row.code > after]
    return behind[:ROWS], behind[ROWS - 1].code if len(behind) > ROWS else None


def _branches(connection: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in branch.every(connection):
        found[row.grid] = found.get(row.grid, 0) + 1
    return found


def _holders(connection: Any, rows: list[Any]) -> dict[str, list[duty.Filled]]:
    filled = duty.of_each(connection, rows)
    return {code: [held for held in posts if held.row.mandatory] for code, posts in filled.items()}


@blueprint.get("/grids.csv", endpoint="export")
def export() -> Response:
    """Hand out every grid that fits as a table."""
    connection = database.connection()
    rows, _wanted = _fitting()
    counts, posts = _branches(connection), duty.of_each(connection, rows)
    head = [_("Grid code"), _("Grid"), _("Level"), _("Above"), _("Category"), _("Area in km²"), _("Party branches")]
    head.append(_("Holders of its posts"))
    lines = [
        [
            *(row.code, i18n.named(row), row.level, row.parent or "", _category(row), f"{row.area_m2 / 1_000_000:.3f}"),
            *(counts.get(row.code, 0), _people(posts[row.code])),
        ]
        for row in rows
    ]
    return csv_out.answer("grids", head, lines)


def _category(row: Any) -> str:
    return _(node.CATEGORIES[row.category]) if row.category else ""


def _people(filled: list[duty.Filled]) -> str:
    return "; ".join(f"{i18n.named(held.row)}: {one.display_name}" for held in filled for one in held.holders)


@blueprint.get("/grids.geojson", endpoint="shapes")
def shapes() -> Response:
    """Hand out the grids in force with their shapes as GeoJSON, WGS 84."""
    connection = database.connection()
    rows = {row.code: row for row in node.every(connection)}
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"code": code, "name": rows[code].name, "name_en": rows[code].name_en,
                           "level": rows[code].level, "parent": rows[code].parent, "category": rows[code].category},
            "geometry": polygon,
        }
        for code, polygon in node.polygons(connection).items()
    ]  # fmt: skip
    text = db.dumps({"type": "FeatureCollection", "features": features})
    return Response(text, mimetype="application/geo+json")


@blueprint.get("/grids/<code>", endpoint="grid")
def one(code: str) -> str:
    """Show a grid: three networks on one page, its posts, its equipment and its patrol plan."""
    connection, row = database.connection(), node.get(database.connection(), code)
    cells, reader = node.cells(connection, code), security.reader()
    names = node.names(connection)
    return render_template(
        "grid/grids/grid.html",
        row=row,
        path=node.path(connection, code),
        names=names,
        children=node.children(connection, code),
        successors=node.successors(connection, code),
        predecessors=node.predecessors(connection, code),
        posts=duty.of(connection, row) if row.closed_at is None else [],
        substitutes=duty.standing_in(connection, row),
        branches=branch.of(connection, [code]),
        below=branch.of(connection, [one.code for one in node.children(connection, code)]),
        visits=overlay.of(connection, reader, cells, visits=True),
        events=overlay.of(connection, reader, cells, visits=False),
        things=equipment.of(connection, code),
        plan=patrol_plan.of(connection, code, clock.today()) if row.level == node.CELL else None,
        units=bar.units(),
        alliances={unit_row.scope: unit_row for unit_row in unit.every(connection, "alliance")},
        states=equipment.STATES,
        categories=node.CATEGORIES,
        now=clock.now(),
        picture=pictures.of_town(),
        keeps=row.closed_at is None and security.holds(*KEEPERS),
    )
