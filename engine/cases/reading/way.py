"""The way of a case: the diagrams it runs through, what was entered and taken in each, and where it stands.

A case runs in one process and those it calls, and perhaps in others beside it (a renewal, a remedy) whose business key
begins with its number. The way is read from the trail alone, so it shows what happened under the versions of that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, db, definitions, errors, messages
from engine.flow import steps

BESIDE = "-"
"""What stands between a case's number and the rest of the key of a process beside it."""


@dataclass(frozen=True)
class Diagram:
    """One process that the case came through; ``current`` are the elements where it stands now."""

    key: str
    process: str
    name: str
    name_en: str
    taken: tuple[str, ...]
    current: tuple[str, ...]


@dataclass
class _Trace:
    """What the trail tells of one instance: elements in the order entered, flows, and how many tokens are inside."""

    entered: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    inside: Counter[str] = field(default_factory=Counter)


def instances(connection: Connection, number: str) -> Sequence[sa.Row[Any]]:
    """Return the case's own instance and those beside it, with ``business_key, definition_id, state``."""
    key = steps.instance.c.business_key
    mine = sa.or_(key == number, db.begins(connection, key, f"{number}{BESIDE}"))
    columns: list[Any] = [steps.instance.c.id, key, steps.instance.c.definition_id, steps.instance.c.state]
    return connection.execute(sa.select(*columns).where(mine).order_by(steps.instance.c.id)).all()


def events(connection: Connection, number: str) -> Sequence[sa.Row[Any]]:
    """Return the audit events of the case and of the processes beside it, in the order they were written."""
    streams = {number, *(row.business_key for row in instances(connection, number))}
    event = audit.audit_event
    return connection.execute(sa.select(event).where(event.c.stream.in_(streams)).order_by(event.c.id)).all()


def processes(connection: Connection, definition_id: int) -> dict[str, tuple[sa.Row[Any], bpmn.ProcessInfo]]:
    """Return the processes that were deployed together with a definition, by id, each with its own definition."""
    own = definitions.get(connection, definition_id)
    table = definitions.definition
    rows = connection.execute(sa.select(table).where(table.c.deployment_id == own.deployment_id))
    return {row.process_id: (row, definitions.model(connection, row).processes[row.process_id]) for row in rows}


def elements(connection: Connection, definition_id: int) -> dict[str, bpmn.ElementInfo]:
    """Return the elements of all processes deployed together with a definition, by id."""
    found: dict[str, bpmn.ElementInfo] = {}
    for _, process in processes(connection, definition_id).values():
        for info in process.elements.values():
            found.setdefault(info.id, info)
    return found


def diagrams(connection: Connection, number: str, trail: Sequence[sa.Row[Any]]) -> list[Diagram]:
    """Return the diagrams that the case came through, in the order it first entered them.

    Parameters
    ----------
    trail
        What :func:`events` returned.
    """
    traces = _traces(trail)
    found: list[Diagram] = []
    for row in instances(connection, number):
        trace = traces.get(row.business_key)
        if trace is not None:
            trace.inside.update(_listening(connection, row.id))
            found += _of_instance(processes(connection, row.definition_id), row, trace)
    return found


def source(connection: Connection, number: str, key: str, process: str) -> bytes:
    """Return the BPMN file of a process of the case, in the version that the case runs on.

    Raises
    ------
    DefinitionUnknown
        If the case does not run it.
    """
    for row in instances(connection, number):
        if row.business_key == key:
            known = processes(connection, row.definition_id)
            if process in known:
                definition, _ = known[process]
                return definitions.file(connection, definition.deployment_id, definition.path)
    raise errors.DefinitionUnknown(process=process)


def _traces(trail: Sequence[sa.Row[Any]]) -> dict[str, _Trace]:
    found: dict[str, _Trace] = {}
    for event in trail:
        if renamed := event.details.get("renamed"):  # another version calls some of the elements otherwise
            trace = found.setdefault(event.stream, _Trace())
            trace.entered = [renamed.get(name) or name for name in trace.entered]
        for entry in event.details.get("steps", ()):
            trace = found.setdefault(event.stream, _Trace())
            if entry[0] == "enter":
                trace.entered.append(entry[1])
                trace.inside[entry[1]] += 1
            elif entry[0] in ("leave", "cancel"):
                trace.inside[entry[1]] -= 1
            elif entry[0] == "moved":
                trace.inside[entry[1]] -= 1
                trace.inside[entry[2]] += 1
            elif entry[0] == "flow":
                trace.flows.append(entry[1])
            elif entry[0] == "end":
                trace.inside.clear()
    return found


def _of_instance(
    known: Mapping[str, tuple[sa.Row[Any], bpmn.ProcessInfo]], row: sa.Row[Any], trace: _Trace
) -> Iterator[Diagram]:
    home = {element: process for process, (_, info) in known.items() for element in info.elements}
    order = dict.fromkeys(home[element] for element in trace.entered if element in home)
    for process in order:
        info = known[process][1]
        taken = dict.fromkeys(element for element in trace.entered if home.get(element) == process)
        here = {**taken, **dict.fromkeys(name for name in trace.inside if _waits(info, name))}
        current = tuple(element for element in here if trace.inside[element] > 0)
        yield Diagram(
            row.business_key,
            process,
            info.name or process,
            info.name_en or info.name or process,
            (*taken, *dict.fromkeys(trace.flows)),
            current,
        )


def _listening(connection: Connection, instance_id: int) -> Sequence[str]:
    """Return the elements that wait for a message: an event behind a gateway is entered only once it has happened."""
    table = messages.subscription.c
    return connection.execute(sa.select(table.element).where(table.instance_id == instance_id)).scalars().all()


def _waits(info: bpmn.ProcessInfo, element: str) -> bool:
    return element in info.elements and info.elements[element].type in ("intermediateCatchEvent", "receiveTask")
