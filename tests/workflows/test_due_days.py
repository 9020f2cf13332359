"""Every task of the approval process is due by the law's or the house's rule, and says which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from engine.cases.clocks import period
from engine.design import packages
from tests.workflows import walking

ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

AT_ONCE = "string(today())"
UNIT = ("deadline.promise", "deadline.decision")
"""A unit reviews within the promise, and within the law's period when the case is decided anew."""

DUE: dict[str, tuple[str | tuple[str, ...], str]] = {
    "A1": ("deadline.correction_notice", "行政许可法29、31"),
    "A2": ("deadline.correction_notice", "行政许可法32"),
    "A2c": ("deadline.correction_notice", "行政许可法32(1)(三)"),
    "A3c": ("deadline.correction_notice", "优化营商环境条例19"),
    "A3w": ("deadline.supplement", "行政许可法32(1)(四)"),
    "A4": (("deadline.correction_notice", AT_ONCE), "行政许可法32(1)(五)、32(2)"),
    "A4n": ("deadline.supplement", "行政许可法32(2)、72(七)"),
    "A6": (UNIT, "行政许可法26、34"),
    "unit_review_internal": (UNIT, "行政许可法31"),
    "review_lacking": ("lacking_due_at", "优化营商环境条例19"),
    "special_notice": (AT_ONCE, "行政许可法45"),
    "A7a": ("deadline.promise.eighty_at", "行政许可法34(3)"),
    "A7a_second": ("deadline.promise.eighty_at", "行政许可法34(3)"),
    "A7b_draw": ("special.days_needed", "行政许可法45"),
    "A7b": ('setting("expert_days")', "系统默认（设置 expert_days）"),
    "A7b_seat": (AT_ONCE, "系统默认"),
    "A7e": ("deadline.inspection_appointment", "行政许可法53、55"),
    "special_other": ("deadline.promise.eighty_at", "行政许可法34(3)"),
    "interested_parties": ("deadline.promise.eighty_at", "行政许可法36"),
    "interested_plea": ("plea_until", "行政许可法7、36"),
    "hearing_request": ("deadline.hearing_request", "行政许可法47"),
    "hearing_plan": ("deadline.hearing_held", "行政许可法48(1)(一)(三)"),
    "hearing_hold": ("hearing_on", "行政许可法48(1)(二)–(五)"),
    "A8": (UNIT, "行政许可法34、37"),
    "decision_preliminary": ("deadline.pre_review", "行政许可法35、43"),
    "decision_upper": ("working days after(today(), 20)", "行政许可法42(1)、43"),
    "A9": (UNIT, "行政许可法38、42"),
    "extension_approve": (("deadline.decision_joint", "deadline.decision"), "行政许可法42"),
    "A10": ("deadline.delivery", "行政许可法39"),
    "delivery_serve": (("deadline.delivery", AT_ONCE), "行政许可法44"),
    "A13": ("deadline.archive", "档案法实施条例39"),
    "rectification_contact": ("deadline.rating_contact", ""),
    "rectification_fix": ("deadline.rating_fix", ""),
    "supervision_answer": ("answer_by", ""),
    "correction_confirm": (AT_ONCE, "系统默认"),
    "A17_open": ("working days after(today(), 20)", "系统默认（比照行政许可法42(1)）"),
    "licence_change_plea": ('setting("plea_period")', "行政许可法7"),
    "A17": ("working days after(today(), 20)", "行政许可法8、69"),
    "licence_change_archive": ("deadline.archive", "档案法实施条例39"),
    "promise_check_task": (("promise_check_on", "promise_fix_on"), "优化营商环境条例19；行政许可法61"),
    "A12_watch": ("watch.check_by", "行政许可法61"),
    "A18": (AT_ONCE, "系统默认"),
    "licence_remedy_register": (AT_ONCE, "行政复议法48；行政诉讼法67"),
    "licence_remedy_answer": ("remedy_due_at", "行政复议法48、70；行政诉讼法34、67"),
    "licence_remedy_result": (('duration("P6M")', "calendar days after("), "行政复议法62；行政诉讼法81"),
}
"""By task: what its due day is computed from, and the article it stands on."""

TASKS = {
    task.attrib["id"]: task
    for path in sorted(walking.APPROVAL.folder.glob("*.bpmn"))
    for task in etree.parse(path).iter(f"{BPMN}userTask")
}


def test_every_task_has_a_due_day_and_every_due_day_a_task() -> None:
    assert TASKS.keys() == DUE.keys()


@pytest.mark.parametrize("element", DUE)
def test_a_task_is_due_by_the_rule_it_names(element: str) -> None:
    schedule = TASKS[element].find(f".//{ZEEBE}taskSchedule")
    sources, article = DUE[element]
    assert schedule is not None
    for source in (sources,) if isinstance(sources, str) else sources:
        assert source in schedule.get("dueDate")
    said = {entry.get("name"): entry.get("value") for entry in TASKS[element].iter(f"{ZEEBE}property")}
    assert said.get("article", "") == article


def test_due_days_name_periods_there_are() -> None:
    for task in TASKS.values():
        for key in re.findall(r"deadline\.(\w+)\.", task.find(f".//{ZEEBE}taskSchedule").get("dueDate")):
            assert period.get(key)


@pytest.mark.parametrize("path", sorted(packages.SHIPPED.glob("*/*.bpmn")), ids=lambda path: path.stem)
def test_a_period_that_a_service_begins_reaches_the_tasks_after_it(path: Path) -> None:
    for service in etree.parse(path).iterfind(f".//{BPMN}serviceTask"):
        work = [service.find(f".//{ZEEBE}taskDefinition").get("type")]
        work += [header.get("value") for header in service.iterfind(f".//{ZEEBE}header")]
        handed_on = [output.get("target") for output in service.iterfind(f".//{ZEEBE}output")]
        if handed_on and any(one.startswith("deadline.start") for one in work):
            assert any(name.partition(".")[0] == "deadline" for name in handed_on), service.get("id")
