"""Binding a file (案卷): cover and catalogue, every sheet as it was, page numbers, lists at the end; one PDF/A-2b.

The sheets are PDF/A already, as documents are (:mod:`engine.cases.papers.template`); pictures become pages of their
own. Anything else cannot be a page: the catalogue names it with its hash.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import pikepdf

from engine import db
from engine.cases.papers import printing

PICTURES = ("jpg", "png")
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Sheet:
    """One entry of the catalogue: what it is called, and its content if that can be a page."""

    title: str
    number: str
    date: str
    sha256: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Lists:
    """What stands around the sheets: (name, value) pairs of the cover, evidence, trail, gaps, and who built it."""

    organ: str
    part_name: str
    title: str
    cover: Sequence[tuple[str, str]]
    built_by: str
    built_at: str
    evidence: Sequence[Mapping[str, str]] = ()
    trail: Sequence[Mapping[str, str]] = ()
    trail_head: str = ""
    gaps: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bound:
    """The file as one PDF, and how many numbered pages it has."""

    content: bytes
    pages: int


def bind(sheets: Sequence[Sheet], lists: Lists, progress: Progress) -> Bound:
    """Bind sheets in their order; ``progress`` hears after each how many are done.

    Raises
    ------
    DocumentFontMissing
        If no font with Chinese characters is there.
    """
    body = pikepdf.Pdf.new()
    entries = []
    for done, sheet in enumerate(sheets, 1):
        first = len(body.pages) + 1
        _append(body, _pages_of(sheet, lists))
        entries.append(_entry(sheet, first, len(body.pages)))
        progress(done)
    about: dict[str, Any] = {
        "title": lists.title,
        "organ": lists.organ,
        "part-name": lists.part_name,
        "cover": [list(pair) for pair in lists.cover],
        "sheets": entries,
        "evidence": list(lists.evidence),
        "trail": list(lists.trail),
        "trail-head": lists.trail_head,
        "gaps": list(lists.gaps),
        "built-by": lists.built_by,
        "built-at": lists.built_at,
        "pages": len(body.pages),
    }
    _append(body, _printed({**about, "which": "back"}))
    count = len(body.pages)
    numbers = _opened(_printed({**about, "which": "numbers", "first": 1, "count": count}))
    for page, number in zip(body.pages, numbers.pages, strict=True):
        page.add_overlay(number, None)
    front = _opened(_printed({**about, "which": "front"}))
    front.pages.extend(body.pages)
    return Bound(_saved(front, lists), count)


def _entry(sheet: Sheet, first: int, last: int) -> dict[str, str]:
    pages = "—" if last < first else str(first) if last == first else f"{first}-{last}"
    title = sheet.title if last >= first else f"{sheet.title}（电子件，另存）"
    return {"title": title, "number": sheet.number, "date": sheet.date, "pages": pages, "sha256": sheet.sha256}


def _pages_of(sheet: Sheet, lists: Lists) -> bytes | None:
    if sheet.kind == "pdf":
        return sheet.content
    if sheet.kind in PICTURES:
        about = {"which": "picture", "caption": sheet.title, "sha256": sheet.sha256}
        return _printed({**about, "title": lists.title, "organ": lists.organ}, sheet.content)
    return None


def _append(body: pikepdf.Pdf, content: bytes | None) -> None:
    if content is not None:
        body.pages.extend(_opened(content).pages)


def _opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.Pdf.open(io.BytesIO(content))


def _printed(about: Mapping[str, Any], picture: bytes | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "docket.typ").write_bytes(resources.files("engine.cases").joinpath("data/docket.typ").read_bytes())
        (root / "docket.json").write_text(db.dumps(about), "utf-8")
        if picture is not None:
            (root / "picture").write_bytes(picture)
        return printing.pdf(root, "docket.typ")


def _saved(front: pikepdf.Pdf, lists: Lists) -> bytes:
    """Write the PDF; the output intent is the front pages' own, the metadata says again that it is PDF/A-2b."""
    for gone in ("/StructTreeRoot", "/MarkInfo", "/Outlines", "/Names"):
        if gone in front.Root:
            del front.Root[gone]
    with front.open_metadata() as metadata:
        metadata["dc:title"] = lists.title
        metadata["pdfaid:part"] = "2"
        metadata["pdfaid:conformance"] = "B"
    written = io.BytesIO()
    front.save(written, linearize=False)
    return written.getvalue()
