"""Cases on pages: who sees which, how they are found, what their page tells, and what may be asked of them."""

from __future__ import annotations

import csv
import io
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db, jobs, messages, tasks
from engine.cases import case as cases
from engine.cases.clocks import supervision
from engine.cases.docket import docket
from engine.cases.people import access, personal
from engine.cases.reading import search, way
from tests.web.conftest import CLERK, Make, Visit

STRANGER, LEADER, DECIDER = "demo030", "demo001", "demo014"


def run_jobs(town: Engine) -> None:
    with db.reading(town) as connection:
        due = jobs.due(connection)
    for job in due:
        jobs.run(town, job)


def test_a_case_is_found_by_number_name_and_telephone(visit: Visit, make: Make) -> None:
    case = make(name="欧阳寻", phone="13611110001")
    for text in (case.number, case.number[:12], "欧阳寻", "13611110001", case.number[-6:]):
        assert case.number in visit(CLERK).get(f"/cases?text={text}").text, text
    assert case.number not in visit(CLERK).get("/cases?text=没有这个人").text


def test_the_list_filters_by_state_department_window_and_deadline(visit: Visit, make: Make) -> None:
    case = make(name="欧阳筛")
    fits = "/cases?text=欧阳筛&state=open&department=民政&window=W03&channel=窗口&kind=approval"
    assert case.number in visit(CLERK).get(fits).text
    for wrong in ("state=archived", "department=卫健", "window=W04", "outcome=granted", "deadline=overdue"):
        assert case.number not in visit(CLERK).get(f"/cases?text=欧阳筛&{wrong}").text, wrong


def test_pages_of_the_list_neither_repeat_nor_lose_a_case(town: Engine, make: Make) -> None:
    made = {make(name="欧阳页").number for _ in range(5)}
    reader = access.Reader("P000", roles=frozenset({"auditor"}))
    for sort in search.SORTS:
        wanted, found, after = search.Filter(text="欧阳页", sort=sort), [], None
        with db.reading(town) as connection:
            while True:
                page = search.page(connection, reader, wanted, after=after, limit=2)
                found += [row.number for row in page.rows]
                after = page.next
                if after is None:
                    break
            assert [row.number for row in search.every(connection, reader, wanted)] == found
        assert len(found) == page.total
        assert set(found) == made, sort


def test_nobody_sees_a_foreign_case_on_any_page(visit: Visit, make: Make) -> None:
    case = make(name="欧阳密")
    foreign = visit(STRANGER)
    for path in ("", "/print", f"/diagrams/{case.number}/one_window_approval.bpmn", "/interventions/withdraw"):
        assert foreign.get(f"/cases/{case.number}{path}").status_code == 404, path
    assert foreign.post(f"/cases/{case.number}/interventions/withdraw", {"reason": "x"}).status_code == 404
    for path in ("/cases?text=欧阳密", "/search?q=欧阳密", f"/search?q={case.number}", "/"):
        assert f'href="/cases/{case.number}"' not in foreign.get(path).text, path
    assert case.number not in foreign.get("/cases/export.csv?text=欧阳密").text


