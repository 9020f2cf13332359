"""A new application at a window: chosen, refused with everything kept, opened with its first task claimed."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import audit, db, tasks
from engine.cases import case as cases
from engine.cases import closing
from engine.cases.enforcement import lead
from engine.cases.grid import link, reporting
from engine.cases.items import item as items
from engine.cases.papers import material
from engine.cases.people import personal
from engine.organisation import account, person
from engine.organisation import post as posts
from tests.web.conftest import Visit
from web.sent import intake

CLERK, DECIDER = "demo029", "demo014"
ITEM = "GL-MZZ-008"
FORM = {
    "application_type": "new",
    "channel": "窗口",
    "applicant.kind": "person",
    "applicant.name": "王小明",
    "applicant.id_number": "11010519491231002X",
    "applicant.phone": "13800138000",
    "applicant.address": "官林镇东虹路1号",
    "window": "W03",
    "queue_number": "A012",
    "received_at": "2026-03-02T08:40",
    "seen": "1",
}


def send(visit: Visit, item: str = ITEM, **changed: Any) -> TestResponse:
    form = {**FORM, **{name.replace("__", "."): value for name, value in changed.items()}}
    return visit(CLERK).post(f"/applications/new/{item}", {name: value for name, value in form.items() if value})


def holder(town: Engine, wanted: str) -> str:
    """Return the login of somebody who holds the post and none that takes applications in besides it."""
    others = {*intake.TAKES_IN} - {wanted}
    with db.reading(town) as connection:
        for row in person.holders(connection, wanted):
            held = {posts.code_of(group) for group in person.groups(connection, row.id)}
            found = sa.select(account.account.c.login).where(account.account.c.person_id == row.id)
            login = connection.scalar(found)
            if login and not held & others:
                return str(login)
    raise LookupError(wanted)


def case_of(town: Engine, answer: TestResponse) -> sa.Row[Any]:
    """Return the case whose first task or page an answer leads to."""
    assert answer.status_code == 303
    place = answer.headers["Location"]
    with db.reading(town) as connection:
        if place.startswith("/cases/"):
            return cases.get(connection, place.removeprefix("/cases/"))
        key = sa.select(tasks.task.c.business_key).where(tasks.task.c.id == int(place.removeprefix("/tasks/")))
        return cases.get(connection, str(connection.scalar(key)))


def test_an_item_is_found_by_a_word_of_its_name(visit: Visit) -> None:
    page = visit(CLERK).get("/applications/new?q=尊老金").text
    assert ITEM in page
    assert "GL-WJW-012" not in page


def test_an_unknown_item_is_not_there(visit: Visit) -> None:
    assert visit(CLERK).get("/applications/new/GL-NIX-999").status_code == 404
    assert visit(CLERK).get("/applications/new?item=GL-NIX-999").status_code == 404


def test_only_clerks_take_applications_in(visit: Visit) -> None:
    assert visit(DECIDER).get("/applications/new").status_code == 403
    assert visit(DECIDER).post(f"/applications/new/{ITEM}", FORM).status_code == 403


@pytest.mark.parametrize("post", ["archive.keeper", "approval.push_receiver", "hall.issue"])
def test_a_clerk_who_archives_or_receives_takes_nothing_in(town: Engine, visit: Visit, post: str) -> None:
    browser = visit(holder(town, post))
    assert browser.get("/applications/new").status_code == 403
    assert browser.post(f"/applications/new/{ITEM}", FORM).status_code == 403
    assert 'href="/applications/new"' not in browser.get("/").text


def test_a_village_point_takes_in_only_what_is_enabled_there(town: Engine, visit: Visit) -> None:
    with db.reading(town) as connection:
        table = items.catalogue_item.c
        of = sa.select(table.code).where(table.version == items.current(connection)).order_by(table.code).limit(1)
        enabled = connection.execute(of.where(table.village)).scalar_one()
        other = connection.execute(of.where(~table.village)).scalar_one()
    browser = visit(holder(town, "village.window"))
    assert browser.get(f"/applications/new/{enabled}").status_code == 200
    for answer in (browser.get(f"/applications/new/{other}"), browser.post(f"/applications/new/{other}", FORM)):
        assert answer.status_code == 422
        assert "不在村级服务点受理" in answer.text
    assert browser.post(f"/applications/new/{enabled}", {**FORM, "channel": "窗口"}).status_code == 422


def test_the_clerk_s_own_window_is_chosen_beforehand(visit: Visit) -> None:
    assert '<option value="W03" selected>' in visit(CLERK).get(f"/applications/new/{ITEM}").text


def test_opening_a_case_leads_to_its_first_task_claimed_by_the_clerk(town: Engine, visit: Visit) -> None:
    case = case_of(town, send(visit))
    assert (case.channel, case.window, case.queue_number) == ("窗口", "W03", "A012")
    assert case.received_at.isoformat() == "2026-03-02T00:40:00+00:00"
    with db.reading(town) as connection:
        first = connection.execute(sa.select(tasks.task).where(tasks.task.c.business_key == case.number)).one()
        actions = [event.action for event in audit.trail(connection, case.number)]
    assert (first.element, first.assignee) == ("A1", case.opened_by)
    assert [action for action in ("case.opened", "task.claimed") if action in actions] == [
        "case.opened",
        "task.claimed",
    ]


def test_a_refused_application_keeps_everything_typed_and_opens_nothing(town: Engine, visit: Visit) -> None:
    with db.reading(town) as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(cases.case_file))
    answer = send(visit, applicant__id_number="110105194912310021", received_at="2026-03-02T09:30", window="")
    assert answer.status_code == 422
    for typed in ("110105194912310021", "王小明", "A012", "2026-03-02T09:30"):
        assert f'value="{typed}"' in answer.text
    assert 'id="window-error"' in answer.text
    assert 'id="received_at-error"' in answer.text
    with db.reading(town) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(cases.case_file)) == before


def test_a_way_in_that_the_item_does_not_offer_is_refused_beside_its_field(visit: Visit) -> None:
    answer = send(visit, item="GL-WJW-012", channel="自助")
    assert answer.status_code == 422
    assert 'id="f-channel-error"' in answer.text


def test_a_firm_is_asked_for_its_credit_code_as_soon_as_it_is_chosen(visit: Visit) -> None:
    answer = send(visit, applicant__kind="organisation", look="1")
    assert answer.status_code == 200
    assert 'name="applicant.uscc"' in answer.text
    assert 'name="applicant.id_number"' not in answer.text


def test_an_agent_hands_the_power_of_attorney_in_with_the_application(town: Engine, visit: Visit) -> None:
    agent = {"agent__name": "李代办", "agent__id_number": "11010519491231002X", "agent__phone": "13900139000"}
    refused = send(visit, channel="代理", **agent)
    assert refused.status_code == 422
    assert "agent-power_of_attorney-error" in refused.text
    paper = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "power.pdf")
    case = case_of(town, send(visit, channel="代理", **agent, **{"agent__power_of_attorney:upload": paper}))
    assert case.agent_id is not None
    with db.reading(town) as connection:
        known = [event.details for event in audit.trail(connection, case.number) if event.action == "instance.started"]
        assert material.of(connection, case.id) == []
    assert '"code":"M004"' in db.dumps(known)


def test_a_file_of_a_wrong_kind_is_refused_beside_its_field(visit: Visit) -> None:
    agent = {"agent__name": "李代办", "agent__id_number": "11010519491231002X", "agent__phone": "13900139000"}
    paper = (io.BytesIO(b"MZ\x90\x00\x03\x00"), "power.pdf")
    answer = send(visit, channel="代理", **agent, **{"agent__power_of_attorney:upload": paper})
    assert answer.status_code == 422
    assert "power.pdf" in answer.text


def test_running_cases_of_the_same_applicant_are_seen_first(town: Engine, visit: Visit) -> None:
    first = case_of(town, send(visit, applicant__name="重名人", applicant__phone="13700137000"))
    answer = send(visit, applicant__name="重名人", applicant__phone="13700137000", seen="")
    assert answer.status_code == 200
    assert first.number in answer.text
    assert 'name="seen"' in answer.text


def test_a_penalty_in_force_is_seen_first_and_what_is_investigated_is_not(town: Engine, visit: Visit) -> None:
    party = {"kind": "citizen", "name": "重罚人", "id_number": "11010519491231002X"}
    with db.transaction(town) as connection:
        given = lead.Lead(source="巡查", facts="占道堆物", party=party)
        case, _step = lead.take_in(connection, audit.Actor("P075"), given)
    known = {"applicant__name": "重罚人", "applicant__id_number": "11010519491231002X"}
    told = send(visit, **known, channel="代理", seen="").text
    assert case.number not in told
    with db.transaction(town) as connection:
        cases.change(connection, case.id, state="decided", outcome="penalised")
    answer = send(visit, **known, seen="")
    assert (answer.status_code, case.number in answer.text, "已处罚" in answer.text) == (200, True, True)


@pytest.mark.parametrize("key", ["double-click-1"])
def test_a_double_click_opens_one_case(town: Engine, visit: Visit, key: str) -> None:
    browser = visit(CLERK)
    answers = [browser.post(f"/applications/new/{ITEM}", FORM, key=key) for _ in range(2)]
    assert case_of(town, answers[0]).number == case_of(town, answers[1]).number


# -- the registers

RESIDENT, INDEBTED, UNKNOWN = "990100194901240013", "990100197405173708", "11010519491231002X"
"""Of the demo's registers: somebody with a clean record, somebody with a penalty in force, nobody."""


