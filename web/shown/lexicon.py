"""English for the words that catalogues are written in; the catalogue's own words are Chinese and stay as they are.

Only words that every town's catalogue uses are here. Names of items stand in English in the catalogue itself; those of
materials and results are official Chinese names.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from engine.cases.reading import laws
from web import i18n

WORDS = {
    # kinds
    "行政许可": "administrative licence", "行政确认": "administrative confirmation", "行政给付": "benefit",
    "行政奖励": "award", "行政裁决": "administrative ruling", "行政征收": "levy", "备案": "filing",
    "公共服务": "public service", "其他": "other",
    # handling, power, audience, who decides
    "即办": "on the spot", "承诺": "within a promised limit",
    "法定": "by law", "授权": "authorised", "委托": "delegated", "赋权": "handed down to the town",
    "协助": "assistance",
    "个人": "residents", "法人": "firms", "both": "residents and firms",
    "本镇": "the town", "上级": "a higher authority",
    "上级部门（镇级代收、初审）": "a higher authority; the town takes in and checks first",
    # departments
    "人社": "Human resources", "民政": "Civil affairs", "农业农村": "Agriculture", "住建": "Construction",
    "医保": "Health insurance", "卫健": "Health", "市场监管": "Market supervision", "残联": "Disabled persons",
    "城管": "City management", "自然资源规划": "Land and planning", "公安": "Police", "退役军人": "Veterans",
    "行政审批": "Administrative approval", "文旅": "Culture and tourism", "党群": "Party affairs", "水利": "Water",
    "税务": "Tax", "应急": "Emergency", "生态环境": "Environment", "司法": "Justice", "交通": "Transport",
    "教育": "Education", "公用事业": "Utilities", "烟草": "Tobacco", "消防": "Fire service",
    # kinds of penalty
    "警告": "warning", "罚款": "fine", "责令停产停业": "suspension of business", "责令关闭": "closure",
    "吊销许可证件": "revocation of the licence", "没收违法所得": "confiscation of illegal gains",
    "没收违法收入": "confiscation of illegal income", "没收非法所得": "confiscation of illegal gains",
    "没收实物": "confiscation of what was built", "没收渔获物": "confiscation of the catch",
    "没收建筑物和其他设施": "confiscation of buildings and facilities",
    "没收烧烤工具": "confiscation of barbecue tools",
    "没收": "confiscation", "通报批评": "public criticism", "降低资质等级": "lowering of the grade of qualification",
    "限制从业": "ban from the trade", "限制开展生产经营活动": "restriction of business",
    "没收生猪、产品、工具和违法所得": "confiscation of pigs, products, tools and illegal gains",
    "没收违法经营的农药和工具、设备": "confiscation of the pesticides, tools and equipment",
    # materials
    "自备": "you bring it", "共享": "we fetch it", "核发": "we issue it",
    "电子证照": "electronic licence", "电子或纸质原件": "original, electronic or on paper", "电子件": "electronic copy",
    "复印件或电子件": "copy, on paper or electronic", "填报": "filled in on the form",
    "数据核验": "checked against data",
    "电子票据": "electronic receipt", "纸质原件": "original on paper", "纸质": "on paper",
    # ways in, steps, special procedures
    "窗口": "window", "网上": "on line", "自助": "self-service", "代理": "agent", "预约": "appointment",
    "村级": "village point",
    "收件受理": "intake and acceptance", "业务审查": "review", "审核决定": "review and decision", "决定": "decision",
    "出件送达": "issue and delivery", "办结出件": "completion and issue", "镇级初审": "first check by the town",
    "上级决定与结果回传": "decision by the higher authority", "窗口预审": "preview at the window",
    "科室复核": "second check", "踏勘": "site visit", "现场踏勘": "site visit", "公示": "public notice",
    "入户调查": "home visit", "入户核查": "home visit", "入户评估": "assessment at home",
    "上门评估": "assessment at home",
    "家庭经济状况核对": "check of the household's means", "专家评审": "expert review", "检测": "testing",
    "检验": "inspection", "检疫": "quarantine", "鉴定": "appraisal",
    "房屋安全鉴定": "appraisal of the building's safety",
    "听证": "hearing", "残疾评定": "assessment of disability", "生活自理能力评估": "assessment of self-care",
    "档案审核": "check of the personal file", "利害关系人陈述申辩": "statement of interested parties",
    # what tables of the process answer
    "上报": "sent up to the higher authority", "受理": "accepted", "补正": "supplements asked for",
    "更正": "corrected on the spot",
    "容缺": "accepted with minor materials lacking", "不需": "no licence needed", "不属": "not within our power",
    "禁止期": "barred from applying", "招标": "tender", "拍卖": "auction", "移送公安": "with the police",
    "村级点领取": "collected at the village point", "窗口领取": "collected at the window", "邮寄": "by post",
    "电子证照下载": "electronic licence, downloaded",
    "window": "window", "mail": "post", "electronic": "electronically",
    # fields of experts
    "安全生产": "Work safety", "城镇建设管理": "Town building and management", "危险化学品": "Hazardous chemicals",
    "特种设备": "Special equipment", "食品药品": "Food and drugs", "法律": "Law", "水利水务": "Water",
    "交通运输": "Transport", "电气与线缆": "Electrics and cables",
    # titles of experts
    "工程师": "Engineer", "高级工程师": "Senior Engineer", "注册安全工程师": "Registered Safety Engineer",
    "注册建造师": "Registered Constructor", "律师": "Lawyer", "教授": "Professor",
    # days of rest
    "元旦": "New Year", "春节": "Spring Festival", "清明": "Tomb-Sweeping Day", "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day", "端午": "Dragon Boat Festival", "端午节": "Dragon Boat Festival",
    "中秋": "Mid-Autumn Festival", "中秋节": "Mid-Autumn Festival", "国庆": "National Day", "国庆节": "National Day",
    # how long a result holds
    "当次有效": "this once", "一次有效": "once", "本案有效": "for this case", "当年有效": "this year",
    "年度": "a year", "学年": "a school year", "按月": "month by month", "按季": "quarter by quarter",
    "动态管理": "while the conditions hold", "长期": "without end", "原有效期": "as before",
    "届期": "the term of office", "服务期内": "the time of service", "保险期": "the insured time",
    "租赁期": "the lease", "合同期": "the contract", "与协议期一致": "as the agreement",
    "占用期": "the time of occupation", "使用期": "the time of use", "活动期": "the event", "请假期": "the leave",
    "工期": "the works", "项目工期": "the works of the project", "孕产期": "pregnancy and childbirth",
    "以证载为准": "as the certificate says", "以证照为准": "as the licence says",
    "3个月": "3 months", "6个月": "6 months", "1年": "1 year", "2年": "2 years", "3年": "3 years", "4年": "4 years",
    "5年": "5 years", "6年": "6 years", "10年": "10 years",
    # what the grid looks at
    "事件": "events", "部件": "facilities", "安全": "safety", "环保": "environment", "治安矛盾": "order and disputes",
    "走访": "visits", "市容": "city appearance", "人力资源": "human resources", "城镇建设": "town construction",
    "自然资源": "natural resources",
    # limits
    "工作日": "working days", "日": "days",
}  # fmt: skip

CHINESE = {"both": "个人、法人", "window": "窗口", "mail": "邮寄", "electronic": "电子"}
"""What a catalogue writes that a Chinese reader would not."""


def init_app(app: Flask) -> None:
    """Offer the filters ``word``, ``words`` and ``cited`` to templates."""
    app.add_template_filter(word)
    app.add_template_filter(words)
    app.add_template_filter(cited)


def word(value: str) -> str:
    """Return a catalogue's word in the reader's language; one that is not known is returned as it is."""
    return (WORDS if i18n.locale_name() == "en" else CHINESE).get(value, value)


def words(values: Iterable[str]) -> str:
    """Return a catalogue's words in the reader's language, as that language enumerates."""
    return (", " if i18n.locale_name() == "en" else "、").join(map(word, values))


def cited(text: str) -> str:
    """Return a citation of the law in the reader's language."""
    return laws.english(text) if i18n.locale_name() == "en" else text
