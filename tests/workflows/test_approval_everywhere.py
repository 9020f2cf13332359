"""Any of the 276 items can be taken at any of the 14 windows, and its work reaches posts that somebody holds.

Which item it is makes no difference to a database (cases are opened on both by the scenarios): one is enough.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import etree
from sqlalchemy.engine import Connection, Engine

import forms
import workflows.one_window_approval.handlers  # noqa: F401  # registers the package's service tasks
from engine import audit, db, dmn, feel, tasks
from engine.cases import case as cases
from engine.cases import opening, standing
from engine.cases.items import item as items
from engine.handling import offers
from engine.organisation import person, post, unit
from tests.workflows import walking
from web.cli.demo import GUANLIN

pytestmark = pytest.mark.parametrize("town", ["sqlite"], indirect=True, scope="module")

ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
APPLICANT = {"kind": "person", "name": "周桂英", "phone": "13800138001", "address": "官林镇滨湖村2号"}
AGENT = {"kind": "person", "name": "陈建国", "phone": "13800138002"}
KINDS = ("踏勘", "专家评审", "检测", "拍卖", "入户调查")
MODES = ("窗口领取", "邮寄", "村级点领取", "电子证照下载")


@pytest.fixture
def connection(town: Engine) -> Iterator[Connection]:
    """A write transaction on the demo town that is rolled back."""
    with town.connect() as connection:
        connection.info["after_commit"] = []
        with connection.begin() as work:
            yield connection
            work.rollback()


def _catalogue(connection: Connection) -> Sequence[Mapping[str, Any]]:
    version = items.current(connection)
    rows = connection.execute(
        sa.select(items.catalogue_item.c.body)
        .where(items.catalogue_item.c.version == version)
        .order_by(items.catalogue_item.c.code)
    )
    return rows.scalars().all()


def _places(connection: Connection, kind: str) -> list[str]:
    table = unit.unit.c
    return list(connection.execute(sa.select(table.scope).where(table.kind == kind).order_by(table.scope)).scalars())


def _open(connection: Connection, body: Mapping[str, Any], channel: str, place: str) -> str:
    agent = AGENT if channel == "代理" else None
    case, _ = opening.open_case(
        connection,
        audit.Actor("test"),
        cases.Opening(
            item=opening.item_context(body),
            catalogue_version=items.current(connection),
            channel=channel,
            window=place,
            applicant=APPLICANT,
            agent=agent,
        ),
    )
    return case.number


def _first_task(connection: Connection, number: str) -> sa.Row[Any]:
    return connection.execute(
        sa.select(tasks.task).where(tasks.task.c.business_key == number, tasks.task.c.state == "open")
    ).one()


def _candidates(connection: Connection, task: sa.Row[Any]) -> set[str]:
    return set(
        connection.execute(sa.select(offers.candidate.c.name).where(offers.candidate.c.task_id == task.id)).scalars()
    )


def test_every_item_is_taken_at_the_windows(connection: Connection) -> None:
    windows = _places(connection, "window")
    catalogue = _catalogue(connection)
    assert (len(windows), len(catalogue)) == (14, 276)
    used = set()
    for body, window in zip(catalogue, itertools.cycle(windows), strict=False):
        number = _open(connection, body, "窗口", window)
        task = _first_task(connection, number)
        assert (task.element, _candidates(connection, task)) == ("A1", {f"hall.window@{window}"}), body["code"]
        schema, seen = forms.compile(tasks.form(connection, task) or {}), tasks.context(connection, task)
        assert forms.bind(schema, None, seen, {}).components, body["code"]
        used.add(window)
    assert used == set(windows)


def test_every_item_is_offered_at_each_window_and_at_village_points_where_enabled(connection: Connection) -> None:
    windows = _places(connection, "window")
    cells = {(body["code"], window): cases.channels_of(body) for body in _catalogue(connection) for window in windows}
    assert len(cells) == 14 * 276
    assert all("窗口" in offered for offered in cells.values())
    enabled = {body["code"] for body in _catalogue(connection) if body["village_enabled"]}
    assert {code for (code, _), offered in cells.items() if "村级" in offered} == enabled


def test_village_points_take_what_is_enabled_there(connection: Connection) -> None:
    points = itertools.cycle(_places(connection, "village_point"))
    for body, point in zip((row for row in _catalogue(connection) if row["village_enabled"]), points, strict=False):
        task = _first_task(connection, _open(connection, body, "村级", point))
        assert _candidates(connection, task) == {f"village.window@{point}"}, body["code"]


def test_every_item_can_come_by_another_channel_it_is_offered_by(connection: Connection) -> None:
    used = dict.fromkeys(standing.CHANNELS, 0)
    for body in _catalogue(connection):
        channel = min(cases.channels_of(body), key=lambda name: used[name])
        place = "" if channel in ("网上", "自助") else "V01" if channel == "村级" else "W01"
        task = _first_task(connection, _open(connection, body, channel, place))
        assert any(person.holders(connection, group) for group in _candidates(connection, task)), body["code"]
        used[channel] += 1
    assert all(used.values())


def test_every_task_of_every_item_goes_to_a_post_that_somebody_holds(connection: Connection) -> None:
    known, held = post.groups(connection), {}
    for body in {_assigns_by(body): body for body in _catalogue(connection)}.values():
        for element, group in set(_groups(body)):
            assert group in known, (body["code"], element, group)
            held.setdefault(group, bool(person.holders(connection, group)))
            assert held[group], (body["code"], element, group)


def _assigns_by(body: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what the assignments of the package read of an item: items alike in this have the same groups."""
    item = opening.item_context(body)
    return item["reviewer_post"], tuple(sorted({*item["reviewing_units"], *_added(item)}))


