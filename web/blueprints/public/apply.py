"""Applying on line: find the matter, read what it needs, fill in the form, hand in the papers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.items import item
from engine.cases.people import booking, identity, party
from engine.cases.people import online as applications
from web import database, i18n, security
from web.security import public
from web.sent import grant, online, received
from web.sent.online import Application

blueprint = Blueprint("apply", __name__, url_prefix="/apply")

LONG = 20


@blueprint.get("")
@public
def items() -> Response:
    """Search the items; those that can be applied for on line, unless all are wanted."""
    text, everything = request.args.get("q", "").strip()[:100], "all" in request.args
    wanted = item.Search(text=text, online=None if everything else True)
    page = item.search(database.connection(), wanted, after=request.args.get("after"), limit=LONG)
    facts = {"page": page, "text": text, "everything": everything, "first": "after" not in request.args}
    return make_response(render_template("public/apply/items.html", **facts))


@blueprint.get("/<code>")
@public
def one(code: str) -> Response:
    """Show what the item needs and, where it is taken in on line, the form."""
    row, connection = item.get(database.connection(), code), database.connection()
    channel = online.channel_of(row, request.args.get("channel", ""))
    return _page(row, online.load(connection, row, channel) if channel else None)


@blueprint.post("/<code>")
@public
def apply(code: str) -> Response:
    """Open the case; a refused form keeps everything that was typed, uploads included."""
    connection, actor = database.connection(), security.applicant()
    row = item.get(connection, code)
    channel = online.channel_of(row, request.form.get("way", ""))
    if channel is None:
        raise errors.ChannelNotOffered(item=row.name, channel=applications.CHANNELS[0])
    given = online.load(connection, row, channel, request.form)
    given.papers = received.take(connection, actor, [online.field_of(entry) for entry in given.brought])
    if given.form.rearranged or not given.sound:
        database.keep()
        return _page(row, given, status=422)
    try:
        with connection.begin_nested():
            case = applications.open_case(connection, actor, given.opening())
    except errors.Refused as problem:
        database.keep()
        return _page(row, given, problem=i18n.error_message(problem), status=422)
    grant.give(case.number)
    return redirect(url_for("apply.receipt"), 303)


@blueprint.get("/receipt")
@public
def receipt() -> Response:
    """Show the number and what comes next, to be printed or photographed."""
    row, connection = grant.case(), database.connection()
    who = party.get(connection, row.applicant_id)
    page = render_template("public/apply/receipt.html", case=row, phone=identity.masked_phone(who.phone))
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(row: sa.Row[Any], given: Application | None, *, problem: str = "", status: int = 200) -> Response:
    detail = row.body.get("detail") or {}
    facts = {
        "item": row,
        "body": row.body,
        "bookable": booking.offered(row),
        "detail": detail,
        "given": given,
        "problem": problem,
    }
    limits = {"limit_mb": received.LIMIT_MB, "field_of": online.field_of, "fetched": online.FETCHED}
    return make_response(render_template("public/apply/item.html", **facts, **limits), status)
