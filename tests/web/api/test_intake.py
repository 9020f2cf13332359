"""Connected systems report events: each once, each for itself, and each hears what became of its reports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.cases import case as cases
from engine.cases.grid import event
from engine.cases.grid.sources import source
from engine.scheduler.embedded import run_due
from tests.web.api.conftest import CLERK, Call

IN_TOWN = {"lon": 119.701234, "lat": 31.500123}
SENT: dict[str, Any] = {
    **IN_TOWN,
    "external_id": "ZAJT-1",
    "occurred_at": "2026-03-02T08:40:00+08:00",
    "fields": {"alarm_kind": "占道停车", "road": "演示路"},
}


def test_a_report_sent_twice_is_one_event(call: Call) -> None:
    system = call("s-zajt")
    first, again = system.send("/intake/zajt", SENT), system.send("/intake/zajt", SENT)
    assert (first.status_code, again.status_code) == (201, 200), first.json
    assert first.json is not None
    assert again.json is not None
    assert first.json["number"] == again.json["number"]
    assert system.get("/intake/zajt").json["heard_at"]  # type: ignore[index]


def test_no_system_speaks_for_another(call: Call) -> None:
    for other in ("s-aqsc", CLERK):
        refused = call(other).send("/intake/zajt", SENT)
        assert refused.status_code == 404
        assert refused.json is not None
        assert refused.json["type"].endswith("SourceUnknown")
    assert call("s-aqsc").get("/intake/zajt/outcomes").status_code == 404


def test_a_refused_report_is_kept_and_taken_in_once_corrected(call: Call, town: Engine) -> None:
    system = call("s-szcg")
    outside = {**SENT, "external_id": "SZCG-9", "lon": 121.47, "lat": 31.23, "fields": {}}
    refused = system.send("/intake/szcg", outside)
    assert refused.status_code == 422
    with db.reading(town) as connection:
        kept = source.reports(connection, "szcg", refused=True)
    assert [(row.external_id, row.number) for row in kept] == [("SZCG-9", None)]
    assert system.send("/intake/szcg", {**outside, **IN_TOWN}).status_code == 201
    with db.reading(town) as connection:
        assert not source.reports(connection, "szcg", refused=True)


def test_what_cannot_be_read_names_the_field(call: Call) -> None:
    system = call("s-zajt")
    for wrong in ({"lon": 999}, {"external_id": ""}, {"occurred_at": "yesterday"}, {"urgency": 7}, {"plate": "苏B"}):
        refused = system.send("/intake/zajt", {**SENT, **wrong})
        assert refused.status_code == 422
        assert refused.json is not None
        assert refused.json["errors"][0]["field"] == next(iter(wrong))


def test_the_source_hears_once_what_became_of_its_report(call: Call, town: Engine) -> None:
    system = call("s-aqsc")
    number = system.send("/intake/aqsc", {**SENT, "external_id": "AQSC-1", "fields": {}}).json["number"]  # type: ignore[index]
    with db.transaction(town) as connection:
        event.tell_source(connection, number, event.of(connection, cases.get(connection, number).id), "closed")
    run_due(town)
    waiting = system.get("/intake/aqsc/outcomes").json["items"]  # type: ignore[index]
    mine = [one for one in waiting if one["kind"] == "event.closed"]
    assert [(one["case"], one["payload"]["external_id"]) for one in mine] == [(number, "AQSC-1")]
    assert call("s-zajt").send(f"/intake/zajt/outcomes/{mine[0]['id']}/receipt").status_code == 404
    assert system.send(f"/intake/aqsc/outcomes/{mine[0]['id']}/receipt").status_code == 200
    left = system.get("/intake/aqsc/outcomes").json["items"]  # type: ignore[index]
    assert mine[0]["id"] not in [one["id"] for one in left]


def test_a_table_from_the_office_is_taken_in_row_by_row(town: Engine, town_app: Any) -> None:
    from engine.cases.grid.sources import drop

    table = (
        "external_id,occurred_at,lon,lat,house_no,grade\n"
        "ZJFW-1,2026-03-01T09:00:00+08:00,119.701234,31.500123,演示路1号,C\n"
        "ZJFW-2,2026-03-01T09:00:00+08:00,121.47,31.23,演示路2号,D\n"
        "ZJFW-3,2026-03-01T09:00:00+08:00,,31.5,演示路3号,D\n"
    )
    with db.transaction(town) as connection:
        one = source.get(connection, "zjfw")
        by = audit.Actor(one.person_id)
        first = drop.take(connection, by, one, table.encode("gb18030"))
        again = drop.take(connection, by, one, table.encode("utf-8-sig"))
    assert [line.outcome for line in first] == ["taken", "refused", "refused"]
    assert [line.outcome for line in again] == ["repeated", "refused", "refused"]
    assert first[0].number == again[0].number
    assert "lon" in str(first[2].problem)


@pytest.mark.parametrize(
    "row",
    [
        {"external_id": "ODD-1", "lon": "nan", "lat": "31.5"},
        {"external_id": "ODD-2", "lon": "inf", "lat": "31.5"},
        {"external_id": "ODD-3", "lon": "119.7", "lat": True},
        {"external_id": "ODD-4", "lon": 10**400, "lat": 31.5},
        {"external_id": ["ODD-5"], "lon": 119.7, "lat": 31.5},
    ],
    ids=lambda row: str(row["external_id"])[:5],
)
def test_an_odd_row_is_refused_and_stops_none_of_the_others(town: Engine, town_app: Any, row: dict[str, Any]) -> None:
    from engine.cases.grid.sources import drop

    good = {"external_id": f"GOOD-{row['external_id']!r}", "lon": 119.701234, "lat": 31.500123}
    with db.transaction(town) as connection:
        one = source.get(connection, "zjfw")
        lines = drop.take(connection, audit.Actor(one.person_id), one, json.dumps([row, good]).encode())
    assert [line.outcome for line in lines] == ["refused", "taken"]


@pytest.mark.parametrize("value", ["C\x00", "C\ud800"])
def test_what_no_database_keeps_is_refused_by_the_interface(call: Call, value: str) -> None:
    answer = call("s-zjfw").send("/intake/zjfw", {**SENT, "external_id": "ODD-9", "fields": {"grade": value}})
    assert answer.status_code == 400
