"""Every period of enforcement, row by row: article, length, unit, start, whose, stop, end, a day counted by hand."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine import calendars, clock
from engine.cases.clocks import period, setting
from engine.ground.counting import Stop, Unit

ROOT = Path(__file__).parents[4]
WORKING, CALENDAR, MONTH, HOUR = "working", "calendar", "month", "hour"


class Row(NamedTuple):
    """A period as the flows write it; ``last`` is its last day from Friday 24 April 2026, half past ten in the evening.

    1 to 5 May 2026 are days of rest, Saturday 9 May is worked, Friday 19 June is a day of rest.
    """

    node: str
    key: str
    article: str
    length: int
    unit: str
    start: str
    bound: str
    at_end: str
    last: str
    stops: bool | str = False
    extension: int | None = None
    named: str = ""


ROWS = (
    Row("E1", "lead_check", "系统默认", 15, WORKING, "received_at", "organ", "overdue", "2026-05-19",
        named="lead_check_days"),
    Row("E4", "cf_decision", "行政处罚法60", 90, CALENDAR, "accepted_at", "organ", "overdue", "2026-07-23", "police"),
    Row("S2", "cash_to_organ", "行政处罚法71、85", 2, WORKING, "now", "organ", "supervise", "2026-04-28"),
    Row("S2", "cash_to_bank", "行政处罚法71、85", 2, WORKING, "now", "organ", "supervise", "2026-04-28"),
    Row("S3", "spot_record", "行政处罚法52(3)", 2, WORKING, "decided_at", "organ", "overdue", "2026-04-28",
        named="spot_record_days"),
    Row("E5a", "keeping", "行政处罚法56、85", 7, WORKING, "now", "organ", "supervise", "2026-05-08"),
    Row("E5b", "seizure", "行政强制法25(1)", 30, CALENDAR, "now", "organ", "overdue", "2026-05-24", True, 30),
    Row("E5b", "urgent_seizure_report", "行政强制法19", 24, HOUR, "now", "organ", "supervise", "2026-04-25"),
    Row("E5e", "police_decision", "移送规定5", 3, CALENDAR, "now", "organ", "supervise", "2026-04-27", named="ys_unit"),
    Row("E5e", "police_hand_over", "移送规定5", 24, HOUR, "now", "organ", "supervise", "2026-04-25"),
    Row("E5e", "police_answer", "移送规定8", 3, CALENDAR, "now", "police", "remind", "2026-04-27", named="ys_unit"),
    Row("E5e", "police_reconsideration", "移送规定9", 3, CALENDAR, "now", "organ", "lapsed", "2026-04-27",
        named="ys_unit"),
    Row("E5e", "police_again", "移送规定9(2)", 3, CALENDAR, "now", "police", "remind", "2026-04-27", named="ys_unit"),
    Row("E5e", "police_supervision", "移送规定9", 3, CALENDAR, "now", "organ", "lapsed", "2026-04-27", named="ys_unit"),
    Row("E5e", "police_things", "移送规定12", 3, CALENDAR, "now", "organ", "supervise", "2026-04-27", named="ys_unit"),
    Row("E7", "legal_review", "系统默认", 10, WORKING, "now", "organ", "overdue", "2026-05-12",
        named="legal_review_days"),
    Row("E9", "plea", "行政处罚法45", 5, WORKING, "now", "party", "remind", "2026-05-06", named="plea_period"),
    Row("E9", "penalty_hearing_request", "行政处罚法64(一)、85", 5, WORKING, "now", "party", "lapsed", "2026-05-06"),
    Row("E13", "cf_service", "行政处罚法61、85", 7, WORKING, "decided_at", "organ", "overdue", "2026-05-08"),
    Row("E14", "push_receipt", "系统默认", 1, WORKING, "now", "organ", "supervise", "2026-04-27",
        named="push_receipt_days"),
    Row("E15", "payment", "行政处罚法67(3)", 15, CALENDAR, "now", "party", "overdue", "2026-05-09"),
    Row("E15", "execution_stay", "行政强制法39(2)", 36, MONTH, "now", "organ", "remind", "2029-04-24"),
    Row("E15b", "court_urging", "行政强制法54、69", 10, WORKING, "now", "party", "remind", "2026-05-12"),
    Row("E15b", "court_application", "行政强制法53", 3, MONTH, "now", "organ", "lapsed", "2026-07-24"),
    Row("E15b", "court_acceptance", "行政强制法56、69", 5, WORKING, "now", "court", "remind", "2026-05-06"),
    Row("E15b", "court_ruling", "行政强制法57、69", 7, WORKING, "now", "court", "remind", "2026-05-08"),
    Row("E15b", "court_refusal", "行政强制法56(2)", 15, CALENDAR, "now", "court", "lapsed", "2026-05-09"),
    Row("E16", "reconsideration_window", "行政复议法20", 60, CALENDAR, "now", "court", "lapsed", "2026-06-23"),
    Row("E16", "suit_window", "行政诉讼法46", 6, MONTH, "now", "court", "lapsed", "2026-10-26"),
    Row("E16", "suit_after_reconsideration", "行政诉讼法45", 15, CALENDAR, "now", "court", "lapsed", "2026-05-09"),
    Row("E16", "reconsideration_forward", "行政复议法32、88(2)", 5, WORKING, "now", "organ", "overdue", "2026-05-06"),
    Row("E16", "reconsideration_copy", "行政复议法30、48、88(2)", 12, WORKING, "now", "court", "remind", "2026-05-14"),
    Row("E16", "remedy_reconsideration", "行政复议法48", 10, WORKING, "now", "organ", "overdue", "2026-05-12"),
    Row("E16", "remedy_reconsideration_simple", "行政复议法54", 5, WORKING, "now", "organ", "overdue", "2026-05-06"),
    Row("E16", "remedy_litigation", "行政诉讼法67", 15, CALENDAR, "now", "court", "overdue", "2026-05-09"),
    Row("E16", "publicity_withdrawal", "行政处罚法48(2)、85", 3, WORKING, "now", "organ", "supervise", "2026-04-29"),
    Row("E17", "cf_closing", "系统默认", 15, WORKING, "now", "organ", "overdue", "2026-05-19", named="closing_days"),
    Row("E18", "penalty_publicity", "行政处罚法48(1)", 7, WORKING, "decided_at", "organ", "overdue", "2026-05-08",
        named="penalty_publicity_days"),
    Row("E18", "publicity_early_end", "45号令14(2)", 0, WORKING, "now", "organ", "supervise", "2026-04-24",
        named="publicity_early_days"),
    Row("E18", "publicity_correction", "45号令12", 1, WORKING, "now", "organ", "supervise", "2026-04-27",
        named="publicity_correction_days"),
    Row("E19", "cf_archive", "系统默认", 30, CALENDAR, "now", "organ", "overdue", "2026-05-24",
        named="cf_archive_days"),
)  # fmt: skip

DEFAULTS = {key: one.default for key, one in setting.register().items()}
FRIDAY = datetime(2026, 4, 24, 22, 30, tzinfo=clock.TOWN)


def counted(key: str, start: datetime = FRIDAY, stops: tuple[Stop, ...] = (), **settings: Any) -> str:
    """Return the last day of a period as the product counts it, with the settings as shipped but those given."""
    known, values = period.get(key), DEFAULTS | settings
    length, used = period.length_of(known, values, {}), period.readings(known, values)
    day = period.compute(calendars.built_in(), known, length, start, used, stops).day
    return day.isoformat() if day else "stopped"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.node}-{row.key}")
def test_a_period_is_what_the_flows_say(row: Row) -> None:
    known = period.get(row.key)
    length = period.length_of(known, DEFAULTS, {})
    said = Row(row.node, known.key, known.article.split("（")[0].split("；")[0], length.number, str(length.unit),
               known.start, known.bound, known.at_end, counted(row.key), known.stops, known.extension,
               _named(known))  # fmt: skip
    assert said == row


def _named(known: period.Period) -> str:
    return next((str(part["setting"]) for part in (known.length, known.unit)
                 if isinstance(part, dict) and "setting" in part), "")  # fmt: skip


def test_no_period_of_enforcement_is_left_out() -> None:
    shipped = list(period.register())
    of_enforcement = set(shipped[shipped.index("lead_check") : shipped.index("grid_case")])
    ours = {row.key for row in ROWS if row.key != "push_receipt" and not row.key.startswith("remedy_")}
    assert of_enforcement == ours


@cache
def _sources() -> str:
    drawn = (ROOT / "workflows" / "enforcement_case").glob("*.bpmn")
    return "\n".join(path.read_text("utf-8") for path in (*drawn, *(ROOT / "engine" / "cases").rglob("*.py")))


@pytest.mark.parametrize("key", [row.key for row in ROWS if row.key != "push_receipt"])
def test_a_step_starts_every_period(key: str) -> None:
    assert re.search(rf'deadline\.start period={key}\b|"{key}"', _sources()), key


@pytest.mark.parametrize("row", [row for row in ROWS if row.named and row.named not in ("ys_unit", "plea_period")])
def test_a_length_that_no_law_sets_follows_its_setting(row: Row) -> None:
    moved = counted(row.key, **{row.named: row.length + 1})
    assert moved > row.last
    assert setting.register()[row.named].origin


READINGS = (
    # setting, reading, period, start, last day as shipped, last day under the reading
    ("roll_organ", "next", "seizure", "2026-04-24", "2026-05-24", "2026-05-25"),
    ("roll_organ", "next", "cf_decision", "2026-05-11", "2026-08-09", "2026-08-10"),
    ("roll_party", "none", "payment", "2026-04-16", "2026-05-06", "2026-05-01"),
    ("ys_unit", "working", "police_decision", "2026-04-29", "2026-05-02", "2026-05-07"),
    ("plea_period", "3", "plea", "2026-04-24", "2026-05-06", "2026-04-29"),
)


@pytest.mark.parametrize(("key", "reading", "name", "start", "shipped", "other"), READINGS)
def test_a_day_follows_the_reading_that_was_chosen(
    key: str, reading: str, name: str, start: str, shipped: str, other: str
) -> None:
    begun = datetime.combine(date.fromisoformat(start), datetime.min.time(), clock.TOWN)
    assert (counted(name, begun), counted(name, begun, **{key: reading})) == (shipped, other)


TEST = Stop(date(2026, 4, 28), date(2026, 5, 8))


@pytest.mark.parametrize(
    ("key", "settings", "last"),
    [
        ("seizure", {}, "2026-06-03"),  # ten days given back: 29 April to 8 May (强制法25(3))
        ("seizure", {"stop_days": "both"}, "2026-06-04"),
        ("cf_decision", {}, "2026-08-02"),  # only a stop by the police comes here
        ("keeping", {}, "2026-05-08"),
        ("payment", {}, "2026-05-09"),
        ("suit_window", {}, "2026-10-26"),
    ],
)
def test_what_stops_a_period_and_what_does_not(key: str, settings: dict[str, str], last: str) -> None:
    assert counted(key, stops=(TEST,), **settings) == last


def test_a_test_that_has_no_result_yet_leaves_the_end_open() -> None:
    assert counted("seizure", stops=(Stop(date(2026, 4, 28), None),)) == "stopped"
    assert Unit(period.get("seizure").unit) is Unit.CALENDAR


SETTINGS = {
    "roll_organ": ("none", "next"), "roll_party": ("none", "next!"), "before_n": ("clear!", "nth"),
    "stop_days": ("after_start!", "both"), "stop_unwritten": ("no_stop!", "stops"),
    "stop_late_notice": ("from_notice!", "from_start"), "ext_late": ("refused!", "counted"),
    "promise_stop": ("yes!", "no"), "year_end": ("provisional!", "final"), "post_in_time": ("in_time!", "late"),
    "xk47_unit": ("working!", "calendar"), "xk47_start": ("request!", "notice"), "xk50_unit": ("calendar!", "working"),
    "xk_receipt": ("that_day!", "next_working_day"), "xk_bar_start": ("decision!", "act"),
    "supplement_expiry": ("remind!", "withdrawn"), "lacking_expiry": ("decide!", "withdrawn"),
    "publish_refusal": ("no!", "yes"), "cf36_first_day": ("not_counted!", "counted"),
    "cf60_criminal": ("runs!", "stopped"), "plea_period": ("5!", "3"), "waiver_form": ("any!", "written"),
    "waiver_hearing": ("no!", "yes"), "xz53_simple": ("reconsideration_end!", "litigation_end"),
    "sole_trader": ("citizen!", "entity"), "storage_day7": ("alarm!", "release"), "seizure_power": ("no!", "yes"),
    "seizure_kept": ("no!", "yes"), "publication_day": ("30!", "31"), "publication_roll": ("none!", "next"),
    "ys_unit": ("calendar!", "working"), "fee_day": ("yes!", "no"), "fee_base": ("fine!", "rest"),
    "fee_pause": ("day_after!", "that_day"), "surcharge_remedy": ("own!", "follows"),
    "recusal_prior_acts": ("stand_marked!", "void"), "unpublish_ended": ("state!", "nothing"),
    "rule45_scope": ("domain!", "no"),
}  # fmt: skip
"""The readings of what the law leaves open, the default with a mark; ``roll_organ`` is strict."""


@pytest.mark.parametrize("key", SETTINGS)
def test_what_the_law_leaves_open_has_both_readings_a_default_and_an_origin(key: str) -> None:
    one = setting.register()[key]
    marked = [reading.removesuffix("!") for reading in SETTINGS[key] if reading.endswith("!")] or ["none"]
    assert {reading.value for reading in one.readings} == {reading.removesuffix("!") for reading in SETTINGS[key]}
    assert (one.default, bool(one.why and one.why_en and one.origin)) == (marked[0], True)


ROLLS = {"roll_organ", "roll_party"}
"""Asked for by whose period it is: :data:`READINGS` proves them."""
OF_ENFORCEMENT = {key for key in SETTINGS if setting.register()[key].area != "approval"}


@pytest.mark.parametrize("key", sorted(OF_ENFORCEMENT - ROLLS))
def test_a_reading_is_asked_for_where_it_matters(key: str) -> None:
    tables = (ROOT / "workflows" / "enforcement_case").glob("*.dmn")
    periods = ROOT / "engine" / "cases" / "data" / "periods.json"
    texts = _sources() + "".join(path.read_text("utf-8") for path in (*tables, periods))
    assert re.search(rf'("|&quot;){key}("|&quot;)', texts), key
