"""No random process runs otherwise than the token game allows, however it is drawn and whatever happens to it."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.bpmn.elements.nodes import ExclusiveGateway
from tests.engine.bpmn.game.judging import judged
from tests.engine.bpmn.game.playing import Wrong

CHUNK = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Judge as many runs as were asked for, always the same ones."""
    if "first" in metafunc.fixturenames:
        runs = metafunc.config.getoption("--random-runs")
        metafunc.parametrize("first", range(0, runs, CHUNK))


def test_no_random_run_is_wrong(first: int) -> None:
    ended: Counter[str] = Counter()
    wrong: dict[int, str] = {}
    for run in range(first, first + CHUNK):
        try:
            ended[judged(run)] += 1
        except Wrong as objection:
            wrong[run] = str(objection)
    assert wrong == {}
    assert ended["completed"] > CHUNK // 5, "too few ran to their end for this to prove anything"


def test_the_game_objects_when_a_gateway_takes_a_wrong_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExclusiveGateway, "choose", lambda gateway, _: gateway.flows[-1:])
    with pytest.raises(Wrong):
        for run in range(CHUNK):
            judged(run)
