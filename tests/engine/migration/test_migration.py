"""Running cases go on in another version: what fits moves, what does not stays, and everything can be taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine import audit, db, definitions, errors, instances, jobs, migration, tasks
from engine.flow import suspensions
from engine.handling import offers
from tests.engine.bpmn.drawing import node
from tests.engine.migration.conftest import DESIGNER, LIU, PUBLISHER, WANG, House, line, offered

READ = node("userTask", "read", offered("hall"), name="Read")
DECIDE = node("userTask", "decide", offered("office"), name="Decide")
FIRST = line(READ, DECIDE, way="s>read>decide>e")
COUNTED = line(READ, node("userTask", "count", offered("hall"), name="Count"), DECIDE, way="s>read>count>decide>e")


def test_cases_that_fit_go_on_in_the_new_version_and_the_trail_says_so(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A", "B")
    house.complete("B", "read")
    house.deploy(COUNTED)
    plan = house.plan()
    assert house.progress(plan) == {"fits": 2}
    assert (house.version("A"), house.version("B")) == (1, 1)

    house.apply(plan)
    assert house.progress(plan) == {"migrated": 2}
    assert (house.version("A"), house.version("B")) == (2, 2)
    house.complete("A", "read")
    house.complete("B", "decide")
    assert (house.open("A"), house.state("B")) == (["count"], "completed")

    [event] = house.events("A", "instance.migrated")
    assert (event.actor, event.details["plan"], event.details["reason"]) == ("wang.publish", plan, "a clerk asked")
    assert (event.details["before"]["version"], event.details["after"]["version"]) == (1, 2)
    assert event.definition_hash == event.details["after"]["hash"] != event.details["before"]["hash"]
    told = [(event.action, event.actor) for event in house.events(migration.plan.STREAM)]
    assert told == [
        ("migration.planned", "chen.design"),
        ("migration.saved", "chen.design"),
        ("migration.checked", "chen.design"),
        ("migration.applied", "wang.publish"),
    ]


def test_a_case_that_does_not_fit_stays_where_it_is_and_says_why(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A", "B")
    house.complete("B", "read")
    house.deploy(line(READ, way="s>read>e"))
    plan = house.plan()
    assert house.progress(plan) == {"fits": 1, "refused": 1}
    assert house.said(plan)["B"] == ["The case stands at “Decide”, which has no counterpart in the other version."]
    house.apply(plan)
    assert (house.version("A"), house.version("B"), house.open("B")) == (2, 1, ["decide"])
    with db.reading(house.database) as connection:
        [(finding, count)] = migration.obstacles(connection, plan)
    assert (finding["element"], count) == ("decide", 1)


def test_what_somebody_holds_and_has_typed_stays_and_rules_are_those_of_the_new_version(house: House) -> None:
    schema = '{"id": "f", "type": "default", "components": [{"type": "textfield", "key": "%s", "id": "x"}]}'
    with_form = offered("hall", 'formDefinition formId="f"', 'taskSchedule dueDate="2030-01-01T10:00:00Z"')
    house.deploy(line(node("userTask", "read", with_form), way="s>read>e"), forms={"f": schema % "a"})
    house.begin("A")
    with db.transaction(house.database) as connection:
        row = house._task(connection, "A", "read")
        tasks.claim(connection, audit.Actor(WANG.id), WANG, row.id)
        tasks.save_draft(connection, WANG, row.id, {"a": ["typed"]}, "hash")
    before = house.task("A", "read")
    renamed = node("userTask", "study", offered("office", 'formDefinition formId="f"'), name="Study")
    house.deploy(line(renamed, way="s>study>e"), forms={"f": schema % "b"})
    plan = house.plan(mapping={"p": {"read": "study"}})
    said = house.said(plan)["A"]
    assert [text[:32] for text in said] == ["Somebody has begun “Study”, whos", "“Study” stays with whoever holds"]
    house.apply(plan)
    after = house.task("A", "study")
    assert (after.id, after.assignee, after.draft, after.due_at) == (
        before.id, WANG.id, before.draft, before.due_at,
    )  # fmt: skip
    assert (after.name, after.draft_form_hash) == ("Study", "hash")
    with db.reading(house.database) as connection:
        schema_now = tasks.form(connection, after)
        names = connection.execute(sa.select(offers.candidate.c.name)).scalars().all()
    assert schema_now is not None
    assert (schema_now["components"][0]["key"], names) == ("b", ["office"])


def test_whom_a_task_is_offered_to_changes_only_if_the_drawing_says_so(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A")
    with db.transaction(house.database) as connection:
        connection.execute(sa.update(offers.candidate).values(name="helpers"))
    house.deploy(COUNTED)
    house.apply(house.plan())
    with db.reading(house.database) as connection:
        assert connection.execute(sa.select(offers.candidate.c.name)).scalars().all() == ["helpers"]


def test_a_post_that_does_not_exist_keeps_the_case(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration.course, "_group_sources", [lambda _connection: {"hall", "office"}])
    house.deploy(FIRST)
    house.begin("A")
    house.deploy(line(node("userTask", "read", offered("nowhere"), name="Read"), DECIDE, way="s>read>decide>e"))
    plan = house.plan()
    assert house.said(plan)["A"] == ["“Read” would be offered to the post nowhere, which does not exist here."]


def test_the_plan_is_undone_case_by_case_where_that_is_still_possible(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A", "B", "C")
    house.deploy(COUNTED)
    plan = house.plan()
    house.apply(plan)
    house.complete("B", "read")  # stands at “Count”, which the old version does not know
    house.complete("C", "read")
    house.complete("C", "count")
    house.undo(plan)
    assert [house.version(key) for key in "ABC"] == [1, 2, 1]
    assert house.progress(plan) == {"returned": 2, "migrated": 1}
    assert "“Count”" in house.said(plan)["B"][0]
    house.complete("C", "decide")
    assert house.state("C") == "completed"
    [event] = house.events("A", "instance.migrated_back")
    assert (event.details["before"]["version"], event.details["after"]["version"]) == (2, 1)
    assert event.details["reason"] == "it was a mistake"
    house.complete("B", "count")
    house.undo(plan)
    assert house.version("B") == 1


def test_two_steps_that_became_one_come_apart_again_when_undone(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A", "B")
    house.complete("B", "read")
    house.deploy(line(node("userTask", "all", offered("hall"), name="All"), way="s>all>e"))
    plan = house.plan(mapping={"p": {"read": "all", "decide": "all"}})
    house.apply(plan)
    assert (house.open("A"), house.open("B")) == (["all"], ["all"])
    house.undo(plan)
    assert (house.open("A"), house.open("B")) == (["read"], ["decide"])


def test_four_eyes_hold_when_the_step_before_has_got_another_id(house: House) -> None:
    def excluded(element: str) -> str:
        return (
            '<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="office"/><zeebe:properties>'
            f'<zeebe:property name="excluded" value="element:{element}"/></zeebe:properties></bpmn:extensionElements>'
        )

    house.deploy(line(READ, node("userTask", "decide", excluded("read")), way="s>read>decide>e"))
    house.begin("A")
    house.complete("A", "read", WANG)
    study = node("userTask", "study", offered("hall"))
    house.deploy(line(study, node("userTask", "decide", excluded("study")), way="s>study>decide>e"))
    plan = house.plan(mapping={"p": {"read": "study"}})
    house.apply(plan)
    with pytest.raises(errors.TaskExcluded):
        house.complete("A", "decide", WANG)
    house.undo(plan)
    with pytest.raises(errors.TaskExcluded):
        house.complete("A", "decide", WANG)
    house.complete("A", "decide", LIU)
    assert house.state("A") == "completed"


def test_a_case_that_moved_on_meanwhile_is_looked_at_again_under_its_lock(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A", "B", "C")
    house.deploy(line(READ, way="s>read>e"))
    plan = house.plan()
    assert house.progress(plan) == {"fits": 3}
    house.apply(plan, work=False)
    house.complete("B", "read")
    with db.transaction(house.database) as connection:
        instances.cancel(connection, DESIGNER, instances.get(connection, "C").id, "withdrawn")
    house.work()
    assert house.progress(plan) == {"migrated": 1, "refused": 2}
    assert (house.version("B"), house.open("B")) == (1, ["decide"])
    assert house.said(plan)["C"] == ["The case is over."]
    assert house.events("B", "instance.migrated") == []


@pytest.mark.parametrize("turn", range(4))
def test_whoever_comes_first_the_case_is_whole(house: House, turn: int) -> None:
    """A person finishes a step while the case is moved: both happen, one after the other."""
    house.deploy(FIRST)
    house.begin("A")
    house.deploy(COUNTED)
    plan = house.plan()
    house.apply(plan, work=False)
    [job] = house.due()
    barrier, faults = threading.Barrier(2), list[BaseException]()

    def meet(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as fault:
            faults.append(fault)

    acts = [lambda: house.complete("A", "read"), lambda: jobs.run(house.database, job)]
    threads = [threading.Thread(target=meet, args=(act,)) for act in (acts if turn % 2 else acts[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.work()
    assert (faults, house.version("A"), house.progress(plan)) == ([], 2, {"migrated": 1})
    assert house.open("A") in (["count"], ["decide"])
    told = [event.action for event in house.events("A", "task.completed", "instance.migrated")]
    assert sorted(told) == ["instance.migrated", "task.completed"]
    assert house.open("A") == (["count"] if told[0] == "instance.migrated" else ["decide"])


def test_a_suspended_case_moves_and_stays_suspended(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A")
    with db.transaction(house.database) as connection:
        suspensions.suspend(connection, DESIGNER, instances.get(connection, "A").id, "look into it")
    house.deploy(COUNTED)
    house.apply(house.plan())
    assert (house.version("A"), house.state("A")) == (2, "suspended")
    with db.transaction(house.database) as connection:
        suspensions.resume(connection, DESIGNER, instances.get(connection, "A").id, "done")
    house.complete("A", "read")
    assert house.open("A") == ["count"]


def test_only_some_cases_may_be_moved_first(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A", "B")
    house.deploy(COUNTED)
    plan = house.plan()
    with pytest.raises(errors.PlanCasesUnfit, match="X"):
        house.apply(plan, ("A", "X"))
    house.apply(plan, ("A",))
    assert (house.version("A"), house.version("B")) == (2, 1)
    house.apply(plan)
    assert house.version("B") == 2


def test_who_made_the_plan_neither_applies_nor_undoes_it(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A")
    house.deploy(COUNTED)
    plan = house.plan()
    with db.transaction(house.database) as connection, pytest.raises(errors.PlanOwn):
        migration.apply(connection, DESIGNER, plan, 2, "because")
    house.apply(plan)
    with db.transaction(house.database) as connection, pytest.raises(errors.PlanOwn):
        migration.undo(connection, DESIGNER, plan, "because")
    assert house.version("A") == 2


def test_a_plan_is_saved_over_what_was_seen_and_applied_only_as_it_was_tried(house: House) -> None:
    house.deploy(FIRST)
    house.begin("A")
    house.deploy(COUNTED)
    plan = house.plan()
    with db.transaction(house.database) as connection:
        migration.save(connection, PUBLISHER, plan, 2, {}, timers_anew=True)
        with pytest.raises(errors.PlanChanged, match=r"wang\.publish"):
            migration.save(connection, DESIGNER, plan, 2, {}, timers_anew=False)
        with pytest.raises(errors.PlanUnchecked):
            migration.apply(connection, LIU_ACTOR, plan, 3, "because")
        with pytest.raises(errors.PlanMappingRefused) as refusal:
            migration.save(connection, DESIGNER, plan, 3, {"p": {"read": "e", "x": "read"}}, timers_anew=False)
    said = [finding.message.format(**finding.facts) for finding in refusal.value.facts["findings"]]
    assert said == ["“Read” cannot become “e”, which is of another kind.", "“x” is no element of version 1."]
    with db.transaction(house.database) as connection:
        migration.discard(connection, DESIGNER, plan)
        with pytest.raises(errors.PlanEnded):
            migration.check(connection, DESIGNER, plan, 3)
        with pytest.raises(errors.PlanLeadsNowhere):
            migration.start(connection, DESIGNER, "small", 1, 1)
        assert list(migration.of(connection, "small")) == []


LIU_ACTOR = audit.Actor(LIU.id)


def test_elements_of_the_same_name_and_kind_are_mapped_from_the_start(house: House) -> None:
    house.deploy(FIRST)
    house.deploy(line(node("userTask", "r2", offered("hall"), name="Read"), DECIDE, way="s>r2>decide>e"))
    with db.transaction(house.database) as connection:
        plan = migration.start(connection, DESIGNER, "small", 1, 2)
    assert plan.mapping == {"p": {"read": "r2"}}


def test_what_stands_between_the_same_steps_or_is_called_alike_is_suggested(house: House) -> None:
    house.deploy(line(READ, DECIDE, way="s>read>decide>e"))
    asked = node("userTask", "ask", offered("hall"), name="Somebody asks")
    house.deploy(line(asked, node("userTask", "d2", offered("hall"), name="Decide it"), way="s>ask>d2>e"))
    with db.reading(house.database) as connection:
        old, new = (
            migration.nodes(connection, definitions.deployed(connection, "small", number).id)["p"] for number in (1, 2)
        )
    assert migration.suggestions(old, new) == {"read": [], "decide": ["d2"]}
    house.deploy(line(asked, DECIDE, way="s>ask>decide>e"))
    with db.reading(house.database) as connection:
        newer = migration.nodes(connection, definitions.deployed(connection, "small", 3).id)["p"]
    assert migration.suggestions(old, newer) == {"read": ["ask"]}


def test_more_cases_than_one_look_takes_are_all_looked_at(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration.application, "BATCH", 3)
    house.deploy(FIRST)
    house.begin(*(f"N{number}" for number in range(7)))
    house.deploy(COUNTED)
    plan = house.plan()
    assert house.progress(plan) == {"fits": 7}
    [event] = house.events(migration.plan.STREAM, "migration.checked")
    assert (event.details["fits"], event.details["refused"]) == (7, 0)