@pytest.mark.parametrize("tab", ["overview", "materials", "story", "documents", "diagram", "related", "nonsense"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_tab_of_a_case_opens(visit: Visit, make: Make, tab: str, language: str) -> None:
    case = make()
    answer = visit(CLERK, language=language).get(f"/cases/{case.number}?tab={tab}")
    assert answer.status_code == 200
    assert case.number in answer.text


def test_the_page_says_why_the_case_waits_and_counts_each_day(visit: Visit, make: Make) -> None:
    page = visit(CLERK).get(f"/cases/{make().number}").text
    assert 'class="waiting offered"' in page
    assert "收件登记" in page
    assert "2026-03-09 周一" in page


def test_the_story_tells_the_rule_that_matched_and_the_hash_of_each_event(
    town: Engine, visit: Visit, make: Make
) -> None:
    case = make()
    page = visit(CLERK).get(f"/cases/{case.number}?tab=story").text
    with db.reading(town) as connection:
        assert all(event.hash in page for event in way.events(connection, case.number))
    assert "命中第5条规则" in page
    assert "登记，渠道" in page


def test_the_diagram_is_marked_where_the_case_stands(visit: Visit, make: Make) -> None:
    case = make()
    page = visit(CLERK).get(f"/cases/{case.number}?tab=diagram").text
    assert 'data-current="A1"' in page
    drawn = visit(CLERK).get(f"/cases/{case.number}/diagrams/{case.number}/approval_judging.bpmn")
    assert drawn.mimetype == "application/xml"
    assert b'id="A1"' in drawn.data
    assert visit(CLERK).get(f"/cases/{case.number}/diagrams/{case.number}/nothing.bpmn").status_code == 404


def test_who_only_oversees_reads_the_telephone_masked(visit: Visit, make: Make) -> None:
    case = make(phone="13655556666")
    assert "13655556666" in visit(CLERK).get(f"/cases/{case.number}").text
    assert "136****6666" in visit(LEADER).get(f"/cases/{case.number}").text


def test_the_export_holds_the_list_and_no_formula(town: Engine, visit: Visit, make: Make) -> None:
    case = make(name='=HYPERLINK("x")欧阳表')
    answer = visit(CLERK).get("/cases/export.csv?text=欧阳表")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]] == [case.number]
    assert rows[1][4].startswith("'=")
    with db.reading(town) as connection:
        event = audit.trail(connection, personal.STREAM)[-1]
    assert (event.action, event.details["filter"]["text"], event.details["rows"]) == ("list.exported", "欧阳表", 1)


def test_a_number_in_the_search_box_leads_straight_to_its_case(visit: Visit, make: Make) -> None:
    case = make(name="欧阳直")
    assert visit(CLERK).get(f"/search?q={case.number.lower()}").headers["Location"] == f"/cases/{case.number}"
    assert visit(CLERK).get(f"/search?q={int(case.number[-6:])}").headers["Location"] == f"/cases/{case.number}"
    assert "欧阳直" in visit(CLERK).get("/search?q=欧阳直").text


def test_a_leader_supervises_and_the_process_opens_the_sheet(town: Engine, visit: Visit, make: Make) -> None:
    case = make()
    assert visit(CLERK).post(f"/cases/{case.number}/interventions/supervise", {"reason": "x"}).status_code == 403
    answer = visit(LEADER).post(f"/cases/{case.number}/interventions/supervise", {"reason": "群众反映办理缓慢"})
    assert answer.status_code == 303
    run_jobs(town)
    with db.reading(town) as connection:
        asked = [event for event in audit.trail(connection, case.number) if event.action == "case.asked"]
        opened = supervision.of(connection, case.id)
    assert [event.details["reason"] for event in asked] == ["群众反映办理缓慢"]
    assert [(row.level, row.facts["text"]) for row in opened] == [("supervise", "群众反映办理缓慢")]
    assert "督办中" in visit(LEADER).get(f"/cases/{case.number}").text


def test_a_withdrawal_stops_the_work_in_hand(town: Engine, visit: Visit, make: Make) -> None:
    case = make()
    answer = visit(CLERK).post(f"/cases/{case.number}/interventions/withdraw", {"reason": "申请人不再需要"})
    assert answer.status_code == 303
    run_jobs(town)
    with db.reading(town) as connection:
        row = tasks.task.c
        found = connection.execute(sa.select(row.element).where(row.business_key == case.number, row.state == "open"))
        assert found.scalars().all() == ["A18"]


def test_a_granted_licence_is_reviewed_from_the_page_of_its_case(town: Engine, visit: Visit, make: Make) -> None:
    case = make()
    address = f"/cases/{case.number}/interventions/review"
    assert visit(DECIDER).get(address).status_code in (404, 409)
    with db.transaction(town) as connection:
        access.grant(connection, case.id, ["group:approval.decider"])
        values = {"outcome": "granted", "decided_at": case.received_at, "accepted_at": case.received_at}
        cases.change(connection, case.id, **values)
    assert 'value="69-fraud"' in visit(DECIDER).get(address).text
    answer = visit(DECIDER).post(address, {"change.ground": "69", "reason": "不符合法定条件"})
    assert answer.status_code == 303
    run_jobs(town)
    with db.reading(town) as connection:
        row = tasks.task.c
        found = connection.execute(sa.select(row.element).where(row.business_key == case.number, row.state == "open"))
        assert set(found.scalars()) == {"A1", "A17_open"}


