"""The lead: what tells the town of a breach, from one of ten sources, taken in once and carried by a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases import opening, standing
from engine.cases.papers import attachment
from engine.cases.people import party as parties
from engine.cases.reading import trail
from engine.flow import steps

PROCESS = "enforcement_case"
ITEM = {"code": "GL-CF", "name": "执法线索", "name_en": "Lead of enforcement", "department": "综合执法局"}
"""What a case is about until the power is chosen."""

UNKNOWN_PARTY = "当事人待查"
"""How a case calls its party while nobody knows who acted."""

KINDS = {"citizen": "person", "sole_trader": "organisation", "entity": "organisation"}
"""The kinds of party that 行政处罚法 tells apart, and what each is among parties."""

START_EVENTS = {"公安退回": "E0_police"}
"""Where the process begins for a source; else at its plain start, or at the start event that the lead names."""

lead = sa.Table(
    "enforcement_lead",
    db.metadata,
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), primary_key=True),
    sa.Column("source", sa.String(8), nullable=False),
    sa.Column("external_id", sa.String(120)),
    sa.Column("discovered_at", db.Utc, nullable=False),
    sa.Column("party_kind", sa.String(12), nullable=False),
    sa.Column("place", sa.String(300), nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("act_on", sa.Date),
    sa.Column("act_end_on", sa.Date),
    sa.Column("power_code", sa.String(40)),
    sa.Column("reporter", db.Json),
    sa.Column("licence_case_id", db.Id, sa.ForeignKey("case_file.id")),
    sa.Column("anew_of", db.Id, sa.ForeignKey("case_file.id")),
    sa.CheckConstraint("anew_of IS NULL OR anew_of <> case_id", name="anew_of_another"),
    sa.CheckConstraint("party_kind IN ('citizen', 'sole_trader', 'entity')", name="party_kind_known"),
    sa.CheckConstraint("facts <> ''", name="facts_given"),
    sa.CheckConstraint("act_end_on IS NULL OR act_on IS NOT NULL", name="end_after_begin_known"),
    sa.CheckConstraint("act_end_on IS NULL OR act_end_on >= act_on", name="act_ends_after_it_begins"),
    sa.CheckConstraint("licence_case_id IS NULL OR source = '许可后监管'", name="licence_supervised"),
    sa.UniqueConstraint("source", "external_id"),
    sa.Index(None, "power_code", "act_on"),
    sa.Index(None, "licence_case_id"),
)
"""``discovered_at`` ends the two years of 行政处罚法36; ``external_id`` is what the sending system calls it;
``licence_case_id`` is the approval whose supervision found it;
``anew_of`` is the case whose decision was annulled with the order to act anew (行政复议法64(1), 行政诉讼法70)."""


@dataclass(frozen=True)
class Lead:
    """What comes in. ``party`` has ``name`` and ``kind`` (:data:`KINDS`), and what is known of number and address.

    ``files`` came with it and lie in the case; ``variables`` are what the process is told besides, with ``item`` the
    power, where it is known already.
    """

    source: str
    facts: str
    place: str = ""
    discovered_at: datetime | None = None
    party: Mapping[str, Any] = field(default_factory=dict)
    act_on: date | None = None
    act_end_on: date | None = None
    power_code: str | None = None
    reporter: Mapping[str, Any] | None = None
    external_id: str | None = None
    start_event: str | None = None
    licence_case_id: int | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[int] = ()


def take_in(
    connection: Connection, actor: audit.Actor, given: Lead, *, process_id: str = PROCESS
) -> tuple[sa.Row[Any], steps.Step | None]:
    """Open a case for a lead and start its process; what a system sends twice is taken in once.

    Returns the case and the first step of its process, or None instead of the step if the lead was there already.

    Raises
    ------
    ChannelUnknown
        If the source is none of the ten.
    LeadFactsMissing
        If nothing says what happened.
    LeadDatesWrong
        If it was discovered in the future, or the act ends before it begins or after its discovery.
    PartyKindUnknown, ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.people.party.register`.
    ItemWithoutProcess
        If the process is not in force.
    """
    known = _known(connection, given)
    if known is not None:
        return known, None
    discovered_at = given.discovered_at or clock.now()
    require_possible(given.facts, given.act_on, given.act_end_on, discovered_at)
    party = party_of(given.party)
    case, step = opening.open_case(
        connection,
        actor,
        cases.Opening(
            item={**ITEM, **given.variables.get("item", {})},
            catalogue_version=0,
            channel=given.source,
            applicant=party,
            title=f"{party['name']} {given.facts[:60]}",
            kind=standing.ENFORCEMENT,
            facts=_variables(given, discovered_at, party),
        ),
        process_id=process_id,
        start_event=given.start_event or START_EVENTS.get(given.source),
        prepare=lambda row: _write(connection, actor, row, given, discovered_at),
    )
    return case, step


def begin_anew(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], why: str, variables: Mapping[str, Any]
) -> sa.Row[Any]:
    """Open the case in which the town acts anew after its decision was annulled; begun once, the old file stays.

    It begins with the first check: what was wrong may lie anywhere (行政复议法64(1), 行政诉讼法70).

    Raises
    ------
    LeadUnknown
        If the case did not begin with a lead.
    """
    old, party = of(connection, case.id), parties.get(connection, case.applicant_id)
    given = Lead(
        source="交办",
        facts=old.facts,
        place=old.place,
        discovered_at=old.discovered_at,
        party={"kind": old.party_kind, "name": party.name, "id_number": party.id_number, "phone": party.phone,
               "address": party.address},
        act_on=old.act_on,
        act_end_on=old.act_end_on,
        power_code=old.power_code,
        external_id=f"anew:{case.number}",
        variables={**variables, "anew_of": case.number},
    )  # fmt: skip
    begun, step = take_in(connection, actor, given)
    if step is not None:
        connection.execute(sa.update(lead).where(lead.c.case_id == begun.id).values(anew_of=case.id))
        trail.record(connection, case.number, actor, "case.begun_anew", new=begun.number, reason=why)
    return begun


def of(connection: Connection, case_id: int) -> sa.Row[Any]:
    """Return the lead of a case.

    Raises
    ------
    LeadUnknown
        If the case did not begin with one.
    """
    row = connection.execute(sa.select(lead).where(lead.c.case_id == case_id)).one_or_none()
    if row is None:
        raise errors.LeadUnknown
    return row


def identify(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Write who acted into the case, once it is known or known better, and return the party as screens may show it.

    Raises
    ------
    PartyKindUnknown, ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.people.party.register`.
    """
    known = parties.register(connection, party_of(given))
    if known.id != case.applicant_id:
        title = f"{known.name} {case.title.partition(' ')[2]}"
        cases.change(connection, case.id, applicant_id=known.id, title=title)
        connection.execute(
            sa.update(lead).where(lead.c.case_id == case.id).values(party_kind=str(given.get("kind") or "citizen"))
        )
        trail.record(connection, case.number, actor, "lead.party_named", party=known.id, before=case.applicant_id)
    return parties.shown(known)


def require_possible(facts: str, begun: date | None, ended: date | None, discovered_at: datetime) -> None:
    """Refuse an act without facts, or with dates that cannot be.

    Raises
    ------
    LeadFactsMissing, LeadDatesWrong
    """
    if not facts.strip():
        raise errors.LeadFactsMissing
    last = ended or begun
    late = last is not None and last > clock.day(discovered_at)
    turned = ended is not None and (begun is None or ended < begun)
    if discovered_at > clock.now() or late or turned:
        raise errors.LeadDatesWrong


def party_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a party of an enforcement case as :func:`engine.cases.people.party.register` takes it.

    Raises
    ------
    PartyKindUnknown
        If its kind is none of :data:`KINDS`.
    """
    kind = str(given.get("kind") or "citizen")
    if kind not in KINDS:
        raise errors.PartyKindUnknown(kind=kind)
    return {**given, "kind": KINDS[kind], "name": str(given.get("name") or "").strip() or UNKNOWN_PARTY}


