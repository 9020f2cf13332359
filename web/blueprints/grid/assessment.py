"""The monthly assessment: one's own score to confirm or appeal, the table of a month, the list that is published."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as AnyResponse

from engine import clock, errors
from engine.cases.grid.assessment import answer, basis, doubt, line, score, window
from engine.organisation import person
from engine.organisation.grid import node
from web import database, failures, i18n, security
from web.blueprints.grid import blueprint
from web.sent.grids import assesses, assessors
from web.shown import csv_out


@blueprint.get("/assessments", endpoint="assessments")
def every() -> str:
    """List the months that were assessed, and one's own scores."""
    connection = database.connection()
    return render_template(
        "grid/assessment/assessments.html",
        months=window.every(connection),
        mine=score.of_worker(connection, security.signed_in().id),
        states=window.STATES,
        grades=score.GRADES,
        assesses=assesses(),
    )


@blueprint.get("/assessments/<month>", endpoint="assessment")
@assessors
def one(month: str) -> str:
    """Show every worker's score of a month, the best first, of one category if asked."""
    connection, category = database.connection(), request.args.get("category", "")
    row, rows = window.get(connection, month), _ranked(month)
    return render_template(
        "grid/assessment/month.html",
        month=row,
        rows=[one for one in rows if category in ("", one.category)],
        wanted=category,
        lines=score.lines(connection, [one.id for one in rows]),
        doubts=doubt.of(connection, month),
        otherwise=_otherwise(connection, month, rows),
        **_words(rows),
    )


@blueprint.get("/assessments/<month>.csv", endpoint="assessment_export")
@assessors
def export(month: str) -> Response:
    """Hand out every score of a month with the points of its lines."""
    connection, rows = database.connection(), _ranked(month)
    window.get(connection, month)
    kept, names = score.lines(connection, [row.id for row in rows]), _names(rows)
    head = [_("Worker number"), _("Name"), _("Grid"), _("Category")]
    head += [_("Score"), _("Grade"), _("Red lines"), _("Reward")]
    head += [i18n.named(one) for one in line.INDICATORS.values()]
    lines = [
        [
            *(row.worker, names.get(row.worker, row.worker), row.grid_code, _(node.CATEGORIES[row.category])),
            *(points(row.hundredths), _(score.GRADES[row.grade]) if row.grade else ""),
            *(" ".join(one["code"] for one in row.redlines), i18n.named(row, "reward") if row.reward else ""),
            *(Decimal(one.points_e4) / 10000 for one in kept[row.id]),
        ]
        for row in rows
    ]
    return csv_out.answer(f"assessment-{month}", head, lines)


@blueprint.get("/assessments/<month>/published", endpoint="assessment_published")
def published(month: str) -> Response:
    """Show the list that is published, with the way to object while it is."""
    return _published(month)


@blueprint.get("/assessments/<month>/workers/<worker>", endpoint="assessment_score")
def scored(month: str, worker: str) -> Response:
    """Show a worker's score: to the worker, the head of the level-2 grid, the centre, the leaders and the auditors."""
    return _scored(month, worker)


@blueprint.post("/assessments/<month>/answer", endpoint="assessment_answer")
def answered(month: str) -> AnyResponse:
    """Confirm one's own month, or appeal the lines for which a reason is given."""
    worker = security.signed_in().id
    appeals = {name: text for name in line.INDICATORS if (text := request.form.get(f"appeal_{name}", "").strip())}
    if request.form.get("answer") == "appeal" and not appeals:
        return failures.shown_again(errors.ReasonMissing(), lambda text, status: _scored(month, worker, text, status))
    if request.form.get("answer") != "appeal" and appeals:
        text = _("You wrote why you appeal a line: appeal, or empty the reason and confirm. Nothing is answered yet.")
        return _scored(month, worker, text, 422)
    answer.answer(database.connection(), security.actor(), month, worker, appeals)
    flash(_("Your answer is kept."), "success")
    return redirect(url_for("grids.assessment_score", month=month, worker=worker), 303)


