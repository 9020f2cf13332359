"""A trial: run a diagram in a throw-away database, with a clock that jumps to whatever is due next."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, bpmn, clock, db, definitions, errors, incidents, instances, jobs
from engine.design import packages
from engine.flow import steps

Outcome = Literal["completed", "waiting", "refused", "incident", "error_event"]

FIRST = "trial"
"""The business key of the process under trial; those started beside it count on from it."""


@dataclass(frozen=True)
class Trial:
    """How a trial went: ``trace`` holds the ids of the elements in the order in which they completed."""

    outcome: Outcome
    detail: str
    trace: list[str]
    variables: dict[str, Any]


def run(
    bpmn_xml: bytes,
    variables: Mapping[str, Any] | None = None,
    *,
    process_id: str | None = None,
    also_start: Sequence[str] = (),
    budget_seconds: float = 5,
) -> Trial:
    """Deploy a diagram, start it and run it until it ends, waits for a person or a message, or stands still.

    Every step is stored and loaded again before the next one. Nothing outside the trial is touched.

    Parameters
    ----------
    process_id : the process to try; by default the first of the file that begins without an event. One that begins
        by events only is begun by the first of them, with ``variables`` as what it brings.
    also_start : other processes of the file to start before it, such as the pool that answers its messages.
    budget_seconds : real time after which a process that never rests counts as waiting.
    """
    with clock.frozen(clock.now()), _database() as database:
        try:
            first = _deploy(database, bpmn_xml, process_id)
            with db.transaction(database) as connection:
                for number, process in enumerate([*also_start, first], start=-len(also_start)):
                    key = FIRST if number == 0 else f"{FIRST}{number}"
                    given = variables if number == 0 else {}
                    instances.start(
                        connection, audit.SYSTEM, process, business_key=key, variables=given,
                        start_event=_event(connection, process),
                    )  # fmt: skip
        except errors.EngineError as refusal:
            return Trial("refused", _reasons(refusal), [], dict(variables or {}))
        _let_time_pass(database, budget_seconds)
        with db.reading(database) as connection:
            return _result(connection)


@contextmanager
def _database() -> Iterator[Engine]:
    database = db.connect("sqlite://")
    try:
        db.metadata.create_all(database)
        yield database
    finally:
        database.dispose()


def _deploy(database: Engine, source: bytes, process_id: str | None) -> str:
    """Put the file into force; return the process to start."""
    model = bpmn.compile(source)
    package = packages.Package({"package.toml": b'name = "trial"', "trial.bpmn": source})
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(whole=False))
    plain = (name for name, process in model.processes.items() if process.none_start)
    return process_id or next(plain, next(iter(model.processes)))


def _event(connection: Connection, process_id: str) -> str | None:
    """Return the event by which a process begins that has no plain start: as if its message or its time had come."""
    info = definitions.model(connection, definitions.current(connection, process_id)).processes[process_id]
    events = [*info.message_starts, *info.timer_starts, *info.signal_starts]
    return None if info.none_start else next(iter(events), None)


def _reasons(refusal: errors.EngineError) -> str:
    findings = bpmn.refusing(refusal.facts.get("findings", []))
    return "; ".join(f"{f.element}: {f.message.format_map(f.facts)}" for f in findings) or str(refusal)


def _let_time_pass(database: Engine, budget_seconds: float) -> None:
    """Run what is due, jump to what is due next, and so on while an instance lives and the budget lasts."""
    ends = time.monotonic() + budget_seconds
    now = clock.now()
    while time.monotonic() < ends:
        with clock.frozen(now):
            with db.reading(database) as connection:
                due = jobs.due(connection, limit=1)
                later = jobs.next_due(connection) if _alive(connection) else None
            if due:
                jobs.run(database, due[0])
                now += timedelta(microseconds=1)  # what happens later is later, also for two timers of one length
            elif later is None:
                return
            else:
                now = max(now, later)


def _alive(connection: Connection) -> bool:
    return connection.execute(sa.select(sa.exists().where(steps.instance.c.ended_at.is_(None)))).scalar_one()


def _result(connection: Connection) -> Trial:
    row = instances.get(connection, FIRST)
    outcome, detail = _outcome(connection, row)
    variables = db.loads(row.variables)
    return Trial(outcome, detail, _trace(connection), next(iter(variables.values()), {}))


def _outcome(connection: Connection, row: sa.Row[Any]) -> tuple[Outcome, str]:
    found = incidents.incident
    incident = connection.execute(
        sa.select(found).where(found.c.resolved_at.is_(None)).order_by(found.c.instance_id != row.id, found.c.id)
    ).first()
    if incident is not None:
        unhandled = incident.kind == "UNHANDLED_ERROR_EVENT"
        return "error_event" if unhandled else "incident", f"{incident.element}: {_sentence(incident)}"
    failed = connection.execute(sa.select(jobs.job.c.last_error).where(jobs.job.c.failed)).scalars().first()
    if failed is not None:
        return "incident", failed
    if row.state in ("completed", "terminated"):
        return "completed", ""
    waiting = steps.load(connection, row).waiting()
    return "waiting", ", ".join(f"{element} ({kind})" for _, element, kind in waiting)


def _sentence(incident: sa.Row[Any]) -> str:
    return f"{incident.kind}: {incident.message.format_map(incident.facts)}"


def _trace(connection: Connection) -> list[str]:
    rows = connection.execute(sa.select(audit.audit_event.c.details).order_by(audit.audit_event.c.id)).scalars()
    return [entry[1] for details in rows for entry in details.get("steps", []) if entry[0] == "leave"]
