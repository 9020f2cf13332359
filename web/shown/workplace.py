"""The task page: what stands on it, who can change it, and what it says when there is nothing to do any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Response, make_response, render_template, request, url_for
from sqlalchemy.engine import Connection
from werkzeug.datastructures import MultiDict

from engine import errors, tasks
from engine.cases.grid.assessment import line, score
from engine.cases.papers import word_copy
from engine.flow import suspensions
from engine.handling import offers, reminders, returns, signers
from engine.organisation import person, post
from web import database, failures, i18n, security
from web.blueprints.auth import own_path
from web.sent import submissions
from web.sent.submissions import Submission
from web.shown import assessed, knowledge

OURS = ("csrf_token", "idempotency_key", "form_hash", "back")
"""What every form of the page carries besides the fields of the task's own form."""


def typed() -> MultiDict[str, str]:
    """Return what was typed into the task's own form."""
    return MultiDict((name, text) for name, text in request.form.items(multi=True) if name not in OURS)


def back() -> str:
    """Return the list that the person came from and goes back to, with its filters and page."""
    wanted = request.values.get("back", "")
    return wanted if wanted.startswith("/inbox") and own_path(wanted) == wanted else url_for("inbox.inbox")


def load(task_id: int, sent: Any = None) -> Submission:
    """Return the task's form for the person who asks; errors as :func:`web.sent.submissions.load`."""
    who, _ = security.candidate()
    version = request.form.get("form_hash") or None
    return submissions.load(database.connection(), who, task_id, sent, form_hash=version, locale=i18n.locale_name())


def page(submission: Submission, status: int = 200, notice: str = "", **more: Any) -> Response:
    """Answer with the task page."""
    connection, row = database.connection(), submission.task
    who, acting_for = security.candidate()
    case = knowledge.case_of(connection, row)
    offered = candidates(connection, row.id)
    actor = submissions.actor_for(connection, who, acting_for, row.id)
    marks = _marks(connection, row)
    barred = _barred(connection, who, row) if row.assignee is None else ""
    known = (row.assignee, row.owner, actor.on_behalf_of, *offered["user"])
    people = person.names(connection, [name for name in known if name])
    answer = render_template(
        "tasks/task.html",
        submission=submission,
        task=row,
        name=task_name(row),
        form=submission.form,
        mode="mine" if row.assignee == who.id else "other" if row.assignee else "barred" if barred else "free",
        case=case,
        people=people,
        on_behalf_of=people.get(actor.on_behalf_of or ""),
        posts=[*called(connection, offered["group"]), *(people.get(name, name) for name in offered["user"])],
        others=others(connection, row, offered) if row.assignee == who.id else (),
        notice=notice or barred,
        marks=marks,
        words=word_copy.offered(connection, row) if case is not None and row.assignee == who.id else {},
        names=_named(connection, marks),
        task_name=task_name,
        back=back(),
        **_known(connection, submission, case),
        **more,
    )
    return make_response(answer, status)


def _known(connection: Connection, submission: Submission, case: sa.Row[Any] | None) -> dict[str, Any]:
    """Return what must be known for the task: of its case, or of the month that it assesses."""
    if case is not None:
        return knowledge.of(connection, case, submission.task, back())
    found = assessed.of(connection, submission.task, submission.context)
    return {"assessed": found, "grades": score.GRADES, "figures": line.FIGURES}


def _barred(connection: Connection, who: tasks.Candidate, row: sa.Row[Any]) -> str:
    """Return why a rule keeps the person from taking a task that nobody has, if one does."""
    try:
        tasks.offered_to(connection, who, row)
    except errors.TaskNotForYou as problem:
        return failures.told(problem)
    return ""


def _marks(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    """Return what others have asked of the one who has the task."""
    return {
        "suspended": suspensions.of(connection, row.instance_id),
        "returned": returns.of(connection, row.id),
        "asking": signers.asking(connection, row.id) if row.signs is not None else None,
        "signers": signers.of(connection, row.id),
        "reminders": reminders.of(connection, row.id),
    }


def _named(connection: Connection, marks: Mapping[str, Any]) -> dict[str, str]:
    who = {
        getattr(marks["suspended"], "suspended_by", None),
        getattr(marks["returned"], "returned_by", None),
        getattr(marks["asking"], "added_by", None),
        *(each.sent_by for each in marks["reminders"]),
    }
    return person.names(connection, [each for each in who if each])


def mine(task_id: int) -> sa.Row[Any]:
    """Return an open task that the reader has in hand.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours
    """
    who, _acting = security.candidate()
    row = tasks.get(database.connection(), who, task_id)
    tasks.require_open(row)
    tasks.require_mine(row, who)
    return row


def task_name(row: Any) -> str:
    """Return what the task is called in the reader's language."""
    english = (row.properties or {}).get("name:en") if i18n.locale_name() == "en" else ""
    return str(english or row.name)


def over(problem: errors.EngineError, task_id: int) -> Response:
    """Say why nothing can be done in the task any more, and show again what was typed, so that it is not lost."""
    text = failures.told(problem)
    database.roll_back()
    connection = database.connection()
    who, _acting = security.candidate()
    row = tasks.get(connection, who, task_id)
    answer = render_template(
        "tasks/over.html",
        name=task_name(row),
        case=knowledge.case_of(connection, row),
        text=text,
        typed=_labelled(connection, row, typed()) if request.method == "POST" else [],
        back=back(),
    )
    return make_response(answer, failures.status_of(problem))


def candidates(connection: Connection, task_id: int) -> dict[str, list[str]]:
    """Return the groups and the persons to whom the task is offered."""
    found: dict[str, list[str]] = {"group": [], "user": []}
    table = offers.candidate.c
    for offer in connection.execute(
        sa.select(table.kind, table.name).where(table.task_id == task_id).order_by(table.name)
    ):
        found[offer.kind].append(offer.name)
    return found


def called(connection: Connection, groups: Sequence[str]) -> list[str]:
    """Return what the posts of candidate groups are called in the reader's language, each once."""
    codes = {post.code_of(group) for group in groups}
    rows = connection.execute(sa.select(post.post).where(post.post.c.code.in_(codes)).order_by(post.post.c.position))
    return [i18n.named(row) for row in rows]


def others(connection: Connection, row: sa.Row[Any], offered: Mapping[str, Sequence[str]]) -> list[sa.Row[Any]]:
    """Return the persons to whom the task may be handed over."""
    eligible = person.eligible(connection, offered["group"], offered["user"])
    return [who for who in eligible if who.id != row.assignee]


def _labelled(connection: Connection, row: sa.Row[Any], sent: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return what was typed as pairs of the field's label and the text; files and empty fields are left out."""
    who, _acting = security.candidate()
    context = tasks.context(connection, row)
    form = submissions.bound(connection, who, row, sent, context, locale=i18n.locale_name())
    labels = {part.name: part.label for part in form.shown()}
    return [
        (labels.get(name) or name, "、".join(texts))
        for name in dict.fromkeys(sent)
        if any(texts := [text for text in sent.getlist(name) if text.strip()])
    ]
