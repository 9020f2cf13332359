"""The auditor finds every event, opens it, takes it away, and learns whether anybody touched it."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.engine import Connection, Engine

from engine import audit, db
from engine.audit import Actor, Event
from engine.cases.reading import story
from engine.ground import inspection, spreadsheet
from tests.web import desk
from tests.web.conftest import Visit
from web.cli import main
from web.sent import actions
from web.shown import events_out

ROOT = Path(__file__).parents[3]
AUDITOR, CLERK = "demo092", "demo029"


@pytest.fixture
def stream(town: Engine, request: pytest.FixtureRequest) -> str:
    """A stream of three events of 陈, of whom the second acted for 李."""
    name = f"AU-{abs(hash(request.node.nodeid)) % 10**12}"
    steps = [["set", "A1", {"fee": 0}, {"fee": 20}], ["enter", "A2"], ["decide", "A2", "fees", {"fee": 20}, _told()]]
    details: dict[str, Any] = {"steps": steps, "reason": "=cmd()", "values": {"note": "补登"}}
    with db.transaction(town) as connection:
        audit.record(connection, name, Event("case.opened", Actor("chen")))
        audit.record(connection, name, Event("task.completed", Actor("chen", "li"), "A1", details, "d" * 64, "f" * 64))
        audit.record(connection, name, Event("case.closed", Actor("chen")))
    return name


def _told() -> dict[str, Any]:
    rule = {"number": 1, "matched": True, "outputs": {"fee": 20}, "annotations": ["收费标准第三条"]}
    other = {"number": 2, "matched": False, "failed": {"input": 0, "condition": "> 3"}}
    return {
        "name": "收费",
        "hit_policy": "UNIQUE",
        "inputs": [{"expression": "copies", "value": 1}],
        "rules": [rule, other],
    }


def found(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'lead"><a href="/audit/events/(\d+)', page)]


def test_events_stand_newest_first_and_open_one_by_one(visit: Visit, stream: str) -> None:
    auditor = visit(AUDITOR)
    keys = found(auditor.get(f"/audit?stream={stream}").text)
    assert len(keys) == 3
    assert keys == sorted(keys, reverse=True)
    page = auditor.get(f"/audit/events/{keys[1]}").text
    for said in ("d" * 64, "f" * 64, "=cmd()", "补登", "收费标准第三条", "&gt; 3", "未被改动"):
        assert said in page, said


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("&who=li", 1),
        ("&who=chen&action=case.closed", 1),
        ("&action=case.decided", 0),
        ("&since=2026-03-02&until=2026-03-02", 3),
        ("&until=2026-03-01", 0),
        ("&since=2026-03-03", 0),
    ],
)
def test_a_query_narrows_what_is_found(visit: Visit, stream: str, query: str, count: int) -> None:
    assert len(found(visit(AUDITOR).get(f"/audit?stream={stream}{query}").text)) == count


def test_a_person_is_found_by_name(town: Engine, visit: Visit) -> None:
    visit(AUDITOR)
    with db.transaction(town) as connection:
        audit.record(connection, "house:sign-ins", Event("account.signed_in", Actor(_id(connection, AUDITOR))))
    assert "吴桂芳" in visit(AUDITOR).get("/audit?who=吴桂芳").text
    assert found(visit(AUDITOR).get("/audit?who=吴桂芳").text)
    assert not found(visit(AUDITOR).get("/audit?who=nobody-of-this-name").text)


def _id(connection: Connection, login: str) -> str:
    from engine.organisation.account import account

    return str(connection.scalar(sa.select(account.c.person_id).where(account.c.login == login)))


@pytest.mark.parametrize("query", ["since=yesterday", "since=2026-03-05&until=2026-03-01"])
def test_a_day_that_cannot_be_meant_is_named_beside_its_field(visit: Visit, query: str) -> None:
    answer = visit(AUDITOR).get(f"/audit?{query}")
    assert answer.status_code == 200
    assert "field-error" in answer.text


@pytest.mark.parametrize("place", ["x", "2026-03-02~1", "2026-03-02T09:00:00~", "2026-03-02T09:00:00+08:00~x~newer"])
def test_a_place_that_cannot_be_read_begins_at_the_newest(visit: Visit, place: str) -> None:
    assert visit(AUDITOR).get("/audit", query_string={"at": place}).status_code == 200


def test_pages_go_there_and_back_without_loss(db_connection: Connection) -> None:
    audit.record(db_connection, "AU-pages", *(Event("tick", Actor("clock"), details={"n": n}) for n in range(10)))
    query = inspection.Query(stream="AU-pages")
    pages, place = [], None
    while True:
        page = inspection.page(db_connection, query, at=place, limit=4)
        pages.append([row.details["n"] for row in page.rows])
        if page.older is None:
            break
        place = page.older
    assert pages == [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0]]
    back = inspection.page(db_connection, query, at=page.newer, limit=4)
    assert [row.details["n"] for row in back.rows] == pages[1]
    first = inspection.page(db_connection, query, at=back.newer, limit=4)
    assert [row.details["n"] for row in first.rows] == pages[0]
    assert first.newer is None


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_holds_what_was_found_and_is_an_event_itself(
    town: Engine, visit: Visit, stream: str, form: str
) -> None:
    auditor = visit(AUDITOR)
    place = auditor.post("/audit/exports", {"stream": stream, "format": form}).headers["Location"]
    with db.transaction(town) as connection:
        audit.record(connection, stream, Event("case.archived", Actor("chen")))
    for text in (auditor.get(place).text, auditor.get(place).text):
        rows = _rows(text, form)
        assert [row["action"] for row in rows] == ["case.closed", "task.completed", "case.opened"]
    note = int(re.findall(r"\d+", place)[0])
    with db.reading(town) as connection:
        event = inspection.get(connection, note)
    assert (event.action, event.stream) == ("trail.exported", "house:audit")
    assert event.details["query"]["stream"] == stream


def _rows(text: str, form: str) -> list[dict[str, Any]]:
    if form == "json":
        return list(db.loads(text)["events"])
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_spreadsheet_takes_no_name_for_a_formula(db_connection: Connection) -> None:
    audit.record(db_connection, "AU-formula", Event("case.opened", Actor("=HYPERLINK()")))
    row = inspection.page(db_connection, inspection.Query(stream="AU-formula")).rows[0]
    assert spreadsheet.line([events_out._cell(row.actor)]) == "'=HYPERLINK()\r\n"


def test_an_event_that_is_no_export_cannot_be_fetched_as_one(visit: Visit, stream: str) -> None:
    auditor = visit(AUDITOR)
    some = found(auditor.get(f"/audit?stream={stream}").text)[0]
    assert auditor.get(f"/audit/exports/{some}.csv").status_code == 404
    assert auditor.get("/audit/events/999999999").status_code == 404


def test_the_chains_of_the_town_are_proven_and_the_corner_says_so(visit: Visit, stream: str) -> None:
    auditor = visit(AUDITOR)
    assert auditor.post("/audit/proofs", {"stream": stream}).headers["Location"] == f"/audit?stream={stream}"
    assert "链条完整，共 3 条" in auditor.get("/audit").text
    assert "该链已核验至 #" in auditor.get(f"/audit?stream={stream}").text
    assert ">尚未核验<" not in auditor.get("/audit").text
    assert auditor.post("/audit/proofs").headers["Location"] == "/audit"
    assert "已核验至 #" in auditor.get("/audit").text


@pytest.fixture
def touched(prepared_database: Engine) -> Iterator[Connection]:
    """A trail of three events on which the database's own guard rests."""
    with prepared_database.connect() as connection, connection.begin() as work:
        for n in range(3):
            audit.record(connection, "AU-touched", Event("tick", Actor("clock"), details={"n": n}))
        audit.record(connection, "AU-whole", Event("tick", Actor("clock")))
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            for verb in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER audit_event_no_{verb}"))
        yield connection
        work.rollback()


