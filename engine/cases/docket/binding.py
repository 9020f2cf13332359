"""Binding a file (案卷): cover and catalogue, every sheet as it was, page numbers, lists at the end; one PDF/A-2b.

The sheets are PDF/A already, as documents are (:mod:`engine.cases.papers.template`); pictures become pages of their
own. Anything else, and a picture that cannot be shown, is no page: the catalogue names it with its hash.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pikepdf

from engine import db
from engine.cases.docket import picture
from engine.cases.papers import printing

PAGES = "{http://ns.adobe.com/xap/1.0/t/pg/}NPages"
"""How many pages the file has, as its metadata says it."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Sheet:
    """One entry of the catalogue: what it is called, and where it lies if it can be a page."""

    title: str
    number: str
    date: str
    sha256: str
    kind: str
    path: Path


@dataclass(frozen=True)
class Lists:
    """What stands around the sheets: what the file is called, (name, value) pairs of its cover, its lists, its builder.

    ``evidence`` has ``number, title, kind, obtained, takers, state, sha256``, ``recordings`` ``title, taken, place,
    sha256``, ``trail`` ``at, who, what``.
    """

    organ: str
    name: str
    part_name: str
    title: str
    cover: Sequence[tuple[str, str]]
    built_by: str
    built_at: str
    evidence: Sequence[Mapping[str, str]] = ()
    recordings: Sequence[Mapping[str, str]] = ()
    trail: Sequence[Mapping[str, str]] = ()
    trail_head: str = ""
    gaps: Sequence[str] = ()


@dataclass(frozen=True)
class Bound:
    """The file as one PDF, and how many numbered pages it has."""

    content: bytes
    pages: int


def bind(sheets: Iterable[Sheet], lists: Lists, progress: Progress) -> Bound:
    """Bind sheets in their order, reading each in its turn; ``progress`` hears after each how many are done.

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
    about = _about(lists, entries)
    _append(body, _printed({**about, "which": "back"}))
    about["pages"] = count = len(body.pages)
    numbers = _opened(_printed({**about, "which": "numbers"}))
    for page, number in zip(body.pages, numbers.pages, strict=True):
        page.add_overlay(number, None)
    front = _opened(_printed({**about, "which": "front"}))
    front.pages.extend(body.pages)
    return Bound(_saved(front, lists), count)


def _about(lists: Lists, entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return what the pages around the sheets read."""
    told = {name.replace("_", "-"): value for name, value in asdict(lists).items()}
    return {**told, "sheets": entries, "cover": [list(pair) for pair in lists.cover]}


def _entry(sheet: Sheet, first: int, last: int) -> dict[str, str]:
    pages = "—" if last < first else str(first) if last == first else f"{first}-{last}"
    title = sheet.title if last >= first else f"{sheet.title}（电子件，另存）"
    return {"title": title, "number": sheet.number, "date": sheet.date, "pages": pages, "sha256": sheet.sha256}


def _pages_of(sheet: Sheet, lists: Lists) -> bytes | None:
    if sheet.kind == "pdf":
        return sheet.path.read_bytes()
    shown = picture.printable(sheet.path) if sheet.kind in picture.KINDS else None
    if shown is None:
        return None
    about = {"which": "picture", "caption": sheet.title, "sha256": sheet.sha256}
    return _printed({**about, "title": lists.title, "organ": lists.organ}, shown)


def _append(body: pikepdf.Pdf, content: bytes | None) -> None:
    if content is not None:
        body.pages.extend(_opened(content).pages)


def _opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.Pdf.open(io.BytesIO(content))


def _printed(about: Mapping[str, Any], shown: bytes | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "docket.typ").write_bytes(resources.files("engine.cases").joinpath("data/docket.typ").read_bytes())
        (root / "docket.json").write_text(db.dumps(about), "utf-8")
        if shown is not None:
            (root / "picture.jpg").write_bytes(shown)
        return printing.pdf(root, "docket.typ")


def _saved(front: pikepdf.Pdf, lists: Lists) -> bytes:
    """Write the PDF; the output intent is the front pages' own, the metadata says again that it is PDF/A-2b."""
    for gone in ("/StructTreeRoot", "/MarkInfo", "/Outlines", "/Names"):
        if gone in front.Root:
            del front.Root[gone]
    with front.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = lists.title
        metadata["pdfaid:part"] = "2"
        metadata["pdfaid:conformance"] = "B"
        metadata[PAGES] = str(len(front.pages))
    written = io.BytesIO()
    front.save(written, linearize=False)
    return written.getvalue()
