"""A source that falls silent is marked, and is no longer once it is heard again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db, errors
from engine.cases.grid.sources import drop, source
from engine.ground import files
from engine.scheduler.embedded import run_due
from tests.conftest import MORNING

SYSTEM = audit.Actor("S-rqjc")
REPORT = source.Given("RQJC-1", 119.701234, 31.500123, body={})


def silence(database: Engine, code: str = "rqjc") -> bool:
    with db.reading(database) as connection:
        row = next(row for row in source.overview(connection, MORNING) if row.code == code)
    return row.silent_since is not None


def hear(database: Engine, external_id: str) -> None:
    with db.transaction(database) as connection:
        given = source.Given(external_id, REPORT.lon, REPORT.lat, body={})
        assert source.take(connection, SYSTEM, source.get(connection, "rqjc"), given, transport="REST").fresh


def test_a_source_is_silent_an_hour_after_its_last_word(town: Engine) -> None:
    assert not silence(town, "xlgc"), "one that was never connected is not silent"
    hear(town, "RQJC-1")
    with clock.frozen(MORNING + timedelta(minutes=50)):
        hear(town, "RQJC-2")
    with clock.frozen(MORNING + timedelta(minutes=61)):
        run_due(town)
        assert not silence(town), "it was heard eleven minutes ago"
    with clock.frozen(MORNING + timedelta(minutes=111)):
        run_due(town)
        assert silence(town)
        hear(town, "RQJC-3")
        assert not silence(town)
    with db.reading(town) as connection:
        told = connection.execute(
            sa.select(audit.audit_event.c.action).where(audit.audit_event.c.stream == source.STREAM)
        ).scalars()
        assert {"intake.fell_silent", "intake.heard_again"} <= set(told)


def test_a_file_that_is_dropped_is_read_once_and_answered(
    town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_root", tmp_path / "files")
    place = tmp_path / "drop" / "slxh"
    place.mkdir(parents=True)
    (place / "today.csv").write_text("external_id,lon,lat,river\nSLXH-1,119.701234,31.500123,演示河\n", "utf-8")
    (place / "photo.csv").write_bytes(b"\xff\xd8\xff\xe0 no table")
    with db.transaction(town) as connection:
        assert drop.sweep(connection) == 2
    with db.transaction(town) as connection:
        assert drop.sweep(connection) == 0
    answers = {path.name.split(" ", 1)[1]: path.read_text("utf-8") for path in (place / "done").glob("*.results.csv")}
    assert ",taken,GL" in answers["today.csv.results.csv"]
    assert "refused" in answers["photo.csv.results.csv"]


@pytest.mark.parametrize("content", [b"", b"lon,lat\n1,2\n", b"[1, 2]", b"{broken", b"\x81\x20\xff"])
def test_what_is_no_table_is_refused_whole(content: bytes) -> None:
    with pytest.raises(errors.DropUnreadable):
        drop.read(content)
