"""What handlers read from a job: the case, headers, variables, moments and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine import clock, errors
from engine.cases import case as cases
from engine.flow import handlers
from engine.ground.counting import midnight_after


def case_of(job: handlers.Job) -> sa.Row[Any]:
    """Return the job's case: the one ``case_number`` names, else the instance's own."""
    return cases.get(job.connection, str(job.variables.get("case_number") or job.business_key))


def header(job: handlers.Job, name: str) -> str:
    """Return a header that must be there.

    Raises
    ------
    HandlerInputMissing
        If it is missing or empty; it names the element of the drawing.
    """
    if not job.headers.get(name):
        raise errors.HandlerInputMissing(element=job.element, place="header", name=name)
    return job.headers[name]


def variable(job: handlers.Job, name: str) -> Any:
    """Return a variable that must be there; errors as :func:`header`."""
    value = job.variables.get(name)
    if value is None or value == "":
        raise errors.HandlerInputMissing(element=job.element, place="variable", name=name)
    return value


def context(job: handlers.Job, name: str) -> Mapping[str, Any]:
    """Return a context variable, empty when it is not there.

    Raises
    ------
    HandlerInputMissing
        If something else stands under the name.
    """
    value = job.variables.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise errors.HandlerInputMissing(element=job.element, place="context", name=name)
    return value


def moment(job: handlers.Job, name: str, value: Any) -> datetime:
    """Return an ISO text, a day or a moment as an aware moment; a day begins at midnight in the town.

    FEEL's ``@`` and ``[`` zones after an offset are left out; what has no zone is meant in the town's.

    Raises
    ------
    HandlerInputMissing
        If it is none of these; ``name`` says what it was to be.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        value = clock.midnight(value)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.partition("@")[0].partition("[")[0])
        except ValueError:
            raise errors.HandlerInputMissing(element=job.element, place="moment", name=name) from None
    if not isinstance(value, datetime):
        raise errors.HandlerInputMissing(element=job.element, place="moment", name=name)
    return value if value.tzinfo else value.replace(tzinfo=clock.TOWN)


def day_or_moment(job: handlers.Job, name: str, value: Any) -> date | datetime:
    """Return what says a day alone as that day, all else as an aware moment."""
    if isinstance(value, str) and len(value) == len("2026-03-02"):
        return moment(job, name, value).date()
    return value if isinstance(value, date) and not isinstance(value, datetime) else moment(job, name, value)


def day(job: handlers.Job, name: str, value: Any) -> date | None:
    """Return an ISO text or a moment as the day in the town; None stays None."""
    if value is None or value == "":
        return None
    return clock.day(moment(job, name, value))


def town(value: datetime) -> str:
    """Return a moment as process variables hold it."""
    return value.astimezone(clock.TOWN).isoformat()


def midnight(day: date | None) -> str | None:
    """Return the end of a day as a moment in the town, or None of none."""
    return town(midnight_after(day)) if day is not None else None
