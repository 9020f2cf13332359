"""Two licensed officers act, sign for themselves and are nowhere else; what they wrote stays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.enforcement.investigation import act, recusal
from tests.engine.cases.enforcement.conftest import (
    CHENG,
    KANG,
    LEADER,
    LUO,
    OFFICER,
    TAN,
    YAO,
    inspection,
    moment,
    trail,
)  # fmt: skip

At = Callable[..., AbstractContextManager[None]]


def test_a_record_is_signed_by_its_writer_and_by_the_other_officer(connection: Connection, case: sa.Row[Any]) -> None:
    row = act.record(connection, OFFICER, case, inspection())
    (officers,) = act.officers_of(connection, case.id).values()
    assert [(one.person_id, one.signed_at is not None) for one in officers] == [(YAO, True), (LUO, False)]
    act.sign(connection, audit.Actor(LUO), case, row.number)
    (officers,) = act.officers_of(connection, case.id).values()
    assert all(one.signed_at for one in officers)
    assert [action for action, _ in trail(connection, case)] == ["act.recorded", "act.signed"]


@pytest.mark.parametrize("who", [YAO, CHENG])
def test_nobody_signs_twice_or_for_others(connection: Connection, case: sa.Row[Any], who: str) -> None:
    row = act.record(connection, OFFICER, case, inspection())
    with pytest.raises(errors.RecordNotYours):
        act.sign(connection, audit.Actor(who), case, row.number)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"officers": [YAO]}, errors.OfficersTooFew),
        ({"officers": [YAO, f" {YAO} "]}, errors.OfficersTooFew),
        ({"officers": [YAO, "P999"]}, errors.PersonUnknown),
        ({"officers": [YAO, TAN]}, errors.OfficerUnlicensed),
        ({"officers": [YAO, "P029"]}, errors.OfficerUnlicensed),
        ({"officers": [LUO, CHENG]}, errors.RecordNotYours),
        ({"licences_shown": False}, errors.LicenceNotShown),
        ({"kind": "raid"}, errors.ActKindUnknown),
        ({"ended_at": moment(2026, 3, 2, 8)}, errors.ActTimesWrong),
        ({"ended_at": moment(2026, 3, 2, 10)}, errors.ActTimesWrong),
        ({"signature": "refused"}, errors.SignatureUnexplained),
        ({"signature": "refused", "signature_note": "拒签", "recording": ""}, errors.SignatureUnexplained),
        ({"recording_file": 999_999}, errors.FileMissing),
        ({"corrects": 7}, errors.ActUnknown),
    ],
)
def test_a_record_that_the_law_does_not_allow_is_refused(
    connection: Connection, case: sa.Row[Any], changed: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        act.record(connection, OFFICER, case, inspection(**changed))
    assert act.of(connection, case.id) == []


def test_a_licence_counts_on_the_day_of_the_act(connection: Connection, case: sa.Row[Any], at: At) -> None:
    last, after = moment(2026, 12, 10, 9), moment(2026, 12, 11, 9)
    with at(2026, 12, 12, 9):
        given = {"officers": [YAO, KANG]}
        act.record(connection, OFFICER, case, inspection(started_at=last, ended_at=last.replace(hour=10), **given))
        with pytest.raises(errors.OfficerUnlicensed):
            act.record(
                connection, OFFICER, case, inspection(started_at=after, ended_at=after.replace(hour=10), **given)
            )


def test_nobody_is_at_two_places_until_the_record_is_corrected(connection: Connection, case: sa.Row[Any]) -> None:
    first = act.record(connection, OFFICER, case, inspection())
    other = inspection(officers=[LUO, CHENG], started_at=moment(2026, 3, 2, 8, 29), ended_at=moment(2026, 3, 2, 9))
    with pytest.raises(errors.ActOverlaps):
        act.record(connection, audit.Actor(CHENG), case, other)
    corrected = inspection(ended_at=moment(2026, 3, 2, 8, 20), corrects=first.number)
    act.record(connection, OFFICER, case, corrected)
    act.record(connection, audit.Actor(CHENG), case, other)
    assert [(row.number, row.superseded) for row in act.of(connection, case.id)] == [(1, True), (2, False), (3, False)]


def test_from_the_day_of_the_recusal_on_an_officer_may_not_act(
    connection: Connection, case: sa.Row[Any], at: At
) -> None:
    asked = recusal.ask(
        connection, OFFICER, case, officer=LUO, asked_by="经营者", reason="与举报人有亲属关系", orally=True
    )
    act.record(connection, OFFICER, case, inspection())
    with at(2026, 3, 4, 9):
        recusal.decide(
            connection, audit.Actor(LEADER), case, asked.id, granted=True, reason="情况属实", replaced_by=CHENG
        )
    with at(2026, 3, 5, 9):
        late = {"started_at": moment(2026, 3, 5, 8), "ended_at": moment(2026, 3, 5, 8, 30)}
        with pytest.raises(errors.OfficerRecused):
            act.record(connection, OFFICER, case, inspection(**late))
        act.record(connection, OFFICER, case, inspection(**late, officers=[YAO, CHENG]))


@pytest.mark.parametrize("statement", [
    "DELETE FROM investigative_act WHERE case_id = :case",
    "UPDATE investigative_act SET findings = '无' WHERE case_id = :case",
])  # fmt: skip
def test_the_database_keeps_a_record_as_signed(connection: Connection, case: sa.Row[Any], statement: str) -> None:
    act.record(connection, OFFICER, case, inspection())
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), connection.begin_nested():
        connection.execute(sa.text(statement), {"case": case.id})
