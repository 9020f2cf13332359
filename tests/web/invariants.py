"""What nobody may get past in a penalty case: I1 to I16 and, on the spot, S1.

Each row says what is tried, where, by whom, and what refuses it. The table is tried through the pages and as a program
through the API (``blueprints/enforcement/test_invariants.py``). Values are what a form sends, forged ones among them;
``form`` means that the form itself refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.cases.enforcement import on_the_spot
from engine.cases.enforcement.judging import review
from tests.web import judged

INTAKE, LEADER, SERVER, FINANCE = "demo075", "demo003", "demo076", "demo081"
ONE, TWO, THREE = "demo058", "demo064", "demo070"
"""An officer of each team."""
STREET = "sc01_on_the_spot"
DEAR = (STREET, {"S1": {"spot.amount": 200, "spot.cash": "yes", "spot.hard": True}})
HEARD = "sc03_dust_hearing_and_second_review"
PAYS = "sc07_annulled_before_it_is_closed"


@dataclass(frozen=True)
class Try:
    """One try.

    ``place`` is a scenario that is walked until the element, with what is entered otherwise on the way, or the steps of
    :func:`tests.web.judged.reach`.
    """

    invariant: str
    what: str
    place: Any
    element: str
    login: str
    error: str
    values: Mapping[str, Any] = field(default_factory=dict)
    draft: int | None = None
    """Another fine that is written into the draft behind everybody's back."""


FILED = {"filing.officers": ["P064", "P065"], "filing.declared": "true", "filing.reason": "应当处罚"}
SPOT = {
    "spot.result": "penalty", "spot.reason": "属实", "spot.officers": ["P064", "P065"], "spot.kinds": ["罚款"],
    "spot.done": list(on_the_spot.ACTS), "spot.date": "2026-02-14", "spot.place": "绿化带", "spot.amount": "100",
    "spot.signed": "signed", "spot.cash": "no",
}  # fmt: skip
ACT = {
    "site.kind": "inspection", "site.start": "2026-04-24T14:00", "site.end": "2026-04-24T14:40", "site.place": "店内",
    "site.officers": ["P070", "P071"], "site.licences_shown": "true", "site.findings": "农药十二瓶",
    "site.recording": "AV-1", "site.signature": "signed",
}  # fmt: skip
PASSED = {"review.result": "passed", **{f"review.checklist.{point}.holds": "yes" for point in review.CHECKLIST}}
TOLD = {"notice.mode": "direct", "notice.recipient": "经理", "notice.handed_on": "2026-04-03"}
RECHECKED = {
    "rechecking.result": "lighter", "rechecking.reasons": "采纳", "act.facts": "排放油烟超过标准0.4倍",
    "penalty.kinds[0].kind": "罚款", "penalty.kinds[0].amount": "5000",
}  # fmt: skip
DECIDED = {"decision.result": "penalty", "decision.reason": "事实清楚", "penalty.performance": "十五日内缴纳"}
SERVED = {"serving.mode": "direct", "serving.receiver": "经理", "serving.receiver_is": "representative"}
PAID = {"paying.kind": "payment", "paying.amount": "5000", "paying.channel": "bank", "paying.reference": "YH9"}
MILDER = {
    "party.kind": "entity", "party.name": "某装饰工程公司", "party.address": "官林镇工业路6号", "act.facts": "倾倒垃圾",
    "act.date": "2026-05-30", "act.place": "官林镇都山荡", "act.in_town": "true", "act.harm": "none",
    "conclusion": "breach", "power_code": "GL-CF3-301", "other_power": "GL-CF3-304", "check_reason": "现场查看",
}  # fmt: skip

