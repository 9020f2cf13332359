"""Every document of an enforcement case prints, tells the right remedies and is not signed with a gap."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from engine import errors
from engine.cases.papers import template, word

FOLDER = Path(__file__).parents[2] / "workflows" / "enforcement_case" / "documents"
KINDS = sorted(path.stem for path in FOLDER.glob("[!_]*.typ"))
TEMPLATES = {f"documents/{path.name}": path.read_bytes() for path in FOLDER.glob("*.typ")}
OFFICERS = {"names": ["王强", "李敏"], "cert_nos": ["ZF-001", "ZF-002"]}
ORGAN = {
    "name": "官林镇人民政府", "contact": "值班室", "phone": "0510", "reconsideration": "宜兴市人民政府",
    "court": "宜兴市人民法院", "bank_name": "某银行", "bank_address": "官林镇官中路1号",
}  # fmt: skip

AS_WRITTEN = {"amount": 5000, "cost": 300, "days": 10, "due": "2026-04-03", "date": "2026-04-03"}


def _filled(kind: str) -> dict[str, Any]:
    """Return data in which everything the template reads is there."""
    data: dict[str, Any] = {"officers": OFFICERS}
    source = TEMPLATES[f"documents/{kind}.typ"].decode() + TEMPLATES["documents/_shared.typ"].decode()
    for path in re.findall(r'"([a-z_]+(?:\.[a-z_]+)+)"', source):
        *way, last = path.split(".")
        place = data
        for name in way:
            place = place.setdefault(name, {})
        place[last] = (
            5000 if last in ("amount", "cost", "days") else "2026-04-03" if last in ("due", "date") else "某某"
        )
    data["organ"], data["case"] = ORGAN, {"number": "GL-2026-000001", "channel": "巡查", "accepted_at": None}
    data["items"] = {"list": [{"name": "农药", "model": "500ml", "quantity": 12, "condition": "完好"}], "place": "仓库"}
    data["document"] = {
        "kind": kind, "title": _front(kind).title, "number": "官综执〔2026〕1号", "issued_on": "2026-04-14",
        "track_url": "http://localhost/track",
    }  # fmt: skip
    return data


def _front(kind: str) -> template.Front:
    return template.read_front(_draft(kind))


def _draft(kind: str) -> template.Draft:
    return template.Draft(kind, TEMPLATES, {})


NODES = {
    "E0": "lead_registration", "E1": "first_check-", "E1n": "not_filed_approval not_filed_notice", "E2": "referral",
    "S1": "on_the_spot_decision", "S2": "fine_receipt-", "S3": "on_the_spot_record recording_note-",
    "E4": "filing_approval", "E5": "inspection_record- inquiry_record- sampling_certificate evidence_list-",
    "E5a": "keeping_approval keeping_notice keeping_disposition",
    "E5b": "seizure_approval seizure_decision seizure_record- seizure_extension seizure_release",
    "E5c": "testing_commission testing_notice order_to_correct", "E5d": "recusal_decision",
    "E5e": "police_approval police_transfer police_report- police_items- test_result-", "E5f": "suspension_approval",
    "E6": "investigation_report-", "E7": "case_check- legal_opinion", "E8": "penalty_notice hearing_right",
    "E9": "plea_record- waiver-", "E9h": "hearing_notice hearing_announcement hearing_record- hearing_report-",
    "E10": "recheck_opinion", "E11": "collective_record",
    "E12": "decision_approval penalty_decision no_penalty_decision",
    "E13": "service_receipt- address_confirmation- public_service publicity_notice-",
    "E14": "push_approval- push_command- push_discipline-",
    "E15": "payment_notice- instalment_approval late_fee_decision", "E15b": "court_urging court_application",
    "E15c": "own_urging own_execution_decision demolition_notice execution_record- execution_agreement execution_stay",
    "E15d": "substitute_decision substitute_urging substitute_record-",
    "E16": "reconsideration_answer court_defence- evidence_catalogue- decision_set_right",
    "E17": "closing_approval closing_report-",
    "E18": "publicity_summary- publicity_withdrawal publicity_early_end publicity_early_refusal publicity_correction "
           "publicity_unchanged",
}  # fmt: skip
"""The documents of each node; ``-``: a record of the file, or a paper of somebody else's, that bears no number."""
NUMBERED = {name.rstrip("-"): not name.endswith("-") for names in NODES.values() for name in names.split()}


