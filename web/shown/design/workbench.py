"""What the designer's pages show: the files of a package by kind, who did what, the settings of the editors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection

import forms
from engine import bpmn, definitions, dmn, errors
from engine.cases.items import environment
from engine.design import package_check, packages
from engine.flow import handlers
from engine.organisation import person, post, role
from forms import schema
from web import assets, i18n
from web.i18n import lazy_gettext as _l

KINDS = (
    ("bpmn", _l("Diagrams")),
    ("drawing", _l("Drawings, not run")),
    ("dmn", _l("Decisions")),
    ("form", _l("Forms")),
    ("typ", _l("Documents")),
    ("", _l("Other files")),
)
EDITORS = {"bpmn": "diagram", "dmn": "decision", "form": "form"}
BLANK = {
    "form": '{"type":"default","id":"{name}","schemaVersion":18,"components":[]}',
    "md": "",
    "txt": "",
    "typ": "",
    "yaml": "",
    "json": "{}",
    "bpmn": (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
        'id="definitions_{name}" targetNamespace="http://bpmn.io/schema/bpmn" '
        'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">'
        '<bpmn:process id="{name}" isExecutable="true"><bpmn:startEvent id="start_{name}" /></bpmn:process>'
        '<bpmndi:BPMNDiagram id="diagram_{name}"><bpmndi:BPMNPlane id="plane_{name}" bpmnElement="{name}">'
        '<bpmndi:BPMNShape id="shape_{name}" bpmnElement="start_{name}">'
        '<dc:Bounds x="180" y="160" width="36" height="36" /></bpmndi:BPMNShape>'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>\n"
    ),
    "dmn": (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        'xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" '
        'xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" '
        'id="definitions_{name}" name="{name}" namespace="http://camunda.org/schema/1.0/dmn">'
        '<decision id="{name}" name="{name}"><decisionTable id="table_{name}" hitPolicy="UNIQUE">'
        '<input id="input_{name}" label=""><inputExpression id="expression_{name}" typeRef="string"><text></text>'
        '</inputExpression></input><output id="output_{name}" label="" name="result" typeRef="string" />'
        "</decisionTable></decision><dmndi:DMNDI><dmndi:DMNDiagram>"
        '<dmndi:DMNShape dmnElementRef="{name}"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape>'
        "</dmndi:DMNDiagram></dmndi:DMNDI></definitions>\n"
    ),
}
"""What a new file begins with; ``{name}`` is its name without the ending."""


@dataclass(frozen=True)
class Group:
    """The files of one kind, the diagrams first."""

    label: Any
    paths: list[str]


def title(package: packages.Package) -> str:
    """Return the name by which people know the package, in the reader's language."""
    try:
        manifest = package.manifest
    except errors.PackageUnreadable:
        return ""
    english = manifest.get("title:en") if i18n.locale_name() == "en" else None
    return str(english or manifest.get("title") or manifest.get("name") or "")


def title_of(toml: bytes) -> str:
    """As :func:`title`, of the content of ``package.toml``."""
    return title(packages.Package({"package.toml": toml}))


def main_file(package: packages.Package) -> str:
    """Return the diagram that the package begins with: the one of the process that ``package.toml`` calls main."""
    try:
        main = str(package.manifest.get("main", ""))
    except errors.PackageUnreadable:
        main = ""
    diagrams = package.under(".bpmn")
    wanted = f'id="{main}"'.encode()
    return next((path for path, source in diagrams.items() if main and wanted in source), next(iter(diagrams), ""))


def groups(files: Mapping[str, bytes]) -> list[Group]:
    """Return the files by kind."""
    kinds = {path: _kind(path, content) for path, content in sorted(files.items())}
    found = []
    for kind, label in KINDS:
        of_kind = [path for path in kinds if kinds[path] == kind]
        if of_kind:
            found.append(Group(label, of_kind))
    return found


def _kind(path: str, content: bytes) -> str:
    ending = _ending(path)
    if ending == "bpmn" and b'isExecutable="true"' not in content:  # a file that cannot be read is not called a drawing
        try:
            return "bpmn" if bpmn.executable(content) else "drawing"
        except errors.EngineError:
            return "bpmn"
    return ending if ending in dict(KINDS) else ""


