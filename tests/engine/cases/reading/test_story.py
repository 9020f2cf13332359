"""The story of a case says what happened in words, never in codes and never with a gap."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engine.cases import intervention
from engine.cases.people import applicant
from engine.cases.reading import story


def told(action: str, **details: Any) -> str:
    event: Any = SimpleNamespace(action=action, details=details)
    return story.sentence(event)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("2026-03-20", None, ".stopped"),
        (None, "2026-03-26", ".running"),
        ("2026-03-20", "2026-03-23", ""),
        (None, None, ""),
    ],
)
def test_a_period_that_stands_still_is_not_counted_until_an_unknown_day(
    before: str | None, after: str | None, way: str
) -> None:
    sentence = told("deadline.recomputed", before={"due_on": before}, after={"due_on": after})
    assert sentence == story.SENTENCES[f"deadline.recomputed{way}"]


def test_a_visit_without_a_reason_ends_with_its_number() -> None:
    assert told("case.visited", visits=1, reason="") == "The applicant came in person, visit {visits}."
    assert told("case.visited", visits=2, reason="补交材料").endswith("{visits}: {reason}")


@pytest.mark.parametrize("kind", applicant.TITLES)
def test_what_applicants_ask_on_line_has_its_sentence(kind: str) -> None:
    assert told(f"request.{kind}") != story.OTHERWISE
    assert told("tracking.entered") != story.OTHERWISE


def test_every_request_to_a_case_is_called_by_a_word() -> None:
    assert {kind.message for kind in intervention.KINDS.values()} <= set(story.MESSAGES)


@pytest.mark.parametrize(("english", "said"), [(True, "our own default"), (False, "系统默认")])
def test_the_article_of_a_period_is_said_in_the_readers_language(english: bool, said: str) -> None:
    event: Any = SimpleNamespace(
        action="deadline.started", details={"period": "archive", "article": "系统默认"}, actor="", element=None
    )
    names: Any = SimpleNamespace(english=english, actor=str)
    assert story.facts(event, names)["article"] == said


@pytest.mark.parametrize(("english", "said"), [(True, "Trading without a business licence"), (False, "无照经营")])
def test_a_power_is_named_in_the_readers_language(english: bool, said: str) -> None:
    named = {"name": "无照经营", "name_en": "Trading without a business licence", "power": "GL-CF3-315"}
    event: Any = SimpleNamespace(action="lead.power_chosen", details=named, actor="", element=None)
    names: Any = SimpleNamespace(english=english, actor=str)
    assert story.facts(event, names)["name"] == said
