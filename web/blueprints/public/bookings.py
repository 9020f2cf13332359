"""Booking a window: residents choose a time and keep a link; clerks see who comes and take the application in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from engine import clock, db, errors
from engine.cases.items import item
from engine.cases.people import booking, identity
from engine.organisation import unit
from forms import checks, rules
from web import database, i18n, security
from web.blueprints.applications import taking_in
from web.security import public
from web.sent import typed

blueprint = Blueprint("bookings", __name__)


@blueprint.get("/book/<code>")
@public
def choose(code: str) -> Response:
    """Show the days and times at which a window can be booked for an item."""
    row = item.get(database.connection(), code)
    if not booking.offered(row):
        raise errors.ChannelNotOffered(item=row.name, channel=booking.CHANNEL)
    return _page(row, request.args)


@blueprint.post("/book/<code>")
@public
def book(code: str) -> Response:
    """Keep a window free; a form that is refused keeps what was typed."""
    connection, row = database.connection(), item.get(database.connection(), code)
    phone, at = typed.phone(request.form.get("phone", "")), _moment(request.form.get("at", ""))
    wrong = {} if checks.mobile(phone) else {"phone": _(rules.CHECK_FAULTS["cn-mobile"])}
    if at is None:
        wrong["at"] = _("Nothing is chosen. Choose one.")
    if at is None or wrong:
        return _page(row, request.form, wrong=wrong, status=422)
    visitor = security.applicant()
    try:
        made = booking.book(connection, visitor, row, at, request.form.get("name", ""), phone)
    except errors.BookingNameMissing as problem:
        return _page(row, request.form, wrong={"name": i18n.error_message(problem)}, status=422)
    except errors.Refused as problem:
        return _page(row, request.form, problem=i18n.error_message(problem), status=422)
    return redirect(url_for("bookings.kept", link=_links().dumps(made.number)), 303)


@blueprint.get("/book/kept/<link>")
@public
def kept(link: str) -> Response:
    """Show a booking to whoever has its link: when, where, and how to cancel it."""
    row = _behind(link)
    window = unit.at(database.connection(), "window", row.window)
    facts = {"phone": identity.masked_phone(row.phone), "over": row.starts_at <= clock.now()}
    answer = make_response(render_template("public/bookings/kept.html", booking=row, window=window, link=link, **facts))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/book/kept/<link>/cancellation")
@public
def cancel(link: str) -> Response:
    """Give the window free again."""
    visitor = security.applicant()
    row = booking.cancel(database.connection(), visitor, _behind(link).number)
    flash(_("Your booking is cancelled. Thank you for telling us."), "success")
    return redirect(url_for("bookings.choose", code=row.item_code), 303)


@blueprint.get("/bookings")
@taking_in
def of_day() -> Response:
    """Show who comes on a day, the own window first."""
    connection, day = database.connection(), _day(request.args.get("day", "")) or clock.today()
    windows = {row.scope: row for row in unit.every(connection, "window")}
    mine = {group.partition("@")[2] for group in security.candidate()[0].groups} & windows.keys()
    rows = booking.of_day(connection, day)
    if "all" not in request.args and mine:
        rows = [row for row in rows if row.window in mine]
    facts = {
        "rows": rows,
        "day": day,
        "days": booking.days(connection),
        "mine": mine,
        "everything": "all" in request.args,
    }
    return make_response(render_template("public/bookings/day.html", windows=windows, **facts))


def _page(
    row: sa.Row[Any], typed: Any, *, wrong: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response:
    connection = database.connection()
    days = booking.days(connection)
    asked = _moment(typed.get("at", ""))
    day = clock.day(asked) if asked else _day(typed.get("day", ""))
    day = day if day in days else next(iter(days), None)
    slots = booking.slots(connection, day) if day else []
    facts = {"days": days, "day": day, "slots": slots, "typed": typed, "wrong": wrong or {}, "problem": problem}
    return make_response(render_template("public/bookings/choose.html", item=row, **facts), status)


def _behind(link: str) -> sa.Row[Any]:
    try:
        number = str(_links().loads(link))
    except BadSignature:
        raise errors.BookingUnknown from None
    return booking.get(database.connection(), number)


def _links() -> URLSafeSerializer:
    """Return what makes the link of a booking, which nobody can guess, and knows it again."""
    return URLSafeSerializer(str(current_app.secret_key), salt="booking")


def _day(text: str) -> date | None:
    """Read a day within a year of today; nothing was or will be booked on any other."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if abs((found - clock.today()).days) <= 366 else None


def _moment(text: str) -> datetime | None:
    try:
        return db.moment(text)
    except ValueError:
        return None