TRIES = (
    Try("I1", "silence is no waiver", judged.TO_PLEA, "E9", judged.OFFICER, "form",
        {"answer.kind": "waiver", "answer.received_on": "2026-04-03", "answer.text": "没有答复", "answer.form": ""}),
    Try("I1", "a waiver from before the notice", judged.TO_PLEA, "E9", judged.OFFICER, "WaiverNotExplicit",
        {"answer.kind": "waiver", "answer.received_on": "2026-04-02", "answer.text": "放弃", "answer.form": "written"}),
    Try("I1", "a notice handed over in the future", judged.TO_NOTICE, "E8", judged.OFFICER, "form",
        {**TOLD, "notice.handed_on": "2026-05-01"}),
    Try("I1", "a notice from before its draft", judged.TO_NOTICE, "E8", judged.OFFICER, "NoticeServiceWrong",
        {**TOLD, "notice.handed_on": "2026-03-01"}),
    Try("I2", "a point that does not hold passes", (), "E7", judged.REVIEWER, "ReviewNotPassable",
        {**PASSED, "review.checklist.law.holds": "no"}),
    Try("I2", "one yuan changed after the review", judged.TO_DECISION, "E12", judged.MAYOR, "ReviewVoid",
        DECIDED, draft=5001),
    Try("I3", "a penalty on the spot by one officer", STREET, "S1", TWO, "OfficersTooFew",
        {**SPOT, "spot.officers": ["P064"]}),
    Try("I3", "the same officer twice", STREET, "S1", TWO, "OfficersTooFew",
        {**SPOT, "spot.officers": ["P064", "P064"]}),
    Try("I3", "a forged officer of another team", STREET, "S1", TWO, "form",
        {**SPOT, "spot.officers": ["P064", "P058"]}),
    Try("I3", "filing with one officer", "sc12_filed", "E4", ONE, "form",
        {**FILED, "filing.officers": ["P058"]}),
    Try("I3", "an inspection by one officer", "investigated", "E5_act", THREE, "OfficersTooFew",
        {**ACT, "site.officers": ["P070"]}),
    Try("I3", "an officer whose licence is suspended", "investigated", "E5_act", THREE, "form",
        {**ACT, "site.officers": ["P070", "P074"]}),
    Try("I4", "the reviewer as an officer of the case", "sc12_filed", "E4", ONE, "form",
        {**FILED, "filing.officers": ["P058", "P077"]}),
    Try("I4", "an officer reviews", (), "E7", judged.OFFICER, "TaskUnknown", PASSED),
    Try("I4", "an officer plans the hearing", HEARD, "E9h_plan", ONE, "TaskUnknown"),
    Try("I4", "another legal reviewer's address", HEARD, "E9h_plan", judged.REVIEWER, "TaskUnknown"),
    Try("I5", "a hearing told too late", HEARD, "E9h_plan", judged.CHAIR,
        "HearingNoticeLate",
        {"hearing.at": "2026-07-02T09:00", "hearing.place": "三楼", "hearing.clerk": "邱", "hearing.public": "true"}),
    Try("I5", "held without the party's signature", HEARD, "E9h_hold", judged.CHAIR,
        "HearingRecordUnsigned",
        {"hearing.result": "held", "hearing.summary": "举证", "hearing.opinion": "采纳"}),
    Try("I6", "a discussion of one", "sc04_rubble_late_plea_and_discussion", "E11", "demo001", "CollectiveTooFew",
        {"meeting.members[0].name": "镇长", "meeting.members[0].opinion": "同意", "meeting.members[0].vote": "agree"}),
    Try("I7", "dearer after the plea", judged.TO_RECHECK, "E10", judged.OFFICER, "PenaltyHeavierAfterPlea",
        {**RECHECKED, "penalty.kinds[0].amount": "5001"}),
    Try("I7", "a further kind after the plea", judged.TO_RECHECK, "E10", judged.OFFICER, "PenaltyHeavierAfterPlea",
        {**RECHECKED, "penalty.kinds[1].kind": "责令停产停业"}),
    Try("I8", "seizing what a family lives by", "investigated", "E5b_ask", THREE, "SeizureOfBelongings",
        {"party_address": "东虹路1号", "items.place": "物证室", "seize.reason": "防止转移",
         "items.list[0].name": "冰箱", "items.list[0].quantity": "1台", "items.list[0].family_belonging": "true"}),
    Try("I9", "after ninety days without a reason", (*judged.TO_PLEA, {"until": "2026-07-14T09:00"}), "E12",
        judged.MAYOR, "PenaltyOverdue", DECIDED),
    Try("I10", "a decision that says not how to perform it", judged.TO_DECISION, "E12", judged.MAYOR,
        "PenaltyContentMissing", {**DECIDED, "penalty.performance": ""}),
    Try("I10", "a decision on the spot without telling the rights", STREET, "S1", TWO, "SpotActMissing",
        {**SPOT, "spot.done": ["licence_shown", "form_filled", "handed_over"]}),
    Try("I11", "served tomorrow", "sc02_whole", "E13", SERVER, "form",
        {**SERVED, "serving.handed_on": "2026-04-30"}),
    Try("I11", "served before it was decided", "sc02_whole", "E13", SERVER, "ServiceProofMissing",
        {**SERVED, "serving.handed_on": "2026-04-01"}),
    Try("I11", "paid more than is owed", PAYS, "E15", FINANCE, "PaymentWrong",
        {**PAID, "paying.amount": "9000"}),
    Try("I13", "the milder of two rules that one act breaks", "sc11_whole", "E1", INTAKE, "PowerNotHighest", MILDER),
    Try("I13", "a fine on top of another organ's", "sc11_fined_by_the_county", "E6_draft", THREE, "PenaltySecondFine",
        {"discretion_input.criteria": "较轻", "penalty.kinds[0].kind": "罚款", "penalty.kinds[0].amount": "30000"}),
    Try("I13", "the same act once more", "sc11_same_act", "E1d", INTAKE, "form", {"same_act": "other"}),
    Try("I11", "closed with a sum that nobody paid", PAYS, "E15", FINANCE, "form", {**PAID, "paying.reference": ""}),
    Try("I12", "a decision that is not there is not served", (), "E7", SERVER, "TaskUnknown", SERVED),
    Try("I14", "small, though it is more than 100 yuan", DEAR, "S2", TWO, "CashForbidden",
        {"cash.ground": "small", "cash.receipt_no": "001"}),
    Try("S1", "more than 200 yuan from a citizen on the spot", STREET, "S1", TWO, "SpotFineTooHigh",
        {**SPOT, "spot.amount": "201"}),
    Try("I14", "cash without a receipt", STREET, "S2", TWO, "form", {"cash.ground": "small"}),
    Try("I14", "an officer takes a fine of the ordinary procedure", PAYS, "E15", FINANCE, "form",
        {**PAID, "paying.channel": "cash"}),
)  # fmt: skip
