"""What the patrol page sends: reports with photos, and patrols, each field read once and refused by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.engine import Connection
from werkzeug.datastructures import FileStorage, MultiDict

from engine import audit, clock, db, errors
from engine.cases.grid import photo, reporting
from engine.cases.grid.patrols import patrol
from web import security
from web.sent.storing import Store

SOURCE = "网格员"


def report(
    connection: Connection, actor: audit.Actor, form: MultiDict[str, str], files: MultiDict[str, FileStorage]
) -> reporting.Report:
    """Return the report that a phone sent, its photos stored.

    Raises
    ------
    EventUnreadable
        If a field is missing or is not what it should be; the error names it.
    FileEmpty, FileTooLarge, FileKindNotAllowed, TooManyFiles
        If a photo cannot be stored.
    """
    if not form.get("class_code"):
        raise errors.EventUnreadable(field="class_code")
    return reporting.Report(
        source=SOURCE,
        class_code=form["class_code"],
        lon=_number(form, "lon"),
        lat=_number(form, "lat"),
        description=form.get("description", "")[:2000],
        client_uuid=_uuid(form),
        urgency=_whole(form, "urgency"),
        accuracy_m=_whole(form, "accuracy_m"),
        address=form.get("address", "")[:300],
        party=_party(form),
        variables={"danger": True} if form.get("danger") == "yes" else {},
        captured_at=_moment(form, "captured_at"),
        sent_at=_moment(form, "sent_at"),
        photos=_photos(connection, actor, form.getlist("photo_facts"), files.getlist("photos")),
        settled=_settled(connection, actor, form, files) if form.get("settled") == "yes" else None,
    )


def walked(form: Mapping[str, str]) -> patrol.Walked:
    """Return the patrol that a phone sent.

    Raises
    ------
    EventUnreadable
        If a field is missing or is not what it should be; the error names it.
    """
    started_at, ended_at = _moment(form, "started_at"), _moment(form, "ended_at")
    if started_at is None or ended_at is None:
        raise errors.EventUnreadable(field="started_at" if started_at is None else "ended_at")
    try:
        raw = db.loads(form.get("points") or "[]")
        points = [
            (db.moment(str(moment), clock.TOWN), float(lon), float(lat), int(accuracy))
            for moment, lon, lat, accuracy in raw
        ]
    except (ValueError, TypeError, IndexError, KeyError):
        raise errors.EventUnreadable(field="points") from None
    return patrol.Walked(_uuid(form), started_at, ended_at, points, _moment(form, "sent_at"))


def _settled(
    connection: Connection, actor: audit.Actor, form: MultiDict[str, str], files: MultiDict[str, FileStorage]
) -> reporting.Settled:
    """Return what the worker had done already."""
    return reporting.Settled(
        form.get("settled_note", "")[:2000],
        signed=form.get("settled_signed") == "yes",
        photos=_photos(connection, actor, form.getlist("photo_after_facts"), files.getlist("photos_after")),
    )


def _party(form: Mapping[str, str]) -> dict[str, str] | None:
    """Return whom the report concerns, by name, if the worker knew."""
    name = form.get("party", "").strip()[:100]
    return {"kind": form.get("party_kind", "person"), "name": name} if name else None


def _photos(
    connection: Connection, actor: audit.Actor, facts: list[str], sent: Iterable[FileStorage]
) -> list[photo.Taken]:
    stored, refused = Store(connection, actor, security.settings().upload_mb).take(sent)
    if refused:
        raise refused[0]
    if len(facts) != len(stored):
        raise errors.EventUnreadable(field="photo_facts")
    return [_taken(row.id, text) for row, text in zip(stored, facts, strict=True)]


def _taken(file_id: int, text: str) -> photo.Taken:
    try:
        said = db.loads(text)
        return photo.Taken(
            file_id,
            str(said["sha256"]),
            db.moment(str(said["captured_at"]), clock.TOWN),
            original=str(said.get("original") or ""),
            exif=dict(said.get("exif") or {}),
        )
    except (ValueError, TypeError, KeyError):
        raise errors.EventUnreadable(field="photo_facts") from None


def _uuid(form: Mapping[str, str]) -> str:
    text = form.get("client_uuid", "")
    if len(text) != 36:
        raise errors.EventUnreadable(field="client_uuid")
    return text


def _number(form: Mapping[str, str], name: str) -> float:
    try:
        return float(form[name])
    except (KeyError, ValueError):
        raise errors.EventUnreadable(field=name) from None


def _whole(form: Mapping[str, str], name: str) -> int | None:
    text = form.get(name, "")
    try:
        return db.whole(text) if text else None
    except ValueError:
        raise errors.EventUnreadable(field=name) from None


def _moment(form: Mapping[str, str], name: str) -> datetime | None:
    text = form.get(name, "")
    try:
        return db.moment(text, clock.TOWN) if text else None
    except ValueError:
        raise errors.EventUnreadable(field=name) from None
