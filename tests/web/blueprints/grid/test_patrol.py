"""What a phone sends: a report and a patrol once however often they are sent, and what is wrong named by its field."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import db, tasks
from engine.cases import case as cases
from engine.cases.grid import photo
from engine.cases.grid.patrols import patrol
from tests.conftest import MORNING
from tests.web.blueprints.test_cases import run_jobs
from tests.web.conftest import Visit, Visitor

WORKER, CLERK = "demo132", "demo029"
REPORT = {
    "class_code": "E0101", "description": "垃圾堆在路边", "lon": "119.701234", "lat": "31.500123", "urgency": "3",
    "accuracy_m": "5", "captured_at": "2026-03-02T08:59:00+08:00", "sent_at": "2026-03-02T09:00:00+08:00",
}  # fmt: skip
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 a picture"


@pytest.fixture
def phone(visit: Visit) -> Visitor:
    """The phone of a grid worker."""
    return visit(WORKER, language="en")


def send(phone: Visitor, path: str, data: dict[str, Any]) -> TestResponse:
    """Send as the page's script does."""
    return phone.post(path, data, headers={"Accept": "application/json"})


def with_photo(content: bytes, sha256: str) -> dict[str, Any]:
    facts = {"sha256": sha256, "original": "0" * 64, "exif": {"Make": "x"}, "captured_at": "2026-03-02T08:59:00+08:00"}
    return {"photos": (io.BytesIO(content), "photo-1.jpg"), "photo_facts": json.dumps(facts)}


def test_a_phone_can_install_the_page(phone: Visitor) -> None:
    told = json.loads(phone.get("/patrol/manifest.webmanifest").text)
    assert (told["start_url"], told["scope"], told["display"]) == ("/patrol", "/patrol", "standalone")
    sizes = {}
    for icon in told["icons"]:
        answer = phone.get(icon["src"], buffered=True)
        assert answer.mimetype == icon["type"]
        if icon["type"] == "image/png":
            width, height = Image.open(io.BytesIO(answer.data)).size
            sizes[icon["sizes"]] = f"{width}x{height}"
    assert sizes == {"192x192": "192x192", "512x512": "512x512"}
    assert 'rel="apple-touch-icon"' in phone.get("/patrol").text


def test_a_report_that_is_sent_twice_is_one_event(phone: Visitor) -> None:
    content, once = JPEG, {**REPORT, "client_uuid": str(uuid.uuid4())}
    sha256 = hashlib.sha256(content).hexdigest()
    first = send(phone, "/patrol/events", {**once, **with_photo(content, sha256)})
    again = send(phone, "/patrol/events", {**once, **with_photo(content, sha256)})
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.get_json() == again.get_json()


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"urgency": "9"}, "EventUnreadable"),
        ({"urgency": "soon"}, "EventUnreadable"),
        ({"accuracy_m": "9" * 30}, "EventUnreadable"),
        ({"accuracy_m": "-1"}, "EventUnreadable"),
        ({"captured_at": "0001-01-01T00:00:00+08:00"}, "EventUnreadable"),
        ({"captured_at": "yesterday"}, "EventUnreadable"),
        ({"client_uuid": "1"}, "EventUnreadable"),
        ({"lon": "nan"}, "PointWrong"),
        ({"lon": "121.47", "lat": "31.23"}, "PointOutsideTown"),
        ({"class_code": "X9999"}, "ItemClassUnknown"),
        ({"description": "  "}, "EventTextMissing"),
        (with_photo(JPEG, "0" * 64), "PhotoChanged"),
        (with_photo(b"%PDF-1.7 no photo", ""), "PhotoKindWrong"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_what_is_wrong_is_named_and_nothing_is_written(phone: Visitor, changed: dict[str, Any], kind: str) -> None:
    if "photos" in changed:
        stream, name = changed["photos"]
        changed = {**changed, "photos": (io.BytesIO(stream.getvalue()), name)}
    answer = send(phone, "/patrol/events", {**REPORT, "client_uuid": str(uuid.uuid4()), **changed})
    problem = answer.get_json()
    assert answer.status_code in (404, 422), answer.text
    assert problem["type"].endswith(kind)
    assert problem["detail"]


def test_a_patrol_is_kept_once_and_counts(phone: Visitor) -> None:
    walked = {
        "client_uuid": str(uuid.uuid4()),
        "started_at": "2026-03-02T08:00:00+08:00",
        "ended_at": "2026-03-02T08:40:00+08:00",
        "points": json.dumps(
            [["2026-03-02T08:00:00+08:00", 119.7, 31.5, 5], ["2026-03-02T08:20:00+08:00", 119.701, 31.5, 5]]
        ),
    }
    first, again = (send(phone, "/patrol/patrols", walked).get_json() for _ in range(2))
    assert first == again
    assert 90 < first["metres"] < 100, "a thousandth of a degree of longitude at 31.5° north"
    told = dict(phone.get("/patrol/today").get_json()["score"])
    assert told["Patrols this month"] == "1"
    assert told["Minutes on patrol"] == "40"


@pytest.mark.parametrize(("person", "days"), [("P133", -1), ("P134", 1)], ids=["behind", "ahead"])
def test_a_patrol_of_a_phone_whose_clock_is_wrong_by_a_day_was_walked_today(
    visit: Visit, town: Engine, person: str, days: int
) -> None:
    off = timedelta(days=days)
    began, ended = MORNING - timedelta(minutes=50) + off, MORNING - timedelta(minutes=10) + off
    walked = {
        "client_uuid": str(uuid.uuid4()),
        "started_at": began.isoformat(),
        "ended_at": ended.isoformat(),
        "sent_at": (MORNING + off).isoformat(),
        "points": json.dumps([[began.isoformat(), 119.7, 31.5, 5], [ended.isoformat(), 119.701, 31.5, 5]]),
    }
    assert send(visit(f"demo{person[1:]}"), "/patrol/patrols", walked).status_code == 201
    with db.reading(town) as connection:
        (kept,) = patrol.of(connection, person, MORNING - timedelta(hours=2), MORNING)
    assert kept.ended_at == MORNING - timedelta(minutes=10)
    assert kept.points[0][0] == "2026-03-02T00:10:00+00:00"


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"ended_at": "2026-03-02T07:00:00+08:00"}, "PatrolImpossible"),
        ({"ended_at": "2026-03-04T07:00:00+08:00"}, "PatrolImpossible"),
        ({"points": "[1]"}, "EventUnreadable"),
        ({"points": "{"}, "EventUnreadable"),
        ({"started_at": ""}, "EventUnreadable"),
    ],
)
def test_a_patrol_that_cannot_be_is_refused(phone: Visitor, changed: dict[str, str], kind: str) -> None:
    walked = {
        "client_uuid": str(uuid.uuid4()),
        "started_at": "2026-03-02T08:00:00+08:00",
        "ended_at": "2026-03-02T08:40:00+08:00",
        "points": "[]",
        **changed,
    }
    answer = send(phone, "/patrol/patrols", walked)
    assert answer.status_code == 422
    assert answer.get_json()["type"].endswith(kind)


