"""Wrong, broken and hostile input: the right status, a sentence in the reader's language, nothing lost or half-done."""

from __future__ import annotations

import contextvars
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import audit, db, tasks
from engine.flow import steps
from engine.handling import offers
from engine.organisation import demo
from tests.web.api.conftest import Call, call  # noqa: F401 - the fixture
from tests.web.conftest import Visit, Visitor
from tests.web.desk import CLERK, COLLEAGUE, GOOD, actions, all_received, present, take_in
from web import security

ADMINISTRATOR, AUDITOR, EXPERT = "demo096", "demo092", "demo044"
HUGE = "9" * 30
LATE = "9999-12-31T23:59:59-14:00~1"


@pytest.fixture
def mine(town: Engine, visit: Visit) -> Any:
    """An intake task that the clerk has claimed."""
    row = take_in(town)
    assert visit(CLERK).post(f"/tasks/{row.id}/claim").status_code == 303
    return present(town, row.id)


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """Make the calls in threads that are let go together."""
    barrier, answers = threading.Barrier(len(calls)), {}

    def run(index: int, ask: Callable[[], TestResponse]) -> None:
        barrier.wait()
        answers[index] = ask()

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(run, *each))  # the clock stands there too
        for each in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [answers[index] for index in range(len(calls))]


def revision(town: Engine, number: str) -> int:
    with db.reading(town) as connection:
        query = sa.select(steps.instance.c.revision).where(steps.instance.c.business_key == number)
        return int(connection.execute(query).scalar_one())


# -- a database that is away or full