def asked(town: Engine) -> Any:
    """Return the last question to the registers, as the trail tells it."""
    with db.reading(town) as connection:
        return audit.trail(connection, personal.STREAM)[-1]


def test_the_register_fills_name_and_address_in_and_the_trail_says_who_asked_why(town: Engine, visit: Visit) -> None:
    answer = send(visit, applicant__id_number=RESIDENT, applicant__name="", applicant__address="", ask="1")
    assert answer.status_code == 200
    assert 'value="何文斌(合成)"' in answer.text
    assert "芦荡村演示路103号" in answer.text
    assert "没有该申请人的未了结记录" in answer.text
    event = asked(town)
    assert (event.action, event.actor) == ("register.asked", "P029")
    assert (event.details["why"], event.details["item"], event.details["found"]) == ("prefill", ITEM, True)
    assert RESIDENT not in db.dumps(event.details)


def test_a_number_that_no_register_knows_is_said_and_keeps_what_was_typed(town: Engine, visit: Visit) -> None:
    answer = send(visit, applicant__id_number=UNKNOWN, ask="1")
    assert "各库中没有此号码" in answer.text
    assert 'value="王小明"' in answer.text
    assert asked(town).details["found"] is False


@pytest.mark.parametrize("number", ["", "123"])
def test_without_a_right_number_nobody_is_asked_for(town: Engine, visit: Visit, number: str) -> None:
    with db.reading(town) as connection:
        before = len(audit.trail(connection, personal.STREAM))
    assert 'class="alert warning"' in send(visit, applicant__id_number=number, ask="1").text
    with db.reading(town) as connection:
        assert len(audit.trail(connection, personal.STREAM)) == before