def test_the_phone_is_told_its_ground_in_its_language(phone: Visitor, visit: Visit) -> None:
    told, chinese = phone.get("/patrol/today").get_json(), visit(WORKER).get("/patrol/today").get_json()
    assert told["person"] == "P132"
    assert told["shape"]["features"][0]["id"] == "GL-01-01"
    assert len(told["classes"]) == len(chinese["classes"]) == 94
    assert told["classes"][0]["name"] != chinese["classes"][0]["name"]
    assert told["checks"]
    assert visit(CLERK).get("/patrol/today").status_code == 403


def test_the_phone_is_told_what_waits_for_its_grid(phone: Visitor, town: Engine) -> None:
    sent = {**REPORT, "lon": "119.688472", "lat": "31.508861", "client_uuid": str(uuid.uuid4())}
    picture = JPEG + b" of what waits"
    sent |= with_photo(picture, hashlib.sha256(picture).hexdigest())
    case = send(phone, "/patrol/events", sent).get_json()["number"]
    run_jobs(town)
    (task,) = [one for one in phone.get("/patrol/today").get_json()["tasks"] if case in one["title"]]
    assert (task["name"], task["whose"]) == ("Settle in the grid (G5)", "to be claimed")
    assert task["due"].startswith("03-0")
    phone.post(f"{task['address']}/claim")
    (task,) = [one for one in phone.get("/patrol/today").get_json()["tasks"] if case in one["title"]]
    assert not task["whose"]
    page = phone.get(task["address"]).text
    assert f" · GL-01-01 · {case}</p>" in page, "without words for the place its grid is named"
    for address in (task["address"], f"/cases/{case}"):
        assert phone.get(address).text.count('alt="photo 1"') == 1


def test_who_settled_an_event_is_not_asked_to_inspect_it(phone: Visitor, town: Engine, visit: Visit) -> None:
    picture = JPEG + b" of what is settled"
    sent = {**REPORT, "lon": "119.688472", "lat": "31.507861", "client_uuid": str(uuid.uuid4())}
    sent |= with_photo(picture, hashlib.sha256(picture).hexdigest())
    case = send(phone, "/patrol/events", sent).get_json()["number"]
    run_jobs(town)
    (task,) = [one for one in phone.get("/patrol/today").get_json()["tasks"] if case in one["title"]]
    assert "Exposed rubbish GL-01-01" in task["title"]
    phone.post(f"{task['address']}/claim")
    done = {"settle.result": "settled", "settle.note": "已清理"}
    assert phone.post(f"{task['address']}/completion", done).status_code == 422, "the list wants a photo of the result"
    after = {**done, "settle.photos:upload": (io.BytesIO(JPEG + b" afterwards"), "after.jpg")}
    assert phone.post(f"{task['address']}/completion", after).status_code == 303
    run_jobs(town)
    assert not [one for one in phone.get("/patrol/today").get_json()["tasks"] if case in one["title"]]
    with db.reading(town) as connection:
        (inspection,) = tasks.of_case(connection, case)
    page, other = f"/tasks/{inspection.id}", visit("demo133")
    assert "has handled this event: somebody else inspects it" in phone.get(page).text
    assert f"{page}/claim" not in phone.get(page).text
    assert f"{page}/claim" in other.get(page).text
    seen = other.get(page).text
    assert seen.count('class="thumbs"') == 1
    assert done["settle.note"] in seen
    assert other.post(f"{page}/claim").status_code == 303


