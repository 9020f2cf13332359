"""The register of evidence on the page of a case and by the API: who may do what, and what is always refused."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.cases import case as cases
from engine.cases import closing
from engine.cases.enforcement import officer
from engine.cases.enforcement.investigation import act, evidence, fact, recusal
from engine.cases.people import access
from engine.organisation import demo
from tests.engine.cases.enforcement.conftest import (
    ITEM,
    LEADER,
    LUO,
    OFFICER,
    PAPER,
    SHOP,
    TAN,
    YAO,
    inspection,
    moment,
)
from tests.web.conftest import Visit
from web import security

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
YAO_LOGIN, LUO_LOGIN, OUTSIDER, BOSS = "demo070", "demo071", "demo064", "demo001"
FORM: dict[str, Any] = {
    "kind": "doc",
    "title": "进货台账",
    "source": "party",
    "taker": [YAO, LUO],
    "place": "东虹路1号",
    "obtained_at": "2026-03-02T08:40",
    **{f"said.{key}": value for key, value in PAPER.items()},
}
WITNESS = {
    "kind": "wit",
    "said.witness_name": "李某",
    "said.witness_id_no": "320282199001010000",
    "said.relation": "邻居",
    "said.capacity": "成年",
    "said.protection_told": "true",
    "said.signed_each_page": "true",
}
SENT: dict[str, Any] = {
    "kind": "doc",
    "title": "进货台账",
    "source": "party",
    "takers": [YAO, LUO],
    "place": "东虹路1号",
    "obtained_at": "2026-03-02T08:40:00+08:00",
    "said": PAPER,
    "shelf_mark": "A-1",
}


@pytest.fixture
def number(town: Engine) -> str:
    """A case that the third team investigates."""
    with db.transaction(town) as connection:
        opening = cases.Opening(item=ITEM, catalogue_version=1, channel="巡查", applicant=SHOP, kind="enforcement")
        case = cases.create(connection, OFFICER, opening)
        access.grant(connection, case.id, ["group:enforcement.team3.officer", "group:legal.reviewer"])
        return str(case.number)


def of(town: Engine, number: str) -> list[Any]:
    with db.reading(town) as connection:
        return list(evidence.of(connection, cases.get(connection, number).id))


def test_an_officer_takes_a_picture_in_and_says_what_it_proves(visit: Visit, town: Engine, number: str) -> None:
    officer = visit(YAO_LOGIN)
    assert "证据" in officer.get(f"/cases/{number}").text
    assert "书证" in officer.get(f"/cases/{number}/evidence/new").text
    for _twice in range(2):
        sent = {**FORM, "file": (io.BytesIO(PNG), "台账.png")}
        answer = officer.post(
            f"/cases/{number}/evidence", sent, key="evidence-once-1", content_type="multipart/form-data"
        )
        assert answer.status_code == 303
    (row,) = of(town, number)
    page = officer.get(f"/cases/{number}/evidence/1").text
    assert f'src="/files/{row.file_id}/view"' in page
    assert row.sha256 in page
    assert officer.post(f"/cases/{number}/evidence/1/verification", {"how": "与原件核对"}).status_code == 303
    assert officer.post(f"/cases/{number}/facts", {"text": "无证经营农药"}).status_code == 303
    assert officer.post(f"/cases/{number}/facts/1/proofs", {"proof": "1"}).status_code == 303
    refused = officer.post(f"/cases/{number}/facts/1/withdrawal", {"reason": " "})
    assert (refused.status_code, 'role="alert"' in refused.text, "无证经营农药" in refused.text) == (422, True, True)
    with db.transaction(town) as connection:
        act.record(connection, OFFICER, cases.get(connection, number), inspection())
    page = visit(LUO_LOGIN, language="en").get(f"/cases/{number}?tab=evidence").text
    assert "Facts and what proves them" in page
    assert "●" in page
    assert visit(LUO_LOGIN).post(f"/cases/{number}/acts/1/signature").status_code == 303
    with db.reading(town) as connection:
        case = cases.get(connection, number)
        assert fact.proofs(connection, case.id) == {(1, 1)}
        (officers,) = act.officers_of(connection, case.id).values()
        assert all(one.signed_at for one in officers)
    story = officer.get(f"/cases/{number}?tab=story").text
    assert "登记了证据 1：进货台账" in story


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"taker": [YAO]}, "不得少于两人"),
        ({"taker": [YAO, TAN]}, "没有有效的行政执法证"),
        ({"obtained_at": "2026-03-02T09:41"}, "晚于现在"),
        ({"obtained_at": "gestern"}, "不是日期和时间"),
        ({"said.issuer": ""}, "出具单位"),
        ({"shelf_mark": ""}, "须有文件"),
        ({"source": "hearsay"}, "来源"),
    ],
)
def test_a_form_that_the_law_does_not_allow_comes_back_with_all_that_was_typed(
    visit: Visit, town: Engine, number: str, changed: dict[str, Any], said: str
) -> None:
    answer = visit(YAO_LOGIN).post(f"/cases/{number}/evidence", {**FORM, "shelf_mark": "A-1", **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="进货台账"' in answer.text
    assert of(town, number) == []


def test_what_is_sealed_is_shown_to_those_only_who_say_why(visit: Visit, town: Engine, number: str) -> None:
    officer = visit(YAO_LOGIN)
    sent = {**FORM, **WITNESS, "source": "witness", "file": (io.BytesIO(PNG), "证言.png")}
    assert officer.post(f"/cases/{number}/evidence", sent, content_type="multipart/form-data").status_code == 303
    (row,) = of(town, number)
    for login in (YAO_LOGIN, BOSS):
        page = visit(login).get(f"/cases/{number}/evidence/1").text
        assert "李某" not in page
        assert "••••••" in page
    assert visit(BOSS).post(f"/cases/{number}/evidence/1/identity", {"reason": "好奇"}).status_code == 403
    assert visit(BOSS).get(f"/files/{row.file_id}").status_code == 404
    assert officer.post(f"/cases/{number}/evidence/1/identity", {"reason": " "}).status_code == 422
    assert "李某" in officer.post(f"/cases/{number}/evidence/1/identity", {"reason": "核对身份"}).text
    with db.reading(town) as connection:
        (looked,) = [one for one in audit.trail(connection, number) if one.action == "evidence.identity_shown"]
    assert (looked.actor, looked.details["reason"]) == (YAO, "核对身份")


def test_nobody_but_the_investigators_changes_anything(visit: Visit, town: Engine, number: str) -> None:
    assert visit(OUTSIDER).get(f"/cases/{number}/evidence/new").status_code == 404
    assert visit(BOSS).get(f"/cases/{number}?tab=evidence").status_code == 200
    for address in ("evidence", "evidence/1/verification", "evidence/1/exclusion", "evidence/1/custody", "facts"):
        assert visit(BOSS).post(f"/cases/{number}/{address}", FORM).status_code == 403
        assert visit(OUTSIDER).post(f"/cases/{number}/{address}", FORM).status_code == 404
    guard = {security.KEY_FIELD: "no-token-at-all"}
    assert visit(YAO_LOGIN).client.post(f"/cases/{number}/facts", data={**guard, "text": "无"}).status_code == 400
    assert of(town, number) == []


class Program:
    """A program that acts for an officer."""

    def __init__(self, app: Flask, login: str, number: str) -> None:
        self.client, self.base, self.count = app.test_client(), f"/api/v1/cases/{number}", 0
        self.bearer = {"Authorization": f"Bearer {demo.bearer(login)}"}

    def post(self, path: str, sent: Any = None) -> Any:
        """Send a change under a key of its own."""
        self.count += 1
        key = {"Idempotency-Key": f"proofs-{self.base}-{self.count}-{path}"[-80:]}
        return self.client.post(f"{self.base}/{path}", json=sent, headers={**self.bearer, **key})

    def get(self, path: str) -> Any:
        """Read something."""
        return self.client.get(f"{self.base}/{path}", headers=self.bearer)


def test_what_is_not_recorded_is_shown_as_lacking_with_the_way_to_add_it(
    visit: Visit, town: Engine, number: str
) -> None:
    with db.transaction(town) as connection:
        times = {"started_at": moment(2026, 3, 1, 8), "ended_at": moment(2026, 3, 1, 9), "recording": ""}
        act.record(connection, OFFICER, cases.get(connection, number), inspection(**times))
    officer, place = visit(YAO_LOGIN), f"/cases/{number}?tab=evidence"
    page, link = officer.get(place).text, f"{place}&amp;step=AV03#add-recording"
    assert ("没有音像记录" in page, link in page) == (True, True)
    assert '<option value="AV03" selected>' in officer.get(f"{place}&step=AV03").text
    added = {"step": "AV03", "place": "店内", "officers": "姚、罗", "link": "AV-3", "sha256": "0" * 64}
    for times, lacking in ((("07:00", "07:30"), True), (("08:10", "08:30"), False)):
        started, ended = (f"2026-03-01T{time}" for time in times)
        sent = {**added, "started_at": started, "ended_at": ended}
        assert officer.post(f"/cases/{number}/recordings", sent).status_code == 303
        assert ("没有音像记录" in officer.get(place).text) is lacking


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"place": " "}, ["place"]),
        ({"started_at": "2026-03-01T09:30"}, ["ended_at"]),
        ({"ended_at": "gestern"}, ["ended_at"]),
        ({"link": ""}, ["link"]),
        ({"sha256": "abc"}, ["sha256"]),
    ],
)
@pytest.mark.parametrize(("language", "says"), [("zh_CN", "请改正"), ("en", "Put it right.")])
def test_a_recording_that_is_refused_comes_back_as_typed_with_the_field_that_is_wrong(
    visit: Visit, number: str, changed: dict[str, str], wrong: list[str], language: str, says: str
) -> None:
    times = {"started_at": "2026-03-01T08:00", "ended_at": "2026-03-01T09:00"}
    sent = {
        "step": "AV03",
        "place": "店内",
        "officers": "姚、罗",
        **times,
        "link": "AV-3",
        "sha256": "0" * 64,
        **changed,
    }
    answer = visit(YAO_LOGIN, language=language).post(f"/cases/{number}/recordings", sent)
    kept = [f'value="{value}"' for name, value in sent.items() if name not in ("step", *wrong)]
    assert (answer.status_code, all(one in answer.text for one in kept)) == (422, True)
    assert re.findall(r'id="recorded-(\w+)-error"', answer.text) == wrong
    assert ('<option value="AV03" selected>' in answer.text, says in answer.text) == (True, True)


@pytest.mark.parametrize(
    ("changed", "marked", "says"),
    [
        ({"shelf_mark": ""}, {"file", "shelf_mark"}, "a thing on a shelf"),
        ({"taker": [YAO]}, {"taker"}, "Choose at least two."),
        ({"title": " "}, {"title"}, "Documentary evidence) lacks or misstates: Name of the evidence"),
        ({"said.issuer": ""}, {"said.issuer"}, "lacks or misstates: Issued by."),
        ({"obtained_at": "2027-01-01T08:00"}, {"obtained_at"}, "that lies ahead"),
    ],
)
def test_a_refused_entry_marks_what_is_wrong_in_the_readers_language(
    visit: Visit, town: Engine, number: str, changed: dict[str, Any], marked: set[str], says: str
) -> None:
    sent = {**FORM, "shelf_mark": "A-1", **changed}
    answer = visit(YAO_LOGIN, language="en").post(f"/cases/{number}/evidence", sent)
    assert (answer.status_code, says in answer.text) == (422, True)
    wrong = re.findall(r'name="([\w.]+)"[^>]*aria-invalid="true"', answer.text)
    assert {*wrong, *re.findall(r'aria-describedby="f-(taker)-error"', answer.text)} == marked


def test_a_refused_handing_over_comes_back_open_with_what_was_typed(visit: Visit, number: str) -> None:
    said = dict.fromkeys(("description", "quantity", "condition", "place_kept", "photos"), "三只")
    thing = {f"said.{key}": value for key, value in {**said, "perishable": "no", "taken_by": "handed_in"}.items()}
    officer, usual = visit(YAO_LOGIN), {key: value for key, value in FORM.items() if not key.startswith("said.")}
    assert (
        officer.post(f"/cases/{number}/evidence", {**usual, **thing, "kind": "obj", "shelf_mark": "W-1"}).status_code
        == 303
    )
    sent = {"giver": YAO, "taker": LUO, "at": "2026-03-01T08:00", "place": "证物室", "reason": "入库"}
    answer = officer.post(f"/cases/{number}/evidence/1/custody", sent)
    assert answer.status_code == 422, "it had not come yet"
    assert re.search(r'<details class="fold" open><summary>移交', answer.text)
    for name, value in sent.items():
        assert re.search(rf'name="{name}"[^>]* value="{value}"', answer.text), name


def test_each_gap_before_the_archive_leads_to_where_it_is_filled(visit: Visit, town: Engine, number: str) -> None:
    with db.transaction(town) as connection:
        case = cases.get(connection, number)
        before = {"started_at": moment(2026, 2, 25, 8), "ended_at": moment(2026, 2, 25, 9)}
        act.record(connection, OFFICER, case, inspection(recording="", **before))
        officer.appoint(connection, OFFICER, case, [YAO, LUO])
    assert "归档前尚缺" not in visit(YAO_LOGIN).get(f"/cases/{number}?tab=documents").text, "the case is open"
    with db.transaction(town) as connection:
        closing.close(connection, OFFICER, cases.get(connection, number), "not_established")
    page = visit(YAO_LOGIN).get(f"/cases/{number}?tab=documents").text
    assert "归档前尚缺" in page
    assert f'/cases/{number}?tab=evidence&amp;step=AV03#add-recording">补充音像记录</a>' in page
    assert "由本案执法人员补充" not in page, "who reads it may add it"
    assert "由本案执法人员补充：姚" in visit(BOSS).get(f"/cases/{number}?tab=documents").text
    assert "V1</span>" not in visit(YAO_LOGIN).get(f"/cases/{number}?tab=evidence").text, "no review is ahead"
    times = {"started_at": "2026-02-25T08:00", "ended_at": "2026-02-25T09:00", "place": "店内", "officers": "姚"}
    added = {"step": "AV03", **times, "link": "AV-7", "sha256": "a" * 64}
    assert visit(YAO_LOGIN).post(f"/cases/{number}/recordings", added).status_code == 303
    page = visit(YAO_LOGIN).get(f"/cases/{number}?tab=documents").text
    assert "补充音像记录" not in page


def test_a_program_keeps_the_whole_register(town_app: Flask, number: str) -> None:
    program = Program(town_app, YAO_LOGIN, number)
    times = {"started_at": "2026-03-02T07:00:00+08:00", "ended_at": "2026-03-02T07:30:00+08:00", "place": "店内"}
    record = {**times, "kind": "measurement", "officers": [YAO, LUO], "licences_shown": True, "recording": "AV-9"}
    assert program.post("acts", record).json == {"number": 1}
    assert program.post("evidence", {**SENT, "act": 1}).json == {"number": 1, "version": 1}
    assert program.post("evidence/1/versions", {**SENT, "title": "销售台账", "reason": "名称写错"}).json["version"] == 2
    assert program.post("evidence/1/verification", {"how": "核对"}).status_code == 204
    assert program.post("facts", {"text": "无证经营"}).json == {"number": 1}
    assert program.post("facts/1/proofs", {"evidence": [1]}).status_code == 204
    assert Program(town_app, LUO_LOGIN, number).post("acts/1/signature").status_code == 204
    register = program.get("evidence").json
    assert [(one["title"], one["state"], one["facts"]) for one in register["items"]] == [("销售台账", "verified", [1])]
    assert register["facts"] == [{"number": 1, "text": "无证经营", "proofs": [1]}]
    assert [one["person"] for one in register["records"][0]["officers"]] == [YAO, LUO]
    assert program.post("evidence/1/exclusion", {"reason": "欺骗取得"}).status_code == 204
    assert [one["check"] for one in program.get("evidence").json["findings"]] == ["V1", "V3", "V6"]


@pytest.mark.parametrize(
    ("path", "changed", "kind"),
    [
        ("evidence", {"takers": [YAO]}, "OfficersTooFew"),
        ("evidence", {"takers": [YAO, YAO]}, "OfficersTooFew"),
        ("evidence", {"takers": [YAO, TAN]}, "OfficerUnlicensed"),
        ("evidence", {"kind": "rumour"}, "EvidenceKindUnknown"),
        ("evidence", {"said": {}}, "EvidenceIncomplete"),
        ("evidence", {"file": 999_999}, "FileMissing"),
        ("evidence", {"act": 9}, "ActUnknown"),
        ("evidence", {"obtained_at": "2027-01-01T00:00:00+08:00"}, "EvidenceFromFuture"),
    ],
)
def test_a_tampered_call_meets_the_same_law(
    town_app: Flask, town: Engine, number: str, path: str, changed: dict[str, Any], kind: str
) -> None:
    answer = Program(town_app, YAO_LOGIN, number).post(path, {**SENT, **changed})
    assert answer.status_code in (404, 422)
    assert answer.json["type"].endswith(kind)
    assert of(town, number) == []


def test_whoever_is_recused_finds_no_case_any_more(visit: Visit, town_app: Flask, town: Engine, number: str) -> None:
    with db.transaction(town) as connection:
        case = cases.get(connection, number)
        asked = recusal.ask(connection, OFFICER, case, officer=LUO, asked_by="当事人", reason="亲属")
        evidence.register(connection, OFFICER, case, evidence.Entry(**{**ENTRY, "takers": [YAO, LUO]}))
    assert visit(LUO_LOGIN).get(f"/cases/{number}").status_code == 200
    with db.transaction(town) as connection:
        case = cases.get(connection, number)
        recusal.decide(connection, audit.Actor(LEADER), case, asked.id, granted=True, reason="属实")
    away = visit(LUO_LOGIN)
    for address in ("", "?tab=evidence", "/evidence/1", "/print"):
        assert away.get(f"/cases/{number}{address}").status_code == 404
    assert f'href="/cases/{number}' not in away.get(f"/cases?text={number}").text
    assert away.post(f"/cases/{number}/facts", {"text": "无"}).status_code == 404
    assert Program(town_app, LUO_LOGIN, number).get("evidence").status_code == 404
    answer = Program(town_app, YAO_LOGIN, number).post("evidence", SENT)
    assert answer.json["type"].endswith("OfficerRecused")
    with db.reading(town) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(recusal.recusal)) >= 1


ENTRY: dict[str, Any] = {
    "kind": "doc",
    "title": "进货台账",
    "source": "party",
    "place": "东虹路1号",
    "obtained_at": inspection().ended_at,
    "said": PAPER,
    "shelf_mark": "A-1",
}
