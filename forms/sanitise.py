"""HTML that a form's author wrote, reduced to what cannot harm its reader."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

ALLOWED = frozenset(
    ("a", "b", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "small")
).union(("span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"))
_EMPTY = frozenset({"br", "hr"})
_SILENT = frozenset({"script", "style", "template", "iframe", "object", "noscript", "svg", "math", "textarea", "title"})
_LINKS = ("https://", "http://", "mailto:", "/")


def sanitise(html: str) -> str:
    """Return balanced HTML of allowed elements without attributes but safe links; all else stays as escaped text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join([*reader.written, *(f"</{tag}>" for tag in reversed(reader.open))])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.open: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        if self._silent or tag not in ALLOWED:
            return
        link = (dict(attrs).get("href") or "").strip() if tag == "a" else ""
        safe = link.lower().startswith(_LINKS) and not link.startswith(("//", "/\\"))
        self.written.append(f'<a href="{escape(link)}" rel="noopener noreferrer">' if safe else f"<{tag}>")
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
            return
        if tag not in self.open:
            return
        while True:
            last = self.open.pop()
            self.written.append(f"</{last}>")
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.written.append(escape(data))
