"""The performance report of enforcement, with the numbers of the cases behind every figure."""

from __future__ import annotations

from typing import Any

from engine.cases.reading import performance
from web import database, security
from web.api.guard import Resource
from web.api.shapes import performance as shapes

blueprint = Resource("performance", "Performance", "How enforcement cases were worked, per team or officer and month.")


@blueprint.get("/performance")
@security.requires("leader", "supervisor", "auditor")
@blueprint.arguments(shapes.PerformanceQuery, location="query")
@blueprint.response(200, shapes.Performance)
def report(query: dict[str, Any]) -> dict[str, Any]:
    """Read the figures of a month; they hold no amount of fines or confiscations (行政处罚法74(3))."""
    month = performance.month_of(query["month"])
    rows = performance.report(database.connection(), month, query["by"], security.reader().barred)
    return {
        "month": f"{month.first:%Y-%m}",
        "by": query["by"],
        "rows": [
            {"who": who, "measure": key, "count": cell.count, "good": cell.good,
             "cases": [entry.number for entry in cell.entries]}
            for who, figures in rows.items()
            for key, cell in figures.items()
        ],
    }  # fmt: skip
