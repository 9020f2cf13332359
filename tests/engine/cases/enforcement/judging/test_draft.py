"""The draft: one hash over facts, clauses, evidence and penalty, and every difference named by its field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.enforcement.judging import amount, draft
from tests.engine.cases.enforcement.judging.breach import FACTS, OFFICER, content


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (content(fine=5001), ["fine.amount: 5000 → 5001"]),
        (content(facts="排放油烟超过标准0.6倍"), ["act.facts: 排放油烟超过标准0.4倍 → 排放油烟超过标准0.6倍"]),
        (content(evidence=[{"id": 1, "sha256": "a" * 64}]), [f"evidence 2: {'b' * 57}… → —"]),
        (content(kinds=[{"kind": "警告"}]), ["fine: 罚款 → —", "fine.amount: 5000 → —", "警告: — → 警告"]),
    ],
)
def test_two_drafts_differ_in_named_fields(changed: dict[str, Any], said: list[str]) -> None:
    assert [str(change) for change in draft.differences(content(), changed)] == said
    assert draft.hash_of(content()) != draft.hash_of(changed)


def test_the_same_content_has_the_same_hash_however_it_is_written() -> None:
    turned = {**FACTS, "penalty": {"kinds": [{"amount": Decimal("5000.0"), "kind": " 罚款 ", "text": ""}], "text": "x"}}
    pieces = [{"sha256": "b" * 64, "id": Decimal(2), "title": "照片"}, {"id": 1, "sha256": "a" * 64}]
    assert draft.hash_of(draft.content_of(turned, pieces)) == draft.hash_of(content())


@pytest.mark.parametrize(
    ("kinds", "error"),
    [
        ([{"kind": "罚款", "amount": "5000.5"}], errors.DraftAmountWrong),
        ([{"kind": "罚款", "amount": -1}], errors.DraftAmountWrong),
        ([{"kind": "罚款", "amount": "五千"}], errors.DraftAmountWrong),
        ([{"kind": " ", "amount": 5}], errors.DraftIncomplete),
        ([{"kind": "罚款", "amount": 2500}, {"kind": "罚款", "amount": 2500}], errors.DraftKindTwice),
    ],
)
def test_a_draft_that_is_none_is_refused(kinds: Any, error: type[errors.EngineError]) -> None:
    with pytest.raises(error):
        content(kinds=kinds)


@pytest.mark.parametrize(
    ("before", "after", "heavier", "lighter"),
    [
        ([("罚款", 5000)], [("罚款", 5000)], False, False),
        ([("罚款", 5000)], [("罚款", 5001)], True, False),
        ([("罚款", 5000)], [("罚款", 4999)], False, True),
        ([("罚款", 5000)], [("警告", None)], False, True),
        ([("罚款", 5000)], [("罚款", 100), ("警告", None)], True, False),
        ([("罚款", 5000)], [("罚款", 100), ("没收违法所得", 1)], True, False),
        ([("罚款", 5000), ("警告", None)], [("警告", None)], False, True),
        ([("警告", None)], [("通报批评", None)], True, False),
        ([("罚款", 5000)], [], False, True),
    ],
)
def test_heavier_is_told_by_kinds_and_amounts(before: Any, after: Any, heavier: bool, lighter: bool) -> None:
    old, new = (content(kinds=[{"kind": kind, "amount": yuan} for kind, yuan in kinds]) for kinds in (before, after))
    assert (bool(draft.heavier(old, new)), draft.lighter(old, new)) == (heavier, lighter)


def test_a_draft_is_kept_in_versions_and_the_trail_names_the_change(connection: Connection, case: sa.Row[Any]) -> None:
    first = draft.keep(connection, OFFICER, case, content())
    assert draft.keep(connection, OFFICER, case, content()).id == first.id
    second = draft.keep(connection, OFFICER, case, content(fine=5001))
    assert (first.version, second.version, draft.current(connection, case.id)) == (1, 2, second)
    event = audit.trail(connection, case.number)[-1]
    assert (event.action, event.details["changes"]) == ("penalty.drafted", ["fine.amount: 5000 → 5001"])
    assert event.details["hash"] == second.content_hash


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (5000, "伍仟元整"), (45000, "肆万伍仟元整"), (180000, "壹拾捌万元整"), (10001, "壹万零壹元整"),
        (100500, "壹拾万零伍佰元整"), (0, "零元整"), (1002030, "壹佰万贰仟零叁拾元整"), (100000001, "壹亿零壹元整"),
    ],
)  # fmt: skip
def test_amounts_are_written_in_capital_numerals(yuan: int, words: str) -> None:
    assert amount.in_words(yuan) == words
