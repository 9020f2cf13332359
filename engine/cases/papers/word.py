"""Word files (.docx): the text that a template tells, set as a document on A4, and what was written in one read back.

The template of the PDF is the only source: typst tells it as HTML, whose few manners (organ, title, number, addressee,
table, signature, lines to sign on) each have a style in ``data/word``. A field that may be written in is a content
control with its path as tag; whatever stands outside of these is the template's.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from lxml import etree, html

from engine import clock, errors

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC, _TERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
LARGEST = 20 << 20
"""More bytes than this, unpacked, are no document of ours."""
BLANK = "　" * 6
_STYLES = {"organ": "Organ", "number": "Number", "addressee": "Addressee", "signature": "Signature"}
_TEXT_WIDTH, _NAME_WIDTH = 8844, 2400
"""The width of the text and of a table's names in twentieths of a point: A4 less the margins of the PDF."""
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class About:
    """Whose document it is: the case's number and the kind name it when it comes back."""

    case: str
    kind: str
    title: str
    footer: str

    @property
    def mark(self) -> str:
        """The identifier in the file's properties."""
        return f"{self.case}/{self.kind}"


@dataclass(frozen=True)
class Written:
    """What stands in a Word file: its mark, the texts of its fields, and all other text without spaces."""

    mark: str
    fields: Mapping[str, str]
    fixed: str


def write(told: bytes, about: About, writable: Collection[str] = ()) -> bytes:
    """Return the Word file of a document told as HTML; the fields in ``writable`` are content controls."""
    body = html.fromstring(told).find("body")
    assert body is not None
    document = _element("document")
    setting = _Setting(frozenset(writable))
    _under(document, "body", *setting.blocks(body), _page())
    return _packed({
        "word/document.xml": document,
        "word/footer.xml": _footer(about),
        "docProps/core.xml": _properties(about),
    })  # fmt: skip