@pytest.fixture
def away(town_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the application find no database where it was."""
    monkeypatch.setitem(town_app.extensions, "onewindow.database", db.connect(f"sqlite:///{tmp_path}/gone/away.db"))


def test_a_database_that_is_away_is_told(visit: Visit, call: Call, request: pytest.FixtureRequest) -> None:  # noqa: F811
    clerk, program = prepared(visit(CLERK)), call(CLERK)
    request.getfixturevalue("away")
    for answer, said in (
        (clerk.get("/inbox"), "数据库暂时无法使用"),
        (clerk.post("/tasks/1/claim"), "数据库暂时无法使用"),
        (program.get("/tasks"), "the database cannot be used right now"),
    ):
        assert answer.status_code == 503
        assert said in answer.get_data(as_text=True)


def test_a_disk_that_is_full_loses_nothing_that_was_typed(
    town: Engine, visit: Visit, mine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: Any, **_named: Any) -> None:
        raise sa.exc.OperationalError("UPDATE instance", {}, Exception("database or disk is full"))

    form, clerk = all_received(mine, town), visit(CLERK)
    with monkeypatch.context() as patch:
        patch.setattr(steps, "finish", full)
        answer = clerk.post(f"/tasks/{mine.id}/completion", form)
    assert answer.status_code == 503
    assert "您填写的内容还在" in answer.get_data(as_text=True)
    assert present(town, mine.id).state == "open"
    assert clerk.post(f"/tasks/{mine.id}/completion", form).status_code == 303


# -- addresses


@pytest.mark.parametrize(
    ("login", "path"),
    [
        (CLERK, "/tasks/{}"),
        (CLERK, "/tasks/{}/after"),
        (CLERK, "/files/{}"),
        (AUDITOR, "/audit/events/{}"),
        (ADMINISTRATOR, "/admin/incidents/{}"),
        ("demo008", "/designer/drafts/{}"),
        ("demo008", "/designer/packages/one_window_approval/{}"),
    ],
)
@pytest.mark.parametrize("number", ["0", str(2**63 - 1), HUGE])
def test_a_number_that_no_row_has_is_not_found(visit: Visit, login: str, path: str, number: str) -> None:
    answer = visit(login).get(path.format(number))
    assert answer.status_code == 404
    assert "没有" in answer.text


@pytest.mark.parametrize("after", ["~1", "x~1", "2026-13-45~1", "2026-01-01~1", LATE, f"{HUGE}~1"])
@pytest.mark.parametrize("path", ["/cases", "/tasks"])
def test_a_list_of_the_api_begins_nowhere_but_at_a_row(call: Call, path: str, after: str) -> None:  # noqa: F811
    answer = call(CLERK).get(path, query_string={"after": after})
    assert answer.status_code == 422
    assert answer.json["detail"]


@pytest.mark.parametrize("after", ["x", "x~1", "~", "2026-13-45~1", LATE, f"1~{HUGE}", "😀~1"])
@pytest.mark.parametrize(("login", "path"), [(CLERK, "/cases"), (CLERK, "/inbox"), (AUDITOR, "/audit")])
def test_a_page_that_begins_nowhere_opens_or_says_so(visit: Visit, login: str, path: str, after: str) -> None:
    answer = visit(login).get(path, query_string={"after": after, "at": after, "before": ""})
    assert answer.status_code in (200, 422)
    assert "<main" in answer.text


@pytest.mark.parametrize("day", ["0000-00-00", "0001-01-01", "9999-12-31", "1e999", "2026-02-30"])
def test_a_day_that_cannot_be_is_told_beside_its_field(visit: Visit, day: str) -> None:
    for field in ("since", "until"):
        answer = visit(AUDITOR).get("/audit", query_string={field: day})
        assert answer.status_code in (200, 422)
        if day != "0001-01-01":
            assert "2026-03-05" in answer.text


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "0000-00-00T00:00", "9999-12-31T23:59", "1e999"])
def test_an_application_was_not_received_outside_of_time(visit: Visit, moment: str) -> None:
    answer = visit(CLERK).post("/applications/new/GL-MZZ-008", {"received_at": moment, "queue_number": "A77"})
    assert answer.status_code == 422
    assert 'value="A77"' in answer.text


# -- what a request carries


@pytest.mark.parametrize("name", ["contact_phone", "idempotency_key", "x\0y"])
def test_a_zero_character_is_refused_before_anything_is_looked_up(
    town: Engine, visit: Visit, mine: Any, name: str
) -> None:
    answer = visit(CLERK).post(f"/tasks/{mine.id}/completion", {**all_received(mine, town), name: "138\0001234567"})
    assert answer.status_code == 400
    assert "无法识别的字符" in answer.text
    assert present(town, mine.id).state == "open"


@pytest.mark.parametrize("path", ["/login", "/track"])
def test_nobody_breaks_the_doors_with_a_zero_character(visit: Visit, path: str) -> None:
    form = {"login": "a\0b", "password": "x", "number": "GL\0", "phone": "1\0"}
    answer = visit(None, language="en").post(path, form)
    assert answer.status_code == 400
    assert "signs in it that cannot be read" in answer.text


@pytest.mark.parametrize("key", ["", "short", "k" * 81, "k" * 100])
def test_a_key_is_neither_missing_nor_longer_than_it_can_be_kept(
    town: Engine, visit: Visit, mine: Any, key: str
) -> None:
    form = {**all_received(mine, town), "idempotency_key": key}
    assert visit(CLERK).post(f"/tasks/{mine.id}/completion", form).status_code == 400
    assert present(town, mine.id).state == "open"


def test_a_key_is_not_used_for_another_form(town: Engine, visit: Visit, mine: Any) -> None:
    clerk, form = visit(CLERK), all_received(mine, town)
    assert clerk.post(f"/tasks/{mine.id}/completion", form, key="the-same-key").status_code == 303
    other = clerk.post(f"/tasks/{mine.id}/completion", {**form, "contact_phone": "13900139000"}, key="the-same-key")
    assert other.status_code == 422
    assert [event.action for event in actions(town, mine.business_key)].count("task.completed") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"values": {"contact_phone": NaN}}',
        b'{"values": {"contact_phone": "\\ud800"}}',
        b'{"values": {"\\u0000": "x"}}',
        b'{"values": ' + b'{"a": ' * 100 + b"1" + b"}" * 101,
    ],
)
def test_json_that_cannot_be_kept_is_refused_whole(
    town: Engine,
    call: Call,  # noqa: F811
    mine: Any,
    body: bytes,
) -> None:
    for path, method in ((f"/tasks/{mine.id}/completion", "POST"), (f"/tasks/{mine.id}/draft", "PUT")):
        answer = call(CLERK).send(path, method=method, data=body, content_type="application/json")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert (present(town, mine.id).state, present(town, mine.id).draft) == ("open", None)


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1" * 400])
def test_a_number_beyond_every_field_is_a_fault_of_its_field(
    town: Engine,
    call: Call,  # noqa: F811
    mine: Any,
    number: bytes,
) -> None:
    body = b'{"values": {"materials": [{"received": true, "copies": ' + number + b"}]}}"
    answer = call(CLERK).send(f"/tasks/{mine.id}/completion", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert present(town, mine.id).state == "open"


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/xml;q=x"},
        {"Accept-Language": "xx-yy;q=99, ,"},
        {"Cookie": "lang=" + "x" * 20_000},
        {"Cookie": "onewindow_session=\xff\xfe; onewindow_page=garbage.x.y"},
        {"Authorization": "Bearer \xff\xff"},
        {"User-Agent": "x" * 9000},
        {"Referer": "http://[::"},
    ],
)
@pytest.mark.parametrize(("path", "status"), [("/login", 200), ("/nowhere", 404), ("/api/v1/tasks", 401)])
def test_odd_headers_change_nothing(town_app: Any, path: str, status: int, headers: dict[str, str]) -> None:
    assert town_app.test_client().get(path, headers=headers).status_code == status


# -- two at once


def test_of_two_who_finish_at_the_same_moment_the_second_learns_who_was_first(
    town: Engine, visit: Visit, mine: Any
) -> None:
    before = revision(town, mine.business_key)
    form, path = all_received(mine, town), f"/tasks/{mine.id}/completion"
    ways = [prepared(visit(CLERK)) for _ in range(4)]
    answers = at_once(*(lambda way=way: way.post(path, {**form, "handler_name": "李四"}) for way in ways))
    late = [answer for answer in answers if answer.status_code == 409]
    assert (sorted(answer.status_code for answer in answers), len(late)) == ([303, 409, 409, 409], 3)
    assert all("傅天宇" in answer.text and "李四" in answer.text for answer in late)
    assert [event.action for event in actions(town, mine.business_key)].count("task.completed") == 1
    assert revision(town, mine.business_key) == before + 1
    with db.reading(town) as connection:
        head = connection.execute(
            sa.select(audit.audit_head).where(audit.audit_head.c.stream == mine.business_key)
        ).one()
        assert audit.verify(connection, head) is None


def test_a_double_click_at_the_same_moment_is_one_click(town: Engine, visit: Visit, mine: Any) -> None:
    form, path, clerk = all_received(mine, town), f"/tasks/{mine.id}/completion", prepared(visit(CLERK))
    twins = [twin(clerk) for _ in range(3)]
    answers = at_once(*(lambda way=way: way.post(path, form, key="clicked-at-once") for way in twins))
    assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} == {
        (303, answers[0].headers["Location"])
    }
    assert [event.action for event in actions(town, mine.business_key)].count("task.completed") == 1


def test_two_calls_under_one_key_at_the_same_moment_are_one(
    town: Engine,
    call: Call,  # noqa: F811
    mine: Any,
) -> None:
    with db.reading(town) as connection:
        rows = tasks.context(connection, mine)["materials"]
    body = {"values": {**GOOD, "materials": [{"received": True} for _ in rows]}}
    path = f"/tasks/{mine.id}/completion"
    answers = at_once(*(lambda: call(CLERK).send(path, body, key="called-at-once") for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [event.action for event in actions(town, mine.business_key)].count("task.completed") == 1


def test_of_two_who_claim_at_the_same_moment_one_has_it(town: Engine, visit: Visit) -> None:
    row = take_in(town)
    with db.transaction(town) as connection:
        offers.make(connection, row.id, {"user": ["P030"]}, free=True, sort_due_at=offers.NEVER)
    ways = [prepared(visit(login)) for login in (CLERK, COLLEAGUE)]
    answers = at_once(*(lambda way=way: way.post(f"/tasks/{row.id}/claim") for way in ways))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert [event.action for event in actions(town, row.business_key)].count("task.claimed") == 1


def prepared(visitor: Visitor) -> Visitor:
    """Fetch the page's token now, so that the threads begin with the form itself."""
    visitor.token()
    return visitor


def twin(visitor: Visitor) -> Visitor:
    """Return the same browser once more: a client of the test library serves one request at a time."""
    client = visitor.client.application.test_client()
    for cookie in visitor.client._cookies.values():
        client.set_cookie(cookie.key, cookie.value)
    other = Visitor(client)
    other._token = visitor.token()
    return other


# -- what others typed, and others' addresses


def test_what_others_typed_is_shown_and_never_run(town: Engine, visit: Visit) -> None:
    evil = "<script>alert(1)</script>\"'><b>"
    row = take_in(town, name=evil)
    clerk = visit(CLERK)
    clerk.post(f"/tasks/{row.id}/claim")
    sent = {"contact_phone": evil, "handler_name": evil, "form_hash": "old"}
    answers = [clerk.post(f"/tasks/{row.id}/completion", sent)]
    number = row.business_key
    answers += [
        clerk.get(path)
        for path in (f"/tasks/{row.id}", "/inbox", f"/cases?text={number}", "/search?q=alert(1)", f"/cases/{number}")
    ]
    answers += [clerk.get(f"/cases/{number}", query_string={"tab": tab}) for tab in ("materials", "story", "diagram")]
    answers += [clerk.get(f"/cases/{number}/print"), visit(AUDITOR).get(f"/audit?stream={number}")]
    for answer in answers:
        assert answer.status_code in (200, 409, 422)
        assert "<script>alert(1)" not in answer.text
        assert "'><b>" not in answer.text
    assert "&lt;script&gt;alert(1)" in answers[0].text


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)"])
def test_a_spreadsheet_computes_nothing_that_somebody_typed(town: Engine, visit: Visit, name: str) -> None:
    number = take_in(town, name=name).business_key
    table = visit(CLERK).get(f"/cases/export.csv?text={number}", buffered=True).text
    assert number in table
    assert f"'{name}" in table
    assert f",{name}" not in table
    assert f'"{name}' not in table


