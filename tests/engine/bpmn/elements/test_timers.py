"""Timers: literal ones are read when the file is put into force, repeating ones by duration or by the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import bpmn, clock, errors
from engine.bpmn.elements import cron
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node, timer

NOW = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)  # a Friday


def beside(value: str, kind: str = "timeCycle") -> bytes:
    return drawing(
        node("startEvent", "s") + node("userTask", "u") + node("endEvent", "e") + flows("s>u>e", "b>e")
        + node("boundaryEvent", "b", timer(value, kind), attachedToRef="u", cancelActivity="false")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "next_due"),
    [
        ("0 0 9 * * *", "2026-11-27T09:00:00"),
        ("0 0 8 * * *", "2026-11-28T08:00:00"),
        ("0 0 9-17 * * MON-FRI", "2026-11-27T09:00:00"),
        ("0 0 8 * * MON-FRI", "2026-11-30T08:00:00"),
        ("*/10 * * * * *", "2026-11-27T08:30:10"),
        ("0 5/20 * * * *", "2026-11-27T08:45:00"),
        ("0 0 0 1 1 ?", "2027-01-01T00:00:00"),
        ("0 0 12 29 2 *", "2028-02-29T12:00:00"),
        ("0 15,45 8 * NOV *", "2026-11-27T08:45:00"),
        ("0 0 0 ? * 7", "2026-11-29T00:00:00"),
        ("0 30 8 * * *", "2026-11-28T08:30:00"),
        ("@hourly", "2026-11-27T09:00:00"),
    ],
)
def test_the_calendar_says_when_it_is_due_next(text: str, next_due: str) -> None:
    fields = cron.parse(text)
    assert fields is not None
    assert fields.after(NOW) == datetime.fromisoformat(next_due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["0 0 9 * *", "60 * * * * *", "0 0 24 * * *", "0 0 0 0 * *", "a * * * * *", "0 0/0 * * * *", "0 9-5 * * * *", "? * * * * *",
     "0 0 0 L * *", "0 0 0 * * MON#1", ""],
)  # fmt: skip
def test_what_is_no_calendar(text: str) -> None:
    assert cron.parse(text) is None


def test_a_day_that_never_comes() -> None:
    fields = cron.parse("0 0 0 31 2 *")
    assert fields is not None
    assert fields.after(NOW) is None


def test_a_timer_by_the_calendar_goes_on() -> None:
    with clock.frozen(NOW):
        case = Case(beside("0 0 9 * * *"))
    with clock.frozen(datetime(2026, 11, 27, 9, tzinfo=UTC)):
        case.trigger("b")
    due = [effect.due_at for effect in case.of(effects.TimerSet)]
    assert due == [datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 11, 28, 9, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("5 minutes", "timeDuration"), ("P1DT", "timeDuration"), ("tomorrow", "timeDate"), ("R3", "timeCycle"),
        ("R3/PT0S", "timeCycle"), ("0 0 25 * * *", "timeCycle"), ("R/-PT1H", "timeCycle"),
    ],
)  # fmt: skip
def test_a_timer_that_says_nothing_is_refused(value: str, kind: str) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(beside(value, kind))
    assert [(finding.element, bool(finding.hint)) for finding in refusal.value.facts["findings"]] == [("b", True)]


def test_a_timer_that_depends_on_variables_is_an_incident_until_they_are_right() -> None:
    case = Case(beside("=term", "timeDuration"), {"term": "soon"})
    (incident,) = case.of(effects.Incident)
    assert incident.element == "b"
    case.act("set_variables", None, {"term": "P1D"}).act("retry", incident.token)
    assert len(case.of(effects.TimerSet)) == 1