@pytest.mark.parametrize(
    ("harm", "seq", "reason"),
    [
        ("UPDATE audit_event SET actor = 'nobody' WHERE stream = 'AU-touched' AND seq = 2", 2, "changed"),
        ("DELETE FROM audit_event WHERE stream = 'AU-touched' AND seq = 2", 2, "missing"),
        ("DELETE FROM audit_event WHERE stream = 'AU-touched' AND seq = 3", 3, "truncated"),
        ("DELETE FROM audit_head WHERE stream = 'AU-touched'", 1, "headless"),
    ],
)
def test_the_first_bad_event_is_named(touched: Connection, harm: str, seq: int, reason: str) -> None:
    assert inspection.prove(touched).holds
    touched.execute(sa.text(harm))
    assert inspection.prove(touched).broken == audit.Break("AU-touched", seq, reason)
    assert reason in events_out.REASONS
    assert inspection.prove(touched, "AU-whole").holds


def test_the_command_proves_the_trail(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/town.db"
    for words in (["db", "upgrade"], ["audit", "verify"], ["audit", "verify"]):
        result = CliRunner().invoke(main, words, env={"ONEWINDOW_DATABASE_URL": url})
        assert result.exit_code == 0, result.output
    assert result.output == "1 events in 1 chains are whole\n"


@pytest.mark.parametrize("path", ["/audit", "/audit/events/1", "/audit/exports/1.csv"])
def test_only_auditors_look_through_the_trail(visit: Visit, path: str) -> None:
    assert visit(CLERK).get(path).status_code == 403
    assert visit().get(path).status_code == 303


RECORDS = {"_record", "Event", "record", "record_sign_in", "act", "finish", "_change", "_receive"}
"""The calls that write an event and name its action."""


def actions_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in RECORDS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_]+", str(argument.value)):
                    yield str(argument.value)


def written_in(*rooms: str) -> set[str]:
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    return {action for file in files for action in actions_in(file.read_text("utf-8"))}


def test_every_action_of_the_house_has_a_name() -> None:
    written = written_in("engine", "workflows")
    told = {action for action in story.SENTENCES if action.count(".") == 1}
    assert {"task.completed", "case.opened", "timer.fired"} <= written
    assert sorted((written | told) - set(actions.NAMES)) == []


def test_the_story_tells_whatever_happens_to_a_penalty_and_to_the_file_of_a_case() -> None:
    written = written_in("engine/cases/enforcement", "engine/cases/docket")
    assert {"penalty.decided", "fine.paid", "docket.built"} <= written
    assert sorted(written - set(story.SENTENCES)) == ["powers.published", "seizure.empowered"], "these are of the house"


@pytest.mark.parametrize(("language", "said"), [("zh_CN", "收件登记"), ("en", "Register the application")])
def test_steps_are_called_as_in_the_diagram(town: Engine, visit: Visit, language: str, said: str) -> None:
    task = desk.take_in(town)
    visit(desk.CLERK).post(f"/tasks/{task.id}/claim")
    auditor = visit(AUDITOR, language=language)
    listed = auditor.get(f"/audit?stream={task.business_key}").text
    rows = re.findall(r'<td class="clip phone-off" title="A1">([^<]*)</td>', listed)
    assert rows
    assert all(said in row for row in rows)
    claimed = re.search(r'lead"><a href="/audit/events/(\d+)[^"]*">(?:签收|task claimed)<', listed)
    assert claimed
    opened = auditor.get(f"/audit/events/{claimed[1]}").text
    assert re.search(rf"{said}[^<]*<code class=\"quiet\">A1</code>", opened)
