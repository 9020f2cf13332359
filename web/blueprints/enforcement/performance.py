"""The performance report: figures per team or officer and month, and the cases behind each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from engine import clock
from engine.cases.people import personal
from engine.cases.reading import performance
from engine.organisation import person, unit
from web import database, i18n, security
from web.shown import csv_out

blueprint = Blueprint("performance", __name__)
overseers = security.requires("leader", "supervisor", "auditor")
MONTHS = 12
"""How many months, the present one first, the page offers besides the one it shows."""


@blueprint.get("/performance", endpoint="performance")
@overseers
def report() -> str:
    """Show the figures of a month."""
    month, by = asked()
    rows = performance.report(database.connection(), month, by, security.reader().barred)
    return render_template(
        "enforcement/performance/performance.html", rows=rows, names=_names(rows, by), **_words(month, by)
    )


@blueprint.get("/performance/export.csv")
@overseers
def export() -> Response:
    """Hand the figures out as a table."""
    month, by = asked()
    rows = performance.report(database.connection(), month, by, security.reader().barred)
    names = _names(rows, by)
    with database.noting() as writing:
        given = {"month": f"{month.first:%Y-%m}", "by": by}
        personal.exported(writing, security.actor(), "performance", given, len(rows))
    head = [i18n.message(performance.BY[by]), *_headings()]
    lines = (
        [names.get(who, who), *(cell for key in performance.MEASURES for cell in _cells(figures, key))]
        for who, figures in rows.items()
    )
    answer = csv_out.answer(f"performance-{month.first:%Y-%m}-{by}", head, lines)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/performance/cases")
@overseers
def behind() -> str:
    """Show the cases behind a figure."""
    month, by = asked()
    who, measure = request.args.get("who", "")[:80], request.args.get("measure", "")
    measure = measure if measure in performance.MEASURES else "received"
    found = performance.figure(database.connection(), month, by, who, measure, security.reader().barred)
    names = _names({who: {}}, by)
    return render_template(
        "enforcement/performance/cases.html", figure=found, who=names.get(who, who),
        measure=performance.MEASURES[measure], **_words(month, by),
    )  # fmt: skip


def asked() -> tuple[performance.Span, str]:
    """Return the month and the grouping that the address asks for."""
    by = request.args.get("by", "team")
    return performance.month_of(request.args.get("month", "")), by if by in performance.BY else "team"


def _names(rows: Any, by: str) -> dict[str, str]:
    """Return what officers and teams are called in the reader's language; a case keeps its team by the unit's name."""
    connection = database.connection()
    if by == "team":
        return {row.name: i18n.named(row) for row in unit.every(connection)}
    return person.names(connection, list(rows)) if rows else {}


def _words(month: performance.Span, by: str) -> dict[str, Any]:
    first, months = clock.today().replace(day=1), [month.first]
    for _month in range(MONTHS):
        months.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    offered = sorted(set(months), reverse=True)
    return {"month": month, "by": by, "months": offered, "measures": performance.MEASURES, "groupings": performance.BY}


def _headings() -> list[str]:
    found = []
    for measure in performance.MEASURES.values():
        name = i18n.message(measure.name)
        found += [name, _("%(name)s: all", name=name)] if measure.share else [name]
    return found


def _cells(figures: Any, key: str) -> list[int]:
    cell = figures.get(key, performance.Figure())
    return [cell.good, cell.count] if performance.MEASURES[key].share else [cell.count]
