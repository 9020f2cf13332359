"""Double push: a licence opens its supervision, what that finds goes back, and a penalty reaches the holder's file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, incidents, instances, outbox
from engine.cases import case as cases
from engine.cases.clocks import supervision
from engine.cases.enforcement import lead, licence
from engine.cases.items import item
from engine.cases.papers import push, template
from engine.cases.people import access
from engine.cases.reading import search
from engine.flow import handlers
from engine.ground import files
from tests.workflows import walking

INTAKE: dict[str, dict[str, Any]] = {
    "A1": {"relist": "true", "$answers": {"Q1": "Q1.1", "Q4": "Q4.2"}},
    "A3c": {"promise_check_on": "2026-04-01"},
}
BREACH = {
    "finding.result": "breach",
    "finding.facts": "将一袋厨余垃圾倾倒在绿化带内",
    "finding.place": "官林镇东虹路1号",
    "finding.party_kind": "citizen",
}
LEADER = access.Reader("P002", roles=frozenset({"leader"}))


@pytest.fixture(autouse=True)
def quick(tmp_path: Path) -> Iterator[None]:
    files.configure(tmp_path)
    with template.blank():
        yield


def before_the_decision(town: Engine, name: str = "王小明") -> walking.Walk:
    """Walk a licence on a promise up to its decision."""
    with db.reading(town) as connection:
        items = {"GL-SCJ-001": item.get(connection, "GL-SCJ-001").body}
    way = walking.APPROVAL.way(town, items)
    way.open("GL-SCJ-001", {"applicant": {**walking.APPLICANT, "name": name}})
    way.complete("A1", INTAKE["A1"])
    way.complete("A1", {"relist": "false"})
    way.complete("A2", {})
    way.complete("A3c", INTAKE["A3c"])
    way.complete("A4", {})
    return way


def granted(town: Engine, name: str = "王小明") -> walking.Walk:
    way = before_the_decision(town, name)
    way.complete("A9", {})
    return way


def case_of(connection: Connection, way: walking.Walk) -> sa.Row[Any]:
    return cases.get(connection, way.number)


def pushes(connection: Connection, way: walking.Walk) -> dict[str, sa.Row[Any]]:
    return {row.receiver: row for row in push.of(connection, case_of(connection, way).id)}


def actions(connection: Connection, number: str) -> list[str]:
    return [event.action for event in audit.trail(connection, number)]


def test_a_granted_licence_opens_a_task_for_the_department_and_one_for_the_grid(town: Engine) -> None:
    way = granted(town)
    watching = [(way.facts()["due"][name], name) for name in way.open_tasks() if name == "A12_watch"]
    assert watching == [("2026-03-30", "A12_watch")] * 2, "twenty working days, by the setting licence_check_days"
    with db.reading(town) as connection:
        sent = pushes(connection, way)
        posts = connection.execute(
            sa.select(access.case_reader.c.principal).where(
                access.case_reader.c.case_id == case_of(connection, way).id,
                access.case_reader.c.principal.in_(["group:bureau.enforcement.handler", "group:grid.center.lead"]),
            )
        ).scalars()
        assert {"supervision", "grid"} <= sent.keys()
        assert len(set(posts)) == 2


def test_pushes_and_supervision_are_written_together_or_not_at_all(town: Engine) -> None:
    def breaks(_job: handlers.Job) -> None:
        raise OSError("out of order")

    way = before_the_decision(town)
    way.broken_down = True
    with handlers.standing_in("approval.watch_grant", breaks):
        way.complete("A9", {})
    assert "A12_watch" not in way.open_tasks()
    with db.reading(town) as connection:
        assert pushes(connection, way) == {}
        assert "push.written" not in actions(connection, way.number)
    with clock.frozen(way.now), db.transaction(town) as connection:
        (wrong,) = incidents.of_instance(connection, instances.get(connection, way.number).id)
        incidents.retry(connection, audit.SYSTEM, wrong.id, "已修复")
    way.work()
    assert way.open_tasks().count("A12_watch") == 2
    with db.reading(town) as connection:
        assert {"supervision", "grid"} <= pushes(connection, way).keys()


def test_a_lost_push_is_sent_again_and_alarms_when_nobody_confirms(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def line(_connection: Connection, row: sa.Row[Any]) -> None:
        tries.append(row.id)
        if len(tries) == 1:
            raise OSError("no answer")

    monkeypatch.setitem(outbox._channels, "grid", line)
    way = before_the_decision(town)
    with pytest.raises(walking.Stuck, match="no answer"):
        way.complete("A9", {})
    assert way.open_tasks().count("A12_watch") == 2, "the task does not wait for the line"
    way.now += timedelta(seconds=10)
    way.work()
    with db.reading(town) as connection:
        sent = pushes(connection, way)["grid"]
        assert (len(tries), sent.sent_at is not None, sent.received_at) == (2, True, None)
    way.wait(way.now + timedelta(days=2))
    with db.reading(town) as connection:
        alarms = [row.facts["receiver"] for row in supervision.of(connection, case_of(connection, way).id)]
    assert sorted(alarms) == ["credit", "grid", "supervision", "supervision.promise"]
    way.complete("A12_watch", {})
    way.complete("A12_watch", {})
    with db.reading(town) as connection:
        done = pushes(connection, way)
        left = [row for row in supervision.of(connection, case_of(connection, way).id) if row.closed_at is None]
    assert done["grid"].read_at is not None
    assert sorted(row.facts["receiver"] for row in left) == ["credit", "supervision.promise"]


def test_a_breach_becomes_a_lead_and_both_cases_name_each_other(town: Engine) -> None:
    way = granted(town)
    way.complete("A12_watch", BREACH)
    with db.reading(town) as connection:
        origin = case_of(connection, way)
        (found,) = search.linked(connection, LEADER, origin)
        taken = cases.get(connection, found.number)
        assert [row.number for row in search.linked(connection, LEADER, taken)] == [way.number]
        kept = lead.of(connection, taken.id)
        assert (kept.source, kept.licence_case_id, taken.kind) == ("许可后监管", origin.id, "enforcement")
        assert taken.title.startswith("王小明 ")
        assert pushes(connection, way)["approval"].payload["note"] == BREACH["finding.facts"]
        assert "licence.breach_found" in actions(connection, way.number)
        assert "lead.taken_in" in actions(connection, found.number)
        assert search.linked(connection, access.Reader("P999"), origin) == [], "nobody learns of a case unseen"


def test_a_supervision_finished_twice_finds_one_breach(town: Engine) -> None:
    way = granted(town)
    finding = {"facts": "占道经营", "place": "东虹路", "party_kind": "citizen"}
    with db.transaction(town) as connection:
        first, again = (
            licence.breach(connection, audit.SYSTEM, case_of(connection, way), finding, watched=f"{way.number}-S1")
            for _time in range(2)
        )
        assert first is not None
        assert again is not None
        assert first.number == again.number
        assert actions(connection, way.number).count("licence.breach_found") == 1


def test_only_supervision_of_a_licence_names_one(town: Engine) -> None:
    way = granted(town)
    with pytest.raises(sa.exc.IntegrityError, match="licence_supervised"), db.transaction(town) as connection:
        given = lead.Lead(source="巡查", facts="占道", licence_case_id=case_of(connection, way).id)
        lead.take_in(connection, audit.SYSTEM, given)


def test_a_penalty_is_seen_on_the_licence_and_the_licence_on_the_penalty(town: Engine) -> None:
    way = granted(town, "史国强")
    way.complete("A12_watch", BREACH)
    with db.reading(town) as connection:
        (found,) = search.linked(connection, LEADER, case_of(connection, way))
    usual = walking.ENFORCEMENT.usual
    punished = walking.Walk(town, {}, usual, number=found.number, now=way.now)
    named = {"party.name": "史国强", "party.phone": walking.APPLICANT["phone"]}
    punished.complete("E1", {"act.date": "2026-03-02", **named})
    punished.complete("E3", {})
    punished.complete("S1", {})
    front = access.Reader("P048", groups=frozenset({"approval.push_receiver"}))
    with db.reading(town) as connection:
        licence_file, penalty_file = case_of(connection, way), case_of(connection, punished)
        told = {row.purpose for row in search.pushed_about(connection, LEADER, licence_file)}
        assert told >= {"penalty.approval", "penalty.command", "penalty.discipline"}
        shown = search.pushed_about(connection, front, licence_file)
        assert {(row.business_key, row.purpose, row.ours) for row in shown} == {
            (found.number, "penalty.approval", True)
        }, "the front desk reads what was sent to it, and no more"
        assert "grant" in {row.purpose for row in search.pushed_about(connection, LEADER, penalty_file)}
        assert search.pushed_about(connection, access.Reader("P999"), licence_file) == []
