"""One administrator proposes where tokens go, another one who has seen what follows lets them go there."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, errors, instances
from engine.flow import modifications, suspensions
from tests.engine.bpmn.drawing import drawing, flows, node
from tests.engine.handling.test_returns import BRANCHES, CHAIN, NUMBER, begin, do, open_now, users

ONE, OTHER = audit.Actor("P096"), audit.Actor("P097")
NESTED = drawing(
    node("startEvent", "s")
    + node("subProcess", "sub", node("startEvent", "s1") + users("b1", "b2") + flows("s1>b1>b2"))
    + users("c")
    + flows("s>sub>c")
)


def instance(connection: Connection) -> sa.Row[tuple[object]]:
    return instances.get(connection, NUMBER)


def standing(connection: Connection) -> dict[str, int]:
    from engine.flow import steps

    workflow = steps.load(connection, instance(connection))
    return {each.element: each.token for each in bpmn.standing(workflow)}


def propose(connection: Connection, *changes: bpmn.Change) -> sa.Row[tuple[object]]:
    return modifications.propose(connection, ONE, instance(connection).id, changes, "令牌走错了分支")


def test_a_token_is_moved_once_somebody_else_has_looked(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    made = propose(db_connection, bpmn.Change("move", standing(db_connection)["a"], "c"))
    assert made.follows == [["cancel", "a"], ["enter", "c"], ["task", "c"]]
    assert open_now(db_connection) == ["a"], "a proposal changes nothing"
    with pytest.raises(errors.ModificationOwn):
        modifications.apply(db_connection, ONE, made.id)
    modifications.apply(db_connection, OTHER, made.id)
    assert open_now(db_connection) == ["c"]
    event = audit.trail(db_connection, NUMBER)[-1]
    assert (event.action, event.actor, event.details["proposed_by"]) == ("instance.modified", OTHER.id, ONE.id)
    assert event.details["reason"] == "令牌走错了分支"
    assert [entry[0] for entry in event.details["steps"]] == ["cancel", "enter"]
    with pytest.raises(errors.ModificationUnknown):
        modifications.apply(db_connection, OTHER, made.id)


def test_a_proposal_does_not_hold_once_the_case_has_gone_on(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    made = propose(db_connection, bpmn.Change("start", element="c"))
    do(db_connection, "a")
    with pytest.raises(errors.ModificationOutdated):
        modifications.apply(db_connection, OTHER, made.id)
    modifications.drop(db_connection, ONE, made.id, "已自行办结")
    assert modifications.proposed(db_connection, instance(db_connection).id) == []
    assert audit.trail(db_connection, NUMBER)[-1].action == "modification.dropped"


def test_cancelling_the_last_token_ends_the_case_and_says_so(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    made = propose(db_connection, bpmn.Change("cancel", standing(db_connection)["a"]))
    assert made.follows == [["cancel", "a"], ["end", "completed"]]
    modifications.apply(db_connection, OTHER, made.id)
    assert instance(db_connection).state == "completed"


def test_cancelling_one_branch_lets_the_others_go_on(db_connection: Connection) -> None:
    begin(db_connection, BRANCHES)
    do(db_connection, "z")
    made = propose(db_connection, bpmn.Change("cancel", standing(db_connection)["c1"]))
    modifications.apply(db_connection, OTHER, made.id)
    assert open_now(db_connection) == ["a1", "b1"]


def test_inside_an_open_sub_process_only(db_connection: Connection) -> None:
    begin(db_connection, NESTED)
    made = propose(db_connection, bpmn.Change("start", element="b2"))
    modifications.apply(db_connection, OTHER, made.id)
    assert open_now(db_connection) == ["b1", "b2"]
    do(db_connection, "b1", "b2", "b2")
    assert open_now(db_connection) == ["c"]
    with pytest.raises(errors.ElementNotStartable, match="b2"):
        propose(db_connection, bpmn.Change("start", element="b2"))


@pytest.mark.parametrize("element", ["j", "s", "nothing", ""])
def test_nothing_starts_at_a_join_a_start_or_nowhere(db_connection: Connection, element: str) -> None:
    begin(db_connection, BRANCHES)
    with pytest.raises(errors.ElementNotStartable):
        propose(db_connection, bpmn.Change("start", element=element))


def test_not_in_a_suspended_case(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    made = propose(db_connection, bpmn.Change("start", element="c"))
    suspensions.suspend(db_connection, ONE, instance(db_connection).id, "核查")
    with pytest.raises(errors.ModificationOutdated):
        modifications.apply(db_connection, OTHER, made.id)
    with pytest.raises(errors.InstanceSuspended):
        propose(db_connection, bpmn.Change("start", element="c"))


@pytest.mark.parametrize("given", [{"kind": "jump"}, {"kind": "move", "token": 1}, {"kind": "cancel"}])
def test_a_change_says_what_it_is_about(given: dict[str, object]) -> None:
    with pytest.raises(errors.ModificationUnreadable):
        bpmn.changes([given])
