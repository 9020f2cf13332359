"""The worklist: what a person finds in the inbox, in which order, and what stays out of sight."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, definitions, tasks
from engine.cases import case as cases
from engine.cases.reading import worklist
from engine.flow import steps
from engine.ground import paging
from engine.handling import offers
from engine.tasks import Candidate

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=clock.TOWN)
LI = Candidate("P-li", frozenset({"hall.window", "hall.window@W03"}))
WANG = Candidate("P-wang", frozenset({"approval.decider"}))
ITEM = {"code": "GL-XZS-001", "name": "户外招牌设置", "channels": ["窗口"]}


@pytest.fixture
def definition(db_connection: Connection) -> int:
    values: dict[str, Any] = {"package": "p", "version": 1, "hash": "0", "deployed_at": MORNING, "deployed_by": "x"}
    deployed = db_connection.execute(sa.insert(definitions.deployment).values(values)).inserted_primary_key
    assert deployed is not None
    row = {"deployment_id": deployed[0], "process_id": "p", "version": 1, "name": "p", "path": "p.bpmn", "hash": "0"}
    made = db_connection.execute(sa.insert(definitions.definition).values(row)).inserted_primary_key
    assert made is not None
    return int(made[0])


def opened(connection: Connection, definition: int, party: str, **given: Any) -> int:
    """Open a case of a party with one task; return the task's key."""
    group = given.pop("group", "hall.window")
    promised = given.pop("promised", None)
    opening = cases.Opening(ITEM, 1, "窗口", {"kind": "organisation", "name": party})
    row = cases.create(connection, audit.Actor("P-li"), opening)
    cases.change(connection, row.id, promised_due_at=promised)
    instance = connection.execute(
        sa.insert(steps.instance).values(
            business_key=row.number, definition_id=definition, state="active", revision=0, tokens="", variables="",
            started_at=MORNING,
        )
    ).inserted_primary_key  # fmt: skip
    assert instance is not None
    values = {
        "instance_id": instance[0], "business_key": row.number, "token": 1, "element": "A1", "name": "收件登记",
        "definition_id": definition, "properties": {}, "state": "open", "priority": 50, "created_at": MORNING,
        "scope": 0, "sort_due_at": given.get("due_at") or promised or offers.NEVER, **given,
    }  # fmt: skip
    key = connection.execute(sa.insert(tasks.task).values(values)).inserted_primary_key
    assert key is not None
    due = values["sort_due_at"]
    offers.make(connection, key[0], {"group": [group]}, free=given.get("assignee") is None, sort_due_at=due)
    return int(key[0])


def names(page: paging.Page) -> list[str]:
    return [row.party_name for row in page.rows]


def test_most_urgent_first_and_without_deadline_last(db_connection: Connection, definition: int) -> None:
    opened(db_connection, definition, "甲店")
    opened(db_connection, definition, "乙店", due_at=MORNING + timedelta(days=2))
    opened(db_connection, definition, "丙店", promised=MORNING + timedelta(days=1))
    assert names(worklist.page(db_connection, LI, worklist.Filter("all"))) == ["丙店", "乙店", "甲店"]


def test_whoever_is_barred_from_a_case_is_not_answered_with_a_colleague_s_list(
    db_connection: Connection, definition: int
) -> None:
    opened(db_connection, definition, "甲店")
    opened(db_connection, definition, "乙店")
    for view in ("claimable", "all"):
        wanted = worklist.Filter(view)
        first, other = worklist.page(db_connection, LI, wanted).rows
        barred = replace(LI, id="P-zhao", barred=frozenset({first.business_key}))
        assert [row.id for row in worklist.page(db_connection, barred, wanted).rows] == [other.id]
        assert worklist.overview(db_connection, barred, wanted)[1].total == 1
        assert worklist.counts(db_connection, barred).all == 1
        assert worklist.counts(db_connection, LI).all == 2


def test_a_task_of_another_post_is_not_seen(db_connection: Connection, definition: int) -> None:
    opened(db_connection, definition, "甲店", group="approval.decider")
    assert worklist.page(db_connection, LI, worklist.Filter("all")).total == 0
    assert worklist.page(db_connection, WANG, worklist.Filter("all")).total == 1