@blueprint.post("/assessments/<month>/objections", endpoint="assessment_object")
def objected(month: str) -> AnyResponse:
    """Object to a published line."""
    given = {name: request.form.get(name, "").strip() for name in ("worker", "indicator", "reason")}
    try:
        answer.object_(database.connection(), security.actor(), month, **given)
    except (errors.ReasonWrong, errors.IndicatorUnknown, errors.ScoreUnknown) as problem:
        return failures.shown_again(problem, lambda text, status: _published(month, text, status))
    flash(_("Your objection is kept; the Grid Centre checks it again."), "success")
    return redirect(url_for("grids.assessment_published", month=month), 303)


def points(hundredths: int) -> Decimal:
    """Return a score as it is read."""
    return Decimal(hundredths) / 100


def worked(one: Any) -> str:
    """Return the formula of a line with its figures, its target and its cap put in."""
    values = {**one.figures, "target": one.target, "cap": one.cap}
    return re.sub(r"[a-z_]\w*", lambda word: str(values.get(word[0], word[0])), one.formula)


def _published(month: str, problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    row = window.get(connection, month)
    if row.publicity_until is None:
        raise errors.AssessmentListNotOut(month=month)
    rows = _ranked(month)
    takes = row.state in ("published", "checking") and row.publicity_until > clock.now()
    page = render_template(
        "grid/assessment/published.html", month=row, rows=rows, takes=takes, problem=problem, typed=request.form,
        assesses=assesses(),
        **_words(rows),
    )  # fmt: skip
    return make_response(page, status)


def _scored(month: str, worker: str, problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    row, versions = window.get(connection, month), _readable(month, worker)
    current, entered = versions[0], row.members[worker].get("entered", True)
    mine = {one.worker: one for one in answer.of(connection, month)}.get(worker)
    page = render_template(
        "grid/assessment/score.html",
        month=row,
        score=current,
        versions=versions,
        lines=score.lines(connection, [current.id])[current.id],
        events={name: basis.events(connection, month, worker, name) for name in line.INDICATORS},
        doubts=doubt.of(connection, month, worker),
        answer=mine,
        answers=answer.ANSWERS,
        origins=doubt.ORIGINS,
        figures=line.FIGURES,
        asked=_asked(row, mine, worker),
        again=score.recounted(connection, month, [current])[worker],
        worked=worked,
        assesses=assesses(),
        told={code: "walked" if code in basis.WALKED and not entered else "entered" for code in basis.ENTERED},
        problem=problem,
        typed=request.form,
        **_words([current]),
    )
    return make_response(page, status)


def _otherwise(connection: Connection, month: str, rows: list[Any]) -> list[Any]:
    """Return the scores that come out otherwise when they are counted again from what was frozen: none should."""
    again = score.recounted(connection, month, rows)
    return [row for row in rows if points(row.hundredths) != again[row.worker]]


def _readable(month: str, worker: str) -> Any:
    """Return the versions of a score that the person may see; for others there is none."""
    groups = security.candidate()[0].groups
    versions = score.versions(database.connection(), month, worker)
    head = f"{basis.LEVEL2_HEAD}@{versions[0].level2_code}"
    if worker != security.signed_in().id and head not in groups and not assesses():
        raise errors.ScoreUnknown(month=month, worker=worker)
    return versions


def _asked(month: Any, mine: Any, worker: str) -> bool:
    waits = month.state == "answering" and month.answer_until > clock.now()
    return waits and mine is not None and mine.answer is None and worker == security.signed_in().id


def _ranked(month: str) -> list[Any]:
    rows = score.current(database.connection(), month)
    return sorted(rows, key=lambda row: (-row.hundredths, row.worker))


def _names(rows: list[Any]) -> dict[str, str]:
    return person.names(database.connection(), [row.worker for row in rows])


def _words(rows: list[Any]) -> dict[str, Any]:
    return {
        "names": _names(rows),
        "grids": node.names(database.connection()),
        "indicators": line.INDICATORS,
        "grades": score.GRADES,
        "states": window.STATES,
        "categories": node.CATEGORIES,
        "points": points,
    }
