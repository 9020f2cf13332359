"""What the penalty law forbids is refused to programs as to people, with the name of the error and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Engine

from engine import db
from engine.cases import case as cases
from engine.cases.enforcement.judging import penalty
from tests.web import judged
from tests.web.desk import present
from web.scenarios import Walk

Call = Callable[..., Any]
DECIDED = {"decision.result": ["penalty"], "decision.reason": ["clear"], "penalty.performance": ["in fifteen days"]}


def send(town: Engine, call: Call, way: Walk, element: str, login: str, values: Any) -> Any:
    """Claim a task of the case and complete it by a program."""
    row, program = judged.task_of(town, way, element), call(login)
    assert program.send(f"/tasks/{row.id}/claim").status_code == 200
    return row, program.send(f"/tasks/{row.id}/completion", {"values": values})


def test_a_void_review_is_named_to_a_program(town: Engine, call: Call) -> None:
    way = judged.reach(town, *judged.TO_DECISION)
    judged.change_draft(town, way, 5001)
    with judged.at_desk(way):
        row, answer = send(town, call, way, "E12", judged.MAYOR, DECIDED)
    assert answer.status_code == 422
    assert answer.json["type"].endswith("ReviewVoid")
    assert "fine.amount: 5001 → 5000" in answer.json["detail"]
    with db.reading(town) as connection:
        assert penalty.of(connection, cases.get(connection, way.number).id) is None
    assert present(town, row.id).state == "open"


def test_what_the_form_does_not_offer_is_not_taken(town: Engine, call: Call) -> None:
    way = judged.reach(town, *judged.TO_DECISION)
    tampered = DECIDED | {"penalty.kinds[0].amount": ["1"], "review_required": ["false"], "notice.plea_due_on": ["x"]}
    with judged.at_desk(way):
        _row, answer = send(town, call, way, "E12", judged.MAYOR, tampered)
    assert answer.status_code == 200
    with db.reading(town) as connection:
        made = penalty.of(connection, cases.get(connection, way.number).id)
    assert made is not None
    assert made.fine == 5000
