"""Experts are drawn by a seed that anybody can check, from those who may judge, and each answers for themselves."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases.people import access, expert_draw, expert_pool, expert_seat, file_access
from engine.cases.people.expert_pool import Question
from engine.ground import files
from tests.engine.cases.conftest import ITEM

REVIEWER = audit.Actor("P051")
SEED = "5" * 64
FIRM = {"kind": "organisation", "name": "演示公司", "id_type": "uscc", "id_number": "91990100XXXX01951G"}
WATER = ("EX13", "EX52", "EX53")


@pytest.fixture
def connection(town: Engine) -> Iterator[Connection]:
    """A transaction in the demo town that is rolled back when the test ends."""
    with town.connect() as opened:
        opened.info["after_commit"] = []
        with opened.begin() as work:
            yield opened
            work.rollback()


@pytest.fixture
def case(connection: Connection) -> sa.Row[Any]:
    """A case of a person, whom no expert keeps away from."""
    applicant = {"kind": "person", "name": "王小明", "phone": "13800138000", "address": "官林镇东虹路1号"}
    opening = cases.Opening(item=ITEM, catalogue_version=1, channel="窗口", applicant=applicant, window="W03")
    return cases.create(connection, REVIEWER, opening)


def draw(connection: Connection, case: sa.Row[Any], **changed: Any) -> sa.Row[Any]:
    usual: dict[str, Any] = {"fields": ["水利水务"], "count": 2, "fee": 300, "seed": SEED}
    return expert_draw.draw(connection, REVIEWER, case, **(usual | changed))


def seated(connection: Connection, row: sa.Row[Any]) -> list[str]:
    return [seat.expert_id for seat in expert_draw.seats_of(connection, row.id) if seat.replaced_at is None]


def since(connection: Connection, case: sa.Row[Any]) -> list[Any]:
    """Return what the trail tells of experts of the case, in order, without the first draw."""
    return [event for event in audit.trail(connection, case.number) if event.action.startswith("experts.")][1:]


@pytest.mark.parametrize("pool", [WATER, tuple(reversed(WATER)), (*WATER, "EX52")])
def test_the_same_seed_and_pool_are_the_same_draw(pool: Sequence[str]) -> None:
    wanted = sorted(WATER, key=lambda expert: hashlib.sha256(f"{SEED}:{expert}".encode()).hexdigest())
    assert expert_draw.ranked(SEED, pool) == wanted
    assert expert_draw.ranked("8" * 64, WATER) != wanted


def test_every_expert_is_drawn_as_often_as_others() -> None:
    pool = [f"EX{number:02}" for number in range(1, 57)]
    first = [expert_draw.ranked(str(seed), pool)[0] for seed in range(5600)]
    counts = [first.count(expert) for expert in pool]
    assert min(counts) > 60
    assert max(counts) < 140


def test_a_draw_is_kept_with_all_that_it_was_drawn_from(connection: Connection, case: sa.Row[Any]) -> None:
    row = draw(connection, case)
    assert (row.number, row.algorithm, row.pool, row.kept_out) == ("ZJ-2026-0001", "sha256-rank-1", list(WATER), {})
    assert seated(connection, row) == expert_draw.ranked(SEED, WATER)[:2]
    (told,) = audit.trail(connection, case.number)
    assert (told.action, told.details["seed"], told.details["experts"]) == (
        "experts.drawn", SEED, seated(connection, row),
    )  # fmt: skip
    (public,) = expert_draw.published(connection)
    assert expert_draw.ranked(public.seed, public.pool)[: public.wanted] == seated(connection, row)
    assert case.number not in str(public)
    assert expert_draw.published(connection, before=row.id) == []


def test_nobody_chooses_the_seed(connection: Connection, case: sa.Row[Any]) -> None:
    seeds = {draw(connection, case, seed=None, count=1).seed for _ in range(3)}
    assert len(seeds) == 3
    assert all(len(seed) == 64 for seed in seeds)


def test_whoever_must_keep_away_is_not_drawn(connection: Connection) -> None:
    day = date(2026, 3, 2)
    assert expert_pool.of(connection, Question(("水利水务",), day), {}).eligible == WATER
    for question, out in (
        (Question(("水利水务",), day, enterprise="91990100XXXX01951G"), {"EX53": "enterprise"}),
        (Question(("水利水务",), day, grid="GL-08-01"), {"EX13": "grid"}),
        (Question(("水利水务",), date(2027, 1, 4)), {"EX13": "expired"}),
        (Question(("水利水务",), date(2024, 12, 31)), dict.fromkeys(WATER, "expired")),
    ):
        assert expert_pool.of(connection, question, {}).kept_out == out
    found = expert_pool.of(connection, Question(("安全生产", "生态环境"), day), {"EX01": 3, "EX03": 2})
    assert {expert: found.kept_out[expert] for expert in ("EX01", "EX06", "EX34")} == {
        "EX01": "busy", "EX06": "expired", "EX34": "suspended",
    }  # fmt: skip
    assert "EX03" in found.eligible


def test_the_firm_of_the_case_keeps_its_former_people_out(connection: Connection) -> None:
    opening = cases.Opening(item=ITEM, catalogue_version=1, channel="窗口", applicant=FIRM, window="W03")
    row = draw(connection, cases.create(connection, REVIEWER, opening))
    assert row.kept_out == {"EX53": "enterprise"}
    assert sorted(seated(connection, row)) == ["EX13", "EX52"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"count": 4}, errors.ExpertsTooFew),
        ({"count": 0}, errors.ExpertsTooFew),
        ({"fields": []}, errors.ExpertFieldUnknown),
        ({"fields": ["占星"]}, errors.ExpertFieldUnknown),
        ({"fee": -1}, errors.ExpertFeeWrong),
        ({"grid": "GL-99-99"}, errors.ExpertGridUnknown),
        ({"shown": [999_999]}, errors.FileMissing),
    ],
)
def test_a_draw_that_cannot_be_is_refused(
    connection: Connection, case: sa.Row[Any], changed: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        draw(connection, case, **changed)


def test_the_next_in_rank_follows_whoever_cannot_judge(connection: Connection, case: sa.Row[Any]) -> None:
    row = draw(connection, case)
    first, second, third = expert_draw.ranked(SEED, WATER)
    with pytest.raises(errors.ReasonMissing):
        expert_draw.replace(connection, REVIEWER, case, row.id, first, " ")
    assert expert_draw.replace(connection, REVIEWER, case, row.id, first, "与申请人有亲属关系") == third
    assert seated(connection, row) == [second, third]
    with pytest.raises(errors.ExpertNotSeated):
        expert_draw.replace(connection, REVIEWER, case, row.id, first, "再次")
    with pytest.raises(errors.ExpertsExhausted):
        expert_draw.replace(connection, REVIEWER, case, row.id, second, "生病")
    with pytest.raises(errors.ExpertNotSeated):
        expert_draw.answer(connection, audit.Actor(first), case, row.id, vote="同意", opinion="可行")


def test_who_is_silent_gets_more_time_or_leaves_the_seat_for_a_reason(
    connection: Connection, case: sa.Row[Any]
) -> None:
    row = draw(connection, case)
    first, second, _third = expert_draw.ranked(SEED, WATER)
    with pytest.raises(errors.ReasonMissing):
        expert_seat.wait(connection, REVIEWER, case, row.id, first, " ")
    expert_seat.wait(connection, REVIEWER, case, row.id, first, "来电称次日答复")
    assert seated(connection, row) == [first, second]
    expert_seat.vacate(connection, REVIEWER, case, row.id, first, "仍未答复")
    with pytest.raises(errors.ExpertNotSeated):
        expert_seat.vacate(connection, REVIEWER, case, row.id, first, "再次")
    expert_seat.leave_empty(connection, REVIEWER, case, row.id, second, "已有意见")
    assert seated(connection, row) == []
    assert [(event.action, event.details["before"], event.details["reason"]) for event in since(connection, case)] == [
        ("experts.waited", first, "来电称次日答复"),
        ("experts.vacated", first, "仍未答复"),
        ("experts.left_empty", second, "已有意见"),
    ]


def test_a_draw_anew_keeps_question_and_papers_and_passes_over_whoever_had_a_seat(
    connection: Connection, case: sa.Row[Any], tmp_path: Any
) -> None:
    files.configure(tmp_path)
    paper = files.store(connection, io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "plan.pdf", REVIEWER)
    row = draw(connection, case, count=3, question="方案是否可行", shown=[paper.id])
    first = expert_draw.ranked(SEED, WATER)[0]
    given = {"why": "抽取的人已用尽"}
    with pytest.raises(errors.ExpertFieldUsedUp):
        expert_seat.draw_anew(connection, REVIEWER, case, row.id, first, field="水利水务", **given)
    anew = expert_seat.draw_anew(connection, REVIEWER, case, row.id, first, field="生态环境", **given)
    (follows,) = seated(connection, anew)
    assert first not in seated(connection, row)
    assert (anew.question, anew.fee, anew.wanted) == ("方案是否可行", 300, 1)
    assert follows not in WATER
    assert file_access.require(connection, access.Reader(follows, frozenset({"expert.pool"})), paper.id)
    drawn, event = since(connection, case)[-2:]
    assert (drawn.action, event.action) == ("experts.drawn", "experts.drawn_anew")
    assert (event.details["before"], event.details["after"]) == (first, follows)


def test_each_expert_answers_once_and_for_themselves(connection: Connection, case: sa.Row[Any]) -> None:
    row = draw(connection, case)
    first, _second, third = expert_draw.ranked(SEED, WATER)
    said = {"vote": "同意", "opinion": "方案可行"}
    with pytest.raises(errors.ExpertNotSeated):
        expert_draw.answer(connection, audit.Actor(third), case, row.id, **said)
    for wrong in ({"vote": "弃权"}, {"opinion": " "}):
        with pytest.raises(errors.ExpertAnswerWrong):
            expert_draw.answer(connection, audit.Actor(first), case, row.id, **(said | wrong))
    expert_draw.answer(connection, audit.Actor(first), case, row.id, **said)
    with pytest.raises(errors.ExpertNotSeated):
        expert_draw.answer(connection, audit.Actor(first), case, row.id, **said)
    seat = expert_draw.seats_of(connection, row.id)[0]
    assert (seat.vote, seat.fee, seat.answered_at) == ("同意", 300, clock.now())


def test_an_expert_sees_the_files_of_the_question_and_nothing_else(
    connection: Connection, case: sa.Row[Any], tmp_path: Any
) -> None:
    files.configure(tmp_path)
    shown, other = (files.store(connection, io.BytesIO(b"%PDF " + name), "a.pdf", REVIEWER).id for name in (b"1", b"2"))
    row = draw(connection, case, count=1, shown=[shown])
    (expert,) = seated(connection, row)
    reader = access.Reader(expert, frozenset({"expert.pool"}))
    assert file_access.require(connection, reader, shown).id == shown
    for who, file in ((reader, other), (access.Reader("EX01"), shown)):
        with pytest.raises(errors.FileMissing):
            file_access.require(connection, who, file)
    assert not access.sees(connection, reader, case.number)
