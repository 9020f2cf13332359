"""A task's form as pages and the API meet it: bound to what the task sees, judged, and handed on to the engine.

Only what the form offered, visible and writable, becomes a variable; everything typed can be kept as a draft.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import forms
from engine import audit, definitions, errors, tasks
from engine.cases.papers import attachment
from engine.cases.people import access, file_access
from engine.flow import steps
from engine.ground import files
from engine.handling import signers
from engine.tasks import Candidate
from web.shown import matters

_SCHEMAS_KEPT = 256
_schemas: OrderedDict[str, forms.Schema] = OrderedDict()


@dataclass(frozen=True)
class Submission:
    """One task, its form, and what stands in it.

    ``outdated`` tells that what was typed belongs to another version of the form; ``lost`` are the typed texts, by the
    names of their fields, for which the present form has no place.
    """

    task: sa.Row[Any]
    instance: sa.Row[Any]
    schema: forms.Schema
    form_hash: str
    context: Mapping[str, Any]
    form: forms.BoundForm
    outdated: bool = False
    lost: Mapping[str, list[str]] | None = None
    locked: bool = False


def load(
    connection: Connection,
    person: Candidate,
    task_id: int,
    sent: Any = None,
    *,
    form_hash: str | None = None,
    locale: str = "zh_CN",
) -> Submission:
    """Return an open task with its form, filled with what was sent, else with the person's draft, else as it begins.

    Parameters
    ----------
    sent
        What was typed, with ``getlist`` or as lists of texts by name; the instance is locked then, so that it is judged
        by the variables it will be completed with.
    form_hash
        The version of the form that was filled in, when the sender says so.

    Raises
    ------
    TaskUnknown
        If there is none, or it is somebody else's.
    TaskAlreadyCompleted, TaskWithdrawn
        If there is nothing to do any more.
    """
    if sent is not None:
        row, instance = tasks.lock(connection, task_id, person)
    else:
        row = tasks.get(connection, person, task_id)
        instance = connection.execute(sa.select(steps.instance).where(steps.instance.c.id == row.instance_id)).one()
    tasks.require_open(row)
    typed, version = sent, form_hash
    if sent is None and row.draft is not None and row.assignee == person.id:
        typed, version = row.draft, row.draft_form_hash
    locked = sent is not None
    running = steps.definition_of(instance) if locked else definitions.get(connection, instance.definition_id)
    context = tasks.context(connection, row, instance, running)
    own = running if row.definition_id == instance.definition_id else None  # a called process has its own forms
    form = bound(connection, person, row, typed, context, definition=own, locale=locale)
    schema = form.schema
    outdated = version is not None and version != schema.hash
    lost = _lost(form, typed) if outdated else {}
    return Submission(row, instance, schema, schema.hash, context, form, outdated, lost, locked=locked)


def bound(
    connection: Connection,
    person: Candidate,
    row: sa.Row[Any],
    typed: Any,
    context: Mapping[str, Any],
    *,
    definition: definitions.Defined | None = None,
    locale: str = "zh_CN",
) -> forms.BoundForm:
    """Return the form that was deployed with a task's process, bound to the variables that the task sees."""
    definition = definition or definitions.get(connection, row.definition_id)
    return forms.bind(
        schema(connection, definition, row.form),
        typed,
        context,
        {},
        locale=locale,
        functions=steps.host(connection, definition).functions,
        uploads=lambda entry: _may_name(connection, person, entry),
        called=matters.matter,
    )


