"""What one must know to do a task, and what followed from it: the case's own parts, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from sqlalchemy.engine import Connection

from engine import definitions
from engine.cases.case import case_file
from engine.cases.papers import document
from engine.cases.people import access
from engine.cases.reading import beside, way
from web import security
from web.shown import casefile, casestory, explained, lacking
from web.shown.enforcement import judging
from web.shown.grid import events


def case_of(connection: Connection, task: sa.Row[Any]) -> sa.Row[Any] | None:
    """Return the task's case, if it belongs to one that the reader may see."""
    number = beside.number_of(task.business_key)
    return connection.execute(
        sa.select(case_file).where(case_file.c.number == number, access.visible_cases(security.reader()))
    ).one_or_none()


def of(connection: Connection, case: sa.Row[Any], task: sa.Row[Any], back: str) -> dict[str, Any]:
    """Return what stands beside the form: facts, clocks, materials, opinions, the rules applied, and the diagram."""
    casefile.read(connection, case)
    process = definitions.get(connection, task.definition_id).process_id

    def link(diagram: way.Diagram) -> str:
        chosen = f"{diagram.key}/{diagram.process}"
        return url_for("tasks.task", task_id=task.id, back=back, diagram=chosen, _anchor="diagram-title")

    wanted = request.args.get("diagram") or f"{task.business_key}/{process}"
    return {
        "facts": casefile.facts(connection, case),
        "clocks": casefile.clocks(connection, case),
        "materials": casefile.materials(connection, case),
        "opinions": casestory.opinions_of(connection, case),
        "decisions": casefile.decisions(connection, case),
        "documents": casefile.documents(connection, case),
        "rules": _rules(connection, case),
        "draft": judging.of(connection, case),
        "event": events.beside(connection, case),
        **lacking.of(connection, case),
        **casefile.drawing(connection, case, link, wanted),
    }


def after(connection: Connection, case: sa.Row[Any], task: sa.Row[Any]) -> dict[str, Any]:
    """Return what followed at once from the finished task, in sentences, and why the case waits now."""
    casefile.read(connection, case)
    entry = next((entry for entry in casestory.story_of(connection, case) if _finished(entry, task.id)), None)
    return {
        "happened": [told.sentence for told in entry.followed] if entry else [],
        "papers": _issued(connection, case, entry) if entry else [],
        "rules": entry.rules if entry else [],
        "reasons": casefile.reasons(connection, case),
    }


def _issued(connection: Connection, case: sa.Row[Any], entry: casestory.Entry) -> list[sa.Row[Any]]:
    """Return the documents that were issued in an act, to be printed and handed over."""
    issued = {event.details.get("document") for event in entry.events if event.action == "document.issued"}
    return [row for row in document.of(connection, case.id) if row.id in issued]


def _rules(connection: Connection, case: sa.Row[Any]) -> Sequence[explained.Rules]:
    """Return the decision tables that were read for the case, each as it was read last."""
    found: dict[str, explained.Rules] = {}
    for entry in casestory.story_of(connection, case):
        for rules in entry.rules:
            found.pop(rules.name, None)
            found[rules.name] = rules
    return list(reversed(found.values()))


def _finished(entry: casestory.Entry, task_id: int) -> bool:
    return bool(entry.event.action in casestory.FILLED_IN and entry.event.details.get("task") == task_id)
