"""A source that falls silent is marked, and is no longer once it is heard again."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db, errors, outbox
from engine.cases.grid import event
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


def test_a_reporter_without_end_is_cut_as_the_contract_says() -> None:
    (row,) = drop.read(b'[{"external_id": "A", "lon": 119.7, "lat": 31.5, "caller_masked": "' + b"x" * 500 + b'"}]')
    assert len(str((drop.given(row).reporter or {})["name"])) == 80


def test_a_file_that_is_dropped_is_read_once_and_answered(
    town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def opened(path: Path) -> bytes:
        if path.name == "closed.csv":
            raise PermissionError(path)
        return read(path)

    monkeypatch.setattr(files, "_root", tmp_path / "files")
    monkeypatch.setattr(Path, "read_bytes", opened)
    place = tmp_path / "drop" / "slxh"
    place.mkdir(parents=True)
    (place / "today.csv").write_text("external_id,lon,lat,river\nSLXH-1,119.701234,31.500123,演示河\n", "utf-8")
    (place / "photo.csv").write_bytes(b"\xff\xd8\xff\xe0 no table")
    (place / "a.json").write_bytes(b"[" * 100_000)
    (place / "closed.csv").write_text("external_id,lon,lat\n", "utf-8")
    for path in place.iterdir():
        rest(path, drop.RESTS)
    (place / "tomorrow.csv").write_text("external_id,lon,lat\nSLXH-2,119.70", "utf-8")
    rest(place / "tomorrow.csv", timedelta(seconds=5))
    with db.transaction(town) as connection:
        assert drop.sweep(connection) == 4
    with db.transaction(town) as connection:
        assert drop.sweep(connection) == 0
    answers = {path.name.split(" ", 1)[1]: path.read_text("utf-8") for path in (place / "done").glob("*.results.csv")}
    assert ",taken,GL" in answers["today.csv.results.csv"]
    for name in ("photo.csv", "a.json", "closed.csv"):
        assert "refused" in answers[f"{name}.results.csv"]
    assert (place / "tomorrow.csv").exists(), "somebody is still writing it"


def test_a_source_that_writes_files_finds_what_became_of_its_reports_beside_them(
    town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_root", tmp_path / "files")
    with db.transaction(town) as connection:
        one = source.get(connection, "szxx")
        given = source.Given("SZXX-1", REPORT.lon, REPORT.lat, body={})
        case = source.take(connection, audit.Actor(one.person_id), one, given, transport="file").case
        assert case is not None
        event.tell_source(connection, case.number, event.of(connection, case.id), "closed", result="in_grid")
    run_due(town)
    with db.transaction(town) as connection:
        drop.sweep(connection)
    with db.transaction(town) as connection:
        drop.sweep(connection)
        (push,) = outbox.of_case(connection, case.number)
    (answer,) = (tmp_path / "drop" / "szxx" / "outcomes").iterdir()
    assert answer.name == f"{push.id}.csv"
    assert f"{push.id},SZXX-1,{case.number},event.closed,in_grid," in answer.read_text("utf-8")
    assert push.received_by == one.person_id


def rest(path: Path, since: timedelta) -> None:
    """Say that a file was written so long ago."""
    moment = (clock.now() - since).timestamp()
    os.utime(path, (moment, moment))


HEAD = b"external_id,lon,lat,description\n"


@pytest.mark.parametrize(
    "content",
    [b"", b"lon,lat\n1,2\n", b"[1, 2]", b"{broken", b"\x81\x20\xff", b"[" * 100_000, HEAD + b"A\0,119.7,31.5,x\n",
     HEAD + b'A,119.7,31.5,"' + b"x" * 200_000, b'[{"external_id": "\\ud800"}]', b'[{"external_id": "\\u0000"}]',
     b'[{"x": ' + b'{"a": ' * 100 + b"1" + b"}" * 101 + b"]"],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_table_is_refused_whole(content: bytes) -> None:
    with pytest.raises(errors.DropUnreadable):
        drop.read(content)
