"""The list of items is published whole, checked class by class, and never changed: events keep their version."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.grid.items import item_class, item_list

FOLDER = Path(__file__).parents[4] / "demo" / "guanlin" / "grid" / "items"
PARTS = [json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in ("list", "majors", "classes")]
PUBLISHER = audit.Actor("P110")


def draft(change: Callable[[Any, Any, Any], object] = lambda *_: None, **head: Any) -> item_list.Draft:
    first, majors, classes = deepcopy(PARTS)
    first |= {"label": "2026.2", **head}
    change(first, majors, classes)
    return item_list.draft(first, majors, classes)


def test_a_new_version_leaves_the_old_one_as_it_was(connection: Connection) -> None:
    before = item_class.current(connection).version
    wanted = draft(lambda _head, _majors, classes: classes[0]["limit"].update(amount=12))
    after = item_list.publish(connection, PUBLISHER, wanted)
    assert after == before + 1 == item_class.current(connection).version
    assert item_class.get(connection, "C0101", before).limit_amount == 24
    assert item_class.get(connection, "C0101").limit_amount == 12
    event = connection.execute(
        sa.select(audit.audit_event)
        .where(audit.audit_event.c.stream == item_class.STREAM)
        .order_by(audit.audit_event.c.seq.desc())
        .limit(1)
    ).one()
    assert (event.action, event.actor, event.details) == (
        "item_list.published", "P110", {"version": after, "label": "2026.2", "rows": 94},
    )  # fmt: skip


def test_a_version_holds_from_its_first_day(connection: Connection) -> None:
    before = item_class.current(connection).version
    item_list.publish(connection, PUBLISHER, draft(effective_on="2026-07-01"))
    assert item_class.current(connection).version == before


WRONG: list[tuple[Callable[[Any, Any, Any], object], str]] = [
    (lambda head, _m, _c: head.update(label="2026.1-demo"), "list, label: there is a version 2026.1-demo already"),
    (lambda head, _m, _c: head.update(name=" "), "list, name: it is empty"),
    (lambda head, _m, _c: head.update(effective_on="soon"), "list, effective_on: soon is no date"),
    (
        lambda head, _m, _c: head["step_limits"].pop("sign_hours"),
        "list, step_limits, sign_hours: it is no whole number",
    ),
    (lambda head, _m, _c: head["step_limits"].update(check_hours=0), "list, step_limits, check_hours: it is no whole"),
    (lambda _h, majors, _c: majors[0].pop("name_en"), "majors, C01, name_en: it is empty"),
    (lambda _h, majors, _c: majors.append(majors[0]), "majors, C01, code: code stands here twice"),
    (lambda _h, _m, classes: classes.clear(), "classes, –: it is empty"),
    (lambda _h, _m, classes: classes.append(classes[0]), "classes, C0101, code: code stands here twice"),
    (lambda _h, _m, classes: classes[0].pop("limit"), "classes, C0101, limit: it is empty"),
    (lambda _h, _m, classes: classes[0].update(closing_condition=""), "classes, C0101, closing_condition: it is empty"),
    (lambda _h, _m, classes: classes[0].update(major="Z99"), "classes, C0101, major: there is no major class Z99"),
    (lambda _h, _m, classes: classes[0].update(domain="D99"), "classes, C0101, domain: there is no domain D99"),
    (lambda _h, _m, classes: classes[0].update(level="moon"), "classes, C0101, level: there is no level moon"),
    (lambda _h, _m, classes: classes[0].update(level="joint"), "helper_units: joint handling needs somebody who helps"),
    (lambda _h, _m, classes: classes[0].update(lead_unit="b-9"), "classes, C0101, lead_unit: there is no unit b-9"),
    (lambda _h, _m, classes: classes[0].update(helper_units=["b-9"]), "C0101, helper_units: there is no unit b-9"),
    (
        lambda _h, _m, classes: classes[0].update(helper_units=["b-construction"]),
        "helper_units: a unit stands here twice",
    ),
    (lambda _h, _m, classes: classes[0].update(allow_self_close=True), "allow_self_close: only what is settled in"),
    (lambda _h, _m, classes: classes[0]["limit"].update(unit="moons"), "C0101, limit: there is no unit of time moons"),
    (lambda _h, _m, classes: classes[0]["limit"].update(amount=1.5), "C0101, limit: it is no whole number above 0"),
    (lambda _h, _m, classes: classes[0]["evidence"].update(photo_after=-1), "evidence.photo_after: it is no whole"),
    (lambda _h, _m, classes: classes[0].update(evidence=None), "C0101, evidence: it does not say who signs"),
    (lambda _h, _m, classes: classes[0].update(merge={"distance_m": 20}), "C0101, merge: it wants a distance"),
    (lambda _h, _m, classes: classes[0]["urgency"].update(default="mad"), "urgency.default: there is no urgency mad"),
    (lambda _h, _m, classes: classes[0]["urgency"].update(factor=2), "urgency.factor: a time limit is multiplied"),
    (lambda _h, _m, classes: classes[0].update(to_enforcement={"team": "team9"}), "to_enforcement: there is no unit"),
    (lambda _h, _m, classes: classes[0].update(to_enforcement={"team": "team1"}), "to_enforcement: it does not say"),
]


def test_what_is_wrong_is_named_by_class_and_field_and_nothing_is_published(connection: Connection) -> None:
    before = item_class.current(connection).version
    for change, expected in WRONG:
        with pytest.raises(errors.ItemListRefused) as refused:
            item_list.publish(connection, PUBLISHER, draft(change))
        assert any(expected in str(finding) for finding in refused.value.facts["findings"]), expected
    assert item_class.current(connection).version == before


@pytest.mark.parametrize("parts", [([], [], []), ({}, {}, []), ({}, [], [1])])
def test_what_is_no_list_is_refused(parts: tuple[Any, Any, Any]) -> None:
    with pytest.raises(errors.TenantFileUnreadable):
        item_list.draft(*parts)


def test_classes_are_found_by_words_level_and_domain(connection: Connection) -> None:
    version = item_class.current(connection).version
    assert [row.code for row in item_class.every(connection, version, text="井盖")] == ["C0101"]
    assert [row.code for row in item_class.every(connection, version, text="manhole cover")] == ["C0101"]
    assert {row.level for row in item_class.every(connection, version, level="joint")} == {"joint"}
    assert {row.domain for row in item_class.every(connection, version, domain="D01")} == {"D01"}
    with pytest.raises(errors.ItemClassUnknown):
        item_class.get(connection, "Z0101")
    with pytest.raises(errors.ItemListUnknown):
        item_class.version(connection, 99)


def test_what_never_merges_has_neither_distance_nor_days(connection: Connection) -> None:
    version = item_class.current(connection).version
    for row in item_class.every(connection, version):
        assert (row.merge_m is None) == (row.merge_days is None) == (row.kind == "走访")
