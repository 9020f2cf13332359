"""Reads what pages and programs send of evidence into the entries of the register."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from engine import clock, db, errors
from engine.cases.enforcement.investigation import evidence, recording

TOWN_TIME = "%Y-%m-%dT%H:%M"


def moment(text: str, field: str = "") -> datetime:
    """Read what a field for day and time holds, in the town's time.

    Raises
    ------
    MomentUnreadable
        If it is no moment.
    """
    try:
        return db.moment(text, clock.TOWN)
    except ValueError:
        raise errors.MomentUnreadable(text=text, keys=[field]) from None


def entry(form: MultiDict[str, str], kind: str, file: int | None) -> evidence.Entry:
    """Return the entry that a form describes; ``said.*`` are the fields of its kind.

    Raises
    ------
    MomentUnreadable
        If a moment cannot be read.
    """
    said = {name.removeprefix("said."): value for name, value in form.items() if name.startswith("said.")}
    act = form.get("act", "")
    return evidence.Entry(
        kind=kind,
        title=form.get("title", "")[:200],
        source=form.get("source", ""),
        takers=form.getlist("taker"),
        place=form.get("place", "")[:200],
        obtained_at=moment(form.get("obtained_at", ""), "obtained_at"),
        said={key: _zoned(value) for key, value in said.items()},
        file=file,
        shelf_mark=form.get("shelf_mark", "")[:80],
        extent=form.get("extent", "")[:40],
        confirmed=form.get("confirmed", "not_asked"),
        confirmed_note=form.get("confirmed_note", ""),
        sealed=form.get("sealed") == "true",
        act=int(act) if act.isascii() and act.isdecimal() and len(act) < 9 else None,
    )


def begun(row: Any) -> MultiDict[str, str]:
    """Return how the form of a correction begins: as the present version stands."""
    typed: MultiDict[str, str] = MultiDict()
    for name in ("title", "source", "place", "shelf_mark", "extent", "confirmed", "confirmed_note"):
        typed.add(name, getattr(row, name))
    typed.add("obtained_at", row.obtained_at.astimezone(clock.TOWN).strftime(TOWN_TIME))
    for key, value in row.said.items():
        typed.add(f"said.{key}", _shown(value))
    return typed


def given(sent: Mapping[str, Any]) -> evidence.Entry:
    """Return the entry that a program sends."""
    names = ("kind", "title", "source", "takers", "place", "obtained_at", "said", "file", "shelf_mark", "extent")
    more = ("confirmed", "confirmed_note", "sealed", "act")
    return evidence.Entry(**{name: sent[name] for name in (*names, *more) if name in sent})


def _zoned(value: str) -> str:
    """Return a moment of the town with its zone, as records hold it; anything else as it is."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value, re.ASCII):
        return value
    return moment(value).isoformat()


def _shown(value: Any) -> str:
    if value is True:
        return "true"
    try:
        return db.moment(str(value)).astimezone(clock.TOWN).strftime(TOWN_TIME)
    except ValueError:
        return str(value)


def recorded(form: MultiDict[str, str], file: int | None) -> recording.Recording:
    """Return the recording of a step that a form describes.

    Raises
    ------
    MomentUnreadable
        If a moment cannot be read.
    """
    return recording.Recording(
        step=form.get("step", "")[:10],
        place=form.get("place", "")[:300],
        officers=form.get("officers", "")[:200],
        started_at=moment(form.get("started_at", ""), "started_at"),
        ended_at=moment(form.get("ended_at", ""), "ended_at"),
        file_id=file,
        link=form.get("link", "")[:300],
        sha256=form.get("sha256", ""),
    )
