"""Timers: when one is due first, and again if it repeats (ISO 8601 or FEEL, dialect.md 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine import clock, errors, feel
from engine.bpmn.elements import cron
from engine.bpmn.elements.nodes import Node, Trigger
from engine.bpmn.elements.values import Fault, after, moment

SHORTEST = timedelta(seconds=1)
"""How often a timer may repeat (engine.md 9)."""


@dataclass(frozen=True)
class Due:
    """When a timer is due, never if None; ``cycle`` is what is left of its repetition, as JSON."""

    at: datetime | None
    cycle: dict[str, Any] | None = None


def first(trigger: Trigger, view: Mapping[str, Any], functions: Mapping[str, feel.Function], element: str) -> Due:
    """Return when the timer of an event is due that begins to wait now.

    Raises
    ------
    Fault
        ``EXTRACT_VALUE_ERROR`` if what the diagram says is no date, duration or repetition.
    """
    assert trigger.value is not None
    value = trigger.value.evaluate(view, functions)
    if trigger.timer == "timeDate":
        due = moment(value)
        if due is None:
            raise Fault("EXTRACT_VALUE_ERROR", errors.N_("The timer {event} has no date."), event=element)
        return Due(due)
    if trigger.timer == "timeDuration":
        return Due(after(clock.now(), value))
    return _cycle(value if isinstance(value, str) else str(value))


def check(node: Node, problem: Callable[..., None]) -> None:
    """Refuse a timer without variables that could not be read when it begins to wait."""
    for trigger in node.awaited:
        if trigger.kind != "timer" or trigger.value is None or trigger.value.is_feel:
            continue
        try:
            first(trigger, {}, {}, node.name)
        except Fault as fault:
            hint = errors.N_("Write for example P5D, 2026-10-01T09:00:00+08:00, R3/PT1H or 0 0 9 * * MON.")
            problem(node.name, fault.message, hint, **fault.facts)


def _cycle(text: str) -> Due:
    """Read ``R3/PT1H``, ``R/start/PT1H`` or the six fields of a calendar."""
    if cron.parse(text) is not None:
        return again({"cron": text})
    parts = text.split("/")
    if len(parts) not in (2, 3) or not parts[0].startswith("R") or not (parts[0][1:].isdigit() or parts[0] == "R"):
        raise Fault("EXTRACT_VALUE_ERROR", errors.N_("“{value}” is not a repetition such as R3/PT1H."), value=text)
    cycle = {"left": int(parts[0][1:]) if parts[0] != "R" else -1, "every": parts[-1]}
    due = again(cycle)
    start = moment(parts[1]) if len(parts) == 3 else None
    return Due(start, due.cycle) if start and due.at else due


def again(cycle: dict[str, Any]) -> Due:
    """Return when a repeating timer is due next; it has no moment when no repetition is left."""
    fields = cron.parse(cycle["cron"]) if "cron" in cycle else None
    if fields is not None:
        return Due(fields.after(clock.now()), cycle)
    left = cycle["left"]
    if left == 0:
        return Due(None, cycle)
    now = clock.now()
    due = after(now, cycle["every"])
    if due < now + SHORTEST:
        raise Fault(
            "EXTRACT_VALUE_ERROR", errors.N_("“{value}” is too short: a timer repeats at most once a second."),
            value=str(cycle["every"]),
        )  # fmt: skip
    return Due(due, {**cycle, "left": left - 1 if left > 0 else left})
