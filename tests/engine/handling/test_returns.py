"""A task goes back to an earlier step of its own path; a completion is taken back while nobody has acted on it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, definitions, errors, instances, tasks
from engine.design import packages
from engine.flow import handlers, steps
from engine.handling import recalls, returns
from tests.conftest import MORNING
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

WANG = tasks.Candidate("P040", frozenset({"window"}))
LIU = tasks.Candidate("P041", frozenset({"window"}))
NUMBER = "GL-2026-000001"
OFFER = zeebe('assignmentDefinition candidateGroups="window"')


def users(*elements: str, inside: str = OFFER) -> str:
    return "".join(node("userTask", element, inside, name=f"步骤{element}") for element in elements)


def begin(connection: Connection, *diagrams: bytes, **variables: Any) -> None:
    files = {f"{number}.bpmn": source for number, source in enumerate(diagrams)}
    package = packages.Package({"package.toml": b'name = "small"', **files})
    definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(handlers=handlers.types()))
    instances.start(connection, audit.SYSTEM, "p", business_key=NUMBER, variables=variables)


def now(connection: Connection, element: str) -> sa.Row[Any]:
    """The open task of an element."""
    query = sa.select(tasks.task).where(tasks.task.c.element == element, tasks.task.c.state == "open")
    return connection.execute(query.order_by(tasks.task.c.id).limit(1)).one()


def open_now(connection: Connection) -> list[str]:
    query = sa.select(tasks.task.c.element).where(tasks.task.c.state == "open").order_by(tasks.task.c.element)
    return list(connection.execute(query).scalars())


def do(connection: Connection, *elements: str, person: tasks.Candidate = WANG, **values: Any) -> sa.Row[Any]:
    """Claim and complete the open tasks of elements, one after the other."""
    for element in elements:
        row = now(connection, element)
        tasks.claim(connection, audit.Actor(person.id), person, row.id)
        tasks.complete(connection, audit.Actor(person.id), person, row.id, values)
    return connection.execute(sa.select(tasks.task).where(tasks.task.c.id == row.id)).one()


def offered(connection: Connection, element: str) -> list[str]:
    return sorted(target.element for target in returns.targets(connection, now(connection, element)))


def back(connection: Connection, element: str, to: str, *, person: tasks.Candidate = LIU, **more: Any) -> Any:
    row = now(connection, element)
    tasks.claim(connection, audit.Actor(person.id), person, row.id)
    people = {each.id: each for each in (WANG, LIU)}
    return returns.go_back(
        connection, audit.Actor(person.id), person, row.id, to, "材料不齐", lambda _c, who: people[who], **more
    )


CHAIN = drawing(node("startEvent", "s") + users("a", "b", "c") + node("endEvent", "e") + flows("s>a>b>c>e"))


def test_the_earlier_person_gets_the_step_back_with_the_reason_and_nothing_is_erased(
    db_connection: Connection,
) -> None:
    begin(db_connection, CHAIN)
    first = do(db_connection, "a", person=WANG, note="甲")
    do(db_connection, "b", person=LIU)
    before = [row.hash for row in audit.trail(db_connection, NUMBER)]
    assert offered(db_connection, "c") == ["a", "b"]
    gone = now(db_connection, "c")
    (again,) = back(db_connection, "c", "a")
    told = returns.of(db_connection, again.id)
    assert told is not None
    assert (told.name, told.reason, told.returned_by, told.kind) == ("步骤c", "材料不齐", LIU.id, "returned")
    assert (now(db_connection, "a").assignee, open_now(db_connection)) == (WANG.id, ["a"])
    trail = audit.trail(db_connection, NUMBER)
    assert [row.hash for row in trail][: len(before)] == before
    event = trail[-1]
    assert (event.action, event.actor, event.element) == ("task.returned", LIU.id, "c")
    assert (event.details["to"], event.details["task"], event.details["reason"]) == ("a", gone.id, "材料不齐")
    states = db_connection.execute(sa.select(tasks.task.c.id, tasks.task.c.state)).all()
    assert dict(map(tuple, states))[first.id] == "completed"
    assert tasks.context(db_connection, now(db_connection, "a"))["note"] == "甲"
    do(db_connection, "a", "b", "c")
    assert instances.get(db_connection, NUMBER).state == "completed"


def test_it_is_offered_to_the_post_where_the_person_may_not_do_it_any_more(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    do(db_connection, "a", person=WANG)
    row = now(db_connection, "b")
    tasks.claim(db_connection, audit.Actor(LIU.id), LIU, row.id)
    returns.go_back(db_connection, audit.Actor(LIU.id), LIU, row.id, "a", "补正", lambda _c, who: tasks.Candidate(who))
    assert now(db_connection, "a").assignee is None


def test_only_who_holds_the_task_returns_it_and_only_with_a_reason(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    do(db_connection, "a")
    row = now(db_connection, "b")
    know = lambda _c, who: tasks.Candidate(who)  # noqa: E731
    with pytest.raises(errors.TaskNotYours):
        returns.go_back(db_connection, audit.Actor(LIU.id), LIU, row.id, "a", "补正", know)
    tasks.claim(db_connection, audit.Actor(LIU.id), LIU, row.id)
    with pytest.raises(errors.ReasonMissing):
        returns.go_back(db_connection, audit.Actor(LIU.id), LIU, row.id, "a", " ", know)
    with pytest.raises(errors.StepNotEarlier, match="c"):
        returns.go_back(db_connection, audit.Actor(LIU.id), LIU, row.id, "c", "补正", know)
    assert open_now(db_connection) == ["b"]


BRANCHES = drawing(
    node("startEvent", "s")
    + users("z", "a1", "a2", "b1", "b2", "c1", "last")
    + node("parallelGateway", "g")
    + node("parallelGateway", "j")
    + node("endEvent", "e")
    + flows("s>z>g>a1>a2>j>last>e", "g>b1>b2>j", "g>c1>j")
)


def test_inside_one_of_three_branches_the_other_two_stay(db_connection: Connection) -> None:
    begin(db_connection, BRANCHES)
    do(db_connection, "z", "a1", "b1")
    kept = {row.element: row.id for row in (now(db_connection, "b2"), now(db_connection, "c1"))}
    back(db_connection, "a2", "a1")
    assert open_now(db_connection) == ["a1", "b2", "c1"]
    assert {name: now(db_connection, name).id for name in kept} == kept
    do(db_connection, "a1", "a2", "b2", "c1", "last")
    assert instances.get(db_connection, NUMBER).state == "completed"


def test_before_the_split_the_other_branches_end_and_that_is_told_beforehand(db_connection: Connection) -> None:
    begin(db_connection, BRANCHES)
    do(db_connection, "z", "a1", "b1", "b2")
    target = next(t for t in returns.targets(db_connection, now(db_connection, "a2")) if t.element == "z")
    assert [row.element for row in target.ends] == ["c1"]
    back(db_connection, "a2", "z")
    assert open_now(db_connection) == ["z"]
    event = audit.trail(db_connection, NUMBER)[-1]
    assert event.details["ended"] == [target.ends[0].id]
    do(db_connection, "z", "a1", "a2", "b1", "b2", "c1", "last")
    assert instances.get(db_connection, NUMBER).state == "completed"


def test_behind_the_join_one_branch_alone_is_done_again(db_connection: Connection) -> None:
    begin(db_connection, BRANCHES)
    do(db_connection, "z", "a1", "a2", "b1", "b2", "c1")
    assert offered(db_connection, "last") == ["a1", "a2", "b1", "b2", "c1", "z"]
    back(db_connection, "last", "b2")
    assert open_now(db_connection) == ["b2"]
    do(db_connection, "b2", "last")
    assert instances.get(db_connection, NUMBER).state == "completed"


LOOPED = drawing(
    node("startEvent", "s")
    + users("z", "a1", "a2", "b1", "check")
    + node("parallelGateway", "g")
    + node("parallelGateway", "j")
    + node("exclusiveGateway", "x", default="x-e")
    + node("exclusiveGateway", "m")
    + node("endEvent", "e")
    + flows("s>m>z>g>a1>a2>j>check>x>e", "g>b1>j", "x>m[again = true]")
)


def test_a_branch_inside_a_loop_is_as_separate_as_any(db_connection: Connection) -> None:
    begin(db_connection, LOOPED, again=True)
    do(db_connection, "z", "a1", "a2", "b1", "check", again=True)
    do(db_connection, "z", "a1")
    back(db_connection, "a2", "a1")
    assert open_now(db_connection) == ["a1", "b1"]
    do(db_connection, "a1", "a2", "b1", "check", again=False)
    assert instances.get(db_connection, NUMBER).state == "completed"


INNER = drawing(
    node("startEvent", "s")
    + users("a")
    + node("subProcess", "sub", node("startEvent", "s1") + users("b1", "b2") + flows("s1>b1>b2"))
    + users("c")
    + flows("s>a>sub>c")
)


def test_from_inside_a_sub_process_it_goes_back_inside_or_out_of_it(db_connection: Connection) -> None:
    begin(db_connection, INNER)
    do(db_connection, "a", "b1")
    assert offered(db_connection, "b2") == ["a", "b1"]
    back(db_connection, "b2", "b1")
    do(db_connection, "b1")
    back(db_connection, "b2", "a")
    assert open_now(db_connection) == ["a"]
    do(db_connection, "a", "b1", "b2")
    assert offered(db_connection, "c") == ["a", "sub", "sub/b1", "sub/b2"]
    back(db_connection, "c", "sub")
    assert (now(db_connection, "b1").assignee, open_now(db_connection)) == (WANG.id, ["b1"])
    do(db_connection, "b1", "b2", "c")
    assert instances.get(db_connection, NUMBER).state == "completed"


MULTI = "multiInstanceLoopCharacteristics"
EACH = (
    f"<bpmn:{MULTI}><bpmn:extensionElements>"
    '<zeebe:loopCharacteristics inputCollection="=[1,2]" inputElement="n"/></bpmn:extensionElements>'
    f"</bpmn:{MULTI}>"
)
SEVERAL = drawing(
    node("startEvent", "s")
    + users("a")
    + node("subProcess", "each", EACH + node("startEvent", "s1") + users("b1", "b2") + flows("s1>b1>b2"))
    + flows("s>a>each")
)


def test_in_one_of_several_instances_the_person_of_that_one_gets_it_back(db_connection: Connection) -> None:
    begin(db_connection, SEVERAL)
    do(db_connection, "a")
    do(db_connection, "b1", person=WANG)
    do(db_connection, "b1", person=LIU)
    back(db_connection, "b2", "b1")
    assert (now(db_connection, "b1").assignee, open_now(db_connection)) == (WANG.id, ["b1", "b2"])
    ends = next(t for t in returns.targets(db_connection, now(db_connection, "b2")) if t.element == "a").ends
    assert [row.element for row in ends] == ["b1"], "the activity goes back as a whole"


def test_the_designer_says_where_a_task_may_go_back_to(db_connection: Connection) -> None:
    only = (
        f"<bpmn:extensionElements><zeebe:{'assignmentDefinition candidateGroups=' + chr(34) + 'window' + chr(34)}/>"
        '<zeebe:properties><zeebe:property name="return_to" value="b"/></zeebe:properties></bpmn:extensionElements>'
    )
    begin(
        db_connection,
        drawing(node("startEvent", "s") + users("a", "b") + users("c", inside=only) + flows("s>a>b>c")),
    )
    do(db_connection, "a", "b")
    assert offered(db_connection, "c") == ["b"]


# -- taking back


def recall(connection: Connection, row: sa.Row[Any], person: tasks.Candidate = WANG) -> sa.Row[Any]:
    return recalls.recall(connection, audit.Actor(person.id), person, row.id, "填错了")


def test_who_finished_takes_it_back_while_nobody_has_acted(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    done = do(db_connection, "a", note="甲")
    again = recall(db_connection, done)
    assert (again.element, again.assignee, open_now(db_connection)) == ("a", WANG.id, ["a"])
    event = audit.trail(db_connection, NUMBER)[-1]
    assert (event.action, event.details["task"], event.details["reason"]) == ("task.recalled", done.id, "填错了")
    with pytest.raises(errors.CompletionStands):
        recall(db_connection, done)
    do(db_connection, "a", "b", "c")
    assert instances.get(db_connection, NUMBER).state == "completed"


@pytest.mark.parametrize("act", ["claim", "draft", "complete"])
def test_not_once_the_next_person_has_acted(db_connection: Connection, act: str) -> None:
    begin(db_connection, CHAIN)
    done = do(db_connection, "a")
    with clock.frozen(MORNING.replace(hour=10)):
        row = now(db_connection, "b")
        tasks.claim(db_connection, audit.Actor(LIU.id), LIU, row.id)
        if act == "draft":
            tasks.save_draft(db_connection, LIU, row.id, {"x": 1}, None)
        elif act == "complete":
            tasks.complete(db_connection, audit.Actor(LIU.id), LIU, row.id, {})
        with pytest.raises(errors.CompletionStands):
            recall(db_connection, done)


def test_not_by_another_person(db_connection: Connection) -> None:
    begin(db_connection, CHAIN)
    done = do(db_connection, "a")
    with pytest.raises(errors.CompletionStands):
        recalls.check(db_connection, LIU, done)


def test_behind_a_join_the_other_branches_keep_what_they_did(db_connection: Connection) -> None:
    begin(db_connection, BRANCHES)
    do(db_connection, "z", "a1", "a2", "b1", "b2")
    done = do(db_connection, "c1")
    recall(db_connection, done)
    assert open_now(db_connection) == ["c1"]
    do(db_connection, "c1", "last")
    assert instances.get(db_connection, NUMBER).state == "completed"


def test_at_a_join_that_still_waits_the_token_comes_back(db_connection: Connection) -> None:
    begin(db_connection, BRANCHES)
    do(db_connection, "z", "b1", "b2")
    done = do(db_connection, "c1")
    recall(db_connection, done)
    assert open_now(db_connection) == ["a1", "c1"]
    do(db_connection, "a1", "a2", "c1", "last")
    assert instances.get(db_connection, NUMBER).state == "completed"


def test_not_where_a_service_has_run(db_connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(handlers._local, "test.print", lambda _job: {})
    service = node("serviceTask", "print", zeebe('taskDefinition type="test.print"'), name="打印")
    begin(db_connection, drawing(node("startEvent", "s") + users("a", "b") + service + flows("s>a>print>b")))
    done = do(db_connection, "a")
    with pytest.raises(errors.StepFollowed, match="打印"):
        recall(db_connection, done)
    assert steps.key_taken(db_connection, NUMBER)


CALLED = drawing(node("startEvent", "s1") + users("b1", "b2") + flows("s1>b1>b2"), process="q")
CALLS = drawing(
    node("startEvent", "s")
    + users("a")
    + node("callActivity", "call", zeebe('calledElement processId="q"'))
    + users("c")
    + flows("s>a>call>c")
)


def test_a_called_process_that_is_over_begins_again_with_who_did_its_first_step(db_connection: Connection) -> None:
    begin(db_connection, CALLS, CALLED)
    do(db_connection, "a", person=LIU)
    do(db_connection, "b1", person=WANG)
    do(db_connection, "b2", person=LIU)
    assert offered(db_connection, "c") == ["a", "call", "call/b1", "call/b2"]
    back(db_connection, "c", "call")
    assert (now(db_connection, "b1").assignee, open_now(db_connection)) == (WANG.id, ["b1"])
    assert audit.trail(db_connection, NUMBER)[-1].details["to"] == "call"
    do(db_connection, "b1", "b2", "c")
    assert instances.get(db_connection, NUMBER).state == "completed"


INSIDE = node(
    "subProcess",
    "i",
    node("startEvent", "s2") + users("b", "c", "d") + node("parallelGateway", "p") + node("parallelGateway", "j")
    + node("endEvent", "e2") + flows("s2>b>p>c>j", "p>d>j>e2"),
    name="核查",
)  # fmt: skip
PHASED = drawing(
    node("startEvent", "s") + users("a") + INSIDE + users("z") + node("endEvent", "e") + flows("s>a>i>z>e")
)


def test_a_finished_phase_is_entered_in_its_middle_and_its_other_branch_counts_as_done(
    db_connection: Connection,
) -> None:
    begin(db_connection, PHASED)
    do(db_connection, "a", "b", "d", person=WANG)
    do(db_connection, "c", person=LIU)
    assert offered(db_connection, "z") == ["a", "i", "i/b", "i/c", "i/d"]
    back(db_connection, "z", "i/c")
    again = now(db_connection, "c")
    assert (again.assignee, open_now(db_connection)) == (LIU.id, ["c"])
    tasks.complete(db_connection, audit.Actor(LIU.id), LIU, again.id, {})
    assert open_now(db_connection) == ["z"]
    told = next(event for event in audit.trail(db_connection, NUMBER) if event.action == "task.returned")
    assert (told.details["to"], told.details["within"]) == ("c", ["i"])
    back(db_connection, "z", "i/b")
    assert open_now(db_connection) == ["b"]


def test_a_finished_call_is_entered_in_its_middle(db_connection: Connection) -> None:
    call = node("callActivity", "k", zeebe('calledElement processId="q"'), name="复核")
    outer = drawing(
        node("startEvent", "s") + users("a") + call + users("z") + node("endEvent", "e") + flows("s>a>k>z>e")
    )
    inner = node("startEvent", "s2") + users("b", "c") + node("endEvent", "e2") + flows("s2>b>c>e2")
    begin(db_connection, outer, drawing(inner, process="q"))
    do(db_connection, "a", "b", "c", person=WANG)
    assert offered(db_connection, "z") == ["a", "k", "k/b", "k/c"]
    back(db_connection, "z", "k/c")
    again = now(db_connection, "c")
    assert again.assignee == WANG.id
    tasks.complete(db_connection, audit.Actor(WANG.id), WANG, again.id, {})
    assert open_now(db_connection) == ["z"]


def test_a_phase_that_runs_several_times_is_entered_only_as_a_whole(db_connection: Connection) -> None:
    many = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    body = many + node("startEvent", "s2") + users("b") + node("endEvent", "e2") + flows("s2>b>e2")
    source = drawing(node("startEvent", "s") + node("subProcess", "i", body) + users("z") + flows("s>i>z"))
    begin(db_connection, source)
    do(db_connection, "b", "b")
    assert offered(db_connection, "z") == ["i"]
    with pytest.raises(errors.StepNotEarlier):
        back(db_connection, "z", "i/b")
