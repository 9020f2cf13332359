"""I1 to I16 in the diagrams themselves: what stands between, which condition a flow has, who is offered a step.

A row of :data:`BETWEEN` says that nothing gets from one node to another without passing a third; the nodes are those of
``workflows/enforcement_case``. That forms and requests find no way round is in ``tests/web/blueprints/enforcement``.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest
from lxml import etree

from engine import db
from engine.flow import handlers
from tests.web.invariants import TRIES
from tests.workflows import walking

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"


class Between(NamedTuple):
    """Nothing gets from ``begin`` to ``end`` in a diagram without passing ``pass_``."""

    invariant: str
    diagram: str
    begin: str
    pass_: str
    end: str


BETWEEN = (
    Between("I1", "notice_and_plea", "notice_start", "notice_served", "notice_gw"),
    Between("I1", "notice_and_plea", "notice_start", "E9", "notice_end"),
    Between("I1", "notice_and_plea", "notice_start", "E9", "notice_end_silent"),
    Between("I1", "notice_and_plea", "notice_answer", "E10", "notice_end"),
    Between("I1", "penalty_decision", "decision_start", "decision_told", "E12"),
    Between("I1", "penalty_decision", "decision_notice", "decision_ready", "E12"),
    Between("I1", "penalty_decision", "decision_plea", "decision_ready", "E12"),
    Between("I2", "enforcement_case", "main_investigation", "main_review", "main_decision"),
    Between("I2", "enforcement_case", "main_review", "main_reviewed", "main_decision"),
    Between("I2", "penalty_decision", "decision_review", "decision_passed", "E12"),
    Between("I2", "penalty_decision", "decision_recheck", "decision_ready", "E12"),
    Between("I3", "filing_of_case", "filing_start", "E4", "filing_end_filed"),
    Between("I3", "filing_of_case", "E4", "E4a", "filing_end_filed"),
    Between("I3", "investigation", "E5_act", "E5_sign", "inv_signed"),
    Between("I5", "notice_and_plea", "notice_hearing", "notice_standing", "notice_end_silent"),
    Between("I5", "penalty_hearing", "penalty_hearing_start", "E9h_hold", "penalty_hearing_end"),
    Between("I5", "penalty_hearing", "penalty_hearing_planned", "penalty_hearing_open", "E9h_hold"),
    Between("I6", "penalty_decision", "decision_start", "decision_collective", "E12"),
    Between("I6", "penalty_decision", "decision_plea_meeting", "decision_collective", "E12"),
    Between("I7", "notice_and_plea", "E10", "notice_recheck", "notice_end"),
    Between("I7", "penalty_decision", "E10_late", "decision_recheck", "E12"),
    Between("I8", "keeping_of_evidence", "keep_start", "E5a_approve", "keep_begin"),
    Between("I8", "keeping_of_evidence", "keep_day7", "keep_late", "keep_end"),
    Between("I8", "seizure_of_things", "E5b_act", "E5b_decide", "seize_close"),
    Between("I8", "seizure_of_things", "seize_time", "seize_look", "seize_end"),
    Between("I10", "penalty_decision", "E12", "decision_made", "decision_end"),
    Between("I11", "enforcement_case", "main_decision", "main_service", "main_carried"),
    Between("I11", "enforcement_case", "carried_start", "main_payment", "main_execution"),
    Between("I11", "service_of_documents", "E13", "service_done", "service_end"),
    Between("I11", "court_execution", "court_start", "court_over", "E15b_urge"),
    Between("I11", "court_execution", "E15b_urge", "court_ten", "E15b_apply"),
    Between("I11", "own_execution", "own_start", "own_time", "E15c_decide"),
    Between("I11", "own_execution", "own_start", "own_decide", "E15c_perform"),
    Between("I11", "closing_of_case", "closing_wait", "E17", "closing_close"),
    Between("I11", "closing_of_case", "closing_start", "E19", "closing_end"),
    Between("I12", "enforcement_case", "carried_start", "carried_fork", "carried_end"),
    Between("I13", "intake_of_lead", "intake_start", "intake_double", "intake_power"),
    Between("I13", "intake_of_lead", "E1d", "intake_same", "intake_power"),
    Between("I14", "on_the_spot", "spot_start", "spot_collection", "S2"),
    Between("I14", "on_the_spot", "S2", "S2o", "spot_end"),
    Between("I14", "on_the_spot", "S2o", "S2b", "spot_both"),
)

FLOWS = {
    ("I1", "penalty_decision", "decision_told", "decision_notice"): "=notice_needed",
    ("I1", "notice_and_plea", "notice_gw", "E9"): "=waiting",
    ("I1", "penalty_decision", "decision_gw", "E10_late"): "=plea_open",
    ("I2", "penalty_decision", "decision_gw", "decision_review"): "=review_needed",
    ("I2", "penalty_decision", "decision_passed", "decision_told"): '=review_result = "passed"',
    ("I2", "enforcement_case", "main_reviewed", "main_investigation"): '=review_result != "passed"',
    ("I5", "notice_and_plea", "notice_gw", "notice_hearing"): "=hearing_open",
    ("I5", "penalty_hearing", "penalty_hearing_open", "penalty_hearing_end_withdrawn"): "=not(hearing_open)",
    ("I5", "penalty_hearing", "penalty_hearing_open", "E9h_hold"): "=hearing_served",
    ("I5", "penalty_hearing", "penalty_hearing_open", "E9h_serve"): "=hearing_planned and not(hearing_served)",
    ("I6", "penalty_decision", "decision_serious", "E11"): '=collective_rule.answer = "yes" and not(discussed)',
    ("I6", "penalty_decision", "decision_serious", "E11_threshold"): '=collective_rule.answer = "unknown"',
    ("I7", "penalty_decision", "decision_changed", "E10_late"): "=meeting.changed",
    ("I8", "keeping_of_evidence", "keep_approved", "E5a_notice"): "=keep.approved = true",
    ("I11", "enforcement_case", "carried_paid", "main_execution"): "=unpaid",
    ("I12", "enforcement_case", "main_penalised", "main_carried"): '=decision_result = "penalty"',
    ("I12", "enforcement_case", "main_spot_result", "main_carried"): '=simple_result = "penalised"',
    ("I12", "enforcement_case", "carried_fork", "E14"): None,
    ("I14", "on_the_spot", "spot_fork", "S2"): '=on_spot_collection.allowed and spot.cash = "yes"',
}
"""Under which condition a flow is taken; None: always."""

OFFERED = {
    ("I3", "investigation", "E5_sign"): "=site.others",
    ("I4", "legal_review", "E7"): "legal.reviewer",
    ("I4", "penalty_hearing", "E9h_plan"): "legal.hearing_chair",
    ("I4", "penalty_hearing", "E9h_hold"): "legal.hearing_chair",
    ("I5", "penalty_hearing", "E9h_serve"): "enforcement.service",
    ("I9", "penalty_decision", "E12"): '=if collective_required then ["town.mayor"] else ["town.leader", "town.mayor"]',
}
KEPT_OUT = (("legal_review", "E7"), ("penalty_hearing", "E9h_plan"), ("penalty_hearing", "E9h_hold"))
INTERRUPTED = {
    ("I1", "penalty_decision", "E12"): "message",
    ("I1", "notice_and_plea", "E9"): "timer",
    ("I8", "keeping_of_evidence", "E5a"): "timer",
    ("I8", "seizure_of_things", "E5b_decide"): "timer",
    ("I11", "enforcement_case", "main_carried"): "message",
}
"""What takes a step out of people's hands: a plea before the decision, a period that is over, an annulment."""