def test_mine_and_claimable_are_apart(db_connection: Connection, definition: int) -> None:
    opened(db_connection, definition, "甲店", assignee="P-li")
    opened(db_connection, definition, "乙店")
    assert names(worklist.page(db_connection, LI, worklist.Filter("mine"))) == ["甲店"]
    assert names(worklist.page(db_connection, LI, worklist.Filter("claimable"))) == ["乙店"]


def test_the_counts_say_what_is_late_and_what_is_due_today(db_connection: Connection, definition: int) -> None:
    opened(db_connection, definition, "甲店", due_at=MORNING - timedelta(hours=1))
    opened(db_connection, definition, "乙店", due_at=datetime(2026, 3, 3, 0, 0, tzinfo=clock.TOWN))
    opened(db_connection, definition, "丙店", assignee="P-li")
    assert worklist.counts(db_connection, LI) == worklist.Counts(
        mine=1, claimable=2, all=3, overdue=1, today=1, copies=0
    )
    for deadline, party in (("overdue", "甲店"), ("today", "乙店"), ("none", "丙店")):
        assert names(worklist.page(db_connection, LI, worklist.Filter("all", deadline=deadline))) == [party]


def test_what_is_offered_twice_or_in_hand_counts_once(db_connection: Connection, definition: int) -> None:
    both = replace(LI, groups=LI.groups | WANG.groups)
    for given in ({}, {"assignee": "P-li"}, {"assignee": "P-wang", "owner": "P-li"}, {"assignee": "P-wang"}):
        key = opened(db_connection, definition, "甲店", due_at=MORNING - timedelta(hours=1), **given)
        more = {"group": ["approval.decider"], "user": ["P-li"]}
        offers.make(db_connection, key, more, free=not given, sort_due_at=MORNING - timedelta(hours=1))
    for view, number in {"mine": 1, "claimable": 1, "all": 4}.items():
        counts, figures = worklist.overview(db_connection, both, worklist.Filter(view))
        assert counts == worklist.Counts(mine=1, claimable=1, all=4, overdue=4, today=0, copies=0)
        assert figures == worklist.Figures(total=number, overdue=number, today=0)
        assert worklist.page(db_connection, both, worklist.Filter(view)).total == number


def test_nothing_waits_for_nobody(db_connection: Connection) -> None:
    assert worklist.counts(db_connection, LI) == worklist.Counts(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("sort", worklist.SORTS)
def test_pages_follow_each_other_without_gap_or_repetition(
    db_connection: Connection, definition: int, sort: str
) -> None:
    for number in range(7):
        due = MORNING + timedelta(days=number // 2) if number < 5 else None
        opened(db_connection, definition, f"{number}号店", due_at=due)
    seen: list[str] = []
    after = None
    while True:
        page = worklist.page(db_connection, LI, worklist.Filter("all", sort=sort), after=after, limit=2)
        seen += names(page)
        after = page.next
        if after is None:
            break
    assert len(seen) == 7
    assert seen == names(worklist.page(db_connection, LI, worklist.Filter("all", sort=sort)))


def test_text_finds_party_number_and_item_and_takes_wildcards_literally(
    db_connection: Connection, definition: int
) -> None:
    opened(db_connection, definition, "百分之百%奶茶店")
    opened(db_connection, definition, "乙店")
    assert names(worklist.page(db_connection, LI, worklist.Filter("all", text="%"))) == ["百分之百%奶茶店"]
    assert worklist.page(db_connection, LI, worklist.Filter("all", text="招牌")).total == 2
    assert worklist.page(db_connection, LI, worklist.Filter("all", text="gl-2026-000002")).total == 1


def test_a_post_finds_what_is_offered_to_it_at_any_place(db_connection: Connection, definition: int) -> None:
    opened(db_connection, definition, "甲店", group="hall.window@W03")
    opened(db_connection, definition, "乙店", group="hall.windows")
    assert names(worklist.page(db_connection, LI, worklist.Filter("all", group="hall.window"))) == ["甲店"]
