"""Each rule finds what it is for and nothing beside it; a finding is kept once and judged by others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors, jobs
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.clocks import setting
from engine.cases.enforcement.judging import draft, plea, review
from engine.cases.radar import finding, look, rule
from tests.engine.cases.enforcement.judging.breach import ALL_HOLD, FIRM, OFFICER, REVIEWER, at, content
from tests.engine.cases.enforcement.radar.conftest import AUDITOR, START, appointed, decided, opened, told

LATER = START + timedelta(days=30)


def found(connection: Connection, key: str) -> list[rule.Hit]:
    with clock.frozen(LATER):
        return list(rule.finder(key)(connection, setting.load(connection)))


def test_every_rule_has_what_finds_it_and_settings_that_exist() -> None:
    known = setting.register()
    for key, one in rule.every().items():
        assert rule.finder(key)
        assert set(one.settings) <= set(known)
        assert one.law
        assert one.explains_en


def test_a_fine_far_from_the_median_of_like_cases_is_an_outlier(
    connection: Connection, fined: Callable[[int], sa.Row[Any]]
) -> None:
    for fine in (5000, 5200, 5000, 4800):
        fined(fine)
    assert found(connection, "discretion_outlier") == []
    odd = fined(9000)
    appointed(connection, odd, "P058")
    (hit,) = found(connection, "discretion_outlier")
    assert {**hit.facts, "deviation": ""} == {
        "case": odd.number, "fine": 9000, "count": 5, "median": 5000, "percent": 80, "deviation": "",
    }  # fmt: skip
    assert list(hit.persons) == ["P058", "P002"]
    assert (hit.proofs[0].case_id, len(hit.proofs)) == (odd.id, 5)


def test_an_officer_who_meets_one_party_again_and_again_is_a_pair(connection: Connection) -> None:
    with clock.frozen(START):
        rows = [opened(connection) for _ in range(3)]
        other = opened(connection, applicant={**FIRM, "name": "另一家公司"})
    for case in (*rows[:2], other):
        appointed(connection, case, "P058")
    assert found(connection, "officer_party") == []
    appointed(connection, rows[2], "P058", "P059")
    (hit,) = found(connection, "officer_party")
    assert (hit.facts["person"], hit.facts["count"]) == ("P058", 3)
    assert [proof.case_id for proof in hit.proofs] == [case.id for case in rows]


@pytest.mark.parametrize(("pleaded", "count"), [(False, 1), (True, 0)])
def test_a_draft_changed_after_the_review_is_found_unless_a_plea_explains_it(
    connection: Connection, pleaded: bool, count: int
) -> None:
    with at(2026, 4, 1, 10):
        case = opened(connection)
        row = draft.keep(connection, OFFICER, case, content())
    with at(2026, 4, 2, 10):
        review.review(connection, REVIEWER, case, {"result": "passed", "checklist": ALL_HOLD})
    if pleaded:
        told(connection, case, row)
        with at(2026, 4, 3, 10):
            plea.receive(connection, OFFICER, case, text="已经改正", received_on=date(2026, 4, 3))
    with at(2026, 4, 3, 11):
        draft.keep(connection, OFFICER, case, content(fine=4000))
    hits = found(connection, "changed_after_review")
    assert len(hits) == count
    for hit in hits:
        assert hit.facts["changes"] == "fine.amount: 5000 → 4000"
        assert [proof.facts["action"] for proof in hit.proofs].count("penalty.drafted") == 2


@pytest.mark.parametrize(("state", "ended", "count"), [("met", 1, 0), ("met", 3, 1), ("open", None, 1)])
def test_a_notice_after_its_last_day_is_late(connection: Connection, state: str, ended: int | None, count: int) -> None:
    with clock.frozen(START):
        case = opened(connection)
    due = START + timedelta(days=2)
    connection.execute(
        sa.insert(deadline.deadline).values(
            case_id=case.id, period="cf_service", state=state, started_at=START, length=7, extended=0,
            unit="working", readings={}, due_on=due.date(), due_at=due, provisional=False, capped=False, derivation=[],
            alarm=0, ended_at=START + timedelta(days=ended) if ended else None,
        )
    )  # fmt: skip
    hits = found(connection, "late_notice")
    assert len(hits) == count
    assert all(hit.proofs[0].case_id == case.id for hit in hits)


@pytest.mark.parametrize(
    ("moments", "count"),
    [(((2026, 4, 1, 10), (2026, 4, 1, 11)), 0), (((2026, 4, 1, 22), (2026, 4, 1, 23)), 1),
     (((2026, 4, 4, 10), (2026, 4, 4, 11)), 1), (((2026, 4, 1, 22), (2026, 4, 2, 22)), 0)],
)  # fmt: skip
def test_changes_at_night_and_on_days_of_rest_are_out_of_hours(
    connection: Connection, moments: Any, count: int
) -> None:
    with clock.frozen(START):
        case = opened(connection)
    for number, moment in enumerate(moments):
        with at(*moment):
            draft.keep(connection, OFFICER, case, content(fine=1000 + number))
    hits = found(connection, "off_hours")
    assert len(hits) == count
    for hit in hits:
        assert (hit.persons, len(hit.proofs)) == ([OFFICER.id], 2)


@pytest.mark.parametrize(("closed", "count"), [(False, 1), (True, 0)])
def test_a_licence_granted_while_a_penalty_is_open_is_found(connection: Connection, closed: bool, count: int) -> None:
    with clock.frozen(START):
        penalised, applied = opened(connection), opened(connection, kind="approval")
    decided(connection, penalised, "penalised", START)
    if closed:
        cases.change(connection, penalised.id, closed_at=START + timedelta(days=1), outcome="penalised")
    decided(connection, applied, "granted", START + timedelta(days=2), drafted_by="P044")
    hits = found(connection, "licence_under_penalty")
    assert len(hits) == count
    for hit in hits:
        assert hit.persons == ["P044", "P002"]
        assert [proof.case_id for proof in hit.proofs] == [applied.id, penalised.id]


@pytest.fixture
def kept(connection: Connection, fined: Callable[[int], sa.Row[Any]]) -> sa.Row[Any]:
    """The finding of an outlier about officer P058 and decider P002."""
    for fine in (5000, 5200, 5000, 4800, 9000):
        case = fined(fine)
    appointed(connection, case, "P058")
    with clock.frozen(LATER):
        assert look.look(connection, AUDITOR) == 1
    return finding.page(connection, finding.Filter())[0]


def test_what_was_found_is_not_found_again(connection: Connection, kept: sa.Row[Any]) -> None:
    with clock.frozen(LATER + timedelta(days=1)):
        assert look.look(connection, audit.SYSTEM) == 0
    assert [event.action for event in audit.trail(connection, finding.STREAM)] == [
        "finding.found", "radar.looked", "radar.looked",
    ]  # fmt: skip
    assert finding.counts(connection, finding.Filter()) == {"discretion_outlier": 1}
    assert finding.page(connection, finding.Filter(person="P058")) == [kept]
    assert finding.page(connection, finding.Filter(person="P059")) == []


@pytest.mark.parametrize("person", ["P058", "P002"])
def test_nobody_judges_what_names_them(connection: Connection, kept: sa.Row[Any], person: str) -> None:
    with pytest.raises(errors.FindingNamesYou):
        finding.close(connection, audit.Actor(person), kept.id, "explained", "没有问题")
    with pytest.raises(errors.FindingNamesYou):
        finding.close(connection, audit.Actor("P092", on_behalf_of=person), kept.id, "explained", "没有问题")
    assert finding.get(connection, kept.id).state == "open"


def test_a_finding_ends_once_with_a_reason(connection: Connection, kept: sa.Row[Any]) -> None:
    with pytest.raises(errors.ReasonMissing):
        finding.close(connection, AUDITOR, kept.id, "handed", " ")
    with pytest.raises(errors.FindingStateUnknown):
        finding.close(connection, AUDITOR, kept.id, "open", "再看")
    row = finding.close(connection, AUDITOR, kept.id, "handed", "与同类案件相差过大")
    assert (row.state, row.closed_by, row.reason) == ("handed", "P092", "与同类案件相差过大")
    with pytest.raises(errors.FindingClosed):
        finding.close(connection, AUDITOR, kept.id, "explained", "又想了想")
    assert audit.trail(connection, finding.STREAM)[-1].details["state"] == "handed"


def test_who_is_kept_away_from_a_case_sees_nothing_found_in_it(connection: Connection, kept: sa.Row[Any]) -> None:
    barred = {str(kept.facts["case"])}
    assert finding.page(connection, finding.Filter(), barred) == []
    with pytest.raises(errors.FindingUnknown):
        finding.get(connection, kept.id, barred)


def test_the_radar_looks_every_morning_and_never_twice(connection: Connection) -> None:
    table = jobs.job.c
    with clock.frozen(START):
        for _ in range(2):
            look.keep_going(connection)
        due = list(connection.scalars(sa.select(table.due_at).where(table.kind == look.JOB)))
    assert [moment.astimezone(clock.TOWN).isoformat() for moment in due] == ["2026-03-17T06:00:00+08:00"]
