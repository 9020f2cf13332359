"""The task page: claimed, filled in, finished once; nothing that was typed is ever lost."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g, render_template_string
from sqlalchemy.engine import Engine

import forms
from engine import audit, clock, db, errors, instances, tasks
from engine.handling import offers
from engine.organisation import absence, person
from tests.web.conftest import Visit
from tests.web.desk import CLERK, COLLEAGUE, GOOD, REVIEWER, actions, all_received, present, take_in
from web.sent import submissions


@pytest.fixture
def mine(town: Engine, visit: Visit) -> Any:
    """An intake task that the clerk has claimed."""
    row = take_in(town)
    assert visit(CLERK).post(f"/tasks/{row.id}/claim").status_code == 303
    return present(town, row.id)


def test_a_free_task_is_looked_at_and_claimed_before_it_is_filled_in(town: Engine, visit: Visit) -> None:
    row, clerk = take_in(town), visit(CLERK)
    shown = clerk.get(f"/tasks/{row.id}").text
    assert "<fieldset disabled" in shown
    assert f"/tasks/{row.id}/claim" in shown
    assert clerk.post(f"/tasks/{row.id}/completion", GOOD).status_code == 403
    assert clerk.post(f"/tasks/{row.id}/claim").headers["Location"].startswith(f"/tasks/{row.id}")
    assert "<fieldset disabled" not in clerk.get(f"/tasks/{row.id}").text
    assert (present(town, row.id).assignee, actions(town, row.business_key)[-1].action) == ("P029", "task.claimed")


def test_a_task_that_is_offered_to_one_person_names_the_person(town: Engine, visit: Visit) -> None:
    row, offered = take_in(town), offers.candidate
    with db.transaction(town) as connection:
        of_task = offered.c.task_id == row.id
        connection.execute(sa.update(offered).where(of_task).values(kind="user", name="P029"))
        name = person.names(connection, ["P029"])["P029"]
    assert f'<span class="badge">由 {name} 签收</span>' in visit(CLERK).get(f"/tasks/{row.id}").text


def test_finishing_says_what_is_next_and_leaves_the_checked_values_in_the_trail(
    town: Engine, visit: Visit, mine: Any
) -> None:
    clerk = visit(CLERK)
    answer = clerk.post(f"/tasks/{mine.id}/completion", {**all_received(mine, town), "item.name": "免费"})
    assert answer.status_code == 303, answer.text
    page = clerk.get(answer.headers["Location"])
    assert page.status_code == 200
    assert all(text in page.text for text in ("随后发生", "下一步由谁办理", "我的下一件"))
    event = actions(town, mine.business_key)[-1]
    assert (event.action, event.actor, "item" in event.details["values"]) == ("task.completed", "P029", False)
    assert visit(COLLEAGUE).get(answer.headers["Location"]).status_code == 404


def test_after_a_step_one_prints_its_papers_and_goes_on_with_the_case(town: Engine, visit: Visit, mine: Any) -> None:
    clerk = visit(CLERK)
    page = clerk.get(clerk.post(f"/tasks/{mine.id}/completion", all_received(mine, town)).headers["Location"]).text
    paper = re.search(r'href="(/files/[^"]+)"[^>]*>打印《收件凭证》', page)
    assert paper is not None
    with clerk.get(paper.group(1)) as answer:
        assert answer.mimetype == "application/pdf"
    onward = re.search(r'action="/tasks/(\d+)/claim".*?签收并继续办理“窗口确认 A2”', page, re.DOTALL)
    assert onward is not None
    assert clerk.post(f"/tasks/{onward.group(1)}/claim").headers["Location"].startswith(f"/tasks/{onward.group(1)}")
    assert present(town, int(onward.group(1))).assignee == "P029"
    assert actions(town, mine.business_key)[-1].action == "task.claimed"


def test_what_is_lacking_is_written_into_the_notice_beforehand(town: Engine, visit: Visit, mine: Any) -> None:
    clerk = visit(CLERK)
    clerk.post(f"/tasks/{mine.id}/completion", GOOD)
    with db.reading(town) as connection:
        (judging,) = connection.execute(
            sa.select(tasks.task).where(tasks.task.c.business_key == mine.business_key, tasks.task.c.state == "open")
        )
    clerk.post(f"/tasks/{judging.id}/claim")
    page = clerk.get(f"/tasks/{judging.id}").text
    assert "缺少材料：政务服务事项申请表（一表）" in page
    assert re.search(r'name="defects\[0\]\.material"|value="政务服务事项申请表（一表）"', page)
    assert "提交电子或纸质原件" in page


def test_a_double_click_finishes_once_and_both_answers_are_the_same(town: Engine, visit: Visit, mine: Any) -> None:
    clerk, form = visit(CLERK), all_received(mine, town)
    first = clerk.post(f"/tasks/{mine.id}/completion", form, key="click-click-1")
    second = clerk.post(f"/tasks/{mine.id}/completion", form, key="click-click-1")
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert [event.action for event in actions(town, mine.business_key)].count("task.completed") == 1


def test_whoever_comes_second_learns_who_was_first_and_keeps_what_was_typed(
    town: Engine, visit: Visit, mine: Any
) -> None:
    clerk = visit(CLERK)
    clerk.post(f"/tasks/{mine.id}/completion", all_received(mine, town))
    late = clerk.post(f"/tasks/{mine.id}/completion", {**GOOD, "handler_name": "李四代办"})
    assert late.status_code == 409
    assert all(text in late.text for text in ("傅天宇", "2026年3月2日 09:00", "李四代办", "经办人"))
    assert clerk.get(f"/tasks/{mine.id}").status_code == 409


def test_beside_the_form_stands_what_one_must_know(visit: Visit, mine: Any) -> None:
    shown = visit(CLERK).get(f"/tasks/{mine.id}").text
    assert all(text in shown for text in ("期限", "推算过程", "材料", "基本情况", "适用规则"))
    assert re.search(rf'data-diagram="/cases/{mine.business_key}/diagrams/[^"]+"[^>]*data-current="A1"', shown)
    drawn = visit(CLERK).get(f"/tasks/{mine.id}/diagram")
    assert (drawn.mimetype, b"bpmn:definitions" in drawn.data) == ("application/xml", True)


def test_a_task_of_others_does_not_exist(town: Engine, visit: Visit, mine: Any) -> None:
    stranger = visit(REVIEWER)
    for path in (f"/tasks/{mine.id}", f"/tasks/{mine.id}/diagram", f"/tasks/{mine.id}/after", "/tasks/999999"):
        assert stranger.get(path).status_code == 404
    for act in ("claim", "completion", "draft", "release", "transfer"):
        assert stranger.post(f"/tasks/{mine.id}/{act}", {"to": "P044", "reason": "x"}).status_code == 404
    assert present(town, mine.id).state == "open"


def test_a_withdrawn_task_says_so(town: Engine, visit: Visit, mine: Any) -> None:

    with db.transaction(town) as connection:
        instances.cancel(connection, audit.SYSTEM, mine.instance_id, "test")
    answer = visit(CLERK).post(f"/tasks/{mine.id}/completion", {**GOOD, "handler_name": "李四代办"})
    assert answer.status_code == 409
    assert "李四代办" in answer.text


def test_a_form_with_a_fault_comes_back_with_a_link_to_each_field_and_everything_typed(
    town: Engine, visit: Visit, mine: Any
) -> None:
    answer = visit(CLERK).post(f"/tasks/{mine.id}/completion", {**GOOD, "contact_phone": "12", "handler_name": "李四"})
    assert answer.status_code == 422
    assert 'href="#f-contact_phone"' in answer.text
    assert 'id="f-contact_phone-error"' in answer.text
    assert 'value="李四"' in answer.text
    assert present(town, mine.id).draft["handler_name"] == ["李四"]


def test_a_draft_is_kept_and_shown_again(town: Engine, visit: Visit, mine: Any) -> None:
    clerk = visit(CLERK)
    saved = clerk.post(f"/tasks/{mine.id}/draft", {"handler_name": "李四"}, headers={"Accept": "application/json"})
    assert saved.get_json() == {"saved": "09:00"}
    assert 'value="李四"' in clerk.get(f"/tasks/{mine.id}").text
    assert clerk.post(f"/tasks/{mine.id}/draft", {"handler_name": "赵六"}).status_code == 303
    assert 'value="赵六"' in clerk.get(f"/tasks/{mine.id}").text


def test_a_draft_on_an_earlier_form_says_so_and_is_not_sent_unseen(town: Engine, visit: Visit, mine: Any) -> None:
    from tests.web.sent.test_submissions import CLERK as CANDIDATE

    with db.transaction(town) as connection:
        tasks.save_draft(connection, CANDIDATE, mine.id, {"fax": ["0510-1"], "handler_name": ["李四"]}, "0" * 64)
    clerk = visit(CLERK)
    shown = clerk.get(f"/tasks/{mine.id}").text
    assert all(text in shown for text in ("表单已更新", "0510-1", 'value="李四"'))
    answer = clerk.post(f"/tasks/{mine.id}/completion", {**all_received(mine, town), "form_hash": "0" * 64})
    assert answer.status_code == 409
    assert present(town, mine.id).state == "open"


def test_a_stale_page_shows_the_form_again_with_what_was_typed(town: Engine, visit: Visit, mine: Any) -> None:
    form = {"csrf_token": "old", "idempotency_key": "stale-page-1", "handler_name": "李四代办"}
    answer = visit(CLERK).client.post(f"/tasks/{mine.id}/completion", data=form)
    assert answer.status_code == 400
    assert 'value="李四代办"' in answer.text
    assert present(town, mine.id).state == "open"


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [("page.html", b"<script>", 422, "类型不允许"), ("nothing.pdf", b"", 422, "是空的")],
)
def test_a_wrong_file_is_refused_beside_its_field_and_the_rest_stays(
    town: Engine, visit: Visit, mine: Any, name: str, content: bytes, status: int, said: str
) -> None:
    sent = {
        **all_received(mine, town),
        "handler_name": "李四",
        "materials[0].files:upload": [(io.BytesIO(b"%PDF-1.7 card"), "card.pdf"), (io.BytesIO(content), name)],
    }
    answer = visit(CLERK).post(f"/tasks/{mine.id}/completion", sent, content_type="multipart/form-data")
    assert answer.status_code == status
    assert all(text in answer.text for text in (said, 'value="李四"', "card.pdf"))
    assert present(town, mine.id).state == "open"
    assert len(present(town, mine.id).draft["materials[0].files"]) == 1


def test_a_step_that_a_service_refuses_comes_back_with_the_files_that_were_sent(
    town: Engine, visit: Visit, mine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: Any) -> None:
        problem = errors.ExpertGridUnknown(grid="GL-99-99")
        problem.sent_back = True
        raise problem

    monkeypatch.setattr(submissions, "complete", refuse)
    card = (io.BytesIO(b"%PDF-1.7 card"), "card.pdf")
    sent = {**all_received(mine, town), "handler_name": "李四", "materials[0].files:upload": card}
    answer = visit(CLERK).post(f"/tasks/{mine.id}/completion", sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert all(text in answer.text for text in ("没有网格 GL-99-99", 'value="李四"', "card.pdf"))
    assert len(present(town, mine.id).draft["materials[0].files"]) == 1


def test_a_request_that_is_too_large_is_answered_with_a_sentence(town: Engine, visit: Visit, mine: Any) -> None:
    clerk = visit(CLERK)
    clerk.client.application.config["MAX_CONTENT_LENGTH"] = 1 << 20
    try:
        answer = clerk.post(f"/tasks/{mine.id}/completion", {**GOOD, "handler_name": "x" * (1 << 20)})
    finally:
        clerk.client.application.config["MAX_CONTENT_LENGTH"] = 50 << 20
    assert answer.status_code == 413
    assert "提交的内容超过 1 MB" in answer.text
    assert present(town, mine.id).state == "open"


def test_a_task_is_handed_over_only_with_a_person_and_a_reason(town: Engine, visit: Visit) -> None:
    row = take_in(town)
    clerk = visit(CLERK)
    clerk.post(f"/tasks/{row.id}/claim")
    assert clerk.post(f"/tasks/{row.id}/transfer", {"reason": "请假"}).status_code == 422
    assert clerk.post(f"/tasks/{row.id}/transfer", {"to": "P044", "reason": ""}).status_code == 422
    assert clerk.post(f"/tasks/{row.id}/transfer", {"to": "P044", "reason": "请假"}).status_code == 403
    assert present(town, row.id).assignee == "P029"
    assert clerk.post(f"/tasks/{row.id}/release").status_code == 303
    assert (present(town, row.id).assignee, actions(town, row.business_key)[-1].action) == (None, "task.released")


def test_somebody_who_is_too_late_to_claim_learns_who_has_it(town: Engine, visit: Visit) -> None:
    row = take_in(town, window="W05")
    with db.transaction(town) as connection:
        first = tasks.Candidate("P031", frozenset({"hall.window@W05"}))
        tasks.claim(connection, audit.Actor("P031"), first, row.id)
    with db.transaction(town) as connection:
        offers.make(connection, row.id, {"user": ["P029"]}, free=True, sort_due_at=offers.NEVER)
    answer = visit(CLERK).post(f"/tasks/{row.id}/claim", {"back": "/inbox?view=claimable"})
    assert answer.status_code == 409
    assert "/inbox?view=claimable" in answer.text
    assert present(town, row.id).assignee == "P031"


def test_a_delegated_task_comes_back_and_a_transferred_one_does_not(town: Engine, visit: Visit, mine: Any) -> None:
    with db.transaction(town) as connection:
        offers.make(connection, mine.id, {"user": ["P030"]}, free=True, sort_due_at=offers.NEVER)
    clerk, colleague = visit(CLERK), visit(COLLEAGUE)
    choice = {"to": "P030", "reason": "下午开会"}
    assert clerk.post(f"/tasks/{mine.id}/delegation", choice).status_code == 303
    assert (present(town, mine.id).assignee, present(town, mine.id).owner) == ("P030", "P029")
    assert colleague.post(f"/tasks/{mine.id}/return").status_code == 303
    assert (present(town, mine.id).assignee, present(town, mine.id).owner) == ("P029", None)
    assert clerk.post(f"/tasks/{mine.id}/transfer", choice).status_code == 303
    assert (present(town, mine.id).assignee, present(town, mine.id).owner) == ("P030", None)
    told = [(event.action, event.details.get("reason")) for event in actions(town, mine.business_key)[-3:]]
    assert told == [("task.delegated", "下午开会"), ("task.handed_back", None), ("task.transferred", "下午开会")]


def test_what_is_done_in_the_place_of_an_absent_colleague_names_both(town: Engine, visit: Visit) -> None:
    row, day = take_in(town, window="W05"), clock.today()
    with db.transaction(town) as connection:
        away = absence.report(connection, audit.SYSTEM, "P031", day, day, "病假", substitute_id="P032")
    try:
        substitute = visit("demo032")
        substitute.post(f"/tasks/{row.id}/claim")
        assert "代 " in substitute.get(f"/tasks/{row.id}").text
        assert substitute.post(f"/tasks/{row.id}/completion", all_received(row, town)).status_code == 303
    finally:
        with db.transaction(town) as connection:
            absence.cancel(connection, audit.SYSTEM, away.id)
    done = actions(town, row.business_key)
    assert {(event.actor, event.on_behalf_of) for event in done} == {("P032", "P031")}


def test_a_list_of_fields_is_a_table_with_one_row_for_each_material(town: Engine, visit: Visit) -> None:
    task = take_in(town)
    page = visit(CLERK).get(f"/tasks/{task.id}").text
    tables = re.findall(r'<table class="field-table">.*?</table>', page, re.DOTALL)
    (materials,) = [table for table in tables if "材料名称" in table]
    with db.reading(town) as connection:
        wanted = tasks.context(connection, present(town, task.id))["materials"]
    rows = re.findall(r'<tr class="field-row">.*?</tr>', materials, re.DOTALL)
    assert len(rows) == len(wanted) > 1
    heads = [re.sub(r"<[^>]+>", "", head) for head in re.findall(r'<th scope="col">(.*?)</th>', materials)]
    columns = ["材料名称", "来源", "已收到", "形式", "份数", "有效期至", "扫描件"]
    assert [head.partition(" ")[0] for head in heads[1:]] == columns
    for row in rows:
        labelled = re.findall(r'<label [^>]*for="(f-[^"]+)"', row)
        assert len(labelled) == len(columns), "controls keep their labels, for phones and for those who listen"
        assert [name for name in labelled if f'id="{name}"' not in row] == []


FILES = """{% from "forms/_controls.html" import control with context %}
{%- for part in form.components %}{{ control(part) }}{% endfor %}"""


@pytest.mark.parametrize(("readonly", "offered"), [(True, False), (False, True)])
def test_files_that_are_only_to_be_read_are_named_without_boxes(town_app: Flask, readonly: bool, offered: bool) -> None:
    part = {"type": "filepicker", "key": "papers", "label": "Papers", "multiple": True, "readonly": readonly}
    form = forms.bind(forms.compile({"type": "default", "components": [part]}), None, {"papers": ["report.pdf"]}, {})
    with town_app.test_request_context():
        g.person = None
        shown = render_template_string(FILES, form=form)
    assert "report.pdf" in shown
    assert ("<input" in shown) is offered
