"""Reads FEEL text into its shape: a Pratt parser over the grammar of DMN 1.5 §10.3.1.2."""

from __future__ import annotations

from collections.abc import Callable

from engine import errors
from engine.errors import N_
from engine.feel import ast, temporal
from engine.feel.lexer import Lexer, Names, Token, join_surrogates, suggestion_for
from engine.feel.limits import Limits
from engine.feel.values import NUMBERS

_POWER = {"or": 1, "and": 2, "between": 3, "in": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6, "instance of": 8}
_POWER |= dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), 3)
_POWER |= dict.fromkeys((".", "[", "("), 9)
_TESTS = frozenset(("<", "<=", ">", ">=", "=", "!="))
_AFTER_INTERVAL = frozenset(
    (",", ")", "]", "}", "end", "and", "or", "then", "else", "return", "satisfies", "in", ".", "=", "!=")
)


class Parser:
    """One pass over one text."""

    def __init__(self, text: str, names: Names, limits: Limits) -> None:
        if len(text) > limits.length:
            raise errors.FeelTooLong(length=len(text), limit=limits.length)
        self.limits = limits
        self.lexer = Lexer(text, names, limits)
        self.depth = 0
        self.ending = False
        self.now = self.lexer.token(0)

    def expression(self) -> ast.Node:
        """Read the whole text as one expression."""
        node = self.parse()
        self.finish()
        return node

    def tests(self) -> ast.UnaryTests:
        """Read the whole text as the cell of a decision table."""
        if self.now.kind == "-" and self.lexer.token(self.now.end).kind == "end":
            return ast.UnaryTests(())
        if self.now.text == "not" and self.lexer.token(self.now.end).kind == "(":
            start = self.now
            self.advance()
            self.advance()
            tests = self.sequence(self.test, ")")
            if self.now.kind == "end":
                return ast.UnaryTests(tests, True)
            self.now = start
        tests = self.sequence(self.test, "end")
        return ast.UnaryTests(tests)

    def finish(self) -> None:
        """Insist that nothing follows."""
        if self.now.kind != "end":
            raise self.unexpected()

    def advance(self) -> Token:
        """Step over the present token."""
        token = self.now
        self.now = self.lexer.token(token.end)
        return token

    def take(self, kind: str) -> bool:
        """Step over a token of this kind if it is the present one."""
        if self.now.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str) -> Token:
        """Step over a token that must be of this kind."""
        if self.now.kind != kind:
            raise self.unexpected(kind)
        return self.advance()

    def unexpected(self, wanted: str = "") -> errors.FeelSyntaxError:
        """Say what stands here although it may not."""
        hint = suggestion_for(self.lexer.text, self.now.at)
        if not hint and self.now.kind == "end":
            hint = N_("The expression ends too early.")
        if not hint and wanted in (")", "]", "}", "then", "else", "return", "satisfies", "in", "and"):
            hint = f"{N_('Expected here:')} {wanted}"
        return self.lexer.error(self.now.at, hint)

    def parse(self, power: int = 0) -> ast.Node:
        """Read an expression whose operators bind stronger than ``power``."""
        self.depth += 1
        if self.depth > self.limits.nesting:
            raise errors.FeelTooDeep(limit=self.limits.nesting)
        left = self.prefix()
        while True:
            kind = self.now.kind
            binds = _POWER.get(kind, 0)
            if binds <= power or (kind == "[" and self.ending and self.closes_interval()):
                break
            left = self.infix(left, kind, binds)
        self.depth -= 1
        return left

    def closes_interval(self) -> bool:
        """Tell whether a "[" ends an interval rather than begins a filter."""
        return self.lexer.token(self.now.end).kind in _AFTER_INTERVAL

    def infix(self, left: ast.Node, kind: str, binds: int) -> ast.Node:
        """Read what follows a complete operand."""
        if kind == "(":
            return self.call(left)
        self.advance()
        if kind == ".":
            return ast.Path(left, self.name())
        if kind == "[":
            ending, self.ending = self.ending, False
            condition = self.parse()
            self.ending = ending
            self.expect("]")
            return ast.Filter(left, condition)
        if kind == "between":
            low = self.parse(3)
            self.expect("and")
            return ast.Between(left, low, self.parse(3))
        if kind == "in":
            return ast.In(left, self.in_tests())
        if kind == "instance of":
            return ast.InstanceOf(left, self.type())
        return ast.Binary(kind, left, self.parse(binds))

    def in_tests(self) -> tuple[ast.Node, ...]:
        """Read the right side of "in": one test, or several in parentheses."""
        if self.now.kind != "(":
            return (self.test(3),)
        start = self.now
        self.advance()
        first = self.test()
        if self.now.kind == "..":
            self.now = start
            return (self.test(3),)
        tests = [first]
        while self.take(","):
            tests.append(self.test())
        self.expect(")")
        return tuple(tests)

    def test(self, power: int = 0) -> ast.Node:
        """Read one unary test."""
        if self.now.kind in _TESTS:
            operator = self.advance().kind
            return ast.Test(operator, self.parse(3))
        if self.now.text == "not" and power == 0 and self.lexer.token(self.now.end).kind == "(":
            return self.parse()
        return self.parse(power)

    def sequence(self, read: Callable[[], ast.Node], close: str) -> tuple[ast.Node, ...]:
        """Read entries separated by commas up to the closing token."""
        if self.take(close):
            return ()
        items = [read()]
        while self.take(","):
            items.append(read())
        self.expect(close) if close != "end" else self.finish()
        return tuple(items)

    def name(self) -> str:
        """Read a name; after a dot even a keyword is one."""
        if self.now.kind == "name" or self.now.text.isalpha():
            return self.advance().text
        raise self.unexpected()

    def prefix(self) -> ast.Node:
        """Read an operand."""
        kind = self.now.kind
        simple = _PREFIX.get(kind)
        if simple is None:
            raise self.unexpected()
        return simple(self)

    def number(self) -> ast.Node:
        return ast.Literal(NUMBERS.create_decimal(self.advance().text))

    def string(self) -> ast.Node:
        return ast.Literal(join_surrogates(self.advance().text))

    def constant(self) -> ast.Node:
        return ast.Literal({"true": True, "false": False, "null": None}[self.advance().kind])

    def named(self) -> ast.Node:
        return ast.Name(self.advance().text)

    def negation(self) -> ast.Node:
        self.advance()
        return ast.Negate(self.parse(7))

    def at(self) -> ast.Node:
        self.advance()
        text = self.expect("string").text
        return ast.At(text, temporal.read_any(text))

    def parenthesis(self) -> ast.Node:
        self.advance()
        ending, self.ending = self.ending, False
        inner = self.test()
        if self.now.kind == "..":
            inner = self.interval(inner, False)
        else:
            self.expect(")")
        self.ending = ending
        return inner

    def bracket(self) -> ast.Node:
        self.advance()
        ending, self.ending = self.ending, False
        items: list[ast.Node] = []
        if self.now.kind != "]":
            first = self.test()
            if self.now.kind == "..":
                node = self.interval(first, True)
                self.ending = ending
                return node
            items.append(first)
            while self.take(","):
                items.append(self.test())
        self.expect("]")
        self.ending = ending
        return ast.ListOf(tuple(items))

    def open_interval(self) -> ast.Node:
        self.advance()
        start = self.parse()
        if self.now.kind != "..":
            raise self.unexpected()
        return self.interval(start, False)

    def interval(self, start: ast.Node, included: bool) -> ast.Node:
        """Read the rest of an interval from its two dots."""
        self.expect("..")
        ending, self.ending = self.ending, True
        end = self.parse()
        self.ending = ending
        if self.now.kind not in ("]", ")", "["):
            raise self.unexpected("]")
        return ast.Interval(start, end, included, self.advance().kind == "]")

    def context(self) -> ast.Node:
        self.advance()
        entries: list[tuple[str, ast.Node]] = []
        while not self.take("}"):
            key = self.key()
            self.expect(":")
            entries.append((key, self.parse()))
            self.lexer.names.add(key)
            self.now = self.lexer.token(self.now.at)
            if self.now.kind != "}":
                self.expect(",")
        return ast.Context(tuple(entries))

    def key(self) -> str:
        """Read the key of an entry: a text, or any characters up to the colon."""
        if self.now.kind == "string":
            return join_surrogates(self.advance().text)
        start, end = self.now, self.now.at
        while self.now.kind not in (":", "end", "{", "}", ","):
            end = self.advance().end
        if end == start.at:
            raise self.unexpected()
        text = self.lexer.text[start.at : end]
        return " ".join(text.strip("`").split())

    def call(self, function: ast.Node) -> ast.Node:
        """Read the arguments of a call, by position or by name."""
        self.expect("(")
        ending, self.ending = self.ending, False
        names = self.argument_name()
        node = ast.Call(function, self.sequence(self.test, ")")) if names is None else self.named_call(function, names)
        self.ending = ending
        return node

    def argument_name(self) -> str | None:
        """Read "name:" if that is what stands here."""
        if self.now.kind != "name" or self.lexer.token(self.now.end).kind != ":":
            return None
        name = self.advance().text
        self.advance()
        return name

    def named_call(self, function: ast.Node, first: str) -> ast.Call:
        names, arguments = [first], [self.parse()]
        while self.take(","):
            name = self.argument_name()
            if name is None:
                raise self.unexpected(":")
            names.append(name)
            arguments.append(self.parse())
        self.expect(")")
        return ast.Call(function, tuple(arguments), tuple(names))

    def condition(self) -> ast.Node:
        self.advance()
        condition = self.parse()
        self.expect("then")
        then = self.parse()
        self.expect("else")
        return ast.If(condition, then, self.parse())

    def iterators(self) -> tuple[tuple[str, ast.Node], ...]:
        """Read "x in list, y in 1..3"."""
        found = []
        while True:
            name = self.expect("name").text
            self.lexer.names.add(name)
            self.expect("in")
            source = self.parse()
            if self.take(".."):
                source = ast.Span(source, self.parse())
            found.append((name, source))
            if not self.take(","):
                return tuple(found)

    def loop(self) -> ast.Node:
        self.advance()
        iterators = self.iterators()
        self.expect("return")
        return ast.For(iterators, self.parse())

    def quantified(self) -> ast.Node:
        every = self.advance().kind == "every"
        iterators = self.iterators()
        self.expect("satisfies")
        return ast.Quantified(every, iterators, self.parse())

    def function(self) -> ast.Node:
        self.advance()
        self.expect("(")
        parameters: list[tuple[str, ast.TypeName | None]] = []
        while not self.take(")"):
            name = self.expect("name").text
            self.lexer.names.add(name)
            parameters.append((name, self.type() if self.take(":") else None))
            if self.now.kind != ")":
                self.expect(",")
        external = self.now.text == "external"
        if external:
            self.advance()
        return ast.Lambda(tuple(parameters), self.parse(), external)

    def type(self) -> ast.TypeName:
        """Read the name of a type."""
        kind = self.now.kind
        name = "function" if self.take("function") else "null" if kind == "null" and self.take("null") else ""
        if not name:
            name = self.expect("name").text
            while self.take("."):
                name += "." + self.name()
        if not self.take("<"):
            return ast.TypeName(name)
        if name == "context":
            return ast.TypeName(name, fields=self.fields())
        of: list[ast.TypeName] = []
        while not self.take(">"):
            of.append(self.type())
            if self.now.kind != ">":
                self.expect(",")
        if name == "function" and self.take("->"):
            of.append(self.type())
        return ast.TypeName(name, tuple(of))

    def fields(self) -> tuple[tuple[str, ast.TypeName], ...]:
        found = []
        while not self.take(">"):
            key = self.key()
            self.expect(":")
            found.append((key, self.type()))
            if self.now.kind != ">":
                self.expect(",")
        return tuple(found)


_PREFIX: dict[str, Callable[[Parser], ast.Node]] = {
    "number": Parser.number,
    "string": Parser.string,
    "name": Parser.named,
    "true": Parser.constant,
    "false": Parser.constant,
    "null": Parser.constant,
    "-": Parser.negation,
    "@": Parser.at,
    "(": Parser.parenthesis,
    "[": Parser.bracket,
    "]": Parser.open_interval,
    "{": Parser.context,
    "if": Parser.condition,
    "for": Parser.loop,
    "some": Parser.quantified,
    "every": Parser.quantified,
    "function": Parser.function,
}
