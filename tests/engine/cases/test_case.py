"""A case from the window to the archive: numbers, channels, acceptance, decision, closing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import archiving, closing, deadline, decision
from engine.cases import case as cases
from engine.cases.clocks import special, supervision
from engine.cases.papers import numbering

CLERK = audit.Actor("P101")
LEADER = audit.Actor("P002")
Clock = Callable[..., AbstractContextManager[None]]
Opening = Callable[..., cases.Opening]
REFUSAL = {"result": "refused", "reasons": "不符合条件", "remedies": "可以申请行政复议", "basis": "条例第三条"}


def actions(connection: Connection, case: sa.Row[Any]) -> list[str]:
    return [event.action for event in audit.trail(connection, case.number)]


def test_cases_are_numbered_without_gaps_per_year(connection: Connection, opening: Opening, at: Clock) -> None:
    numbers = [cases.create(connection, CLERK, opening()).number for _ in range(3)]
    assert numbers == ["GL-2026-000001", "GL-2026-000002", "GL-2026-000003"]
    with at(2027, 1, 4, 9):
        assert cases.create(connection, CLERK, opening()).number == "GL-2027-000001"


def test_a_number_that_is_not_used_is_given_back(connection: Connection) -> None:
    work = connection.begin_nested()
    assert numbering.take(connection, "x", 2026) == 1
    work.rollback()
    assert numbering.take(connection, "x", 2026) == 1


def test_a_case_keeps_the_item_as_it_was(connection: Connection, case: sa.Row[Any]) -> None:
    assert (case.item["promised_limit"]["n"], case.state, case.visits) == (7, "received", 1)
    assert case.title == "王小明 公共场所卫生许可新办"


def test_an_application_on_line_is_no_visit(connection: Connection, opening: Opening) -> None:
    assert cases.create(connection, CLERK, opening(channel="网上")).visits == 0


@pytest.mark.parametrize("channel", ["自助", "村级"])
def test_an_item_is_taken_only_through_the_channels_it_is_offered_by(
    connection: Connection, opening: Opening, channel: str
) -> None:
    with pytest.raises(errors.ChannelNotOffered):
        cases.create(connection, CLERK, opening(channel=channel))


def test_a_village_point_takes_items_that_are_enabled_for_it(connection: Connection, opening: Opening) -> None:
    item = {**opening().item, "village_enabled": True}
    assert cases.create(connection, CLERK, opening(item=item, channel="村级")).channel == "村级"


def test_a_channel_that_does_not_exist_is_refused(connection: Connection, opening: Opening) -> None:
    with pytest.raises(errors.ChannelUnknown):
        cases.create(connection, CLERK, opening(channel="传真"))


def test_an_agent_must_be_named(connection: Connection, opening: Opening) -> None:
    with pytest.raises(errors.AgentPowerMissing):
        cases.create(connection, CLERK, opening(channel="代理"))
    agent = {"kind": "person", "name": "李代办", "phone": "13900139000"}
    assert cases.create(connection, CLERK, opening(channel="代理", agent=agent)).agent_id is not None


def test_nothing_is_received_in_the_future(connection: Connection, opening: Opening) -> None:
    later = datetime(2026, 3, 3, 9, tzinfo=clock.TOWN)
    with pytest.raises(errors.ReceivedInFuture):
        cases.create(connection, CLERK, opening(received_at=later))


def test_acceptance_is_a_moment_and_an_event(connection: Connection, case: sa.Row[Any]) -> None:
    accepted = cases.accept(connection, CLERK, case)
    assert (accepted.state, accepted.accepted_at, accepted.deemed) == ("accepted", clock.now(), False)
    assert actions(connection, case) == ["case.accepted"]


def test_what_was_not_accepted_cannot_be_accepted_later(connection: Connection, case: sa.Row[Any]) -> None:
    refused = closing.refuse(connection, CLERK, case, outcome="not_competent", reason="属县级职权")
    assert (refused.state, refused.outcome, refused.closed_at) == ("not_accepted", "not_competent", clock.now())
    with pytest.raises(errors.CaseStateWrong):
        cases.accept(connection, CLERK, refused)


def test_a_refusal_to_accept_needs_a_reason_and_a_known_outcome(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.DecisionIncomplete):
        closing.refuse(connection, CLERK, case, outcome="not_needed", reason=" ")
    with pytest.raises(errors.DecisionResultUnknown):
        closing.refuse(connection, CLERK, case, outcome="granted", reason="x")


def test_a_process_sets_only_states_that_mean_no_act(connection: Connection, case: sa.Row[Any]) -> None:
    assert cases.set_state(connection, CLERK, case, "correcting").state == "correcting"
    for state in ("decided", "archived", "accepted", "nonsense"):
        with pytest.raises(errors.CaseStateUnknown):
            cases.set_state(connection, CLERK, case, state)


def test_a_refusal_tells_reasons_and_remedies(connection: Connection, case: sa.Row[Any]) -> None:
    accepted = cases.accept(connection, CLERK, case)
    for missing in ("reasons", "remedies"):
        with pytest.raises(errors.DecisionIncomplete):
            decision.decide(connection, LEADER, accepted, REFUSAL | {missing: ""})
    assert decision.decide(connection, LEADER, accepted, REFUSAL).decided_by == "P002"
    assert cases.get(connection, case.number).outcome == "refused"


def test_the_database_itself_refuses_a_refusal_without_reasons(connection: Connection, case: sa.Row[Any]) -> None:
    row = {
        "case_id": case.id, "result": "refused", "reasons": "", "basis": "", "remedies": "", "conditions": "",
        "decided_by": "P002", "decided_at": clock.now(), "effective": True,
    }  # fmt: skip
    with pytest.raises(sa.exc.IntegrityError, match="refusal_with_reasons"), connection.begin_nested():
        connection.execute(sa.insert(decision.decision).values(row))


def test_nothing_is_decided_that_was_not_accepted(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.CaseStateWrong):
        decision.decide(connection, LEADER, case, {"result": "granted"})


def test_a_new_decision_supersedes_the_old_one_which_stays_readable(connection: Connection, case: sa.Row[Any]) -> None:
    accepted = cases.accept(connection, CLERK, case)
    decision.decide(connection, LEADER, accepted, REFUSAL)
    decision.decide(connection, LEADER, accepted, {"result": "granted"})
    assert [(row.result, row.effective) for row in decision.of(connection, case.id)] == [
        ("refused", False),
        ("granted", True),
    ]


def test_withdrawal_ends_clocks_stops_and_supervision(connection: Connection, case: sa.Row[Any]) -> None:
    accepted = cases.accept(connection, CLERK, case)
    deadline.start(connection, CLERK, accepted, "decision")
    special.begin(connection, CLERK, accepted, kind="听证", notice_on=clock.today())
    supervision.open_(connection, LEADER, accepted, level="remind", target="handler", reason="person", text="请尽快")
    gone = closing.withdraw(connection, CLERK, accepted, reason="不再需要", by="王小明")
    assert (gone.state, gone.outcome) == ("withdrawn", "withdrawn")
    assert deadline.of(connection, case.id, *deadline.RUNNING) == []
    assert supervision.of(connection, case.id)[0].closed_at == clock.now()


def test_what_has_been_decided_cannot_be_withdrawn(connection: Connection, case: sa.Row[Any]) -> None:
    decision.decide(connection, LEADER, cases.accept(connection, CLERK, case), REFUSAL)
    with pytest.raises(errors.CaseStateWrong):
        closing.withdraw(connection, CLERK, cases.get(connection, case.number), reason="x")


def test_the_archive_names_every_gap_and_takes_the_case_once(connection: Connection, case: sa.Row[Any]) -> None:
    accepted = cases.accept(connection, CLERK, case)
    deadline.start(connection, CLERK, accepted, "decision")
    with pytest.raises(errors.ArchiveIncomplete) as refusal:
        archiving.archive(connection, CLERK, accepted, {})
    assert [gap["code"] for gap in refusal.value.facts["gaps"]] == ["case.open", "deadline:decision"]
    decision.decide(connection, LEADER, accepted, REFUSAL)
    closed = closing.close(connection, CLERK, cases.get(connection, case.number))
    deadline.start(connection, CLERK, closed, "archive")
    archived = archiving.archive(connection, CLERK, closed, {"shelf": "A-3-12", "pages": 14})
    assert (archived.state, archived.archive_no, archived.archive["shelf"]) == ("archived", "GL-A-2026-00001", "A-3-12")
    assert archiving.archive(connection, CLERK, archived, {}) == archived
    assert deadline.of(connection, case.id, *deadline.RUNNING) == []


def test_an_archived_file_is_added_to_under_its_number(connection: Connection, case: sa.Row[Any]) -> None:
    decision.decide(connection, LEADER, cases.accept(connection, CLERK, case), REFUSAL)
    closed = closing.close(connection, CLERK, cases.get(connection, case.number))
    with pytest.raises(errors.CaseStateWrong):
        archiving.supplement(connection, CLERK, closed, {})
    archived = archiving.archive(connection, CLERK, closed, {"shelf": "A-3-12", "pages": 14})
    added = archiving.supplement(connection, CLERK, archived, {"shelf": "A-3-13", "pages": 4})
    assert (added.archive_no, added.archive["shelf"]) == (archived.archive_no, "A-3-12")
    assert [(entry["shelf"], entry["pages"]) for entry in added.archive["supplements"]] == [("A-3-13", 4)]
    assert actions(connection, case)[-1] == "case.archive_supplemented"


def test_the_applicant_finds_the_case_by_number_and_telephone_only(connection: Connection, case: sa.Row[Any]) -> None:
    assert cases.track(connection, case.number, "13800138000").id == case.id
    for number, phone in ((case.number, "13800138001"), ("GL-2026-999999", "13800138000"), (case.number, "")):
        with pytest.raises(errors.CaseNotFound):
            cases.track(connection, number, phone)


def test_a_further_visit_is_counted(connection: Connection, case: sa.Row[Any]) -> None:
    assert cases.count_visit(connection, CLERK, case, "补交材料").visits == 2
