"""The decision tables of grid events: what is the same, where it goes, who hears of it and in which grade."""

from __future__ import annotations

from typing import Any

import pytest

from engine import dmn, feel
from engine.cases.clocks import setting
from tests.workflows import walking

CLASS = {"level": "grid", "raised": False, "team": "team2", "repeat_count": 3}
EVENT = {"turn": "", "danger": False, "urgency": 3, "refused": False, "clear_breach": False, "repeats": 0}


def ask(name: str, **facts: Any) -> Any:
    """Evaluate a table with the settings as shipped."""
    known = {key: one.default for key, one in setting.register().items()}
    model = dmn.parse((walking.GRID.folder / f"{name}.dmn").read_bytes())
    functions = {"setting": feel.host(lambda key: known[key], ["key"])}
    return model.evaluate(name, {"event": EVENT, "item_class": CLASS, **facts}, functions=functions).value


def warned(clock: str, level: int, overdue: int = 0, rework: int = 0) -> dict[str, Any]:
    return {"clock": clock, "level": level, "overdue": overdue, "rework": rework}


@pytest.mark.parametrize(
    ("near", "days", "number", "merges"),
    [(20, 3, "GLW-2026-000001", True), (20.1, 3, "GLW-2026-000001", False), (20, 4, "GLW-2026-000001", False),
     (0, 0, "", False)],
)  # fmt: skip
def test_what_is_near_and_recent_is_the_same(near: float, days: int, number: str, merges: bool) -> None:
    alike = {"number": number, "distance_m": near, "age_days": days, "merge_m": 20, "merge_days": 3}
    assert ask("merge", alike=alike)["merge"] is merges


@pytest.mark.parametrize(
    ("event", "item", "turns"),
    [({}, {}, False), ({"refused": True}, {}, True), ({"clear_breach": True}, {}, True), ({"repeats": 1}, {}, False),
     ({"repeats": 2}, {}, True), ({"refused": True}, {"team": ""}, False)],
)  # fmt: skip
def test_a_refusal_a_breach_or_the_third_time_goes_to_enforcement(
    event: dict[str, Any], item: dict[str, Any], turns: bool
) -> None:
    assert ask("to_enforcement", event={**EVENT, **event}, item_class={**CLASS, **item})["turn"] is turns


@pytest.mark.parametrize(
    ("event", "item", "turn", "found"),
    [({}, {}, False, ("grid", 3, "")), ({}, {"level": "joint"}, False, ("joint", 3, "")),
     ({}, {"raised": True}, False, ("grid", 1, "")), ({"danger": True}, {}, False, ("joint", 1, "")),
     ({}, {}, True, ("grid", 3, "enforcement")), ({"turn": "petition"}, {}, True, ("grid", 3, "petition")),
     ({"turn": "emergency"}, {}, False, ("joint", 1, "emergency"))],
)  # fmt: skip
def test_the_list_says_the_level_unless_something_is_stronger(
    event: dict[str, Any], item: dict[str, Any], turn: bool, found: tuple[str, int, str]
) -> None:
    known = ask(
        "classify", event={**EVENT, **event}, item_class={**CLASS, **item},
        enforcement={"turn": turn, "reason": "拒不改正"},
    )  # fmt: skip
    assert (known["level"], known["urgency"], known["turn"]) == found


@pytest.mark.parametrize(
    ("said", "target", "grade", "following", "pushed"),
    [
        (warned("case", 1), "handler", "remind", None, False),
        (warned("step", 1), "", "", None, False),
        (warned("step", 2), "handler", "remind", None, False),
        (warned("case", 3), "head", "remind", 50, False),
        (warned("case", 3, 50), "leader", "supervise", 100, False),
        (warned("case", 3, 100), "mayor", "listed", 200, True),
        (warned("case", 3, 200), "mayor", "summon", None, True),
        (warned("rework", 0, rework=1), "", "", None, False),
        (warned("rework", 0, rework=2), "leader", "supervise", None, False),
    ],
)
def test_a_warning_climbs_from_the_handler_to_the_mayor_in_four_grades(
    said: dict[str, Any], target: str, grade: str, following: int | None, pushed: bool
) -> None:
    assert ask("escalate", warned=said) == target
    found = ask("supervise", warned=said, escalation=target)
    assert (found["grade"], found["next"], found["push"]) == (grade, following, pushed)