RUNS = {
    ("I3", "filing_of_case", "filing_file"): ["case.file", "document.issue"],
    ("I7", "notice_and_plea", "notice_recheck"): ["recheck.record", "document.issue"],
    ("I10", "penalty_decision", "decision_made"): ["penalty.decide", "fine.code", "penalty.papers"],
    ("I10", "on_the_spot", "spot_decide"): ["spot.decide", "document.issue", "document.serve", "deadline.start"],
    ("I11", "closing_of_case", "closing_archive"): ["deadline.meet", "case.archive"],
}
"""What a service does, in order: it is judged before it is written down."""


@cache
def diagram(name: str) -> etree._Element:
    """Return a diagram of the package."""
    return etree.parse(walking.ENFORCEMENT.folder / f"{name}.bpmn").getroot()


def node(name: str, wanted: str) -> etree._Element:
    """Return a node of a diagram, which must be there."""
    found = [each for each in diagram(name).iter(f"{BPMN}*") if each.get("id") == wanted]
    assert len(found) == 1, f"{wanted} in {name}"
    return found[0]


def reached(name: str, begin: str, without: str) -> set[str]:
    """Return what can be reached in a diagram from a node if another one is taken out."""
    ways: dict[str, list[str]] = {}
    for flow in diagram(name).iter(f"{BPMN}sequenceFlow"):
        ways.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for event in diagram(name).iter(f"{BPMN}boundaryEvent"):
        ways.setdefault(event.get("attachedToRef", ""), []).append(event.get("id", ""))
    seen, open_ = {begin}, [begin]
    while open_:
        for after in ways.get(open_.pop(), ()):
            if after not in seen and after != without:
                seen.add(after)
                open_.append(after)
    return seen


