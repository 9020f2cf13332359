"""The audit pages: every event of the house, found, opened, handed out and proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import audit as trail
from engine import clock, db, definitions
from engine.ground import inspection
from engine.organisation import people, person
from web import database, security
from web.i18n import message
from web.sent import actions
from web.shown import events_out, step_names

blueprint = Blueprint("audit", __name__)
auditors = security.requires("auditor")
ROWS = 50
PROVABLE = 200_000
"""More events than this are proven by the command, which nobody waits for."""


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as typed, and the query that follows from it."""

    typed: Mapping[str, str]
    query: inspection.Query
    wrong: dict[str, str]

    @property
    def given(self) -> dict[str, str]:
        """What was typed, without the empty fields: the state of the list for links."""
        return {name: value for name, value in self.typed.items() if value}


@blueprint.get("/audit")
@auditors
def events() -> str:
    """Show the events found, newest first."""
    connection = database.connection()
    asked = _asked(request.args)
    found = inspection.page(connection, asked.query, at=_place(request.args.get("at", "")), limit=ROWS)
    return render_template(
        "audit/events.html",
        asked=asked,
        page=found,
        total=inspection.count(connection, asked.query),
        counted=inspection.COUNTED,
        actions=sorted(inspection.actions(connection), key=actions.action_name),
        streams=actions.STREAMS,
        names=_names(found.rows),
        steps=step_names.of_events(connection, found.rows),
        proof=inspection.last_proof(connection, asked.typed["stream"]),
        chain=inspection.last_proof(connection, None),
        newest=inspection.newest_key(connection),
        **_words(),
    )


@blueprint.get("/audit/events/<int:event_id>")
@auditors
def event(event_id: int) -> str:
    """Show one event with everything it keeps."""
    connection = database.connection()
    row = inspection.get(connection, event_id)
    before, after = inspection.beside(connection, row)
    kept = definitions.by_hash(connection, row.definition_hash) if row.definition_hash else None
    return render_template(
        "audit/event.html",
        event=row,
        before=before,
        after=after,
        told=events_out.told(row),
        changes=list(events_out.changes(row)),
        decisions=[entry for entry in row.details.get("steps", ()) if entry[0] == "decide"],
        way=[
            entry for entry in row.details.get("steps", ()) if entry[0] in ("enter", "leave", "cancel", "flow", "end")
        ],
        deployment=kept,
        holds=trail.holds(row),
        raw=events_out.pretty(row.details),
        asked=_asked(request.args),
        names=_names([row]),
        steps=step_names.of_events(connection, [row]),
        **_words(),
    )


@blueprint.post("/audit/exports")
@auditors
def export() -> Response:
    """Note that the events found are handed out, then send the person to them."""
    asked = _asked(request.form)
    form = "json" if request.form.get("format") == "json" else "csv"
    note = inspection.export(database.connection(), security.actor(), asked.query, form)
    return redirect(url_for("audit.exported", event_id=note, form=form), 303)


@blueprint.get("/audit/exports/<int:event_id>.<any(csv, json):form>")
@auditors
def exported(event_id: int, form: str) -> Response:
    """Stream an export; it holds the same events whenever it is fetched."""
    _form, query = inspection.exported(database.connection(), event_id)
    written = events_out.as_csv if form == "csv" else events_out.as_json
    answer = Response(written(database.engine(), query), mimetype={"csv": "text/csv"}.get(form, "application/json"))
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{event_id}.{form}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/audit/proofs")
@security.repeatable
@auditors
def prove() -> Response:
    """Recompute the chain of a stream or of everything and keep in the trail what was found.

    Reading takes a while, so it happens on a snapshot outside the request's transaction: nobody waits for it.
    """
    asked, actor = _asked(request.form), security.actor()
    back = f"{url_for('audit.events')}?{urlencode(asked.given)}".rstrip("?")
    stream = asked.typed["stream"]
    if not stream and inspection.newest_key(database.connection()) > PROVABLE:
        flash(_('There are too many events to prove while you wait. Run "onewindow audit verify".'), "warning")
        return redirect(back, 303)
    with db.reading(database.aside()) as snapshot:
        proof = inspection.prove(snapshot, stream)
    with database.noting() as connection:
        note = inspection.note_proof(connection, actor, proof, stream)
    flash(*_told(proof, stream))
    return redirect(url_for("audit.event", event_id=note) if proof.broken else back, 303)


WAY = ("enter", "leave", "cancel", "flow", "end")
FIELDS = ("stream", "who", "action", "since", "until")


def _asked(given: Mapping[str, str]) -> Asked:
    typed = {name: given.get(name, "").strip()[:100] for name in FIELDS}
    wrong: dict[str, str] = {}
    since, until = (_day(typed[name], name, wrong) for name in ("since", "until"))
    if since and until and until < since:
        wrong["until"] = _("The last day lies before the first one.")
    query = inspection.Query(
        stream=typed["stream"],
        actors=_actors(typed["who"]),
        action=typed["action"],
        since=since,
        until=until + timedelta(days=1) if until else None,
    )
    return Asked(typed, query, wrong)


def _day(text: str, name: str, wrong: dict[str, str]) -> datetime | None:
    if not text:
        return None
    try:
        day = clock.midnight(date.fromisoformat(text))
        return db.moment((day + timedelta(days=1)).isoformat()) - timedelta(days=1)
    except (ValueError, OverflowError):
        wrong[name] = _("Write the day as 2026-03-05.")
        return None


def _actors(text: str) -> tuple[str, ...]:
    """Return everybody the text may mean; somebody unknown finds nothing, not everything."""
    if not text:
        return ()
    return (text, *people.called(database.connection(), text))


def _place(text: str) -> inspection.Place | None:
    """Read a page's beginning from the address; what cannot be read begins at the newest."""
    mark, _sep, rest = text.partition("~")
    key, _sep, way = rest.partition("~")
    try:
        return inspection.Place(db.moment(mark), db.whole(key), newer=way == "newer")
    except ValueError:
        return None


def place_text(place: inspection.Place) -> str:
    """Write a page's beginning for the address."""
    return f"{place.at.isoformat()}~{place.id}{'~newer' if place.newer else ''}"


def _names(rows: Any) -> dict[str, str]:
    people = {row.actor for row in rows} | {row.on_behalf_of for row in rows if row.on_behalf_of}
    return person.names(database.connection(), people)


def _words() -> dict[str, Any]:
    return {
        "action_name": actions.action_name,
        "stream_name": actions.stream_name,
        "actor_name": actions.actor_name,
        "place_text": place_text,
        "short": events_out.short,
    }


def _told(proof: inspection.Proof, stream: str) -> tuple[str, str]:
    if proof.broken is None:
        if stream:
            return _(
                "The chain of %(stream)s is whole: %(count)s events.", stream=stream, count=proof.events
            ), "success"
        return _("All chains are whole: %(count)s events.", count=proof.events), "success"
    said = message(events_out.REASONS[proof.broken.reason])
    text = _("The chain of %(stream)s breaks at event %(seq)s: ", stream=proof.broken.stream, seq=proof.broken.seq)
    return text + said, "error"
