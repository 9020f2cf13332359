"""The catalogue's pages: what anybody may read, and figures that lead to the rows they are counted from."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.web.conftest import Visit

NOBODY = None
CLERK = "demo029"


def rows(text: str) -> list[str]:
    """The codes of the items that a page lists."""
    return re.findall(r'<td class="number">(GL-[A-Z]+-\d+)</td>', text)


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("login", [NOBODY, CLERK])
def test_everybody_may_read_the_items(visit: Visit, login: str | None) -> None:
    text = visit(login).get("/catalogue").text
    assert len(rows(text)) == 20
    assert "共276项" in text


def test_the_pages_of_a_search_follow_each_other_and_keep_it(visit: Visit) -> None:
    visitor, address, seen = visit(), "/catalogue?village=1&audience=both", []
    while True:
        text = visitor.get(address).text
        seen += rows(text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
        assert "village=1" in address
        assert "audience=both" in address
    assert seen == sorted(set(seen))
    assert f"共{len(seen)}项" in text


def test_an_everyday_word_finds_the_item(visit: Visit) -> None:
    assert rows(visit().get("/catalogue?text=砍树").text) == ["GL-ZRG-006"]


def test_a_search_that_finds_nothing_says_what_to_do(visit: Visit) -> None:
    assert "没有符合条件的事项" in visit().get("/catalogue?text=飞碟").text


@pytest.mark.parametrize("query", ["?village=maybe", "?kind=x'--", "?text=" + "长" * 500, "?after=ZZZ"])
def test_a_strange_address_is_answered_calmly(visit: Visit, query: str) -> None:
    assert visit().get("/catalogue" + query).status_code == 200


@pytest.mark.parametrize("address", ["/catalogue?text=%00", "/catalogue/GL%00", "/catalogue?%00=1"])
def test_a_character_that_no_database_holds_is_refused(visit: Visit, address: str) -> None:
    assert visit().get(address).status_code == 400


def test_an_item_is_shown_with_all_that_a_resident_needs(visit: Visit) -> None:
    text = visit().get("/catalogue/GL-ZRG-006").text
    for said in (
        "林木采伐许可", "林权权属证明", "可以后补", "7 个工作日", "20 个工作日", "中华人民共和国森林法第五十六条",
        "林木权属清楚无争议", "采伐蓄积量", "现场踏勘", "林木采伐许可证", "授权委托书", "目录 2026.1 版", "不收费",
    ):  # fmt: skip
        assert said in text, said


def test_an_item_without_a_basis_says_so(visit: Visit) -> None:
    assert "法制机构尚未填写设定依据" in visit().get("/catalogue/GL-CGG-009").text


def test_an_earlier_version_is_shown_as_not_in_force(visit: Visit) -> None:
    text = visit().get("/catalogue/GL-ZRG-006?version=1").text
    assert "现已不适用" in text
    assert "营业执照复印件" in text


@pytest.mark.parametrize("address", ["/catalogue/GL-NIX-001", "/catalogue/GL-ZRG-006?version=99"])
def test_what_is_not_there_is_not_found(visit: Visit, address: str) -> None:
    answer = visit().get(address)
    assert answer.status_code == 404
    assert "目录中没有事项" in answer.text


def test_only_a_clerk_is_offered_to_take_an_application_of_what_is_in_force(visit: Visit) -> None:
    address = "/catalogue/GL-ZRG-006"
    assert "受理申请" in visit(CLERK).get(address).text
    assert "受理申请" not in visit().get(address).text
    assert "受理申请" not in visit(CLERK).get(address + "?version=1").text


def test_every_figure_leads_to_as_many_rows_as_it_says(visit: Visit) -> None:
    visitor = visit()
    text = visitor.get("/catalogue/figures").text
    found = dict(re.findall(r'class="figure" href="(/catalogue[^"]*)"><b>(\d+)', text))
    assert sorted(found.values()) == ["196", "207", "276", "64", "74"]
    for address, count in found.items():
        assert f"共{count}项" in visitor.get(address.replace("&amp;", "&")).text
    assert len(re.findall(r"综合全科窗口\d+号", text)) == 14


def test_the_reform_is_shown_against_its_baseline_in_total_and_by_item(visit: Visit) -> None:
    text = visit().get("/catalogue/figures").text
    for said in ("−20.0 %", "−30.0 %", "1,488 → 1,190", "1,363 → 1,090", "2,910 → 2,037", "虚构基线"):
        assert said in text
    lines = table(visit().get("/catalogue/figures.csv").text)
    assert len(lines) == 1 + 276 + 1
    for column in (2, 3, 5, 6, 8, 9):
        assert sum(int(line[column]) for line in lines[1:-1]) == int(lines[-1][column])
    assert lines[-1][4::3] == ["-20.0%", "-20.0%", "-30.0%"]


def test_the_list_is_handed_out_as_it_is_filtered(visit: Visit) -> None:
    answer = visit().get("/catalogue/items.csv?run_once=1")
    assert answer.mimetype == "text/csv"
    assert len(table(answer.text)) == 1 + 207


@pytest.mark.parametrize("page", ["/catalogue", "/catalogue/GL-ZRG-006", "/catalogue/figures"])
def test_english_readers_read_english(visit: Visit, page: str) -> None:
    text = visit(language="en").get(page).text
    assert re.search("Items|What you need|Figures of the town", text)
    assert "自备" not in text