def test_a_penalty_in_force_is_seen_before_the_case_is_opened(town: Engine, visit: Visit) -> None:
    someone = {"applicant__id_number": INDEBTED, "applicant__phone": "13600136000"}
    answer = send(visit, **someone, seen="")
    assert answer.status_code == 200
    assert "行政处罚" in answer.text
    assert 'name="seen"' in answer.text
    assert (asked(town).details["why"], asked(town).details["notes"]) == ("opening", 1)
    assert case_of(town, send(visit, **someone)).state == "received"


def test_an_application_for_an_event_is_linked_both_ways_once(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        given = reporting.Report(
            "网格员", "E0107", 119.672417, 31.502934, "占道经营，愿意补办许可", address="演示路12号"
        )
        told, _step = reporting.report(connection, audit.Actor("P132"), given)
        link.hand_over(connection, audit.Actor("P132"), told, "approval", "须办许可")
    wrong = send(visit, event="GLW-2026-999999", applicant__name="郝申办")
    assert (wrong.status_code, "没有等待申请的事件" in wrong.text) == (422, True)
    case = case_of(town, send(visit, event=told.number, applicant__name="郝申办"))
    assert told.number in visit(CLERK).get(f"/cases/{case.number}?tab=related").text
    page = visit("demo001").get(f"/cases/{told.number}").text
    assert f'href="/cases/{case.number}"' in page
    assert send(visit, event=told.number, applicant__name="郝再来").status_code == 422
    with db.reading(town) as connection:
        assert "event.applied" in {row.action for row in audit.trail(connection, told.number)}
        assert "case.from_event" in {row.action for row in audit.trail(connection, case.number)}
    with db.transaction(town) as connection:
        closing.close(connection, audit.SYSTEM, case, "granted")
    assert "granted" in visit("demo001", language="en").get(f"/cases/{told.number}").text