def read(content: bytes) -> Written:
    """Return what was written in a Word file.

    Raises
    ------
    WordUnreadable
        If it is none, or larger than any of ours.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                raise errors.WordUnreadable
            document, core = (_parsed(packed.read(part)) for part in ("word/document.xml", "docProps/core.xml"))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, NotImplementedError, RuntimeError) as wrong:
        raise errors.WordUnreadable from wrong
    fields: dict[str, str] = {}
    for control in document.iter(_q("sdt")):
        tag = control.find(f"{_q('sdtPr')}/{_q('tag')}")
        if tag is not None:
            fields[tag.get(_q("val"), "")] = _field_text(control)
            control.clear()
    fixed = "".join(_texts(document))
    return Written(core.findtext(f"{{{_DC}}}identifier") or "", fields, _SPACES.sub("", fixed.replace("　", "")))


class _Setting:
    """Sets the blocks of the told text."""

    def __init__(self, writable: frozenset[str]) -> None:
        self._writable = writable
        self._controls = 0

    def blocks(self, within: Any) -> Iterator[Any]:
        for node in within:
            kind = node.get("class", "")
            if node.tag == "table":
                yield from (self._table(node), _paragraph("Normal"))
            elif node.tag == "h1":
                yield self._paragraph(node, "Heading1")
            elif kind == "signing":
                yield from (self._paragraph(line, "Signing") for line in node)
            elif node.tag in ("div", "section"):
                yield from self.blocks(node)
            elif node.tag == "p":
                yield self._paragraph(node, _STYLES.get(kind, "Text"))

    def _table(self, node: Any) -> Any:
        rows = list(node.iter("tr"))
        columns = max(len(row) for row in rows)
        rest = (_TEXT_WIDTH - _NAME_WIDTH) // max(columns - 1, 1) if columns == 2 else _TEXT_WIDTH // columns
        widths = [_NAME_WIDTH, rest] if columns == 2 else [rest] * columns
        table = _element("tbl")
        _under(
            table, "tblPr", _element("tblStyle", val="Facts"), _element("tblW", w=_TEXT_WIDTH, type="dxa"),
            _element("tblLayout", type="fixed"),
        )  # fmt: skip
        _under(table, "tblGrid", *(_element("gridCol", w=width) for width in widths))
        for row in rows:
            table.append(self._row(row, widths))
        return table

    def _row(self, row: Any, widths: list[int]) -> Any:
        made = _element("tr")
        settings = [_element("cantSplit")] if all(cell.tag == "th" for cell in row) else []
        if settings:
            _under(made, "trPr", *settings, _element("tblHeader"))
        for place, (cell, width) in enumerate(zip(row, widths, strict=False)):
            named = cell.tag == "th" or (place == 0 and len(widths) == 2)
            cell_properties = _element("tcPr")
            cell_properties.extend([_element("tcW", w=width, type="dxa"), _element("vAlign", val="center")])
            _under(made, "tc", cell_properties, self._paragraph(cell, "CellName" if named else "Cell"))
        return made

    def _paragraph(self, node: Any, style: str) -> Any:
        made = _paragraph(style)
        made.extend(self._runs(node))
        return made

    def _runs(self, node: Any) -> Iterator[Any]:
        yield from _said(node.text)
        for child in node:
            path = child.get("data-field")
            if child.tag == "br":
                yield _run(_element("br"))
            elif child.get("class") == "blank":
                yield _run(_text(BLANK), _element("u", val="single"))
            elif path in self._writable:
                yield self._control(path, child)
            else:
                yield from self._runs(child)
            yield from _said(child.tail)

    def _control(self, path: str, node: Any) -> Any:
        self._controls += 1
        made = _element("sdt")
        _under(
            made, "sdtPr", _element("alias", val=path), _element("tag", val=path), _element("id", val=self._controls),
            _element("lock", val="sdtLocked"), _element("text", multiLine=1),
        )  # fmt: skip
        _under(made, "sdtContent", *self._runs(node))
        return made


def _said(text: str | None) -> list[Any]:
    return [_run(_text(text))] if text else []


def _field_text(control: Any) -> str:
    """Return what stands in a content control: its lines, and nothing for a place that was left blank."""
    return "".join(_texts(control)).replace(BLANK, "").strip()


def _texts(within: Any) -> Iterator[str]:
    for node in within.iter(_q("t"), _q("br"), _q("p"), _q("tab")):
        yield (node.text or "") if node.tag == _q("t") else "\n"


def _page() -> Any:
    made = _element("sectPr")
    footer = _element("footerReference", type="default")
    footer.set(f"{{{_R}}}id", "rId4")
    size = _element("pgSz", w=11906, h=16838)
    margins = _element("pgMar", top=2098, right=1474, bottom=1984, left=1587, header=851, footer=992, gutter=0)
    made.extend([footer, size, margins])
    return made


def _footer(about: About) -> Any:
    made = _element("ftr")
    line = _paragraph("Footer")
    line.append(_run(_text(about.footer)))
    line.append(_run(_element("tab")))
    for before, field in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES")):
        line.append(_run(_text(before)))
        counted = _element("fldSimple", instr=field)
        counted.append(_run(_text("1")))
        line.append(counted)
    line.append(_run(_text(" 页")))
    made.append(line)
    return made


def _properties(about: About) -> Any:
    made = etree.Element(f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI})
    for name, value in (("title", about.title), ("identifier", about.mark), ("language", "zh-CN")):
        etree.SubElement(made, f"{{{_DC}}}{name}").text = value
    for name in ("created", "modified"):
        moment = etree.SubElement(made, f"{{{_TERMS}}}{name}")
        moment.set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
        moment.text = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    return made


def _packed(parts: Mapping[str, Any]) -> bytes:
    """Return the archive: the parts that never change and those of this document, all dated now."""
    target = io.BytesIO()
    moment = clock.now().timetuple()[:6]
    written = {name: etree.tostring(part, encoding="UTF-8", standalone=True) for name, part in parts.items()}
    kept = dict(_kept(resources.files("engine.cases").joinpath("data/word"), ""))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (kept | written).items():
            entry = zipfile.ZipInfo(name, date_time=moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return target.getvalue()


def _kept(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _kept(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _parsed(content: bytes) -> Any:
    """Read XML that others wrote: no entities, nothing from anywhere else."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _paragraph(style: str) -> Any:
    made = _element("p")
    _under(made, "pPr", _element("pStyle", val=style))
    return made


def _run(content: Any, *properties: Any) -> Any:
    made = _element("r")
    if properties:
        _under(made, "rPr", *properties)
    made.append(content)
    return made


def _text(text: str) -> Any:
    made = _element("t")
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def _under(parent: Any, name: str, *children: Any) -> Any:
    made = _element(name)
    made.extend(children)
    parent.append(made)
    return made


def _element(name: str, **attributes: Any) -> Any:
    made = etree.Element(_q(name), nsmap={"w": _W, "r": _R})
    for key, value in attributes.items():
        made.set(_q(key), str(value))
    return made


def _q(name: str) -> str:
    return f"{{{_W}}}{name}"
