"""The register of evidence: eight kinds, versions that stay, what is verified, excluded, proved and handed on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases.enforcement.investigation import act, checks, custody, evidence, fact, keeping, kinds
from tests.engine.cases.enforcement.conftest import (
    CHENG,
    LEADER,
    LUO,
    OFFICER,
    PAPER,
    TAN,
    THING,
    YAO,
    entry,
    inspection,
    moment,
    stored,
    trail,
)  # fmt: skip

At = Callable[..., AbstractContextManager[None]]
WITNESS = {
    "witness_name": "李某",
    "witness_id_no": "320282199001010000",
    "relation": "邻居",
    "capacity": "36岁，有作证能力",
    "protection_told": True,
    "signed_each_page": True,
}


def test_the_law_has_eight_kinds_and_the_town_says_what_each_must_tell(connection: Connection) -> None:
    assert [row.code for row in kinds.every(connection)] == list(kinds.KINDS)
    assert kinds.recording(connection, "AV03").level == "required"  # type: ignore[union-attr]
    assert kinds.recording(connection, "AV99") is None


def test_evidence_gets_a_number_and_the_hash_of_its_file(connection: Connection, case: sa.Row[Any]) -> None:
    act.record(connection, OFFICER, case, inspection())
    row = evidence.register(connection, OFFICER, case, entry(file=stored(connection), shelf_mark="", act=1))
    assert (row.number, row.version, row.sha256) == (1, 1, hashlib.sha256(b"%PDF-1.7 a").hexdigest())
    assert row.act_id == act.get(connection, case.id, 1).id
    (takers,) = evidence.takers_of(connection, case.id).values()
    assert [(one.person_id, one.licence) for one in takers] == [(YAO, "DEMO-329900017"), (LUO, "DEMO-329900018")]
    action, told = trail(connection, case)[-1]
    assert (action, told["takers"], told["sha256"]) == ("evidence.registered", [YAO, LUO], row.sha256)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"kind": "rumour"}, errors.EvidenceKindUnknown),
        ({"takers": [YAO]}, errors.OfficersTooFew),
        ({"takers": [YAO, TAN]}, errors.OfficerUnlicensed),
        ({"shelf_mark": " "}, errors.EvidenceWithoutSubstance),
        ({"file": 999_999}, errors.FileMissing),
        ({"obtained_at": moment(2026, 3, 2, 9, 1)}, errors.EvidenceFromFuture),
        ({"act": 3}, errors.ActUnknown),
        ({"title": " "}, errors.EvidenceIncomplete),
        ({"said": {}}, errors.EvidenceIncomplete),
        ({"said": PAPER | {"original_or_copy": "copy"}}, errors.EvidenceIncomplete),
        ({"said": PAPER | {"doc_date": "yesterday"}}, errors.EvidenceIncomplete),
        ({"confirmed": "refused"}, errors.EvidenceRefused),
        ({"kind": "wit", "said": WITNESS | {"witness_name": "姚建萍(演示)"}}, errors.EvidenceRefused),
        ({"kind": "wit", "said": WITNESS | {"protection_told": False}}, errors.EvidenceIncomplete),
    ],
)
def test_what_is_no_evidence_of_its_kind_is_refused(
    connection: Connection, case: sa.Row[Any], changed: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        evidence.register(connection, OFFICER, case, entry(**changed))
    assert evidence.of(connection, case.id) == []


def test_an_incomplete_record_names_every_field_that_lacks(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.EvidenceIncomplete) as refused:
        evidence.register(connection, OFFICER, case, entry(said={"original_or_copy": "copy", "issuer": "某店"}))
    assert refused.value.facts["keys"] == ["copy_checked_by", "copy_checked_on", "copy_holder", "doc_date", "seal"]


AUDIOVISUAL = {
    "device": "DSJ-03",
    "operator": "姚建萍",
    "started_at": "2026-03-02T08:00:00+08:00",
    "ended_at": "2026-03-02T08:30:00+08:00",
    "location": "东虹路1号",
    "original_medium": "SD卡",
    "continuous": "yes",
    "monitoring": "no",
}
DATA = {
    "system": "电商平台",
    "account": "某店",
    "extraction_method": "导出",
    "extracted_at": "2026-03-02T08:10:00+08:00",
    "tool": "浏览器 120",
    "original_hash": "0" * 64,
    "clock_offset": "3",
    "witnessed_by": "录屏",
}
OPINION = {
    "institution": "某检测所",
    "qualification_no": "CMA-1",
    "qualification_until": "2026-02-01",
    "experts": "甲、乙",
    "commission_no": "官综执鉴〔2026〕1号",
    "samples": "Y1",
    "received_at": "2026-02-20T08:00:00+08:00",
    "issued_on": "2026-03-01",
    "standard": "GB/T 1",
    "conclusion": "合格",
}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("av", AUDIOVISUAL | {"monitoring": "unaudited"}),
        ("av", AUDIOVISUAL | {"ended_at": "2026-03-02T08:00:00+08:00"}),
        ("edata", DATA),
        ("expert", OPINION),
    ],
)
def test_each_kind_has_rules_of_its_own(
    connection: Connection, case: sa.Row[Any], kind: str, said: dict[str, Any]
) -> None:
    with pytest.raises(errors.EvidenceRefused):
        evidence.register(connection, OFFICER, case, entry(kind=kind, said=said, file=stored(connection)))


def test_data_whose_hash_fits_are_taken_in(connection: Connection, case: sa.Row[Any]) -> None:
    file = stored(connection, b"%PDF-1.7 data")
    said = DATA | {"original_hash": hashlib.sha256(b"%PDF-1.7 data").hexdigest().upper()}
    row = evidence.register(connection, OFFICER, case, entry(kind="edata", said=said, file=file))
    assert (row.said["clock_offset"], row.said["original_hash"]) == (3, row.sha256)


def test_a_correction_is_a_version_of_its_own_and_is_verified_anew(connection: Connection, case: sa.Row[Any]) -> None:
    evidence.register(connection, OFFICER, case, entry())
    evidence.verify(connection, OFFICER, case, 1, "与发票核对一致")
    row = evidence.correct(connection, OFFICER, case, 1, entry(title="销售台账"), "名称写错")
    assert (row.version, row.title, row.verified_at) == (2, "销售台账", None)
    kept = [(one.version, one.current, one.title) for one in evidence.versions(connection, case.id)]
    assert kept == [(2, True, "销售台账"), (1, False, "进货台账")]
    with pytest.raises(errors.ReasonMissing):
        evidence.correct(connection, OFFICER, case, 1, entry(), " ")
    with pytest.raises(errors.EvidenceRefused):
        evidence.correct(connection, OFFICER, case, 1, entry(kind="obj", said=THING), "是物证")
    with pytest.raises(errors.EvidenceUnknown):
        evidence.correct(connection, OFFICER, case, 2, entry(), "改")


@pytest.mark.parametrize("statement", [
    "DELETE FROM evidence_version",
    "UPDATE evidence_version SET title = '无'",
    "DELETE FROM custody",
    "UPDATE custody SET holder = '某人'",
    "UPDATE case_fact SET text = '无'",
])  # fmt: skip
def test_the_database_lets_nobody_change_what_was_taken_in(
    connection: Connection, case: sa.Row[Any], statement: str
) -> None:
    evidence.register(connection, OFFICER, case, entry(kind="obj", said=THING))
    fact.say(connection, OFFICER, case, "无证经营")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), connection.begin_nested():
        connection.execute(sa.text(statement))


def test_illegal_evidence_stays_and_proves_nothing(connection: Connection, case: sa.Row[Any]) -> None:
    evidence.register(connection, OFFICER, case, entry())
    fact.say(connection, OFFICER, case, "2026年3月2日无证经营农药")
    fact.prove(connection, OFFICER, case, 1, [1])
    evidence.exclude(connection, audit.Actor(LEADER), case, 1, "以欺骗手段取得")
    assert [finding.check for finding in checks.stopping(connection, case, "E7")] == ["V1", "V3"]
    assert not evidence.usable(evidence.get(connection, case.id, 1))
    for refused in (
        lambda: evidence.verify(connection, OFFICER, case, 1, "核对"),
        lambda: evidence.correct(connection, OFFICER, case, 1, entry(), "改"),
        lambda: fact.prove(connection, OFFICER, case, 1, [1]),
    ):
        with pytest.raises(errors.EvidenceExcluded):
            refused()
    with pytest.raises(errors.EvidenceSettled):
        evidence.exclude(connection, OFFICER, case, 1, "再次")
    assert len(evidence.of(connection, case.id)) == 1


def test_a_case_whose_facts_are_proved_goes_on_to_review(connection: Connection, case: sa.Row[Any]) -> None:
    assert [finding.text for finding in checks.findings(connection, case)] == ["no fact has been said yet"]
    act.record(connection, OFFICER, case, inspection())
    act.sign(connection, audit.Actor(LUO), case, 1)
    for number in (1, 2):
        evidence.register(connection, OFFICER, case, entry())
        evidence.verify(connection, OFFICER, case, number, "与原件核对")
    for text in ("无证经营", "货值3200元"):
        fact.say(connection, OFFICER, case, text)
    assert [finding.check for finding in checks.stopping(connection, case, "E7")] == ["V1"] * 4
    fact.prove(connection, OFFICER, case, 1, [1, 2])
    fact.prove(connection, OFFICER, case, 2, [2])
    fact.prove(connection, OFFICER, case, 1, [1])
    assert fact.proofs(connection, case.id) == {(1, 1), (2, 2)}
    assert checks.findings(connection, case) == []
    with pytest.raises(errors.FactUnknown):
        fact.prove(connection, OFFICER, case, 3, [1])
    with pytest.raises(errors.EvidenceUnknown):
        fact.prove(connection, OFFICER, case, 1, [3])
    fact.withdraw(connection, OFFICER, case, 2, "重复")
    assert [row.number for row in fact.of(connection, case.id)] == [1]
    with pytest.raises(errors.FactUnknown):
        fact.withdraw(connection, OFFICER, case, 2, "重复")


def test_unsigned_unverified_and_late_things_are_found(connection: Connection, case: sa.Row[Any], at: At) -> None:
    early = moment(2026, 3, 1, 9)
    evidence.register(connection, OFFICER, case, entry(obtained_at=early))
    act.record(connection, OFFICER, case, inspection(kind="sampling"))
    fact.say(connection, OFFICER, case, "无证经营")
    fact.prove(connection, OFFICER, case, 1, [1])
    held = keeping.ask(
        connection, OFFICER, case, given=[{"name": "农药", "quantity": "12瓶"}], place="店内", reason="可能灭失"
    )
    keeping.answer(connection, audit.Actor(LEADER), case, held.id, approved=True)
    keeping.begin(connection, OFFICER, case, held.id)
    with at(2026, 3, 12, 9):
        found = [(one.check, one.stops) for one in checks.findings(connection, case)]
    assert found == [("V2", "E7"), ("V4", "E7"), ("V6", "E12"), ("V7", "E17"), ("V7", "E17")]


def test_a_file_that_was_changed_on_the_disk_is_found(connection: Connection, case: sa.Row[Any], store: Path) -> None:
    row = evidence.register(connection, OFFICER, case, entry(file=stored(connection)))
    place = store / "files" / row.sha256[:2] / row.sha256[2:]
    place.write_bytes(b"%PDF-1.7 b")
    assert [one.check for one in checks.findings(connection, case, "V5")] == ["V5"]
    with pytest.raises(errors.FileDamaged):
        evidence.verify(connection, OFFICER, case, 1, "核对")


def test_a_thing_goes_from_hand_to_hand_without_a_gap(connection: Connection, case: sa.Row[Any]) -> None:
    evidence.register(connection, OFFICER, case, entry(kind="obj", said=THING))
    thing = evidence.get(connection, case.id, 1)
    given = {"at": clock.now(), "place": "物证室", "reason": "入库"}
    custody.hand_over(connection, OFFICER, case, thing, giver=YAO, taker="物证保管员", **given)
    for wrong, error in (
        ({"giver": YAO, "taker": LUO}, errors.CustodyBroken),
        ({"giver": "物证保管员", "taker": "物证保管员"}, errors.CustodyBroken),
        ({"giver": "物证保管员", "taker": LUO, "at": moment(2026, 3, 2, 8)}, errors.CustodyTimeWrong),
        ({"giver": "物证保管员", "taker": LUO, "at": moment(2026, 3, 3, 8)}, errors.CustodyTimeWrong),
        ({"giver": "物证保管员", "taker": LUO, "reason": " "}, errors.ReasonMissing),
    ):
        with pytest.raises(error):
            custody.hand_over(connection, OFFICER, case, thing, **(given | wrong))
    chain = custody.of(connection, thing.id)
    assert [(link.holder_before, link.holder) for link in chain] == [("", YAO), (YAO, "物证保管员")]
    assert custody.whole(chain)
    assert not custody.whole(chain[1:])


def test_only_things_have_a_chain(connection: Connection, case: sa.Row[Any]) -> None:
    row = evidence.register(connection, OFFICER, case, entry())
    with pytest.raises(errors.CustodyNotKept):
        custody.hand_over(connection, OFFICER, case, row, giver=YAO, taker=LUO, at=clock.now(), place="", reason="移交")


def test_the_identity_of_a_witness_is_sealed_and_not_in_the_trail(connection: Connection, case: sa.Row[Any]) -> None:
    row = evidence.register(connection, OFFICER, case, entry(kind="wit", source="witness", said=WITNESS))
    assert row.sealed
    assert "李某" not in str(trail(connection, case))
    assert CHENG not in {one.person_id for some in evidence.takers_of(connection, case.id).values() for one in some}
