"""The radar: what the rules have found, the evidence behind each finding, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine import clock, db, errors
from engine.cases.clocks import setting
from engine.cases.people import personal
from engine.cases.radar import finding, look, rule
from engine.ground import spreadsheet
from engine.organisation import person
from web import database, failures, i18n, security
from web.sent import actions
from web.shown import lexicon
from web.shown import radar as shown

blueprint = Blueprint("radar", __name__)
auditors = security.requires("auditor")
ROWS = 20


@blueprint.get("/radar", endpoint="radar")
@auditors
def every() -> str:
    """List the findings, the newest first, filtered as the address says."""
    connection, wanted, barred = database.connection(), wanted_filter(), security.reader().barred
    below = request.args.get("below", type=int)
    before = below if below is not None and 0 < below < 2**63 else None
    rows = finding.page(connection, wanted, barred, below=before, limit=ROWS + 1)
    return render_template(
        "radar/radar.html",
        findings=shown.shown(connection, rows[:ROWS]),
        next=rows[ROWS - 1].id if len(rows) > ROWS else None,
        wanted=wanted,
        counts=finding.counts(connection, wanted, barred),
        **shown.words(),
    )


@blueprint.get("/radar/export.csv")
@auditors
def export() -> Response:
    """Hand the findings out as a table, all that fit the filter."""
    wanted, barred = wanted_filter(), security.reader().barred
    with database.noting() as writing:
        given = {name: value for name, value in asdict(wanted).items() if value}
        rows = sum(finding.counts(writing, wanted, barred).values())
        personal.exported(writing, security.actor(), "radar", given, rows)

    def lines() -> Iterator[str]:
        yield "\ufeff" + spreadsheet.line(
            [_("Finding number"), _("Rule"), _("Legal basis"), _("Finding"), _("Found"), _("State"), _("Reason")]
        )
        with db.reading(database.engine()) as connection:
            for row in finding.every(connection, wanted, barred):
                yield spreadsheet.line(_cells(shown.shown(connection, [row])[0]))

    headers = {
        "Content-Disposition": f'attachment; filename="radar-{clock.today():%Y%m%d}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(stream_with_context(lines()), mimetype="text/csv", headers=headers)


@blueprint.post("/radar/looks")
@auditors
def look_now() -> AnyResponse:
    """Let all rules look at once."""
    new = look.look(database.connection(), security.actor())
    flash(_("The radar has looked: %(count)s new.", count=new), "success")
    return redirect(url_for("radar.radar"), 303)


@blueprint.get("/radar/<int:finding_id>")
@auditors
def one(finding_id: int) -> Response:
    """Show a finding with its evidence."""
    return _page(finding_id)


@blueprint.post("/radar/<int:finding_id>/closing")
@auditors
def close(finding_id: int) -> AnyResponse:
    """Say what explains a finding, or hand it to discipline inspection."""
    given, barred = request.form, security.reader().barred
    try:
        finding.close(
            database.connection(), security.actor(), finding_id, given.get("state", ""), given.get("reason", ""), barred
        )
    except (errors.ReasonWrong, errors.FindingStateUnknown, errors.FindingNamesYou) as problem:
        return failures.shown_again(problem, lambda *said: _page(finding_id, *said))
    flash(_("What you said about the finding is kept."), "success")
    return redirect(url_for("radar.one", finding_id=finding_id), 303)


def wanted_filter() -> finding.Filter:
    """Return the filter that the address asks for."""
    given = {field.name: request.args.get(field.name, "").strip()[:80] for field in fields(finding.Filter)}
    known = {**given, "state": given["state"] if given["state"] in finding.STATES else ""}
    return finding.Filter(**{**known, "rule": given["rule"] if given["rule"] in rule.every() else ""})


def _page(finding_id: int, problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    row = finding.get(connection, finding_id, security.reader().barred)
    proofs, named = finding.proofs(connection, row.id), finding.persons(connection, row.id)
    found = shown.shown(connection, [row])[0]
    known, values = setting.register(), setting.load(connection)
    people = person.names(connection, {*named, *(proof.actor for proof in proofs if proof.actor), row.closed_by or ""})
    answer = render_template(
        "radar/finding.html",
        found=found,
        proofs=proofs,
        named=named,
        people=people,
        picture=shown.picture(row, proofs),
        size=(shown.WIDTH, shown.HEIGHT),
        settings=[(known[key], values[key]) for key in found.rule.settings],
        mine=security.signed_in().id in named,
        action_name=actions.action_name,
        problem=problem,
        **shown.words(),
    )
    return make_response(answer, status)


def _cells(found: shown.Shown) -> list[str]:
    row = found.row
    at = f"{row.found_at.astimezone(clock.TOWN):%Y-%m-%d %H:%M}"
    return [str(row.id), i18n.named(found.rule), lexicon.cited(found.rule.law), found.sentence, at,
            i18n.message(finding.STATES[row.state]), row.reason]  # fmt: skip
