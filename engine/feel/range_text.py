"""Reads a range of literals out of a text, for range("[1..5]")."""

from __future__ import annotations

from typing import Any

from engine import errors
from engine.feel import ast, temporal
from engine.feel.lexer import Names
from engine.feel.library.registry import LIBRARY
from engine.feel.limits import DEFAULT
from engine.feel.parser import Parser
from engine.feel.values import Range, compare, kind

_KNOWN = Names(LIBRARY)


def read_range(text: str) -> Range | None:
    """Read a range of literals, as range("[1..5]") does; None for anything else."""
    try:
        node = Parser(text, _KNOWN, DEFAULT).expression()
    except errors.FeelError:
        return None
    if isinstance(node, ast.Test):
        node = ast.Interval(*(ast.Literal(None), node.operand), False, node.operator == "<=")
    if not isinstance(node, ast.Interval):
        return None
    try:
        ends = [_constant(end) for end in (node.start, node.end)]
    except ValueError:
        return None
    if kind(ends[0]) != kind(ends[1]) and None not in ends:
        return None
    if ends == [None, None] or (None not in ends and (compare(ends[0], ends[1]) or 0) > 0):
        return None
    return Range(ends[0], ends[1], node.start_included, node.end_included, ends[0] is None or ends[1] is None)


def _constant(node: ast.Node) -> Any:
    """Return what a literal stands for; anything else is a ``ValueError``: a range is read, not evaluated."""
    if isinstance(node, ast.Negate) and isinstance(node.operand, ast.Literal):
        return -node.operand.value
    if isinstance(node, ast.Literal | ast.At):
        return node.value
    if isinstance(node, ast.Call) and len(node.arguments) == 1 and isinstance(node.arguments[0], ast.Literal):
        return temporal.read_any(str(node.arguments[0].value))
    raise ValueError(node)
