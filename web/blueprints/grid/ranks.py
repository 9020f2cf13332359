"""The ranking of the party branches, counted anew for every reader, and the events behind each score."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request
from flask_babel import gettext as _

from engine import clock, errors
from engine.cases.grid.overview import ranking
from engine.organisation.grid import node
from web import database, i18n, security
from web.blueprints.grid import blueprint
from web.shown import csv_out


def _month() -> date:
    """Return the first day of the month that the address names, by default of this one."""
    try:
        return date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return clock.today().replace(day=1)


@blueprint.get("/branch-ranking", endpoint="ranking")
def every() -> str:
    """Show the branches by their scores."""
    connection, first = database.connection(), _month()
    places = ranking.of(connection, first)
    return render_template(
        "grid/grids/ranking.html",
        places=places,
        measured=any(share is not None for place in places for share in place.shares.values()),
        month=f"{first:%Y-%m}",
        rule=ranking.rule(),
        indicators=ranking.INDICATORS,
        names=node.names(connection),
    )


@blueprint.get("/branch-ranking.csv", endpoint="ranking_export")
def export() -> Response:
    """Hand out the ranking as a table."""
    places = ranking.of(database.connection(), _month())
    head = [_("Rank"), _("Branch code"), _("Party branch"), _("Score")]
    head += [*map(_, ranking.INDICATORS.values()), _("Deducted")]
    lines = [
        [
            *(place.rank, place.branch.code, i18n.named(place.branch), place.score),
            *("" if share is None else f"{share * 100:.1f}" for share in place.shares.values()),
            place.lost,
        ]
        for place in places
    ]
    return csv_out.answer("branch-ranking", head, lines)


@blueprint.get("/branch-ranking/<code>", endpoint="ranked")
def one(code: str) -> str:
    """Show how the score of a branch came about, with the events behind it."""
    connection, first = database.connection(), _month()
    place = next((place for place in ranking.of(connection, first) if place.branch.code == code), None)
    if place is None:
        raise errors.UnitUnknown(unit=code)
    return render_template(
        "grid/grids/ranked.html",
        place=place,
        month=f"{first:%Y-%m}",
        rule=ranking.rule(),
        indicators=ranking.INDICATORS,
        events=ranking.events(connection, security.reader(), place.branch.grid, first),
        grid=node.get(connection, place.branch.grid),
        now=clock.now(),
    )
