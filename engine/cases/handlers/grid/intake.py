"""Service tasks of the beginning of an event: taken in, called for, compared, verified, classified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.cases.grid import alike, classifying, context, ending, event, inspecting, link, photo, unit_posts
from engine.cases.grid.items import item_class
from engine.cases.handlers import reading
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("event.take")
def take(job: handlers.Job) -> Result:
    """Tell the process what was reported."""
    row = event.of(job.connection, reading.case_of(job).id)
    said = reading.context(job, "said")
    return {"event": context.of(job.connection, row, said)}


@handlers.handler("event.call")
def call(job: handlers.Job) -> Result:
    """Record the call that was made before."""
    link.call(job.connection, job.actor, reading.case_of(job), reading.context(job, "call"))
    return known(job)


@handlers.handler("event.alike")
def find_alike(job: handlers.Job) -> Result:
    """Look for the nearest open event of the same class."""
    case = reading.case_of(job)
    me = event.of(job.connection, case.id)
    row = item_class.get(job.connection, me.class_code, me.list_version)
    found = alike.nearest(job.connection, case)
    near = {"number": found.number, "distance_m": found.distance_m, "age_days": found.age_days} if found else {}
    nobody = {"number": "", "distance_m": 0, "age_days": 0}
    return {"alike": {**nobody, **near, "merge_m": row.merge_m or 0, "merge_days": row.merge_days or 0}}


@handlers.handler("event.merge")
def merge(job: handlers.Job) -> Result:
    """Let the event follow the one that was found."""
    into = str(reading.context(job, "alike").get("number") or "")
    case = alike.merge(job.connection, job.actor, reading.case_of(job), into)
    return {"outcome": case.outcome}


@handlers.handler("event.verify")
def verify(job: handlers.Job) -> Result:
    """Write what the worker found."""
    given = reading.context(job, "verify")
    inspecting.verify(
        job.connection, job.actor, reading.case_of(job), str(given.get("note") or ""), photos(given),
        holds=given.get("holds") == "yes",
    )  # fmt: skip
    return known(job)


@handlers.handler("event.not_filed")
def not_filed(job: handlers.Job) -> Result:
    """Do not file what was not as reported."""
    note = str(reading.context(job, "verify").get("note") or "")
    ending.refuse(job.connection, job.actor, reading.case_of(job), note)
    return None


@handlers.handler("event.facts")
def facts(job: handlers.Job) -> Result:
    """Read what the list says, and count how often the same happened there."""
    case = reading.case_of(job)
    found = classifying.facts(job.connection, case)
    repeats = classifying.repeats(job.connection, case)
    proposed = {"lead": found["escalate_to"], "helpers": found["helpers"], "note": ""}
    offered = unit_posts.offered(job.connection)
    return {"item_class": found, "dispatch": proposed, "units_offered": offered, **known(job, repeats=repeats)}


@handlers.handler("event.classify")
def classify(job: handlers.Job) -> Result:
    """Set level and urgency, and start the case clock."""
    found = dict(reading.context(job, "classified"))
    classifying.classify(job.connection, job.actor, reading.case_of(job), found)
    return {"turn": {"target": found.get("turn"), "reason": found.get("reason")}, **known(job)}


def known(job: handlers.Job, **changed: Any) -> dict[str, Any]:
    """Return the variable ``event`` as the event stands now; what was said when it came in stays."""
    row = event.of(job.connection, reading.case_of(job).id)
    before = reading.context(job, "event")
    kept = {name: before[name] for name in (*context.ASKED, "repeats", "checkers") if name in before}
    return {"event": {**context.of(job.connection, row), **kept, **changed}}


def photos(given: Mapping[str, Any]) -> list[photo.Taken]:
    """Return the photos that a form names."""
    return [photo.Taken(int(one)) for one in given.get("photos") or ()]