@pytest.mark.parametrize("login", [COLLEAGUE, EXPERT, ADMINISTRATOR, None])
def test_a_foreign_task_cannot_be_read_nor_changed(town: Engine, visit: Visit, mine: Any, login: str | None) -> None:
    other = visit(login)
    for path in (f"/tasks/{mine.id}", f"/tasks/{mine.id}/after", f"/tasks/{mine.id}/diagram"):
        assert other.get(path).status_code == (404 if login else 303)
    before = actions(town, mine.business_key)
    for verb in ("completion", "draft", "release", "transfer", "delegation", "claim"):
        answer = other.post(f"/tasks/{mine.id}/{verb}", {**all_received(mine, town), "to": "P030", "reason": "x"})
        assert answer.status_code == (404 if login else 401)
    assert present(town, mine.id) == mine
    assert len(actions(town, mine.business_key)) == len(before)


def test_a_stale_page_gives_back_what_was_typed(town: Engine, visit: Visit, mine: Any) -> None:
    sent = {**all_received(mine, town), "handler_name": "李四代办", "csrf_token": "stale"}
    for verb in ("completion", "draft"):
        answer = visit(CLERK).post(f"/tasks/{mine.id}/{verb}", sent)
        assert answer.status_code == 400
        assert 'value="李四代办"' in answer.text
    assert present(town, mine.id).state == "open"


