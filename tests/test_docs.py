"""The guides: what they point to is there, and what they tell of the settings is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def test_there_is_a_guide_in_both_languages_for_every_role() -> None:
    guides = {page.name.partition(".")[0] for page in (ROOT / "docs").glob("*.zh-CN.md")}
    assert guides >= {"applicant", "clerk", "leader", "designer", "auditor", "administrator", "officer", "grid-worker"}
