"""Programs do by hand what pages do: the same checks, reasons and trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, incidents, instances
from engine.design import packages
from engine.flow import steps
from engine.handling import offers
from tests.engine.bpmn.drawing import drawing, flows, node
from tests.engine.handling.test_returns import users
from tests.web.api.conftest import ADMINISTRATOR, CLERK, Program
from tests.web.desk import take_in

Call = Callable[..., Program]
OTHER, COLLEAGUE, LEADER = "demo097", "demo030", "demo001"
PROCESS = "by_program"
SOURCE = drawing(node("startEvent", "s") + users("a", "b") + flows("s>a>b"), process=PROCESS)


@pytest.fixture
def key(town: Engine) -> str:
    """The business key of a running instance of a small process."""
    with db.transaction(town) as connection:
        package = packages.Package({"package.toml": b'name = "by_program"\n', "p.bpmn": SOURCE})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
        known = connection.scalar(sa.select(sa.func.count()).select_from(steps.instance))
        found = f"PROGRAM-{known}"
        instances.start(connection, audit.SYSTEM, PROCESS, business_key=found, variables={"fee": 20})
        return found


@pytest.fixture
def mine(town: Engine, call: Call) -> Any:
    """An intake task that the clerk has claimed."""
    row = take_in(town)
    assert call(CLERK).send(f"/tasks/{row.id}/claim").status_code == 200
    return row


def told(town: Engine, key: str) -> list[str]:
    with db.reading(town) as connection:
        return [event.action for event in audit.trail(connection, key)]


def test_an_instance_is_suspended_corrected_moved_and_ended(town: Engine, call: Call, key: str) -> None:
    administrator, path = call(ADMINISTRATOR), f"/instances/{key}"
    assert administrator.send(f"{path}/suspension", {}).status_code == 422
    suspended = administrator.send(f"{path}/suspension", {"reason": "核查"}).json
    assert (suspended["state"], suspended["suspended_because"]) == ("suspended", "核查")
    late = administrator.send(f"{path}/variables", {"variables": {"fee": 5}, "reason": "x"}, method="PATCH")
    assert (late.status_code, late.json["type"].rpartition(":")[2]) == (409, "InstanceSuspended")
    assert administrator.send(f"{path}/resumption", {"reason": "完毕"}).json["state"] == "active"
    changed = administrator.send(f"{path}/variables", {"variables": {"fee": 5.5}, "reason": "录错"}, method="PATCH")
    assert changed.json["variables"]["fee"] == 5.5
    (token,) = changed.json["tokens"]
    proposal = {"changes": [{"kind": "move", "token": token["token"], "element": "b"}], "reason": "走错"}
    made = administrator.send(f"{path}/modifications", proposal)
    assert (made.status_code, made.json["follows"][-1]) == (201, ["task", "b"])
    assert administrator.send(f"/modifications/{made.json['id']}/application").status_code == 403
    assert call(OTHER).send(f"/modifications/{made.json['id']}/application").json["state"] == "applied"
    assert administrator.get(path).json["tokens"][0]["element"] == "b"
    assert administrator.send(f"{path}/cancellation", {"reason": "重复"}).json["state"] == "terminated"
    assert told(town, key)[1:] == [
        *("instance.suspended", "instance.resumed", "variables.set", "modification.proposed"),
        *("instance.modified", "instance.cancelled"),
    ]


def test_a_process_is_suspended_and_resumed(call: Call, key: str) -> None:
    administrator = call(ADMINISTRATOR)
    row = next(each for each in administrator.get("/processes").json["items"] if each["process_id"] == PROCESS)
    path = f"/processes/{row['id']}"
    stopped = administrator.send(f"{path}/suspension", {"reason": "有错", "instances": True})
    assert stopped.json["instances"] >= 1
    assert administrator.get(f"/instances/{key}").json["state"] == "suspended"
    assert administrator.send(f"{path}/suspension", {"reason": "有错"}).status_code == 409
    assert administrator.send(f"{path}/resumption", {"reason": "修正"}).json == stopped.json


def test_incidents_are_listed_and_unknown_ones_are_no_secret(town: Engine, call: Call) -> None:
    administrator = call(ADMINISTRATOR)
    with db.reading(town) as connection:
        assert len(administrator.get("/incidents").json["items"]) == len(incidents.search(connection, limit=100))
    for path in ("/incidents/999999/retry", "/jobs/999999/retry"):
        assert administrator.send(path, {"reason": "x"}).status_code == 404
    assert call(CLERK).get("/incidents").status_code == 403


def test_a_task_is_lent_and_handed_back(town: Engine, call: Call, mine: Any) -> None:
    clerk = call(CLERK)
    refused = clerk.send(f"/tasks/{mine.id}/delegation", {"to": "P044", "reason": "外出"})
    assert refused.status_code == 403
    with db.reading(town) as connection:
        offered = (
            connection.execute(sa.select(offers.candidate.c.name).where(offers.candidate.c.task_id == mine.id))
            .scalars()
            .all()
        )
    assert offered
    assert clerk.send(f"/tasks/{mine.id}/delegation", method="DELETE").status_code == 403
    assert clerk.get(f"/tasks/{mine.id}/earlier-steps").json == {"items": []}
    back = clerk.send(f"/tasks/{mine.id}/step-back", {"to": "A1", "reason": "补正"})
    assert back.status_code == 409
    assert clerk.send(f"/tasks/{mine.id}/recall", {"reason": "填错"}).status_code == 409


def test_signers_reminders_and_copies(town: Engine, call: Call, mine: Any) -> None:
    clerk, number = call(CLERK), mine.business_key
    asked = clerk.send(f"/tasks/{mine.id}/signers", {"people": ["P030", "P031"], "mode": "in_turn", "reason": "请核"})
    assert asked.status_code == 201
    assert [each["state"] for each in asked.json["items"]] == ["asked", "waiting"]
    first = asked.json["items"][0]
    assert clerk.send(f"/tasks/{mine.id}/signers/{first['id']}/removal", {"reason": "出差"}).status_code == 204
    states = [each["state"] for each in clerk.get(f"/tasks/{mine.id}/signers").json["items"]]
    assert states == ["removed", "asked"]
    assert call(LEADER).send(f"/tasks/{mine.id}/reminders", {"reason": "请快办"}).status_code == 204
    assert call(LEADER).send(f"/tasks/{mine.id}/reminders", {"reason": "请快办"}).status_code == 409
    assert call(COLLEAGUE).get(f"/cases/{number}").status_code == 200
    assert clerk.send(f"/cases/{number}/copies", {"people": ["P032"], "note": "请知悉"}).status_code == 204
    shown = call("demo032").get("/copies").json["items"]
    assert [each["note"] for each in shown if each["number"] == number] == ["请知悉"]
    assert told(town, number)[-5:] == [
        *("task.signer_added", "task.signer_added", "task.signer_removed", "task.urged", "case.copied"),
    ]
