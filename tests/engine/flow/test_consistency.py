"""What an instance waits for and the rows that say so agree, and every way in which they could not is found."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db, instances, jobs, messages, tasks
from engine.flow import consistency
from engine.flow.consistency import Disagreement
from engine.handling import exclusions, offers
from tests.engine.flow.test_steps import CHEN, NUMBER, WANG, by, claim_and_complete, start, town

__all__ = ["town"]


def found(town: Engine) -> list[Disagreement]:
    with db.reading(town) as connection:
        return list(consistency.disagreements(connection))


def test_a_case_on_its_way_and_a_case_that_is_over_agree_with_their_rows(town: Engine) -> None:
    number_one = start(town)
    start(town, "GL-2026-000002")
    claim_and_complete_all(town)
    assert found(town) == []
    with db.transaction(town) as connection:
        instances.cancel(connection, by(CHEN), number_one, "撤销")
    assert found(town) == []


def claim_and_complete_all(town: Engine) -> None:
    with db.transaction(town) as connection:
        for row in tasks.inbox(connection, WANG, view="all"):
            tasks.claim(connection, by(WANG), WANG, row.id)
            tasks.complete(connection, by(WANG), WANG, row.id, {"complete": True})


def test_a_case_that_stands_still_with_an_incident_agrees_with_its_rows(town: Engine) -> None:
    start(town)
    claim_and_complete(town, WANG, complete=True, broken=True)
    assert found(town) == []


@pytest.mark.parametrize(
    ("table", "waits_for"), [(tasks.task, "task"), (jobs.job, "timer"), (messages.subscription, "message")]
)
def test_a_token_that_no_row_stands_for_is_found(town: Engine, table: sa.Table, waits_for: str) -> None:
    start(town)
    claim_and_complete_all(town)
    with db.transaction(town) as connection:
        for dependent in [offers.candidate, exclusions.exclusion] if table is tasks.task else []:
            connection.execute(sa.delete(dependent))
        connection.execute(sa.delete(table))
    missing = {(each.kind, each.waits_for) for each in found(town)}
    assert missing == {("missing", waits_for)}


def test_a_row_that_no_token_stands_for_is_found(town: Engine) -> None:
    start(town)
    with db.transaction(town) as connection:
        connection.execute(sa.update(messages.subscription).values(token=99))
    assert found(town) == [
        Disagreement(NUMBER, "missing", "message", _token(town)),
        Disagreement(NUMBER, "orphan", "message", 99),
    ]


def test_an_ended_case_that_still_has_a_task_is_found(town: Engine) -> None:
    over = start(town)
    with db.transaction(town) as connection:
        instances.cancel(connection, audit.SYSTEM, over, "撤销")
        connection.execute(sa.update(tasks.task).values(state="open", completed_at=None))
    assert [each.kind for each in found(town)] == ["orphan"]


def _token(town: Engine) -> int:
    return next(each.token for each in found(town) if each.kind == "missing")
