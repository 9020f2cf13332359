"""Migration plans and differences by the API: the same verbs, rights and words as the pages."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from tests.web.api.conftest import CLERK, PUBLISHER, Call
from tests.web.blueprints.design.test_migrations import diagram, two_versions, work
from tests.web.conftest import Visit

DESIGNER = "demo094"


def test_a_plan_is_made_tried_applied_and_undone(town: Engine, visit: Visit, call: Call) -> None:
    name = "trial_api_move"
    two_versions(town, visit, name, diagram(name, ("u", "核对")), diagram(name, ("v", "复核")))
    designer, publisher = call(DESIGNER), call(PUBLISHER)
    made = designer.send("/migrations", {"package": name, "source": 1, "target": 2})
    assert made.status_code == 201, made.text
    at = f"/migrations/{made.json['id']}"
    assert designer.send(f"{at}/check", {"revision": 1}).status_code == 202
    work(town)
    [first, _second] = designer.get(f"{at}/cases?state=refused").json["items"]
    assert first["findings"][0]["message"].startswith("The case stands at “核对”")
    page = designer.get(f"{at}/cases?limit=1").json
    assert len(page["items"]) == 1
    assert designer.get(page["next"].removeprefix("/api/v1")).json["items"][0]["business_key"] == f"{name}-2"

    mapping = {"revision": 1, "mapping": {name: {"u": "v"}}}
    assert designer.send(f"{at}/mapping", mapping, method="PUT").json["revision"] == 2
    designer.send(f"{at}/check", {"revision": 2})
    work(town)
    sent = {"revision": 2, "reason": "better", "cases": [f"{name}-1"]}
    assert designer.send(f"{at}/application", sent).status_code == 403
    assert publisher.send(f"{at}/application", sent).status_code == 202
    work(town)
    shown = publisher.get(at).json
    assert (shown["state"], shown["cases"], shown["source"]) == ("applied", {"migrated": 1, "fits": 1}, 1)
    assert publisher.send(f"{at}/reversal", {"reason": "worse"}).status_code == 202
    work(town)
    assert publisher.get(at).json["cases"] == {"returned": 1, "fits": 1}
    assert [plan["id"] for plan in publisher.get(f"/migrations?package={name}").json["items"]] == [made.json["id"]]
    assert call(CLERK).get(at).status_code == 403


def test_a_mapping_that_cannot_be_names_the_element(town: Engine, visit: Visit, call: Call) -> None:
    name = "trial_api_no"
    two_versions(town, visit, name, diagram(name, ("u", "核对")), diagram(name, ("v", "复核")))
    designer = call(DESIGNER)
    made = designer.send("/migrations", {"package": name, "source": 1, "target": 2}).json
    wrong = {"revision": 1, "mapping": {name: {"u": "s"}}}
    answer = designer.send(f"/migrations/{made['id']}/mapping", wrong, method="PUT")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "u")
    assert designer.get("/migrations/999999").status_code == 404


def test_the_difference_of_two_versions_is_told_in_the_readers_language(town: Engine, visit: Visit, call: Call) -> None:
    name = "trial_api_difference"
    two_versions(town, visit, name, diagram(name, ("u", "核对")), diagram(name, ("u", "复核")))
    [file] = call(DESIGNER).get(f"/packages/{name}/differences/1/2").json["files"]
    [change] = file["changes"]
    assert (file["path"], change["kind"], change["details"]) == ("p.bpmn", "user task", [["name", "核对", "复核"]])
    chinese = call(DESIGNER, language="zh-CN").get(f"/packages/{name}/differences/1/2").json["files"]
    assert chinese[0]["changes"][0]["kind"] == "人工任务"
