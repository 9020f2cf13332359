"""Settings keep every reading of the law, and who chose another one."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Connection, Engine

from engine import audit, db, errors
from engine.cases.clocks import setting

ADMIN = audit.Actor("P900")


def test_every_setting_has_a_default_among_its_readings_and_an_origin() -> None:
    for known in setting.register().values():
        assert known.allows(known.default), known.key
        assert known.origin, known.key
        assert known.why, known.key
        assert known.why_en, known.key
        assert known.kind in ("number", "group", "text", "hours") or len(known.readings) >= 2, known.key


def test_an_unchanged_setting_is_the_default(db_connection: Connection) -> None:
    assert setting.load(db_connection)["stop_unwritten"] == "no_stop"


def test_settings_are_read_once_in_a_unit_of_work_and_anew_after_a_change(database: Engine) -> None:
    with db.transaction(database) as connection:
        before = setting.load(connection)
        assert setting.load(connection) is before
        setting.change(connection, ADMIN, "supplement_days", 20, reason="试行")
        assert (before["supplement_days"], setting.load(connection)["supplement_days"]) == (15, 20)


def test_a_change_holds_and_is_recorded_with_its_reason(db_connection: Connection) -> None:
    setting.change(db_connection, ADMIN, "roll_organ", "next", reason="法制办意见")
    setting.change(db_connection, ADMIN, "roll_organ", "none", reason="改回")
    setting.change(db_connection, ADMIN, "supplement_days", 20, reason="试行")
    values = setting.load(db_connection)
    assert (values["roll_organ"], values["supplement_days"]) == ("none", 20)
    trail = audit.trail(db_connection, setting.STREAM)
    assert [(event.details["before"], event.details["after"]) for event in trail] == [
        ("none", "next"),
        ("next", "none"),
        (15, 20),
    ]
    shown = {row.setting.key: row for row in setting.shown(db_connection)}
    assert (shown["supplement_days"].changed_by, shown["supplement_days"].reason) == ("P900", "试行")
    assert shown["year_end"].changed_by is None


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("roll_organ", "sometimes", "x"),
        ("supplement_days", 0, "x"),
        ("supplement_days", True, "x"),
    ],
)
def test_a_reading_the_law_does_not_have_is_refused(
    db_connection: Connection, key: str, value: str | int, reason: str
) -> None:
    with pytest.raises(errors.SettingReadingUnknown):
        setting.change(db_connection, ADMIN, key, value, reason=reason)


def test_a_setting_is_not_changed_without_a_reason(db_connection: Connection) -> None:
    with pytest.raises(errors.ReasonMissing):
        setting.change(db_connection, ADMIN, "roll_organ", "next", reason=" ")


def test_an_unknown_setting_is_refused(db_connection: Connection) -> None:
    with pytest.raises(errors.SettingUnknown):
        setting.change(db_connection, ADMIN, "nothing", "x", reason="x")
    with pytest.raises(errors.SettingUnknown):
        setting.load(db_connection)["nothing"]


def test_a_text_that_nobody_need_enter_can_be_entered_and_taken_back(db_connection: Connection) -> None:
    setting.change(db_connection, ADMIN, "transfer_decision", "苏政发〔2020〕1号", reason="已公布")
    setting.change(db_connection, ADMIN, "transfer_decision", "", reason="填错")
    assert setting.load(db_connection)["transfer_decision"] == ""
    with pytest.raises(errors.SettingReadingUnknown):
        setting.change(db_connection, ADMIN, "court_name", "", reason="清空")
