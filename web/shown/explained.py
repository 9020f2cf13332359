"""Why a decision came out as it did, in the reader's words: columns, results and conditions of a decision table.

Tables call their columns themselves, in Chinese and in English; what they answer with are often codes of ours (periods,
posts, receivers), which are called here as everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from engine.cases.clocks import period as periods
from engine.cases.papers import push
from engine.errors import N_
from engine.organisation import post
from web import i18n
from web.shown import bar, casefile
from web.shown.design import answers

PLAIN = re.compile(r'"[^"]*"(?:\s*,\s*"[^"]*")*\Z')
"""A condition that only lists texts."""
SHAPES = {
    r'list contains\(\?, "([^"]*)"\)': N_("a list with {value}"),
    r'not\(list contains\(\?, "([^"]*)"\)\)': N_("a list without {value}"),
    r'starts with\(\?, "([^"]*)"\)': N_("what begins with “{value}”"),
}
"""Other plain conditions in words; marked for translation."""
CHINESE = re.compile(r'"([^"\x00-\x7f][^"]*)"')
"""A text in a formula that is no code."""
ENGLISH = "_en"
"""How the column is called that holds the English of what another one answers: ``reason_en`` beside ``reason``."""


@dataclass(frozen=True)
class Cell:
    """A column with its value in words; ``code`` is the expression behind it, where that says more."""

    label: str
    value: str
    code: str = ""


@dataclass(frozen=True)
class Matched:
    """A rule that held: what it demands, with the value that was there, and what its author noted."""

    number: int
    why: Sequence[tuple[Cell, str]]
    notes: Sequence[str]


@dataclass(frozen=True)
class Rules:
    """A decision table as it was read: name, results, inputs, the rules that matched and why the others did not."""

    name: str
    results: Sequence[Sequence[Cell]]
    inputs: Sequence[Cell]
    matched: Sequence[Matched]
    failed: Sequence[tuple[int, Cell, str]]
    sources: Sequence[str] = ()


def init_app(app: Flask) -> None:
    """Offer the filter ``notes`` to templates."""
    app.add_template_filter(notes)


def rules(entry: Sequence[Any], names: casefile.Names) -> Rules:
    """Return in words what a trail keeps of a decision: ``["decide", element, decision, result, explanation]``."""
    _kind, element, decision, result, told = entry
    told = told or {}
    inputs = [_input(row) for row in told.get("inputs", ())]
    columns = {str(row["name"]): row for row in told.get("outputs", ())}
    found = told.get("rules", ())
    failed = [
        (int(rule["number"]), cell, condition(str(rule["failed"]["condition"]), cell.code or cell.label))
        for rule in found
        if "failed" in rule
        for cell in [inputs[rule["failed"]["input"]]]
    ]
    called = str(told.get("name") or decision or element)
    return Rules(
        name=names.element(element) if names.english and names.element(element) != element else called,
        results=_results(result, columns),
        inputs=inputs,
        matched=[_matched(rule, inputs) for rule in found if rule.get("matched")],
        failed=failed,
        sources=_sources(result),
    )


def notes(rule: Mapping[str, Any]) -> list[str]:
    """Return what the author of a rule noted, in the reader's language where it was kept so, else as written."""
    pairs = zip_longest(rule.get("annotations", ()), rule.get("annotations_en", ()))
    return [i18n.named({"note": note, "note_en": english}, "note") for note, english in pairs]


def word(name: str, value: Any) -> str:
    """Return a value of a column in the reader's words."""
    if isinstance(value, Mapping):
        return str(_(", ")).join(f"{answers.word('', str(key))} {word(str(key), part)}" for key, part in value.items())
    if isinstance(value, list):
        return str(_(", ")).join(word(name, part) for part in value) or "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if not isinstance(value, str):
        return "—" if value is None else f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    known = _WORDS.get(name)
    return known(value) if known else answers.word(name, value)


def condition(text: str, column: str = "") -> str:
    """Return a condition on a column in words where it is plain; a formula stays, with its texts in words."""
    if text in ("true", "false"):
        return word("", text == "true")
    if PLAIN.match(text):
        listed = [word(column, part.strip().strip('"')) for part in text.split(",")]
        return str(_(" or ")).join(listed)
    for shape, said in SHAPES.items():
        if found := re.fullmatch(shape, text):
            return i18n.message(said, {"value": word(column, found[1])})
    return formula(text)


def formula(text: str) -> str:
    """Return an expression with the Chinese texts in it as English readers know them."""
    if i18n.locale_name() != "en":
        return text
    return CHINESE.sub(lambda found: f'"{word("", found[1])}"', text)


def _input(row: Mapping[str, Any]) -> Cell:
    code = str(row["expression"])
    label = str(i18n.named(row, "label")) if "label" in row else code
    return Cell(label, word(code, row["value"]), formula(code) if label != code else "")


def _results(result: Any, columns: Mapping[str, Any]) -> list[list[Cell]]:
    """Return the results of a table: one, or as many as rules were collected."""
    rows = result if isinstance(result, list) and any(isinstance(row, Mapping) for row in result) else [result]
    return [_result(row, columns) for row in rows]


def _result(row: Any, columns: Mapping[str, Any]) -> list[Cell]:
    if not isinstance(row, Mapping):
        only = next(iter(columns), "") if len(columns) == 1 else ""
        return [Cell("", word(only, row))]
    cells = []
    for name in row:
        if (name == "unit" and "days" in row) or name.removesuffix(ENGLISH) in row.keys() - {name}:
            continue
        label = i18n.named(columns[name], "label") if "label" in columns.get(name, ()) else name
        unit = f" {word('unit', row['unit'])}" if name == "days" and row.get("unit") else ""
        cells.append(Cell(label, word(name, _said(row, name)) + unit))
    return cells


def _said(row: Mapping[str, Any], name: str) -> Any:
    """Return what a table answers under a column, in the reader's language where a column beside it says so."""
    return (i18n.locale_name() == "en" and row.get(f"{name}{ENGLISH}")) or row[name]


def _matched(rule: Mapping[str, Any], inputs: Sequence[Cell]) -> Matched:
    conditions = zip(inputs, rule.get("conditions", ()), strict=False)
    why = [(cell, condition(text, cell.code)) for cell, text in conditions if text not in ("", "-")]
    return Matched(int(rule["number"]), why, notes(rule))


def _sources(result: Any) -> list[str]:
    """Return the articles from which the periods come that a table names."""
    rows = result if isinstance(result, list) else [result]
    keys = [str(row.get("period")) for row in rows if isinstance(row, Mapping)]
    return [i18n.named(periods.register()[key], "article") for key in keys if key in periods.register()]


def _period(key: str) -> str:
    known = periods.register().get(key)
    return i18n.named(known, "title") if known else key


def _post(group: str) -> str:
    code, _at, place = group.partition("@")
    known = next((row for row in bar.posts() if row.code == code), None)
    called = i18n.named(known) if known is not None else post.code_of(group)
    return f"{called} ({place})" if place else called


def _purpose(code: str) -> str:
    return i18n.message(push.PURPOSES.get(code, code))


_WORDS = {
    "period": _period,
    "group": _post,
    "groups": _post,
    "receiver": casefile.receiver_name,
    "purpose": _purpose,
}
"""What the codes of a column are called, by the column's name."""
