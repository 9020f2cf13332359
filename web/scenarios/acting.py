"""What people do in a scenario besides finishing tasks: begin activities, take evidence in, and be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, tasks
from engine.cases import case as cases
from engine.cases.enforcement.investigation import act, evidence, fact, recording
from engine.cases.grid import alike, ending, link
from engine.cases.grid.assessment import answer, window
from engine.flow import activities, steps
from engine.organisation import person
from web.scenarios.walk import Stuck, Walk

PAPER = {"original_or_copy": "original", "issuer": "当事人", "doc_date": "2026-01-05", "seal": "印章清晰"}


def start(way: Walk, element: str, by: str | None) -> None:
    """Begin an activity that an open ad-hoc sub-process of the case offers."""
    with clock.frozen(way.now), db.transaction(way.database) as connection:
        running = connection.execute(
            sa.select(steps.instance).where(
                steps.instance.c.business_key.startswith(way.number), steps.instance.c.state == "active"
            )
        ).all()
        for row in running:
            for offer in steps.load(connection, row).offers():
                if offer.activity != element:
                    continue
                who = (
                    person.as_candidate(connection, by) if by else tasks.Candidate("somebody", frozenset(offer.groups))
                )
                activities.begin(connection, audit.Actor(who.id), who, row.id, offer.token, element)
                break
            else:
                continue
            break
        else:
            raise Stuck(f"the activity {element} is not offered")
    way.work()


def prove(way: Walk, text: str, by: Sequence[str]) -> None:
    """Say a fact, and take in and verify a paper that proves it, as on the page of the case."""
    with clock.frozen(way.now), db.transaction(way.database) as connection:
        case, actor = cases.get(connection, way.number), audit.Actor(by[0])
        entry = evidence.Entry(
            kind="doc", title=text, source="party", takers=by, place="现场", obtained_at=clock.now(), said=PAPER,
            shelf_mark="A-1",
        )  # fmt: skip
        proof = evidence.register(connection, actor, case, entry)
        evidence.verify(connection, actor, case, proof.number, "与原件核对一致")
        said = fact.say(connection, actor, case, text)
        fact.prove(connection, actor, case, said.number, [proof.number])


def record(way: Walk, step: str) -> None:
    """Add the recording of a step that the town's list demands, as on the page of the case."""
    with clock.frozen(way.now), db.transaction(way.database) as connection:
        given = recording.Recording(
            step, "官林镇东虹路", "胡德明、王晓峰", clock.now(), clock.now(), link=f"AV-{step}", sha256="a" * 64
        )
        recording.add(connection, audit.Actor("enforcement.intake"), cases.get(connection, way.number), given)


def sign(way: Walk, who: str) -> None:
    """Let an officer sign every record of the case that waits for their signature, as on the page of the case."""
    with clock.frozen(way.now), db.transaction(way.database) as connection:
        case = cases.get(connection, way.number)
        officers = act.officers_of(connection, case.id)
        for row in act.of(connection, case.id):
            if any(one.person_id == who and one.signed_at is None for one in officers[row.id]):
                act.sign(connection, audit.Actor(who), case, row.number)


def refused(way: Walk, element: str, given: Mapping[str, Any], name: str) -> None:
    """Try to complete a task in a way that is refused with an error of this name, or by its ``form``."""
    try:
        way.complete(element, given)
    except Stuck as stuck:
        if name != "form" or "the form of" not in str(stuck):
            raise
        return
    except errors.EngineError as error:
        if error.code != name:
            raise Stuck(f"{element} is refused as {error.code}: {error}") from error
        return
    raise Stuck(f"{element} is not refused")


DEEDS: dict[str, Callable[..., Any]] = {
    "merge": alike.merge,
    "unmerge": alike.unmerge,
    "withdraw": ending.ask_to_withdraw,
    "add": ending.add,
    "instruct": ending.instruct,
    "reopen": ending.reopen,
    "result": lambda connection, actor, case, text: [
        link.tell_result(connection, actor, row.number, text) for row in link.of(connection, case.id)
    ],
    "answer": lambda connection, actor, number, appeals: answer.answer(
        connection, actor, window.of_number(connection, number).month, actor.id, appeals
    ),
    "answer_all": lambda connection, _actor, number: _answer_all(
        connection, window.of_number(connection, number).month
    ),
    "object": lambda connection, actor, number, worker, indicator, reason: answer.object_(
        connection, actor, window.of_number(connection, number).month, worker, indicator, reason
    ),
}
"""What is done with an event or an assessment besides its tasks, by name."""


def _answer_all(connection: Connection, month: str) -> None:
    """Let every worker who has not answered confirm."""
    for row in answer.of(connection, month):
        if row.answer is None:
            answer.answer(connection, audit.Actor(row.worker), month, row.worker, {})


def do(way: Walk, deed: str, given: Any, by: str) -> None:
    """Do something with an event or an assessment; ``given`` is what the deed takes, in order, or by name."""
    if isinstance(given, Mapping):
        way.act(DEEDS[deed], by=by, **given)
    else:
        named = [way.before if value == "$before" else value for value in given]
        way.act(DEEDS[deed], *named, by=by)