def _groups(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Evaluate every assignment of the package under the variables an item can bring there."""
    for element, expression in ASSIGNMENTS:
        for seen in _views(body):
            found = feel.evaluate(expression[1:], seen) if expression.startswith("=") else expression.split(",")
            for group in found if isinstance(found, list) else [found]:
                yield element, str(group).strip()


def _views(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    item = opening.item_context(body)
    units = [*item["reviewing_units"], *_added(item)]
    usual: dict[str, Any] = {"item": item, "outcome": "granted", "procedure": {"kind": "踏勘"}, "window": "W01"}
    usual["promise"] = {"period": "decision"}
    usual["watch"] = {"post": WATCHERS[0]}
    usual["answering_posts"] = [item["reviewer_post"]]
    usual["review_group"] = _table("review_post", {"item": item, "reviewing": {"unit": units[0]}})
    usual["delivery_plan"] = _table("delivery", {**usual, "delivery_mode": MODES[0]})
    yield usual
    yield from ({**usual, "window": place} for place in ("V01", ""))
    yield {**usual, "promise": {"period": "decision_joint"}}
    yield from ({**usual, "procedure": {"kind": kind}} for kind in KINDS)
    yield from ({**usual, "watch": {"post": held}} for held in WATCHERS[1:])
    for name in units:
        yield {**usual, "review_group": _table("review_post", {"item": item, "reviewing": {"unit": name}})}
    for mode in MODES:
        seen = {**usual, "window": "V01", "delivery_mode": mode}
        yield {**seen, "delivery_plan": _table("delivery", seen)}


def _added(item: Mapping[str, Any]) -> Iterator[str]:
    for question in (item.get("detail") or {}).get("situations") or []:
        for option in question["options"]:
            yield from option.get("add_units", ())


def _table(name: str, seen: Mapping[str, Any]) -> Any:
    return TABLES[name].evaluate(name, seen).value


def _assignments() -> list[tuple[str, str]]:
    """Return the tasks with the posts they go to; what goes to an expert who was drawn goes to no post."""
    return [
        (task.attrib["id"], groups)
        for path in sorted(walking.APPROVAL.folder.glob("*.bpmn"))
        for task in etree.parse(path).iter(f"{BPMN}userTask")
        if (groups := task.find(f".//{ZEEBE}assignmentDefinition").attrib.get("candidateGroups"))
    ]


ASSIGNMENTS = _assignments()
WATCHERS = [row["post"] for row in db.loads((GUANLIN / "organisation/receivers.json").read_text("utf-8"))]
"""Whoever is told of a licence may have to supervise it."""
TABLES = {
    name: dmn.parse((walking.APPROVAL.folder / f"{name}.dmn").read_bytes()) for name in ("review_post", "delivery")
}
