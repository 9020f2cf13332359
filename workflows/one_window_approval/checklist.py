"""The list of materials of an application: what the item demands, and what the applicant's answers add or drop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

OF_AGENTS: tuple[Mapping[str, Any], ...] = (
    {"code": "M004", "name": "授权委托书", "source": "自备", "required": True, "lacking_ok": False},
    {"code": "M005", "name": "代理人身份证明", "source": "共享", "required": True, "lacking_ok": False},
)
"""What an agent always adds (行政许可法29); it does not count as the item's materials."""

NOT_NEEDED = "不需要取得许可"


def of(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return questions, materials and what follows from the answers, for the intake form.

    Reads ``item`` (with ``detail.situations`` where the catalogue has them), ``situations`` as answered so far,
    ``materials`` as entered so far, ``channel`` and ``agent``.
    """
    item = variables["item"]
    questions = (item.get("detail") or {}).get("situations") or []
    answers = {row["id"]: row.get("answer") for row in variables.get("situations") or []}
    chosen = list(_chosen(questions, answers))
    known = {row["code"]: row for row in variables.get("materials") or []}
    suggested = _suggested(chosen)
    return {
        "situations": [_question(question, answers) for question in questions],
        "materials": [_row(entry, known) for entry in _demanded(item, chosen, variables)],
        "special_kinds": _kinds(item, questions, chosen),
        "extra_units": _distinct(unit for option in chosen for unit in option.get("add_units", ())),
        "relist": False,
        **suggested,
    }


def dropped(item: Mapping[str, Any], listed: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the item's materials that are not on the list, as rows nobody demands."""
    codes = {row["code"] for row in listed}
    none = {"required": False, "received": False, "note": "所选情形不需要"}
    return [{**entry, **none} for entry in item.get("materials") or [] if entry["code"] not in codes]


def defects(item: Mapping[str, Any], missing: Iterable[str]) -> list[dict[str, str]]:
    """Return what a correction notice says of the materials that are missing: which, what is wrong, how to cure it."""
    forms = {entry["name"]: entry.get("form") for entry in item.get("materials") or []}
    return [{"material": name, "defect": "未提交", "cure": f"提交{forms.get(name) or '该材料'}"} for name in missing]


def _chosen(questions: list[Any], answers: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for question in questions:
        yield from (option for option in question["options"] if option["id"] == answers.get(question["id"]))


def _question(question: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    options = [{"value": option["id"], "label": option["label"]} for option in question["options"]]
    return {
        "id": question["id"],
        "question": question["question"],
        "options": options,
        "answer": answers.get(question["id"]),
    }


def _demanded(
    item: Mapping[str, Any], chosen: list[Mapping[str, Any]], variables: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    dropped = {code for option in chosen for code in option.get("drop_materials", ())}
    library = (item.get("detail") or {}).get("added_materials") or {}
    added = {code: entry for option in chosen for code, entry in _additions(option, library)}
    own = [entry for entry in item.get("materials") or [] if entry["code"] in added or entry["code"] not in dropped]
    yield from ({**entry, "required": True} if entry["code"] in added else entry for entry in own)
    seen = {entry["code"] for entry in own}
    if variables.get("channel") == "代理" or variables.get("agent"):
        added.update((entry["code"], entry) for entry in OF_AGENTS)
    yield from (entry for code, entry in added.items() if code not in seen)


def _additions(
    option: Mapping[str, Any], library: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for added in option.get("add_materials", ()):
        entry: dict[str, Any] = dict(added) if isinstance(added, Mapping) else {"code": added, "name": added}
        entry |= library.get(str(entry["code"]), {})
        demanded: Mapping[str, Any] = {"source": "自备", "lacking_ok": False, **entry, "required": True}
        yield str(entry["code"]), demanded


def _row(entry: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one row of the form; registers and licence stores have what the applicant need not bring."""
    fetched = entry.get("source") == "共享"
    row = {"received": fetched, "copies": 1, **{name: entry.get(name) for name in ("code", "name", "source")}}
    row |= {"required": bool(entry.get("required")), "lacking_ok": bool(entry.get("lacking_ok"))}
    return {**row, **known.get(entry["code"], {}), "required": row["required"]}


def _kinds(item: Mapping[str, Any], questions: list[Any], chosen: list[Mapping[str, Any]]) -> list[str]:
    """Return the special procedures: those that hang on an answer only when it was given, the others always."""
    hanging = {
        kind for question in questions for option in question["options"] for kind in option.get("add_special", ())
    }
    always = [entry["kind"] for entry in item.get("special_procedures") or [] if entry["kind"] not in hanging]
    return _distinct([*always, *(kind for option in chosen for kind in option.get("add_special", ()))])


def _suggested(chosen: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what an answer says about the outcome; the clerk sees it in the form and may change it."""
    suggested: dict[str, Any] = {}
    for option in chosen:
        if NOT_NEEDED in str(option.get("outcome", "")):
            suggested["needs_licence"] = False
        if option.get("commitment"):
            suggested["promise_kind"] = "承诺"
        if option.get("lacking_materials"):
            suggested["promise_kind"] = "容缺"
    return suggested


def _distinct(values: Any) -> list[str]:
    return list(dict.fromkeys(values))
