"""What server processes keep of lists: forgotten in each of them as soon as anybody publishes another version."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Connection, Engine

from engine import audit, db
from engine.cases.enforcement import power
from engine.cases.items import catalogue
from engine.cases.items.item import catalogue_item
from engine.organisation import demo, trail
from tests.web.conftest import CLERK, Visit
from web import security
from web.shown import bar, matters, remembered

KEEPER, LEADER, OFFICER = "demo082", "demo001", "demo064"
LEGAL_OFFICE = audit.Actor("P096")
READ = re.compile(r"\b(?:FROM|JOIN) (\w+)")
TOLD = {
    "house:organisation": {
        *("absence", "appointment", "bar", "grid_node", "grid_shape", "grid_successor", "person", "post"),
        *("receiver", "role_grant", "separation", "substitute", "unit", "unit_member"),
    },
    "house:calendar": {"calendar_day", "calendar_year"},
    "house:catalogue": {"catalogue", "catalogue_item", "catalogue_material"},
    "house:grid_items": {"item_class", "item_list"},
    "house:powers": {"power", "power_list"},
}
"""What the events of a stream tell the changes of."""


def test_a_list_that_a_program_publishes_is_offered_by_every_process_at_once(town_app: Flask, visit: Visit) -> None:
    leader = visit(LEADER, language="en")
    assert ">Damaged or shifted manhole cover</option>" in leader.get("/centre").text
    wanted: Any = leader.get("/grid-items/versions/1.json").json
    next(row for row in wanted["classes"] if row["code"] == "C0101")["name_en"] = "Manhole cover gone"
    wanted["list"]["label"] = "2026.9"
    key = {"Authorization": f"Bearer {demo.bearer(KEEPER)}", "Idempotency-Key": security.new_key()}
    answer = town_app.test_client().post("/api/v1/grid-items/versions", json=wanted, headers=key)
    assert answer.status_code == 201, answer.text
    page = leader.get("/centre").text
    assert ">Manhole cover gone</option>" in page
    assert ">Damaged or shifted manhole cover</option>" not in page


def _items(connection: Connection, name: str, english: str) -> None:
    row = connection.execute(sa.select(catalogue_item).limit(1)).one()._asdict()
    rows = {catalogue_item: [{**row, "name": name, "name_en": english}]}
    catalogue.publish(connection, LEGAL_OFFICE, catalogue.Content("新目录", "published", "0" * 64, rows=rows))


def _powers(connection: Connection, name: str, english: str) -> None:
    row = connection.execute(sa.select(power.power).limit(1)).one()._asdict()
    rows = [{**row, "name": name, "name_en": english}]
    power.publish(connection, LEGAL_OFFICE, name="新清单", demo=True, digest="0" * 64, facts={}, rows=rows)


@pytest.mark.parametrize("publish", [_items, _powers])
def test_what_a_matter_is_called_is_read_again_once_its_list_is_published(
    publish: Callable[[Connection, str, str], None], town: Engine, town_app: Flask, visit: Visit
) -> None:
    clerk, name = visit(CLERK, language="en"), f"新事项{publish.__name__}"

    def called() -> str:
        with town_app.test_request_context("/inbox", headers={"Cookie": _cookies(clerk.client)}):
            town_app.preprocess_request()
            return matters.matter(name)

    assert called() == name
    with db.transaction(town) as connection:
        publish(connection, name, "New matter")
    assert called() == "New matter"


def test_the_towns_name_is_read_again_once_the_organisation_changes(
    town: Engine, town_app: Flask, visit: Visit
) -> None:
    clerk = visit(CLERK, language="en")
    with db.reading(town) as connection:
        root = bar.unit.every(connection, "town")[0]
    assert root.name_en in clerk.get("/inbox").text
    with db.transaction(town) as connection:
        connection.execute(sa.update(bar.unit.unit).where(bar.unit.unit.c.code == root.code).values(name_en="Newtown"))
        trail.record(connection, LEGAL_OFFICE, "tenant.loaded", part="units")
    assert "Newtown" in clerk.get("/inbox").text
    assert "Newtown" in visit(language="en").get("/login").text


def test_what_is_remembered_depends_on_nothing_but_what_it_names(
    town: Engine, town_app: Flask, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, asked, reads = remembered.of, [], {}

    def of(name: Any, read: Callable[[], Any], *streams: str) -> Any:
        def noted() -> Any:
            begin = len(asked)
            found = read()
            tables = {table for text in asked[begin:] for table in READ.findall(text)}
            reads.setdefault(str(name), set()).update(tables - {t for stream in streams for t in TOLD[stream]})
            return found

        return kept(name, noted, *streams)

    def note(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        asked.append(text)

    monkeypatch.setattr(remembered, "of", of)
    town_app.extensions.pop("onewindow.remembered", None)
    sa.event.listen(town, "before_cursor_execute", note)
    for login, page in ((LEADER, "/centre"), (LEADER, "/grids"), (CLERK, "/inbox"), (OFFICER, "/inbox?view=all")):
        assert visit(login, language="en").get(page).status_code == 200
    sa.event.remove(town, "before_cursor_execute", note)
    assert len(reads) > 10
    assert {name: tables for name, tables in reads.items() if tables} == {}


def _cookies(client: FlaskClient) -> str:
    wanted = (client.get_cookie(name) for name in ("lang", security.COOKIE))
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in wanted if cookie is not None)
