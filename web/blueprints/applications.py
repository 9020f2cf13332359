"""New applications at a window or a village point: choose the item, say who applies, register the materials."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.grid import link
from engine.cases.items import item
from engine.cases.people import booking
from engine.cases.reading import search
from forms import Fault
from web import database, i18n, security
from web.sent import applicant, intake

blueprint = Blueprint("applications", __name__, url_prefix="/applications")

PER_PAGE = 24


def taking_in(view: security.View) -> security.View:
    """Let only clerks in who take applications in: other posts that make a clerk only archive or receive."""
    return security.requires("clerk")(security.requires_post(*intake.TAKES_IN)(view))


@blueprint.get("/new")
@taking_in
def choose() -> Response:
    """Choose the item; at a village point only those that are taken in there."""
    code = request.args.get("item", "").strip()
    if code:
        return new(code)
    connection = database.connection()
    text, department = request.args.get("q", "").strip()[:100], request.args.get("department", "")
    village = True if intake.at_village_only(security.candidate()[0]) else None
    wanted = item.Search(text=text, department=department, village=village)
    found = item.search(connection, wanted, after=request.args.get("after") or None, limit=PER_PAGE)
    page = render_template(
        "applications/choose.html",
        page=found,
        text=text,
        department=department,
        departments=item.values(connection, "department"),
        popular=[] if text or department or request.args.get("after") else _popular(village=bool(village)),
        village=village,
    )
    return make_response(page)


@blueprint.get("/new/<code>")
@taking_in
def new(code: str) -> Response:
    """Show the form of a new application for an item."""
    connection, (person, _acting) = database.connection(), security.candidate()
    row, booked = item.get(connection, code), _booked(request.args)
    return _page(intake.load(connection, person, row, booked=booked, locale=i18n.locale_name()), booked=booked)


@blueprint.post("/new/<code>")
@taking_in
def open_case(code: str) -> Response:
    """Open the case and go on to its first task; a form that is refused keeps everything that was typed."""
    connection, (person, _acting) = database.connection(), security.candidate()
    row, typed = item.get(connection, code), MultiDict(request.form)
    refused = _store(typed)
    answer = applicant.ask(typed, code, applicant.PREFILL) if "ask" in typed else None
    if answer is not None:
        applicant.fill(typed, answer)
    given, booked = intake.load(connection, person, row, typed, locale=i18n.locale_name()), _booked(typed)
    if answer is not None:
        return _page(given, refused=refused, answer=answer, booked=booked)
    if "look" in typed:
        return _page(given, refused=refused, booked=booked)
    if not given.validate() or refused:
        return _page(given, refused=refused, booked=booked, status=422)
    if not typed.get("seen"):
        running = intake.running(connection, given)
        answer = applicant.ask(typed, code, applicant.OPENING)
        if running or (answer.known and answer.known.notes):
            return _page(given, running=running, answer=answer, to_see=True, booked=booked)
    event = typed.get("event", "").strip()[:40]
    if event:
        try:
            link.invitation(connection, event)
        except errors.EventNotForApproval as problem:
            return _page(given, booked=booked, status=422, event_problem=i18n.error_message(problem))
    number, task = intake.open_case(connection, security.actor(), person, given)
    if event:
        link.apply(connection, security.actor(), event, number)
    if booked is not None:
        booking.came(connection, security.actor(), booked.number, number)
    flash(_("Case %(number)s is open. Register the materials now.", number=number), "success")
    if task is not None and "tasks.task" in current_app.view_functions:
        return redirect(url_for("tasks.task", task_id=task), 303)
    return redirect(url_for("cases.one", number=number), 303)


def _booked(sent: Any) -> Any:
    """Return the booking that the applicant comes with, if there is one."""
    number = sent.get("booking", "")
    return booking.get(database.connection(), number) if number else None


def _store(typed: MultiDict[str, str]) -> Fault | None:
    """Store the files that came with the form, so that they need not be chosen again; say what was refused."""
    uploaded = request.files.getlist(intake.POWER + intake.UPLOAD)
    try:
        for entry in intake.receive(
            database.connection(), security.actor(), typed, uploaded, security.settings().upload_mb
        ):
            typed.add(intake.POWER, entry)
            database.keep()
    except (errors.FileEmpty, errors.FileTooLarge, errors.FileKindNotAllowed) as problem:
        return Fault(problem.template, problem.facts)
    return None


def _page(given: intake.Intake, *, refused: Fault | None = None, status: int = 200, **shown: Any) -> Response:
    """Show the application; a file that was refused is told beside its field."""
    for part in given.form.components:
        for child in part.inner():
            if refused is not None and child.name == intake.POWER:
                child.errors = [refused]
            if child.name == "channel" and "channel" in given.faults:
                child.errors = [given.faults["channel"]]
    page = render_template(
        "applications/new.html", intake=given, item=given.item, form=given.form, event=request.values.get("event", ""),
        **shown,
    )  # fmt: skip
    return make_response(page, status)


def _popular(*, village: bool) -> list[Any]:
    connection = database.connection()
    found = []
    for code in search.popular(connection):
        try:
            row = item.get(connection, code)
        except errors.ItemUnknown:
            continue
        if row.village or not village:
            found.append(row)
    return found
