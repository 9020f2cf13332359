"""The approval process as it is shipped: its files are sound and its tables say what the law says."""

from __future__ import annotations

from typing import Any

import pytest

import workflows.one_window_approval.handlers  # noqa: F401  # registers the package's service tasks
from engine import dmn
from tests.workflows import walking


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"needs_licence": False}, "不需"),
        ({"in_power": False}, "不属"),
        ({"barred": True, "item": {"safety_class": True}}, "禁止期"),
        ({"barred": True}, "受理"),
        ({"fixable_now": True}, "更正"),
        ({"materials_complete": False}, "补正"),
        ({"form_ok": False}, "补正"),
        ({"materials_complete": False, "minor_missing": True, "promise_kind": "容缺"}, "补正"),
        (
            {
                "materials_complete": False,
                "minor_missing": True,
                "promise_kind": "容缺",
                "item": {"safety_class": False, "lacking_allowed": True},
            },
            "容缺",
        ),
        ({"promise_kind": "承诺", "item": {"safety_class": False, "commitment_allowed": True}}, "承诺"),
        ({"promise_kind": "承诺", "item": {"safety_class": True, "commitment_allowed": True}}, "受理"),
        ({}, "受理"),
    ],
)
def test_intake_has_the_outcomes_of_article_32(facts: dict[str, Any], outcome: str) -> None:
    usual = {
        "item": {"safety_class": False, "lacking_allowed": False, "commitment_allowed": False},
        "needs_licence": True,
        "in_power": True,
        "barred": False,
        "fixable_now": False,
        "form_ok": True,
        "materials_complete": True,
        "minor_missing": False,
        "promise_kind": "无",
        "credit_ok": True,
    }
    table = dmn.parse((walking.APPROVAL.folder / "intake_outcome.dmn").read_bytes())
    assert table.evaluate("intake_outcome", {**usual, **facts}).value == outcome


def test_exactly_the_eight_kinds_of_article_45_stop_the_clock() -> None:
    table = dmn.parse((walking.APPROVAL.folder / "special_procedure.dmn").read_bytes())
    eight = ["听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"]
    others = ["踏勘", "利害关系人陈述申辩", "入户调查", "公示"]
    found = table.evaluate(
        "special_procedure", {"special_kinds": eight + others, "item": {"special_procedures": []}}
    ).value
    assert {entry["kind"] for entry in found if entry["stops_clock"]} == set(eight)
    assert {entry["kind"] for entry in found} == set(eight + others)
