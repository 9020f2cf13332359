"""Programs do what their person may do, once, and are told in their language what is wrong."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db, messages, tasks
from engine.organisation import account, demo, token
from engine.organisation.person import person
from tests.engine.bpmn.drawing import drawing, flows, node
from tests.web.api.conftest import ADMINISTRATOR, AUDITOR, CLERK, PUBLISHER, Call, Program
from tests.web.conftest import Visit

PROBLEM = "urn:onewindow:problem:"


def first_task(program: Program, number: str) -> dict[str, Any]:
    found = program.get(f"/tasks?view=claimable&text={number}").json
    assert found
    return dict(found["items"][0])


def actions(town: Engine, number: str) -> list[str]:
    with db.reading(town) as connection:
        return [row.action for row in audit.trail(connection, number)]


# -- who calls


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer", "Bearer ow_wrong"])
def test_nobody_is_let_in_without_a_token(town_app: Any, header: str | None) -> None:
    headers = {"Accept-Language": "en", **({"Authorization": header} if header else {})}
    answer = town_app.test_client().get("/api/v1/tasks", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "application/problem+json"
    assert answer.json["title"] == "Not signed in"


def test_a_cookie_lets_nobody_in_and_none_is_set(visit: Visit, call: Call) -> None:
    assert visit(CLERK).get("/api/v1/tasks").status_code == 401
    assert "Set-Cookie" not in call(CLERK).get("/tasks").headers


def test_a_revoked_token_is_refused_at_once(town: Engine, town_app: Any) -> None:
    with db.transaction(town) as connection:
        holder = connection.scalar(sa.select(account.account.c.person_id).where(account.account.c.login == CLERK))
        secret = token.create(connection, audit.SYSTEM, str(holder), "test")
    headers = {"Authorization": f"Bearer {secret}"}
    client = town_app.test_client()
    assert client.get("/api/v1/tasks", headers=headers).status_code == 200
    with db.transaction(town) as connection:
        token.revoke(connection, audit.SYSTEM, token.of(connection, str(holder))[0].id)
    assert client.get("/api/v1/tasks", headers=headers).status_code == 401


# -- problems


def test_a_problem_has_one_type_and_speaks_two_languages(call: Call) -> None:
    english, chinese = (call(CLERK, language=tongue).get("/cases/GL-1999-000001") for tongue in ("en", "zh-CN"))
    assert english.status_code == chinese.status_code == 404
    assert english.json["type"] == chinese.json["type"] == f"{PROBLEM}CaseNotFound"
    assert english.json["detail"] != chinese.json["detail"]
    assert (english.headers["Content-Language"], chinese.headers["Content-Language"]) == ("en", "zh-CN")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/tasks/999999", 404),
        ("/tasks?limit=0", 422),
        ("/tasks?after=x", 422),
        ("/cases?limit=x", 422),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(call: Call, path: str, status: int) -> None:
    answer = call(CLERK).get(path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["instance"] == f"/api/v1{path.partition('?')[0]}"


def test_a_field_that_is_not_offered_is_named(call: Call, case_number: str) -> None:
    task = first_task(call(CLERK), case_number)
    answer = call(CLERK).send(f"/tasks/{task['id']}/completion", {"values": {}, "force": True})
    assert answer.status_code == 422
    assert {"field": "force", "message": "Unknown field."} in answer.json["errors"]


def test_a_body_that_is_no_json_is_told_so(call: Call) -> None:
    answer = call(CLERK).send("/messages", data="{", content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


# -- once only


def test_a_change_without_a_key_is_refused(call: Call, town: Engine, case_number: str) -> None:
    task = first_task(call(CLERK), case_number)
    answer = call(CLERK).send(f"/tasks/{task['id']}/claim", key="short")
    assert (answer.status_code, answer.json["type"]) == (422, f"{PROBLEM}IdempotencyKeyMissing")
    assert "task.claimed" not in actions(town, case_number)


def test_the_same_call_under_the_same_key_is_carried_out_once(call: Call, town: Engine, case_number: str) -> None:
    clerk = call(CLERK)
    task = first_task(clerk, case_number)
    path = f"/tasks/{task['id']}/claim"
    first, again = (clerk.send(path, key="claim-the-first") for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert actions(town, case_number).count("task.claimed") == 1
    other = clerk.send(path, method="DELETE", key="claim-the-first")
    assert (other.status_code, other.json["type"]) == (422, f"{PROBLEM}IdempotencyKeyReused")


def test_a_file_sent_again_under_its_key_is_stored_once(call: Call) -> None:
    def send() -> Any:
        form = {"file": (io.BytesIO("一份说明".encode()), "说明.txt")}
        return call(CLERK).send("/files", data=form, key="the-same-file", content_type="multipart/form-data")

    first, again = send(), send()
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert first.json["kind"] == "txt"


# -- tasks


def test_a_task_is_claimed_filled_in_and_completed(call: Call, town: Engine, case_number: str) -> None:
    clerk = call(CLERK)
    task = first_task(clerk, case_number)
    path = f"/tasks/{task['id']}"
    claimed = clerk.send(f"{path}/claim").json
    assert claimed["form"]["components"]
    values = claimed["values"]
    for row in values["materials"]:
        row["received"] = True
    sent = {"values": {**values, "contact_phone": "12"}, "form_hash": claimed["form_hash"]}
    assert clerk.send(f"{path}/draft", sent, method="PUT").status_code == 204
    assert clerk.get(path).json["values"]["contact_phone"] == "12"
    refused = clerk.send(f"{path}/completion", sent)
    assert (refused.status_code, refused.json["type"]) == (422, f"{PROBLEM}FormIncomplete")
    assert [entry["field"] for entry in refused.json["errors"]] == ["contact_phone"]
    sent["values"]["contact_phone"] = "13800138000"
    done = clerk.send(f"{path}/completion", sent)
    assert (done.status_code, done.json["state"]) == (200, "completed"), done.json
    assert "task.completed" in actions(town, case_number)
    late = clerk.send(f"{path}/completion", sent)
    assert (late.status_code, late.json["type"]) == (409, f"{PROBLEM}TaskAlreadyCompleted")


def test_a_form_filled_in_on_an_old_version_is_not_taken(call: Call, case_number: str) -> None:
    clerk = call(CLERK)
    task = first_task(clerk, case_number)
    clerk.send(f"/tasks/{task['id']}/claim")
    answer = clerk.send(f"/tasks/{task['id']}/completion", {"values": {}, "form_hash": "0" * 64})
    assert (answer.status_code, answer.json["type"]) == (409, f"{PROBLEM}FormChanged")


def test_a_task_is_given_back(call: Call, town: Engine, case_number: str) -> None:
    clerk = call(CLERK)
    task = first_task(clerk, case_number)
    clerk.send(f"/tasks/{task['id']}/claim")
    assert clerk.send(f"/tasks/{task['id']}/claim", method="DELETE").json["assignee"] is None
    with db.reading(town) as connection:
        assert connection.scalar(sa.select(tasks.task.c.assignee).where(tasks.task.c.id == task["id"])) is None


def test_what_one_may_not_see_is_not_there(call: Call, case_number: str) -> None:
    task = first_task(call(CLERK), case_number)
    stranger = call("demo094")
    assert stranger.get(f"/tasks/{task['id']}").status_code == 404
    assert stranger.send(f"/tasks/{task['id']}/claim").status_code == 404
    assert stranger.get(f"/cases/{case_number}").status_code == 404
    assert stranger.get(f"/cases/{case_number}/trail").status_code == 404
    assert stranger.get(f"/cases?text={case_number}").json["items"] == []


# -- cases


def application(**changed: Any) -> dict[str, Any]:
    applicant = {"kind": "person", "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000"}
    values = {"channel": "窗口", "applicant": applicant, "delivery_mode": "窗口领取", **changed}
    return {"item": "GL-MZZ-008", "values": values}


def test_a_case_is_opened_with_the_form_of_the_window(call: Call, town: Engine) -> None:
    clerk = call(CLERK)
    form = clerk.get("/items/GL-MZZ-008/application").json
    assert form["form"]["components"]
    sent = application()
    sent["values"] = {**form["values"], **sent["values"]}
    opened = clerk.send("/cases", sent)
    assert opened.status_code == 201, opened.text
    number = opened.json["number"]
    assert opened.headers["Location"].endswith(f"/api/v1/cases/{number}")
    assert clerk.get(f"/tasks/{opened.json['task']}").json["assignee"] is not None
    assert clerk.get(f"/cases/{number}").json["window"] == "W03"
    assert actions(town, number)[:1] == ["case.opened"]
    assert call(AUDITOR).send("/cases", application()).status_code == 403


def test_an_application_with_faults_opens_nothing_and_names_each_field(call: Call, town: Engine) -> None:
    wrong = application(channel="飞鸽", applicant={"kind": "person", "name": "", "phone": "12"})
    answer = call(CLERK).send("/cases", {**wrong, "window": "W99"})
    assert (answer.status_code, answer.json["type"]) == (422, f"{PROBLEM}FormIncomplete")
    assert {"applicant.name", "applicant.phone", "window"} <= {entry["field"] for entry in answer.json["errors"]}
    unknown = call(CLERK).send("/cases", {**application(), "item": "GL-XXX-999"})
    assert (unknown.status_code, unknown.json["type"]) == (404, f"{PROBLEM}ItemUnknown")


def test_cases_come_in_pages_that_lead_on(call: Call, case_number: str) -> None:
    auditor = call(AUDITOR)
    first = auditor.get("/cases?limit=1&kind=approval").json
    assert first["items"][0]["kind"] == "approval"
    found = auditor.get(f"/cases?text={case_number}").json
    assert [row["number"] for row in found["items"]] == [case_number]
    assert found["next"] is None
    if first["next"]:
        second = auditor.get(first["next"].removeprefix("/api/v1")).json
        assert second["items"][0]["number"] != first["items"][0]["number"]


def test_a_case_says_why_it_waits(call: Call, case_number: str) -> None:
    case = call(AUDITOR).get(f"/cases/{case_number}").json
    assert case["state"] == "received"
    assert case["applicant"]["name"] == "王小明"
    assert case["waiting"]


def test_the_trail_is_read_page_by_page_by_those_who_oversee(call: Call, case_number: str) -> None:
    auditor, seen, path = call(AUDITOR), [], f"/cases/{case_number}/trail?limit=2"
    while path:
        page = auditor.get(path).json
        seen += [row["seq"] for row in page["items"]]
        path = page["next"].removeprefix("/api/v1") if page["next"] else ""
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == 1
    assert call(CLERK).get(f"/cases/{case_number}/trail").status_code in (403, 404)


# -- packages


def archive(name: str, *parts: str) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        target.writestr("package.toml", f'name = "{name}"\n')
        target.writestr("small.bpmn", drawing("".join(parts), process=name))
    content.seek(0)
    return content


def deploy(program: Program, content: io.BytesIO) -> Any:
    form = {"package": (content, "small.zip")}
    return program.send("/packages", data=form, content_type="multipart/form-data")


def test_a_package_is_put_into_force_as_a_version(call: Call) -> None:
    parts = (node("startEvent", "s"), node("userTask", "u"), flows("s>u"))
    publisher = call(PUBLISHER)
    first, again = (deploy(publisher, archive("api_small", *parts)) for _ in range(2))
    assert (first.status_code, first.json["version"]) == (201, 1), first.json
    assert again.json == first.json
    listed = publisher.get("/packages?package=api_small").json
    assert [row["version"] for row in listed["items"]] == [1]
    assert deploy(call(CLERK), archive("api_small", *parts)).status_code == 403
    pages = publisher.get("/packages?limit=1").json
    assert publisher.get(pages["next"].removeprefix("/api/v1")).json["items"][0] != pages["items"][0]


def test_a_package_that_is_refused_names_its_elements(call: Call) -> None:
    answer = deploy(
        call(PUBLISHER), archive("api_broken", node("startEvent", "s"), node("scriptTask", "run"), flows("s>run"))
    )
    assert (answer.status_code, answer.json["type"]) == (422, f"{PROBLEM}DeploymentRefused")
    assert "run" in [entry["field"] for entry in answer.json["errors"]]
    assert deploy(call(PUBLISHER), io.BytesIO(b"no zip")).status_code == 422


# -- messages


def test_a_message_is_for_systems_that_see_the_case(call: Call, town: Engine, case_number: str) -> None:
    sent = {"name": "material.supplemented", "key": case_number, "variables": {"n": 1.5}, "ttl_hours": 1}
    assert call(CLERK).send("/messages", sent).status_code == 403
    answer = call(ADMINISTRATOR).send("/messages", sent)
    assert answer.status_code == 202
    with db.reading(town) as connection:
        row = connection.execute(sa.select(messages.message).where(messages.message.c.id == answer.json["id"])).one()
    assert (row.name, row.key, float(row.variables["n"])) == ("material.supplemented", case_number, 1.5)


def test_a_system_tells_only_cases_that_it_sees(town: Engine, town_app: Any, case_number: str) -> None:
    login = f"system-{case_number[-6:]}"
    with db.transaction(town) as connection:
        some = connection.execute(sa.select(person.c.unit).limit(1)).scalar_one()
        row = {"id": login, "kind": "system", "name": login, "display_name": login, "unit": some}
        connection.execute(sa.insert(person).values(row | {"on_duty": True, "certainty": "test", "facts": {}}))
        account.open_account(connection, audit.SYSTEM, login, login)
        secret = token.create(connection, audit.SYSTEM, login, "test")
    system = Program(town_app.test_client(), {"Authorization": f"Bearer {secret}"})
    sent = {"name": "material.supplemented", "key": case_number}
    assert system.send("/messages", sent).status_code == 404
    with db.transaction(town) as connection:
        from engine.cases import case
        from engine.cases.people import access

        access.grant(connection, case.get(connection, case_number).id, [f"person:{login}"])
    assert system.send("/messages", sent).status_code == 202


def test_demo_tokens_are_what_the_command_prints(town: Engine) -> None:
    with db.reading(town) as connection:
        rows = {row["login"]: row for row in demo.accounts(connection)}
        assert token.holder(connection, rows[CLERK]["api_token"], demo=True).id == rows[CLERK]["id"]
