"""The sheet of a period says what decides its day, and nothing else, in the reader's language."""

from __future__ import annotations

import re
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Engine

from engine import audit, clock, db
from engine.cases import deadline
from engine.cases.clocks import period as periods
from engine.cases.clocks import setting, special
from tests.web.conftest import CLERK, Make, Visit
from web.shown import readings

ALL = {"roll_organ": "none", "stop_days": "after_start", "year_end": "provisional"}
NEW_YEARS_EVE = datetime(2026, 12, 31, 16, 30, tzinfo=clock.TOWN)


def _row(unit: str, day: str, why: str) -> Any:
    return SimpleNamespace(unit=unit, derivation=[[day, 1, why, None, False]], readings=ALL)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (_row("working", "2026-03-03", "working"), []),
        (_row("working", "2026-12-28", "working"), ["12月24日至31日"]),
        (_row("working", "2026-03-03", "stopped"), ["停钟 S 至恢复 R 扣除哪些日"]),
        (_row("calendar", "2026-12-28", "calendar"), ["机关以日计算的期限末日遇休息日"]),
        (_row("hour", "2026-12-31", "hour"), []),
    ],
)
def test_a_reading_is_told_only_where_it_can_move_the_day(row: Any, kept: list[str], town_app: Flask) -> None:
    with town_app.test_request_context(headers={"Cookie": "lang=zh_CN"}):
        assert [point.title for point in readings.readings_of(row)] == kept


def test_hours_end_at_an_hour(town: Engine, visit: Visit, make: Make) -> None:
    case = make()
    with db.transaction(town) as connection, clock.frozen(NEW_YEARS_EVE):
        deadline.start(connection, audit.SYSTEM, case, "police_hand_over", started_at=NEW_YEARS_EVE)
    told = visit(CLERK, language="en").get(f"/cases/{case.number}").text
    assert told.count("1 January 2027 16:30") == 2
    assert "Handing over to the police: how it is counted" in told


def test_a_stop_is_called_in_the_readers_language(town: Engine, visit: Visit, make: Make) -> None:
    case = make()
    with db.transaction(town) as connection:
        special.begin(
            connection, audit.SYSTEM, case, kind="检测", started_on=date(2026, 3, 2), notice_on=date(2026, 3, 2)
        )
    shown = {name: visit(CLERK, language=name).get(f"/cases/{case.number}").text for name in ("en", "zh_CN")}
    assert "<li>testing" in shown["en"]
    assert "<li>检测" in shown["zh_CN"]


def test_where_a_period_or_setting_comes_from_has_english_words() -> None:
    """An article is cited in Chinese; what else is said of an origin is not."""
    said = {known.origin: known.origin_en for known in setting.register().values()}
    said |= {known.article: known.article_en for known in periods.register().values()}
    telling = re.compile("默认|本镇|演示|二手|未核|未定|规则|来源|承诺|市场监管")
    assert sorted(text for text, english in said.items() if telling.search(text) and not english) == []