@pytest.fixture
def forgotten(town: Engine) -> Iterator[None]:
    """The town is kept between tests; its wrong tries are not."""
    yield
    with db.transaction(town) as connection:
        connection.execute(sa.text("DELETE FROM wrong_try"))


@pytest.mark.usefixtures("forgotten")
def test_wrong_passwords_sent_at_once_are_all_counted(visit: Visit) -> None:
    ways = [prepared(visit()) for _ in range(8)]
    wrong = {"login": "demo044", "password": "not-the-password"}
    answers = at_once(*(lambda way=way: way.post("/login", wrong) for way in ways))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 3
    assert visit().post("/login", wrong).status_code == 429


def test_a_session_is_never_the_one_that_came_with_the_log_in(town: Engine, visit: Visit) -> None:
    visitor = visit()
    visitor.client.set_cookie(security.COOKIE, "chosen-by-somebody-else")
    token = visitor.token()
    answer = visitor.post("/login", {"login": CLERK, "password": demo.password(CLERK)})
    assert answer.status_code == 303
    given = visitor.client.get_cookie(security.COOKIE)
    assert given is not None
    assert given.value != "chosen-by-somebody-else"
    assert visitor.client.post("/logout", data={"csrf_token": token}).status_code == 400


# -- lists that never end, and names of files


def test_of_a_list_of_five_thousand_rows_only_those_that_were_offered_are_kept(
    town: Engine, visit: Visit, mine: Any
) -> None:
    with db.reading(town) as connection:
        offered = len(tasks.context(connection, mine)["materials"])
    rows = {f"materials[{index}].received": "true" for index in range(5000)}
    answer = visit(CLERK).post(f"/tasks/{mine.id}/completion", {**all_received(mine, town), **rows})
    assert answer.status_code == 303
    assert len(actions(town, mine.business_key)[-1].details["values"]["materials"]) == offered


@pytest.mark.parametrize("name", ["../../etc/passwd.png", "..\\..\\boot.png", "a\x1b[31m\x7f.png", "\u202egnp.exe.png"])
def test_a_file_keeps_only_the_harmless_part_of_its_name(town: Engine, visit: Visit, mine: Any, name: str) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
    form = {**GOOD, "materials[0].files:upload": (io.BytesIO(picture), name)}
    answer = visit(CLERK).post(f"/tasks/{mine.id}/draft", form, content_type="multipart/form-data")
    assert answer.status_code in (200, 303)
    stored = present(town, mine.id).draft["materials[0].files"][0]
    kept = visit(CLERK).get(f"/files/{stored}", buffered=True).headers
    assert kept["Content-Disposition"].startswith("attachment")
    assert not any(sign in kept["Content-Disposition"] for sign in ("..", "\r", "\n", "etc/", "boot\\"))
