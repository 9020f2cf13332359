"""A task's form: bound to what the task sees, judged, handed on once, kept as a draft whatever its version."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, errors, tasks
from engine.cases import case as cases
from engine.cases.papers import attachment
from engine.cases.people import access, file_access
from engine.flow import steps
from engine.ground import files
from tests.web import desk
from web.sent import submissions

CLERK = tasks.Candidate("P029", frozenset({"hall.window", "hall.window@W03"}))
ACTOR = audit.Actor("P029")
GOOD = {
    "contact_phone": ["13800138000"],
    "delivery_mode": ["窗口领取"],
    "needs_licence": ["true"],
    "in_power": ["true"],
    "form_ok": ["true"],
    "credit_ok": ["true"],
    "materials[0].received": ["true"],
}


@pytest.fixture
def intake(town: Engine, tmp_path: Path) -> int:
    """The intake task of a fresh case, claimed by the clerk."""
    files.configure(tmp_path)
    row = desk.take_in(town)
    with db.transaction(town) as connection:
        tasks.claim(connection, ACTOR, CLERK, row.id)
    return int(row.id)


def test_a_form_begins_with_what_the_task_sees_and_completes_with_checked_values_only(
    town: Engine, intake: int
) -> None:
    with db.transaction(town) as connection:
        shown = submissions.load(connection, CLERK, intake)
        assert {part.name: part.value for part in shown.form.shown()}["contact_phone"] == "13800138000"
        sent = submissions.load(connection, CLERK, intake, {**GOOD, "item.name": ["免费"], "outcome": ["granted"]})
        submissions.complete(connection, ACTOR, CLERK, sent)
    with db.reading(town) as connection:
        assert tasks.get(connection, CLERK, intake).state == "completed"
    event = desk.actions(town, shown.task.business_key)[-1]
    assert (event.action, event.form_hash) == ("task.completed", shown.form_hash)
    assert not {"item", "outcome"} & set(event.details["values"])


def test_the_process_that_judges_a_form_is_the_one_that_goes_on(
    town: Engine, intake: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, loaded = bpmn.load, []
    monkeypatch.setattr(bpmn, "load", lambda *given, **more: loaded.append(load(*given, **more)) or loaded[-1])
    with db.transaction(town) as connection:
        sent = submissions.load(connection, CLERK, intake, GOOD)
        step = submissions.complete(connection, ACTOR, CLERK, sent)
    assert step is not None
    assert loaded == [step.workflow]


def test_what_was_looked_at_before_a_step_is_read_anew_after_it(town: Engine, intake: int) -> None:
    with db.transaction(town) as connection:
        looked = submissions.load(connection, CLERK, intake, GOOD)
        steps.act(
            connection,
            ACTOR,
            looked.instance,
            lambda workflow: workflow.set_variables(looked.task.token, {"window": "W04"}),
            "test.set",
        )
        sent = submissions.load(connection, CLERK, intake, GOOD)
        assert (looked.context["window"], sent.context["window"]) == ("W03", "W04")
        submissions.complete(connection, ACTOR, CLERK, sent)
    assert desk.present(town, intake).state == "completed"


def test_a_form_with_a_fault_changes_nothing_and_names_the_field(town: Engine, intake: int) -> None:
    with db.transaction(town) as connection:
        sent = submissions.load(connection, CLERK, intake, {**GOOD, "contact_phone": ["12"]})
        with pytest.raises(errors.FormIncomplete):
            submissions.complete(connection, ACTOR, CLERK, sent)
        assert list(sent.form.errors) == ["contact_phone"]
    assert desk.present(town, intake).state == "open"
    assert [event.action for event in desk.actions(town, sent.task.business_key)] == ["task.claimed"]


def test_a_task_is_completed_once_and_the_second_person_learns_who_was_first(town: Engine, intake: int) -> None:
    with db.transaction(town) as connection:
        submissions.complete(connection, ACTOR, CLERK, submissions.load(connection, CLERK, intake, GOOD))
    other = tasks.Candidate("P030", CLERK.groups)
    with db.transaction(town) as connection, pytest.raises(errors.TaskAlreadyCompleted) as problem:
        submissions.load(connection, other, intake, GOOD)
    assert problem.value.facts["person"] == "P029"


def test_a_foreign_task_does_not_exist(town: Engine, intake: int) -> None:
    with db.reading(town) as connection, pytest.raises(errors.TaskUnknown):
        submissions.load(connection, tasks.Candidate("P044", frozenset({"approval.reviewer.market"})), intake)


def test_a_draft_keeps_what_is_wrong_too_and_is_shown_to_its_writer(town: Engine, intake: int) -> None:
    with db.transaction(town) as connection:
        sent = submissions.load(connection, CLERK, intake, {**GOOD, "contact_phone": ["one two"]})
        submissions.keep_draft(connection, CLERK, sent)
    with db.reading(town) as connection:
        again = submissions.load(connection, CLERK, intake)
        assert {part.name: part.value for part in again.form.shown()}["contact_phone"] == "one two"
        assert not again.outdated
        looking = submissions.load(connection, tasks.Candidate("P030", CLERK.groups), intake)
        assert {part.name: part.value for part in looking.form.shown()}["contact_phone"] == "13800138000"


def test_a_draft_of_an_earlier_form_says_so_loses_nothing_and_is_not_taken_unseen(town: Engine, intake: int) -> None:
    with db.transaction(town) as connection:
        old = {"contact_phone": ["13900139000"], "fax": ["0510-1"]}
        tasks.save_draft(connection, CLERK, intake, old, "0" * 64)
    with db.transaction(town) as connection:
        shown = submissions.load(connection, CLERK, intake)
        assert (shown.outdated, shown.lost) == (True, {"fax": ["0510-1"]})
        sent = submissions.load(connection, CLERK, intake, GOOD, form_hash="0" * 64)
        with pytest.raises(errors.FormChanged):
            submissions.complete(connection, ACTOR, CLERK, sent)
        submissions.keep_draft(connection, CLERK, shown)
    with db.reading(town) as connection:
        assert tasks.get(connection, CLERK, intake).draft["fax"] == ["0510-1"]


def test_a_file_may_be_named_by_who_stored_it_and_by_those_who_read_its_case(town: Engine, intake: int) -> None:
    with db.transaction(town) as connection:
        stored = files.store(connection, io.BytesIO(b"%PDF-1.7 licence"), "licence.pdf", audit.Actor("P099"))
        typed = {**GOOD, "materials[0].files": [str(stored.id)]}
        assert not submissions.load(connection, CLERK, intake, typed).form.validate()
        attachment.attach(connection, tasks.get(connection, CLERK, intake), [stored.id])
        assert submissions.load(connection, CLERK, intake, typed).form.validate()
        assert file_access.require(connection, access.Reader("P029", CLERK.groups), stored.id).name == "licence.pdf"
        with pytest.raises(errors.FileMissing):
            file_access.require(connection, access.Reader("P044"), stored.id)


@pytest.mark.parametrize(
    ("acting_for", "on_behalf_of"),
    [
        ({"hall.window@W03": None}, None),
        ({"hall.window@W03": "P031"}, "P031"),
        ({"hall.window": None, "hall.window@W03": "P031"}, "P031"),
        ({}, None),
    ],
)
def test_who_acts_in_the_place_of_an_absent_person_is_named_with_that_person(
    town: Engine, intake: int, acting_for: dict[str, str | None], on_behalf_of: str | None
) -> None:
    with db.reading(town) as connection:
        actor = submissions.actor_for(connection, CLERK, acting_for, intake)
    assert actor == audit.Actor("P029", on_behalf_of)


def test_a_file_that_is_handed_in_lies_in_the_case_however_it_was_stored(town: Engine, intake: int) -> None:
    with db.transaction(town) as connection:
        stored = files.store(connection, io.BytesIO(b"%PDF-1.7 handed in"), "handed-in.pdf", ACTOR)
    with db.transaction(town) as connection:
        sent = submissions.load(connection, CLERK, intake, {**GOOD, "materials[0].files": [str(stored.id)]})
        submissions.complete(connection, ACTOR, CLERK, sent)
        case = cases.get(connection, sent.task.business_key)
        assert [row.id for row in attachment.of(connection, case.id)] == [stored.id]
