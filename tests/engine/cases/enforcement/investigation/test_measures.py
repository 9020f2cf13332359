"""Things are kept, sealed and tested within the law's days, and only where the law empowers this town."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import deadline
from engine.cases.clocks import alarm, setting, stop, supervision
from engine.cases.enforcement.investigation import act, empowered, keeping, seizure
from tests.engine.cases.enforcement.conftest import ITEM, LEADER, LUO, MAYOR, OFFICER, inspection, moment, trail

At = Callable[..., AbstractContextManager[None]]
HEAD = audit.Actor(LEADER)
GOODS = [{"name": "农药", "model": "41%", "quantity": "12瓶", "condition": "完好"}]
TESTED: dict[str, Any] = {"what": "检测", "days": 14, "told_on": date(2026, 5, 6)}
CLAUSE = {"clause": "农药管理条例41(五)", "document": "苏政发〔2026〕1号（演示）"}


def kept(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    asked = keeping.ask(connection, OFFICER, case, given=GOODS, place="店内", reason="可能灭失")
    keeping.answer(connection, HEAD, case, asked.id, approved=True)
    return keeping.begin(connection, OFFICER, case, asked.id)


def seized(connection: Connection, case: sa.Row[Any], *moments: Any, urgent: bool = False) -> sa.Row[Any]:
    empowered.enter(connection, audit.Actor("P077"), ITEM["code"], **CLAUSE)
    asked = seizure.ask(connection, OFFICER, case, given=GOODS, place="店内", reason="防止转移", urgent=urgent)
    if not urgent:
        seizure.answer(connection, HEAD, case, asked.id, approved=True)
    started, ended = moments
    record = act.record(connection, OFFICER, case, inspection(kind="seizure", started_at=started, ended_at=ended))
    return seizure.begin(connection, OFFICER, case, asked.id, record.number)


def until(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> str:
    due = seizure.due(connection, case, row)
    assert due is not None
    return str(due.due_on)


def test_kept_things_wait_seven_working_days_at_most(connection: Connection, case: sa.Row[Any], at: At) -> None:
    with at(2026, 4, 24, 16):
        row = kept(connection, case)
        due = keeping.due(connection, case, row)
        assert due is not None
        assert due.due_on == date(2026, 5, 8)
    with at(2026, 5, 9, 0, 1):
        alarm.sweep(connection)
        opened = supervision.of(connection, case.id)
        assert ("supervise", "overdue", "2026-05-08") in [
            (one.level, one.reason, one.facts["due_on"]) for one in opened
        ]
    with at(2026, 5, 11, 9):
        decided = keeping.decide(connection, HEAD, case, row.id, "returned", "与案件无关")
        assert (decided.state, decided.disposition) == ("decided", "returned")
        action, told = trail(connection, case)[-1]
        assert (action, told["overdue"]) == ("deadline.met", True)


@pytest.mark.parametrize(("day", "ends"), [(24, date(2026, 5, 8)), (23, date(2026, 5, 7))])
def test_a_keeping_entered_late_lasts_no_longer(
    connection: Connection, case: sa.Row[Any], at: At, day: int, ends: date
) -> None:
    """It was taken when its act ended, three days or four before the record came in."""
    with at(2026, 4, 23, 9):
        asked = keeping.ask(connection, OFFICER, case, given=GOODS, place="店内", reason="可能灭失")
        keeping.answer(connection, HEAD, case, asked.id, approved=True)
    taken = {"started_at": moment(2026, 4, day, 10), "ended_at": moment(2026, 4, day, 10, 40)}
    with at(2026, 4, 27, 9):
        record = act.record(connection, OFFICER, case, inspection(kind="keeping", **taken))
        row = keeping.begin(connection, OFFICER, case, asked.id, record.number)
        due = keeping.due(connection, case, row)
    assert row.started_at == taken["ended_at"]
    assert due is not None
    assert due.due_on == ends


def test_two_keepings_of_a_case_run_by_themselves(connection: Connection, case: sa.Row[Any], at: At) -> None:
    with at(2026, 3, 2, 9):
        first = kept(connection, case)
    with at(2026, 3, 4, 9):
        second = kept(connection, case)
        keeping.decide(connection, HEAD, case, first.id, "testing", "送检")
        due = keeping.due(connection, case, second)
        assert due is not None
        assert due.due_on == date(2026, 3, 13)
        assert keeping.due(connection, case, first) is None


def test_nothing_is_kept_without_the_head(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.ThingsMissing):
        keeping.ask(connection, OFFICER, case, given=[{"name": "农药"}], place="店内", reason="可能灭失")
    row = keeping.ask(connection, OFFICER, case, given=GOODS, place="店内", reason="可能灭失")
    with pytest.raises(errors.ApprovalMissing):
        keeping.begin(connection, OFFICER, case, row.id)
    with pytest.raises(errors.NotTheHead):
        keeping.answer(connection, audit.Actor(LUO), case, row.id, approved=True)
    keeping.answer(connection, HEAD, case, row.id, approved=False)
    with pytest.raises(errors.ApprovalMissing):
        keeping.begin(connection, OFFICER, case, row.id)
    with pytest.raises(errors.MeasureUnknown):
        keeping.decide(connection, HEAD, case, row.id, "returned", "无")
    with pytest.raises(errors.KeepingDispositionUnknown):
        keeping.decide(connection, HEAD, case, row.id, "sold", "无")


def test_nothing_is_seized_until_the_legal_office_names_the_clause(connection: Connection, case: sa.Row[Any]) -> None:
    wanted = {"given": GOODS, "place": "店内", "reason": "防止转移"}
    with pytest.raises(errors.SeizureNotEmpowered):
        seizure.ask(connection, OFFICER, case, **wanted)
    with pytest.raises(errors.SeizureClauseIncomplete):
        empowered.enter(connection, OFFICER, ITEM["code"], clause="某条", document=" ")
    setting.change(connection, audit.Actor("P096"), "seizure_power", "yes", reason="法制部门意见")
    assert seizure.ask(connection, OFFICER, case, **wanted).clause == ITEM["seizure_clause_candidate"]
    empowered.enter(connection, audit.Actor("P077"), ITEM["code"], **CLAUSE)
    assert seizure.ask(connection, OFFICER, case, **wanted).clause == CLAUSE["clause"]


@pytest.mark.parametrize(
    ("mark", "error"),
    [
        ("family_belonging", errors.SeizureOfBelongings),
        ("unrelated", errors.SeizureUnrelated),
        ("seized_by_others", errors.SeizureUnrelated),
    ],
)
def test_what_a_family_lives_by_and_what_is_unrelated_is_never_seized(
    connection: Connection, case: sa.Row[Any], mark: str, error: type[Exception]
) -> None:
    empowered.enter(connection, OFFICER, ITEM["code"], **CLAUSE)
    given = [*GOODS, {"name": "冰箱", "quantity": "1台", mark: True}]
    with pytest.raises(error, match="冰箱"):
        seizure.ask(connection, OFFICER, case, given=given, place="店内", reason="防止转移")


def test_a_seizure_lasts_thirty_days_the_test_and_thirty_more(
    connection: Connection, case: sa.Row[Any], at: At
) -> None:
    with at(2026, 4, 28, 10):
        row = seized(connection, case, moment(2026, 4, 28, 9), moment(2026, 4, 28, 9, 40))
        assert until(connection, case, row) == "2026-05-28"
    with at(2026, 5, 6, 10):
        with pytest.raises(errors.CostOnTheOrgan):
            seizure.send_for_testing(
                connection, OFFICER, case, row.id, what="检测", days=14, told_on=None, paid_by="party"
            )
        test = seizure.send_for_testing(
            connection, OFFICER, case, row.id, what="检测", days=14, told_on=date(2026, 5, 6)
        )
    with at(2026, 5, 20, 10):
        seizure.take_result(connection, OFFICER, case, test.id)
        assert until(connection, case, row) == "2026-06-11"
    with at(2026, 6, 10, 10):
        with pytest.raises(errors.NotTheHead):
            seizure.extend(connection, OFFICER, case, row.id, reason="外省厂家")
        with pytest.raises(errors.SeizureReasonMissing):
            seizure.extend(connection, HEAD, case, row.id, reason=" ")
        seizure.extend(connection, HEAD, case, row.id, reason="情况复杂，生产企业在外省")
        assert until(connection, case, row) == "2026-07-11"
        with pytest.raises(errors.SeizureExtendedBefore):
            seizure.extend(connection, HEAD, case, row.id, reason="再延长")
    with at(2026, 7, 12, 0, 1):
        alarm.sweep(connection)
        late = [one.facts["period"] for one in supervision.of(connection, case.id) if one.reason == "overdue"]
        assert late == ["seizure"]
        ended = seizure.end(connection, HEAD, case, row.id, "expired", "期限届满")
        assert (ended.state, ended.ground) == ("ended", "expired")
        assert seizure.due(connection, case, row) is None


def test_a_test_that_nobody_was_told_of_in_writing_does_not_stop_it(
    connection: Connection, case: sa.Row[Any], at: At
) -> None:
    with at(2026, 4, 28, 10):
        row = seized(connection, case, moment(2026, 4, 28, 9), moment(2026, 4, 28, 9, 40))
    with at(2026, 5, 6, 10):
        test = seizure.send_for_testing(connection, OFFICER, case, row.id, what="检测", days=None, told_on=None)
    with at(2026, 5, 20, 10):
        seizure.take_result(connection, OFFICER, case, test.id)
        assert until(connection, case, row) == "2026-05-28"
    assert [one.subject for one in stop.of(connection, case.id)] == [f"seizure:{row.id}"]


def test_an_ended_seizure_is_not_extended(connection: Connection, case: sa.Row[Any], at: At) -> None:
    with at(2026, 4, 28, 10):
        row = seized(connection, case, moment(2026, 4, 28, 9), moment(2026, 4, 28, 9, 40))
    with at(2026, 5, 29, 0, 1), pytest.raises(errors.SeizureOver):
        seizure.extend(connection, HEAD, case, row.id, reason="复杂")


def test_what_is_urgent_is_reported_within_a_day_and_freed_if_the_head_says_no(
    connection: Connection, case: sa.Row[Any], at: At
) -> None:
    with at(2026, 4, 24, 22, 30):
        row = seized(connection, case, moment(2026, 4, 24, 22), moment(2026, 4, 24, 22, 20), urgent=True)
        report = deadline.find(connection, case, "urgent_seizure_report", f"seizure:{row.id}")
        assert report is not None
        assert report.due_at == moment(2026, 4, 25, 22, 20)
    with at(2026, 4, 25, 9):
        ended = seizure.answer(connection, audit.Actor(MAYOR), case, row.id, approved=False)
        assert (ended.state, ended.ground) == ("ended", "not_approved")
    assert deadline.of(connection, case.id, *deadline.RUNNING) == []
    with pytest.raises(errors.MeasureUnknown):
        seizure.end(connection, HEAD, case, row.id, "expired", "期限届满")


def test_nothing_is_seized_before_the_approval_unless_it_is_urgent(connection: Connection, case: sa.Row[Any]) -> None:
    empowered.enter(connection, OFFICER, ITEM["code"], **CLAUSE)
    act.record(connection, OFFICER, case, inspection(kind="seizure"))
    row = seizure.ask(connection, OFFICER, case, given=GOODS, place="店内", reason="防止转移")
    with pytest.raises(errors.ApprovalMissing):
        seizure.begin(connection, OFFICER, case, row.id, 1)
    with pytest.raises(sa.exc.IntegrityError, match="approved_before_unless_urgent"), connection.begin_nested():
        connection.execute(sa.update(seizure.seizure).values(state="running", started_at=moment(2026, 3, 2, 9)))
    seizure.answer(connection, HEAD, case, row.id, approved=True)
    with pytest.raises(errors.ActUnknown):
        seizure.begin(connection, OFFICER, case, row.id, 2)
    with pytest.raises(errors.MeasureUnknown):
        seizure.answer(connection, HEAD, case, row.id, approved=True)
