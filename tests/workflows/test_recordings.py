"""What the town's list wants recorded keeps a case out of the archive until its recording is there (行政处罚法47)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases.docket import gaps, recorded
from engine.cases.enforcement.investigation import recording
from engine.cases.papers import template
from engine.ground import files
from tests.web import judged
from tests.workflows import walking

OFFICER = audit.Actor("P064")
LEFT = {"E8": {"notice.handed_on": "2026-04-03", "notice.mode": "left"}}


@pytest.fixture(autouse=True)
def quick(tmp_path: Path) -> Iterator[None]:
    files.configure(tmp_path)
    with template.blank():
        yield


def given(**changed: Any) -> recording.Recording:
    now = clock.now()
    usual = {"step": "AV11", "place": "东虹路1号", "officers": "胡德明、王晓峰", "started_at": now, "ended_at": now}
    return recording.Recording(**(usual | {"link": "AV-7", "sha256": "0" * 64} | changed))  # type: ignore[arg-type]


def lacking(town: Engine, way: walking.Walk) -> list[str]:
    with db.reading(town) as connection:
        return [row.code for row in recorded.lacking(connection, cases.get(connection, way.number))]


def test_a_notice_that_is_left_needs_its_recording(town: Engine) -> None:
    way = judged.reach(town, *judged.TO_NOTICE, LEFT)
    assert lacking(town, way) == ["AV11"]
    with clock.frozen(way.now), db.transaction(town) as connection:
        case = cases.get(connection, way.number)
        (gap,) = [one for one in gaps.of(connection, case) if one.code.startswith("recording:")]
        assert (gap.facts["title"], gap.facts["step"]) == ("直接送达告知书被拒收", "AV11")
        row = recording.add(connection, OFFICER, case, given())
        assert (row.added_by, row.sha256) == ("P064", "0" * 64)
        assert audit.trail(connection, case.number)[-1].action == "recording.added"
    assert lacking(town, way) == []


@pytest.mark.parametrize(
    ("name", "codes"),
    [("sc03_dust_hearing_and_second_review", ["AV13"]), ("carried_out_by_the_town", ["AV17", "AV18"])],
)
def test_hearing_and_execution_need_theirs(town: Engine, name: str, codes: list[str]) -> None:
    way = walking.ENFORCEMENT.walk(town, {}, walking.ENFORCEMENT.scenarios[name])
    assert lacking(town, way) == codes


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": "AV99"},
        {"place": " "},
        {"officers": ""},
        {"sha256": "abc"},
        {"link": ""},
        {"ended_at": clock.now() + timedelta(days=9999)},
    ],
)
def test_a_recording_that_proves_nothing_is_refused(town: Engine, wrong: dict[str, Any]) -> None:
    way = judged.reach(town)
    with clock.frozen(way.now), pytest.raises(errors.RecordingIncomplete), db.transaction(town) as connection:
        recording.add(connection, OFFICER, cases.get(connection, way.number), given(**wrong))


def test_the_database_wants_it_stored_or_linked(town: Engine) -> None:
    way = judged.reach(town)
    with clock.frozen(way.now), db.transaction(town) as connection:
        row = recording.add(connection, OFFICER, cases.get(connection, way.number), given())
        with pytest.raises(sa.exc.IntegrityError, match="stored_or_linked"), connection.begin_nested():
            table = recording.case_recording
            connection.execute(sa.update(table).where(table.c.id == row.id).values(link=""))
