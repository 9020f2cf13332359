"""Service tasks of the monthly assessment of grid workers: counted, asked, checked again, published, approved."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.cases.grid.assessment import answer, approval, basis, doubt, line, score, window
from engine.cases.handlers import reading
from engine.flow import handlers
from engine.organisation import person

Result = Mapping[str, Any] | None


@handlers.handler("assessment.freeze")
def freeze(job: handlers.Job) -> Result:
    """Freeze the month that ``month`` names, else the last one, by the rules of the tables."""
    month = str(job.variables.get("month") or window.last_month())
    rules = {name: [dict(row) for row in reading.variable(job, name)] for name in ("weights", "redlines")}
    row = window.freeze(job.connection, job.actor, job.business_key, month, rules)
    basis.write(job.connection, month)
    return {"month": month, "assessment": row.business_key, "asked": False}


@handlers.handler("assessment.compute")
def compute(job: handlers.Job) -> Result:
    """Count every score from the basis, and those that come out otherwise as a new version."""
    month = _month(job)
    accepted = [row.decision for row in doubt.of(job.connection, month) if row.accepted]
    rows = score.compute(job.connection, job.actor, month, accepted[-1] if accepted else "")
    return {"scores": [_scored(row) for row in rows]}


@handlers.handler("assessment.grade")
def grade(job: handlers.Job) -> Result:
    """Keep the grades of the table, within the quota of each category."""
    said = {row["worker"]: str(row["grade"]) for row in reading.variable(job, "graded")}
    grades = score.grade(job.connection, job.actor, _month(job), said)
    return {"grades": [{"worker": worker, "grade": found} for worker, found in grades.items()]}


@handlers.handler("assessment.ask")
def ask(job: handlers.Job) -> Result:
    """Ask every worker to confirm or appeal."""
    until = answer.ask(job.connection, job.actor, _month(job))
    return {"answer_until": reading.town(until), "asked": True}


@handlers.handler("assessment.close_answers")
def close_answers(job: handlers.Job) -> Result:
    """End the waiting; what was appealed goes to the heads of the level-2 grids."""
    answer.close(job.connection, job.actor, _month(job))
    return {"appeals": _doubts(job)}


@handlers.handler("assessment.review")
def review(job: handlers.Job) -> Result:
    """Write what the head of the level-2 grid thinks."""
    appeal, opinion = reading.context(job, "appeal"), reading.context(job, "opinion")
    doubt.judge(job.connection, job.actor, int(appeal["id"]), str(opinion.get("text") or ""))
    return None


@handlers.handler("assessment.collect")
def collect(job: handlers.Job) -> Result:
    """Find what is still to be checked, and whether something accepted has not been counted yet."""
    month = _month(job)
    window.change(job.connection, month, state="checking")
    return {"doubts": _doubts(job), "changed": _changed(job)}


@handlers.handler("assessment.decide")
def decide(job: handlers.Job) -> Result:
    """Accept a doubt with the figure as it should be, or refuse it with the reason."""
    number, given = int(reading.context(job, "doubt")["id"]), reading.context(job, "recheck")
    reason = str(given.get("reason") or "")
    if given.get("accepted") != "yes":
        doubt.refuse(job.connection, job.actor, number, reason)
        return None
    figure, value = str(given.get("figure") or ""), given.get("value")
    doubt.accept(job.connection, job.actor, number, figure, -1 if value is None else int(value), reason)
    return None


@handlers.handler("assessment.publish")
def publish(job: handlers.Job) -> Result:
    """Publish the scores; what was published already keeps its end."""
    until = answer.publish(job.connection, job.actor, _month(job))
    return {"publicity_until": reading.town(until)}


@handlers.handler("assessment.publicity_over")
def publicity_over(job: handlers.Job) -> Result:
    """Let the month wait for the town leader."""
    month = _month(job)
    approval.await_(job.connection, job.actor, month)
    workers = [row.worker for row in score.current(job.connection, month)]
    names = person.names(job.connection, workers)
    return {
        "workers_offered": [{"label": f"{names[worker]} {worker}", "value": worker} for worker in workers],
        "indicators_offered": [_option(one) for one in line.INDICATORS.values()],
    }


@handlers.handler("assessment.approve")
def approve(job: handlers.Job) -> Result:
    """Let the month stand, or send a line of it back."""
    month, given = _month(job), reading.context(job, "approval")
    if given.get("decision") == "approved":
        approval.approve(job.connection, job.actor, month)
        return None
    worker, indicator = str(given.get("worker") or ""), str(given.get("indicator") or "")
    approval.send_back(job.connection, job.actor, month, worker, indicator, str(given.get("reason") or ""))
    return None


@handlers.handler("assessment.reward")
def reward(job: handlers.Job) -> Result:
    """Write the list of rewards; months that began before the table said them in English have none."""
    rows = reading.variable(job, "rewards")
    said = {row["worker"]: (str(row["reward"]), str(row.get("reward_en") or "")) for row in rows}
    score.reward(job.connection, job.actor, _month(job), said)
    return None


@handlers.handler("assessment.archive")
def archive(job: handlers.Job) -> Result:
    """Archive the month with the hash of its scores."""
    return {"digest": approval.archive(job.connection, job.actor, _month(job)).archived_digest}


def _month(job: handlers.Job) -> str:
    return str(reading.variable(job, "month"))


def _scored(row: sa.Row[Any]) -> dict[str, Any]:
    failed = any(one["fails"] for one in row.redlines)
    points = Decimal(row.hundredths) / 100
    return {"worker": row.worker, "score": points, "redline": bool(row.redlines), "failed": failed}


def _changed(job: handlers.Job) -> bool:
    """Tell whether an accepted figure differs from that of the worker's current lines."""
    month = _month(job)
    current = {row.worker: row.id for row in score.current(job.connection, month)}
    kept = score.lines(job.connection, current.values())
    return any(
        one.figures[figure] != value
        for worker, figures in doubt.corrections(job.connection, month).items()
        for figure, value in figures.items()
        for one in kept[current[worker]]
        if figure in one.figures
    )


def _doubts(job: handlers.Job) -> list[dict[str, Any]]:
    """Return what is undecided, as the forms show it."""
    month = _month(job)
    rows = doubt.undecided(job.connection, month)
    names = person.names(job.connection, [row.worker for row in rows])
    members = window.get(job.connection, month).members
    current = score.current(job.connection, month)
    kept = score.lines(job.connection, [row.id for row in current])
    found = {(one.worker, each.indicator): each for one in current for each in kept[one.id]}
    return [
        {
            "id": row.id,
            "worker": row.worker,
            "name": names[row.worker],
            "indicator": row.indicator,
            "reason": row.reason,
            "opinion": row.opinion,
            "level2": members[row.worker]["level2"],
            **_line(found[row.worker, row.indicator]),
        }
        for row in rows
    ]


def _line(kept: sa.Row[Any]) -> dict[str, Any]:
    named = line.INDICATORS[kept.indicator]
    figures = [(line.FIGURES[code], kept.figures[code]) for code in named.figures]
    return {
        "indicator_name": named.name,
        "indicator_name_en": named.name_en,
        "shown": "，".join(f"{one.name} {value}" for one, value in figures),
        "shown_en": ", ".join(f"{one.name_en} {value}" for one, value in figures),
        "figures": [_option(one) for one, _ in figures],
    }


def _option(named: line.Named) -> dict[str, str]:
    return {"label": named.name, "label:en": named.name_en, "value": named.code}
