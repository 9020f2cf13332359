"""A case carried by a process: opened at a window, read by those it is offered to, never silent about why it waits."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, definitions, errors, feel, incidents, instances, jobs, tasks
from engine.cases import case as cases
from engine.cases import deadline, opening
from engine.cases import handlers as case_handlers
from engine.cases.clocks import special
from engine.cases.handlers import together
from engine.cases.items import directory
from engine.cases.papers import document, material, notice, publicity, push
from engine.cases.people import access, file_access
from engine.cases.reading import waiting
from engine.design import packages
from engine.flow import handlers, steps
from engine.ground import files
from engine.organisation import post, unit
from tests.engine.bpmn.drawing import drawing, flows, node, timer

CLERK = audit.Actor("P101")
WINDOW = access.Reader("P101", frozenset({"hall.window", "hall.window@W03"}))
OTHER = access.Reader("P102", frozenset({"hall.window", "hall.window@W04"}))
REVIEWER = access.Reader("P200", frozenset({"approval.reviewer.food"}))
AUDITOR = access.Reader("P900", frozenset(), frozenset({"auditor"}))
ANSWER = {"result": "granted", "basis": "公共场所卫生管理条例", "reasons": "", "remedies": ""}
Clock = Callable[..., AbstractContextManager[None]]
Open = Callable[..., cases.Opening]


def service(id: str, type: str, **headers: str) -> str:
    rows = "".join(f'<zeebe:header key="{key}" value="{value}"/>' for key, value in headers.items())
    inside = f'<zeebe:taskDefinition type="{type}"/><zeebe:taskHeaders>{rows}</zeebe:taskHeaders>'
    return node("serviceTask", id, f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>")


def person(id: str, name: str, group: str, **properties: str) -> str:
    rows = "".join(
        f'<zeebe:property name="{key.replace("_", ":")}" value="{value}"/>' for key, value in properties.items()
    )
    inside = f'<zeebe:assignmentDefinition candidateGroups="{group}"/><zeebe:properties>{rows}</zeebe:properties>'
    return node("userTask", id, f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>", name=name)


PROCESS = drawing(
    node("startEvent", "s")
    + service("take", "case.state", state="received")
    + person("A1", "收件登记", "hall.window@W03", name_en="Intake", article="行政许可法32")
    + service("register", "material.register")
    + service("accept", "case.accept")
    + service("legal", "deadline.start", period="decision")
    + service("promise", "deadline.start", period="promise")
    + service("notice", "document.issue", kind="acceptance_notice")
    + service("tell", "notify.applicant", message="accepted", document="acceptance_notice")
    + person("A8", "综合审查意见", "approval.reviewer.food", name_en="Review", article="行政许可法34")
    + service("decide", "case.decide")
    + service("public", "publicity.publish")
    + service("push", "push.send", kind="grant", receivers="b-safety, grid")
    + service("met", "deadline.meet", period="decision")
    + node("intermediateCatchEvent", "rest", timer("P1D"), name="等待归档")
    + service("close", "case.close")
    + service("keep", "case.archive")
    + node("endEvent", "e")
    + flows("s>take>A1>register>accept>legal>promise>notice>tell>A8>decide>public>push>met>rest>close>keep>e")
)
TEMPLATE = """// title: 受理通知书
// title:en: Notice of acceptance
// prefix: 官审受
#import "/onewindow.typ": *
#show: letter
#addressee(data.applicant.name)
受理日期：#cn-date(data.accepted_at)，最迟#cn-date(data.deadline.decision.due_on)决定。
"""


@pytest.fixture
def town(connection: Connection) -> Connection:
    """A transaction with the little process in force."""
    package = packages.Package(
        {"package.toml": b'name = "little"', "p.bpmn": PROCESS, "documents/acceptance_notice.typ": TEMPLATE.encode()}
    )
    groups = {"hall.window@W03", "approval.reviewer.food"}
    environment = bpmn.Environment(handlers=handlers.types(), groups=groups)
    definitions.deploy(connection, audit.SYSTEM, package, environment)
    return connection


@pytest.fixture
def case(town: Connection, opening: Open) -> sa.Row[Any]:
    return _open(town, opening())


def _open(connection: Connection, given: cases.Opening) -> sa.Row[Any]:
    return opening.open_case(connection, CLERK, given, process_id="p")[0]


def complete(connection: Connection, reader: access.Reader, case: sa.Row[Any], **variables: Any) -> None:
    who = tasks.Candidate(reader.id, reader.groups)
    (row,) = [task for task in tasks.inbox(connection, who, view="all") if task.business_key == case.number]
    tasks.claim(connection, audit.Actor(reader.id), who, row.id)
    tasks.complete(connection, audit.Actor(reader.id), who, row.id, variables)


MATERIALS = [
    {"code": "M001", "name": "申请表", "received": True},
    {"code": "M002", "name": "居民身份证", "received": True},
]


def test_a_case_goes_from_the_window_to_the_archive(town: Connection, case: sa.Row[Any], at: Clock) -> None:
    assert (case.state, case.number) == ("received", "GL-2026-000001")
    complete(town, WINDOW, case, materials=MATERIALS)
    accepted = cases.get(town, case.number)
    assert (accepted.state, accepted.accepted_at) == ("accepted", clock.now())
    assert accepted.legal_due_at is not None
    assert [row.kind for row in document.of(town, case.id)] == ["acceptance_notice"]
    told = notice.of(town, case.id)[0]
    assert (told.message, told.facts["due_on"], told.document_id) == (
        "accepted",
        "2026-03-11",
        document.of(town, case.id)[0].id,
    )
    complete(town, REVIEWER, case, decision=ANSWER)
    assert cases.get(town, case.number).outcome == "granted"
    assert [row.receiver for row in push.of(town, case.id)] == ["b-safety", "grid"]
    assert len(publicity.of(town, case.id)) == 1
    with at(2026, 3, 3, 10):
        _run_due(town)
        archived = cases.get(town, case.number)
    assert (archived.state, archived.archive_no) == ("archived", "GL-A-2026-00001")
    assert waiting.sentence(town, archived) is None
    assert audit.verify(town, _head(town, case.number)) is None


def test_variables_know_the_party_but_not_its_whole_number(town: Connection, case: sa.Row[Any]) -> None:
    given = town.execute(sa.select(steps.instance.c.variables)).scalar_one()
    assert "1101**********002X" in given
    assert "11010519491231002X" not in given


def test_an_item_without_a_process_takes_nothing_in(connection: Connection, opening: Open) -> None:
    work = connection.begin_nested()
    with pytest.raises(errors.ItemWithoutProcess):
        _open(connection, opening())
    work.rollback()
    assert connection.scalar(sa.select(sa.func.count()).select_from(cases.case_file)) == 0


def test_only_those_it_is_offered_to_see_a_case(town: Connection, case: sa.Row[Any]) -> None:
    for reader, sees in ((WINDOW, True), (OTHER, False), (REVIEWER, False), (AUDITOR, True)):
        assert access.can(town, reader, "read", case) is sees, reader
    complete(town, WINDOW, case, materials=MATERIALS)
    assert access.can(town, REVIEWER, "read", case), "offered to the reviewers now"
    assert access.can(town, WINDOW, "read", case), "who has handled it still sees it"
    seen = town.execute(sa.select(cases.case_file.c.number).where(access.visible_cases(OTHER))).all()
    assert seen == []


def test_a_foreign_case_is_not_found_and_a_seen_one_may_be_forbidden(town: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.CaseNotFound):
        access.require(town, OTHER, "read", case.number)
    with pytest.raises(errors.CaseNotFound):
        access.require(town, WINDOW, "read", "GL-2026-999999")
    with pytest.raises(errors.CaseForbidden):
        access.require(town, WINDOW, "supervise", case.number)
    assert access.require(town, AUDITOR, "audit", case.number).id == case.id


def test_a_file_is_read_by_whoever_sees_its_case_or_stored_it(town: Connection, case: sa.Row[Any]) -> None:
    row = files.store(town, io.BytesIO(b"%PDF-1.7 a"), "a.pdf", CLERK)
    assert file_access.require(town, WINDOW, row.id).id == row.id, "one's own upload"
    with pytest.raises(errors.FileMissing):
        file_access.require(town, AUDITOR, row.id)
    material.register(town, CLERK, case, [{"code": "M001", "name": "申请表", "received": True, "file": row.id}])
    assert file_access.require(town, AUDITOR, row.id).id == row.id
    with pytest.raises(errors.FileMissing):
        file_access.require(town, OTHER, row.id)


def name_of(principal: str) -> str:
    return {"group:hall.window@W03": "综合窗口受理员（3号窗口）", "person:P101": "王芳", "applicant": "申请人"}.get(
        principal, principal
    )


def test_a_task_nobody_has_taken_names_the_post_the_law_and_the_day(town: Connection, case: sa.Row[Any]) -> None:
    reason = waiting.sentence(town, case)
    assert reason is not None
    assert (reason.kind, reason.who, reason.article) == ("offered", ("group:hall.window@W03",), "行政许可法32")
    told = reason.told(name_of)
    assert (told["who"], told["what"], told["since"]) == ("综合窗口受理员（3号窗口）", "收件登记", "2026-03-02")
    assert reason.told(name_of, english=True)["what"] == "Intake"
    assert "{" not in reason.sentence.format_map(told)
    assert reason.unblock == waiting.UNBLOCKS["offered"]


def test_a_task_taken_names_its_person(town: Connection, case: sa.Row[Any]) -> None:
    who = tasks.Candidate(WINDOW.id, WINDOW.groups)
    tasks.claim(town, CLERK, who, tasks.inbox(town, who, view="all")[0].id)
    reason = waiting.sentence(town, case)
    assert reason is not None
    assert (reason.kind, reason.who) == ("claimed", ("person:P101",))


def test_a_review_waits_until_the_promise(town: Connection, case: sa.Row[Any]) -> None:
    complete(town, WINDOW, case, materials=MATERIALS)
    reason = waiting.sentence(town, cases.get(town, case.number))
    assert reason is not None
    assert (reason.article, reason.told(name_of)["until"]) == ("行政许可法34", "until 2026-03-11")


def test_a_stopped_clock_comes_before_the_tasks(town: Connection, case: sa.Row[Any]) -> None:
    complete(town, WINDOW, case, materials=MATERIALS)
    special.begin(town, CLERK, case, kind="检测", notice_on=clock.today(), procedure="水质检测")
    found = waiting.reasons(town, cases.get(town, case.number))
    assert [reason.kind for reason in found] == ["stopped", "offered"]
    assert (found[0].what, found[0].article) == ("水质检测", "行政许可法45")


def test_what_runs_beside_a_case_is_named_with_its_own_task(town: Connection, case: sa.Row[Any]) -> None:
    beside = drawing(
        node("startEvent", "bs")
        + person("B1", "核查申请", "approval.reviewer.food", name_en="Check the request", article="行政许可法49")
        + node("endEvent", "be")
        + flows("bs>B1>be"),
        process="beside",
    )
    package = packages.Package({"package.toml": b'name = "beside"', "b.bpmn": beside})
    definitions.deploy(town, audit.SYSTEM, package, bpmn.Environment(groups={"approval.reviewer.food"}))
    instances.start(town, CLERK, "beside", business_key=f"{case.number}-1")
    found = waiting.reasons(town, case)
    assert [(reason.what, reason.who) for reason in found] == [
        ("收件登记", ("group:hall.window@W03",)),
        ("核查申请", ("group:approval.reviewer.food",)),
    ]
    assert (found[1].article, found[1].until) == ("行政许可法49", None)
    kept = cases.change(
        town,
        case.id,
        state="archived",
        outcome="granted",
        archive_no="1",
        closed_at=clock.now(),
        archived_at=clock.now(),
    )
    assert [reason.what for reason in waiting.reasons(town, kept)] == ["核查申请"]


def test_a_fault_names_the_step_and_the_administrator(town: Connection, case: sa.Row[Any]) -> None:
    complete(town, WINDOW, case, materials="none")
    reason = waiting.sentence(town, case)
    assert reason is not None
    assert (reason.kind, reason.what, reason.who) == ("incident", "register", ("group:admin.system",))
    open_incident = sa.select(incidents.incident.c.message)
    assert "materials" in town.execute(open_incident).scalar_one()


def test_a_timer_says_that_nobody_must_act(town: Connection, case: sa.Row[Any]) -> None:
    complete(town, WINDOW, case, materials=MATERIALS)
    complete(town, REVIEWER, case, decision=ANSWER)
    reason = waiting.sentence(town, cases.get(town, case.number))
    assert reason is not None
    assert (reason.kind, reason.what) == ("timer", "等待归档")


def test_a_case_that_nothing_can_move_is_not_silent(connection: Connection, opening: Open) -> None:
    lost = cases.create(connection, CLERK, opening())
    reason = waiting.sentence(connection, lost)
    assert reason is not None
    assert (reason.kind, reason.who) == ("stalled", ("group:admin.system",))


def test_a_refusal_without_reasons_stops_the_step_and_changes_nothing(town: Connection, case: sa.Row[Any]) -> None:
    complete(town, WINDOW, case, materials=MATERIALS)
    complete(town, REVIEWER, case, decision={"result": "refused", "reasons": "", "remedies": ""})
    assert cases.get(town, case.number).outcome is None
    reason = waiting.sentence(town, cases.get(town, case.number))
    assert reason is not None
    assert reason.kind == "incident"


def test_alarms_come_by_job(town: Connection, case: sa.Row[Any], at: Clock) -> None:
    complete(town, WINDOW, case, materials=MATERIALS)
    with at(2026, 3, 17, 0, 1):
        _run_due(town)
    levels = {row.period: row.alarm for row in deadline.of(town, case.id)}
    assert levels == {"decision": 1, "promise": 3}


def test_open_tasks_move_with_the_clock(town: Connection, case: sa.Row[Any], at: Clock) -> None:
    complete(town, WINDOW, case, materials=MATERIALS)
    promise = deadline.find(town, case, "promise")
    assert promise is not None
    town.execute(sa.update(tasks.task).where(tasks.task.c.element == "A8").values(due_at=promise.due_at))
    begun = special.begin(town, CLERK, case, kind="检测", notice_on=clock.today())
    with at(2026, 3, 4, 9):
        special.end(town, CLERK, case, begun.id)
    moved = deadline.find(town, case, "promise")
    assert moved is not None
    due_at = town.execute(sa.select(tasks.task.c.due_at).where(tasks.task.c.element == "A8")).scalar_one()
    assert due_at == moved.due_at
    assert moved.due_at > promise.due_at


def test_processes_count_working_days(town: Connection, case: sa.Row[Any]) -> None:
    functions = {name: function for source in steps._function_sources for name, function in source(town).items()}
    value = feel.evaluate('period("delivery", date("2026-02-13"))', {}, functions=functions)
    assert value.isoformat() == "2026-03-05"


def test_every_handler_of_the_table_is_installed_and_every_installed_one_is_in_the_table() -> None:
    table = f"{case_handlers.__doc__}{case_handlers.enforcement.__doc__}{case_handlers.grid.__doc__}"
    own = {
        type
        for type, function in handlers._local.items()
        if function.__module__.startswith(case_handlers.__name__) and function is not together.together
    }  # what packages install under names of their own
    assert {"case.accept", "case.file"} <= own
    assert {type for type in own if f"``{type}``" not in table} == set()


def _run_due(connection: Connection) -> None:
    """Run what is due inside the test's own transaction, as the scheduler does in one of its own."""
    while due := jobs.due(connection):
        for key in due:
            row = jobs._take(connection, key)
            if row is not None:
                jobs._runners[row.kind](connection, row)


def _head(connection: Connection, stream: str) -> audit.Head:
    row = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == stream)).one()
    return audit.Head(stream, row.seq, row.hash)


def test_those_a_case_waits_for_are_called_by_name(connection: Connection) -> None:
    place = {"kind": "window", "parent": None, "position": 1, "certainty": "demo", "facts": {}}
    connection.execute(
        sa.insert(unit.unit).values(code="hall-W03", name="3号窗口", name_en="Window 3", scope="W03", **place)
    )
    connection.execute(
        sa.insert(post.post).values(
            code="hall.window",
            name="综合窗口受理员",
            name_en="Window clerk",
            unit="hall-W03",
            scope="window",
            min_holders=1,
            requires=[],
            position=1,
            certainty="demo",
            facts={},
        )
    )
    wanted = ["person:gone", "group:hall.window@W03", "group:old.post", "applicant"]
    assert list(directory.names(directory.Asking(connection), wanted).values()) == [
        "gone",
        "综合窗口受理员（3号窗口）",
        "old.post",
        "the applicant",
    ]
    assert (
        directory.names(directory.Asking(connection), wanted, english=True)["group:hall.window@W03"]
        == "Window clerk (Window 3)"
    )
