"""Parties are known by numbers with check digits, and shown without telling them all."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Connection

from engine import errors
from engine.cases.people import identity, party

FIRM = {
    "kind": "organisation",
    "name": "无锡官林电缆有限公司",
    "phone": "051087200000",
}


def credit_code(body: str) -> str:
    """Find the check digit that GB 32100 gives to a body of 17."""
    for letter in identity._USCC_LETTERS:
        try:
            return identity.credit_code(body + letter)
        except errors.CreditCodeWrong:
            continue
    raise AssertionError(body)


def test_known_numbers_pass() -> None:
    assert identity.resident_id("11010519491231002x") == "11010519491231002X"
    assert identity.credit_code("91350100M000100Y43") == "91350100M000100Y43"
    assert identity.credit_code(" 9111000071093123xx ") == "9111000071093123XX"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("110105194912310021", identity.WRONG_CHECK),
        ("11010519491331002X", identity.WRONG_BIRTHDAY),
        ("11010520991231002X", identity.WRONG_BIRTHDAY),
        ("1101051949123100", identity.WRONG_SHAPE),
        ("11010519491231002Y", identity.WRONG_SHAPE),
    ],
)
def test_a_wrong_resident_number_is_refused_with_the_reason(number: str, reason: str) -> None:
    with pytest.raises(errors.ResidentIdWrong) as refusal:
        identity.resident_id(number)
    assert refusal.value.facts["reason"] == reason


@pytest.mark.parametrize("number", ["91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43", ""])
def test_a_wrong_credit_code_is_refused(number: str) -> None:
    with pytest.raises(errors.CreditCodeWrong):
        identity.credit_code(number)


@pytest.mark.parametrize("position", range(17))
def test_one_wrong_digit_is_always_found(position: int) -> None:
    right = "11010519491231002X"
    for digit in "0123456789":
        wrong = right[:position] + digit + right[position + 1 :]
        if wrong != right:
            with pytest.raises(errors.ResidentIdWrong):
                identity.resident_id(wrong)


def test_numbers_are_shown_masked(db_connection: Connection) -> None:
    row = party.register(db_connection, {"kind": "person", "name": "王小明", "id_number": "11010519491231002X"})
    shown = party.shown(row)
    assert shown["id_masked"] == "1101**********002X"
    assert "11010519491231002X" not in str(shown)
    assert party.public_name(row) == "王**"
    assert identity.masked_phone("13800138000") == "138****8000"


def test_a_firm_is_public_by_its_whole_name(db_connection: Connection) -> None:
    code = credit_code("91320282MA1XYH123")
    row = party.register(db_connection, FIRM | {"id_number": code})
    assert party.public_name(row) == "无锡官林电缆有限公司"


def test_the_same_party_is_one_row_and_a_changed_one_another(db_connection: Connection) -> None:
    given = {"kind": "person", "name": "王小明", "phone": "13800138000"}
    first = party.register(db_connection, given)
    assert party.register(db_connection, given).id == first.id
    moved = party.register(db_connection, given | {"phone": "13900139000"})
    assert moved.id != first.id
    assert party.get(db_connection, first.id).phone == "13800138000"


def test_a_party_needs_a_kind_and_a_name(db_connection: Connection) -> None:
    with pytest.raises(errors.PartyNameMissing):
        party.register(db_connection, {"kind": "person", "name": " "})
    with pytest.raises(errors.PartyKindUnknown):
        party.register(db_connection, {"kind": "ghost", "name": "鬼"})


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("person", "王小明", "王**"),
        ("person", "买买提·吐尔逊", "买******"),
        ("organisation", "龚建明", "龚**"),
        ("organisation", "欧阳建国", "欧***"),
        ("organisation", "宜兴市官林镇小满饭店", "宜兴市官林镇小满饭店"),
        ("organisation", "江苏某某电缆有限公司", "江苏某某电缆有限公司"),
    ],
)
def test_a_public_page_names_firms_and_hides_persons(connection: Connection, kind: str, name: str, shown: str) -> None:
    assert party.public_name(party.register(connection, {"kind": kind, "name": name})) == shown


def test_numbers_of_persons_are_hidden_in_public_text() -> None:
    text = "当事人王某（11010519491231002X，电话13800138000、0510-87201234）的决定宜复〔2026〕12号撤销，罚款20000元"
    assert identity.masked_text(text) == (
        "当事人王某（1101**********002X，电话138****8000、051******1234）的决定宜复〔2026〕12号撤销，罚款20000元"
    )
