"""A resident scans the code of a grid's sign and reports without an account; what is refused keeps what was typed."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import db
from engine.cases import case as cases
from engine.cases.grid import event, photo
from engine.organisation.grid import node, shape
from tests.web.blueprints.test_cases import run_jobs
from tests.web.conftest import Visit

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 of a resident"
PHONE = "13800138000"
TYPED = {"class_code": "E0101", "description": "垃圾成堆", "address": "小区东门", "name": "周群众", "phone": PHONE}


def reports(town: Engine) -> int:
    with db.reading(town) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(event.grid_event)) or 0


def newest(town: Engine) -> Any:
    with db.reading(town) as connection:
        row = connection.execute(sa.select(event.grid_event).order_by(event.grid_event.c.case_id.desc()).limit(1)).one()
        number = connection.scalar(sa.select(cases.case_file.c.number).where(cases.case_file.c.id == row.case_id))
        return row, number, photo.of(connection, row.case_id)


def test_a_report_becomes_an_event_of_the_grid_and_is_tracked(town: Engine, visit: Visit) -> None:
    resident = visit()
    sent = {**TYPED, "photos:upload": (io.BytesIO(JPEG), "photo.jpg")}
    answer = resident.post("/report/GL-02-01", sent)
    assert (answer.status_code, answer.location) == (303, "/report/receipt")
    row, number, photos = newest(town)
    assert (row.source, row.grid_code, row.reporter_known, len(photos)) == ("群众扫码", "GL-02-01", True, 1)
    receipt = resident.get("/report/receipt").text
    assert number in receipt
    assert "138****8000" in receipt
    run_jobs(town)
    later = visit(language="en")
    assert later.post("/track", {"number": number, "phone": PHONE}).status_code == 303
    page = later.get("/track/case").text
    assert "We received your report." in page
    assert "Report received" in page
    assert "Handed over" not in page


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"class_code": "V0101"}, "Nothing is chosen"),
        ({"class_code": "P0104"}, "Nothing is chosen"),
        ({"description": " "}, "what you see"),
        ({"address": ""}, "Write where it is"),
        ({"phone": "12"}, "not a mobile number"),
        ({"lon": "121.47", "lat": "31.23"}, "outside"),
        ({"lon": "nan", "lat": "31.5"}, "alert error"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(town: Engine, visit: Visit, changed: dict[str, str], says: str) -> None:
    before = reports(town)
    answer = visit(language="en").post("/report/GL-02-01", {**TYPED, "description": "还在", **changed})
    assert answer.status_code == 422
    assert says in answer.text
    assert "周群众" in answer.text
    assert reports(town) == before


@pytest.mark.parametrize(
    ("content", "says"), [(b"%PDF-1.7 no photo", "JPEG"), (JPEG + bytes(40 << 20), " MB")], ids=["no photo", "40 MB"]
)
def test_what_is_no_photo_or_too_large_is_told_and_nothing_is_kept(
    town: Engine, visit: Visit, content: bytes, says: str
) -> None:
    before = reports(town)
    sent = {**TYPED, "description": "又有一处", "photos:upload": (io.BytesIO(content), "photo.jpg")}
    answer = visit(language="en").post("/report/GL-02-01", sent)
    answer.request.environ["wsgi.input"].close()  # the client keeps a large body in a file
    assert (answer.status_code, reports(town)) == (422, before)
    assert says in answer.text


def test_no_sign_leads_nowhere(visit: Visit) -> None:
    assert visit().get("/report/GL-99-99").status_code == 404


def test_every_grid_has_a_place_inside(town: Engine) -> None:
    with db.reading(town) as connection:
        cells = [row.code for row in node.every(connection, node.CELL)]
        drawn = {code: shape.drawn(found) for code, found in node.polygons(connection).items()}
        assert [node.at(connection, *shape.inner_point(drawn[code])) for code in cells] == cells