def test_every_document_of_a_node_has_its_template_and_each_number_series_is_its_own() -> None:
    assert sorted(NUMBERED) == KINDS
    fronts = {kind: _front(kind) for kind in KINDS}
    assert {kind: front.prefix != template.UNNUMBERED for kind, front in fronts.items()} == NUMBERED
    assert len({front.title for front in fronts.values()}) == len(KINDS)
    numbered = [front.prefix for kind, front in fronts.items() if NUMBERED[kind]]
    assert len(set(numbered)) == len(numbered)


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_on_paper_and_in_word(kind: str) -> None:
    draft, data, title = _draft(kind), _filled(kind), _front(kind).title
    assert template.render(draft, data).startswith(b"%PDF")
    about = word.About("GL-2026-000001", kind, title, "")
    assert word.read(word.write(template.tell(draft, data), about)).fixed.startswith(ORGAN["name"])


@pytest.mark.parametrize("kind", ["penalty_decision", "seizure_decision", "filing_approval"])
def test_what_is_not_known_is_a_line_to_write_on(kind: str) -> None:
    known = {name: _filled(kind)[name] for name in ("organ", "case", "document")}
    assert template.render(_draft(kind), known).startswith(b"%PDF")


def test_reconsideration_comes_first_only_for_what_was_decided_on_the_spot() -> None:
    told = {kind: TEMPLATES[f"documents/{kind}.typ"].decode() for kind in KINDS}
    assert [kind for kind in KINDS if "#remedy-first" in told[kind]] == ["on_the_spot_decision"]
    free = {kind for kind in KINDS if "#remedy-free" in told[kind]}
    assert {"penalty_decision", "no_penalty_decision", "seizure_decision", "late_fee_decision"} <= free
    for kind in free | {"on_the_spot_decision"}:
        assert "organ.reconsideration" in _front(kind).needs, kind
        assert "organ.court" in _front(kind).needs, kind


@pytest.mark.parametrize("path", list(_front("penalty_decision").needs))
def test_a_decision_lacking_one_of_the_six_contents_is_not_signed(path: str) -> None:
    front, data = _front("penalty_decision"), _filled("penalty_decision")
    template.require_filled(front, data)
    group, name = path.split(".")
    data[group] = {**data[group], name: ""}
    with pytest.raises(errors.DocumentIncomplete, match=re.escape(f"{path}（{front.needs[path]}）")):
        template.require_filled(front, data)
    assert "59(1)" in front.needs[path]


def test_the_list_of_things_is_a_page_of_the_seizure() -> None:
    with_list, without = _filled("seizure_decision"), _filled("seizure_decision")
    without["items"] = {"list": "农药十二瓶"}
    assert _pages(template.render(_draft("seizure_decision"), with_list)) == 2
    assert _pages(template.render(_draft("seizure_decision"), without)) == 1


def test_in_word_the_list_of_things_has_its_name() -> None:
    draft, data = _draft("seizure_decision"), _filled("seizure_decision")
    about = word.About("GL-2026-000001", "seizure_decision", "查封（扣押）决定书", "")
    assert "物品清单序号名称" in word.read(word.write(template.tell(draft, data), about)).fixed


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", io.BytesIO(pdf).read()))


@pytest.mark.parametrize(
    ("kind", "path", "code", "said"),
    [
        ("filing_approval", "party.kind", "entity", "法人或者其他组织"),
        ("investigation_report", "party.kind", "sole_trader", "个体工商户"),
        ("service_receipt", "service.mode", "left", "留置送达"),
    ],
)
def test_a_document_says_in_words_what_a_form_kept_as_a_code(kind: str, path: str, code: str, said: str) -> None:
    data = _filled(kind)
    group, name = path.split(".")
    data.setdefault(group, {})[name] = code
    told = re.sub(r"<[^>]+>|\s", "", template.tell(_draft(kind), data).decode())
    assert said in told
    assert code not in told


def test_a_text_that_ends_with_a_stop_does_not_end_the_sentence_twice() -> None:
    data = _filled("penalty_decision")
    data["penalty"]["performance"] = "自收到之日起十五日内缴纳罚款。"
    told = template.tell(_draft("penalty_decision"), data).decode()
    assert "十五日内缴纳罚款" in told
    assert "。。" not in re.sub(r"<[^>]+>|\s", "", told)


def test_the_approval_to_file_tells_what_the_head_decided() -> None:
    data = _filled("filing_approval")
    data["filing"] = {"opinion": "同意立案"}
    data["case"] = {**data["case"], "accepted_at": "2026-03-16T09:00:00+08:00"}
    told = re.sub(r"<[^>]+>|\s", "", template.tell(_draft("filing_approval"), data).decode())
    assert "负责人意见同意立案" in told
    assert "审批时间2026年3月16日09:00" in told