def people(connection: Connection, ids: Iterable[str | None]) -> dict[str, str]:
    """Return names by id, also of those who are no person."""
    wanted = {each for each in ids if each}
    others = {"system": _("the system"), "command": _("the command line")}
    return {each: others.get(each, each) for each in wanted} | person.names(connection, wanted)


def publishers(connection: Connection) -> list[str]:
    """Return the names of those who may put a draft into force."""
    found: dict[str, str] = {}
    for grant in role.grants(connection):
        if grant.role == "publisher":
            for row in person.holders(connection, grant.post):
                found[row.id] = row.display_name
    return list(found.values())


def check(connection: Connection, files: Mapping[str, bytes]) -> list[bpmn.Finding]:
    """Return what keeps the files from being put into force, without keeping it."""
    return package_check.check(packages.Package(files), environment.load(connection), forms.compile)


def catalogue(connection: Connection, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the fields of the editors offer: pairs of what is written and what it is called."""
    decisions, names = {}, {}
    package = packages.Package(files)
    for source in package.under(".dmn").values():
        try:
            decisions.update(dmn.parse(source, strict=False).decisions)
        except errors.EngineError:
            continue
    for path in package.under(".form"):
        stem = PurePosixPath(path).stem
        names[stem] = stem
    processes = set(definitions.processes(connection))
    for source in package.under(".bpmn").values():
        try:
            processes |= bpmn.executable(source)
        except errors.EngineError:
            continue
    return {
        "groups": [(row.code, i18n.named(row)) for row in post.every(connection)],
        "forms": sorted(names.items()),
        "decisions": sorted(decisions.items()),
        "handlers": [(each, each) for each in sorted(handlers.types())],
        "processes": [(each, each) for each in sorted(processes)],
        "support": {"menu_refused": bpmn.MENU_REFUSED, "form": sorted(schema.SUPPORTED)},
    }


def settings(files_at: str, **more: Any) -> dict[str, Any]:
    """Return what the workbench's script must know."""
    return {
        "files": files_at,
        "locale": i18n.locale_name(),
        "readonly": True,
        "catalogue": {},
        "editors": {
            kind: {"script": assets.bundle(f"editors/{name}.js"), "style": assets.bundle(f"editors/{name}.css")}
            for kind, name in EDITORS.items()
        },
        "words": words(),
    } | more


def draft_settings(row: Any, files: Mapping[str, bytes], connection: Connection, *, readonly: bool) -> dict[str, Any]:
    """Return what the script must know to change a draft."""
    here = {"draft_id": row.id}
    return settings(
        url_for("drafts.file", path="", **here),
        revision=row.revision,
        readonly=readonly,
        catalogue=catalogue(connection, files),
        save=url_for("drafts.save", **here),
        check=url_for("drafts.check", **here),
        copy=url_for("drafts.copy", **here),
        publish=url_for("drafts.publication", **here),
        blank=BLANK,
    )


def words() -> dict[str, str]:
    """Return what the script says, in the reader's language."""
    return {
        "unreadable": _("The file could not be loaded. Reload the page."),
        "broken": _("The editor cannot read this file, so it is shown as text."),
        "not_drawn": _("The element {element} is not drawn in this file."),
        "offline": _(
            "The server cannot be reached. Your changes are still here; save again when the connection is back."
        ),
        "signed_out": _("Your session has ended. Log in in another tab, then save again; your changes are still here."),
        "failed": _("This did not work. Your changes are still here; save them again."),
        "saved": _("Saved."),
        "keep_as_own": _("Keep mine as a draft of its own"),
        "download_mine": _("Download my changed files"),
        "load_theirs": _("Load theirs"),
        "sure_theirs": _("Your changes on this page will be lost. Load the other version?"),
        "new_name": _("Name of the new file, with its ending: .bpmn, .dmn, .form, .typ, .yaml, .md"),
        "name_impossible": _("There is a file of this name already, or its ending is not one that a package may hold."),
        "sure_remove": _("Take {path} out of the draft?"),
        "decisions": _("Decisions"),
        "graph": _("Graph"),
        "view": _("View"),
        "edit": _("Edit"),
        "preview": _("Preview"),
    }


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.removeprefix(".")
