"""A user task for very many: completing one costs the same whatever their number, and nothing else is different."""

from __future__ import annotations

import time

import pytest

from engine import bpmn
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, io, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")


def many(count: str, completion: str = "", collect: str = "=opinion") -> str:
    items = f'inputCollection="=for i in 1..{count} return i" inputElement="unit" outputCollection="all" outputElement="{collect}"'
    ends = f"<bpmn:completionCondition>{completion}</bpmn:completionCondition>" if completion else ""
    return f"<bpmn:multiInstanceLoopCharacteristics>{zeebe(f'loopCharacteristics {items}')}{ends}</bpmn:multiInstanceLoopCharacteristics>"


def ask(
    count: int, completion: str = "", inside: str = "", around: str = "", more: str = "", collect: str = "=opinion"
) -> Case:
    task = node("userTask", "u", inside + many(str(count), completion, collect))
    return Case(drawing(START + task + node("task", "z") + END + around + flows("s>u>z>e") + more))


def test_two_thousand_are_asked_and_their_answers_stand_in_order() -> None:
    case = ask(2000)
    assert (len(case.open()), len(case.tokens) < 250) == (2000, True)
    tokens = [token for token, _, _ in case.waiting]
    for number, token in reversed(list(enumerate(tokens, 1))):
        workflow = case.load(token)
        assert workflow.view(token)["unit"] == number
        workflow.complete(token, {"opinion": number * 2})
        case.trace += [e.element for e in workflow.drain() if isinstance(e, effects.Left)]
        case.outcome, case.variables = workflow.outcome, case._last(workflow)
        case.tokens, case.scopes = bpmn.dump(workflow)
        case.town.keep(workflow.aside())
    assert case.outcome == "completed"
    assert case.variables == {"all": [number * 2 for number in range(1, 2001)]}
    assert case.town.kept == {}
    assert case.trace[-3:] == ["u", "z", "e"]


def cost(count: int) -> float:
    """Seconds of CPU to load, complete and write one of ``count``, the fastest of some."""
    case = ask(count)
    tokens, times = [token for token, _, _ in case.waiting], []
    for token in tokens[:20]:
        item = {token: case.town.kept[token]}
        case.town.items = lambda _wanted, item=item: list(item.values())  # type: ignore[method-assign,misc]
        before = time.process_time()
        workflow = case.load(token)
        workflow.complete(token, {"opinion": 1})
        case.tokens, case.scopes = bpmn.dump(workflow)
        changes = workflow.aside()
        times.append(time.process_time() - before)
        assert (len(changes.added), len(changes.changed), changes.gone) == (0, 1, [])
    return min(times)


def test_one_of_two_thousand_costs_what_one_of_a_hundred_does() -> None:
    assert cost(2000) < 3 * cost(100)


def test_a_condition_that_holds_ends_the_others() -> None:
    case = ask(60, "=numberOfCompletedInstances = 2 and numberOfActiveInstances = 58").complete("u", opinion=1)
    assert len(case.open()) == 59
    case.complete("u", opinion=2)
    assert (case.outcome, len(case.of(effects.TaskClosed))) == ("completed", 58)
    assert (case.variables["all"][:3], len(case.variables["all"]), case.town.kept) == ([1, 2, None], 60, {})


def test_a_condition_may_read_what_was_collected() -> None:
    case = ask(60, "=count(all[item != null]) = 3")
    for number in range(3):
        assert case.outcome == "active"
        case.complete("u", opinion=number)
    assert (case.outcome, case.variables["all"][:4]) == ("completed", [0, 1, 2, None])


@pytest.mark.parametrize("how", ["boundary", "cancel"])
def test_an_event_ends_them_all(how: str) -> None:
    late = node("boundaryEvent", "b", timer("PT1H"), attachedToRef="u")
    case = ask(60, around=late, more=flows("b>z")).complete("u", opinion=1)
    if how == "boundary":
        case.trigger("b")
    else:
        case.act("cancel")
    assert case.outcome == ("completed" if how == "boundary" else "terminated")
    assert (len(case.of(effects.TaskClosed)), case.town.kept, "all" in case.variables) == (59, {}, False)


def test_one_that_cannot_be_offered_or_collected_stays_with_its_incident() -> None:
    extension = zeebe('assignmentDefinition assignee="=if unit = 7 then who else string(unit)"').replace(
        "string(unit)", "&quot;p&quot;"
    )
    case = ask(60, inside=extension.replace("who", "7"))
    (incident,) = case.of(effects.Incident)
    assert (incident.element, len(case.open()), len(case.town.kept)) == ("u", 59, 59)
    for _ in range(59):
        case.complete("u", opinion=1)
    assert (case.outcome, case.open()) == ("active", [])


def test_input_mappings_and_own_variables_stay_with_each() -> None:
    extension = io({"double": "=unit * 2"})
    case = ask(60, inside=extension, collect="=double")
    token = case.waiting[10][0]
    assert dict(case.load(token).view(token)) == {"loopCounter": 11, "unit": 11, "double": 22}
    for _ in range(60):
        case.complete("u")
    assert case.variables["all"] == [number * 2 for number in range(1, 61)]


def test_a_null_answer_is_an_answer() -> None:
    case = ask(51)
    for _ in range(51):
        case.complete("u", opinion=None)
    assert (case.outcome, case.variables["all"]) == ("completed", [None] * 51)


def test_fifty_are_still_written_with_the_rest() -> None:
    case = ask(50)
    assert (case.town.kept, len(case.open())) == ({}, 50)
