"""The page of what two versions differ in: every change in the reader's language, each with its element."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.blueprints.design.test_designer import CHEN, CLERK, PUBLISHER, diagram, imported, publish, small, tell
from tests.web.conftest import Visit


@pytest.fixture
def changed(visit: Visit) -> tuple[Any, str]:
    """A package with a version in force and a draft that calls its task otherwise."""
    designer, publisher = visit(CHEN), visit(PUBLISHER)
    if designer.get("/designer/packages/trial_difference").status_code == 404:
        publish(publisher, imported(designer, small("trial_difference")), 1, 0)
    draft = designer.post("/designer/drafts", {"package": "trial_difference", "version": "1"}).headers["Location"]
    tell(designer, f"{draft}/files", revision=1, files={"p.bpmn": diagram("trial_difference", "复核").decode()})
    return designer, str(draft)


def test_a_draft_tells_what_it_changes_before_it_is_put_into_force(visit: Visit, changed: tuple[Any, str]) -> None:
    designer, draft = changed
    page = designer.get(f"{draft}/difference").text
    assert 'data-element="u"' in page
    assert ("人工任务 <strong>复核</strong>" in page, "<del>核对</del>" in page, "<ins>复核</ins>" in page) == (
        True,
    ) * 3
    assert f"{draft}/difference" in visit(PUBLISHER).get(f"{draft}/publication").text
    assert "user task" in visit(CHEN, language="en").get(f"{draft}/difference").text


def test_two_versions_are_compared_in_both_directions(visit: Visit, changed: tuple[Any, str]) -> None:
    designer, draft = changed
    publish(visit(PUBLISHER), draft, 2, 1)
    at = "/designer/packages/trial_difference/differences"
    assert f"{at}/1/2" in designer.get("/designer/packages/trial_difference").text
    assert "<ins>复核</ins>" in designer.get(f"{at}/1/2").text
    assert "<ins>核对</ins>" in designer.get(f"{at}/2/1").text
    assert "没有差异" in designer.get(f"{at}/1/1").text
    assert designer.get(f"{at}?before=1&after=2").headers["Location"] == f"{at}/1/2"


def test_what_is_no_version_is_not_found_and_others_stay_outside(visit: Visit, changed: tuple[Any, str]) -> None:
    designer, draft = changed
    at = "/designer/packages/trial_difference/differences"
    assert designer.get(f"{at}/1/99").status_code == 404
    assert designer.get(f"{at}?before=x&after=1").status_code == 400
    assert designer.get("/designer/drafts/999999/difference").status_code == 404
    for path in (f"{at}/1/1", f"{draft}/difference"):
        assert visit(CLERK).get(path).status_code == 403
