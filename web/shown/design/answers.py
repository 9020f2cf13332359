"""What decision tables answer with, in the reader's words: the codes that diagrams branch on, and sentences.

A code means the same in every shipped table, but under a column of :data:`COLUMNS`, which has codes of its own. What a
town's own table answers with and nobody has named here is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.cases.clocks import supervision
from engine.cases.enforcement.execution import route
from engine.cases.grid import commanding, link
from engine.cases.grid.assessment import line, score
from engine.cases.grid.items import item_class
from engine.errors import N_
from engine.organisation.grid import node
from web import i18n
from web.shown import lexicon

CODES: Mapping[str, str] = {
    **commanding.TARGETS, **supervision.LEVELS, **item_class.LEVELS, **link.TARGETS, **score.GRADES, **node.CATEGORIES,
    "": N_("none"), "yes": N_("yes"), "no": N_("no"), "unknown": N_("not known yet"), "none": N_("none"),
    "case": N_("the clock of the case"), "step": N_("the clock of the step"), "rework": N_("work done again"),
    "minor": N_("minor"), "life_health_finance": N_("to life, health or financial safety"),
    "R_FIRST": N_("reconsideration first"), "R_FREE": N_("reconsideration or the court, at choice"),
    "age_lt_14": N_("under fourteen"), "no_capacity": N_("could not tell or control the own acts"),
    "minor_corrected_no_harm": N_("minor, corrected in time, no harm"),
    "first_minor_harm_corrected": N_("first time, minor harm, corrected in time"),
    "no_fault": N_("no fault, proved by the party"), "past_limitation": N_("out of time"),
    "first": N_("first time"), "minor_harm": N_("minor harm"), "corrected": N_("corrected in time"),
    "no_harm": N_("no harm"),
}  # fmt: skip
"""Marked for translation; nothing at all is an answer too."""

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "route": {
        **route.ROUTES, "town": N_("the town"), "other": N_("another authority"), "ask_legal": N_("the legal office"),
    },
}  # fmt: skip
"""By column: what its codes mean there; marked for translation."""

ENGLISH = {
    # grid events
    "危及生命，联动": "danger to life: handled jointly", "受理认定转执法": "intake turned it to enforcement",
    "按事项清单": "as the list of items says", "由应急部门处置": "handled by the emergency services",
    "符合清单的紧急条件": "meets the list's condition of urgency", "诉求属信访事项": "what is asked is a petition",
    "需办理许可": "a licence is needed", "没有重复": "no duplicate",
    "同一小类，距离和天数均在清单范围内，原事件未结案":
        "same class, distance and days within the list, and the earlier event is still open",
    "同一地点多次发生": "happened several times in one place", "拒不改正": "refuses to correct it",
    "线索明显违法": "the lead is clearly a breach",
    # enforcement
    "不属于情节复杂或者重大": "neither complex nor serious", "不给予处罚": "no penalty is imposed",
    "减轻处罚": "reduced below the statute", "情节复杂": "complex", "罚款数额重大": "the fine is a serious amount",
    "重大处罚数额标准尚未填写": "what amount is serious is not filled in yet",
    "重大处罚种类": "a serious kind of penalty",
    "排除妨碍、恢复原状，后果危害交通、环境或者资源":
        "removing an obstacle or restoring what was, where traffic, the environment or resources are harmed",
    "没有法律授予的强制执行权，申请人民法院": "no law gives the power to enforce; the court is applied to",
    "听证标准尚未由法制部门填写，一律告知": "the legal office has not filled in the amount; the right is always told",
    "拟作出的处罚属于行政处罚法第六十三条第一款第三、四项":
        "the intended penalty is one of Administrative Penalty Law, art. 63(1)(iii) and (iv)",
    "拟没收数额或者价值较大": "what is to be confiscated is large in amount or value",
    "拟罚款数额较大": "the intended fine is large",
    "下放处罚权的决定尚未填写": "the decision that hands the power down is not filled in yet",
    "属本镇处罚事项": "the town may penalise it",
    "最先立案的行政机关管辖": "the authority that filed it first has jurisdiction",
    "本镇对该事项没有处罚权": "the town has no power to penalise it",
    "演示清单：下放决定未填，仅供演示": "demo list: the decision is not filled in, for showing only",
    "违法行为发生地不在本镇": "the breach did not happen in the town",
    "偏离裁量基准或者没有裁量基准": "deviates from the discretion tables, or there is none",
    "本镇目录列明不需要法制审核": "the town's list exempts it from legal review",
    "本镇目录未列明，按需要审核处理": "the town's list does not name it, so it is reviewed",
    "涉及重大公共利益": "concerns major public interests",
    "疑难复杂、涉及多个法律关系": "difficult, with several legal relations",
    "经过听证程序": "a hearing was held", "没有罚款": "no fine", "仅警告不公示": "a warning alone is not made public",
    "具有一定社会影响的依法公开": "what matters to society is made public by law",
    "市场监管领域，外省当事人：十个工作日内推送":
        "market supervision, party of another province: sent within ten working days",
    "市场监管领域：二十个工作日；仅通报批评、较低数额罚款三个月，其他三年":
        "market supervision: within twenty working days; "
        "three months for public criticism or a low fine alone, three years for others",
    "可以当场作出行政处罚决定": "may be decided on the spot",
    "对公民罚款超过二百元": "a citizen's fine of more than 200 yuan",
    "对单位罚款超过三千元": "an organisation's fine of more than 3000 yuan",
    "有罚款、警告以外的处罚种类": "there is a penalty other than fine and warning",
    "没有法定依据": "it has no basis in law", "违法事实尚不确凿": "the facts are not certain yet",
    "公安机关不予立案，依法处理": "the police do not open a case; dealt with by law",
    "涉嫌犯罪，移送公安机关": "a crime is suspected; transferred to the police",
    # assessment
    "收受服务对象财物": "took money or gifts from residents",
    "无故脱岗满3日": "away from the post for 3 days without reason",
    "泄露居民或企业信息": "leaked what is known of residents or firms",
    "瞒报重大隐患造成后果": "hid a major hazard, with consequences",
    "虚报、伪造巡查或照片": "invented or forged patrols or photos",
    "月度绩效系数 0.8，约谈并培训": "monthly factor 0.8, a talk and training", "月度绩效系数 1.0": "monthly factor 1.0",
    "月度绩效系数 1.2": "monthly factor 1.2",
}  # fmt: skip
"""Answers that tables write in Chinese and only say why; what stands in documents stays as it is written."""


def word(column: str, value: str) -> str:
    """Return an answer of a column in the reader's language; one that is not known is returned as it is."""
    if column == "pair.indicator" and value in line.INDICATORS:
        return i18n.named(line.INDICATORS[value])
    known = COLUMNS.get(column, CODES).get(value)
    if known is not None:
        return i18n.message(known)
    english = ENGLISH.get(value) if i18n.locale_name() == "en" else None
    return english or lexicon.word(value)