def _known(connection: Connection, given: Lead) -> sa.Row[Any] | None:
    if given.external_id is None:
        return None
    table = cases.case_file
    query = sa.select(table).join(lead, lead.c.case_id == table.c.id)
    same = (lead.c.source == given.source, lead.c.external_id == given.external_id)
    return connection.execute(query.where(*same)).one_or_none()


def _write(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Lead, discovered_at: datetime) -> None:
    row = {
        "source": given.source,
        "external_id": given.external_id,
        "discovered_at": discovered_at,
        "party_kind": str(given.party.get("kind") or "citizen"),
        "place": given.place,
        "facts": given.facts,
        "act_on": given.act_on,
        "act_end_on": given.act_end_on,
        "power_code": given.power_code,
        "reporter": dict(given.reporter) if given.reporter else None,
        "licence_case_id": given.licence_case_id,
    }
    connection.execute(sa.insert(lead).values(case_id=case.id, **row))
    attachment.lay(connection, case.id, given.files)
    trail.record(
        connection,
        case.number,
        actor,
        "lead.taken_in",
        source=given.source,
        external_id=given.external_id,
        discovered_at=discovered_at.isoformat(),
        **({"files": list(given.files)} if given.files else {}),
    )


def _variables(given: Lead, discovered_at: datetime, party: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables the process begins with; of who reported no more than the name."""
    found = discovered_at.astimezone(clock.TOWN).isoformat()
    return {
        **given.variables,
        "lead": {
            "source": given.source,
            "received_at": clock.now().astimezone(clock.TOWN).isoformat(),
            "discovered_at": found,
            "facts": given.facts,
            "reporter": str((given.reporter or {}).get("name") or ""),
        },
        "act": {
            "facts": given.facts,
            "date": given.act_on.isoformat() if given.act_on else None,
            "end_date": given.act_end_on.isoformat() if given.act_end_on else None,
            "place": given.place,
        },
        "party": {"name": party["name"], "kind": str(given.party.get("kind") or "citizen")},
        "power_code": given.power_code,
        "lead_title": given.facts[:60],
    }
