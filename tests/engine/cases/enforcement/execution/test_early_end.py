"""45号令12, 14: what is public is put right at once; it ends early where all of the conditions hold, and never else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import case as cases
from engine.cases import deadline, decision, intervention, remedy
from engine.cases.clocks import setting
from engine.cases.enforcement import on_the_spot
from engine.cases.enforcement.execution import challenge, early_end, payment, penalty_publicity, rule45
from engine.cases.enforcement.judging import draft
from engine.cases.papers import publicity
from engine.cases.people import party
from tests.engine.cases.enforcement.execution.conftest import CLERK, LEADER, OFFICER, Decided, at, due, serve

CODE, ASKED = "GL-CF3-315", {"grounds": "罚款已缴，执照已办"}
HOLDS = dict.fromkeys(early_end.CONDITIONS, "yes") | {"severe": "no", "findings": "已核对"}
GRANTED = {"result": "granted", "reason": "条件均已符合"}


@pytest.fixture
def published(connection: Connection, decided: Decided) -> Any:
    """A penalty of the market sector: 8,000 yuan of 20 May, paid on 2 June, public from 10 June for three years."""
    return _publish(connection, decided)


def _publish(connection: Connection, decided: Decided, sector: str = rule45.SECTOR, paid: int = 8000) -> Any:
    case = decided((2026, 5, 20), 8000, item=CODE)
    case = cases.change(connection, case.id, item={**case.item, "sector": sector})
    with at(2026, 5, 20, 15):
        serve(connection, case)
    if paid:
        with at(2026, 6, 2, 9):
            payment.pay(connection, CLERK, case, {"amount": paid, "reference": "YH1"})
    with at(2026, 6, 10, 9):
        penalty_publicity.publish(connection, OFFICER, case, {"months": 36})
    return case


def _fill(connection: Connection) -> None:
    for key, value in ((early_end.MONTHS, 6), (early_end.DAYS, 10)):
        setting.change(connection, OFFICER, key, value, reason="总局实施办法（演示）")


def _checked(connection: Connection, case: Any, **answers: str) -> Any:
    """Apply on 10 December, six months on, with the conditions checked."""
    _fill(connection)
    with at(2026, 12, 10, 9):
        early_end.apply(connection, OFFICER, case, ASKED)
        early_end.begin(connection, OFFICER, case)
        return early_end.check(connection, OFFICER, case, HOLDS | answers)


def _shown(connection: Connection, case: Any) -> list[int]:
    return [row.id for row in publicity.public(connection) if row.case_id == case.id]


def test_granted_it_is_public_no_more_from_that_moment(connection: Connection, published: Any) -> None:
    _checked(connection, published)
    assert due(connection, published, early_end.PERIOD) == "2026-12-24"
    with at(2026, 12, 14, 9):
        (shown,) = _shown(connection, published)
        row = early_end.decide(connection, LEADER, published, GRANTED)
        assert (row.result, row.open_on, row.decided_by) == ("granted", date(2026, 12, 10), "P003")
        assert _shown(connection, published) == []
        with pytest.raises(errors.PublicityUnknown):
            publicity.get_public(connection, shown)
        assert deadline.find(connection, published, early_end.PERIOD) is None
        assert not early_end.offered(connection, published)
        with pytest.raises(errors.EarlyEndNotOffered):
            early_end.apply(connection, OFFICER, published, ASKED)
    actions = [event.action for event in audit.trail(connection, published.number)]
    assert [one for one in actions if "early" in one] == [
        "publicity.early_end_asked", "publicity.early_end_checked", "publicity.ended_early",
        "publicity.early_end_decided",
    ]  # fmt: skip
    with at(2029, 6, 12, 9):
        assert publicity.take_down(connection) == 0


def test_refused_it_stays_public_and_may_be_asked_for_again(connection: Connection, published: Any) -> None:
    _checked(connection, published, remedied="no")
    with at(2026, 12, 14, 9):
        with pytest.raises(errors.EarlyEndConditions):
            early_end.decide(connection, LEADER, published, GRANTED)
        with pytest.raises(errors.EarlyEndIncomplete):
            early_end.decide(connection, LEADER, published, {"result": "refused", "reason": " "})
        early_end.decide(connection, LEADER, published, {"result": "refused", "reason": "后果未消除"})
        assert len(_shown(connection, published)) == 1
        assert early_end.apply(connection, OFFICER, published, ASKED).result is None


@pytest.mark.parametrize("name", early_end.CONDITIONS)
def test_each_condition_must_hold(connection: Connection, published: Any, name: str) -> None:
    _checked(connection, published, **{name: "no"})
    with at(2026, 12, 14, 9), pytest.raises(errors.EarlyEndConditions):
        early_end.decide(connection, LEADER, published, GRANTED)


def test_what_is_severe_never_ends_early(connection: Connection, published: Any) -> None:
    _checked(connection, published, severe="yes")
    with at(2026, 12, 14, 9):
        with pytest.raises(errors.EarlyEndForbidden):
            early_end.decide(connection, LEADER, published, GRANTED)
        early_end.check(connection, OFFICER, published, HOLDS)
        table = draft.penalty_draft
        for kind in early_end.NEVER:
            content = {"penalty": [{"kind": "罚款", "amount": 8000}, {"kind": kind, "amount": None}]}
            connection.execute(sa.update(table).where(table.c.case_id == published.id).values(content=content))
            with pytest.raises(errors.EarlyEndForbidden, match=kind):
                early_end.decide(connection, LEADER, published, GRANTED)


def test_before_its_time_it_is_refused(connection: Connection, published: Any) -> None:
    _fill(connection)
    with at(2026, 12, 9, 9):
        early_end.apply(connection, OFFICER, published, ASKED)
        early_end.begin(connection, OFFICER, published)
        early_end.check(connection, OFFICER, published, HOLDS)
    with at(2026, 12, 14, 9), pytest.raises(errors.EarlyEndTooSoon, match="2026-12-10"):
        early_end.decide(connection, LEADER, published, GRANTED)


def test_while_the_limits_are_empty_nothing_is_decided(connection: Connection, published: Any) -> None:
    with at(2026, 12, 10, 9):
        early_end.apply(connection, OFFICER, published, ASKED)
        with pytest.raises(errors.EarlyEndLimitsEmpty):
            early_end.begin(connection, OFFICER, published)
        with pytest.raises(errors.EarlyEndIncomplete):
            early_end.decide(connection, LEADER, published, GRANTED)
        with pytest.raises(errors.EarlyEndNotOffered):
            early_end.apply(connection, OFFICER, published, ASKED)


@pytest.mark.parametrize("given", [{"grounds": " "}, {**ASKED, "applied_on": "2026-12-11"}])
def test_an_application_says_something_and_has_come(
    connection: Connection, published: Any, given: dict[str, Any]
) -> None:
    with at(2026, 12, 10, 9), pytest.raises(errors.EarlyEndIncomplete):
        early_end.apply(connection, OFFICER, published, given)


def test_the_registers_are_believed(connection: Connection, decided: Decided) -> None:
    case = _publish(connection, decided, paid=3000)
    with pytest.raises(errors.EarlyEndContradicted, match="5000"):
        _checked(connection, case)
    with at(2026, 12, 11, 9):
        early_end.check(connection, OFFICER, case, HOLDS | {"performed": "no"})
        later = decided((2026, 11, 20), 100, item=CODE)
        with pytest.raises(errors.EarlyEndContradicted, match=later.number):
            early_end.check(connection, OFFICER, case, HOLDS | {"performed": "no"})
        with pytest.raises(errors.EarlyEndIncomplete):
            early_end.check(connection, OFFICER, case, HOLDS | {"severe": ""})


@pytest.mark.parametrize(("sector", "reading"), [("扬尘", "domain"), (rule45.SECTOR, "no")])
def test_only_where_the_rule_binds_it_is_offered(
    connection: Connection, decided: Decided, sector: str, reading: str
) -> None:
    setting.change(connection, OFFICER, "rule45_scope", reading, reason="法制部门意见")
    case = _publish(connection, decided, sector)
    assert not early_end.offered(connection, case)
    assert intervention.listened_for(connection, case) >= {"rectify", "challenge"}
    assert "end_early" not in intervention.listened_for(connection, case)


def test_what_was_decided_on_the_spot_is_not_under_the_rule(connection: Connection, published: Any) -> None:
    assert early_end.offered(connection, published)
    made = decision.effective(connection, published.id)
    assert made is not None
    values = {"decision_id": made.id, "case_id": published.id, "warning": False, "fine": 200, "officers": {},
              "place": "官林镇", "signed": True}  # fmt: skip
    connection.execute(sa.insert(on_the_spot.spot_penalty).values(values))
    assert not early_end.offered(connection, published)


@pytest.mark.parametrize("wrong", [
    {"remedied": False}, {"severe": True}, {"open_on": date(2026, 12, 11)}, {"reason": ""}, {"checked_at": None},
    {"findings": None}, {"result": "lost"},
])  # fmt: skip
def test_the_database_knows_no_early_end_against_the_rule(
    connection: Connection, published: Any, wrong: dict[str, Any]
) -> None:
    _checked(connection, published)
    with at(2026, 12, 14, 9):
        row = early_end.decide(connection, LEADER, published, GRANTED)
    table = early_end.publicity_early_end
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(sa.update(table).where(table.c.id == row.id).values(**wrong))


@pytest.mark.parametrize(("reading", "visible"), [("state", True), ("nothing", False)])
def test_an_annulment_after_the_early_end_is_still_stated(
    connection: Connection, published: Any, reading: str, visible: bool
) -> None:
    setting.change(connection, OFFICER, "unpublish_ended", reading, reason="法制部门意见")
    _checked(connection, published)
    with at(2026, 12, 14, 9):
        (shown,) = _shown(connection, published)
        early_end.decide(connection, LEADER, published, GRANTED)
        row = challenge.receive(connection, OFFICER, published, "litigation", {})
        challenge.close(connection, OFFICER, published, row.id, {"result": "annulled"})
        penalty_publicity.withdraw(connection, OFFICER, published, "程序违法")
        assert ([one.id for one in publicity.public(connection, kind="withdrawn")] == [shown]) is visible


def test_a_wrong_record_is_corrected_at_once_and_the_trail_keeps_both(connection: Connection, published: Any) -> None:
    with at(2026, 6, 11, 9):
        shown = penalty_publicity.ask_correction(connection, OFFICER, published, by="当事人", why="机关名称有误")
        assert not penalty_publicity.correctable(connection, published)
        assert due(connection, published, penalty_publicity.CORRECTION) == "2026-06-12"
        for given, error in (
            ({"result": "corrected", "reason": " "}, errors.DecisionIncomplete),
            ({"result": "perhaps", "reason": "x"}, errors.DecisionIncomplete),
            ({"result": "corrected", "reason": "x", "organ": shown.content["organ"]}, errors.CorrectionEmpty),
        ):
            with pytest.raises(error):
                penalty_publicity.correct(connection, OFFICER, published, shown.id, given)
        right = {
            "result": "corrected",
            "reason": "与决定书核对",
            "organ": "某机关13800138000",
            "applicant": "某建材商店",
        }
        penalty_publicity.correct(connection, OFFICER, published, shown.id, right)
        row = publicity.get_public(connection, shown.id)
        assert (row.content["organ"], row.title.split()[0]) == ("某机关138****8000", "某建材商店")
        assert (row.content["penalty"], row.corrected_at is not None) == (shown.content["penalty"], True)
        assert penalty_publicity.correctable(connection, published)
    (event,) = [one for one in audit.trail(connection, published.number) if one.action == "publicity.corrected"]
    assert event.details["before"]["organ"] == shown.content["organ"]
    assert event.details["after"]["organ"] == "某机关138****8000"


@pytest.mark.parametrize(("sector", "kinds", "until", "right"), [
    (rule45.SECTOR, ["罚款"], "2026-09-10", True), (rule45.SECTOR, ["罚款"], "2026-09-11", False),
    (rule45.SECTOR, ["罚款", "没收违法所得"], "2026-09-10", False), (rule45.SECTOR, ["罚款"], "2031-06-10", False),
    (rule45.SECTOR, ["罚款", "限制从业"], "2031-06-10", True), (rule45.SECTOR, ["限制从业"], "2028-06-10", False),
    ("扬尘", ["罚款"], "2027-06-10", True), ("扬尘", ["罚款"], "2026-06-09", False),
])  # fmt: skip
def test_the_last_day_is_put_right_where_the_rule_allows_it(
    connection: Connection, decided: Decided, monkeypatch: pytest.MonkeyPatch, sector: str, kinds: list[str],
    until: str, right: bool,
) -> None:  # fmt: skip
    case = _publish(connection, decided, sector)
    monkeypatch.setattr(rule45, "kinds", lambda _connection, _case: [{"kind": kind, "amount": None} for kind in kinds])
    given = {"result": "corrected", "reason": "期限算错", "until_on": until}
    with at(2026, 6, 11, 9):
        shown = penalty_publicity.ask_correction(connection, OFFICER, case, by="当事人", why="公示期限有误")
        if not right:
            with pytest.raises(errors.PublicityEndWrong if until < "2026-06-10" else errors.PublicityEndUnlawful):
                penalty_publicity.correct(connection, OFFICER, case, shown.id, given)
            return
        row = penalty_publicity.correct(connection, OFFICER, case, shown.id, given)
    assert (row.until_on, row.content) == (date.fromisoformat(until), shown.content)
    (event,) = [one for one in audit.trail(connection, case.number) if one.action == "publicity.corrected"]
    assert (event.details["before"], event.details["after"]) == ({"until_on": "2029-06-10"}, {"until_on": until})


def test_what_should_have_ended_is_taken_down_by_its_correction(connection: Connection, published: Any) -> None:
    with at(2026, 10, 12, 9):
        shown = penalty_publicity.ask_correction(connection, OFFICER, published, by="当事人", why="应公示三个月")
        given = {"result": "corrected", "reason": "较低数额罚款", "until_on": "2026-09-10"}
        penalty_publicity.correct(connection, OFFICER, published, shown.id, given)
        with pytest.raises(errors.PublicityUnknown):
            publicity.get_public(connection, shown.id)
        assert publicity.take_down(connection) == 1


@pytest.mark.parametrize(("until", "error"), [
    ("2029-06-10", None), ("2026-09-10", errors.CorrectionEmpty), ("", errors.PublicityOver),
])  # fmt: skip
def test_what_was_taken_down_too_early_is_public_again_until_its_right_day(
    connection: Connection, decided: Decided, until: str, error: type[errors.EngineError] | None
) -> None:
    case = _publish(connection, decided)
    _end_on(connection, case, date(2026, 9, 10))
    with at(2026, 9, 11, 9):
        assert publicity.take_down(connection) == 1
    with at(2026, 10, 12, 9):
        assert not early_end.offered(connection, case)
        assert "rectify" in intervention.listened_for(connection, case)
        row = penalty_publicity.ask_correction(connection, OFFICER, case, by="公示岗", why="应公示三年")
        given = {"result": "corrected", "reason": "期限算错", "organ": "" if until else "某机关", "until_on": until}
        if error is not None:
            with pytest.raises(error):
                penalty_publicity.correct(connection, OFFICER, case, row.id, given)
            return
        penalty_publicity.correct(connection, OFFICER, case, row.id, given)
        assert _shown(connection, case) == [row.id]
        assert early_end.offered(connection, case)
    assert {"publicity.corrected", "publicity.shown_again"} <= {
        one.action for one in audit.trail(connection, case.number)
    }
    with at(2029, 6, 11, 9):
        assert publicity.take_down(connection) == 1


def test_no_correction_brings_back_what_ended_rightly_or_was_ended_by_a_decision(
    connection: Connection, decided: Decided, published: Any
) -> None:
    _checked(connection, published)
    with at(2026, 12, 14, 9):
        (shown,) = _shown(connection, published)
        early_end.decide(connection, LEADER, published, GRANTED)
        assert not penalty_publicity.correctable(connection, published)
        given = {"result": "corrected", "reason": "x", "until_on": "2026-12-20"}
        with pytest.raises(errors.PublicityUnknown):
            publicity.correct(connection, OFFICER, published, shown, record=given, reason="x")
    with at(2029, 6, 12, 9):
        assert not penalty_publicity.correctable(connection, published)
    whole = _publish(connection, decided, paid=0)
    with at(2029, 6, 12, 9):
        assert not penalty_publicity.correctable(connection, whole)


def _end_on(connection: Connection, case: Any, day: date) -> None:
    """Let the publication of a case end on a day, as somebody has chosen it."""
    table = publicity.publicity
    connection.execute(sa.update(table).where(table.c.case_id == case.id).values(until_on=day))


def test_a_person_stays_without_a_name_and_what_is_right_stays(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 5, 20), 3000, kind="person")
    with at(2026, 5, 20, 15):
        with pytest.raises(errors.PublicityUnknown):
            penalty_publicity.ask_correction(connection, OFFICER, case, by="", why="x")
        serve(connection, case)
        penalty_publicity.publish(connection, OFFICER, case, {"months": 3})
        shown = penalty_publicity.ask_correction(connection, OFFICER, case, by="当事人", why="姓名有误")
        given = {"result": "corrected", "reason": "与证件核对", "applicant": "汪小明", "decided_on": "2026-05-19"}
        row = penalty_publicity.correct(connection, OFFICER, case, shown.id, given)
        assert (row.content["applicant"], row.content["decided_on"]) == ("汪**", "2026-05-19")
        name = party.get(connection, case.applicant_id).name
        penalty_publicity.ask_correction(connection, OFFICER, case, by="公示岗", why="不全")
        told = {"result": "corrected", "reason": "补全", "penalty": f"对{name}罚款3000元"}
        row = penalty_publicity.correct(connection, OFFICER, case, shown.id, told)
        assert (name in row.content["penalty"], row.content["penalty"][1]) == (False, name[0])
        penalty_publicity.ask_correction(connection, OFFICER, case, by="当事人", why="不服")
        kept = penalty_publicity.correct(connection, OFFICER, case, shown.id, {"result": "right", "reason": "无误"})
        assert kept == row
    assert audit.trail(connection, case.number)[-1].action in ("publicity.found_right", "deadline.met")


def test_why_it_was_taken_back_names_no_person_to_the_public(
    connection: Connection, decided: Decided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remedy, "undone", lambda _connection, _case_id: True)
    case = decided((2026, 5, 20), 3000, kind="person")
    name = party.get(connection, case.applicant_id).name
    with at(2026, 5, 20, 15):
        serve(connection, case)
        penalty_publicity.publish(connection, OFFICER, case, {"months": 3})
        row = penalty_publicity.withdraw(connection, OFFICER, case, f"{name}（13800138000）举证，事实认定有误")
    assert row is not None
    assert row.withdrawn_reason == f"{name[0]}{'*' * (len(name) - 1)}（138****8000）举证，事实认定有误"
