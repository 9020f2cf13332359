"""Checks a whole package before it is put into force: every file by its kind, and what one file asks of another."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import bpmn, db, dmn, errors
from engine.design import unwritten
from engine.design.packages import Package
from engine.errors import N_

ReadForm = Callable[[Mapping[str, Any]], object]
"""Reads a form's schema or raises ``FormRefused``; the engine itself knows no forms."""
MEND = N_("Open the file in its editor, correct it and save it again.")
DECISION = N_("Correct the decision in the DMN editor.")
FORM = N_("Correct the field in the form editor.")


@dataclass(frozen=True)
class Names:
    """What the files of a package bring, as often as they bring it."""

    processes: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


_KEPT = 16
_checked: OrderedDict[tuple[str, bpmn.Environment, ReadForm | None], tuple[bpmn.Finding, ...]] = OrderedDict()
"""What was found in the latest packages: whoever publishes a draft has seen it checked, and deploying checks again."""


def check(package: Package, environment: bpmn.Environment, read_form: ReadForm | None = None) -> list[bpmn.Finding]:
    """Return what is to be said about the package, errors first; each finding names its file.

    A diagram without an executable process is a drawing: kept and shown, never run.

    Parameters
    ----------
    environment
        What exists outside the package. Its own forms and decisions count as known; its own processes are added to
        those of the environment.
    """
    key = package.hash, environment, read_form
    found = _checked.get(key)
    if found is None:
        found = _checked[key] = tuple(_check(package, environment, read_form))
        if len(_checked) > _KEPT:
            _checked.popitem(last=False)
    return list(found)


def _check(package: Package, environment: bpmn.Environment, read_form: ReadForm | None) -> list[bpmn.Finding]:
    findings = list(_manifest(package))
    models, broken = _decisions(package)
    forms, wrong = _forms(package, read_form)
    findings += broken + wrong
    decisions = tuple(name for model in models for name in model.decisions)
    known = environment
    if environment.whole:
        known = replace(environment, forms=frozenset(forms), decisions=frozenset(decisions))
    processes: list[str] = []
    diagrams = package.under(".bpmn")
    for path, source in diagrams.items():
        try:
            found = bpmn.executable(source)
            processes += found
            if not found:
                findings.append(_drawing(path))
                diagrams = {other: content for other, content in diagrams.items() if other != path}
        except errors.EngineError as error:
            findings.append(bpmn.Finding("", error.template, MEND, error.facts, path))
            diagrams = {other: content for other, content in diagrams.items() if other != path}
    if environment.processes is not None:
        known = replace(known, processes=frozenset(processes) | environment.processes)
    read: dict[str, bpmn.Model] = {}
    for path, source in diagrams.items():
        read[path], problems = bpmn.check(source, known)
        findings += [replace(finding, path=path) for finding in problems]
        findings += _embedded(path, read[path], read_form)
    if not bpmn.refusing(findings):
        findings += unwritten.check(read, [_json(source) for source in package.under(".form").values()])
    findings += _twice(Names(tuple(processes), decisions, tuple(forms)))
    return sorted(findings, key=lambda finding: finding.severity)  # stable: within each, in the order of the files


def _manifest(package: Package) -> Iterator[bpmn.Finding]:
    try:
        _ = package.name
    except errors.PackageUnreadable as error:
        yield bpmn.Finding(
            "", error.template, N_("Correct package.toml: it names the package."), error.facts, "package.toml"
        )
    if not package.under(".bpmn"):
        yield bpmn.Finding("", N_("The package holds no diagram."), N_("Add a BPMN file."), path="package.toml")


def _drawing(path: str) -> bpmn.Finding:
    message = N_("No process of this file is executable: it is kept as a drawing.")
    return bpmn.Finding("", message, N_("To run it, mark its process as executable."), {}, path, "warning")


def _decisions(package: Package) -> tuple[list[dmn.Model], list[bpmn.Finding]]:
    models, findings = [], []
    for path, source in package.under(".dmn").items():
        try:
            model = dmn.parse(source, strict=False)
        except errors.EngineError as error:
            findings.append(bpmn.Finding("", error.template, MEND, error.facts, path))
            continue
        models.append(model)
        findings += [
            bpmn.Finding(found.element, found.message, DECISION, found.facts, path) for found in model.problems
        ]
    return models, findings


def _forms(package: Package, read_form: ReadForm | None) -> tuple[list[str], list[bpmn.Finding]]:
    names, findings = [], []
    for path, source in package.under(".form").items():
        try:
            schema = _json(source)
            names.append(str(schema["id"]))
            if read_form is not None:
                read_form(schema)
        except errors.EngineError as error:
            findings.append(bpmn.Finding(error.facts.get("component", ""), error.template, FORM, error.facts, path))
    return names, findings


def _embedded(path: str, model: bpmn.Model, read_form: ReadForm | None) -> Iterator[bpmn.Finding]:
    for name, schema in model.forms.items():
        try:
            if read_form is not None:
                read_form(schema)
        except errors.EngineError as error:
            yield bpmn.Finding(error.facts.get("component", name), error.template, FORM, error.facts, path)


def _json(source: bytes) -> Mapping[str, Any]:
    try:
        schema = db.loads(source.decode())
    except (ValueError, RecursionError):
        raise errors.FormUnreadable from None
    if not isinstance(schema, dict) or not isinstance(schema.get("id"), str):
        raise errors.FormUnreadable
    return schema


def _twice(names: Names) -> Iterator[bpmn.Finding]:
    """Refuse what two files call the same: which of the two runs would be chance."""
    said = {
        "processes": N_("Two processes of the package are called “{name}”."),
        "decisions": N_("Two decisions of the package are called “{name}”."),
        "forms": N_("Two forms of the package are called “{name}”."),
    }
    for kind, message in said.items():
        for name, count in Counter(getattr(names, kind)).items():
            if count > 1:
                yield bpmn.Finding("", message, N_("Give one of them another id."), {"name": name}, "package.toml")
