"""Prints the shape of an expression as FEEL again; what comes out means the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import ast
from engine.feel.lexer import KEYWORDS, PLAIN_NAME
from engine.feel.printing import number_text


def write(node: ast.Node) -> str:
    """Print an expression; operands of operators stand in parentheses, so that nothing depends on precedence."""
    return _WRITERS[type(node)](node)


def _name(name: str) -> str:
    plain = all(PLAIN_NAME.fullmatch(word) and word not in KEYWORDS for word in name.split())
    return name if plain and name != "not" else f"`{name}`"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _literal(node: ast.Literal) -> str:
    value = node.value
    if type(value) is Decimal:
        return number_text(value)
    return _text(value) if type(value) is str else {None: "null", True: "true", False: "false"}[value]


def _call(node: ast.Call) -> str:
    arguments = [write(argument) for argument in node.arguments]
    if node.names is not None:
        arguments = [f"{name}: {text}" for name, text in zip(node.names, arguments, strict=True)]
    return f"{_callee(node.function)}({', '.join(arguments)})"


def _callee(node: ast.Node) -> str:
    return node.name if isinstance(node, ast.Name) else _operand(node)


def _operand(node: ast.Node) -> str:
    simple = isinstance(node, ast.Name | ast.Path | ast.Call | ast.ListOf | ast.Context | ast.At | ast.Filter)
    return write(node) if simple or isinstance(node, ast.Literal) else f"({write(node)})"


def _interval(node: ast.Interval) -> str:
    left, right = "[" if node.start_included else "(", "]" if node.end_included else ")"
    return f"{left}{_operand(node.start)}..{_operand(node.end)}{right}"


def _iterators(node: ast.For | ast.Quantified) -> str:
    return ", ".join(f"{name} in {write(source)}" for name, source in node.iterators)


def _lambda(node: ast.Lambda) -> str:
    parameters = [name + (f": {write_type(type_)}" if type_ else "") for name, type_ in node.parameters]
    return f"function({', '.join(parameters)}) {'external ' if node.external else ''}{write(node.body)}"


def _tests(node: ast.UnaryTests) -> str:
    tests = ", ".join(write(test) for test in node.tests) or "-"
    return f"not({tests})" if node.negated else tests


def write_type(type_: ast.TypeName) -> str:
    """Print the name of a type."""
    if type_.fields:
        return f"context<{', '.join(f'{name}: {write_type(part)}' for name, part in type_.fields)}>"
    if type_.name == "function" and type_.of:
        *parameters, result = (write_type(part) for part in type_.of)
        return f"function<{', '.join(parameters)}> -> {result}"
    return type_.name + (f"<{', '.join(write_type(part) for part in type_.of)}>" if type_.of else "")


_WRITERS: dict[type, Callable[[Any], str]] = {
    ast.Literal: _literal,
    ast.At: lambda node: f"@{_text(node.text)}",
    ast.Name: lambda node: _name(node.name),
    ast.Path: lambda node: f"{_operand(node.base)}.{_name(node.name)}",
    ast.Filter: lambda node: f"{_operand(node.base)}[{write(node.condition)}]",
    ast.Call: _call,
    ast.Negate: lambda node: f"-{_operand(node.operand)}",
    ast.Binary: lambda node: f"{_operand(node.left)} {node.operator} {_operand(node.right)}",
    ast.Between: lambda node: f"{_operand(node.value)} between {_operand(node.low)} and {_operand(node.high)}",
    ast.Test: lambda node: f"{node.operator} {_operand(node.operand)}",
    ast.In: lambda node: f"{_operand(node.value)} in ({', '.join(write(test) for test in node.tests)})",
    ast.Interval: _interval,
    ast.ListOf: lambda node: f"[{', '.join(write(item) for item in node.items)}]",
    ast.Context: lambda node: "{" + ", ".join(f"{_text(key)}: {write(entry)}" for key, entry in node.entries) + "}",
    ast.If: lambda node: f"if {write(node.condition)} then {write(node.then)} else {write(node.otherwise)}",
    ast.Span: lambda node: f"{_operand(node.start)}..{_operand(node.end)}",
    ast.For: lambda node: f"for {_iterators(node)} return {write(node.body)}",
    ast.Quantified: lambda node: (
        f"{'every' if node.every else 'some'} {_iterators(node)} satisfies {write(node.condition)}"
    ),
    ast.Lambda: _lambda,
    ast.InstanceOf: lambda node: f"{_operand(node.value)} instance of {write_type(node.type)}",
    ast.UnaryTests: _tests,
}
