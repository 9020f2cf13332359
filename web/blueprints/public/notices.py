"""Public notices: what the town decided and must let everybody read (行政许可法40, 行政处罚法48), names masked."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from engine.cases import standing
from engine.cases.papers import publicity
from engine.errors import N_
from web import database
from web.security import public
from web.shown import matters

blueprint = Blueprint("notices", __name__)

LONG = 20
KINDS = {"granted": N_("granted"), "refused": N_("refused"), "notice": N_("announcement"), "penalty": N_("penalty")}
"""What a notice says; marked for translation."""
LISTS = {publicity.PENALTY: N_("Penalties"), publicity.WITHDRAWN: N_("Taken back, and why")}
"""The lists besides the one of all that is in force; marked for translation."""


@blueprint.get("/notices")
@public
def notices() -> Response:
    """List what is public, newest first."""
    text, before = request.args.get("q", "").strip()[:100], request.args.get("before", type=int)
    wanted = request.args.get("kind", "")
    kind = wanted if wanted in LISTS else ""
    rows = publicity.public(
        database.connection(), text=text, kind=kind, before=_sane(before), limit=LONG + 1, called=matters.names()
    )
    following = rows[LONG - 1].id if len(rows) > LONG else None
    facts = {
        "rows": rows[:LONG],
        "text": text,
        "next": following,
        "first": before is None,
        "kinds": KINDS,
        "kind": kind,
        "lists": LISTS,
    }
    return make_response(render_template("public/notices/notices.html", **facts))


@blueprint.get("/notices/<int:notice_id>")
@public
def notice(notice_id: int) -> Response:
    """Show one notice; one that was taken back says why and nothing else."""
    row = publicity.get_public(database.connection(), _sane(notice_id) or 0)
    return make_response(
        render_template(
            "public/notices/notice.html", notice=row, said=row.content, kinds=KINDS, outcomes=standing.OUTCOMES
        )
    )


def _sane(number: int | None) -> int | None:
    """Return the number if a database can compare with it."""
    return number if number is not None and 0 < number < 2**63 else None
