"""Citations of the law in English: the law's name with article, paragraph and item, and what is not known as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.cases.enforcement import power
from engine.cases.reading import laws
from engine.ground import numerals

ROOT = Path(__file__).parents[4]
HAN = re.compile(r"[\u3400-\u9fff]")
PENALTY, LICENSING = "Administrative Penalty Law", "Administrative Licensing Law"


@pytest.mark.parametrize(("text", "said"), [
    ("行政处罚法57(1)(四)、85", f"{PENALTY}, art. 57(1)(iv), 85"),
    ("处罚法52", f"{PENALTY}, art. 52"),
    ("行政许可法48(1)(二)–(五)", f"{LICENSING}, art. 48(1)(ii)–(v)"),
    ("行政处罚法29(后段)", f"{PENALTY}, art. 29, second half"),
    ("行政处罚法61；民事诉讼法87–95", f"{PENALTY}, art. 61; Civil Procedure Law, art. 87–95"),
    ("行政复议法第四章", "Administrative Reconsideration Law, ch. 4"),
    ("《固体废物污染环境防治法》第一百一十一条第二款", "Solid Waste Pollution Law, art. 111(2)"),
    ("行政处罚法第六十三条第一款第三、四项", f"{PENALTY}, art. 63(1)(iii)(iv)"),
    ("中华人民共和国行政许可法第四十二条", f"{LICENSING}, art. 42"),
    ("《江苏省城市市容和环境卫生管理条例》", "Jiangsu Regulations on City Appearance and Sanitation"),
    ("our promise (never beyond 行政许可法42)", f"our promise (never beyond {LICENSING}, art. 42)"),
    ("《某镇的规定》第五条、第六条", "《某镇的规定》第五条、第六条"),
])  # fmt: skip
def test_a_citation_is_said_in_english(text: str, said: str) -> None:
    assert laws.english(text) == said


def test_every_number_of_an_article_is_read_as_it_is_written() -> None:
    assert [numerals.number(numerals.numeral(number)) for number in range(1, 1000)] == list(range(1, 1000))


def test_every_law_that_powers_steps_periods_and_settings_cite_has_an_english_name() -> None:
    powers = json.loads((ROOT / "demo/guanlin/enforcement/powers.json").read_text("utf-8"))["items"]
    periods = json.loads((ROOT / "engine/cases/data/periods.json").read_text("utf-8"))
    radar = json.loads((ROOT / "engine/cases/data/radar.json").read_text("utf-8"))
    settings = json.loads((ROOT / "engine/cases/data/settings.json").read_text("utf-8"))
    drawings = [path.read_text("utf-8") for path in (ROOT / "workflows").glob("*/*.bpmn")]
    texts = {clause for row in powers for clause in power.clauses_of(row)}
    texts |= {row.get("origin_en") or row["origin"] for row in settings}
    texts |= {row.get("article_en", row["article"]) for row in periods} | {row["law"] for row in radar}
    texts |= {text for drawing in drawings for text in re.findall('name="article:en" value="([^"]*)"', drawing)}
    texts |= {text for drawing in drawings for text in re.findall('name="article" value="([^系"]*)"', drawing)}
    assert {text: said for text in texts if HAN.search(said := laws.english(text))} == {}