def test_what_is_settled_when_it_is_reported_waits_for_its_inspection(
    phone: Visitor, town: Engine, visit: Visit
) -> None:
    pictures = {"before": JPEG + b" before it was settled", "after": JPEG + b" after it was settled"}
    said = {name: hashlib.sha256(content).hexdigest() for name, content in pictures.items()}
    after = with_photo(pictures["after"], said["after"])
    sent = {
        **REPORT,
        "lat": "31.5045",
        "client_uuid": str(uuid.uuid4()),
        **with_photo(pictures["before"], said["before"]),
    }
    done = {"settled": "yes", "settled_note": "已装袋运走", "photos_after": after["photos"]}
    assert send(phone, "/patrol/events", {**sent, **done}).get_json()["type"].endswith("EventUnreadable")
    sent |= with_photo(pictures["before"], said["before"])
    done |= {"photos_after": (io.BytesIO(pictures["after"]), "a.jpg"), "photo_after_facts": after["photo_facts"]}
    case = send(phone, "/patrol/events", {**sent, **done}).get_json()["number"]
    run_jobs(town)
    with db.reading(town) as connection:
        (inspection,) = tasks.of_case(connection, case)
        assert {row.phase: row.sha256 for row in photo.of(connection, cases.get(connection, case).id)} == said
    assert inspection.element == "G11"
    assert "It was settled: 已装袋运走" in phone.get(f"/cases/{case}?tab=story").text
    assert "somebody else inspects it" in phone.get(f"/tasks/{inspection.id}").text
    assert "已装袋运走" in visit("demo133").get(f"/tasks/{inspection.id}").text


def test_what_lacks_evidence_waits_with_what_was_done_in_the_form(phone: Visitor, town: Engine) -> None:
    sent = {**REPORT, "class_code": "V0201", "lon": "119.688472", "lat": "31.508861", "client_uuid": str(uuid.uuid4())}
    done = {"settled": "yes", "settled_note": "已走访并登记"}
    case = send(phone, "/patrol/events", {**sent, **done}).get_json()["number"]
    run_jobs(town)
    (task,) = [one for one in phone.get("/patrol/today").get_json()["tasks"] if case in one["title"]]
    assert task["name"] == "Settle in the grid (G5)"
    page = phone.get(task["address"]).text
    assert '<dt>Done before it was reported</dt><dd class="wrap">已走访并登记</dd>' in page
    phone.post(f"{task['address']}/claim")
    assert "已走访并登记</textarea>" in phone.get(task["address"]).text


def test_danger_to_life_is_called_for_before_anything_else(phone: Visitor, town: Engine) -> None:
    place = {"class_code": "C0202", "lon": "119.6911", "lat": "31.5021", "client_uuid": str(uuid.uuid4())}
    sent = {**REPORT, **place, "danger": "yes", "party": "演示化工厂", "party_kind": "organisation"}
    case = send(phone, "/patrol/events", sent).get_json()["number"]
    run_jobs(town)
    with db.reading(town) as connection:
        assert [row.element for row in tasks.of_case(connection, case)] == ["X2_call"]
    assert '<dt>Concerns</dt><dd class="wrap">演示化工厂</dd>' in phone.get(f"/cases/{case}").text


@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-03"], ids=["behind", "ahead"])
def test_a_phone_whose_clock_is_wrong_by_a_day_is_put_right_and_marked(phone: Visitor, day: str) -> None:
    wrong = {"captured_at": f"{day}T08:59:00+08:00", "sent_at": f"{day}T09:00:00+08:00"}
    sent = {**REPORT, **wrong, "class_code": "C0103", "description": day, "client_uuid": str(uuid.uuid4())}
    answer = send(phone, "/patrol/events", sent)
    assert answer.status_code == 201, answer.text
    page = phone.get(f"/cases/{answer.get_json()['number']}").text
    assert "clock was wrong" in page
    assert "2 March 2026 08:59" in page


def test_what_three_people_report_is_one_event_that_the_others_follow(town: Engine, visit: Visit) -> None:
    workers = (WORKER, "demo133", "demo134")
    place = {**REPORT, "class_code": "C0101", "lon": "119.6951", "lat": "31.5055"}
    numbers = [
        send(visit(login), "/patrol/events", {**place, "client_uuid": str(uuid.uuid4())}).get_json()["number"]
        for login in workers
    ]
    run_jobs(town)
    pages = [visit(login).get(f"/cases/{number}").text for login, number in zip(workers, numbers, strict=True)]
    assert all(f"/cases/{number}" in pages[0] for number in numbers[1:])
    assert all(f"/cases/{numbers[0]}" in page for page in pages[1:])
    waits = [one["title"] for one in visit("demo133").get("/patrol/today").get_json()["tasks"]]
    assert not any(number in title for number in numbers[1:] for title in waits)
