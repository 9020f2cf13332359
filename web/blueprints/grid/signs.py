"""The signs of the grids, to be printed: a QR code in each leads residents to the form of their grid."""

from __future__ import annotations

from typing import Any

import segno
from flask import render_template, url_for
from markupsafe import Markup

from engine.organisation.grid import node
from web import database, language, security
from web.blueprints.grid import blueprint

BORDER = 4
"""Modules of white that a reader wants around a code (ISO/IEC 18004)."""


@blueprint.get("/grids/<code>/signs", endpoint="signs")
def every(code: str) -> str:
    """Show the sign of a cell, or those of all cells of a larger grid, a sheet each; a closed grid has none."""
    connection = database.connection()
    row, inside = node.in_force(connection, code), set(node.cells(connection, code))
    town = node.path(connection, code)[0]
    signs = [_sign(town, cell) for cell in node.every(connection, node.CELL) if cell.code in inside]
    home = security.settings().base_url
    return render_template("grid/grids/signs.html", row=row, signs=signs, home=home, reached=not _local(home))


def _sign(town: Any, cell: Any) -> dict[str, Any]:
    address = security.settings().base_url + url_for("reports.form", code=cell.code)
    drawn = segno.make(address, error="q", micro=False)
    return {
        "code": cell.code,
        "address": address,
        "qr": Markup(drawn.svg_inline(border=BORDER, omitsize=True)),  # noqa: S704 - drawn here, from no foreign text
        "words": [_words(town, cell, locale) for locale in language.LOCALES],
    }


def _words(town: Any, cell: Any, locale: str) -> Markup:
    """Return what a sign says, in one of its languages, whatever the reader's is."""
    with language.speaking(locale):
        return Markup(render_template("grid/grids/_sign.html", town=town, cell=cell, locale=locale))  # noqa: S704 - a template's


def _local(address: str) -> bool:
    return address.partition("://")[2].partition(":")[0] in ("localhost", "127.0.0.1")
