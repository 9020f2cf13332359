"""The words for where a case stands: its kinds, and for each kind the ways in, the states and the outcomes."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import N_

APPROVAL, ENFORCEMENT, GRID = "approval", "enforcement", "grid"
KINDS = (APPROVAL, ENFORCEMENT, GRID)

CHANNELS = {
    "窗口": N_("window"),
    "网上": N_("on line"),
    "自助": N_("self-service"),
    "代理": N_("agent"),
    "预约": N_("appointment"),
    "村级": N_("village point"),
}
"""The six ways in of an application, in the catalogue's words, with their names for translation."""

SOURCES = {
    "巡查": N_("patrol"),
    "网格": N_("grid"),
    "12345": N_("hotline 12345"),
    "举报": N_("report"),
    "移送": N_("handed over by another organ"),
    "交办": N_("ordered by a superior"),
    "双随机": N_("random inspection"),
    "许可后监管": N_("supervision after a licence"),
    "监测": N_("monitoring"),
    "公安退回": N_("returned by the police"),
}
"""The ten sources of a lead; they are the ways in of an enforcement case."""

EVENT_SOURCES = {
    "网格员": N_("grid worker"),
    "群众扫码": N_("resident's QR code"),
    "12345": SOURCES["12345"],
    "市长信箱": N_("mayor's mailbox"),
    "物联报警": N_("sensor alarm"),
    "领导交办": N_("instruction of a leader"),
    "条线系统": N_("line system"),
}
"""The seven sources of a grid event; they are its ways in."""

WAYS_OF = {APPROVAL: CHANNELS, ENFORCEMENT: SOURCES, GRID: EVENT_SOURCES}
"""By kind of case: the ways in."""

_APPROVAL_STATES = {
    "received": N_("received"),
    "correcting": N_("waiting for supplements"),
    "accepted": N_("accepted"),
    "reviewing": N_("under review"),
    "special": N_("in a special procedure"),
    "deciding": N_("waiting for the decision"),
    "decided": N_("decided"),
    "delivering": N_("waiting for collection"),
    "publishing": N_("being published"),
    "not_accepted": N_("not accepted"),
    "withdrawn": N_("withdrawn"),
    "archiving": N_("waiting for the archive"),
    "closed": N_("closed"),
    "archived": N_("archived"),
}

_ENFORCEMENT_STATES = {
    "lead": N_("lead received"),
    "checking": N_("first check"),
    "on_the_spot": N_("dealt with on the spot"),
    "filing": N_("waiting to be filed"),
    "filed": N_("filed"),
    "investigating": N_("under investigation"),
    "with_police": N_("with the police"),
    "legal_review": N_("in legal review"),
    "notified": N_("notice given, plea possible"),
    "hearing": N_("in a hearing"),
    "rechecking": N_("plea being weighed"),
    "deciding": _APPROVAL_STATES["deciding"],
    "decided": _APPROVAL_STATES["decided"],
    "serving": N_("decision being served"),
    "executing": N_("being carried out"),
    "suspended": N_("proceedings suspended"),
    "closing": N_("waiting to be closed"),
    "archiving": _APPROVAL_STATES["archiving"],
    "closed": _APPROVAL_STATES["closed"],
    "archived": _APPROVAL_STATES["archived"],
}

_GRID_STATES = {
    "reported": N_("reported"),
    "verifying": N_("being verified"),
    "in_grid": N_("handled in the grid"),
    "level2": N_("with the level-2 grid"),
    "dispatching": N_("waiting for dispatch"),
    "receiving": N_("waiting for the department's receipt"),
    "handling": N_("handled by departments"),
    "postponed": N_("postponed until a day"),
    "handing_over": N_("being handed over"),
    "inspecting": N_("result being inspected"),
    "calling_back": N_("reporter being asked"),
    "closing": _ENFORCEMENT_STATES["closing"],
    "closed": _APPROVAL_STATES["closed"],
}

FIRST = {APPROVAL: "received", ENFORCEMENT: "lead", GRID: "reported"}
"""Where a case of a kind stands when it has come in."""

STATES = _APPROVAL_STATES | _ENFORCEMENT_STATES | _GRID_STATES

SETTABLE = (
    "received", "correcting", "reviewing", "special", "deciding", "delivering", "publishing", "archiving",
    "lead", "checking", "on_the_spot", "filing", "investigating", "with_police", "legal_review", "notified", "hearing",
    "rechecking", "serving", "executing", "suspended", "closing",
    "verifying", "in_grid", "level2", "dispatching", "receiving", "handling", "postponed", "handing_over",
    "inspecting", "calling_back",
)  # fmt: skip
"""States that say where a case stands; the others are reached by the verb that does the thing."""

_APPROVAL_OUTCOMES = {
    "granted": N_("granted"),
    "refused": N_("refused"),
    "revoked": N_("revoked"),
    "changed": N_("changed"),
    "withdrawn": N_("withdrawn"),
    "not_needed": N_("no licence needed"),
    "not_competent": N_("not within our powers"),
    "barred": N_("barred from applying again"),
    "not_accepted": N_("not accepted"),
}

_ENFORCEMENT_OUTCOMES = {
    "penalised": N_("penalised"),
    "not_penalised": N_("breach found, not penalised"),
    "not_established": N_("breach not established"),
    "transferred": N_("transferred to the police"),
    "not_filed": N_("not filed"),
    "referred": N_("referred to the competent organ"),
    "merged": N_("merged into an open case"),
    "terminated": N_("terminated"),
    "annulled": N_("annulled"),
}

GRID_OUTCOMES = {
    "in_grid": N_("settled in the grid"),
    "level2": N_("settled by the level-2 grid"),
    "department": N_("settled by a department"),
    "joint": N_("settled jointly"),
    "merged": N_("merged into another event"),
    "not_filed": _ENFORCEMENT_OUTCOMES["not_filed"],
    "withdrawn": _APPROVAL_OUTCOMES["withdrawn"],
    "to_enforcement": N_("handed over to enforcement"),
    "to_approval": N_("handed over to approval"),
    "to_petition": N_("handed over to petitions"),
    "to_emergency": N_("handed over to the emergency services"),
}

OUTCOMES = GRID_OUTCOMES | _APPROVAL_OUTCOMES | _ENFORCEMENT_OUTCOMES

WAYS_IN = CHANNELS | SOURCES | EVENT_SOURCES
"""Every way in of every kind, with its name for translation."""

_WORDS = {
    "channel": WAYS_OF,
    "state": {APPROVAL: _APPROVAL_STATES, ENFORCEMENT: _ENFORCEMENT_STATES, GRID: _GRID_STATES},
    "outcome": {APPROVAL: _APPROVAL_OUTCOMES, ENFORCEMENT: _ENFORCEMENT_OUTCOMES, GRID: GRID_OUTCOMES},
}
"""By column of the case: the words of each kind."""


def of_kind(column: str) -> str:
    """Return the condition that a column holds a word of the case's kind."""
    return " OR ".join(f"kind = '{kind}' AND {_one_of(column, words)}" for kind, words in _WORDS[column].items())


def _one_of(column: str, words: Mapping[str, str]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
