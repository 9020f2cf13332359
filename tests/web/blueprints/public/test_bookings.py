"""A resident books a window and may cancel; the clerk sees who comes and takes the application in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases.people import booking
from tests.conftest import MORNING
from tests.web.conftest import Visit
from tests.web.desk import CLERK, REVIEWER

CODE = "GL-NYN-001"
AT = datetime(2026, 3, 3, 10, 0, tzinfo=clock.TOWN)
LATER = iter(range(10_000))


def form(**changed: Any) -> dict[str, Any]:
    """What 王小明 types, a telephone of his own each time, with changes."""
    return {"at": AT.isoformat(), "name": "王小明", "phone": f"138{next(LATER):08d}", **changed}


@pytest.fixture
def at(town: Engine) -> datetime:
    """A time that no other test books."""
    with db.transaction(town) as connection:
        connection.execute(sa.delete(booking.booking))
    return AT


def made(town: Engine) -> list[sa.Row[Any]]:
    with db.reading(town) as connection:
        return list(connection.execute(sa.select(booking.booking).order_by(booking.booking.c.id)))


def test_a_resident_books_looks_and_cancels(visit: Visit, town: Engine, at: datetime) -> None:
    visitor = visit()
    assert f'href="/book/{CODE}"' in visitor.get(f"/apply/{CODE}").text
    assert "10:00" in visitor.get(f"/book/{CODE}?day=2026-03-03").text
    answer = visitor.post(f"/book/{CODE}", form(phone="+86 138-0013-8000"))
    link = answer.headers["Location"]
    (row,) = made(town)
    assert (answer.status_code, row.phone, row.starts_at, row.item_code) == (303, "13800138000", at, CODE)
    page = visit().get(link).text
    assert row.number in page
    assert "13800138000" not in page
    assert visitor.post(f"{link}/cancellation").status_code == 303
    assert made(town) == []
    assert visitor.get(link).status_code == 404
    with db.reading(town) as connection:
        assert [event.action for event in audit.trail(connection, booking.STREAM)][-2:] == [
            "booking.made", "booking.cancelled",
        ]  # fmt: skip


def test_the_same_booking_sent_twice_is_one(visit: Visit, town: Engine, at: datetime) -> None:
    visitor, given = visit(), form()
    places = {visitor.post(f"/book/{CODE}", given, key="booked-once").headers["Location"] for _ in range(2)}
    assert (len(places), len(made(town))) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"phone": "12345"}, "手机号码有误"),
        ({"name": " "}, "请填写来办理的人的姓名"),
        ({"at": ""}, "尚未选择"),
        ({"at": "whenever"}, "尚未选择"),
        ({"at": (AT - timedelta(hours=3)).isoformat()}, "已没有空闲窗口"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "尚未选择"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(
    visit: Visit, town: Engine, at: datetime, changed: dict[str, str], said: str
) -> None:
    given = form(**changed)
    answer = visit().post(f"/book/{CODE}", given)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{given["phone"]}"' in answer.text
    assert made(town) == []


def test_a_link_that_nobody_gave_opens_nothing(visit: Visit, town: Engine, at: datetime) -> None:
    link = visit().post(f"/book/{CODE}", form()).headers["Location"]
    for wrong in (link[:-1], f"{link}x", "/book/kept/YY-2026-000001"):
        assert visit().get(wrong).status_code == 404
        assert visit().post(f"{wrong}/cancellation").status_code == 404
    assert len(made(town)) == 1


def test_the_clerk_takes_in_who_has_booked(visit: Visit, town: Engine, at: datetime) -> None:
    visit().post(f"/book/{CODE}", form(name="李预约"))
    (row,) = made(town)
    clerk = visit(CLERK)
    page = clerk.get("/bookings?day=2026-03-03&all=1").text
    assert "李预约" in page
    assert f"/applications/new/{CODE}?booking={row.number}" in page.replace("&amp;", "&")
    begun = clerk.get(f"/applications/new/{CODE}?booking={row.number}").text
    assert re.search(r'value="李预约"[^>]*name="applicant.name"', begun)
    assert re.search(r'<option value="预约" selected', begun)
    answer = clerk.post(f"/applications/new/{CODE}", _application(row))
    assert answer.status_code == 303, re.findall(r"field-error[^>]*>([^<]*)|alert[^>]*>([^<]*)", answer.text)
    (kept,) = made(town)
    with db.reading(town) as connection:
        case = cases.get(connection, kept.case_number)
        told = audit.trail(connection, booking.STREAM)[-1]
    assert (case.channel, told.action, told.details["case"]) == ("预约", "booking.kept", case.number)
    assert case.number in clerk.get("/bookings?day=2026-03-03&all=1").text
    again = clerk.post(f"/applications/new/{CODE}", {**_application(row), "seen": "1"})
    assert again.status_code == 409


def _application(row: sa.Row[Any]) -> dict[str, str]:
    return {
        "booking": row.number,
        "channel": "预约",
        "application_type": "new",
        "applicant.kind": "person",
        "applicant.name": row.name,
        "applicant.id_number": "11010519491231002X",
        "applicant.phone": row.phone,
        "window": "W03",
        "received_at": f"{MORNING:%Y-%m-%dT%H:%M}",
        "seen": "1",
    }


def test_other_people_see_no_bookings(visit: Visit) -> None:
    assert visit(REVIEWER).get("/bookings").status_code == 403
    assert visit().get("/bookings").status_code == 303


@pytest.mark.parametrize("day", ["2026-13-40", "x", "9999-12-31", "0001-01-01"])
def test_a_day_that_cannot_be_shows_today(visit: Visit, day: str) -> None:
    assert visit(CLERK).get(f"/bookings?day={day}").status_code == 200
    assert visit().get(f"/book/{CODE}?day={day}").status_code == 200


def test_windows_are_booked_only_for_matters_that_offer_it(visit: Visit) -> None:
    visitor = visit()
    assert 'href="/book/' not in visitor.get("/apply/GL-SCJ-001").text
    assert visitor.get("/book/GL-SCJ-001").status_code == 422
    assert visitor.post("/book/GL-SCJ-001", form()).status_code == 422
    assert visitor.get("/book/GL-XXX-999").status_code == 404
