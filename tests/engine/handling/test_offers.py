"""Lists of open tasks are read from the index of offers, in order, and the offers follow their task."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bench import workload
from engine import clock, db, tasks
from engine.flow import steps
from engine.handling import offers
from engine.tasks import Candidate, task

WANG = workload.WANG
BOTH = Candidate("P041", frozenset({"hall.window", "hall.lead"}))


def opened(database: Engine, key: str) -> int:
    return workload.begin(database, "w1", key)


def offer_of(connection: Connection, task_id: int) -> tuple[bool, object]:
    columns = offers.candidate.c
    return tuple(
        connection.execute(sa.select(columns.free, columns.sort_due_at).where(columns.task_id == task_id)).one()
    )


@pytest.fixture
def house(database: Engine) -> Engine:
    """A house in which W1 runs, its tasks to be claimed."""
    workload.deploy(database, "w1", claimed=True)
    return database


def test_an_offer_follows_its_task_through_every_verb(house: Engine) -> None:
    key = opened(house, "a")
    with db.transaction(house) as connection:
        assert offer_of(connection, key) == (True, offers.NEVER)
        tasks.claim(connection, workload.ACTOR, WANG, key)
        assert offer_of(connection, key) == (False, offers.NEVER)
        tasks.release(connection, workload.ACTOR, WANG, key)
        assert offer_of(connection, key) == (True, offers.NEVER)
        tasks.claim(connection, workload.ACTOR, WANG, key)
        due = clock.now() + timedelta(days=3)
        tasks.show_due(connection, steps.instance.c.business_key == "a", due)
        assert offer_of(connection, key) == (False, due)
        tasks.complete(connection, workload.ACTOR, WANG, key, {"amount": 1})
        assert offer_of(connection, key) == (False, None)


def test_the_first_free_tasks_come_by_due_moment_and_each_once(house: Engine) -> None:
    keys = [opened(house, name) for name in "abcd"]
    now = clock.now()
    with db.transaction(house) as connection:
        for key, days in zip(keys, (4, 2, 3, 1), strict=True):
            where = steps.instance.c.id == sa.select(task.c.instance_id).where(task.c.id == key).scalar_subquery()
            tasks.show_due(connection, where, now + timedelta(days=days))
        due = now + timedelta(days=2)
        offers.make(connection, keys[1], {"group": ["hall.lead"]}, free=True, sort_due_at=due)
        tasks.claim(connection, workload.ACTOR, WANG, keys[3])
    with db.reading(house) as connection:
        found = tasks.inbox(connection, BOTH, view="claimable", limit=2)
        assert [row.id for row in found] == [keys[1], keys[2]]
        assert found[0]._fields == tuple(column.name for column in tasks.LISTED)
        edge = sa.tuple_(sa.literal(found[-1].sort_due_at, db.Utc), sa.literal(found[-1].id))
        later = offers.first_free(BOTH.id, BOTH.groups, 2, edge=edge)
        assert connection.execute(later).scalars().all() == [keys[0]]
        earlier = offers.first_free(BOTH.id, BOTH.groups, 5, edge=edge, upwards=False)
        assert set(connection.execute(earlier).scalars()) == {keys[1]}
        assert [row.id for row in tasks.inbox(connection, WANG)] == [keys[3]]
        assert len(tasks.inbox(connection, BOTH, view="all")) == 4


def test_no_name_passes_for_two_others(house: Engine) -> None:
    key = opened(house, "a")
    with pytest.raises(sa.exc.IntegrityError, match="comma"), db.transaction(house) as connection:
        offers.make(connection, key, {"group": ["x,hall.window"]}, free=True, sort_due_at=offers.NEVER)


def test_the_index_of_offers_serves_the_list(house: Engine) -> None:
    if house.dialect.name != "sqlite":
        pytest.skip("an empty table of PostgreSQL is read whole whatever its indexes")
    plan = planned(house, offers.first_free(BOTH.id, BOTH.groups, 20))
    assert sum("ix_task_candidate_open" in line for line in plan) == 3, plan
    assert not any("TEMP B-TREE" in line for line in plan), plan


def test_open_tasks_are_counted_without_a_look_at_them(house: Engine) -> None:
    if house.dialect.name != "sqlite":
        pytest.skip("an empty table of PostgreSQL is read whole whatever its indexes")
    plan = planned(house, sa.select(sa.func.count()).select_from(tasks.open_of(BOTH)))
    offered = [line for line in plan if line.startswith("SEARCH task_candidate")]
    assert [("COVERING" in line) for line in offered] == [True, True], plan
    assert not any(line.startswith("SCAN task") or "INTEGER PRIMARY KEY" in line for line in plan), plan


def planned(house: Engine, query: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[str]:
    """Return what SQLite says of how it answers a query."""
    text = str(query.compile(house, compile_kwargs={"literal_binds": True}))
    with db.reading(house) as connection:
        return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
