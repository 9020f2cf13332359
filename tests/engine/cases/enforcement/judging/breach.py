"""What tests of judging begin with: who acts, what was found, what a draft says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from engine import audit, clock
from engine.cases.enforcement.judging import draft, review

OFFICER, REVIEWER, CHAIR, HEAD = (audit.Actor(name) for name in ("P058", "P077", "P079", "P002"))
GUANLIN = Path(__file__).parents[5] / "demo" / "guanlin"
FIRM = {"kind": "organisation", "name": "某餐饮公司", "phone": "13800138001", "address": "官林镇东虹路8号"}
FACTS: dict[str, Any] = {
    "act": {"facts": "排放油烟超过标准0.4倍", "date": "2026-03-10", "place": "官林镇东虹路8号"},
    "item": {"code": "GL-CF2-201", "violated": "大气污染防治法81", "basis": "大气污染防治法118"},
    "penalty": {"kinds": [{"kind": "罚款", "amount": 5000, "text": "罚款人民币5000元"}]},
}
EVIDENCE = [{"id": 1, "sha256": "a" * 64}, {"id": 2, "sha256": "b" * 64}]
ALL_HOLD = {point: {"holds": "yes"} for point in review.CHECKLIST}
SERVED = {"mode": "direct", "recipient": "经理"}


def content(*, fine: int | None = 5000, kinds: Any = None, evidence: Any = None, **act: Any) -> dict[str, Any]:
    """What a draft says, with changes."""
    changed = {**FACTS, "act": {**FACTS["act"], **act}}
    if kinds is None:
        kinds = [{"kind": "罚款", "amount": fine, "text": ""}] if fine is not None else []
    return draft.content_of({**changed, "penalty": {"kinds": kinds}}, EVIDENCE if evidence is None else evidence)


def at(*parts: int) -> Any:
    """Stand the clock at a moment in the town."""
    return clock.frozen(datetime(*parts, tzinfo=clock.TOWN))  # type: ignore[arg-type,misc]
