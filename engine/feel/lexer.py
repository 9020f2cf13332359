"""Cuts FEEL text into tokens; it knows which names with blanks or operators exist (DMN 1.5 §10.3.1.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine import errors
from engine.errors import N_
from engine.feel.limits import Limits

KEYWORDS = frozenset({"and", "or", "between", "in", "then", "else", "return", "satisfies", "instance"})
KEYWORDS |= {"true", "false", "null", "if", "for", "some", "every", "function"}
_STOP = KEYWORDS - {"if", "for", "some", "every", "function", "true", "false", "null"} | {"external"}
_START = "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
_START += "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_BLANK = r"[\s\u0085\u00a0\u180e\u200b\ufeff]"
_SKIP = re.compile(rf"(?:{_BLANK}+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_WORD = re.compile(f"[{_START}](?:[{_PART}]|'(?=[{_PART}]))*")
_NEXT_WORD = re.compile(rf"{_BLANK}+((?:[{_PART}]|'(?=[{_PART}]))+)")
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_OPERATOR = re.compile(r"\.\.|\*\*|<=|>=|!=|->|==|[-+*/<>=()\[\]{},:.@]")
_PARTS = re.compile(rf"[{_PART}]+|[^\s]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "/": "/", "b": "\b", "f": "\f"}
PLAIN_NAME = re.compile(f"[{_START}][{_PART}]*")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """``number``, ``string``, ``name``, ``end``; keywords and operators are their own kind."""
    text: str
    at: int
    end: int


class Names:
    """The names that only exist as a whole: those with blanks, operators or keywords inside."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one more name; a plain one needs no help."""
        parts = _PARTS.findall(name)
        if len(parts) < 2 or not PLAIN_NAME.match(parts[0]):
            return
        spelled = rf"{_BLANK}*".join(re.escape(part) for part in parts)
        spelled = re.sub(r"(?<=[\w?])" + re.escape(f"{_BLANK}*") + r"(?=\w)", lambda _: f"{_BLANK}+", spelled)
        entries = self._by_first.setdefault(parts[0], [])
        entries.append((re.compile(rf"{spelled}(?![{_PART}])"), name))
        entries.sort(key=lambda entry: -len(entry[1]))

    def copy(self) -> Names:
        """Take a copy that may learn the names of one expression."""
        twin = Names(())
        twin._by_first = {first: list(entries) for first, entries in self._by_first.items()}
        return twin

    def match(self, text: str, at: int, first: str) -> tuple[str, int] | None:
        """Find the longest known name that starts here."""
        for word in (first, first.split("'")[0]):
            for pattern, name in self._by_first.get(word, ()):
                found = pattern.match(text, at)
                if found:
                    return name, found.end()
        return None


class Lexer:
    """Reads one token at a time, because a binding further left may make a name known."""

    def __init__(self, text: str, names: Names, limits: Limits) -> None:
        self.text = text
        self.names = names
        self.limits = limits

    def token(self, at: int) -> Token:
        """Read the token that starts at or after ``at``."""
        skipped = _SKIP.match(self.text, at)
        at = skipped.end() if skipped else at
        if at >= len(self.text):
            return Token("end", "", at, at)
        word = _WORD.match(self.text, at)
        if word:
            return self._name(word)
        char = self.text[at]
        if char == '"':
            return self._string(at)
        if char == "`":
            return self._quoted(at)
        number = _NUMBER.match(self.text, at)
        if number:
            if len(number[0]) > self.limits.digits:
                raise errors.FeelNumberTooLong(limit=self.limits.digits)
            return Token("number", number[0], at, number.end())
        operator = _OPERATOR.match(self.text, at)
        if operator and operator[0] != "==":
            return Token(operator[0], operator[0], at, operator.end())
        raise self.error(at, suggestion_for(self.text, at))

    def _name(self, word: re.Match[str]) -> Token:
        text, at, end = word[0], word.start(), word.end()
        known = self.names.match(self.text, at, text)
        if known and known[1] > end:
            return Token("name", known[0], at, known[1])
        if text == "instance":
            of = re.compile(rf"instance{_BLANK}+of(?![{_PART}])").match(self.text, at)
            if of:
                return Token("instance of", "instance of", at, of.end())
        if text in KEYWORDS:
            return Token(text, text, at, end)
        while (following := _NEXT_WORD.match(self.text, end)) and following[1] not in _STOP:
            text, end = f"{text} {following[1]}", following.end()
        return Token("name", text, at, end)

    def _string(self, at: int) -> Token:
        match = _STRING.match(self.text, at)
        if not match:
            raise self.error(at, N_("Close the text with a quotation mark."))
        return Token("string", _ESCAPE.sub(_unescape, match[1]), at, match.end())

    def _quoted(self, at: int) -> Token:
        end = self.text.find("`", at + 1)
        if end < 0:
            raise self.error(at, N_("Close the name with a backtick."))
        return Token("name", self.text[at + 1 : end], at, end + 1)

    def error(self, at: int, suggestion: str) -> errors.FeelSyntaxError:
        """Say where in the text something is wrong."""
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        return errors.FeelSyntaxError(line=line, column=column, near=self.text[at : at + 20], suggestion=suggestion)


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return _surrogates(code)
    return _ESCAPES.get(match[3], match[0])


def _surrogates(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def join_surrogates(text: str) -> str:
    """Let a pair of ``\\uD83D\\uDE00`` escapes be the one character it stands for."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_SUGGESTIONS = {
    "==": N_("Equality is written with one equals sign: =."),
    "&": N_('Write "and"; to join texts write +.'),
    "|": N_('Write "or".'),
    "!": N_('Write not(…), or != for "is not equal".'),
    "'": N_("Texts stand in double quotation marks."),
    "“": N_("Texts stand in straight double quotation marks."),
    "”": N_("Texts stand in straight double quotation marks."),
    "，": N_("Use the ASCII comma."),
    "（": N_("Use ASCII parentheses."),
    "）": N_("Use ASCII parentheses."),
    "%": N_("Write modulo(a, b), or divide by 100."),
    ";": N_("Separate entries with a comma."),
}


def suggestion_for(text: str, at: int) -> str:
    """Guess what the author meant by something FEEL does not have."""
    return _SUGGESTIONS.get(text[at : at + 2]) or _SUGGESTIONS.get(text[at : at + 1], "")