@pytest.mark.parametrize("one", BETWEEN, ids=lambda one: f"{one.invariant} {one.pass_} before {one.end}")
def test_nothing_gets_there_without_passing(one: Between) -> None:
    for name in (one.begin, one.pass_, one.end):
        node(one.diagram, name)
    assert one.end in reached(one.diagram, one.begin, without="")
    assert one.end not in reached(one.diagram, one.begin, without=one.pass_)


@pytest.mark.parametrize("place", FLOWS, ids=lambda place: f"{place[0]} {place[2]} to {place[3]}")
def test_a_flow_has_its_condition(place: tuple[str, str, str, str]) -> None:
    _, name, source, target = place
    flows = diagram(name).iter(f"{BPMN}sequenceFlow")
    (flow,) = (each for each in flows if (each.get("sourceRef"), each.get("targetRef")) == (source, target))
    assert flow.findtext(f"{BPMN}conditionExpression") == FLOWS[place]


@pytest.mark.parametrize("place", OFFERED, ids=lambda place: f"{place[0]} {place[2]}")
def test_a_step_is_offered_to_those_only(place: tuple[str, str, str]) -> None:
    (offered,) = node(*place[1:]).iter(f"{ZEEBE}assignmentDefinition")
    assert list(offered.attrib.values()) == [OFFERED[place]]


@pytest.mark.parametrize("place", KEPT_OUT, ids=lambda place: place[1])
def test_a_step_keeps_out_who_has_investigated(place: tuple[str, str]) -> None:
    """I4."""
    properties = {each.get("name"): each.get("value") for each in node(*place).iter(f"{ZEEBE}property")}
    assert properties.get("keeps_out") == "investigators"


@pytest.mark.parametrize("place", INTERRUPTED, ids=lambda place: f"{place[0]} {place[2]}")
def test_what_must_interrupt_interrupts(place: tuple[str, str, str]) -> None:
    events = [each for each in diagram(place[1]).iter(f"{BPMN}boundaryEvent") if each.get("attachedToRef") == place[2]]
    kinds = {
        etree.QName(part).localname.removesuffix("EventDefinition")
        for each in events
        if each.get("cancelActivity") != "false"
        for part in each
    }
    assert INTERRUPTED[place] in kinds


@pytest.mark.parametrize("place", RUNS, ids=lambda place: f"{place[0]} {place[2]}")
def test_a_service_judges_before_it_writes(place: tuple[str, str, str]) -> None:
    headers = {each.get("key"): each.get("value", "") for each in node(*place[1:]).iter(f"{ZEEBE}header")}
    assert [headers[key].split()[0] for key in sorted(filter(str.isdecimal, headers))] == RUNS[place]


def test_the_decision_is_due_on_the_ninetieth_day() -> None:
    """I9: the task that decides carries the day."""
    (schedule,) = node("penalty_decision", "E12").iter(f"{ZEEBE}taskSchedule")
    assert schedule.get("dueDate") == "=decide_by"


def test_a_fine_of_the_ordinary_procedure_goes_to_the_bank() -> None:
    """I14: no channel of the form puts money into an officer's hands."""
    form = db.loads((walking.ENFORCEMENT.folder / "forms" / "e15_pay.form").read_text("utf-8"))
    fields = [part for group in form["components"] for part in group.get("components", ())]
    (channel,) = (part for part in fields if part.get("key") == "channel" or part.get("path") == "paying.channel")
    assert [option["value"] for option in channel["values"]] == ["bank", "electronic"]


def test_no_service_deletes_anything() -> None:
    """I15: corrections are new versions; no service that a diagram may name takes something away."""
    for kind in handlers.types():
        assert not any(word in kind for word in ("delete", "remove", "purge", "drop")), kind


def test_no_diagram_counts_fines_for_anybody() -> None:
    """I16: what a fine comes to is no variable of any process but those of the penalty itself (行政处罚法74(3))."""
    for path in (walking.ROOT / "workflows").glob("*/*.bpmn"):
        if path.parent.name != "enforcement_case":
            assert "fine.amount" not in path.read_text("utf-8"), path.name


def test_each_invariant_is_tried_and_drawn() -> None:
    drawn = {row.invariant for row in BETWEEN} | {place[0] for each in (FLOWS, OFFERED, RUNS) for place in each}
    every = {f"I{number}" for number in range(1, 17)}
    assert drawn | {"I15", "I16"} == every, "I15 and I16 are above, by what no diagram may do"
    assert {one.invariant for one in TRIES} | {"I15", "I16"} == every | {"S1"}, "S1 is the penalty on the spot"
