"""I6, I9, I10 and art. 29: the heads have agreed, in ninety days, on a decision that says what it must, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import case as cases
from engine.cases import decision
from engine.cases.clocks import setting, supervision
from engine.cases.enforcement import lead, on_the_spot
from engine.cases.enforcement.investigation import transfer
from engine.cases.enforcement.judging import collective, draft, fine_elsewhere, notification, penalty, review
from engine.cases.people import party
from tests.engine.cases.enforcement.judging.breach import (
    ALL_HOLD,
    HEAD,
    OFFICER,
    REVIEWER,
    SERVED,
    at,
    content,
)  # fmt: skip

Wanted = Callable[..., penalty.Wanted]
FIVE = [{"name": f"成员{n}", "opinion": "同意处罚", "vote": "agree"} for n in range(4)]
FIVE.append({"name": "成员4", "opinion": "数额偏高", "vote": "disagree"})


def test_nothing_is_decided_while_the_police_have_the_case(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    reported = {"crime": "非法经营罪", "amount": "", "team": ["P058", "P059"], "state": "reported"}
    table = transfer.police_transfer
    with at(2026, 4, 14, 9):
        row = {**reported, "case_id": told.id, "reported_at": told.received_at}
        connection.execute(sa.insert(table).values(**row))
        with pytest.raises(errors.SuspicionStands):
            penalty.decide(connection, HEAD, told, wanted())
        assert decision.effective(connection, told.id) is None
        back = {"state": "handled", "handled_how": "面积未达标准", "decided_at": told.received_at}
        connection.execute(sa.update(table).values(**back))
        penalty.decide(connection, HEAD, told, wanted())


def test_the_decision_rests_on_notice_and_review_and_ends_the_draft(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 14, 9):
        made = penalty.decide(connection, HEAD, told, wanted())
    found, case = penalty.of(connection, told.id), cases.get(connection, told.number)
    assert found is not None
    assert (found.fine, found.due_on, found.draft_hash) == (5000, date(2026, 6, 14), draft.hash_of(content()))
    assert (found.notice_id is None, found.review_id is None, found.discussion_id) == (False, False, None)
    assert (case.state, case.outcome, made.decided_by) == ("decided", "penalised", "P002")
    event = audit.trail(connection, told.number)[-1]
    assert (event.action, event.details["hash"], event.details["overdue"]) == (
        "penalty.decided",
        found.draft_hash,
        False,
    )
    with at(2026, 4, 15, 9), pytest.raises(errors.PenaltyDecided):
        penalty.decide(connection, HEAD, told, wanted())


def test_an_unknown_result_and_a_case_without_draft_are_refused(
    connection: Connection, case: sa.Row[Any], wanted: Wanted
) -> None:
    with pytest.raises(errors.PenaltyResultUnknown):
        penalty.decide(connection, HEAD, case, wanted(result="pardon"))
    with pytest.raises(errors.DraftMissing):
        penalty.decide(connection, HEAD, case, wanted())


# -- the heads agree


def test_without_a_discussion_nothing_serious_is_decided(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 14, 9):
        with pytest.raises(errors.CollectiveMissing):
            penalty.decide(connection, HEAD, told, wanted(collective_required=True))
        collective.discuss(connection, HEAD, told, {"members": FIVE})
        penalty.decide(connection, HEAD, told, wanted(collective_required=True))


def test_a_reduced_penalty_is_discussed_whatever_a_table_says(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 14, 9):
        connection.execute(sa.update(draft.penalty_draft).values(discretion={"collective_required": True}))
        with pytest.raises(errors.CollectiveMissing):
            penalty.decide(connection, HEAD, told, wanted(collective_required=False))


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ([], errors.CollectiveTooFew),
        (FIVE[:1], errors.CollectiveTooFew),
        ([FIVE[0], FIVE[0]], errors.CollectiveTooFew),
        ([*FIVE[:4], {**FIVE[4], "opinion": " "}], errors.CollectiveOpinionMissing),
        ([*FIVE[:4], {**FIVE[4], "vote": ""}], errors.CollectiveOpinionMissing),
        ([FIVE[0], FIVE[4], {**FIVE[4], "name": "成员5"}], errors.CollectiveVoteWrong),
    ],
)
def test_a_discussion_has_opinions_one_by_one_and_a_majority(
    connection: Connection, drafted: sa.Row[Any], members: list[Any], error: type[errors.EngineError]
) -> None:
    with pytest.raises(error):
        collective.discuss(connection, HEAD, drafted, {"members": members})
    assert collective.last(connection, drafted.id) is None


def test_what_is_decided_is_what_was_agreed(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        agreed = [{"kind": "罚款", "amount": 4500}]
        row = collective.discuss(connection, HEAD, told, {"members": FIVE, "kinds": agreed})
        assert (collective.shown(row)["vote"], row.agreed[0]["amount"]) == ("4:1", 4500)
        with pytest.raises(errors.CollectiveOther, match=r"fine\.amount: 4500 → 5000"):
            penalty.decide(connection, HEAD, told, wanted(collective_required=True))
        draft.keep(connection, OFFICER, told, content(fine=4500))
        review.review(connection, REVIEWER, told, {"result": "passed", "checklist": ALL_HOLD})
        penalty.decide(connection, HEAD, told, wanted(content=content(fine=4500), collective_required=True))


# -- ninety days


def test_after_ninety_days_only_with_a_reason_and_under_supervision(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    assert penalty.due_on(connection, told) == date(2026, 6, 14)
    with at(2026, 6, 15, 9):
        with pytest.raises(errors.PenaltyOverdue, match="2026-06-14"):
            penalty.decide(connection, HEAD, told, wanted())
        penalty.decide(connection, HEAD, told, wanted(overdue_reason="检测机构迟延"))
        found, opened = penalty.of(connection, told.id), supervision.of(connection, told.id)
    assert found is not None
    assert (found.overdue_reason, [row.level for row in opened]) == ("检测机构迟延", ["supervise"])


def test_the_ninetieth_day_is_in_time_and_a_law_may_allow_more(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    longer = {"basis": "市场监督管理行政处罚程序规定64", "until": "2026-07-14"}
    with at(2026, 7, 14, 22):
        assert penalty.decide(connection, HEAD, told, wanted(extension=longer))
    assert supervision.of(connection, told.id) == []


def test_a_sunday_is_the_last_day_unless_the_town_reads_the_law_otherwise(
    connection: Connection, told: sa.Row[Any]
) -> None:
    setting.change(connection, audit.SYSTEM, "roll_organ", "next", reason="本镇另作规定")
    assert penalty.due_on(connection, told) == date(2026, 6, 15)


# -- six contents


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"reason": " "}, "decision.reason"),
        ({"performance": ""}, "decision.performance"),
        ({"remedies": ""}, "decision.remedies"),
    ],
)
def test_a_decision_says_what_it_must(
    connection: Connection, told: sa.Row[Any], wanted: Wanted, changed: dict[str, Any], missing: str
) -> None:
    with at(2026, 4, 14, 9), pytest.raises(errors.PenaltyContentMissing, match=missing):
        penalty.decide(connection, HEAD, told, wanted(**changed))


@pytest.mark.parametrize(("changed", "missing"), [({"evidence": []}, "evidence"), ({"kinds": []}, r"penalty\.kinds")])
def test_a_decision_without_evidence_or_penalty_is_none(
    connection: Connection, case: sa.Row[Any], wanted: Wanted, changed: dict[str, Any], missing: str
) -> None:
    what = content(**changed)
    with at(2026, 4, 2, 9):
        draft.keep(connection, OFFICER, case, what)
        review.review(connection, REVIEWER, case, {"result": "passed", "checklist": ALL_HOLD})
        notification.tell(connection, OFFICER, case, {**SERVED, "handed_on": "2026-04-02"}, hearing_told=False)
    with at(2026, 4, 14, 9), pytest.raises(errors.PenaltyContentMissing, match=missing):
        penalty.decide(connection, HEAD, case, wanted(content=what))


def test_a_decision_names_the_party_with_an_address(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    connection.execute(sa.update(party.party).values(address=""))
    with at(2026, 4, 14, 9), pytest.raises(errors.PenaltyContentMissing, match=r"party\.address"):
        penalty.decide(connection, HEAD, told, wanted())


# -- one fine


def test_no_second_fine_for_the_same_act(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        penalty.decide(connection, HEAD, told, wanted())
    second, third = (_another(connection, told, **act) for act in ({}, {"date": "2026-08-15"}))
    with at(2026, 4, 14, 9):
        with pytest.raises(errors.PenaltySecondFine, match=told.number):
            penalty.decide(connection, HEAD, second, wanted())
        new_act = wanted(content=content(date="2026-08-15"))
        assert penalty.decide(connection, HEAD, third, new_act).result == "penalised"


def test_no_second_fine_for_the_same_act_of_a_party_written_down_twice(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 14, 9):
        penalty.decide(connection, HEAD, told, wanted())
    second = _another(connection, told)
    again = {name: value for name, value in party.get(connection, told.applicant_id)._mapping.items() if name != "id"}
    twice = connection.execute(sa.insert(party.party).values(again).returning(party.party.c.id)).scalar_one()
    second = cases.change(connection, second.id, applicant_id=twice)
    with at(2026, 4, 14, 9), pytest.raises(errors.PenaltySecondFine, match=told.number):
        penalty.decide(connection, HEAD, second, wanted())


COUNTY = {"organ": "宜兴市城市管理局", "number": "宜城管罚〔2026〕9号", "decided_on": "2026-04-10", "amount": 10000}


def test_no_fine_after_that_of_another_organ(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        for wrong in ({"organ": " "}, {"number": ""}, {"amount": 0}, {"decided_on": ""}, {"decided_on": "2026-04-15"}):
            with pytest.raises(errors.FineElsewhereIncomplete):
                fine_elsewhere.note(connection, OFFICER, told, COUNTY | wrong)
        fine_elsewhere.note(connection, OFFICER, told, COUNTY)
        fine_elsewhere.note(connection, OFFICER, told, COUNTY)
        with pytest.raises(errors.PenaltySecondFine, match="宜城管罚"):
            penalty.decide(connection, HEAD, told, wanted())
    assert decision.effective(connection, told.id) is None
    noted = [event for event in audit.trail(connection, told.number) if event.action == "fine.imposed_elsewhere"]
    assert [event.details["amount"] for event in noted] == [10000]


def test_no_second_fine_after_one_on_the_spot(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        first = _another(connection, told)
        act = content()["facts"]
        connection.execute(
            sa.insert(lead.lead).values(
                case_id=first.id, source="巡查", discovered_at=first.received_at, party_kind="entity", facts="同一行为",
                place=act["place"], act_on=date.fromisoformat(act["date"]),
            )
        )  # fmt: skip
        made = connection.execute(
            sa.insert(decision.decision)
            .values(case_id=first.id, result="penalised", reasons="属实", basis="条例1", remedies="可以复议",
                    conditions="", decided_by="P002", decided_at=first.received_at, effective=True)
            .returning(decision.decision.c.id)
        ).scalar_one()  # fmt: skip
        connection.execute(
            sa.insert(on_the_spot.spot_penalty).values(
                decision_id=made,
                case_id=first.id,
                warning=False,
                fine=200,
                officers={},
                place=act["place"],
                signed=True,
            )
        )
        with pytest.raises(errors.PenaltySecondFine, match=first.number):
            penalty.decide(connection, HEAD, told, wanted())


def _another(connection: Connection, first: sa.Row[Any], **act: Any) -> sa.Row[Any]:
    """Another case of the same party, told and reviewed."""
    known = {column.name: getattr(first, column.name) for column in cases.case_file.c if column.name != "id"}
    fresh = {"number": f"{first.number}{len(act)}9", "state": "filed", "outcome": None, "decided_at": None}
    row = connection.execute(sa.insert(cases.case_file).values(known | fresh).returning(cases.case_file)).one()
    with at(2026, 4, 3, 10):
        draft.keep(connection, OFFICER, row, content(**act))
        review.review(connection, REVIEWER, row, {"result": "passed", "checklist": ALL_HOLD})
        notification.tell(connection, OFFICER, row, {**SERVED, "handed_on": "2026-04-03"}, hearing_told=True)
    return row


# -- no penalty


@pytest.fixture
def spared(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """A draft of no penalty, reviewed."""
    with at(2026, 4, 2, 9):
        draft.keep(connection, OFFICER, case, content(kinds=[]))
        review.review(connection, REVIEWER, case, {"result": "passed", "checklist": ALL_HOLD})
    return case


FIRST = {"id": "first_minor_harm_corrected", "findings": {"first": True, "minor_harm": True, "corrected": True}}


def test_no_penalty_needs_no_notice_but_ground_and_education(
    connection: Connection, spared: sa.Row[Any], wanted: Wanted
) -> None:
    given = wanted(result="no_penalty", content=content(kinds=[]), grounds=[FIRST], education="当面教育并发放指引")
    wrong: list[tuple[dict[str, Any], type[errors.EngineError]]] = [
        ({"grounds": []}, errors.NoPenaltyWithoutGround),
        ({"grounds": [{"id": "active_removal"}]}, errors.NoPenaltyWithoutGround),
        ({"grounds": [{**FIRST, "findings": {"first": True, "minor_harm": True}}]}, errors.NoPenaltyWithoutGround),
        ({"education": " "}, errors.NoPenaltyWithoutEducation),
    ]
    with at(2026, 4, 3, 9):
        for changed, error in wrong:
            with pytest.raises(error):
                penalty.decide(connection, HEAD, spared, replace(given, **changed))
        made = penalty.decide(connection, HEAD, spared, given)
    assert (made.result, made.conditions, cases.get(connection, spared.number).outcome) == (
        "not_penalised", "当面教育并发放指引", "not_penalised",
    )  # fmt: skip


def test_it_is_not_the_first_time_while_a_penalty_is_in_force(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 14, 9):
        penalty.decide(connection, HEAD, told, wanted())
    again = _another(connection, told, date="2026-08-15")
    with at(2026, 4, 14, 9):
        spare = content(kinds=[], date="2026-08-15")
        draft.keep(connection, OFFICER, again, spare)
        review.review(connection, REVIEWER, again, {"result": "passed", "checklist": ALL_HOLD})
        given = wanted(result="no_penalty", content=spare, grounds=[FIRST], education="教育")
        with pytest.raises(errors.NoPenaltyWithoutGround):
            penalty.decide(connection, HEAD, again, given)
        assert penalty.decide(connection, HEAD, again, replace(given, result="not_established"))


def test_a_transfer_to_the_police_is_a_decision_too(
    connection: Connection, spared: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 3, 9):
        made = penalty.decide(connection, HEAD, spared, wanted(result="transfer", content=content(kinds=[])))
    assert (made.result, penalty.of(connection, spared.id).fine) == ("transferred", 0)  # type: ignore[union-attr]


def test_the_database_knows_no_fine_without_a_notice(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        penalty.decide(connection, HEAD, told, wanted())
    for wrong in ({"notice_id": None}, {"fine": -1}):
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(sa.update(penalty.penalty_decision).values(**wrong))
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(sa.update(decision.decision).values(result="acquitted"))


def test_like_cases_are_those_of_the_same_power_and_step(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 14, 9):
        connection.execute(sa.update(draft.penalty_draft).values(discretion={"power": "GL-CF2-201", "step": "较轻"}))
        penalty.decide(connection, HEAD, told, wanted())
    other = _another(connection, told, date="2026-08-15")
    found = penalty.like(connection, other, "GL-CF2-201", "较轻")
    assert [(row.number, row.fine) for row in found] == [(told.number, 5000)]
    assert (
        penalty.like(connection, other, "GL-CF2-201", "严重")
        == penalty.like(connection, told, "GL-CF2-201", "较轻")
        == []
    )
