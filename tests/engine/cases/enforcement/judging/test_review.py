"""I2, I4: a review holds for one draft only, and nobody reviews what they investigated (行政处罚法58)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.enforcement.judging import draft, investigators, penalty, review
from engine.organisation import qualification
from tests.engine.cases.enforcement.judging.breach import ALL_HOLD, HEAD, OFFICER, REVIEWER, at, content

Wanted = Callable[..., penalty.Wanted]


def test_a_review_is_kept_with_the_hash_of_what_was_reviewed(connection: Connection, drafted: sa.Row[Any]) -> None:
    row = review.review(connection, REVIEWER, drafted, {"result": "passed", "checklist": ALL_HOLD})
    assert (row.result, row.draft_hash, row.reviewer) == ("passed", draft.hash_of(content()), "P077")
    event = audit.trail(connection, drafted.number)[-1]
    assert (event.action, event.actor, event.details["hash"]) == ("penalty.reviewed", "P077", row.draft_hash)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (content(fine=5001), "fine.amount: 5000 → 5001"),
        (content(facts="排放油烟超过标准0.6倍"), "act.facts"),
        (content(evidence=[{"id": 1, "sha256": "c" * 64}, {"id": 2, "sha256": "b" * 64}]), "evidence 1: aaa"),
        (content(kinds=[{"kind": "警告"}]), "警告"),
    ],
)
def test_any_change_after_the_review_voids_it_and_is_named(
    connection: Connection, told: sa.Row[Any], wanted: Wanted, changed: dict[str, Any], said: str
) -> None:
    with at(2026, 4, 14, 9):
        draft.keep(connection, OFFICER, told, changed)
        with pytest.raises(errors.ReviewVoid, match=said):
            penalty.decide(connection, HEAD, told, wanted(content=changed))
    assert penalty.of(connection, told.id) is None


def test_what_is_decided_must_be_the_present_draft(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        draft.keep(connection, OFFICER, told, content(fine=4000))
        with pytest.raises(errors.ReviewVoid, match=r"fine\.amount: 4000 → 5000"):
            penalty.decide(connection, HEAD, told, wanted())


def test_a_review_that_did_not_pass_is_none(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        review.review(
            connection, REVIEWER, told, {"result": "disagreed", "checklist": ALL_HOLD, "opinion": "适用条款错误"}
        )
        with pytest.raises(errors.ReviewMissing):
            penalty.decide(connection, HEAD, told, wanted())


def test_a_change_back_lets_the_review_hold_again(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9):
        draft.keep(connection, OFFICER, told, content(fine=5001))
        draft.keep(connection, OFFICER, told, content())
        assert penalty.decide(connection, HEAD, told, wanted()).result == "penalised"


def test_even_a_table_that_asks_for_no_review_does_not_let_a_reviewed_draft_change(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 14, 9):
        draft.keep(connection, OFFICER, told, content(fine=4999))
        with pytest.raises(errors.ReviewVoid):
            penalty.decide(connection, HEAD, told, wanted(content=content(fine=4999), review_required=False))


@pytest.mark.parametrize("point", list(review.CHECKLIST))
def test_every_point_is_answered_and_holds(connection: Connection, drafted: sa.Row[Any], point: str) -> None:
    lacking = {name: answer for name, answer in ALL_HOLD.items() if name != point}
    with pytest.raises(errors.ReviewChecklistIncomplete):
        review.review(connection, REVIEWER, drafted, {"result": "passed", "checklist": lacking})
    with pytest.raises(errors.ReviewNotPassable):
        review.review(
            connection, REVIEWER, drafted, {"result": "passed", "checklist": ALL_HOLD | {point: {"holds": "no"}}}
        )


def test_whoever_investigated_may_not_review(
    connection: Connection, drafted: sa.Row[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(investigators, "of", lambda *_: frozenset({"P077"}))
    for actor in (REVIEWER, audit.Actor("P078", on_behalf_of="P077")):
        with pytest.raises(errors.ReviewerInvestigated):
            review.review(connection, actor, drafted, {"result": "passed", "checklist": ALL_HOLD})


def test_the_first_review_needs_a_legal_qualification(connection: Connection, drafted: sa.Row[Any]) -> None:
    second = audit.Actor("P080")
    with pytest.raises(errors.ReviewerNotQualified):
        review.review(connection, second, drafted, {"result": "passed", "checklist": ALL_HOLD})
    lawyers = sa.update(qualification.qualification).where(qualification.qualification.c.kind == review.QUALIFICATION)
    connection.execute(lawyers.values(person_id="P080"))
    review.review(connection, second, drafted, {"result": "passed", "checklist": ALL_HOLD})
    connection.execute(lawyers.values(suspended=True))
    assert review.review(connection, second, drafted, {"result": "passed", "checklist": ALL_HOLD})


@pytest.mark.parametrize("given", [{"result": "supplement"}, {"result": "waved through", "opinion": "x"}])
def test_a_result_is_one_of_three_and_says_why(
    connection: Connection, drafted: sa.Row[Any], given: dict[str, Any]
) -> None:
    with pytest.raises(errors.DraftIncomplete):
        review.review(connection, REVIEWER, drafted, {**given, "checklist": ALL_HOLD})


def test_without_a_draft_there_is_nothing_to_review(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.DraftMissing):
        review.review(connection, REVIEWER, case, {"result": "passed", "checklist": ALL_HOLD})