def test_what_is_asked_without_reason_keeps_what_was_typed_and_asks_nothing(
    town: Engine, visit: Visit, make: Make
) -> None:
    case = make()
    typed = {"correction.old": "东红路", "correction.new": "东虹路"}
    answer = visit(CLERK).post(f"/cases/{case.number}/interventions/correct", typed)
    assert answer.status_code == 422
    assert 'value="东红路"' in answer.text
    assert 'id="f-reason-error"' in answer.text
    with db.reading(town) as connection:
        assert connection.scalar(sa.select(sa.exists().where(messages.message.c.key == case.number))) is False


def test_what_the_case_does_not_take_now_is_neither_offered_nor_accepted(visit: Visit, make: Make) -> None:
    case = make()
    assert "interventions/extend" not in visit(DECIDER).get(f"/cases/{case.number}").text
    assert visit(DECIDER).get(f"/cases/{case.number}/interventions/extend").status_code == 409
    answer = visit(DECIDER).post(f"/cases/{case.number}/interventions/extend", {"reason": "情况复杂"})
    assert answer.status_code == 409
    assert visit(DECIDER).get(f"/cases/{case.number}/interventions/nothing").status_code == 404


def test_the_file_is_in_chinese_whoever_lets_it_be_bound(visit: Visit, make: Make, town: Engine) -> None:
    case = make(name="欧阳英")
    assert visit(CLERK, language="en").post(f"/cases/{case.number}/dockets").status_code == 303
    with db.reading(town) as connection:
        of_case = (
            connection.execute(sa.select(docket.docket.c.id).where(docket.docket.c.case_id == case.id)).scalars().all()
        )
        ordered = connection.execute(sa.select(jobs.job.c.payload).where(jobs.job.c.kind == "docket")).scalars()
        told = [payload["told"] for payload in ordered if payload["docket"] in of_case]
    assert len(told) == 2
    for each in told:
        assert each["lacking"][0] == "案件未结案"
        assert not [line["what"] for line in each["trail"] if not re.search("[一-龥]", line["what"])]


def test_a_binding_that_failed_says_what_to_do_in_the_readers_language(visit: Visit, make: Make, town: Engine) -> None:
    case, clerk = make(name="欧阳败"), visit(CLERK)
    clerk.post(f"/cases/{case.number}/dockets")
    with db.transaction(town) as connection:
        table = docket.docket
        failed = {"state": "failed", "error": "FileDamaged: …"}
        connection.execute(sa.update(table).where(table.c.case_id == case.id).values(**failed))
    for language, said in (("zh_CN", "请重新生成"), ("en", "Bind it again")):
        page = visit(CLERK, language=language).get(f"/cases/{case.number}?tab=documents").text
        assert said in page
        assert "FileDamaged" in page


def test_the_file_is_bound_in_one_click(visit: Visit, make: Make, town: Engine) -> None:
    case, clerk = make(name="欧阳卷"), visit(CLERK)
    assert "还没有生成案卷" in clerk.get(f"/cases/{case.number}?tab=documents").text
    assert visit(STRANGER).post(f"/cases/{case.number}/dockets").status_code == 404
    assert clerk.post(f"/cases/{case.number}/dockets").status_code == 303
    assert "data-running" in clerk.get(f"/cases/{case.number}?tab=documents").text
    run_jobs(town)
    page = clerk.get(f"/cases/{case.number}?tab=documents").text
    assert "data-running" not in page
    for word in ("正卷", "副卷", "案件未结案"):
        assert word in page
    file_id = re.search(r"/files/(\d+)/view", page)
    assert file_id is not None
    with clerk.get(f"/files/{file_id[1]}") as answer:
        assert answer.data.startswith(b"%PDF")
    assert visit(STRANGER).get(f"/files/{file_id[1]}").status_code == 404
