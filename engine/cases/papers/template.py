"""The template of a document: ``documents/<kind>.typ`` in a process package.

Its first lines are comments. They name title, number series (``-``: it bears no number) and for whom it is
(``applicant``, who then reads it on the tracking page, ``other``, or ``file``, which it is by default); in which part
of the file it lies and at what place, how many years it is kept (0: for ever), whether officers may have it as a Word
file, and what must be filled in before it may be signed, by which article. Of the package's other files it reads those
that it calls by their whole name::

    // title: 受理通知书
    // title:en: Notice of acceptance
    // prefix: 官审受
    // to: applicant
    // part: main 10
    // keep: 30
    // word: yes
    // needs: party.name 处罚法59(1)(一)
    #import "/onewindow.typ": *
    #show: letter
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import segno
import typst

from engine import db, errors
from engine.cases.papers import printing

ADDRESSEES = ("applicant", "other", "file")
LIBRARY = "onewindow.typ"
_FRONT = re.compile(r"^// *(title:en|title|prefix|to|part|keep|word) *: *(.+?) *$", re.MULTILINE)
_NEEDS = re.compile(r"^// *needs *: *([\w.]+) +(.+?) *$", re.MULTILINE)
_PART = re.compile(r"(main|secondary) (\d{1,4})")
UNNUMBERED = "-"
"""The prefix of records, which have their place in the file and no number."""
_REMOTE = re.compile(r"""["']@[a-z]""")


@dataclass(frozen=True)
class Draft:
    """What a document is made of: its kind, the package's templates by path, and the data they read."""

    kind: str
    templates: Mapping[str, bytes]
    data: Mapping[str, Any]
    variant: str = ""
    title: str = ""
    title_en: str = ""


@dataclass(frozen=True)
class Front:
    """The first lines of a template; ``needs`` maps what must be filled in to the article that says so."""

    title: str
    title_en: str
    prefix: str
    addressee: str
    part: str
    place: int
    keep_years: int
    word: bool
    needs: Mapping[str, str]


def read_front(draft: Draft) -> Front:
    """Return what the template's first lines say; the draft's titles win.

    Raises
    ------
    DocumentTemplateMissing
        If the package has no template of that kind.
    DocumentTemplateBroken
        If it names no title or prefix, or somebody or a part of the file that is unknown.
    """
    path = path_of(draft.kind)
    if path not in draft.templates:
        raise errors.DocumentTemplateMissing(path=path)
    source = draft.templates[path].decode("utf-8", "replace")
    named: dict[str, str] = dict(_FRONT.findall(source))
    title = draft.title or named.get("title", "")
    part = _PART.fullmatch(named.get("part", "main 50"))
    for wrong, says in (
        (not title or "prefix" not in named, "// title: … and // prefix: …"),
        (named.get("to", "file") not in ADDRESSEES, f"// to: {', '.join(ADDRESSEES)}"),
        (part is None or not named.get("keep", "10").isdecimal(), "// part: main|secondary 50, // keep: 10"),
    ):
        if wrong:
            raise errors.DocumentTemplateBroken(path=path, reason=says)
    assert part is not None
    return Front(
        title=title,
        title_en=draft.title_en or named.get("title:en", title),
        prefix=named["prefix"],
        addressee=named.get("to", "file"),
        part=part[1],
        place=int(part[2]),
        keep_years=int(named.get("keep", "10")),
        word=named.get("word") == "yes",
        needs=dict(_NEEDS.findall(source)),
    )


def require_filled(front: Front, data: Mapping[str, Any]) -> None:
    """Refuse to sign what lacks something the law wants in it.

    Raises
    ------
    DocumentIncomplete
        Naming what is missing and the articles.
    """
    missing = [f"{path}（{article}）" for path, article in front.needs.items() if _at(data, path) in (None, "", [], {})]
    if missing:
        raise errors.DocumentIncomplete(title=front.title, fields="; ".join(missing))


def _at(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


_printer: ContextVar[Callable[[Draft, Mapping[str, Any]], bytes] | None] = ContextVar("printer", default=None)


@contextmanager
def blank() -> Iterator[None]:
    """Let every document be an empty page within the block: for scenarios, which need no fonts and no time to print."""
    token = _printer.set(lambda draft, _: b"%PDF-1.4\n" + draft.kind.encode() + b"\n%%EOF\n")
    try:
        yield
    finally:
        _printer.reset(token)


def print_out(draft: Draft, data: Mapping[str, Any]) -> bytes:
    """Render a document, unless pages are blank at the moment; errors as :func:`render`."""
    return (_printer.get() or render)(draft, data)


def render(draft: Draft, data: Mapping[str, Any]) -> bytes:
    """Render a document to PDF/A-2b.

    Raises
    ------
    DocumentTemplateBroken
        With what typst says, or if the template wants a library from the network.
    DocumentFontMissing
        If no font with Chinese characters is there.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _lay_out(root, draft, data)
        try:
            return printing.pdf(root, path_of(draft.kind))
        except typst.TypstError as wrong:
            raise errors.DocumentTemplateBroken(path=path_of(draft.kind), reason=wrong.message) from wrong


def tell(draft: Draft, data: Mapping[str, Any]) -> bytes:
    """Return what a document says as HTML, from which its Word file is set; errors as :func:`render`."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _lay_out(root, draft, data)
        try:
            return printing.html(root, path_of(draft.kind))
        except typst.TypstError as wrong:
            raise errors.DocumentTemplateBroken(path=path_of(draft.kind), reason=wrong.message) from wrong


def _lay_out(root: Path, draft: Draft, data: Mapping[str, Any]) -> None:
    for path, content in _needed(draft).items():
        if _REMOTE.search(content.decode("utf-8", "replace")):
            raise errors.DocumentTemplateBroken(path=path, reason="@…")
        place = (root / path).resolve()
        if not place.is_relative_to(root.resolve()):
            raise errors.DocumentTemplateBroken(path=path, reason="..")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (root / LIBRARY).write_bytes(resources.files("engine.cases").joinpath("data/letter.typ").read_bytes())
    (root / "data.json").write_text(db.dumps(data), "utf-8")
    (root / "qr.svg").write_bytes(_code_of(data["document"]["track_url"]))


@lru_cache(maxsize=64)
def _code_of(address: str) -> bytes:
    """Draw the code of an address once for the many documents of a case: it takes a third of the time of a page."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=1)
    return drawn.getvalue()


def _needed(draft: Draft) -> dict[str, bytes]:
    """Return the template and the files that it calls by name, and those that they call.

    A package has a document for every step: writing all of them for each took four times as long as printing one.
    """
    needed, new = {}, [path_of(draft.kind)]
    while new:
        path = new.pop()
        needed[path] = content = draft.templates[path]
        new += [other for other in draft.templates if other not in (*needed, *new) and _name(other) in content]
    return needed


def _name(path: str) -> bytes:
    return path.rpartition("/")[2].encode()


def path_of(kind: str) -> str:
    """Return where in the package the template of a kind lies."""
    return f"documents/{kind}.typ"
