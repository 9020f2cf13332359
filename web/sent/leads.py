"""A lead as a page or a system sends it: what was typed becomes what the engine takes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engine import clock, db, errors
from engine.cases.enforcement import lead
from engine.organisation import post
from engine.tasks import Candidate
from web import security

TEAMS = ("team1", "team2", "team3")
TAKE_IN = (
    "enforcement.intake",
    *(f"enforcement.{team}.{role}" for team in TEAMS for role in ("leader", "officer")),
)
"""The posts that take leads in."""

taking_in = security.requires_post(*TAKE_IN)
"""Lets only those in who take leads in."""


def read(
    sent: Mapping[str, Any], person: Candidate, *, start_event: str | None = None, files: Sequence[int] = ()
) -> lead.Lead:
    """Return the lead that was sent; an officer's own team checks it, the office the others.

    Parameters
    ----------
    sent
        Flat, as a form names its fields: ``source``, ``facts``, ``place``, ``discovered_at``, ``act_on``,
        ``act_end_on``, ``party_kind``, ``party_name``, ``reporter_name``, ``reporter_phone``, ``external_id``.

    Raises
    ------
    LeadDatesWrong
        If a date is none.
    """
    text = {name: str(value or "").strip() for name, value in sent.items()}
    reporter = {"name": text.get("reporter_name", ""), "phone": text.get("reporter_phone", "")}
    return lead.Lead(
        source=text.get("source", ""),
        facts=text.get("facts", ""),
        place=text.get("place", ""),
        discovered_at=_moment(text.get("discovered_at", "")),
        party={"kind": text.get("party_kind") or "citizen", "name": text.get("party_name", "")},
        act_on=_day(text.get("act_on", "")),
        act_end_on=_day(text.get("act_end_on", "")),
        reporter=reporter if reporter["name"] else None,
        external_id=text.get("external_id") or None,
        start_event=start_event,
        variables={"team": _team(person)},
        files=files,
    )


def _team(person: Candidate) -> str | None:
    held = {post.code_of(group) for group in person.groups}
    return next((team for team in TEAMS if f"enforcement.{team}.officer" in held), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise errors.LeadDatesWrong from None


def _moment(text: str) -> datetime | None:
    try:
        return db.moment(text, clock.TOWN) if text else None
    except ValueError:
        raise errors.LeadDatesWrong from None
