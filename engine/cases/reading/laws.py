"""Laws as readers of English read them: what they are called, and the article, paragraph and item that is cited.

Citations are kept as the law is cited in Chinese, in short (行政处罚法57(1)(四)、85) or as documents do
(《行政处罚法》第五十七条第一款第四项). A law that is not named here is cited as it was written.
"""

from __future__ import annotations

import re
from importlib import resources

from engine import db
from engine.ground import numerals

NAMES: dict[str, str] = db.loads(resources.files("engine.cases").joinpath("data/laws.json").read_text("utf-8"))
"""By their Chinese names and the short ones in which steps and periods cite them."""

_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_NUMERAL = "[零一二三四五六七八九十百0-9]+"
_PARTS = r"(?:\((?:[0-9]+|[一二三四五六七八九十]+|后段)\))"
_SHORT = rf"(?:[0-9]+(?:[–—-][0-9]+)?{_PARTS}*(?:[、–]{_PARTS})*)"
_LONG = rf"第{_NUMERAL}[条章](?:第{_NUMERAL}款)?(?:第{_NUMERAL}(?:、{_NUMERAL})*项)?"
_LAWS = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
_CITED = re.compile(rf"(?:中华人民共和国)?(?P<law>{_LAWS})》?(?P<where>{_LONG}|{_SHORT}(?:、{_SHORT})*)?")
_STEP = re.compile(rf"第({_NUMERAL}(?:、{_NUMERAL})*)([条章款项])")


def english(text: str) -> str:
    """Return a citation in English: 行政处罚法57(1)(四) is Administrative Penalty Law, art. 57(1)(iv)."""
    found = _CITED.sub(_said, text.replace("《", ""))
    return found.replace("；", "; ").replace("、", ", ") if found != text.replace("《", "") else text


def _said(found: re.Match[str]) -> str:
    name, where = NAMES[found["law"]], found["where"] or ""
    if not where:
        return name
    if where.startswith("第"):
        return f"{name}, {_written_out(where)}"
    where = re.sub(r"\(([一二三四五六七八九十]+)\)", lambda one: f"({_roman(one[1])})", where)
    return f"{name}, art. {where.replace('(后段)', ', second half').replace('、', ', ')}"


def _written_out(where: str) -> str:
    """Return 第六十三条第一款第三、四项 as art. 63(1)(iii)(iv)."""
    said = ""
    for numbers, step in _STEP.findall(where):
        each = numbers.split("、")
        if step in "条章":
            said = f"{'art.' if step == '条' else 'ch.'} {numerals.number(each[0])}"
        else:
            said += "".join(f"({numerals.number(one) if step == '款' else _roman(one)})" for one in each)
    return said


def _roman(numeral: str) -> str:
    return _ROMAN[numerals.number(numeral)]
