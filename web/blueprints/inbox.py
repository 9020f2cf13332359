"""The inbox: mine, to claim, all I may see; filtered, sorted and paged by its address."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import errors, tasks
from engine.cases.grid.assessment import answer
from engine.cases.people import personal
from engine.cases.reading import worklist
from engine.ground.together import Together
from engine.organisation import post, saved_view, trail
from web import database, failures, i18n, security
from web.sent import submissions
from web.shown import bar, inbox, remembered, workplace

blueprint = Blueprint("inbox", __name__)
EXPORTED = 5_000
"""The most rows that a file of the list has."""
AGAIN_MS = 20_000
"""How long a browser waits before it asks for the count again."""


_OF_WORKER = Together(saved_view.OF_PERSON, answer.ASKED)
"""What the page of a worker asks besides its list, in one statement."""


@blueprint.get("/inbox", endpoint="inbox")
def list_tasks() -> str:
    """Show a page of the list."""
    connection, address = database.connection(), inbox.address(request.args)
    who, _acting = security.candidate()
    counts, figures = worklist.overview(connection, who, address.wanted)
    bar.counted(counts)
    listed = worklist.page(
        connection, who, address.wanted, after=address.after, before=address.before, total=_total(figures, address)
    )
    if bar.is_scored():
        _OF_WORKER.ask(connection, person=who.id)
    return render_template(
        "inbox/inbox.html",
        address=address,
        figures=figures,
        page=listed,
        views=saved_view.of(connection, who.id),
        posts=remembered.of(("choices", who.id, i18n.locale_name()), _posts, trail.STREAM),
        rows=inbox.rows(listed.rows, who.id, address.here),
        inbox=inbox,
    )


@blueprint.get("/inbox.csv")
def export() -> Response:
    """Hand out the list as a file, with the filters of the page."""
    who, _acting = security.candidate()
    address = inbox.address(request.args)
    rows = worklist.page(database.connection(), who, address.wanted, limit=EXPORTED, total=0).rows
    with database.noting() as connection:
        personal.exported(connection, security.actor(), "inbox", address.filters, len(rows))
    answer = make_response("".join(inbox.csv_lines(rows)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=inbox.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/inbox/live")
def live() -> Response:
    """Tell the counts as one event and close: the browser asks again by itself, so that no thread waits for it.

    Asking keeps no session alive: whoever leaves a page open is signed out as if it were closed.
    """
    g.stale_session = None
    found = bar.counts()
    event = json.dumps(found.__dict__)
    answer = make_response(f"retry: {AGAIN_MS}\nevent: counts\ndata: {event}\n\n")
    answer.headers["Content-Type"] = "text/event-stream; charset=utf-8"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/inbox/claims")
def claim() -> AnyResponse:
    """Claim several tasks; each has its own result, one that somebody else was faster with does not stop the others."""
    connection = database.connection()
    who, acting_for = security.candidate()
    done: dict[str, list[str]] = {"taken": [], "refused": []}
    for task_id in sorted({int(text) for text in request.form.getlist("task") if text.isdecimal() and len(text) < 19}):
        actor = submissions.actor_for(connection, who, acting_for, task_id)
        try:
            row = tasks.claim(connection, actor, who, task_id)
        except (errors.Conflict, errors.Forbidden, errors.TaskUnknown) as problem:
            done["refused"].append(f"{_called(who, task_id)}{failures.told(problem)}")
        else:
            done["taken"].append(workplace.task_name(row))
    for category, sentence in inbox.results(done):
        flash(sentence, category)
    return redirect(workplace.back(), 303)


@blueprint.post("/inbox/views")
def keep_view() -> AnyResponse:
    """Keep the filters of the list under a name."""
    who = security.signed_in().id
    query = inbox.address(dict(parse_qsl(request.form.get("query", "")[:2000]))).query
    row = saved_view.keep(database.connection(), who, request.form.get("name", ""), query)
    return redirect(f"{url_for('inbox.inbox')}?{row.query}", 303)


@blueprint.post("/inbox/views/<int:view_id>/removal")
def forget_view(view_id: int) -> AnyResponse:
    """Take a kept view away."""
    saved_view.forget(database.connection(), security.signed_in().id, view_id)
    return redirect(url_for("inbox.inbox"), 303)


def _total(figures: worklist.Figures, address: inbox.Address) -> int | None:
    """Return the number of rows where the figures tell it already."""
    return {"": figures.total, "overdue": figures.overdue, "today": figures.today}.get(address.wanted.deadline)


def _called(who: tasks.Candidate, task_id: int) -> str:
    try:
        return f"“{workplace.task_name(tasks.get(database.connection(), who, task_id))}”: "
    except errors.TaskUnknown:
        return ""


def _posts() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the posts that the person acts for, by their units: each unit's name with codes and names to choose."""
    codes = {post.code_of(group) for group in security.candidate()[0].groups}
    units = bar.units()
    found: dict[str, list[tuple[str, str]]] = {}
    for row in bar.posts():
        if row.code in codes:
            found.setdefault(row.unit, []).append((row.code, i18n.named(row)))
    return [
        (i18n.named(units[code]), [(code, i18n.named(units[code])), *posts] if len(posts) > 1 else posts)
        for code, posts in found.items()
    ]
