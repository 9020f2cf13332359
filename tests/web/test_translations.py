"""Every text that somebody reads has a Chinese wording, and no template speaks a language of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.extract import extract_from_file

from engine import errors
from web import i18n

ROOT = Path(__file__).parents[2]
KEYWORDS = dict.fromkeys(("_", "N_", "_l", "gettext", "lazy_gettext")) | {
    "_n": (1, 2), "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+")
READ_ALOUD = {"aria-label", "placeholder", "title", "alt", "data-failed"}
"""Attributes that somebody reads or hears."""
SAME_EVERYWHERE = {"PDF", "CSV", "JSON", "SHA", "Enter", "Esc", "Ctrl", "GL"}
"""Words that no language translates: names of formats and of keys, the letters of a case number."""
ATTRIBUTE = re.compile(r"""\b[a-z-]+=("[^"]*"|'[^']*')|\breadonly\b""")
"""What a macro writes into a tag of its caller."""


def texts_of(path: Path) -> Iterator[str]:
    """Yield every text that a file marks for translation; of a plural, its first form, and with its context."""
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    options = {"silent": "false"} if path.suffix == ".html" else {}
    for _line, found, _comments, context in extract_from_file(method, path, keywords=KEYWORDS, options=options):
        text = found if isinstance(found, str) else found[0]
        if text:
            yield _in_context(text, context)


def _in_context(text: str, context: str | None) -> str:
    return f"{context}: {text}" if context else text


def translated() -> set[str]:
    """Return the texts that the merged Chinese catalogue holds."""
    known = set()
    for file in (i18n.FOLDER / "zh_CN").glob("*.po"):
        with file.open("rb") as content:
            for entry in pofile.read_po(content, locale="zh_CN"):
                if entry.id and entry.string:
                    known.add(_in_context(entry.id if isinstance(entry.id, str) else entry.id[0], entry.context))
    return known


def marked() -> dict[str, str]:
    """Return every marked text with the file that marks it."""
    rooms = [path for room in ("engine", "forms", "workflows", "web") for path in (ROOT / room).rglob("*.py")]
    paths = [*rooms, *(ROOT / "web/templates").rglob("*.html")]
    kept = [path for path in paths if "node_modules" not in path.parts]
    return {text: path.relative_to(ROOT).as_posix() for path in kept for text in texts_of(path)}


def kinds_of_errors(kind: type[errors.EngineError] = errors.EngineError) -> Iterator[type[errors.EngineError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from kinds_of_errors(each)


def test_every_marked_text_has_a_chinese_wording() -> None:
    known = translated()
    missing = [
        f"{place}: {text}" for text, place in sorted(marked().items(), key=lambda pair: pair[1]) if text not in known
    ]
    assert missing == []


def test_every_error_has_a_chinese_wording() -> None:
    known = translated()
    told = {
        kind.__name__: " ".join((kind.__doc__ or "").split())
        for kind in kinds_of_errors()
        if kind.__module__.startswith(f"{errors.__name__}.")
    }
    assert [f"{name}: {text}" for name, text in told.items() if text not in known] == []


class _Texts(HTMLParser):
    """Collects what somebody reads on a page: texts and spoken attributes, outside code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "code", "kbd")
        self.found += [(self.getpos()[0], value) for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "code", "kbd")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append((self.getpos()[0], data))


def spoken(source: str) -> list[tuple[int, str]]:
    """Return the words that a template says by itself, with their lines."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n") or " "

    reader = _Texts()
    reader.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", blank, source, flags=re.DOTALL))
    words = [(line, word) for line, text in reader.found for word in WORD.findall(ATTRIBUTE.sub(" ", text))]
    return [(line, word) for line, word in words if word not in SAME_EVERYWHERE]


@pytest.mark.parametrize("path", sorted((ROOT / "web/templates").rglob("*.html")), ids=lambda path: path.name)
def test_a_template_says_nothing_that_is_not_translated(path: Path) -> None:
    assert spoken(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source", ["<p>Save</p>", "<p>{{ x }} 保存</p>", '<input placeholder="Name">', "<b>{% if a %}yes{% endif %}</b>"]
)
def test_a_word_of_its_own_is_noticed(source: str) -> None:
    assert spoken(source)


@pytest.mark.parametrize(
    "source", ['<p class="wide">{{ _("Save") }} · {{ n }}</p>', "{# a remark #}", "<code>day</code>"]
)
def test_what_is_translated_passes(source: str) -> None:
    assert spoken(source) == []
