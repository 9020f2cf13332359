"""E13: each mode needs its proof and takes effect on its own day; a public notice comes last."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import deadline
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import payment, service
from engine.cases.papers import document
from tests.engine.cases.enforcement.execution.conftest import OFFICER, Decided, at

KIND = "penalty_decision"
SIGNED = {"mode": "direct", "receiver": "经理", "receiver_is": "representative"}


def tried(connection: Connection, case: Any, **given: Any) -> str:
    """Try to serve and return the day of effect."""
    return str(service.attempt(connection, OFFICER, case, KIND, given).effective_on)


@pytest.mark.parametrize(("given", "field"), [
    ({"mode": "direct"}, "receiver_is"),
    ({"mode": "direct", "receiver_is": "family"}, "receiver_is"),
    ({"mode": "left", "witness": "村委会张某"}, "reason"),
    ({"mode": "left", "reason": "拒绝签收"}, "witness"),
    ({"mode": "mail", "arrived_on": "2026-05-21"}, "reason"),
    ({"mode": "mail", "reason": "企业在外地"}, "arrived_on"),
    ({"mode": "mail", "reason": "企业在外地", "arrived_on": "2026-06-01"}, "arrived_on"),
    ({"mode": "electronic", "arrived_on": "2026-05-21"}, "confirmation"),
    ({"mode": "public", "unknown": True}, "reason"),
    ({"mode": "direct", "failed": True}, "reason"),
    ({**SIGNED, "handed_on": "2026-05-19"}, "handed_on"),
    ({**SIGNED, "handed_on": "2026-05-23"}, "handed_on"),
])  # fmt: skip
def test_what_proves_a_mode_must_be_there(
    connection: Connection, decided: Decided, given: dict[str, Any], field: str
) -> None:
    case = decided((2026, 5, 20), 8000)
    with at(2026, 5, 22, 9), pytest.raises(errors.ServiceProofMissing) as refused:
        tried(connection, case, **given)
    assert refused.value.facts["field"] == field
    assert service.of(connection, case.id) == []


@pytest.mark.parametrize(("given", "day"), [
    (SIGNED, "2026-05-22"),
    ({"mode": "left", "reason": "拒绝签收", "recording": "AV-0007", "handed_on": "2026-05-21"}, "2026-05-21"),
    ({"mode": "left", "reason": "拒绝签收", "witness": "村委会张某"}, "2026-05-22"),
    ({"mode": "entrusted", "reason": "在外地", "receiver_is": "clerk"}, "2026-05-22"),
    ({"mode": "mail", "reason": "在外地", "handed_on": "2026-05-20", "arrived_on": "2026-05-22"}, "2026-05-22"),
    ({"mode": "electronic", "confirmation": "送达地址确认书", "arrived_on": "2026-05-22"}, "2026-05-22"),
])  # fmt: skip
def test_each_mode_takes_effect_on_its_own_day(
    connection: Connection, decided: Decided, given: dict[str, Any], day: str
) -> None:
    case = decided((2026, 5, 20), 8000)
    with at(2026, 5, 22, 9):
        deadline.start(connection, OFFICER, case, service.PERIOD)
        assert tried(connection, case, **given) == day
        assert str(service.effective_on(connection, case, KIND)) == day
        assert deadline.find(connection, case, service.PERIOD) is None
        with pytest.raises(errors.ServiceDone):
            tried(connection, case, **SIGNED)
    actions = [event.action for event in audit.trail(connection, case.number)]
    assert [one for one in actions if one.startswith(("service", "document.served"))] == [
        "service.started", "document.served"]  # fmt: skip


def test_a_public_notice_comes_after_the_others_and_takes_thirty_days(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 5, 20), 8000)
    notice = {"mode": "public", "reason": "搬离原址，多次送达未果"}
    with at(2026, 5, 22, 9):
        with pytest.raises(errors.PublicServiceForbidden):
            tried(connection, case, **notice)
        assert tried(connection, case, mode="direct", failed=True, reason="门店关闭") == "None"
        with pytest.raises(errors.PublicServiceForbidden):
            tried(connection, case, **notice)
        tried(connection, case, mode="mail", failed=True, reason="退件：查无此人")
        assert tried(connection, case, **notice) == "2026-06-21"
        with pytest.raises(errors.ExecutionBeforeService):
            payment.open_(connection, OFFICER, case)
    with at(2026, 6, 20, 9), pytest.raises(errors.ServicePending):
        service.settle(connection, OFFICER, case, KIND)
    with at(2026, 6, 21, 9):
        row = service.settle(connection, OFFICER, case, KIND)
    assert (row.served_mode, str(service.effective_on(connection, case, KIND))) == ("public", "2026-06-21")


@pytest.mark.parametrize(("key", "value", "day"), [
    ("publication_day", "31", "2026-06-22"), ("publication_roll", "next", "2026-06-22"),
])  # fmt: skip
def test_the_thirtieth_day_is_read_as_the_settings_say(
    connection: Connection, decided: Decided, key: str, value: str, day: str
) -> None:
    setting.change(connection, OFFICER, key, value, reason="法制部门意见")
    case = decided((2026, 5, 20), 8000)
    with at(2026, 5, 22, 9):
        assert tried(connection, case, mode="public", unknown=True, reason="下落不明") == day


def test_what_is_not_there_cannot_be_served(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 5, 20), 8000)
    with at(2026, 5, 22, 9):
        with pytest.raises(errors.DocumentUnknown):
            service.attempt(connection, OFFICER, case, "no_penalty_decision", SIGNED)
        with pytest.raises(errors.ServiceModeUnknown):
            tried(connection, case, mode="pigeon")
        with pytest.raises(errors.ServicePending):
            service.settle(connection, OFFICER, case, KIND)
    assert document.find(connection, case.id, KIND).served_at is None  # type: ignore[union-attr]  # it was issued
