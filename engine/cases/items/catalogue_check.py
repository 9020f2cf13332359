"""The rules that the files of a catalogue must keep before a version of it is published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.cases import standing
from engine.errors import N_
from engine.organisation.tenant_files import Finding, Findings, Row

WORKING = "工作日"
STOPPING = frozenset({"听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"})
"""The procedures whose time does not count: those of 行政许可法45 and no others."""

LONGEST_ON_THE_SPOT = 1
DAYS_IN_A_WEEK, WORKING_DAYS_IN_A_WEEK = 7, 5


@dataclass(frozen=True)
class Known:
    """What an item may refer to: posts, units, materials, and which processes are in force."""

    demo: bool
    posts: Collection[str]
    units: Collection[str]
    materials: Mapping[str, Row]
    process: str
    in_force: Callable[[str], bool]


def check(file: str, row: Row, known: Known, findings: Findings) -> None:
    """Note everything that keeps an item from being published."""
    for rule in RULES:
        for message, facts in rule(row, known):
            findings.append(Finding(file, str(row["code"]), message, facts))


Said = Iterator[tuple[str, dict[str, Any]]]


def _basis(row: Row, known: Known) -> Said:
    """B9. In the demo town a basis that is still open may be said to be open; elsewhere it keeps the item back."""
    if not row["legal_basis"] and not (known.demo and row["legal_basis_note"]):
        yield N_("it states no legal basis"), {}
    if any(not basis.get("law") for basis in row["legal_basis"] or ()):
        yield N_("a legal basis names no law"), {}


def _limit(row: Row, known: Known) -> Said:
    """B9. The promise is in working days and never longer than the law allows."""
    promised, statutory = row["promised_limit"], row["statutory_limit"]
    if not _is_limit(promised) or promised["unit"] != WORKING:
        yield N_("it promises no limit in working days"), {}
        return
    if statutory is not None and not _is_limit(statutory):
        yield N_("the limit of the law is not a number of days"), {}
    elif statutory is not None and promised["n"] > _in_working_days(statutory):
        yield (
            N_("it promises {promised} working days, the law allows {allowed} {unit}"),
            {
                "promised": promised["n"],
                "allowed": statutory["n"],
                "unit": statutory["unit"],
            },
        )
    if row["handling"] == "即办" and promised["n"] > LONGEST_ON_THE_SPOT:
        yield N_("it is to be done on the spot and promises {promised} working days"), {"promised": promised["n"]}


def _is_limit(limit: Any) -> bool:
    return isinstance(limit, Mapping) and isinstance(limit.get("n"), int) and limit["n"] > 0 and bool(limit.get("unit"))


def _in_working_days(limit: Mapping[str, Any]) -> int:
    count = int(limit["n"])
    return count if limit["unit"] == WORKING else count * WORKING_DAYS_IN_A_WEEK // DAYS_IN_A_WEEK


def _materials(row: Row, known: Known) -> Said:
    """B9. Every material stands in the library under its name, once; 容缺 follows from the rows."""
    codes = [material["code"] for material in row["materials"]]
    if not codes:
        yield N_("it asks for no material, not even the application form"), {}
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield N_("it asks for the material {material} twice"), {"material": code}
    for material in row["materials"]:
        library = known.materials.get(material["code"])
        if library is None or library.get("replaced_by"):
            yield N_("there is no material {material}"), {"material": material["code"]}
        elif library["name"] != material["name"]:
            yield (
                N_("the library calls the material {material} {name}"),
                {
                    "material": material["code"],
                    "name": library["name"],
                },
            )
    for material in row["baseline_materials"]:
        if material["code"] not in known.materials:
            yield N_("there is no material {material}"), {"material": material["code"]}
    if row["lacking_allowed"] != any(material["lacking_ok"] for material in row["materials"]):
        yield N_("whether materials may follow later does not fit its materials"), {}


def _steps(row: Row, known: Known) -> Said:
    if not row["steps"]:
        yield N_("it has no step"), {}
    for step in row["steps"]:
        if step["post"] not in known.posts:
            yield N_("there is no post {post}"), {"post": step["post"]}
    used = sum(step["limit"]["n"] for step in row["steps"])
    if _is_limit(row["promised_limit"]) and used > row["promised_limit"]["n"]:
        yield (
            N_("its steps take {used} working days, promised are {promised}"),
            {
                "used": used,
                "promised": row["promised_limit"]["n"],
            },
        )


def _people(row: Row, known: Known) -> Said:
    if row["reviewer_post"] not in known.posts:
        yield N_("there is no post {post}"), {"post": row["reviewer_post"]}
    for unit in row["reviewing_units"]:
        if unit not in known.units:
            yield N_("there is no unit {unit}"), {"unit": unit}


def _marks(row: Row, known: Known) -> Said:
    """What the town counts with must follow from what the item says elsewhere."""
    channels = row["channels"]
    for channel in channels:
        if channel not in standing.CHANNELS:
            yield N_("there is no channel {channel}"), {"channel": channel}
    told = {
        "run_once": row["visits"] <= 1,
        "no_meeting": row["visits"] == 0,
        "online": "网上" in channels,
        "village_enabled": "村级" in channels,
    }
    for mark, true in told.items():
        if row[mark] is not true:
            yield N_("{mark} does not fit its visits and channels"), {"mark": mark}
    if row["visits"] and not row["visit_reason"]:
        yield N_("it asks people to come and does not say why"), {}


def _empowered(row: Row, known: Known) -> Said:
    """B16. What was handed down to the town can be done on line, by a process that is in force."""
    process = row.get("process", known.process)
    if row["power_source"] == "赋权" and not row["online"]:
        yield N_("it is handed down (赋权) and cannot be applied for on line"), {}
    if not known.in_force(process):
        yield N_("no process {process} is in force for it"), {"process": process}


def _special(row: Row, known: Known) -> Said:
    for procedure in row["special_procedures"]:
        if procedure["stops_clock"] and procedure["kind"] not in STOPPING:
            yield N_("{kind} must not stop the clock (行政许可法45)"), {"kind": procedure["kind"]}
    if row["commitment_allowed"] and row["safety_class"]:
        yield N_("safety and health bar the commitment (告知承诺)"), {}


def _situations(row: Row, known: Known) -> Said:
    for question in (row.get("detail") or {}).get("situations", ()):
        for option in question["options"]:
            for code in (*option["add_materials"], *option["drop_materials"]):
                if code not in known.materials:
                    yield (
                        N_("option {option} names the unknown material {material}"),
                        {
                            "option": option["id"],
                            "material": code,
                        },
                    )


RULES = (_basis, _limit, _materials, _steps, _people, _marks, _empowered, _special, _situations)