def complete(
    connection: Connection, actor: audit.Actor, person: Candidate, submission: Submission
) -> steps.Step | None:
    """Judge the form and finish the task with its values; the caller shows the form again when this is refused.

    What a signer's task is finished with is an opinion: no step is made and returned.

    Raises
    ------
    FormChanged
        If another version of the form was filled in.
    FormIncomplete
        If a field is wrong; the faults stand in ``submission.form.errors``.
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours, TaskNotForYou, InstanceNotActive
        See :func:`engine.tasks.complete`.
    """
    if submission.outdated:
        raise errors.FormChanged
    if not submission.form.validate():
        raise errors.FormIncomplete(count=len(submission.form.errors))
    given = (connection, actor, person, submission.task.id, submission.form.values)
    if submission.task.signs is not None:
        signers.sign(*given, submission.form_hash)
        return None
    if handed_in := _own_files(connection, actor, submission.form):
        attachment.attach(connection, submission.task, handed_in)
    held = (submission.task, submission.instance) if submission.locked else None
    return tasks.complete(*given, form_hash=submission.form_hash, held=held)


def blame(submission: Submission, problem: errors.EngineError) -> bool:
    """Put an error beside the field of the form that it names, by its path or the end of it; tell whether it could."""
    name = str(problem.facts.get("field") or "")
    part = next((part for part in submission.form.shown() if name and f".{part.name}".endswith(f".{name}")), None)
    if part is None or not part.label:
        return False
    part.errors.append(forms.Fault(problem.template, {**problem.facts, "field": f"“{part.label}”"}))
    return True


def keep_draft(connection: Connection, person: Candidate, submission: Submission) -> None:
    """Keep what was typed, right or wrong, until the person comes back; errors as :func:`engine.tasks.save_draft`."""
    draft = {**(submission.lost or {}), **submission.form.draft()}
    tasks.save_draft(connection, person, submission.task.id, draft, submission.form_hash)


def actor_for(
    connection: Connection, person: Candidate, acting_for: Mapping[str, str | None], task_id: int
) -> audit.Actor:
    """Return the person as the one who acts on the task, see :func:`actor_of`."""
    row = tasks.read(connection, task_id)
    return audit.Actor(person.id) if row is None else actor_of(person, acting_for, row)


def actor_of(person: Candidate, acting_for: Mapping[str, str | None], row: sa.Row[Any]) -> audit.Actor:
    """Return who acts on a task that was read: the person in the own name, or in the place of an absent person.

    Whoever may do the task in an own right acts in it, though the task is offered to a represented person as well.
    """
    groups, users = (sorted(filter(None, (names or "").split(","))) for names in (row.offered, row.offered_users))
    places = [acting_for[name] for name in groups if name in acting_for]
    own = not places or None in places or person.id in users
    return audit.Actor(person.id, None if own else places[0])


def schema(connection: Connection, definition: definitions.Defined, form: str | None) -> forms.Schema:
    """Return a form that was deployed with a process; a task without one is completed as it is."""
    key = f"{definition.hash}/{form}"
    if key not in _schemas:
        known = definitions.form(connection, definition, form) if form is not None else {"components": []}
        _schemas[key] = forms.compile(known)
    _schemas.move_to_end(key)
    if len(_schemas) > _SCHEMAS_KEPT:
        _schemas.popitem(last=False)
    return _schemas[key]


def _may_name(connection: Connection, person: Candidate, entry: str) -> bool:
    """Tell whether the person may hand this stored file in: an own one, or one of a case that the person reads."""
    if not entry.isascii() or not entry.isdecimal() or len(entry) > 18:
        return False
    try:
        file_access.require(connection, access.Reader(person.id, person.groups, barred=person.barred), int(entry))
    except errors.FileMissing:
        return False
    return True


def _own_files(connection: Connection, actor: audit.Actor, form: forms.BoundForm) -> list[int]:
    """Return the files that the form hands in and its sender stored; those of other cases stay where they lie."""
    named = (part for part in form.shown() if part.kind == "filepicker" and not part.readonly)
    stored = (files.get(connection, int(entry)) for part in named for entry in part.value or ())
    return [row.id for row in stored if row.stored_by == actor.id]


def _lost(form: forms.BoundForm, typed: Any) -> dict[str, list[str]]:
    known = form.draft()
    sent = {name: typed.getlist(name) if hasattr(typed, "getlist") else typed[name] for name in typed}
    return {name: list(texts) for name, texts in sent.items() if name not in known and any(texts)}
