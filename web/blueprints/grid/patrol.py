"""The patrol page of grid workers: it works without a network, and what it sends twice is here once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy.engine import Connection

from engine import clock, tasks
from engine.cases.grid import event, reporting
from engine.cases.grid.patrols import patrol
from engine.cases.reading import worklist
from web import assets, database, security
from web.i18n import lazy_gettext as _l
from web.sent import patrols as sent
from web.shown import formatting, matters, remaining, workplace
from web.shown.grid import patrolled

blueprint = Blueprint("patrol", __name__)

PATROLS = ("grid.worker", "grid.level2.head", "grid.level3.head")
walks = security.requires_post(*PATROLS)
IMPORTED = ("live.js", "submit.js", "leaving.js")
"""What ``page.js`` imports under addresses of their own."""
ICON, ICON_SIZES = "icon-{}.png", (192, 512)
"""The icon for home screens that take no drawing, in pixels; it fills its square, for the phone cuts its own shape."""
TASKS = 20
WORDS = {
    "online": _l("Connected"),
    "sending": _l("Sending …"),
    "offline": _l("No network: what you write is kept on this phone"),
    "signedOut": _l("Signed out: what you wrote is kept and waits"),
    "waiting": _l("{count} to be sent"),
    "strange": _l("{count} of another person wait on this phone until they sign in"),
    "sent": _l("Received as {number}"),
    "unsent": _l("To be sent"),
    "refused": _l("Not accepted"),
    "choose": _l("Choose a class"),
    "asOf": _l("as of {moment}"),
    "walked": _l("{minutes} minutes, {metres} metres"),
    "within": _l("Place known to within {metres} metres"),
    "pinned": _l("Place set on the map"),
    "locating": _l("Looking for the place …"),
    "noPosition": _l("The phone gives no position: allow it, or set the place on the map"),
    "noWay": _l("the phone gives no position: allow it, or no way is counted"),
    "noPhoto": _l("{name} is not a photo that this phone can read"),
    "afterWanted": _l("This class wants photos of the result: {count}. Take them, or say that it is not settled yet."),
    "keptOnline": _l("Kept; it is being sent."),
    "keptOffline": _l("Kept on this phone; it is sent once there is a network."),
    "walk": _l("Patrol"),
    "discardWalk": _l("Discard this patrol and its way for good?"),
    "discard": _l("Discard this report and its photos for good?"),
}
"""What the page's script says."""


@blueprint.get("/patrol")
@walks
def page() -> str:
    """Show the page; everything that changes comes as :func:`today`."""
    bundles = {"bundle": assets.bundle("patrol.js"), "styles": assets.bundle("patrol.css")}
    return render_template(
        "grid/patrol/patrol.html", words={name: str(text) for name, text in WORDS.items()}, **bundles
    )


@blueprint.get("/patrol/worker.js")
@walks
def worker() -> Response:
    """Serve the script that answers without a network; it knows which files belong to the page."""
    files = [url_for("patrol.page"), *_files()]
    text = render_template("grid/patrol/worker.js", files=files, kept=f"patrol-{assets.mark(files)}")
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": url_for("patrol.page")}
    return Response(text, mimetype="text/javascript", headers=headers)


@blueprint.get("/patrol/manifest.webmanifest")
@security.public
def manifest() -> Response:
    """Describe the page as an application that a phone can install."""
    answer = jsonify(
        name=f"{_('OneWindow')} · {_('Patrol')}",
        short_name=_("Patrol"),
        start_url=url_for("patrol.page"),
        scope=url_for("patrol.page"),
        display="standalone",
        orientation="portrait",
        background_color="#f4f6fa",
        theme_color="#1a3a6e",
        icons=[
            {"src": assets.asset("window.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *(
                {
                    "src": assets.asset(ICON.format(px)),
                    "sizes": f"{px}x{px}",
                    "type": "image/png",
                    "purpose": "maskable",
                }
                for px in ICON_SIZES
            ),
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/patrol/today")
@walks
def today() -> Response:
    """Tell what the phone keeps for when there is no network: who, the token, the classes, the day, tasks and score."""
    connection, (who, _acting) = database.connection(), security.candidate()
    return jsonify(
        person=who.id,
        csrf=generate_csrf(),
        now=clock.now().isoformat(),
        **patrolled.of(connection, who.id, who.groups),
        tasks=[_task(row) for row in _tasks(connection, who)],
        score=_score(who.id),
    )


@blueprint.post("/patrol/events")
@walks
def report() -> Any:
    """Take a report in, with its photos; the same ``client_uuid`` again answers the same case."""
    connection, actor = database.connection(), security.actor()
    given = sent.report(connection, actor, request.form, request.files)
    case, step = reporting.report(connection, actor, given)
    return jsonify(number=case.number), 201 if step else 200


@blueprint.post("/patrol/patrols")
@walks
def walked() -> Any:
    """Keep a patrol; the same ``client_uuid`` again changes nothing."""
    kept = patrol.keep(database.connection(), security.actor(), sent.walked(request.form))
    return jsonify(metres=kept.metres), 201


def _files() -> list[str]:
    own = [assets.asset(name) for name in ("window.svg", "onewindow.css", "pages.css", "page.js")]
    bundled = [address for name in ("patrol.js", "patrol.css") if (address := assets.bundle(name))]
    return [*own, *bundled, *(url_for("assets.one", name=name) for name in IMPORTED)]


def _tasks(connection: Connection, who: tasks.Candidate) -> list[Any]:
    """Return what the worker has and what the worker may take, each by its deadline."""
    views = (worklist.Filter(view=view) for view in ("mine", "claimable"))
    return [row for wanted in views for row in worklist.page(connection, who, wanted, limit=TASKS).rows]


def _task(row: Any) -> dict[str, str]:
    due = row.shown_due_at
    return {
        "name": workplace.task_name(row),
        "title": f"{row.business_key} {matters.titled(row.title or '', row.item_name or '')}".rstrip(),
        "whose": "" if row.assignee else _("to be claimed"),
        "due": f"{formatting.short_moment(due)} · {remaining.of_row(row)}" if due else "",
        "address": url_for("tasks.task", task_id=row.id),
    }


def _score(person_id: str) -> list[tuple[str, str]]:
    first = clock.midnight(clock.today().replace(day=1))
    walks = patrol.of(database.connection(), person_id, first, clock.now())
    minutes = sum((row.ended_at - row.started_at).total_seconds() for row in walks) / 60
    return [
        (_("Reports this month"), str(event.number_by(database.connection(), person_id, first))),
        (_("Patrols this month"), str(len(walks))),
        (_("Minutes on patrol"), f"{minutes:.0f}"),
        (_("Kilometres walked"), format_decimal(round(sum(row.metres for row in walks) / 1000, 1))),
    ]
