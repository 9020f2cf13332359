"""Laws as readers of English read them: what they are called, and the article, paragraph and item that is cited.

Citations are kept as the law is cited in Chinese, in short (行政处罚法57(1)(四)、85) or as documents do
(《行政处罚法》第五十七条第一款第四项). A law that is not named here is cited as it was written.
"""

from __future__ import annotations

import re

NAMES = {
    # procedure
    "行政处罚法": "Administrative Penalty Law", "处罚法": "Administrative Penalty Law",
    "行政许可法": "Administrative Licensing Law", "许可法": "Administrative Licensing Law",
    "行政强制法": "Administrative Compulsion Law", "强制法": "Administrative Compulsion Law",
    "行政复议法": "Administrative Reconsideration Law", "行政诉讼法": "Administrative Litigation Law",
    "复议法": "Administrative Reconsideration Law", "行诉法": "Administrative Litigation Law",
    "行诉解释": "Interpretation of the Administrative Litigation Law",
    "许可案件规定": "Judicial Provisions on Licensing Cases",
    "民诉法": "Civil Procedure Law", "放假办法": "Public Holiday Measures",
    "民事诉讼法": "Civil Procedure Law", "民法典": "Civil Code",
    "信访工作条例": "Petition Work Regulations", "信访": "Petition Work Regulations",
    "优化营商环境条例": "Business Environment Regulations",
    "档案法实施条例": "Regulations on the Archives Law", "档案法": "Archives Law",
    "政府信息公开条例": "Government Information Disclosure Regulations",
    "移送规定": "Provisions on the Transfer of Suspected Crimes",
    "罚缴办法": "Measures on Separating Fines from their Collection",
    "45号令": "Order 45 on penalty publicity",
    # what powers and items rest on
    "价格法": "Price Law", "农药管理条例": "Pesticide Regulations", "动物防疫法": "Animal Epidemic Prevention Law",
    "劳动保障监察条例": "Labour Inspection Regulations", "噪声污染防治法": "Noise Pollution Law",
    "固体废物污染环境防治法": "Solid Waste Pollution Law", "土地管理法实施条例": "Regulations on the Land Law",
    "土地管理法": "Land Administration Law", "土壤污染防治法": "Soil Pollution Law",
    "城乡规划法": "Urban and Rural Planning Law",
    "江苏省城市市容和环境卫生管理条例": "Jiangsu Regulations on City Appearance and Sanitation",
    "城市市容和环境卫生管理条例": "Regulations on City Appearance and Sanitation",
    "城市绿化条例": "Urban Greening Regulations", "城市道路管理条例": "Urban Road Regulations",
    "城镇排水与污水处理条例": "Drainage and Sewage Regulations", "城镇燃气管理条例": "Urban Gas Regulations",
    "大气污染防治法": "Air Pollution Law", "安全生产法": "Work Safety Law",
    "市场主体登记管理条例": "Market Entity Registration Regulations",
    "无证无照经营查处办法": "Measures against Business without a Licence",
    "森林防火条例": "Forest Fire Regulations", "森林法": "Forest Law", "水污染防治法": "Water Pollution Law",
    "水法": "Water Law", "防洪法": "Flood Control Law",
    "江苏省食品小作坊和食品摊贩管理条例": "Jiangsu Regulations on Small Food Workshops and Stalls",
    "河道管理条例": "River Course Regulations", "消防法": "Fire Protection Law", "渔业法": "Fisheries Law",
    "物业管理条例": "Property Management Regulations", "特种设备安全法": "Special Equipment Safety Law",
    "生猪屠宰管理条例": "Pig Slaughter Regulations", "畜牧法": "Animal Husbandry Law", "食品安全法": "Food Safety Law",
    "高层民用建筑消防安全管理规定": "Provisions on Fire Safety of High-rise Buildings",
    "义务教育法": "Compulsory Education Law", "人民调解法": "People's Mediation Law",
    "农村土地承包经营纠纷调解仲裁法": "Law on Disputes of Rural Land Contracts",
    "农村土地承包法": "Rural Land Contract Law", "农民专业合作社法": "Farmers' Cooperatives Law",
    "劳动合同法": "Labour Contract Law", "就业促进法": "Employment Promotion Law",
    "居民身份证法": "Identity Card Law", "建筑法": "Construction Law",
    "户口登记条例": "Household Registration Regulations", "法律援助法": "Legal Aid Law",
    "烟草专卖法": "Tobacco Monopoly Law", "环境影响评价法": "Environmental Impact Assessment Law",
    "社会保险法": "Social Insurance Law", "老年人权益保障法": "Law on the Rights of the Elderly",
    "公共场所卫生管理条例": "Regulations on Hygiene in Public Places",
    "公路安全保护条例": "Highway Safety Regulations", "兽药管理条例": "Veterinary Drug Regulations",
    "取水许可和水资源费征收管理条例": "Regulations on Water Abstraction Permits and Fees",
    "居住证暂行条例": "Interim Regulations on Residence Permits",
    "排污许可管理条例": "Pollutant Discharge Permit Regulations",
    "殡葬管理条例": "Funeral Regulations", "社会救助暂行办法": "Interim Measures for Social Assistance",
}  # fmt: skip
"""By their Chinese names and the short ones in which steps and periods cite them."""

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九十")}
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
            said = f"{'art.' if step == '条' else 'ch.'} {number(each[0])}"
        else:
            said += "".join(f"({number(one) if step == '款' else _roman(one)})" for one in each)
    return said


def _roman(numeral: str) -> str:
    return _ROMAN[number(numeral)]


def number(numeral: str) -> int:
    """Return the number that a numeral up to 999 stands for: 一百一十一 is 111, 十六 is 16."""
    if numeral.isascii():
        return int(numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.lstrip("零").rpartition("十")
    return 100 * _DIGITS.get(hundreds, 0) + (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)
