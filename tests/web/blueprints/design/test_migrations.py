"""The page of a migration plan: a designer makes it, every case is looked at, a publisher applies and undoes it."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from engine import audit, db, instances, jobs
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.web.blueprints.design.test_designer import CHEN, CLERK, PUBLISHER, imported, publish, tell, zipped
from tests.web.conftest import Visit, Visitor


def diagram(process: str, *steps: tuple[str, str]) -> bytes:
    offered = zeebe('assignmentDefinition candidateGroups="hall.window"')
    body = node("startEvent", "s") + "".join(node("userTask", id, offered, name=name) for id, name in steps)
    return drawing(body + flows(">".join(["s", *(id for id, _ in steps)])), process=process)


def two_versions(town: Engine, visit: Visit, name: str, old: bytes, new: bytes) -> None:
    """Put two versions of a package into force; two cases run on the first."""
    designer, publisher = visit(CHEN), visit(PUBLISHER)
    package = zipped({"package.toml": f'name = "{name}"\ntitle = "试用"\n'.encode(), "p.bpmn": old})
    publish(publisher, imported(designer, package), 1, 0)
    with db.transaction(town) as connection:
        for number in (1, 2):
            instances.start(connection, audit.SYSTEM, name, business_key=f"{name}-{number}")
    draft = designer.post("/designer/drafts", {"package": name, "version": "1"}).headers["Location"]
    tell(designer, f"{draft}/files", revision=1, files={"p.bpmn": new.decode()})
    publish(publisher, draft, 2, 1)


def plan_of(visitor: Visitor, name: str) -> str:
    answer = visitor.post("/designer/migrations", {"package": name, "source": "1", "target": "2"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def work(town: Engine) -> None:
    while True:
        with db.reading(town) as connection:
            due = jobs.due(connection)
        done = [jobs.run(town, job) for job in due]
        if not any(done):
            return


def test_a_plan_is_made_tried_applied_and_undone_on_its_page(town: Engine, visit: Visit) -> None:
    name = "trial_move"
    two_versions(town, visit, name, diagram(name, ("u", "核对")), diagram(name, ("v", "复核")))
    designer, publisher = visit(CHEN), visit(PUBLISHER)
    assert "迁移在办办件" in designer.get(f"/designer/packages/{name}").text
    at = plan_of(designer, name)
    assert f'name="{name}/u"' in designer.get(at).text
    assert "请先逐件试算" in publisher.get(at).text
    designer.post(f"{at}/check", {"revision": "1"})
    assert "data-running" in designer.get(at).text
    work(town)
    page = designer.get(at).text
    assert "办件正处在“核对”，另一版本中没有对应环节。" in page
    assert ("共2件" in page, "SOD-13" in page) == (True, True)

    answer = designer.post(f"{at}/mapping", {"revision": "1", f"{name}/u": "v", "timers": "keep"})
    assert answer.status_code == 303
    designer.post(f"{at}/check", {"revision": "2"})
    work(town)
    assert designer.post(f"{at}/application", {"revision": "2", "reason": "x"}).status_code == 403
    assert publisher.post(f"{at}/application", {"revision": "2", "reason": ""}).status_code == 422
    sent = {"revision": "2", "reason": "新版更好", "only": f"{name}-1"}
    assert publisher.post(f"{at}/application", sent).status_code == 303
    work(town)
    page = publisher.get(at).text
    assert ("已迁移 1" in page, "可以迁移 1" in page, "新版更好" in page) == (True, True, True)
    assert publisher.get(f"{at}?state=migrated").text.count(f"{name}-1") == 1
    assert "about" not in publisher.get(at).text

    assert publisher.post(f"{at}/reversal", {"reason": "有误"}).status_code == 303
    work(town)
    assert "已迁回 1" in publisher.get(at).text
    assert "已撤销" in publisher.get(f"/designer/packages/{name}").text


def test_what_cannot_be_is_refused_in_words(town: Engine, visit: Visit) -> None:
    name = "trial_move_no"
    two_versions(town, visit, name, diagram(name, ("u", "核对")), diagram(name, ("v", "复核")))
    designer = visit(CHEN, language="en")
    at = plan_of(designer, name)
    answer = designer.post(f"{at}/mapping", {"revision": "1", "element": f"{name}/u", "becomes": f"{name}/s"})
    assert answer.status_code == 422
    assert "which is of another kind" in answer.text
    assert designer.post(f"{at}/mapping", {"revision": "7", f"{name}/u": "v"}).status_code == 409
    assert designer.post("/designer/migrations", {"package": name, "source": "1", "target": "1"}).status_code == 422
    assert designer.post("/designer/migrations", {"package": name, "source": "x", "target": "1"}).status_code == 400
    assert designer.post(f"{at}/discard").headers["Location"] == f"/designer/packages/{name}"
    assert designer.post(f"{at}/check", {"revision": "1"}).status_code == 409


@pytest.mark.parametrize("path", ["", "?state=nothing", "?after=x"])
def test_the_page_is_there_for_designers_and_publishers_only(town: Engine, visit: Visit, path: str) -> None:
    name = f"trial_door_{len(path)}"
    two_versions(town, visit, name, diagram(name, ("u", "核对")), diagram(name, ("u", "复核")))
    at = plan_of(visit(CHEN), name)
    assert visit(CHEN).get(f"{at}{path}").status_code == 200
    assert visit(CLERK).get(f"{at}{path}").status_code == 403
    assert visit(CHEN).get("/designer/migrations/999999").status_code == 404
