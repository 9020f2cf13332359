"""A trial runs a diagram to its end, its wait or its fault, in no time and without touching anything."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import db, definitions, trial
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe


def script(id: str, expression: str, result: str) -> str:
    return node("scriptTask", id, zeebe(f'script expression="{expression}" resultVariable="{result}"'))


def test_a_process_runs_to_its_end_with_its_variables() -> None:
    source = drawing(
        node("startEvent", "s") + script("double", "=x * 2", "y") + node("endEvent", "e") + flows("s>double>e")
    )
    went = trial.run(source, {"x": 21})
    assert (went.outcome, went.trace) == ("completed", ["s", "double", "e"])
    assert went.variables == {"x": 21, "y": 42}


def test_the_clock_jumps_to_the_next_timer() -> None:
    wait = node("intermediateCatchEvent", "year", timer("P365D"))
    went = trial.run(drawing(node("startEvent", "s") + wait + node("endEvent", "e") + flows("s>year>e")))
    assert (went.outcome, went.trace) == ("completed", ["s", "year", "e"])


def test_the_earlier_of_two_timers_fires_first() -> None:
    source = drawing(
        node("startEvent", "s") + node("parallelGateway", "f") + node("endEvent", "e1") + node("endEvent", "e2")
        + node("intermediateCatchEvent", "late", timer("PT2H")) + node("intermediateCatchEvent", "early", timer("PT1H"))
        + flows("s>f>late>e1", "f>early>e2")
    )  # fmt: skip
    assert trial.run(source).trace == ["s", "f", "early", "e2", "late", "e1"]


def test_a_process_that_needs_a_person_waits_and_says_where() -> None:
    went = trial.run(
        drawing(node("startEvent", "s") + node("userTask", "sign") + node("endEvent", "e") + flows("s>sign>e"))
    )
    assert (went.outcome, went.detail, went.trace) == ("waiting", "sign (task)", ["s"])


def test_a_drawing_that_cannot_run_is_refused_with_its_element() -> None:
    elements = node("startEvent", "s") + node("task", "lonely") + node("endEvent", "e")
    went = trial.run(drawing(elements + flows("s>e", "lonely>e")))
    assert (went.outcome, went.trace) == ("refused", [])
    assert "lonely" in went.detail


def test_a_condition_without_an_answer_is_an_incident() -> None:
    source = drawing(
        node("startEvent", "s") + node("exclusiveGateway", "x", default="x-b")
        + node("endEvent", "a") + node("endEvent", "b") + flows("s>x", "x>a[missing > 1]", "x>b")
    )  # fmt: skip
    went = trial.run(source)
    assert (went.outcome, went.trace) == ("incident", ["s"])
    assert went.detail.startswith("x: CONDITION_ERROR")


def test_an_error_that_nobody_catches_is_an_error_event() -> None:
    source = drawing(
        node("startEvent", "s") + node("endEvent", "e", '<bpmn:errorEventDefinition errorRef="E"/>') + flows("s>e"),
        shared='<bpmn:error id="E" errorCode="forged"/>',
    )
    went = trial.run(source)
    assert went.outcome == "error_event"
    assert "forged" in went.detail


def test_a_process_that_never_rests_ends_with_its_budget() -> None:
    source = drawing(
        node("startEvent", "s") + node("exclusiveGateway", "g") + node("intermediateCatchEvent", "hour", timer("PT1H"))
        + flows("s>g>hour>g")
    )  # fmt: skip
    assert trial.run(source, budget_seconds=0.3).outcome == "waiting"


def test_two_processes_of_a_file_speak_by_messages() -> None:
    ask = node("sendTask", "ask", messageRef="Q")
    hear = node("receiveTask", "hear", messageRef="Q")
    other = (
        '<bpmn:process id="answers" isExecutable="true">'
        + node("startEvent", "s2") + hear + node("endEvent", "e2") + flows("s2>hear>e2")
        + "</bpmn:process>"
    )  # fmt: skip
    source = drawing(
        node("startEvent", "s") + ask + node("endEvent", "e") + flows("s>ask>e"),
        shared='<bpmn:message id="Q" name="question">'
        + zeebe('subscription correlationKey="=7"')
        + "</bpmn:message>"
        + other,
    )
    went = trial.run(source, process_id="p", also_start=["answers"])
    assert went.outcome == "completed"
    assert went.trace[-2:] == ["hear", "e2"]


def test_a_trial_leaves_no_trace_in_the_real_database(database: Engine) -> None:
    trial.run(drawing(node("startEvent", "s") + node("endEvent", "e") + flows("s>e")))
    with db.reading(database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(definitions.definition)).scalar_one() == 0


@pytest.mark.parametrize("wrong", [b"", b"<xml", b"<!DOCTYPE x><x/>"])
def test_what_is_no_diagram_is_refused(wrong: bytes) -> None:
    assert trial.run(wrong).outcome == "refused"


def test_a_process_that_begins_by_an_event_is_begun_as_if_it_had_come() -> None:
    begin = node("startEvent", "s", '<bpmn:messageEventDefinition messageRef="M"/>')
    source = drawing(begin + node("endEvent", "e") + flows("s>e"), shared='<bpmn:message id="M" name="m"/>')
    went = trial.run(source, {"x": 1})
    assert (went.outcome, went.trace, went.variables) == ("completed", ["s", "e"], {"x": 1})


def test_what_a_single_file_refers_to_may_be_elsewhere() -> None:
    rule = node("businessRuleTask", "r", zeebe('calledDecision decisionId="elsewhere" resultVariable="x"'))
    went = trial.run(drawing(node("startEvent", "s") + rule + node("endEvent", "e") + flows("s>r>e")))
    assert (went.outcome, "elsewhere" in went.detail) == ("incident", True)


def test_a_process_that_calls_itself_comes_to_an_end() -> None:
    call = node("callActivity", "c", zeebe('calledElement processId="p"'))
    went = trial.run(drawing(node("startEvent", "s") + call + node("endEvent", "e") + flows("s>c>e")))
    assert (went.outcome, len(went.trace)) == ("incident", 50)
