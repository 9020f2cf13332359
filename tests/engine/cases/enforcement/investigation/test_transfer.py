"""A case that looks like a crime goes to the police, by the head's own hand, and what comes back is handled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import closing, deadline
from engine.cases.clocks import setting
from engine.cases.enforcement.investigation import transfer
from engine.organisation import substitution
from tests.engine.cases.enforcement.conftest import LEADER, LUO, MAYOR, OFFICER, YAO, moment, trail

At = Callable[..., AbstractContextManager[None]]
HEAD = audit.Actor(MAYOR)
CRIME = {"crime": "非法占用农用地罪（刑法342）", "amount": "5.25亩"}
PAPERS = {"to": "宜兴市公安局官林派出所", "receipt": "王警官 2026-07-09 09:30", "annexes": list(transfer.ANNEXES)}


def due(connection: Connection, case: sa.Row[Any]) -> dict[str, Any]:
    return {row.period: row.due_on for row in deadline.of(connection, case.id, *deadline.RUNNING)}


def handed_over(connection: Connection, case: sa.Row[Any], at: At) -> None:
    with at(2026, 7, 6, 10):
        transfer.report(connection, OFFICER, case, team=[YAO, LUO], **CRIME)
        assert due(connection, case) == {"police_decision": date(2026, 7, 9)}
    with at(2026, 7, 8, 10):
        transfer.decide(connection, HEAD, case, approved=True)
        (running,) = deadline.of(connection, case.id, *deadline.RUNNING)
        assert running.due_at == moment(2026, 7, 9, 10)
    with at(2026, 7, 9, 9, 30):
        transfer.hand_over(connection, OFFICER, case, **PAPERS)
        assert due(connection, case) == {"police_answer": date(2026, 7, 12)}


def _close(connection: Connection, case: sa.Row[Any]) -> None:
    closing.close(connection, OFFICER, case, "terminated")


@pytest.mark.parametrize(("reading", "last"), [("runs", date(2026, 8, 30)), ("stopped", date(2026, 9, 5))])
def test_the_ninety_days_stand_still_with_the_police_only_where_the_setting_says_so(
    connection: Connection, case: sa.Row[Any], at: At, reading: str, last: date
) -> None:
    """Handed over on 9 July, back on the 13th, asked again on the 15th, back on the 17th: 4 and 2 days."""
    setting.change(connection, HEAD, "cf60_criminal", reading, reason="法制部门意见")
    with at(2026, 6, 1, 9):
        deadline.start(connection, OFFICER, case, "cf_decision", started_at=moment(2026, 6, 1, 9))
    with at(2026, 7, 8, 10):
        transfer.report(connection, OFFICER, case, team=[YAO, LUO], **CRIME)
        transfer.decide(connection, HEAD, case, approved=True)
    with at(2026, 7, 9, 9, 30):
        transfer.hand_over(connection, OFFICER, case, **PAPERS)
        standing = deadline.find(connection, case, "cf_decision")
        assert standing is not None
        assert standing.state == ("open" if reading == "runs" else "stopped")
    with at(2026, 7, 13, 9):
        transfer.answer(connection, OFFICER, case, filed=False, number="宜公不立字〔2026〕3号")
    with at(2026, 7, 15, 9):
        transfer.dispute(connection, OFFICER, case, how="reconsideration", why="面积已达标准")
    with at(2026, 7, 17, 9):
        transfer.answer(connection, OFFICER, case, filed=False, number="宜公复字〔2026〕1号")
    assert due(connection, case)["cf_decision"] == last
    assert any(action == "deadline.stopped" for action, _facts in trail(connection, case)) is (reading == "stopped")


def test_what_the_police_do_not_file_comes_back_and_must_be_handled(
    connection: Connection, case: sa.Row[Any], at: At
) -> None:
    handed_over(connection, case, at)
    with at(2026, 7, 13, 9):
        transfer.answer(connection, OFFICER, case, filed=False, number="宜公不立字〔2026〕3号")
        assert due(connection, case) == {"police_reconsideration": date(2026, 7, 16)}
    with at(2026, 7, 15, 9):
        transfer.dispute(connection, OFFICER, case, how="reconsideration", why="面积已达标准")
        assert due(connection, case) == {"police_again": date(2026, 7, 18)}
    with at(2026, 7, 17, 9):
        transfer.answer(connection, OFFICER, case, filed=False, number="宜公复字〔2026〕1号")
        assert due(connection, case) == {"police_supervision": date(2026, 7, 20)}
        with pytest.raises(errors.TransferStateWrong):
            transfer.dispute(connection, OFFICER, case, how="reconsideration", why="再次")
        for refused, error in (
            (
                lambda connection, case: closing.close(connection, OFFICER, case, "terminated"),
                errors.ReturnedCaseUnhandled,
            ),
            (transfer.require_no_suspicion, errors.SuspicionStands),
        ):
            with pytest.raises(error):
                refused(connection, case)
    with at(2026, 7, 20, 9):
        transfer.handle(connection, OFFICER, case, "不建议立案监督，恢复调查")
        transfer.require_handled(connection, case)
        transfer.require_no_suspicion(connection, case)
        assert due(connection, case) == {}
    assert [action for action, _ in trail(connection, case) if action.startswith("transfer.")] == [
        f"transfer.{what}"
        for what in ("reported", "approved", "handed_over", "not_filed", "reconsideration", "not_filed", "handled")
    ]


def test_what_the_police_file_is_handed_to_them_within_three_days(
    connection: Connection, case: sa.Row[Any], at: At
) -> None:
    handed_over(connection, case, at)
    with at(2026, 7, 10, 9):
        transfer.answer(connection, OFFICER, case, filed=True, number="宜公立字〔2026〕9号")
        assert due(connection, case) == {"police_things": date(2026, 7, 13)}
        with pytest.raises(errors.SuspicionStands):
            transfer.require_no_suspicion(connection, case)
        transfer.hand_things(connection, OFFICER, case)
    (row,) = transfer.of(connection, case.id)
    assert (row.state, row.things_handed_at) == ("ended", moment(2026, 7, 10, 9))


def test_only_the_very_head_decides(connection: Connection, case: sa.Row[Any]) -> None:
    transfer.report(connection, OFFICER, case, team=[YAO, LUO], **CRIME)
    connection.execute(
        sa.insert(substitution.absence).values(
            person_id=MAYOR, since=date(2026, 3, 2), until=date(2026, 3, 2), kind="leave", substitute_id=LEADER
        )
    )
    for deputy in (LEADER, YAO):
        with pytest.raises(errors.NotTheHead):
            transfer.decide(connection, audit.Actor(deputy), case, approved=True)
    with pytest.raises(errors.TransferReasonMissing):
        transfer.decide(connection, HEAD, case, approved=False)
    assert transfer.decide(connection, HEAD, case, approved=False, why="未达立案标准").state == "not_approved"
    transfer.require_no_suspicion(connection, case)


@pytest.mark.parametrize("missing", transfer.ANNEXES)
def test_an_annex_may_not_be_missing(connection: Connection, case: sa.Row[Any], missing: str) -> None:
    transfer.report(connection, OFFICER, case, team=[YAO, LUO], **CRIME)
    with pytest.raises(errors.TransferStateWrong):
        transfer.hand_over(connection, OFFICER, case, **PAPERS)
    transfer.decide(connection, HEAD, case, approved=True)
    annexes = [kind for kind in transfer.ANNEXES if kind != missing]
    with pytest.raises(errors.TransferAnnexMissing, match=transfer.ANNEXES[missing]):
        transfer.hand_over(connection, OFFICER, case, **(PAPERS | {"annexes": annexes}))
    with pytest.raises(errors.TransferReasonMissing):
        transfer.hand_over(connection, OFFICER, case, **(PAPERS | {"receipt": ""}))


def test_a_team_has_two_officers_and_one_transfer_runs(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.OfficersTooFew):
        transfer.report(connection, OFFICER, case, team=[YAO], **CRIME)
    with pytest.raises(errors.TransferUnknown):
        transfer.decide(connection, HEAD, case, approved=True)
    transfer.report(connection, OFFICER, case, team=[YAO, LUO], **CRIME)
    with pytest.raises(errors.TransferUnderWay):
        transfer.report(connection, OFFICER, case, team=[YAO, LUO], **CRIME)
