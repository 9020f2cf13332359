"""Reporting an event: once however often it is sent, with a moment that no wrong clock decides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors, tasks
from engine.cases import standing
from engine.cases.grid import event, photo, reporting
from engine.cases.people import party
from tests.engine.cases.grid.conftest import MORNING, PNG, WORKER, reported, stored

At = Callable[..., AbstractContextManager[None]]


@pytest.mark.parametrize("source", standing.EVENT_SOURCES)
def test_an_event_comes_from_each_of_the_seven_sources(connection: Connection, source: str) -> None:
    case, step = reporting.report(connection, WORKER, reported(source=source))
    assert step is not None
    inside = source in event.INSIDE
    assert (case.kind, case.channel, case.state) == ("grid", source, "in_grid" if inside else "verifying")
    assert case.number.startswith("GLW-2026-")
    found = event.of(connection, case.id)
    assert (found.grid_code, found.level2_code, found.level) == ("GL-01-01", "GL-01", "grid")
    assert (found.reported_by == WORKER.id) is inside
    assert [row.element for row in tasks.of_case(connection, case.number)] == ["G5" if inside else "G3"]
    assert "event.reported" in {row.action for row in audit.trail(connection, case.number)}


def test_what_is_sent_again_is_one_event(connection: Connection) -> None:
    uuid = "ebb4d6a0-50d2-54f2-83dd-e9fa7431788c"
    first, _ = reporting.report(connection, WORKER, reported(client_uuid=uuid))
    again, step = reporting.report(connection, WORKER, reported(client_uuid=uuid, description="再次同步"))
    assert (again.number, step) == (first.number, None)
    assert event.of(connection, first.id).description == "消防通道被杂物占用"


def test_a_source_that_replays_yesterdays_file_makes_nothing_new(connection: Connection, at: At) -> None:
    yesterday = {"source": "12345", "source_code": "r12345", "external_id": "R12345-20260302-0001"}
    first, _ = reporting.report(connection, audit.SYSTEM, reported(**yesterday))
    with at(2026, 3, 3, 9):
        again, step = reporting.report(connection, audit.SYSTEM, reported(**yesterday))
        elsewhere = {**yesterday, "source_code": "szxx", "class_code": "E0101"}
        other, begun = reporting.report(connection, audit.SYSTEM, reported(**elsewhere))
    assert (again.number, step) == (first.number, None)
    assert other.number != first.number
    assert begun is not None


def test_two_events_of_one_id_are_refused_by_the_database(connection: Connection) -> None:
    case, _ = reporting.report(connection, WORKER, reported(client_uuid="a"))
    other, _ = reporting.report(connection, WORKER, reported(client_uuid="b", class_code="E0101"))
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        event.change(connection, other.id, client_uuid="a")
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        event.change(connection, case.id, handler="P132", checker="P132")


def test_a_report_says_what_was_seen(connection: Connection) -> None:
    with pytest.raises(errors.EventTextMissing):
        reporting.report(connection, WORKER, reported(description="  "))
    with pytest.raises(errors.ChannelUnknown):
        reporting.report(connection, WORKER, reported(source="微信"))
    with pytest.raises(errors.ItemClassUnknown):
        reporting.report(connection, WORKER, reported(class_code="X9999"))


def test_a_point_outside_the_town_is_told_so(connection: Connection) -> None:
    with pytest.raises(errors.PointOutsideTown):
        reporting.report(connection, WORKER, reported(lon=120.5, lat=31.5))
    with pytest.raises(errors.PointWrong):
        reporting.report(connection, WORKER, reported(lon=719.0))


def test_a_phone_clock_a_day_behind_is_corrected_and_marked(connection: Connection) -> None:
    wrong = timedelta(days=1)
    taken, sent = MORNING - timedelta(minutes=30) - wrong, MORNING - wrong
    case, _ = reporting.report(connection, WORKER, reported(captured_at=taken, sent_at=sent))
    found = event.of(connection, case.id)
    assert found.captured_at == taken
    assert (found.reported_at, found.clock_off_s) == (MORNING - timedelta(minutes=30), 86400)
    assert found.clock_doubted
    told = next(row for row in audit.trail(connection, case.number) if row.action == "event.reported")
    assert told.details["clock_doubted"] is True


def test_a_shift_without_a_network_is_no_wrong_clock(connection: Connection) -> None:
    taken = MORNING - timedelta(hours=7)
    case, _ = reporting.report(connection, WORKER, reported(captured_at=taken, sent_at=MORNING))
    found = event.of(connection, case.id)
    assert (found.reported_at, found.received_at, found.clock_doubted) == (taken, MORNING, False)


def test_a_phone_that_does_not_show_its_clock_is_doubted_only_in_the_future(connection: Connection) -> None:
    case, _ = reporting.report(connection, WORKER, reported(captured_at=MORNING + timedelta(hours=3)))
    found = event.of(connection, case.id)
    assert (found.reported_at, found.clock_doubted) == (MORNING, True)
    with pytest.raises(errors.EventFromTheFuture):
        reporting.report(connection, WORKER, reported(captured_at=MORNING + timedelta(hours=3), sent_at=MORNING))


def test_photos_lie_in_the_case_with_the_hash_of_the_camera(connection: Connection) -> None:
    one = photo.Taken(stored(connection))
    case, _ = reporting.report(connection, WORKER, reported(photos=[one]))
    kept = photo.of(connection, case.id, "before")
    assert [row.file_id for row in kept] == [one.file_id]
    assert photo.add(connection, WORKER, case, "before", [photo.Taken(one.file_id, kept[0].sha256)]) == []


def test_what_is_no_photo_too_large_or_another_is_refused(connection: Connection) -> None:
    with pytest.raises(errors.PhotoKindWrong):
        reporting.report(connection, WORKER, reported(photos=[photo.Taken(stored(connection, b"%PDF-1.7 a", "a.jpg"))]))
    with pytest.raises(errors.PhotoTooLarge):
        heavy = stored(connection, PNG + bytes(40 << 20), "heavy.png")
        reporting.report(connection, WORKER, reported(photos=[photo.Taken(heavy)]))
    with pytest.raises(errors.PhotoChanged):
        reporting.report(connection, WORKER, reported(photos=[photo.Taken(stored(connection), "0" * 64)]))


def test_the_telephone_number_of_a_reporter_stays_with_the_party(connection: Connection) -> None:
    given = reported(source="群众扫码", reporter={"name": "王小明", "phone": "13800138000"})
    case, step = reporting.report(connection, audit.Actor("guest"), given)
    assert step is not None
    assert event.of(connection, case.id).reporter_known
    who = party.get(connection, case.applicant_id)
    assert (who.name, who.phone) == ("王小明", "13800138000")
