"""The pages of the grid: everybody reads them, the Grid Centre changes it, and what is refused names the reason."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import db
from engine.cases import case as cases
from engine.cases.grid import event
from engine.cases.grid.items import item_class
from engine.organisation import demo
from engine.organisation.grid import branch, equipment
from tests.engine.organisation.grid.test_redrawing import halves
from tests.web.conftest import Visit

KEEPER, STOREKEEPER, CLERK, LEADER = "demo082", "demo083", "demo029", "demo001"


def test_everybody_reads_the_tree_and_finds_grids(visit: Visit) -> None:
    visitor = visit(CLERK)
    text = visitor.get("/grids").text
    for word in ("镇中社区第一网格", "熊宇航", "grid-map", "环保", "导出 GeoJSON"):
        assert word in text, word
    assert "下一页" in text
    assert "南圩村第三网格" in visitor.get("/grids?after=GL-18-02").text
    found = visitor.get("/grids?text=东浜&level=3").text
    assert "东浜村第三网格" in found
    assert "柳堰村第一网格</a></td>" not in found
    assert "Dongbang Village, Grid 3" in visit(CLERK, language="en").get("/grids?text=dongbang").text


def test_one_page_shows_the_three_networks_of_a_grid(visit: Visit) -> None:
    text = visit(LEADER).get("/grids/GL-01-01").text
    for word in (
        "党建网",
        "镇中社区第一网格党支部",
        "民情联系网",
        "社会治理网",
        "专职网格员",
        "崔海燕",
        "EQ-001-1",
        "小区入口",
    ):
        assert word in text, word
    assert "重新划分" not in text
    assert visit(LEADER).get("/grids/GL-77").status_code == 404
    above = visit(LEADER).get("/grids/GL-01").text
    assert "下级网格有 4 个党支部" in above


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_cell_has_a_sign_in_both_languages_whoever_prints_it(visit: Visit, language: str) -> None:
    visitor = visit(CLERK, language=language)
    page = visitor.get("/grids/GL-01-02/signs").text
    for word in (
        "官林镇",
        "镇中社区第二网格",
        "请扫码告诉我们",
        "Guanlin Town",
        "Zhenzhong Community, Grid 2",
        "Scan the code",
    ):
        assert word in page, word
    assert page.count("segno") == page.count("/report/GL-01-02</span>") == 1
    sheets = [(code, visitor.get(f"/grids/{code}/signs").text.count("segno")) for code in ("GL-01", "GL")]
    assert sheets == [("GL-01", 4), ("GL", 64)]


def test_the_tree_is_handed_out(visit: Visit) -> None:
    lines = visit(CLERK).get("/grids.csv?level=3").text.splitlines()
    assert len(lines) == 65
    assert "专职网格员: 崔海燕(演示)" in lines[1]
    shapes = visit(CLERK).get("/grids.geojson").json
    assert shapes is not None
    assert len(shapes["features"]) == 83
    assert shapes["features"][0]["geometry"]["coordinates"][0][0] == [119.68377, 31.454014]


def features(town: Engine, cell: str, *codes: str) -> list[dict[str, Any]]:
    with db.reading(town) as connection:
        parts = halves(connection, cell)
    said = [{"code": code, "name": f"新{code}", "category": "village"} for code in codes]
    return [{"type": "Feature", "properties": one, "geometry": part} for one, part in zip(said, parts, strict=True)]


def test_the_centre_splits_a_cell_on_the_page(visit: Visit, town: Engine) -> None:
    keeper = visit(KEEPER)
    assert "一并撤销的网格" in keeper.get("/grids/GL-07-01/redrawing").text
    drawing = {"type": "FeatureCollection", "features": features(town, "GL-07-01", "GL-07-04", "GL-07-05")}
    with db.reading(town) as connection:
        (held,) = [row.code for row in branch.of(connection, ["GL-07-01"])]
    typed = {"geojson": json.dumps(drawing), "heir": "GL-07-04", "reason": "人口增加"}
    scanned = {"class_code": "E0101", "description": "垃圾成堆", "address": "村口"}
    assert visit().post("/report/GL-07-01", scanned).status_code == 303
    refused = keeper.post("/grids/GL-07-01/redrawing", typed)
    assert refused.status_code == 422
    assert held in refused.text
    assert "人口增加" in refused.text
    answer = keeper.post("/grids/GL-07-01/redrawing", {**typed, f"branch_{held}": "GL-07-05"})
    assert answer.status_code == 303
    assert "新GL-07-04" in keeper.get(answer.location).text
    old = keeper.get("/grids/GL-07-01").text
    assert "现为" in old
    assert "GL-07-05" in old
    assert keeper.get("/grids/GL-07-01/redrawing").status_code == 409
    assert keeper.get("/grids/GL-07-01/signs").status_code == 409
    assert visit().post("/report/GL-07-01", {**scanned, "description": "又有一处"}).status_code == 303, (
        "by its old sign"
    )
    with db.reading(town) as connection:
        rows = connection.execute(
            sa.select(event.grid_event).order_by(event.grid_event.c.case_id.desc()).limit(2)
        ).all()
        number = connection.scalar(sa.select(cases.case_file.c.number).where(cases.case_file.c.id == rows[1].case_id))
    assert rows[1].grid_code == "GL-07-01"
    assert rows[0].grid_code in ("GL-07-04", "GL-07-05")
    assert "GL-07-01" in visit(LEADER).get(f"/cases/{number}").text


@pytest.mark.parametrize(
    "geojson", ["", "{", "[1]", '{"features": [1]}', '{"features": [{"properties": {"code": "X"}}]}']
)
def test_what_is_no_drawing_is_refused(visit: Visit, geojson: str) -> None:
    typed = {"geojson": geojson, "heir": "X", "reason": "试"}
    assert visit(KEEPER).post("/grids/GL-08-01/redrawing", typed).status_code == 422


def test_posts_and_branches_of_a_grid_are_moved(visit: Visit, town: Engine) -> None:
    keeper = visit(KEEPER)
    page = "/grids/GL-09-01"
    given = keeper.post(f"{page}/holders", {"post": "grid.level3.head", "person": "P131"})
    assert given.status_code == 303
    assert keeper.post(f"{page}/holders", {"post": "town.mayor", "person": "P131"}).status_code == 404
    assert "P131" in keeper.get(page).text
    dismissal = {"post": "grid.level3.head", "reason": "调动"}
    assert keeper.post(f"{page}/holders/P131/dismissal", {**dismissal, "reason": ""}).status_code == 422
    assert keeper.post(f"{page}/holders/P131/dismissal", dismissal).status_code == 303
    assert keeper.post(f"{page}/holders/P131/dismissal", dismissal).status_code == 404
    assert keeper.post(f"{page}/branches", {"branch": "PB-001"}).status_code == 303
    assert keeper.post(f"{page}/branches", {"branch": "party"}).status_code == 404
    with db.reading(town) as connection:
        assert "PB-001" in [row.code for row in branch.of(connection, ["GL-09-01"])]


def test_others_change_nothing(visit: Visit) -> None:
    for login in (CLERK, LEADER, STOREKEEPER):
        visitor = visit(login)
        assert visitor.get("/grids/GL-02-01/redrawing").status_code == 403
        assert visitor.post("/grids/GL-02-01/holders", {"post": "grid.worker", "person": "P131"}).status_code == 403
        assert visitor.post("/grid-items/versions").status_code == 403
    assert visit(CLERK).post("/equipment/EQ-002-1/turn", {"move": "lose", "reason": "试"}).status_code == 403


def test_equipment_moves_by_hand(visit: Visit, town: Engine) -> None:
    keeper = visit(STOREKEEPER)
    assert "DEMOAP0001" in keeper.get("/equipment").text
    assert len(visit(CLERK).get("/equipment.csv?state=in_repair").text.splitlines()) == 3
    assert keeper.post("/equipment", {"no": "", "kind": "torch", "serial": "S"}).status_code == 422
    assert keeper.post("/equipment", {"no": "EQ-801-1", "kind": "torch", "serial": "S801"}).status_code == 303
    assert keeper.post("/equipment/EQ-801-1/issue", {"holder": "P133", "next_check_on": "soon"}).status_code == 422
    assert keeper.post("/equipment/EQ-801-1/issue", {"holder": "P133"}).status_code == 303
    assert keeper.post("/equipment/EQ-801-1/turn", {"move": "lose", "reason": "巡查途中遗失"}).status_code == 303
    with db.reading(town) as connection:
        assert equipment.get(connection, "EQ-801-1").state == "lost"
    assert "EQ-801-1" in keeper.get("/equipment?state=lost").text


def test_a_new_version_of_the_list_is_published_and_compared(visit: Visit, town: Engine) -> None:
    keeper = visit(KEEPER)
    assert "道路窨井盖缺损移位" in keeper.get("/grid-items").text
    assert "Damaged or shifted manhole cover" in visit(CLERK, language="en").get("/grid-items/C0101").text
    assert len(keeper.get("/grid-items.csv").text.splitlines()) == 95
    raw = keeper.get("/grid-items/versions/1.json").json
    assert raw is not None
    raw["list"] |= {"label": "2026.9"}
    raw["classes"][0]["limit"]["amount"] = 0
    refused = sent(keeper, raw)
    assert refused.status_code == 422
    assert "C0101, limit" in refused.text
    raw["classes"][0]["limit"]["amount"] = 12
    raw["classes"].pop()
    answer = sent(keeper, raw)
    assert answer.status_code == 303
    with db.reading(town) as connection:
        number = item_class.current(connection).version
    differing = keeper.get(f"/grid-items/versions/1/{number}").text
    for word in ("删除小类", "V0202", "C0101", "时限", "2026.9"):
        assert word in differing, word
    assert "2026.9" in keeper.get("/grid-items").text
    assert keeper.post("/grid-items/versions", {"list": (io.BytesIO(b"no"), "x.json")}).status_code == 422


@pytest.mark.parametrize(
    ("language", "empty", "head"),
    [
        ("zh_CN", "本月没有可排名的数据", "小类编码,小类名称"),
        ("en", "Nothing to rank in this month", "Class code,Class name"),
    ],
)
def test_a_month_without_events_ranks_nobody_and_tables_name_their_columns(
    visit: Visit, language: str, empty: str, head: str
) -> None:
    reader = visit(LEADER, language=language)
    page = reader.get("/branch-ranking?month=2020-01").text
    assert empty in page
    assert "/branch-ranking/PB-" not in page
    assert reader.get("/grid-items.csv").text.lstrip("\ufeff").startswith(head)


def test_party_branches_have_english_names(visit: Visit) -> None:
    table = visit(LEADER, language="en").get("/branch-ranking.csv").text
    assert "Zhenzhong Community, Grid 1, Party Branch" in table
    assert not re.search(r"[\u3400-\u9fff]", table)


def test_the_ranking_opens_what_is_behind_a_score(visit: Visit) -> None:
    text = visit(CLERK).get("/branch-ranking?month=2026-03").text
    assert "党支部组织力榜单" in text
    behind = visit(LEADER).get("/branch-ranking/PB-019?month=2026-03").text
    assert "镇中社区第一网格党支部" in behind
    assert "得分依据" in behind
    assert visit(LEADER).get("/branch-ranking/PB-999").status_code == 404
    assert len(visit(CLERK).get("/branch-ranking.csv?month=nonsense").text.splitlines()) == 91


def sent(keeper: Any, raw: Any) -> Any:
    return keeper.post("/grid-items/versions", {"list": (io.BytesIO(json.dumps(raw).encode()), "items.json")})


def test_programs_ask_for_the_cell_of_a_place(visit: Visit, town_app: Any) -> None:
    client = town_app.test_client()
    headers = {"Authorization": f"Bearer {demo.bearer(CLERK)}", "Accept-Language": "en"}
    found = client.get("/api/v1/grids/at?lon=119.693867&lat=31.505465", headers=headers)
    assert found.json["code"].startswith("GL-01-0")
    outside = client.get("/api/v1/grids/at?lon=120.3&lat=31.5", headers=headers)
    assert outside.status_code == 422
    assert "lies outside the town" in outside.json["detail"]
    one = client.get("/api/v1/grids/GL-02", headers=headers).json
    assert (one["level"], one["polygon"]["type"]) == (2, "Polygon")
    assert len(client.get("/api/v1/grids?level=2", headers=headers).json["items"]) == 18
    assert client.get("/api/v1/grid-items", headers=headers).json["classes"]
