"""The designer's pages: what is saved is what runs, nobody publishes alone, and bad files change nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import audit, db, definitions, instances
from engine.design import drafts, packages
from engine.flow import steps
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.web.conftest import Visit, Visitor

CHEN, LIN, PUBLISHER, CLERK = "demo094", "demo095", "demo008", "demo029"


def diagram(process: str, name: str) -> bytes:
    offered = zeebe('assignmentDefinition candidateGroups="hall.window"')
    body = node("startEvent", "Start") + node("userTask", "u", offered, name=name) + flows("Start>u")
    return drawing(body, process=process)


def zipped(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()


def small(name: str, task: str = "核对") -> bytes:
    return zipped({"package.toml": f'name = "{name}"\ntitle = "试用"\n'.encode(), "p.bpmn": diagram(name, task)})


def send(visitor: Visitor, content: bytes) -> TestResponse:
    return visitor.post(
        "/designer/drafts/import", {"package": (io.BytesIO(content), "p.zip")}, content_type="multipart/form-data"
    )


def imported(visitor: Visitor, content: bytes) -> str:
    answer = send(visitor, content)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def tell(visitor: Visitor, address: str, **body: Any) -> TestResponse:
    return visitor.client.post(address, json=body, headers={"X-CSRFToken": visitor.token()})


def publish(visitor: Visitor, draft: str, revision: int, over: int) -> TestResponse:
    return visitor.post(f"{draft}/publication", {"revision": str(revision), "over": str(over)})


def task_of(town: Engine, key: str) -> str:
    """The name of the task in the version that a case runs on."""
    with db.reading(town) as connection:
        row = connection.execute(sa.select(steps.instance).where(steps.instance.c.business_key == key)).one()
        definition = definitions.get(connection, row.definition_id)
        return definitions.model(connection, definition).processes[definition.process_id].elements["u"].name


def begin(town: Engine, process: str, key: str) -> str:
    with db.transaction(town) as connection:
        instances.start(connection, audit.SYSTEM, process, business_key=key)
    return task_of(town, key)


def test_a_version_from_the_browser_is_used_by_the_next_case_and_not_by_running_ones(
    town: Engine, visit: Visit
) -> None:
    designer, publisher = visit(CHEN), visit(PUBLISHER)
    assert publish(publisher, imported(designer, small("trial_next")), 1, 0).status_code == 303
    assert begin(town, "trial_next", "TRIAL-1") == "核对"

    draft = designer.post("/designer/drafts", {"package": "trial_next", "version": "1"}).headers["Location"]
    saved = tell(designer, f"{draft}/files", revision=1, files={"p.bpmn": diagram("trial_next", "复核").decode()})
    assert saved.json is not None
    assert "未检查" in saved.json["state"]
    checked = tell(designer, f"{draft}/check")
    assert checked.json is not None
    assert "已检查" in checked.json["state"]
    assert publish(publisher, draft, saved.json["revision"], 1).headers["Location"] == "/designer/packages/trial_next"

    assert begin(town, "trial_next", "TRIAL-2") == "复核"
    assert task_of(town, "TRIAL-1") == "核对"
    page = publisher.get("/designer/packages/trial_next").text
    assert "第 2 版" in page
    assert "已生效" in publisher.get(draft).text


def test_findings_name_file_and_element_in_the_readers_language(visit: Visit) -> None:
    designer = visit(CHEN)
    draft = imported(designer, small("trial_findings"))
    broken = drawing(node("userTask", "lost"), process="trial_findings").decode()
    tell(designer, f"{draft}/files", revision=1, files={"p.bpmn": broken})
    said = tell(designer, f"{draft}/check").json
    assert said is not None
    assert 'data-file="p.bpmn" data-element="lost"' in said["findings"]
    assert "2 处错误" in said["state"]
    english = visit(CHEN, language="en").get(draft).text
    assert "Nothing leads to this element." in english


def test_a_single_foreign_drawing_is_kept_and_shown_and_never_run(town: Engine, visit: Visit) -> None:
    designer, publisher = visit(CHEN), visit(PUBLISHER)
    drawn = diagram("foreign_one", "核对").replace(b'isExecutable="true"', b'isExecutable="false"')
    answer = designer.post(
        "/designer/drafts/import",
        {"package": (io.BytesIO(drawn), "邻镇 流程.bpmn")},
        content_type="multipart/form-data",
    )
    draft = str(answer.headers["Location"])
    assert "示意图（不运行）" in designer.get(draft).text
    said = tell(designer, f"{draft}/check").json
    assert said is not None
    assert "1 处提醒" in said["state"]
    assert 'data-severity="warning"' in said["findings"]
    assert "作为示意图保存" in publisher.get(f"{draft}/publication").text
    assert publish(publisher, draft, 1, 0).status_code == 303
    assert "邻镇_流程.bpmn" in designer.get("/designer/packages/邻镇_流程/1").text
    with db.reading(town) as connection:
        assert "foreign_one" not in definitions.processes(connection)


def test_the_second_of_two_designers_keeps_the_own_text_as_a_draft(town: Engine, visit: Visit) -> None:
    chen, lin = visit(CHEN), visit(LIN)
    draft = imported(chen, small("trial_two"))
    tell(chen, f"{draft}/files", revision=1, files={"p.bpmn": diagram("trial_two", "江").decode()})
    mine = {"revision": 1, "files": {"p.bpmn": diagram("trial_two", "后").decode()}}
    answer = tell(lin, f"{draft}/files", **mine)
    assert answer.status_code == 409
    assert answer.json is not None
    assert (answer.json["code"], "江建国" in answer.json["text"]) == ("DraftChanged", True)
    kept = tell(lin, f"{draft}/copy", **mine).json
    assert kept is not None
    assert "后" in lin.get(f"{kept['location']}/files/p.bpmn").text
    assert "江" in lin.get(f"{draft}/files/p.bpmn").text


def test_a_designer_may_not_publish_and_learns_whom_to_ask(town: Engine, visit: Visit) -> None:
    designer = visit(CHEN)
    draft = imported(designer, small("trial_alone"))
    with db.reading(town) as connection:
        [row] = drafts.under_way(connection, "trial_alone")
    assert row.authors == ["P094"]
    page = designer.get(f"{draft}/publication").text
    assert "SOD-13" in page
    assert publish(designer, draft, 1, 0).status_code == 403
    with db.reading(town) as connection:
        assert definitions.versions(connection, "trial_alone") == []


def test_only_designers_and_publishers_come_in_and_publishers_change_nothing(visit: Visit) -> None:
    draft = imported(visit(CHEN), small("trial_doors"))
    for path in ("/designer", draft, f"{draft}/publication", f"{draft}/export", f"{draft}/files/p.bpmn"):
        assert visit(CLERK).get(path).status_code == 403, path
        assert visit(PUBLISHER).get(path).status_code == 200, path
        assert visit().get(path).status_code == 303, path
    publisher = visit(PUBLISHER)
    assert tell(publisher, f"{draft}/files", revision=1, files={}).status_code == 403
    assert publisher.post(f"{draft}/discard").status_code == 403
    assert send(publisher, small("trial_doors")).status_code == 403


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip", "不是可以解压的 ZIP 文件"),
        (b"", "不是可以解压的 ZIP 文件"),
        (zipped({"p.bpmn": b""}), "缺少 package.toml"),
        (zipped({"package.toml": b'name = "x"', "../x.txt": b""}), "指向流程包之外"),
        (zipped({"package.toml": b'name = "x"', "x.txt": b"0" * (packages.MAX_BYTES + 1)}), "解压后"),
        (zipped({"package.toml": b'name = "x"', "x.exe": b""}), "x.exe"),
    ],
)
def test_a_bad_package_is_refused_in_words_and_nothing_changes(
    town: Engine, visit: Visit, content: bytes, said: str
) -> None:
    with db.reading(town) as connection:
        before = len(drafts.under_way(connection))
    answer = send(visit(CHEN), content)
    assert answer.status_code == 422
    assert said in answer.text
    with db.reading(town) as connection:
        assert len(drafts.under_way(connection)) == before


def test_what_is_too_large_for_a_request_is_told_and_stays_in_the_browser(visit: Visit) -> None:
    designer = visit(CHEN)
    draft = imported(designer, small("trial_large"))
    answer = tell(designer, f"{draft}/files", revision=1, files={"p.bpmn": "x" * 60_000_000})
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["text"]
    assert "核对" in designer.get(f"{draft}/files/p.bpmn").text


@pytest.mark.parametrize("path", ["../../package.toml", "run.py", "x.exe", "/x.bpmn"])
def test_a_path_that_no_package_has_is_not_saved(visit: Visit, path: str) -> None:
    designer = visit(CHEN)
    draft = imported(designer, small("trial_path"))
    answer = tell(designer, f"{draft}/files", revision=1, files={path: "x"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["text"]


@pytest.mark.parametrize(
    "path",
    [
        "/designer/drafts/999999",
        "/designer/packages/nothing",
        "/designer/packages/nothing/1",
        "/designer/drafts/1/files/x",
    ],
)
def test_what_is_not_there_is_not_found(visit: Visit, path: str) -> None:
    assert visit(CHEN).get(path).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"revision": "1"}, {"revision": 1, "files": []}, {"revision": 1, "files": {"p": 1}}]
)
def test_a_save_that_is_not_one_is_refused(visit: Visit, body: dict[str, Any]) -> None:
    designer = visit(CHEN)
    draft = imported(designer, small("trial_body"))
    assert tell(designer, f"{draft}/files", **body).status_code == 400


def test_export_gives_what_was_imported(visit: Visit) -> None:
    designer = visit(CHEN)
    draft = imported(designer, small("trial_export"))
    exported = designer.get(f"{draft}/export")
    assert packages.read(exported.data) == packages.read(small("trial_export"))
    assert exported.headers["Content-Disposition"].startswith("attachment")


def test_a_program_in_a_package_is_left_out_and_named(visit: Visit) -> None:
    designer = visit(CHEN)
    draft = imported(designer, zipped({"package.toml": b'name = "trial_py"', "handlers.py": b"import os"}))
    page = designer.get(draft).text
    assert "handlers.py" in page
    assert designer.get(f"{draft}/files/handlers.py").status_code == 404


def test_a_discarded_draft_leaves_the_list_and_cannot_be_saved(visit: Visit) -> None:
    designer = visit(CHEN)
    draft = imported(designer, small("trial_gone"))
    assert designer.post(f"{draft}/discard").headers["Location"] == "/designer"
    assert draft not in designer.get("/designer").text
    assert tell(designer, f"{draft}/files", revision=1, files={"p.bpmn": "x"}).status_code == 409
